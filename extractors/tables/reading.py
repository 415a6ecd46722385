"""Grids to tables: head and body told apart, continued tables joined, layout boxes left out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from extractors.tables import aligned, surroundings
from extractors.tables.head import body_start, caption_rows, head_rows, looks_like_body, paths
from extractors.tables.matrix import Matrix, alike, is_number_row, is_ordinal, is_total, matrix_of
from extractors.tables.wording import mend
from extractors.vi.text import fold
from models.document import Cell, Document, Grid, Line, Page
from models.geometry import BBox
from models.letter import Table

_EDGE_TOLERANCE = 0.012  # of the table's width; scans of two pages are never cut quite the same
_LAYOUT_WORDS = re.compile(
    r"cong hoa xa hoi chu nghia|doc lap *- *tu do|noi nhan ?:|^(?:tm|kt|tl|tuq)\. |\(?da ky|^kinh gui"
    r"|ky boi ?:|nguoi ky ?:"
)


@dataclass(frozen=True, slots=True)
class Row:
    """One body row.

    Attributes:
        texts: One per column, merged cells repeated.
        cells: The covering cells, same order; None where nothing is drawn or printed.
        page: 1-based.
        lone: Whether one filled cell is all that the row holds: a section title.
    """

    texts: tuple[str, ...]
    cells: tuple[Cell | None, ...]
    page: int
    lone: bool

    @property
    def bbox(self) -> BBox | None:
        """Around the row's cells."""
        box: BBox | None = None
        for cell in self.cells:
            if cell is not None and cell.bbox is not None:
                box = cell.bbox if box is None else box.union(cell.bbox)
        return box


@dataclass(frozen=True, slots=True)
class ReadTable:
    """A table of the letter with the places of its body cells.

    Attributes:
        drawn: False for a table that came as text, whose merged heads are lost.
    """

    columns: tuple[tuple[str, ...], ...]
    rows: tuple[Row, ...]
    pages: tuple[int, ...]
    title: str | None
    unit: str | None
    bbox: BBox | None
    drawn: bool
    head: tuple[tuple[str, ...], ...] = ()

    def as_table(self) -> Table:
        """The table as the letter carries it."""
        return Table(self.pages, self.columns, tuple(r.texts for r in self.rows), self.title, self.unit, self.bbox)


class _Latest:
    """The tables of the document asked for last: three extractors ask for the same ones, one after the other."""

    known: tuple[tuple[Page, ...], tuple[ReadTable, ...]] = ((), ())


def read_tables(document: Document) -> tuple[ReadTable, ...]:
    """All tables of a document in order; those that go on over a page are one."""
    pages, tables = _Latest.known
    if pages is not document.pages:  # the same pages, not equal ones: to compare them takes as long as to read them
        tables = _read(document)
        _Latest.known = (document.pages, tables)
    return tables


def _read(document: Document) -> tuple[ReadTable, ...]:
    tables: list[ReadTable] = []
    last: tuple[Matrix, Page] | None = None
    open_grid: Grid | None = None  # without rules, on the page before
    for page in document.pages:
        loose = _loose_grids(page, open_grid)
        grids = tuple(sorted((*page.grids, *loose), key=lambda g: g.bbox.top if g.bbox else 0.0))
        for index, grid in enumerate(grids):
            matrix = matrix_of(_mended(grid) if page.text_origin == "ocr" else grid)
            fitted = grid in loose and open_grid is not None and grid.columns == open_grid.columns
            if tables and last is not None and _goes_on(last, matrix, page, index, grids, fitted=fitted):
                tables[-1] = _joined(tables[-1], matrix, page.number)
            elif _is_layout(matrix):
                continue
            else:
                tables.append(_table(matrix, page, grids))
            last = (matrix, page)
        open_grid = next((grid for grid in grids[-1:] if grid in loose), None)
    return tuple(t for t in tables if t.rows)


def _loose_grids(page: Page, before: Grid | None) -> tuple[Grid, ...]:
    """Tables of a page that only stand in columns; one that goes on from the page before keeps its columns."""
    if before is not None and not page.grids and (grid := aligned.continue_grid(page, before)):
        return (grid,)
    return aligned.find_grids(page)


def _mended(grid: Grid) -> Grid:
    return replace(grid, cells=tuple(replace(cell, text=mend(cell.text)) for cell in grid.cells))


def _is_layout(matrix: Matrix) -> bool:
    """Whether a frame only arranges the letter: letterhead, signatures, a box around a text."""
    if matrix.columns < 2 or matrix.rows < 2:
        return True
    texts = [cell.text for cell in matrix.grid.cells if cell.text]
    if len(texts) < 3:
        return True
    lines = [fold(text) for text in texts]
    if matrix.rows <= 4 and any(_LAYOUT_WORDS.search(line) for line in lines):
        return True
    return matrix.columns <= 3 and matrix.rows <= 3 and sum(map(len, texts)) > 1500


def _table(matrix: Matrix, page: Page, grids: tuple[Grid, ...]) -> ReadTable:
    head, start, caption = head_rows(matrix), body_start(matrix), caption_rows(matrix)
    caption = min(caption, head)
    box = matrix.grid.bbox
    above = surroundings.lines_above(page, box, grids) if box else surroundings.text_lines_above(page, matrix.grid)
    inside = tuple(Line(t, t, None) for row in range(caption) if (t := next(filter(None, matrix.texts(row)), "")))
    unit = surroundings.unit_above((*above, *inside))
    headings = {text for row in range(caption, head) for text in matrix.texts(row)}
    if unit is None:
        units = {unit for text in headings if (unit := surroundings.unit_in_heading(text))}
        unit = units.pop() if len(units) == 1 else None
    return ReadTable(
        columns=paths(matrix, caption, head),
        rows=tuple(_rows(matrix, start, page.number)),
        pages=(page.number,),
        title=surroundings.title_above((*above, *inside)),
        unit=unit,
        bbox=box,
        drawn=box is not None,
        head=tuple(matrix.texts(row) for row in range(caption, head)),
    )


def _rows(matrix: Matrix, start: int, page: int) -> Iterator[Row]:
    for row in range(start, matrix.rows):
        texts = matrix.texts(row)
        if is_number_row(texts) and not _is_list_row(matrix, row):
            continue
        filled = {id(cell) for cell in matrix.covering[row] if cell is not None and cell.text}
        yield Row(texts, matrix.covering[row], page, len(filled) == 1)


def _is_list_row(matrix: Matrix, row: int) -> bool:
    """A row of small figures that ascend by chance: its first column goes on counting in the next row."""
    if row + 1 >= matrix.rows:
        return False
    here, below = matrix.text(row, 0).strip("."), matrix.text(row + 1, 0).strip(".")
    return here.isdigit() and below.isdigit() and int(below) == int(here) + 1


def _goes_on(
    last: tuple[Matrix, Page], matrix: Matrix, page: Page, index: int, grids: tuple[Grid, ...], *, fitted: bool
) -> bool:
    """Whether a grid continues the last one: same columns, and nothing but a page number between them.

    `fitted`: a table without rules that was read into the columns of the last one.
    """
    before, before_page = last
    if before.columns != matrix.columns or not (fitted or _same_edges(before.grid, matrix.grid)):
        return False
    box, before_box = matrix.grid.bbox, before.grid.bbox
    if box is None or before_box is None:
        return False
    if page.number == before_page.number:
        return 0 <= box.top - before_box.bottom < 6
    if index > 0 or page.number != before_page.number + 1:
        return False
    above = [line for line in surroundings.lines_above(page, box, grids) if not _is_margin(line.text)]
    below = [
        line
        for line in before_page.lines
        if line.bbox and line.bbox.y_mid > before_box.bottom and not _is_margin(line.text)
    ]
    return not above and not below


def _is_margin(text: str) -> bool:
    """A page number or a trace of dirt."""
    return len(re.sub(r"\W", "", text)) <= 3


def _same_edges(first: Grid, second: Grid) -> bool:
    a, b = _edges(first), _edges(second)
    return a is not None and b is not None and all(abs(x - y) < _EDGE_TOLERANCE for x, y in zip(a, b, strict=True))


def _edges(grid: Grid) -> tuple[float, ...] | None:
    """Left edges of the columns as shares of the table's width; None if nothing is drawn."""
    if grid.bbox is None:
        return None
    lefts: dict[int, float] = {}
    for cell in grid.cells:
        if cell.bbox is not None:
            lefts.setdefault(cell.column, (cell.bbox.x0 - grid.bbox.x0) / max(grid.bbox.width, 1.0))
    return tuple(lefts.get(column, 0.0) for column in range(grid.columns))


def _joined(table: ReadTable, matrix: Matrix, page: int) -> ReadTable:
    start = _repeated_head(table, matrix)
    more = list(_rows(matrix, start, page))
    rows = list(table.rows)
    if start == 0 and rows and more and _is_rest(rows, more[0]):
        rows[-1] = _completed(rows[-1], more.pop(0))
    rows += more
    pages = table.pages if page in table.pages else (*table.pages, page)
    return replace(table, rows=tuple(rows), pages=pages)


def _is_rest(rows: list[Row], first: Row) -> bool:
    """Whether the first row of a page without ordinal only ends the last row of the page before."""
    ordinals = [row.texts[0] for row in rows if row.texts[0]]
    numbered = sum(is_ordinal(text) for text in ordinals) >= 0.6 * len(ordinals) > 0
    return numbered and not first.texts[0] and not is_total(first.texts[1]) and is_ordinal(rows[-1].texts[0])


def _completed(row: Row, rest: Row) -> Row:
    texts = tuple(f"{a} {b}".strip() for a, b in zip(row.texts, rest.texts, strict=True))
    return replace(row, texts=texts)


def _repeated_head(table: ReadTable, matrix: Matrix) -> int:
    """Rows of the continuation that print the head again."""
    depth = len(table.head)
    if depth and depth < matrix.rows:
        again = tuple(text for row in range(depth) for text in dict.fromkeys(matrix.texts(row)))
        head = tuple(text for row in table.head for text in dict.fromkeys(row))
        same = sum(text == other != "" for text, other in zip(again, head, strict=False))
        if alike(again, head) and (2 * same > len(head) or not looks_like_body(matrix, 0)):
            return depth + is_number_row(matrix.texts(depth))
    return int(is_number_row(matrix.texts(0)))
