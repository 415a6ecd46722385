"""Ruled tables on page images with the text of their cells, and the page around them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.document import Cell, Grid, Line, Page, Reading
from pipeline.engines import tall_rows
from pipeline.engines.cell_crops import inside
from pipeline.engines.cell_text import read_texts
from pipeline.engines.grid import DrawnGrid
from pipeline.engines.image import PageImage
from pipeline.engines.paddle import Paddle


@dataclass(frozen=True, slots=True)
class ReadGrids:
    """What the tables of one page say.

    Attributes:
        grids: With the text of their cells, in points.
        lines: The text of each cell, its lines together; `block` counts the cells from 1000.
        readings: The second reading of figures on which the readers differ.
    """

    grids: tuple[Grid, ...]
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]


def read_cells(image: PageImage, drawn: Sequence[DrawnGrid], figures: Paddle, page: int) -> ReadGrids:
    """Read every cell of the tables of a page.

    Raises:
        TransientError: if Tesseract fails.
    """
    drawn = [tall_rows.divided(image, grid, figures) for grid in drawn]
    boxes = [(number, box) for number, grid in enumerate(drawn) for box in grid.boxes]
    crops = [inside(image, box.bbox) for _, box in boxes]
    depths = [head_depth(grid) for grid in drawn]
    headings = {i for i, (number, box) in enumerate(boxes) if box.row < depths[number]}
    texts = read_texts(crops, image.dpi, figures, headings)
    scale = 72 / image.dpi
    lines: list[Line] = []
    readings: list[Reading] = []
    cells: list[list[Cell]] = [[] for _ in drawn]
    for block, ((number, box), text) in enumerate(zip(boxes, texts, strict=True), start=1000):
        place = box.bbox.scaled(scale)
        cells[number].append(
            Cell(text.text, box.row, box.column, box.row_span, box.column_span, place, round(text.confidence, 3))
        )
        lines += [_moved(line, block) for line in text.lines]
        if text.second is not None:
            readings.append(Reading("digits", "figure", text.second, page, place, text.confidence))
    grids = tuple(
        Grid(page, grid.bbox.scaled(scale), grid.rows, grid.columns, tuple(own))
        for grid, own in zip(drawn, cells, strict=True)
    )
    return ReadGrids(grids, tuple(lines), tuple(readings))


def head_depth(grid: DrawnGrid) -> int:
    """Rows that are the head for sure, by their merged cells: 0 where nothing tells before the words are read."""
    top = [box for box in grid.boxes if box.row == 0]
    depth = max(box.row_span for box in top)
    divided = any(1 < box.column_span < grid.columns for box in top)
    return depth if divided and 1 < depth == top[0].row_span else 0


def with_tables(page: Page, tables: ReadGrids) -> Page:
    """The page with its tables, their text in front of the first line that stands below them."""
    lines = list(page.lines)
    for grid in reversed(tables.grids):
        box = grid.bbox
        assert box is not None
        own = [line for line in tables.lines if line.bbox is not None and box.overlap(line.bbox) > 0]
        above = [i for i, line in enumerate(lines) if line.bbox is not None and line.bbox.y_mid < box.top]
        start = above[-1] + 1 if above else 0
        lines[start:start] = own
    return replace(page, lines=tuple(lines), grids=tables.grids)


def _moved(line: Line, block: int) -> Line:
    return Line(line.text, line.raw, line.bbox, line.confidence, line.words, block)
