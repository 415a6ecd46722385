"""The list "Nơi nhận" read a second time, where its first lines ran into each other.

It is set small and close under a label that is larger and slanted: the reader of whole pages often takes the label and
the first items for one line and makes nothing of it. The second reader parts them; each is then shown to the first
reader alone, which keeps the marks.
"""

from __future__ import annotations

import re
from itertools import pairwise

import cv2
import numpy as np

from extractors.vi.syllables import valid_share
from extractors.vi.text import fold, normalise
from models.document import Line
from models.errors import TransientError
from models.geometry import BBox
from pipeline.engines.head import cut
from pipeline.engines.image import PageImage, as_pixels, darkest
from pipeline.engines.paddle import Paddle
from pipeline.engines.tesseract import Tesseract

_LABEL = re.compile(r"^\W*n[o0][iíl1]\s?nh[ae]n")
_FILED = re.compile(r"^\W*luu\b(?! (?:y|tru|hanh|thong|luong)\b)")  # the last item of nearly every list
_SEARCH_DPI = 150
_PITCH = 24.0  # points; lines of the list stand closer
_LOST = 1.6  # of the usual step from line to line: one is missing between
_CLEAR, _LEAST = 0.8, 0.75  # a line that stays as it is; one that is believed when read alone
_FILING = 0.5  # its words are known
_ABOVE = 46.0  # points over the first readable item in which label and lost items stand
_BELOW = 32.0  # points under the last readable item in which the filing line stands
_INDENT = (-14.0, 40.0)  # of an item's line, from the list's edge


def reread_copies(image: PageImage, lines: tuple[Line, ...], tesseract: Tesseract, paddle: Paddle) -> tuple[Line, ...]:
    """The page's lines with those of the list read singly where they were lost; unchanged where all is clear."""
    region = _doubtful_region(lines, image.width)
    if region is None:
        return lines
    found = [line for box in _boxes(image, region, paddle, lines) if (line := _read(image, box, tesseract))]
    if not any(_is_label(line) for line in (*lines, *found)):
        return lines  # what was found is no list
    top = min(line.bbox.top for line in (*lines, *found) if line.bbox and _is_label(line))
    found = [line for line in found if line.bbox is not None and line.bbox.top >= top - 2]
    kept = tuple(line for line in lines if not any(_is_part_of(line, new) for new in found))
    return (*kept, *found)


def _is_label(line: Line) -> bool:
    return _LABEL.match(fold(line.text)) is not None


def _doubtful_region(lines: tuple[Line, ...], width: float) -> BBox | None:
    """Where the list stands, if a line of it is missing or was hardly read; None else, or without a list."""
    narrow = (ln for ln in lines if ln.bbox is not None and ln.bbox.x0 < 0.4 * width and ln.bbox.x1 < 0.6 * width)
    left = sorted(narrow, key=_middle)
    label = next((ln for ln in left if _is_label(ln)), None)
    filed = next((ln for ln in reversed(left) if _FILED.match(fold(ln.text))), None)
    anchor = filed or label
    if anchor is None or anchor.bbox is None:
        return None
    column = [ln for ln in left if _INDENT[0] <= _box(ln).x0 - anchor.bbox.x0 <= _INDENT[1] and _box(ln).height > 4]
    run = _run(column, anchor, upwards=filed is not None, stop=label)
    steps = [_middle(b) - _middle(a) for a, b in pairwise(run) if _middle(b) - _middle(a) > 6]
    gap = len(steps) >= 2 and max(steps) > _LOST * sorted(steps)[len(steps) // 3]
    doubtful = any(ln.confidence < _LEAST for ln in run)
    if label is not None and filed is not None and not gap and not doubtful:
        return None
    bottom = max(_box(ln).bottom for ln in run) + (2 if filed is not None else _BELOW)
    top = min(_box(ln).top for ln in run) - (2 if label in run else _ABOVE)
    return BBox(anchor.bbox.x0 - 8, max(top, 0), 0.5 * width, bottom)


def _run(column: list[Line], anchor: Line, *, upwards: bool, stop: Line | None) -> list[Line]:
    """The lines that stand close to each other from the anchor on, in order of height; the label ends them upwards."""
    ordered = list(reversed(column)) if upwards else column
    run = [anchor]
    for line in ordered[ordered.index(anchor) + 1 :]:
        if abs(_middle(line) - _middle(run[-1])) > 2 * _PITCH or (run[-1] is stop and upwards):
            break
        run.append(line)
    return sorted(run, key=_middle)


def _box(line: Line) -> BBox:
    assert line.bbox is not None
    return line.bbox


def _middle(line: Line) -> float:
    return _box(line).y_mid


def _boxes(image: PageImage, region: BBox, paddle: Paddle, lines: tuple[Line, ...]) -> list[BBox]:
    """The places of lines in the region that no clear line stands in, from the top."""
    area = cut(image, region)
    factor = min(1.0, _SEARCH_DPI / image.dpi)
    small = as_pixels(cv2.resize(area, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    places = []
    for corners in paddle.find_lines(small):
        points = corners * 72 / image.dpi / factor + np.array([region.x0, region.top], np.float32)
        box = BBox(*map(float, (*points.min(axis=0), *points.max(axis=0))))
        clear = any(ln.confidence >= _CLEAR and _same_place(ln, box) for ln in lines)
        if box.height > 6 and box.width > 2 * box.height and not clear:
            places.append(box)
    return sorted(places, key=lambda box: box.top)


def _same_place(line: Line, box: BBox) -> bool:
    """Whether a line covers most of a place: the piece of one that was torn does not."""
    if line.bbox is None or line.bbox.v_overlap(box) < 0.6:
        return False
    return min(line.bbox.x1, box.x1) - max(line.bbox.x0, box.x0) > 0.7 * box.width


def _read(image: PageImage, box: BBox, tesseract: Tesseract) -> Line | None:
    """What the first reader makes of one line alone; None where that is no words."""
    crop = cut(image, BBox(box.x0 - 4, box.top, box.x1 + 4, box.bottom))
    framed = as_pixels(np.pad(darkest(crop), 14, constant_values=255))
    try:
        seen = tesseract.recognise(PageImage(crop, framed, image.dpi), mode=7)
    except TransientError:
        return None
    text = " ".join(line.text for line in seen)
    confidence = min((line.confidence for line in seen), default=0.0)
    least = _FILING if _FILED.match(fold(text)) else _LEAST
    if confidence < least or valid_share(text) < 0.5 or sum(c.isalpha() for c in text) < 3:
        return None
    return Line(normalise(text), text, box, confidence)


def _is_part_of(line: Line, new: Line) -> bool:
    """Whether an old line is what the new one was misread as, or a piece of it."""
    if line.bbox is None or new.bbox is None:
        return False
    inside = new.bbox.top - 3 < line.bbox.y_mid < new.bbox.bottom + 3
    return inside and line.bbox.overlap(new.bbox) > 0.3 * line.bbox.area
