"""Tables without rules: figures that stand under each other, and the words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.tables.matrix import is_figure, is_ordinal, is_section_mark, is_total
from extractors.tables.surroundings import unit_in
from models.document import Cell, Grid, Page, Word
from models.geometry import BBox, enclosing

_FIGURES = 3  # figures that a row must have to be taken for a table's
_ROWS = 3  # such rows that a table must have
_GUTTER = 0.45  # of the line height: narrowest white strip between two columns
_IN_CELL = 0.45  # of the line height: widest gap between two lines of one cell
_TO_HEAD = 5.0  # of the line height: widest gap between the body and a head that is set in columns too
_MOST_SHIFT = 14.0  # points that the next page may lie further left or right
_KEPT = 0.93  # of its words that must stand in one column of the page before
_MOST_TILT = 0.012  # rise per width, 0.7 degrees: what straightening the page leaves
_HEAD_GAP = 1.6  # of the line height: widest gap between the lines of a head


@dataclass(frozen=True, slots=True)
class _Row:
    """Words at one height, left to right."""

    words: tuple[tuple[Word, BBox], ...]

    @property
    def box(self) -> BBox:
        box = enclosing(box for _, box in self.words)
        assert box is not None
        return box

    @property
    def figures(self) -> int:
        return sum(is_figure(word.text) for word, _ in self.words)


def find_grids(page: Page) -> tuple[Grid, ...]:
    """The table of a page whose columns are only aligned, outside the drawn ones; at most one; () if there is none."""
    rows = _rows(page)
    anchors = [i for i, row in enumerate(rows) if row.figures >= _FIGURES and not _is_prose(row)]
    if len(anchors) < _ROWS:
        return ()
    height = sorted(row.box.height for row in rows)[len(rows) // 2]
    first, last = _extent(rows, anchors, height)
    columns = _columns(rows[first : last + 1], height)
    if len(columns) < _FIGURES + 1:
        return ()
    first, last = _with_titles(rows, first, last, columns)
    head = _head(rows, first, height)
    columns = _with_empty(columns, rows[head:first], height)
    body = _body(rows[first : last + 1], columns, height)
    if len(body) < _ROWS:
        return ()
    return (_grid(page.number, rows[head:first], body, columns),)


def has_rows(page: Page) -> bool:
    """Whether something on a page may be a table without rules: two rows of figures with wide gaps."""
    return sum(row.figures >= _FIGURES and not _is_prose(row) for row in _rows(page)) > 1


def continue_grid(page: Page, before: Grid) -> Grid | None:
    """The rows on top of a page that stand in the columns of a table without rules on the page before; None if none do.

    Few rows are enough then, and a head may stand above them again.
    """
    rows = _rows(page)
    columns = _moved_to(columns_of(before), rows)
    if len(columns) < before.columns:
        return None
    anchors = [i for i, row in enumerate(rows) if _is_anchor(row, columns) and not _is_prose(row, 2)]
    if not anchors:
        return None
    height = sorted(row.box.height for row in rows)[len(rows) // 2]
    first, last = _extent(rows, anchors, height)
    head = _head(rows, first, height)
    body = _body(rows[first : last + 1], columns, height)
    return _grid(page.number, rows[head:first], body, columns) if body else None


def columns_of(grid: Grid) -> list[tuple[float, float]]:
    """Left and right of each column by the words in it; () where one is empty."""
    found: dict[int, tuple[float, float]] = {}
    for cell in grid.cells:
        if cell.bbox is not None:
            left, right = found.get(cell.column, (cell.bbox.x0, cell.bbox.x1))
            found[cell.column] = (min(left, cell.bbox.x0), max(right, cell.bbox.x1))
    return [found[column] for column in sorted(found)]


def _moved_to(columns: list[tuple[float, float]], rows: Sequence[_Row]) -> list[tuple[float, float]]:
    """The columns shifted as the next page lies on the glass; [] if its words do not keep to them."""
    boxes = [box for row in rows if row.figures >= 2 for _, box in row.words]
    if not columns or not boxes:
        return []
    lefts, rights = (np.array(side) for side in zip(*columns, strict=True))
    x0, x1 = (np.array([getattr(box, side) for box in boxes])[:, None] for side in ("x0", "x1"))

    def inside(shift: float) -> tuple[float, float]:
        touched = (x1 > lefts + shift) & (x0 < rights + shift)
        return float((touched.sum(axis=1) == 1).mean()), -abs(shift)

    shift = float(max(np.arange(-_MOST_SHIFT, _MOST_SHIFT + 1), key=inside))
    return [(a + shift, b + shift) for a, b in columns] if inside(shift)[0] >= _KEPT else []


def _rows(page: Page) -> list[_Row]:
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
    return [_Row(tuple(sorted(row, key=lambda w: w[1].x0))) for row in rows]


def _is_rule(text: str, box: BBox) -> bool:
    """Whether a word is nothing but a rule or dirt that was read as a dash; a short dash is a figure."""
    bare = text.strip("\"'“”‘’`")
    return not any(c.isalnum() for c in bare) and (bare not in ("-", "+", "%", "x") or box.width > 12)


def _levelled(words: list[tuple[Word, BBox]]) -> list[tuple[Word, BBox]]:
    """The words with their boxes turned level; a tilt too small to mind in running text parts the ends of a wide row.

    The tilt is the one under which most words stand at one height with others.
    """
    if len(words) < 3 * _FIGURES:
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


def _is_prose(row: _Row, figures: int = _FIGURES) -> bool:
    """Whether the figures stand in running text: no wide gaps between the words."""
    gaps = [b.x0 - a.x1 for (_, a), (_, b) in zip(row.words, row.words[1:], strict=False)]
    return sum(gap > 1.2 * row.box.height for gap in gaps) < figures - 1


def _extent(rows: Sequence[_Row], anchors: list[int], height: float) -> tuple[int, int]:
    """First and last row of the body: the rows with figures, and the lines that belong to them."""
    first, last = anchors[0], anchors[-1]
    while first > 0 and rows[first].box.top - rows[first - 1].box.bottom < 0.1 * height and not rows[first - 1].figures:
        # The first name is set in more lines than its figures; a head keeps its distance.
        if rows[first - 1].box.x1 > rows[first].box.x_mid:
            break
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].box.top - rows[last].box.bottom < _IN_CELL * height:
        last += 1
    return first, last


def _with_titles(
    rows: Sequence[_Row], first: int, last: int, columns: list[tuple[float, float]]
) -> tuple[int, int]:
    """The body with the section titles that stand at its ends and have no figures."""

    def opens(row: _Row) -> bool:
        text = row.words[0][0].text
        return _place(row.words[0][1], columns) == 0 and is_section_mark(text) and len(row.words) > 1

    near = 2 * (rows[last].box.y_mid - rows[first].box.y_mid) / max(last - first, 1)
    while last + 1 < len(rows) and opens(rows[last + 1]) and rows[last + 1].box.y_mid - rows[last].box.y_mid < near:
        last += 1
    while first > 0 and opens(rows[first - 1]) and rows[first].box.y_mid - rows[first - 1].box.y_mid < near:
        first -= 1
    return first, last


def _columns(rows: Sequence[_Row], height: float) -> list[tuple[float, float]]:
    """Left and right of each column: stretches of the page's width between white strips that no row crosses."""
    boxes = sorted((box for row in rows for _, box in row.words), key=lambda box: box.x0)
    columns: list[tuple[float, float]] = []
    for box in boxes:
        if columns and box.x0 < columns[-1][1] + _GUTTER * height:
            columns[-1] = (columns[-1][0], max(columns[-1][1], box.x1))
        else:
            columns.append((box.x0, box.x1))
    return [column for column in columns if not _is_dirt(column, rows)]


def _is_dirt(column: tuple[float, float], rows: Sequence[_Row]) -> bool:
    """Whether all that stands there is a dash or two where other columns have words or figures in most rows."""
    held = [word.text for row in rows for word, box in row.words if column[0] <= box.x_mid <= column[1]]
    return len(held) <= max(1, len(rows) // 12) and not any(c.isalnum() for text in held for c in text)


def _head(rows: Sequence[_Row], first: int, height: float) -> int:
    """Index of the first row of the head; `first` if the body has none."""
    if first == 0:
        return first
    head, reach = first, _TO_HEAD
    while head > 0:
        above, below = rows[head - 1], rows[head]
        text = " ".join(word.text for word, _ in above.words)
        if below.box.top - above.box.bottom > reach * height or unit_in(text) or text.startswith("("):
            break
        head, reach = head - 1, _HEAD_GAP
    near = rows[first].box.top - rows[first - 1].box.bottom <= _HEAD_GAP * height
    in_columns = len(_columns(rows[head:first], height)) > _FIGURES if head < first else False
    return head if near or in_columns else first


def _with_empty(columns: list[tuple[float, float]], head: Sequence[_Row], height: float) -> list[tuple[float, float]]:
    """The columns, and those that have a heading but nothing below it."""
    result = list(columns)
    for left, right in _columns(head, height) if head else []:
        if all(right < a - _GUTTER * height or left > b + _GUTTER * height for a, b in result):
            result.append((left, right))
    return sorted(result)


def _place(box: BBox, columns: list[tuple[float, float]]) -> int:
    """The column that a word stands in: the one that shares most with it, else the nearest."""
    shared = [min(box.x1, right) - max(box.x0, left) for left, right in columns]
    return max(range(len(columns)), key=lambda c: shared[c])


def _body(rows: Sequence[_Row], columns: list[tuple[float, float]], height: float) -> list[list[list[Word]]]:
    """Per table row and column its words.

    White from side to side parts rows; within what hangs together a row is where its ordinal or its figures stand.
    """
    cells: list[list[list[Word]]] = []
    anchored = False
    for band in _bands(rows, height):
        anchors = [row for row in band if _is_anchor(row, columns)]
        anchored |= bool(anchors)
        if anchors or any(c.isalnum() for row in band for word, _ in row.words for c in word.text):
            cells += _band_rows(band, anchors or [band[0]], columns, height)
    return cells if anchored else []


def _bands(rows: Sequence[_Row], height: float) -> list[list[_Row]]:
    bands: list[list[_Row]] = []
    bottom = float("-inf")
    for row in rows:
        if bands and row.box.top - bottom < _IN_CELL * height:
            bands[-1].append(row)
        else:
            bands.append([row])
        bottom = max(bottom, row.box.bottom)
    return bands


def _band_rows(
    rows: Sequence[_Row], anchors: Sequence[_Row], columns: list[tuple[float, float]], height: float
) -> list[list[list[Word]]]:
    cells: list[list[list[Word]]] = [[[] for _ in columns] for _ in anchors]
    for column, extent in enumerate(columns):
        lines = [[w for w in row.words if _place(w[1], columns) == column and _counts(w, extent)] for row in rows]
        for block in _blocks([line for line in lines if line], height):
            for line, anchor in _owners(block, anchors):
                cells[anchor][column] += [word for word, _ in line]
    return cells


def _counts(word: tuple[Word, BBox], column: tuple[float, float]) -> bool:
    """Whether a word is one; a dash beside the column is dirt."""
    touches = word[1].x0 <= column[1] and word[1].x1 >= column[0]
    return touches or any(c.isalnum() for c in word[0].text)


def _is_anchor(row: _Row, columns: list[tuple[float, float]]) -> bool:
    word, box = row.words[0]
    opens = _place(box, columns) == 0 and (is_ordinal(word.text) or is_section_mark(word.text))
    held: dict[int, list[str]] = {}
    for other, place in row.words:
        held.setdefault(_place(place, columns), []).append(other.text)
    # figures inside a name are no figures of the table: "Tổ 15 - 24"
    figures = sum(len(texts) == 1 and is_figure(texts[0]) for texts in held.values())
    return opens or figures >= 2 or is_total(" ".join(w.text for w, _ in row.words[:2]))


_Line = list[tuple[Word, BBox]]


def _blocks(lines: list[_Line], height: float) -> list[list[_Line]]:
    """Lines of one column that hang together."""
    blocks: list[list[_Line]] = []
    for line in lines:
        if blocks and line[0][1].top - blocks[-1][-1][0][1].bottom < _IN_CELL * height:
            blocks[-1].append(line)
        else:
            blocks.append([line])
    return blocks


def _owners(block: list[_Line], anchors: Sequence[_Row]) -> list[tuple[_Line, int]]:
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


def _grid(page: int, head: Sequence[_Row], body: list[list[list[Word]]], columns: list[tuple[float, float]]) -> Grid:
    headings: list[list[Word]] = [[] for _ in columns]
    for row in head:
        for word, box in row.words:
            headings[_place(box, columns)].append(word)
    table = ([headings] if head else []) + body
    cells = [
        Cell(
            " ".join(word.text for word in words),
            r,
            c,
            bbox=enclosing(word.bbox for word in words),
            confidence=min((word.confidence for word in words), default=1.0),
        )
        for r, row in enumerate(table)
        for c, words in enumerate(row)
        if words
    ]
    return Grid(page, enclosing(cell.bbox for cell in cells), len(table), len(columns), tuple(cells))
