"""The printed words of a page as rows, whatever way the page lies."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from extractors.tables.matrix import is_figure, is_number_row
from models.document import Page, Word
from models.geometry import BBox, enclosing

FIGURES = 3  # figures that a row must have to be taken for a table's
_MOST_TILT = 0.012  # rise per width, 0.7 degrees: what straightening the page leaves


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """Words at one height, left to right."""

    words: tuple[tuple[Word, BBox], ...]

    @property
    def box(self) -> BBox:
        """Around its words."""
        box = enclosing(box for _, box in self.words)
        assert box is not None
        return box

    @property
    def figures(self) -> int:
        """How many of its words are figures."""
        return sum(is_figure(word.text) for word, _ in self.words)


def rows_of(page: Page) -> list[PrintedRow]:
    """The rows of a page outside its drawn tables, top to bottom."""
    drawn = [grid.bbox for grid in page.grids if grid.bbox is not None]
    words = _levelled(
        [
            (word, word.bbox)
            for line in page.lines
            for word in line.words
            if word.bbox is not None
            and not _is_rule(word.text, word.bbox)
            and not any(box.overlap(word.bbox) > 0 for box in drawn)
        ]
    )
    rows: list[list[tuple[Word, BBox]]] = []
    for word, box in sorted(words, key=lambda w: (w[1].y_mid, w[1].x0)):
        first = rows[-1][0][1] if rows else box
        if rows and abs(first.y_mid - box.y_mid) < 0.4 * max(min(first.height, box.height), 4.0):
            rows[-1].append((word, box))
        else:
            rows.append([(word, box)])
    return [PrintedRow(tuple(sorted(row, key=lambda w: w[1].x0))) for row in rows]


def _is_rule(text: str, box: BBox) -> bool:
    """Whether a word is nothing but a rule or dirt that was read as a dash; a short dash is a figure."""
    bare = text.strip("\"'“”‘’`")
    return not any(c.isalnum() for c in bare) and (bare not in ("-", "+", "%", "x") or box.width > 12)


def _levelled(words: list[tuple[Word, BBox]]) -> list[tuple[Word, BBox]]:
    """The words with their boxes turned level; a tilt too small to mind in running text parts the ends of a wide row.

    The tilt is the one under which most words stand at one height with others.
    """
    if len(words) < 3 * FIGURES:
        return words
    x, y = (np.array([getattr(box, name) for _, box in words]) for name in ("x_mid", "y_mid"))
    step = max(1.0, 0.2 * float(np.median([box.height for _, box in words])))

    def gathered(tilt: float) -> tuple[int, float]:
        level = y - tilt * x
        return int(np.square(np.bincount(((level - level.min()) / step).astype(int))).sum()), -abs(tilt)

    tilt = max(np.arange(-_MOST_TILT, _MOST_TILT + 1e-9, 0.0005), key=gathered)
    if abs(tilt) < 0.0005:
        return words
    return [(word, _moved(box, tilt * box.y_mid, -tilt * box.x_mid)) for word, box in words]


def _moved(box: BBox, right: float, down: float) -> BBox:
    return BBox(box.x0 + right, box.top + down, box.x1 + right, box.bottom + down)


def is_prose(row: PrintedRow, figures: int = FIGURES) -> bool:
    """Whether the figures stand in running text: no wide gaps between the words."""
    gaps = [b.x0 - a.x1 for (_, a), (_, b) in zip(row.words, row.words[1:], strict=False)]
    return sum(gap > 1.2 * row.box.height for gap in gaps) < figures - 1


def numbers_columns(row: PrintedRow) -> bool:
    """Whether a row only numbers the columns."""
    return is_number_row(tuple(word.text for word, _ in row.words))
