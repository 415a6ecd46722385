"""Boxed marks of urgency and secrecy on the first page: rubber stamps, often askew and smudged.

The reader of printed words makes noise of a tilted box ("[na xốc]"). Boxes of that size are found by their frame,
straightened, and shown to the second reader; only the words of the decree's list count.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from extractors.vi.text import fold
from models.document import Line, Reading
from models.geometry import BBox
from pipeline.engines.image import PageImage, Pixels, as_pixels, darkest
from pipeline.engines.paddle import ORIGIN, Paddle
from pipeline.engines.stamps import red_ink

# Decree 30/2020/NĐ-CP, annex I: HỎA TỐC 30 x 8, THƯỢNG KHẨN 40 x 8, KHẨN 20 x 8 mm; secrecy marks are of that kind.
MARKS = {
    "hoatoc": "HỎA TỐC",
    "hoatochengio": "HỎA TỐC HẸN GIỜ",
    "thuongkhan": "THƯỢNG KHẨN",
    "khan": "KHẨN",
    "mat": "MẬT",
    "toimat": "TỐI MẬT",
    "tuyetmat": "TUYỆT MẬT",
}
# The second reader has no sign for most marked letters and leaves them out.
_SEEN = {
    **MARKS, **dict.fromkeys(("hatc", "atc", "hotc", "hatoc"), "HỎA TỐC"), "khn": "KHẨN", "thunkhn": "THƯỢNG KHẨN",
}  # fmt: skip
_TOP = 0.45  # share of the page in which the marks stand
_WIDTH, _HEIGHT = (40.0, 170.0), (14.0, 50.0)  # points, frame included
_INSIDES = ((0.94, 0.76), (0.92, 0.62), (0.8, 0.5))  # the last one for arrows
_INSIDES_OF_RED = ((0.94, 0.76), (1.06, 1.15))  # the second for letters without a frame
_RED_ENOUGH = 0.0004  # share of the part of the page that is looked at
_LETTER_GAP = 0.07  # inches between the letters of a mark
_WELL_READ, _ALIKE = 0.85, 45.0
_INK = 190  # of the darkest colour: faint red stamps are ink too
_SURE = 80.0


def read_marks(image: PageImage, paddle: Paddle) -> tuple[Reading, ...]:
    """The marks of a first page, in the words of the decree; region "stamp"."""
    top = image.colour[: int(image.colour.shape[0] * _TOP)]
    found = [_read(image.colour, image.dpi, box, paddle) for box in _frames(darkest(top) < _INK, image.dpi, 3)]
    marks = [mark for mark in found if mark is not None]
    red = red_ink(top)
    if red.mean() > _RED_ENOUGH:
        # Red ink by itself: a mark pressed over print, or one without a frame, whose letters then hang together.
        alone = as_pixels(np.where(red, 0, 255)[..., None].repeat(3, axis=2))
        for box in _frames(red, image.dpi, max(3, round(image.dpi * _LETTER_GAP))):
            mark = _read(alone, image.dpi, box, paddle, _INSIDES_OF_RED)
            if mark is not None and not any(_meet(mark, known) for known in marks):
                marks.append(mark)
    return tuple(marks)


def without_marks(lines: tuple[Line, ...], marks: tuple[Reading, ...]) -> tuple[Line, ...]:
    """The page's lines less the noise that was made of the marks; print under a mark that was read well stays."""
    return tuple(line for line in lines if not any(_covers(mark, line) and _is_noise(mark, line) for mark in marks))


def _is_noise(mark: Reading, line: Line) -> bool:
    return line.confidence < _WELL_READ or fuzz.ratio(fold(mark.text), fold(line.text)) > _ALIKE


def _frames(ink: NDArray[np.bool_], dpi: float, gap: int) -> Iterator[cv2.typing.RotatedRect]:
    """Outlines of ink of a mark's size, boxes and arrows, at most four; `gap` pixels between pieces are bridged."""
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((gap, gap), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    to_points = 72 / dpi
    count = 0
    for outline in outlines:
        box = cv2.minAreaRect(outline)
        width, height = max(box[1]) * to_points, min(box[1]) * to_points
        if not (_WIDTH[0] < width < _WIDTH[1] and _HEIGHT[0] < height < _HEIGHT[1]):
            continue
        hull = cv2.contourArea(cv2.convexHull(outline))  # a faint frame is broken, its hull is not
        if width > 1.6 * height and hull > 0.5 * box[1][0] * box[1][1] and count < 4:
            count += 1
            yield box


def _read(
    picture: Pixels,
    dpi: float,
    box: cv2.typing.RotatedRect,
    paddle: Paddle,
    insides: tuple[tuple[float, float], ...] = _INSIDES,
) -> Reading | None:
    best: tuple[float, str] | None = None
    for inner in insides:
        crop = _straight(picture, box, inner)
        if min(crop.shape[:2]) < 10:
            continue
        seen = paddle.read_line(crop)
        letters = re.sub(r"[^a-z]", "", fold(seen.text.replace("0", "o")))
        match = process.extractOne(letters, _SEEN.keys(), scorer=fuzz.ratio, score_cutoff=_SURE) if letters else None
        if match is not None and len(match[0]) < 5 and letters != match[0]:
            match = None  # in so short a word one wrong letter makes another word
        if match is not None and (best is None or seen.confidence * match[1] > best[0]):
            best = (seen.confidence * match[1], _SEEN[match[0]])
        if best is not None and best[0] > 90:
            break
    if best is None:
        return None
    corners = cv2.boxPoints(box) * (72 / dpi)
    place = BBox(*(float(v) for v in (*corners.min(axis=0), *corners.max(axis=0))))
    confidence = round(best[0] / 100, 3)
    return Reading(ORIGIN, "stamp", best[1], 1, place, confidence)


def _straight(colour: Pixels, box: cv2.typing.RotatedRect, inside: tuple[float, float]) -> Pixels:
    """The middle of the frame, turned level, on a margin of paper; `inside` are the shares of width and height kept."""
    centre, (width, height), angle = box
    if width < height:
        width, height, angle = height, width, angle - 90
    angle = (angle + 45) % 90 - 45 if abs(angle) > 45 else angle
    matrix = cv2.getRotationMatrix2D(centre, angle, 1.0)
    turned = cv2.warpAffine(colour, matrix, (colour.shape[1], colour.shape[0]), borderValue=(255, 255, 255))
    inner = max(int(width * inside[0]), 1), max(int(height * inside[1]), 1)
    middle = cv2.getRectSubPix(turned, inner, centre)
    return as_pixels(cv2.copyMakeBorder(middle, 6, 6, 12, 12, cv2.BORDER_CONSTANT, value=(255, 255, 255)))


def _meet(one: Reading, other: Reading) -> bool:
    assert one.bbox is not None and other.bbox is not None
    return one.bbox.overlap(other.bbox) > 0.3 * min(one.bbox.area, other.bbox.area)


def _covers(mark: Reading, line: Line) -> bool:
    assert mark.bbox is not None
    return line.bbox is not None and mark.bbox.overlap(line.bbox) > 0.5 * line.bbox.area
