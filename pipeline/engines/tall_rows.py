"""Rows of a ruled table that no rule parts: told apart by the ordinals, and by figures that stand at one height.

Many offices rule the head and the columns only. What such a table has for one tall row has several ordinals.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.tables.matrix import is_figure
from extractors.vi.text import normalise
from pipeline.engines.cell_crops import Crop, inside
from pipeline.engines.grid import Box, DrawnGrid, parted
from pipeline.engines.image import PageImage
from pipeline.engines.paddle import Paddle

_INK = 185
_TALL = 0.22  # inches; two lines of the smallest print
_LEAST = 0.035  # inches; lower ink is dust, or the marks of a line
_WIDEST = 1.1  # inches of a figure
_MARK = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,2}){0,3}|[IVX]{1,5}|[A-Ha-hĐđ])[.)]?")
_MARKS = 0.6  # of the lines in the first column that must be ordinals or marks of sections
_FIGURES = 2  # that open a row which has no mark
_BESIDE = 0.6  # of the height of a line: what stands nearer is at one height
_Span = tuple[float, float]


def divided(image: PageImage, grid: DrawnGrid, figures: Paddle) -> DrawnGrid:
    """The grid with each row of several ordinals parted into so many; itself if there is none."""
    cuts = {row: _cuts(image, boxes, figures) for row, boxes in _level(grid).items()}
    return parted(grid, cuts, _broken(image, grid, figures))


def _broken(image: PageImage, grid: DrawnGrid, figures: Paddle) -> set[tuple[int, int]]:
    """Where a rule in the first column is lost: between the ordinals of a cell that goes down over several rows."""
    tops = {box.row: box.bbox.top for box in grid.boxes if box.row_span == 1}
    found: set[tuple[int, int]] = set()
    for box in grid.boxes:
        if box.column or box.column_span > 1 or box.row_span == 1 or (crop := inside(image, box.bbox)) is None:
            continue
        lines = _lines(crop, box, image.dpi)
        if len(lines) < 2:
            continue
        texts = _texts(crop, box, lines, figures, image.dpi)
        marks = [a + box.bbox.top for (a, _), text in zip(lines, texts, strict=True) if _MARK.fullmatch(text)]
        if len(marks) < max(2, _MARKS * len(lines)):
            continue
        for row in range(box.row + 1, box.row + box.row_span):
            if row in tops and any(a < tops[row] <= b for a, b in pairwise(marks)):
                found.add((row, 0))
    return found


def _level(grid: DrawnGrid) -> dict[int, list[Box]]:
    """The cells of each row that go down no further, where the first column has one of its own."""
    rows: dict[int, list[Box]] = {}
    for box in grid.boxes:
        if box.row_span == 1:
            rows.setdefault(box.row, []).append(box)
    return {row: own for row, own in rows.items() if len(own) > 2 and own[0].column == 0 and own[0].column_span == 1}


def _cuts(image: PageImage, boxes: Sequence[Box], figures: Paddle) -> tuple[float, ...]:
    """Where a row is to be parted, in pixels below the top of each of its cells; () if it is one row."""
    dpi = image.dpi
    if boxes[0].bbox.height < _TALL * dpi or (first := inside(image, boxes[0].bbox)) is None:
        return ()
    marks = _lines(first, boxes[0], dpi)
    if len(marks) < 2:
        return ()
    crops = {box.column: inside(image, box.bbox) for box in boxes[1:]}
    lines = {box.column: _lines(crop, box, dpi) for box in boxes[1:] if (crop := crops[box.column]) is not None}
    if max(map(len, lines.values()), default=0) < 2:
        return ()
    read = [bool(_MARK.fullmatch(text)) for text in _texts(first, boxes[0], marks, figures, dpi)]
    if sum(read) < max(2, _MARKS * len(read)):
        return ()
    height = float(np.median([bottom - top for top, bottom in marks]))
    anchors = [(top + bottom) / 2 for (top, bottom), fits in zip(marks, read, strict=True) if fits]
    anchors += _without_mark(boxes, crops, lines, anchors, figures, height, dpi)
    anchors.sort()
    filled = _filled(boxes, crops)
    return tuple(_cut(filled, above, below) for above, below in pairwise(anchors))


def _lines(crop: Crop, box: Box, dpi: float) -> list[_Span]:
    """Top and bottom of each line of ink in a cell, below the top of its box; marks go with their letters."""
    inked = (crop.pixels < _INK).any(axis=1)
    edges = np.flatnonzero(np.diff(inked.astype(np.int8), prepend=0, append=0)).reshape(-1, 2)
    lines = [(float(a), float(b)) for a, b in edges if b - a >= _LEAST * dpi]
    shift = crop.top - box.bbox.top
    return [(top + shift, bottom + shift) for top, bottom in lines]


def _texts(crop: Crop, box: Box, lines: Sequence[_Span], figures: Paddle, dpi: float) -> list[str]:
    """What the lines of a cell say, for the reader of figures."""
    shift, pad = box.bbox.top - crop.top, round(0.02 * dpi)
    pictures = []
    for top, bottom in lines:
        part = crop.pixels[max(0, round(top + shift) - pad) : round(bottom + shift) + pad]
        columns = np.flatnonzero((part < _INK).any(axis=0))
        part = part[:, max(0, columns[0] - pad) : columns[-1] + pad]
        border = cv2.copyMakeBorder(part, 4, 4, 8, 8, cv2.BORDER_CONSTANT, value=[255])
        pictures.append(cv2.cvtColor(border, cv2.COLOR_GRAY2RGB).astype(np.uint8))
    return [normalise(found.text).replace("O", "0") for found in figures.read_words(pictures, narrowest=72)]


def _without_mark(
    boxes: Sequence[Box],
    crops: dict[int, Crop | None],
    lines: dict[int, list[_Span]],
    anchors: Sequence[float],
    figures: Paddle,
    height: float,
    dpi: float,
) -> list[float]:
    """Middles of the lines of figures that stand beside no ordinal: totals, and parts of a project."""
    middles: list[float] = []
    for box in boxes[1:]:
        crop = crops[box.column]
        own = [
            line
            for line in lines.get(box.column, ())
            if all(abs((line[0] + line[1]) / 2 - anchor) > _BESIDE * height for anchor in anchors)
        ]
        if crop is None or not own or crop.ink.width > _WIDEST * dpi:
            continue
        read = _texts(crop, box, own, figures, dpi)
        middles += [(line[0] + line[1]) / 2 for line, text in zip(own, read, strict=True) if is_figure(text)]
    groups: list[list[float]] = []
    for middle in sorted(middles):
        if groups and middle - groups[-1][0] < _BESIDE * height:
            groups[-1].append(middle)
        else:
            groups.append([middle])
    return [float(np.mean(group)) for group in groups if len(group) >= _FIGURES]


def _filled(boxes: Sequence[Box], crops: dict[int, Crop | None]) -> NDArray[np.float64]:
    """How many cells have ink at each height below their tops."""
    total = np.zeros(round(max(box.bbox.height for box in boxes)) + 2)
    for box in boxes[1:]:
        if (crop := crops[box.column]) is not None:
            top = max(0, round(crop.top - box.bbox.top))
            inked = np.asarray((crop.pixels < _INK).any(axis=1))[: len(total) - top]
            total[top : top + len(inked)] += inked
    return total


def _cut(filled: NDArray[np.float64], above: float, below: float) -> float:
    """The middle of the widest white between two rows, or of what has least ink where there is no white."""
    part = filled[round(above) : round(below) + 1]
    least = (part <= part.min()).astype(np.int8)
    edges = np.flatnonzero(np.diff(least, prepend=0, append=0)).reshape(-1, 2)
    start, stop = max(edges.tolist(), key=lambda run: run[1] - run[0])
    return round(above) + (start + stop) / 2
