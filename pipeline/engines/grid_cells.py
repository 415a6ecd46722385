"""The cells of ruled tables on page images: words by Tesseract, figures by two readers that fail differently."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from extractors.vi.text import normalise
from models.document import Cell, Grid, Line, Page, Reading, Word
from models.geometry import BBox, enclosing
from pipeline.engines.crops import BLOCK, LINE, CropWord, read_crops
from pipeline.engines.grid import DrawnGrid
from pipeline.engines.image import PageImage, Pixels
from pipeline.engines.paddle import Paddle

_INK, _DARK = 185, 150
_RULE = 0.03  # inches inside a cell's box where its rules may show
_JOINED = 200  # thin strokes of small letters are this pale where they meet
_DASH = 0.022  # inches; the narrowest dash
_SMALLEST = 0.035  # inches; ink that is smaller both ways is dust
_LINE_HEIGHT = 0.2  # inches; a cell's ink that is lower is one line
_SHORT = 1.1  # inches; the widest figure
_FINE, _UPSCALE = 250, 1.5  # scans coarser than this many dpi are enlarged for Tesseract
_FIGURE = re.compile(r"[-(]?[\dOo]{1,3}(?:[.,]?[\dOo]+)*[)%.]?|-|[\dOo]+(?:\s?[-/]\s?\d+)+")
_MARK = re.compile(r"[IVX]{1,4}[.)]?|[A-Ha-h][.)]?|[xX]")
_NOISE = re.compile(r"(?:[^\w%]|_)+")
_AT_ONCE = 400  # cells in one start of Tesseract, which has a time limit
_AGREED, _DISPUTED = 0.99, 0.5


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


@dataclass(frozen=True, slots=True)
class _Crop:
    """The inside of a cell without its rules; `left` and `top` are its place on the page in pixels."""

    pixels: Pixels
    left: int
    top: int
    ink: BBox


@dataclass(frozen=True, slots=True)
class _Text:
    lines: tuple[Line, ...]
    second: str | None = None

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        return min((line.confidence for line in self.lines), default=1.0)


def without_tables(image: PageImage, grids: Sequence[DrawnGrid]) -> Pixels:
    """The clean page with its tables painted over, for the reader of the rest."""
    clean = image.clean.copy()
    for grid in grids:
        box = grid.bbox
        clean[max(0, round(box.top) - 3) : round(box.bottom) + 4, max(0, round(box.x0) - 3) : round(box.x1) + 4] = 255
    return clean


def read_cells(image: PageImage, drawn: Sequence[DrawnGrid], figures: Paddle, page: int) -> ReadGrids:
    """Read every cell of the tables of a page.

    Raises:
        TransientError: if Tesseract fails.
    """
    boxes = [(number, box) for number, grid in enumerate(drawn) for box in grid.boxes]
    crops = [_inside(image, box.bbox) for _, box in boxes]
    texts = _read(crops, image.dpi, figures)
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


def read_boxes(
    image: PageImage, boxes: Sequence[BBox], figures: Paddle
) -> list[tuple[tuple[Line, ...], str | None]]:
    """What stands in each box, in pixels of the page, and the second reading of a figure on which the readers differ.

    Raises:
        TransientError: if Tesseract fails.
    """
    read = _read([_inside(image, box) for box in boxes], image.dpi, figures)
    return [(text.lines, text.second) for text in read]


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


def _inside(image: PageImage, box: BBox) -> _Crop | None:
    """The inside of a cell; None if it is empty."""
    left, top = max(0, round(box.x0)), max(0, round(box.top))
    crop = image.clean[top : round(box.bottom) + 1, left : round(box.x1) + 1]
    if min(crop.shape) < 5:
        return None
    ink = crop < _INK
    reach, margin = max(2, round(image.dpi * _RULE)), max(1, round(image.dpi * 0.004))
    x0, x1 = (_rule_depth(side, reach) + margin for side in (ink.mean(axis=0), ink.mean(axis=0)[::-1]))
    y0, y1 = (_rule_depth(side, reach) + margin for side in (ink.mean(axis=1), ink.mean(axis=1)[::-1]))
    crop = crop[y0 : crop.shape[0] - y1, x0 : crop.shape[1] - x1]
    if min(crop.shape) < 4:
        return None
    crop = _without_crease(crop, image.dpi)
    extent = _ink_extent(crop, image.dpi)
    return _Crop(crop, left + x0, top + y0, extent) if extent is not None else None


def _rule_depth(shares: np.ndarray[tuple[int], np.dtype[np.float64]], reach: int) -> int:
    """How far the rule at a side of the cell reaches in."""
    dark = np.flatnonzero(shares[:reach] > 0.5)
    return int(dark[-1]) + 1 if dark.size else 0


def _without_crease(crop: Pixels, dpi: float) -> Pixels:
    """Whiten a thin line that runs on and on through a cell: a fold of the sheet."""
    length = max(round(0.5 * crop.shape[1]), round(0.18 * dpi))
    if length >= crop.shape[1]:
        return crop
    ink = (crop < _INK).astype(np.uint8)
    line = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    if not line.any() or int(line.any(axis=1).sum()) > 0.03 * dpi:
        return crop
    cleaned = crop.copy()
    cleaned[cv2.dilate(line, np.ones((3, 1), np.uint8)) > 0] = 255
    return cleaned


def _ink_extent(crop: Pixels, dpi: float) -> BBox | None:
    """Around all ink that is larger than dust, or a dash half way up the cell."""
    count, _, stats, _ = cv2.connectedComponentsWithStats((crop < _JOINED).astype(np.uint8), connectivity=8)
    if count < 2:
        return None
    top, width, height = (stats[1:, i] for i in (1, 2, 3))
    middle = (top + height / 2) / crop.shape[0]
    dash = (width >= _DASH * dpi) & (width >= 1.6 * height) & (middle > 0.25) & (middle < 0.75)
    large = (np.maximum(width, height) >= _SMALLEST * dpi) | dash
    dark = np.array([crop[y : y + h, x : x + w].min() < _DARK for x, y, w, h in stats[1:, :4]])
    kept = stats[1:][large & dark]
    if not kept.size:
        return None
    return BBox(
        float(kept[:, 0].min()),
        float(kept[:, 1].min()),
        float((kept[:, 0] + kept[:, 2]).max()),
        float((kept[:, 1] + kept[:, 3]).max()),
    )


def _read(crops: Sequence[_Crop | None], dpi: float, figures: Paddle) -> list[_Text]:
    texts = [_Text(())] * len(crops)
    filled = [(i, crop) for i, crop in enumerate(crops) if crop is not None]
    short = [(i, crop) for i, crop in filled if crop.ink.height < _LINE_HEIGHT * dpi and crop.ink.width < _SHORT * dpi]
    seconds = figures.read_words([_colour(crop, dpi) for _, crop in short])
    marks: dict[int, tuple[str, float]] = {}
    for (i, _), found in zip(short, seconds, strict=True):
        text = normalise(found.text)
        if _FIGURE.fullmatch(text) or (_MARK.fullmatch(text) and found.confidence > 0.6):
            marks[i] = (re.sub(r"[Oo](?![A-Za-z])", "0", text), found.confidence)
    numeric = [(i, crop) for i, crop in filled if i in marks and _FIGURE.fullmatch(marks[i][0])]
    words = [(i, crop) for i, crop in filled if i not in marks]
    scale = _UPSCALE if dpi < _FINE else 1.0
    digits = _words_of([c for _, c in numeric], dpi, scale, LINE, "0123456789.,-/%()")
    first = {i: "".join(w.text for w in found) for (i, _), found in zip(numeric, digits, strict=True)}
    for i, crop in filled:
        if i in marks:
            texts[i] = _figure(crop, dpi, marks[i], first.get(i))
    blocks = _words_of([c for _, c in words], dpi, scale, BLOCK)
    for (i, crop), found_words in zip(words, blocks, strict=True):
        texts[i] = _Text(_lines(crop, found_words, dpi, scale))
    return texts


def _words_of(
    crops: Sequence[_Crop], dpi: float, scale: float, mode: int, characters: str = ""
) -> list[list[CropWord]]:
    found: list[list[CropWord]] = []
    for start in range(0, len(crops), _AT_ONCE):
        some = [_grey(crop, scale) for crop in crops[start : start + _AT_ONCE]]
        found += read_crops(some, dpi * scale, mode=mode, characters=characters)
    return found


def _figure(crop: _Crop, dpi: float, mark: tuple[str, float], digits: str | None) -> _Text:
    """A figure as the second reader has it; sure only if the digits-only reader has the same."""
    text, score = mark
    box = BBox(crop.ink.x0 + crop.left, crop.ink.top + crop.top, crop.ink.x1 + crop.left, crop.ink.bottom + crop.top)
    place = box.scaled(72 / dpi)
    text = re.sub(r"\s+", "", text)
    if digits is None:
        confidence, other = score, None
    elif digits == text:
        confidence, other = max(_AGREED, score), None
    elif text == "-" or (digits.strip(".,-/%()") == "" and score > 0.9):
        confidence, other = score, None  # the digits-only reader saw nothing
    else:
        confidence, other = min(_DISPUTED, score), digits
    return _Text((Line(text, text, place, confidence, (Word(text, place, confidence),)),), other)


_BORDER = 12  # pixels of white that Tesseract wants around a text


def _grey(crop: _Crop, scale: float) -> Pixels:
    pixels = crop.pixels
    if scale != 1.0:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    border = cv2.copyMakeBorder(pixels, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_CONSTANT, value=[255])
    return border.astype(np.uint8)


def _colour(crop: _Crop, dpi: float) -> Pixels:
    """The ink of a crop, closely cut, as the second reader wants it."""
    pad = round(dpi * 0.02)
    ink = crop.ink
    cut = crop.pixels[
        max(0, int(ink.top) - pad) : int(ink.bottom) + pad, max(0, int(ink.x0) - pad) : int(ink.x1) + pad
    ]
    border = cv2.copyMakeBorder(cut, 4, 4, 8, 8, cv2.BORDER_CONSTANT, value=[255])
    return cv2.cvtColor(border, cv2.COLOR_GRAY2RGB).astype(np.uint8)


def _lines(crop: _Crop, found: list[CropWord], dpi: float, scale: float) -> tuple[Line, ...]:
    """The words of a crop as lines of the page, without specks read as punctuation at the ends."""
    groups: dict[tuple[int, int, int], list[Word]] = {}
    for word in found:
        box = BBox(
            (word.bbox.x0 - _BORDER) / scale + crop.left,
            (word.bbox.top - _BORDER) / scale + crop.top,
            (word.bbox.x1 - _BORDER) / scale + crop.left,
            (word.bbox.bottom - _BORDER) / scale + crop.top,
        ).scaled(72 / dpi)
        groups.setdefault(word.line, []).append(Word(normalise(word.text), box, round(word.confidence, 3)))
    several = len(found) > 1
    lines = []
    for words in groups.values():
        kept = _without_noise(words) if several else words
        if kept:
            raw = " ".join(w.text for w in kept)
            weight = sum(len(w.text) for w in kept)
            confidence = sum(w.confidence * len(w.text) for w in kept) / max(weight, 1)
            lines.append(Line(normalise(raw), raw, enclosing(w.bbox for w in kept), round(confidence, 3), tuple(kept)))
    return tuple(lines)


def _without_noise(words: list[Word]) -> list[Word]:
    """A line's words without marks that stand alone at its end, and without a lone quote glued to a word."""
    kept = list(words)
    while kept and _NOISE.fullmatch(kept[-1].text) and kept[-1].text not in ("-", ")", "...") :
        kept.pop()
    while kept and _NOISE.fullmatch(kept[0].text) and kept[0].text not in ("-", "+", "(", "*"):
        kept.pop(0)
    joined = " ".join(w.text for w in kept)
    if not kept or joined.count('"') + joined.count("“") + joined.count("”") > 1:
        return kept
    first, bare = kept[0], kept[0].text.lstrip("\"'“”‘`_|")
    if bare and bare != first.text:
        # the first stroke read twice: 'Thời, "Tên; also 'TThời
        kept[0] = Word(bare, first.bbox, first.confidence)
    return kept
