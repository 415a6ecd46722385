"""Print of a page in pieces by its ink alone: what stands between wide gaps of one line, and where it forms columns.

The reader of pages loses single figures between wide gaps and runs narrow columns together; ink does neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from models.geometry import BBox
from pipeline.engines.image import PageImage
from pipeline.engines.ink_letters import DPI, GAP, LETTER, LOW, MARK_UP, joined, letters, tilt_of

_SIZE = 80  # per cent of the letters that are lower than what is taken for the size of the print: that of a figure
_LOWEST = 0.55  # of the size: lower ink is marks
_GREAT = 1.6  # of the size: the height of words in a larger print
_OWN_GAP = 0.4  # of their height: narrower gaps do not part words of a larger print
_SAME_LINE = 0.4  # of the lower height: between the middles of two pieces of one line
_COLUMNS, ROWS = 3, 3  # pieces of a row that may be a table's; such rows that stand in columns
_CROSSED = 0.08  # of its rows that may cross the white between two columns
_KEPT = 0.8  # of the gaps in a row that must be white between columns
_FILLED = 0.5  # of the columns that must be filled in a row
_BETWEEN = 3  # rows without columns that may stand between two that have them
_NEAR = 1.6  # of the size: white above a row that hangs together with the next
_HEADING = 0.4  # of the width of the table that a heading over several columns may have
_STEP = 1.1  # of the widest step between two rows: to a last one
_Strip = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Print between two gaps, in pixels of the page.

    Attributes:
        level: Its box on a page turned level.
        dash: Whether it is a dash alone, whose box is as high as that of a figure.
    """

    box: BBox
    level: BBox
    dash: bool = False

    def union(self, other: Piece) -> Piece:
        """Both as one."""
        return Piece(self.box.union(other.box), self.level.union(other.level))

    def scaled(self, factor: float) -> Piece:
        """The same on a page of another density."""
        return Piece(self.box.scaled(factor), self.level.scaled(factor), self.dash)


@dataclass(frozen=True, slots=True)
class InkRow:
    """Pieces at one height, left to right."""

    pieces: tuple[Piece, ...]

    @property
    def top(self) -> float:
        """Of the highest piece, level."""
        return min(piece.level.top for piece in self.pieces)

    @property
    def bottom(self) -> float:
        """Of the lowest piece, level."""
        return max(piece.level.bottom for piece in self.pieces)


def rows_in_columns(image: PageImage, *, least: int = ROWS) -> list[InkRow]:
    """The rows of the largest part of a page whose pieces stand in columns, its head included; [] if there is none."""
    rows, size = _rows(image)
    blocks = [(block, _strips(rows[block[0] : block[1]], size, least)) for block in _blocks(rows)]
    blocks = [(block, strips) for block, strips in blocks if strips]
    if not blocks:
        return []
    (first, stop), strips = max(blocks, key=lambda each: each[0][1] - each[0][0])
    pitch = max((below.top - above.top for above, below in pairwise(rows[first:stop])), default=0.0)
    most = _HEADING * (max(row.pieces[-1].level.x1 for row in rows[first:stop]) - strips[0][0])
    while first > 0 and rows[first].top - rows[first - 1].bottom < _NEAR * size:
        if not (_keeps(rows[first - 1], strips) or max(p.level.width for p in rows[first - 1].pieces) < most):
            break
        first -= 1
    while stop < len(rows) and _keeps(rows[stop], strips):
        if rows[stop].top > max(rows[stop - 1].top + _STEP * pitch, rows[stop - 1].bottom + size):
            break
        stop += 1
    return rows[first:stop]


def _keeps(row: InkRow, strips: Sequence[_Strip]) -> bool:
    """Whether a row keeps to the columns, or has its mark in the first and then a title."""
    crossed = [sum(p.level.x0 <= a and b <= p.level.x1 for a, b in strips) for p in row.pieces]
    return max(crossed) == 0 or (len(crossed) > 1 and crossed[0] == 0 and row.pieces[0].level.x1 < strips[0][1])


def _blocks(rows: Sequence[InkRow]) -> list[tuple[int, int]]:
    """Half-open stretches of rows between the first and the last of several rows of many pieces."""
    found: list[tuple[int, int]] = []
    for i in (i for i, row in enumerate(rows) if len(row.pieces) >= _COLUMNS):
        if found and i - found[-1][1] <= _BETWEEN:
            found[-1] = (found[-1][0], i + 1)
        else:
            found.append((i, i + 1))
    return found


def _strips(rows: Sequence[InkRow], size: float, least: int) -> list[_Strip]:
    """The white between the columns that the rows of many pieces, `least` or more, stand in; [] if they stand in none.

    The wide blanks of justified text stand now here, now there.
    """
    wide = [row for row in rows if len(row.pieces) >= _COLUMNS]
    if len(wide) < least:
        return []
    gaps = [(a.level.x1, b.level.x0) for row in wide for a, b in pairwise(row.pieces)]
    crossing = np.zeros(round(max(piece.level.x1 for row in wide for piece in row.pieces)) + 2, np.int32)
    for row in wide:
        for piece in row.pieces:
            crossing[max(0, round(piece.level.x0)) : round(piece.level.x1) + 1] += 1
    edges = np.flatnonzero(np.diff((crossing <= _CROSSED * len(wide)).astype(np.int8), prepend=0, append=0))
    white = [(int(a), int(b)) for a, b in edges.reshape(-1, 2)[1:-1]]
    strips = [(a, b) for a, b in white if b - a >= GAP * size / 2]
    kept = sum(any(x0 < (a + b) / 2 < x1 for a, b in strips) for x0, x1 in gaps)
    filled = len(gaps) / len(wide) >= _FILLED * len(strips)  # few words have white between them by chance
    return strips if len(strips) >= _COLUMNS - 1 and kept > _KEPT * len(gaps) and filled else []


def _rows(image: PageImage) -> tuple[list[InkRow], float]:
    """All pieces of a page as rows from the top, and the size of most of its print in pixels."""
    boxes, factor = letters(image)
    if not len(boxes):
        return [], 0.0
    tall = boxes[:, 3] - boxes[:, 1] >= LETTER * image.dpi / factor
    if not tall.any():
        return [], 0.0
    size = float(np.percentile((boxes[:, 3] - boxes[:, 1])[tall], _SIZE))
    tall &= boxes[:, 3] - boxes[:, 1] >= _LOWEST * size
    tilt = tilt_of(boxes[tall], size)
    level = boxes - tilt * np.roll(boxes, 1, axis=1) * np.array([-1, 1, -1, 1])
    owner = joined(level, tall, size)
    order = np.argsort(owner, kind="stable")
    groups = np.split(order, np.flatnonzero(np.diff(owner[order])) + 1)
    found = [_piece(boxes[own], level[own], size) for own in groups if owner[own[0]] >= 0]
    return [_row(row, factor) for row in _lines(_without_great_marks(found, size), size)], size * factor


def _without_great_marks(found: Sequence[Piece], size: float) -> list[Piece]:
    """The pieces, marks of a larger print taken into the words below them: they are as high as small letters."""
    great = [piece for piece in found if piece.level.height > _GREAT * size]
    owners = dict.fromkeys(range(len(found)), -1)
    for i, piece in enumerate(found):
        flat = piece.level
        for k, other in enumerate(great):
            over = other.level.x0 < flat.x_mid < other.level.x1 and flat.height < other.level.height / 2
            if over and 0 < other.level.bottom - flat.top < (1 + MARK_UP) * other.level.height:
                owners[i] = k
    whole = dict(enumerate(great))
    for i, k in owners.items():
        if k >= 0:
            whole[k] = whole[k].union(found[i])
    return [piece for i, piece in enumerate(found) if owners[i] < 0 and piece not in great] + list(whole.values())


def _piece(boxes: NDArray[np.float64], level: NDArray[np.float64], size: float) -> Piece:
    box, flat = _around(boxes), _around(level)
    if box.height > LOW * DPI:
        return Piece(box, flat)
    up, down = 0.6 * size, 0.4 * size
    box, flat = (BBox(b.x0, b.y_mid - up, b.x1, b.y_mid + down) for b in (box, flat))
    return Piece(box, flat, dash=True)


def _lines(found: Sequence[Piece], size: float) -> list[list[Piece]]:
    rows: list[list[Piece]] = []
    for piece in sorted(found, key=lambda piece: piece.level.y_mid):
        flat, first = piece.level, rows[-1][0].level if rows else piece.level
        if rows and flat.y_mid - first.y_mid < _SAME_LINE * max(min(first.height, flat.height), size / 2):
            rows[-1].append(piece)
        else:
            rows.append([piece])
    return rows


def _row(found: Sequence[Piece], factor: float) -> InkRow:
    """The pieces of one line in order, those of a larger print joined over their own wider gaps."""
    pieces: list[Piece] = []
    for piece in sorted(found, key=lambda piece: piece.level.x0):
        flat, before = piece.level, pieces[-1].level if pieces else None
        if before is not None and flat.x0 - before.x1 < _OWN_GAP * min(flat.height, before.height):
            pieces[-1] = pieces[-1].union(piece)
        else:
            pieces.append(piece)
    return InkRow(tuple(piece.scaled(factor) for piece in pieces))


def _around(boxes: NDArray[np.float64]) -> BBox:
    return BBox(*(float(v) for v in (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))))
