"""Figures of tables without rules: each place where rows and columns cross is read again by two readers.

The reader of pages passes over small figures that stand alone: a 0, a dash, a single digit between wide gaps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from extractors.tables import aligned
from extractors.tables.matrix import is_figure, is_ordinal
from models.document import Cell, Grid, Line, Page, Reading
from models.geometry import BBox
from pipeline.engines.grid_cells import read_boxes
from pipeline.engines.image import PageImage
from pipeline.engines.paddle import Paddle
from pipeline.engines.tesseract import Tesseract

_SPARSE = 11  # Tesseract's mode for words wherever they stand
_FIGURES = 0.7  # of the filled cells of a column that must be figures
_TALL = 0.85  # of the usual word height, above and below the middle of a row
_WIDE = 12.0  # points beside the words of a column


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a row and a column cross, in points."""

    row: int
    column: int
    box: BBox


def reread(
    image: PageImage, lines: tuple[Line, ...], words: Tesseract, figures: Paddle, number: int
) -> tuple[tuple[Line, ...], tuple[Reading, ...]]:
    """The lines of a page with its loose table as read again, and second readings of figures where two differ.

    Raises:
        TransientError: if Tesseract fails.
    """
    if not aligned.has_rows(Page(number, image.width, image.height, lines=lines)):
        return lines, ()
    scattered = words.recognise(image, mode=_SPARSE)
    found = aligned.find_grids(Page(number, image.width, image.height, lines=scattered))
    if not found or found[0].bbox is None:
        return lines, ()
    table = found[0].bbox
    above = sum(line.bbox is not None and line.bbox.y_mid < table.top for line in lines)
    rest = tuple(kept for line in lines if (kept := _without(line, table)) is not None)
    lines = tuple(line for line in scattered if line.bbox is not None and _holds(table, line.bbox))
    places = list(_places(found[0]))
    scale = image.dpi / 72
    read = read_boxes(image, [place.box.scaled(scale) for place in places], figures)
    more: list[Line] = []
    readings: list[Reading] = []
    for place, (own, second) in zip(places, read, strict=True):
        text = " ".join(line.text for line in own)
        if not (is_figure(text) or (place.column == 0 and is_ordinal(text))):
            continue
        lines = tuple(kept for line in lines if (kept := _without(line, place.box)) is not None)
        more += [replace(line, block=2000 + place.row) for line in own]
        if second is not None:
            readings.append(Reading("digits", "figure", second, number, own[0].bbox, own[0].confidence))
    own_lines = sorted((*lines, *more), key=_height)
    return (*rest[:above], *own_lines, *rest[above:]), tuple(readings)


def _height(line: Line) -> float:
    return line.bbox.top if line.bbox is not None else 0.0


def _places(grid: Grid) -> Iterator[_Place]:
    columns = aligned.columns_of(grid)
    rows: dict[int, list[Cell]] = {}
    for cell in grid.cells:
        if cell.bbox is not None:
            rows.setdefault(cell.row, []).append(cell)
    height = float(np.median([cell.bbox.height for cell in grid.cells if cell.bbox is not None]))
    wanted = [c for c in range(len(columns)) if _holds_figures(grid, c)]
    for row, cells in sorted(rows.items()):
        level = sorted((c.bbox.x_mid, c.bbox.y_mid) for c in cells if c.bbox is not None and is_figure(c.text))
        if len(level) < 2:
            continue
        xs, ys = zip(*level, strict=True)
        for column in wanted:
            left, right = columns[column]
            before = columns[column - 1][1] if column else left - 2 * _WIDE
            after = columns[column + 1][0] if column + 1 < len(columns) else right + 2 * _WIDE
            left, right = max(left - _WIDE, (before + left) / 2), min(right + _WIDE, (right + after) / 2)
            middle = float(np.interp((left + right) / 2, xs, ys))
            yield _Place(row, column, BBox(left, middle - _TALL * height, right, middle + _TALL * height))


def _holds_figures(grid: Grid, column: int) -> bool:
    texts = [cell.text for cell in grid.cells if cell.column == column]
    fit = sum(is_figure(text) or (column == 0 and is_ordinal(text)) for text in texts)
    return len(texts) > 2 and fit >= _FIGURES * len(texts)


def _without(line: Line, box: BBox) -> Line | None:
    """The line without the words in a box; None if none is left."""
    kept = tuple(word for word in line.words if word.bbox is None or not _holds(box, word.bbox))
    if len(kept) == len(line.words):
        return line
    text = " ".join(word.text for word in kept)
    return replace(line, text=text, raw=text, words=kept) if kept else None


def _holds(box: BBox, place: BBox) -> bool:
    return box.x0 <= place.x_mid <= box.x1 and box.top <= place.y_mid <= box.bottom
