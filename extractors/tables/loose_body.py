"""The body of a table without rules: which printed lines make one row, and in which column each word stands."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.tables.matrix import is_figure, is_ordinal, is_section_mark, is_total
from extractors.tables.printed_rows import PrintedRow
from models.document import Word
from models.geometry import BBox

_BESIDE = 0.5  # of the height of a row that another one shares only if both are one
IN_CELL = 0.45  # of the line height: widest gap between two lines of one cell


def place_of(box: BBox, columns: list[tuple[float, float]]) -> int:
    """The column that a word stands in: the one that shares most with it, else the nearest."""
    shared = [min(box.x1, right) - max(box.x0, left) for left, right in columns]
    return max(range(len(columns)), key=lambda c: shared[c])


def body_of(rows: Sequence[PrintedRow], columns: list[tuple[float, float]], height: float) -> list[list[list[Word]]]:
    """Per table row and column its words.

    White from side to side parts rows; within what hangs together a row is where its ordinal or its figures stand.
    """
    cells: list[list[list[Word]]] = []
    anchored = False
    for band in _bands(rows, height):
        anchors = _apart([row for row in band if is_anchor(row, columns)])
        anchored |= bool(anchors)
        if anchors or any(c.isalnum() for row in band for word, _ in row.words for c in word.text):
            cells += _band_rows(band, anchors or [band[0]], columns, height)
    return cells if anchored else []


def _apart(anchors: Sequence[PrintedRow]) -> list[PrintedRow]:
    """The anchors without those beside a fuller one: on a page askew a few figures stand at the height of a name."""
    return [
        row
        for row in anchors
        if not any(len(o.words) > len(row.words) and row.box.v_overlap(o.box) > _BESIDE for o in anchors)
    ]


def _bands(rows: Sequence[PrintedRow], height: float) -> list[list[PrintedRow]]:
    bands: list[list[PrintedRow]] = []
    bottom = float("-inf")
    for row in rows:
        if bands and row.box.top - bottom < IN_CELL * height:
            bands[-1].append(row)
        else:
            bands.append([row])
        bottom = max(bottom, row.box.bottom)
    return bands


def _band_rows(
    rows: Sequence[PrintedRow], anchors: Sequence[PrintedRow], columns: list[tuple[float, float]], height: float
) -> list[list[list[Word]]]:
    cells: list[list[list[Word]]] = [[[] for _ in columns] for _ in anchors]
    for column, extent in enumerate(columns):
        lines = [[w for w in row.words if place_of(w[1], columns) == column and _counts(w, extent)] for row in rows]
        for block in _blocks([line for line in lines if line], height):
            for line, anchor in _owners(block, anchors):
                cells[anchor][column] += [word for word, _ in line]
    return cells


def _counts(word: tuple[Word, BBox], column: tuple[float, float]) -> bool:
    """Whether a word is one; a dash beside the column is dirt."""
    touches = word[1].x0 <= column[1] and word[1].x1 >= column[0]
    return touches or any(c.isalnum() for c in word[0].text)


def is_anchor(row: PrintedRow, columns: list[tuple[float, float]]) -> bool:
    """Whether a line opens a row: an ordinal, a section mark, two figures, or a total with its figure."""
    word, box = row.words[0]
    opens = place_of(box, columns) == 0 and (is_ordinal(word.text) or is_section_mark(word.text))
    held: dict[int, list[str]] = {}
    for other, place in row.words:
        held.setdefault(place_of(place, columns), []).append(other.text)
    # figures inside a name are no figures of the table: "Tổ 15 - 24"
    figures = sum(len(texts) == 1 and is_figure(texts[0]) for texts in held.values())
    # without marks the last word of a name may be taken for "cộng"
    total = figures > 0 and is_total(" ".join(w.text for w, _ in row.words[:2]))
    return opens or figures >= 2 or total


_Line = list[tuple[Word, BBox]]


def _blocks(lines: list[_Line], height: float) -> list[list[_Line]]:
    """Lines of one column that hang together."""
    blocks: list[list[_Line]] = []
    for line in lines:
        if blocks and line[0][1].top - blocks[-1][-1][0][1].bottom < IN_CELL * height:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _owners(block: list[_Line], anchors: Sequence[PrintedRow]) -> list[tuple[_Line, int]]:
    """The row of each line of a block: that of the one anchor beside the block, else the nearest to each line."""
    top, bottom = block[0][0][1].top, block[-1][0][1].bottom
    beside = [i for i, anchor in enumerate(anchors) if top <= anchor.box.y_mid <= bottom]
    if len(beside) == 1:
        return [(line, beside[0]) for line in block]
    if not beside:
        middle = (top + bottom) / 2
        nearest = min(range(len(anchors)), key=lambda i: abs(anchors[i].box.y_mid - middle))
        return [(line, nearest) for line in block]
    return [
        (line, min(range(len(anchors)), key=lambda i: abs(anchors[i].box.y_mid - line[0][1].y_mid))) for line in block
    ]
