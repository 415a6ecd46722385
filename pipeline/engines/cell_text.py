"""What stands in the cells of a table: words by Tesseract, figures by two readers that fail differently."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.vi.text import join_lines, normalise
from models.document import Line, Word
from models.geometry import BBox, enclosing
from pipeline.engines.cell_crops import Crop
from pipeline.engines.crops import BLOCK, LINE, CropWord, read_crops
from pipeline.engines.image import Pixels
from pipeline.engines.paddle import Paddle

_LINE_HEIGHT = 0.2  # inches; a cell's ink that is lower is one line
_SHORT, _SHORTEST = 1.1, 0.5  # inches; the widest figure; the widest "STT"
_FINE, _UPSCALE = 250, 1.5  # scans coarser than this many dpi are enlarged for Tesseract
_BORDER = 12  # pixels of white that Tesseract wants around a text
_NARROWEST = 72  # pixels of 48 high; in less a lone I is taken for 1
_FIGURE = re.compile(r"[-(]?[\dOo]{1,3}(?:[.,]?[\dOo]+)*[)%.]?|-|[\dOo]+(?:\s?[-/]\s?\d+)+")
_MARK = re.compile(r"[IVX]{1,4}[.)]?|[A-Ha-h][.)]?|[xX]")
_OVER_ORDINALS = re.compile(r"S?TT")  # so short a word Tesseract takes for anything
_LETTER = 1.2  # of its height: width of the widest letter
_NOISE = re.compile(r"(?:[^\w%]|_)+")
_AT_ONCE = 400  # cells in one start of Tesseract, which has a time limit
_AGREED, _BARS, _DISPUTED, _CUT = 0.99, 0.8, 0.5, 0.4


@dataclass(frozen=True, slots=True)
class CellText:
    """The lines of one cell; `second` is the other reader's figure where the readers differ.

    `unread`: the engine did not end, so that nothing is known of what stands there.
    """

    lines: tuple[Line, ...]
    second: str | None = None
    unread: bool = False

    @property
    def text(self) -> str:
        """The lines together."""
        return join_lines(line.text for line in self.lines)

    @property
    def confidence(self) -> float:
        """That of the worst line."""
        return min((line.confidence for line in self.lines), default=0.0 if self.unread else 1.0)


def read_texts(
    crops: Sequence[Crop | None], dpi: float, figures: Paddle, headings: Collection[int] = ()
) -> list[CellText]:
    """What stands in each crop, in order; in those whose index is among `headings` words are expected.

    Raises:
        TransientError: if Tesseract fails.
    """
    filled = {i: crop for i, crop in enumerate(crops) if crop is not None}
    texts = _read_words({i: crop for i, crop in filled.items() if i in headings}, dpi)
    texts |= _ordinals_headings({i: crop for i, crop in filled.items() if i in headings}, dpi, figures)
    texts = {i: text for i, text in texts.items() if not _FIGURE.fullmatch(text.text)}
    short = {i: crop for i, crop in filled.items() if i not in texts and _is_short(crop, dpi)}
    bars = {i: "I" * count for i, crop in short.items() if 0 < (count := crop.bars()) < 4 and i not in headings}
    marks = _marks({i: crop for i, crop in short.items() if i not in bars}, dpi, figures)
    marks |= {i: (bar, _BARS) for i, bar in bars.items()}
    numeric = [i for i, (text, _) in marks.items() if _FIGURE.fullmatch(text)]
    digits = _words_of([filled[i] for i in numeric], dpi, LINE, "0123456789.,-/%()")
    first = {i: "".join(w.text for w in found or ()) for i, found in zip(numeric, digits, strict=True)}
    texts |= {i: _figure(filled[i], dpi, mark, first.get(i)) for i, mark in marks.items()}
    texts |= _read_words({i: crop for i, crop in filled.items() if i not in texts}, dpi)
    return [texts.get(i, CellText(())) for i in range(len(crops))]


def _is_short(crop: Crop, dpi: float) -> bool:
    return crop.ink.height < _LINE_HEIGHT * dpi and crop.ink.width < _SHORT * dpi


def _marks(crops: dict[int, Crop], dpi: float, figures: Paddle) -> dict[int, tuple[str, float]]:
    """Those crops that hold a figure or a mark of a section, by the second reader, with its certainty."""
    marks = {}
    read = figures.read_words([_colour(crop, dpi) for crop in crops.values()], narrowest=_NARROWEST)
    for i, found in zip(crops, read, strict=True):
        text = normalise(found.text)
        # a word of two letters whose second has marks is read as its first alone: "Bộ"
        fits = len(text) > 1 or text in "IVX" or crops[i].ink.width < _LETTER * crops[i].ink.height
        sure = found.confidence > 0.6 and fits and (_MARK.fullmatch(text) or _OVER_ORDINALS.fullmatch(text))
        if _FIGURE.fullmatch(text) or sure:
            marks[i] = (re.sub(r"[Oo](?![A-Za-z])", "0", text), found.confidence)
    return marks


def _ordinals_headings(crops: dict[int, Crop], dpi: float, figures: Paddle) -> dict[int, CellText]:
    """Those of the headings that say no more than "TT" or "STT", by the second reader."""
    short = {i: crop for i, crop in crops.items() if _is_short(crop, dpi) and crop.ink.width < _SHORTEST * dpi}
    read = figures.read_words([_colour(crop, dpi) for crop in short.values()], narrowest=_NARROWEST)
    return {
        i: _figure(short[i], dpi, (normalise(found.text), found.confidence), None)
        for i, found in zip(short, read, strict=True)
        if _OVER_ORDINALS.fullmatch(normalise(found.text))
    }


def _read_words(crops: dict[int, Crop], dpi: float) -> dict[int, CellText]:
    found: dict[int, CellText] = {}
    for mode in (LINE, BLOCK):
        some = {i: crop for i, crop in crops.items() if (mode == LINE) == crop.is_line(_LINE_HEIGHT * dpi)}
        words = _words_of(list(some.values()), dpi, mode)
        found |= {
            i: CellText((), unread=True) if read is None else CellText(_lines(crop, read, dpi, _scale(dpi)))
            for (i, crop), read in zip(some.items(), words, strict=True)
        }
    return found


def _scale(dpi: float) -> float:
    return _UPSCALE if dpi < _FINE else 1.0


def _words_of(crops: Sequence[Crop], dpi: float, mode: int, characters: str = "") -> list[list[CropWord] | None]:
    found: list[list[CropWord] | None] = []
    scale = _scale(dpi)
    for start in range(0, len(crops), _AT_ONCE):
        some = [_grey(crop, scale) for crop in crops[start : start + _AT_ONCE]]
        found += read_crops(some, dpi * scale, mode=mode, characters=characters)
    return found


def _figure(crop: Crop, dpi: float, mark: tuple[str, float], digits: str | None) -> CellText:
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
        confidence, other = _DISPUTED, digits
    if crop.cut:
        confidence = min(_CUT, confidence)
    return CellText((Line(text, text, place, confidence, (Word(text, place, confidence),)),), other)


def _grey(crop: Crop, scale: float) -> Pixels:
    pixels = crop.pixels
    if scale != 1.0:
        pixels = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC).astype(np.uint8)
    border = cv2.copyMakeBorder(pixels, _BORDER, _BORDER, _BORDER, _BORDER, cv2.BORDER_CONSTANT, value=[255])
    return border.astype(np.uint8)


def _colour(crop: Crop, dpi: float) -> Pixels:
    """The ink of a crop, closely cut, as the second reader wants it."""
    pad = round(dpi * 0.02)
    ink = crop.ink
    cut = crop.pixels[max(0, int(ink.top) - pad) : int(ink.bottom) + pad, max(0, int(ink.x0) - pad) : int(ink.x1) + pad]
    border = cv2.copyMakeBorder(cut, 4, 4, 8, 8, cv2.BORDER_CONSTANT, value=[255])
    return cv2.cvtColor(border, cv2.COLOR_GRAY2RGB).astype(np.uint8)


def _lines(crop: Crop, found: list[CropWord], dpi: float, scale: float) -> tuple[Line, ...]:
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
    while kept and _NOISE.fullmatch(kept[-1].text) and kept[-1].text not in ("-", ")", "..."):
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
