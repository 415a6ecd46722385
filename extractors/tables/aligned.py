"""Tables without rules: figures that stand under each other, and the words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from extractors.tables.loose_body import IN_CELL, body_of, is_anchor, place_of
from extractors.tables.matrix import is_section_mark, is_total
from extractors.tables.printed_rows import FIGURES, PrintedRow, is_prose, numbers_columns, rows_of
from extractors.tables.surroundings import unit_in
from models.document import Cell, Grid, Page, Word
from models.geometry import enclosing

_ROWS = 3  # such rows that a table must have
_OF_WORDS = 4  # columns that a table without figures must have
_GUTTER = 0.45  # of the line height: narrowest white strip between two columns
_TO_HEAD = 5.0  # of the line height: widest gap between the body and a head that is set in columns too
_MOST_SHIFT = 14.0  # points that the next page may lie further left or right
_KEPT = 0.93  # of its words that must stand in one column of the page before
_IN_HEAD = 4  # rows on top among which that of column numbers is looked for
_HEAD_GAP = 1.6  # of the line height: widest gap between the lines of a head
_MIDDLE = 0.1  # of the table's width: how far from its middle a title stands


def find_grids(page: Page) -> tuple[Grid, ...]:
    """The table of a page whose columns are only aligned, outside the drawn ones; at most one; () if there is none."""
    rows = rows_of(page)
    anchors = [i for i, row in enumerate(rows) if row.figures >= FIGURES and not is_prose(row)]
    anchors = _below_numbers(rows, anchors)
    numbered = _numbered(rows) if len(anchors) < _ROWS else []
    if len(anchors) < _ROWS and not numbered:
        return ()
    anchors = anchors if len(anchors) >= _ROWS else numbered
    height = sorted(row.box.height for row in rows)[len(rows) // 2]
    first, last = _extent(rows, anchors, height)
    columns = _columns(rows[first : last + 1], height)
    if len(columns) < (FIGURES + 1 if not numbered else _OF_WORDS):
        return ()
    first, last = _with_titles(rows, first, last, columns)
    head = _head(rows, first, height, _pitch(rows[first : last + 1]))
    columns = _with_empty(columns, rows[head:first], height)
    body = body_of(rows[first : last + 1], columns, height)
    if len(body) < _ROWS:
        return ()
    return (_grid(page.number, rows[head:first], body, columns),)


def _numbered(rows: Sequence[PrintedRow]) -> list[int]:
    """The rows of a list in columns of words, by ordinals that count on from 1; () if there are too few.

    Numbered paragraphs have no wide gaps within their lines.
    """
    found: list[int] = []
    last = 0
    for i, row in enumerate(rows):
        text = row.words[0][0].text.rstrip(".)")
        gaps = _OF_WORDS - 1 if len(found) < _ROWS else 2  # beside a cell of two lines the row has less
        if text.isdecimal() and last < int(text) <= last + 2 and not is_prose(row, gaps):  # one may be misread
            found.append(i)
            last = int(text)
    lefts = [rows[i].words[0][1].x_mid for i in found]
    together = lefts and max(lefts) - min(lefts) < 2 * rows[found[0]].box.height
    return found if len(found) >= _ROWS and together else []


def _below_numbers(rows: Sequence[PrintedRow], anchors: list[int]) -> list[int]:
    """The anchors without a row of column numbers on top, centred and so beside its figures, and what stands above."""
    numbers = [place for place, i in enumerate(anchors[:_IN_HEAD]) if numbers_columns(rows[i])]
    return anchors[numbers[-1] + 1 :] if numbers else anchors


def continue_grid(page: Page, before: Grid) -> Grid | None:
    """The rows on top of a page that stand in the columns of a table without rules on the page before; None if none do.

    Few rows are enough then, and a head may stand above them again.
    """
    rows = rows_of(page)
    columns = _moved_to(columns_of(before), rows)
    if len(columns) < before.columns:
        return None
    anchors = [i for i, row in enumerate(rows) if is_anchor(row, columns) and not is_prose(row, 2)]
    anchors = _below_numbers(rows, anchors)
    if not anchors:
        return None
    height = sorted(row.box.height for row in rows)[len(rows) // 2]
    first, last = _with_titles(rows, *_extent(rows, anchors, height), columns)
    head = _head(rows, first, height, _pitch(rows[first : last + 1]))
    body = body_of(rows[first : last + 1], columns, height)
    return _grid(page.number, rows[head:first], body, columns) if body else None


def columns_of(grid: Grid) -> list[tuple[float, float]]:
    """Left and right of each column by the words in it; () where one is empty."""
    found: dict[int, tuple[float, float]] = {}
    for cell in grid.cells:
        if cell.bbox is not None and cell.column_span == 1:
            left, right = found.get(cell.column, (cell.bbox.x0, cell.bbox.x1))
            found[cell.column] = (min(left, cell.bbox.x0), max(right, cell.bbox.x1))
    return [found[column] for column in sorted(found)]


def _moved_to(columns: list[tuple[float, float]], rows: Sequence[PrintedRow]) -> list[tuple[float, float]]:
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


def _extent(rows: Sequence[PrintedRow], anchors: list[int], height: float) -> tuple[int, int]:
    """First and last row of the body: the rows with figures, and the lines that belong to them."""
    first, last = anchors[0], anchors[-1]
    while first > 0 and rows[first].box.top - rows[first - 1].box.bottom < 0.1 * height and not rows[first - 1].figures:
        # The first name is set in more lines than its figures; a head keeps its distance.
        if rows[first - 1].box.x1 > rows[first].box.x_mid:
            break
        first -= 1
    while last + 1 < len(rows) and rows[last + 1].box.top - rows[last].box.bottom < IN_CELL * height:
        last += 1
    return first, last


def _with_titles(
    rows: Sequence[PrintedRow], first: int, last: int, columns: list[tuple[float, float]]
) -> tuple[int, int]:
    """The body with the section titles that stand at its ends and have no figures."""

    def opens(row: PrintedRow) -> bool:
        text = row.words[0][0].text
        title = place_of(row.words[0][1], columns) == 0 and is_section_mark(text) and len(row.words) > 1
        return title or (is_total(text) and is_anchor(row, columns))

    near = 2 * (rows[last].box.y_mid - rows[first].box.y_mid) / max(last - first, 1)
    while last + 1 < len(rows) and opens(rows[last + 1]) and rows[last + 1].box.y_mid - rows[last].box.y_mid < near:
        last += 1
    while first > 0 and opens(rows[first - 1]) and rows[first].box.y_mid - rows[first - 1].box.y_mid < near:
        first -= 1
    return first, last


def _columns(rows: Sequence[PrintedRow], height: float) -> list[tuple[float, float]]:
    """Left and right of each column: stretches of the page's width between white strips that no row crosses."""
    boxes = sorted((box for row in rows for _, box in row.words), key=lambda box: box.x0)
    columns: list[tuple[float, float]] = []
    for box in boxes:
        if columns and box.x0 < columns[-1][1] + _GUTTER * height:
            columns[-1] = (columns[-1][0], max(columns[-1][1], box.x1))
        else:
            columns.append((box.x0, box.x1))
    return [column for column in columns if not _is_dirt(column, rows)]


def _is_dirt(column: tuple[float, float], rows: Sequence[PrintedRow]) -> bool:
    """Whether all that stands there is a dash or two where other columns have words or figures in most rows."""
    held = [word.text for row in rows for word, box in row.words if column[0] <= box.x_mid <= column[1]]
    return len(held) <= max(1, len(rows) // 12) and not any(c.isalnum() for text in held for c in text)


def _pitch(rows: Sequence[PrintedRow]) -> float:
    """The usual white between two rows of figures."""
    body = [row for row in rows if row.figures >= FIGURES]
    gaps = [below.box.top - above.box.bottom for above, below in pairwise(body)]
    return sorted(gaps)[len(gaps) // 2] if gaps else 0.0


def _head(rows: Sequence[PrintedRow], first: int, height: float, pitch: float) -> int:
    """Index of the first row of the head; `first` if the body has none.

    `pitch`: the white between rows of the body, from which the head stands no further off than usual.
    """
    if first == 0:
        return first
    head, reach = first, max(_TO_HEAD, 1.25 * pitch / height)
    while head > 0:
        above, below = rows[head - 1], rows[head]
        text = " ".join(word.text for word, _ in above.words)
        numbers = numbers_columns(above)
        legend = unit_in(text) or (text.startswith("(") and not numbers) or _is_title(above, rows[head:])
        if below.box.top - above.box.bottom > reach * height or legend:
            break
        head -= 1
        reach = reach if numbers else _HEAD_GAP
    near = rows[first].box.top - rows[first - 1].box.bottom <= _HEAD_GAP * height
    parts = [rows[head:first], *([row] for row in rows[head:first])]  # a heading over several columns joins them
    in_columns = any(len(_columns(part, height)) > FIGURES for part in parts if part)
    return head if near or in_columns else first


def _is_title(row: PrintedRow, below: Sequence[PrintedRow]) -> bool:
    """Whether a row is one run of capitals over the middle of what is below, as the title of a table is."""
    text = " ".join(word.text for word, _ in row.words)
    gaps = [b.x0 - a.x1 for (_, a), (_, b) in pairwise(row.words)]
    left, right = min(r.box.x0 for r in below), max(r.box.x1 for r in below)
    middle = abs(row.box.x_mid - (left + right) / 2) < _MIDDLE * (right - left)
    whole = len(text.split()) > 2 and max(gaps, default=0.0) < row.box.height
    return whole and text.isupper() and middle


def _with_empty(
    columns: list[tuple[float, float]], head: Sequence[PrintedRow], height: float
) -> list[tuple[float, float]]:
    """The columns as wide as their headings, and those that have a heading but nothing below it.

    A heading may stand in the middle of a wide column, beside the short words or figures at its side: it is the
    heading of the next column that has none, and only else one of an empty column.
    """
    result = list(columns)
    loose: list[tuple[float, float]] = []
    headed: set[tuple[float, float]] = set()
    for heading in _columns([row for row in head if not numbers_columns(row)], height):
        below = {column for column in columns if heading[0] < column[1] and heading[1] > column[0]}
        headed |= below
        loose += [] if below else [heading]
    for heading in loose:
        left = max((column for column in columns if column[1] <= heading[0]), default=None)
        right = min((column for column in columns if column[0] >= heading[1]), default=None)
        bare = [c for c in (left, right) if c is not None and c in result and c not in headed]
        if not bare:
            result.append(heading)
            continue
        owner = min(bare, key=lambda c: max(heading[0] - c[1], c[0] - heading[1]))
        headed.add(owner)
        result[result.index(owner)] = (min(owner[0], heading[0]), max(owner[1], heading[1]))
    return sorted(result)


def _grid(
    page: int, head: Sequence[PrintedRow], body: list[list[list[Word]]], columns: list[tuple[float, float]]
) -> Grid:
    heads = _head_cells(head, columns)
    depth = max((cell.row + cell.row_span for cell in heads), default=0)
    cells = [
        Cell(
            " ".join(word.text for word in words),
            r,
            c,
            bbox=enclosing(word.bbox for word in words),
            confidence=min((word.confidence for word in words), default=1.0),
        )
        for r, row in enumerate(body, start=depth)
        for c, words in enumerate(row)
        if words
    ]
    cells = [*heads, *cells]
    return Grid(page, enclosing(cell.bbox for cell in cells), depth + len(body), len(columns), tuple(cells))


def _head_cells(head: Sequence[PrintedRow], columns: list[tuple[float, float]]) -> list[Cell]:
    """The headings: one row, and above it those that stand over several columns in one piece."""
    words = [each for row in head if not numbers_columns(row) for each in row.words]
    wide = {}
    for word, box in words:
        over = [c for c, (left, right) in enumerate(columns) if box.x0 < (left + right) / 2 < box.x1]
        if len(over) > 1 and any(b.top > box.y_mid and place_of(b, columns) in over for _, b in words):
            wide[id(word)] = over
    own: list[list[Word]] = [[] for _ in columns]
    for word, box in words:
        if id(word) not in wide:
            own[place_of(box, columns)].append(word)
    groups = [(word, wide[id(word)]) for word, _ in words if id(word) in wide]
    cells = [
        Cell(word.text, 0, over[0], 1, over[-1] - over[0] + 1, word.bbox, word.confidence) for word, over in groups
    ]
    below = {column for _, over in groups for column in range(over[0], over[-1] + 1)}
    for column, found in enumerate(own):
        if found:
            text, around = " ".join(word.text for word in found), enclosing(word.bbox for word in found)
            row, height = (1, 1) if column in below else (0, 2 if groups else 1)
            cells.append(Cell(text, row, column, height, 1, around, min(word.confidence for word in found)))
    return cells
