"""The head of page 1 read a second time: the number line and the place-date line, cut out of the colour scan.

Number and day are often written by hand, where the reader of printed words fails without warning. The lines are
found by their printed parts ("Số:", "ngày … tháng … năm"); where neither is recognised, the whole head is searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import cv2

from extractors.vi.numbers import is_office_line
from extractors.vi.text import fold
from models.document import Line, Reading, Word
from models.geometry import BBox, enclosing
from pipeline.engines.image import PageImage, Pixels, as_pixels
from pipeline.engines.paddle import ORIGIN, Paddle
from pipeline.engines.strokes import Strokes

_HEAD = 0.42  # share of the page in which number and date stand
_NUMBER = re.compile(
    r"^[\W_]{0,3}s[o0q6]\s*(?:[:;.,#]|\d)|^\W{0,3}so\b.*[/-]|/\s?[a-z]{1,8}\s?-\s?[a-z]|\d\s?/\s?[a-z]{2}"
)
_DATE = re.compile(r"ngay|th[aâ]ng|nam\s+(?:19|20)\d\d|,\s*ng")
# (margin in print heights, stretch): of ten cuts tried on handwritten numbers the close one read best (32 of 35), and
# the stretched one erred on other letters; a loose one loses a third. Two independent looks, one line each.
_CUTS = ((0.15, 1.0), (0.45, 1.3))
_ROW_GAP = 70.0  # points between "Số:" and the symbol, room for six figures
_STROKES_MARGIN = 0.45  # print heights, as in training; figures by hand rise above the line
# Widths of the printed words of a date in ems of Times italic.
_DAY = re.compile(r"n?gay|^ng.y|^nga(?!i)")
_WIDTHS = {"ngày": 1.944, "tháng": 2.278, "năm": 1.722}
_ROOM = 1.04  # boxes of words are that much wider than their letters
_FOOT = 1.5  # points that the slanted foot of the next word reaches into the gap
_CUT_HEIGHT = 48  # pixels, what the model works on


@dataclass(frozen=True, slots=True)
class Place:
    """Where a head line stands, in points, with the height of its print."""

    region: str
    bbox: BBox
    height: float
    words: tuple[Word, ...] = ()


def reread_head(
    image: PageImage, lines: tuple[Line, ...], paddle: Paddle, strokes: Strokes
) -> tuple[Reading, ...]:
    """Further readings of the number and place-date lines of a first page, by two further readers."""
    places = list(locate(lines, image.width, image.height))
    readings = [reading for place in places for reading in _reread(image, place, paddle)]
    readings += [reading for place in places for reading in _reread_gaps(image, place, paddle)]
    readings += [reading for place in places for reading in _reread_figures(image, place, strokes)]
    if {"number", "place_date"} - {place.region for place in places}:
        readings += _search(image, paddle)
    return tuple(readings)


def locate(lines: tuple[Line, ...], width: float, height: float) -> Iterator[Place]:
    """The number line and the place-date line by their printed words, at most one each."""
    head = [line for line in lines if line.bbox is not None and line.bbox.bottom < height * _HEAD]
    date = next((part for line in head if (part := _date_part(line))), None)
    if date is not None:
        box = _box(date)
        place = BBox(box.x0, box.top, min(box.x1, width), box.bottom)
        yield Place("place_date", place, _print_height(date), tuple(date))
    for line in head:
        words = _number_part(line)
        if is_office_line(line.text):
            continue
        if words and _NUMBER.search(fold(" ".join(w.text for w in words))) and _box(words).x0 < width * 0.5:
            words = _row(words, head, date)
            box = _box(words)
            right = box.x1
            if date is not None and _box(date).v_overlap(box) > 0.2:
                right = min(right + 30, _box(date).x0 - 4)
            yield Place("number", BBox(box.x0, box.top, max(right, box.x1), box.bottom), _print_height(words))
            return


def _date_part(line: Line) -> list[Word] | None:
    """The words of the place-date expression, or None; the place stands at most five words before "ngày"."""
    folded = [fold(w.text) for w in line.words]
    hits = [i for i, text in enumerate(folded) if _DATE.search(text)]
    text = " ".join(folded)
    if not hits or len(_DATE.findall(text)) < 2 or len(folded) > 16 or not re.search(r"nam|20\d\d", text):
        return None
    start = hits[0]
    while start > max(hits[0] - 6, 0):
        if _gap(line.words[start - 1], line.words[start]) > 1.6 * _print_height(list(line.words)):
            break
        start -= 1
    return list(line.words[start:])


def _number_part(line: Line) -> list[Word]:
    date = _date_part(line)
    return list(line.words[: len(line.words) - len(date)]) if date else list(line.words)


def _row(words: list[Word], head: list[Line], date: list[Word] | None) -> list[Word]:
    """The number line with its pieces at the right: a wide gap for a figure by hand cuts "Số:" from its symbol."""
    for line in sorted(head, key=lambda line: line.bbox.x0 if line.bbox else 0.0):
        box, part = _box(words), _number_part(line)
        if not part or line.words[0] in words:
            continue
        gap, beside = _box(part).x0 - box.x1, _box(part).v_overlap(box) > 0.5
        if beside and 0 <= gap < _ROW_GAP and (date is None or _box(part).x1 < _box(date).x0):
            words = [*words, *part]
    return words


def _gap(before: Word, after: Word) -> float:
    assert before.bbox is not None and after.bbox is not None
    return after.bbox.x0 - before.bbox.x1


def _box(words: list[Word]) -> BBox:
    box = enclosing(w.bbox for w in words)
    assert box is not None
    return box


def _print_height(words: list[Word]) -> float:
    heights = sorted(w.bbox.height for w in words if w.bbox is not None)
    return min(max(heights[len(heights) // 2], 8.0), 20.0)


def _reread(image: PageImage, place: Place, paddle: Paddle) -> Iterator[Reading]:
    for margin, stretch in _CUTS:
        box = around(place, margin)
        crop = cut(image, box)
        if crop.shape[0] < 8 or crop.shape[1] < 24:
            return
        factor = _CUT_HEIGHT / crop.shape[0]
        method = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
        seen = paddle.read_line(
            as_pixels(cv2.resize(crop, None, fx=factor * stretch, fy=factor, interpolation=method))
        )
        if seen.text:
            yield Reading(ORIGIN, place.region, seen.text, 1, box, seen.confidence)


def _reread_gaps(image: PageImage, place: Place, paddle: Paddle) -> Iterator[Reading]:
    """Day and month alone, without the print around them: touching letters no longer swallow a figure."""
    for region, gap in date_gaps(place).items():
        crop = cut(image, gap)
        if crop.shape[0] < 8 or crop.shape[1] < 8:
            continue
        framed = cv2.copyMakeBorder(crop, 4, 4, 12, 12, cv2.BORDER_CONSTANT, value=(255, 255, 255))
        seen = paddle.read_line(as_pixels(framed))
        if seen.text:
            yield Reading(ORIGIN, region, seen.text, 1, gap, seen.confidence)


def _reread_figures(image: PageImage, place: Place, strokes: Strokes) -> Iterator[Reading]:
    """What the reader of handwritten figures makes of a line: its likeliest answers with their shares."""
    box = around(place, _STROKES_MARGIN)
    crop = cut(image, box)
    if place.region == "number":
        for serial, share in strokes.read_number(crop):
            yield Reading(strokes.origin, "number", serial, 1, box, round(float(share), 4))
    else:
        for day, month, share in strokes.read_date(crop):
            yield Reading(strokes.origin, "day", day, 1, box, round(float(share), 4))
            yield Reading(strokes.origin, "month", month, 1, box, round(float(share), 4))


def date_gaps(place: Place) -> dict[str, BBox]:
    """Where day and month stand between the printed words "ngày", "tháng" and "năm"; a printed month is left out.

    Figures written close are read as part of the word beside them, so the words' own widths tell where they end:
    the face is Times italic everywhere, and "năm" is hardly ever touched.
    """
    names = [fold(word.text) for word in place.words]
    day = next((i for i, name in enumerate(names) if _DAY.search(name)), None)
    month = next((i for i, name in enumerate(names) if "thang" in name or name.endswith("hang")), None)
    year = next((i for i, name in enumerate(names) if name.strip(".,:;") in ("nam", "nan", "ndm")), None)
    if day is None or month is None or year is None or not day <= month < year:
        return {}
    boxes = [word.bbox for word in place.words]
    first, second, third = boxes[day], boxes[month], boxes[year]
    assert first is not None and second is not None and third is not None
    em = third.width / _WIDTHS["năm"]
    if not 0.5 < em / place.height < 2.2:
        return {}
    middle, half = (second.y_mid + third.y_mid) / 2, 1.4 * place.height
    start = min(first.x0 + _ROOM * _WIDTHS["ngày"] * em, first.x1)
    end = max(second.x1 - _ROOM * _WIDTHS["tháng"] * em, second.x0)
    gaps = {}
    if end - start > 0.5 * em:
        gaps["day"] = BBox(start - 1, middle - half, end - _FOOT, middle + half)
    between = place.words[month + 1 : year]
    printed = len(between) == 1 and between[0].text.isdigit() and between[0].confidence > 0.85
    if not printed and third.x0 - second.x1 > 0.4 * em:
        gaps["month"] = BBox(second.x1 - 1, middle - half, third.x0 - _FOOT, middle + half)
    return gaps


def around(place: Place, margin: float) -> BBox:
    """The line's box with `margin` print heights above and below, whatever the pen or a stamp added to it."""
    middle = place.bbox.y_mid
    half = max(min(place.bbox.height, 2.2 * place.height) / 2, place.height / 2) + margin * place.height
    return BBox(place.bbox.x0 - 6, middle - half, place.bbox.x1 + 6, middle + half)


def _search(image: PageImage, paddle: Paddle) -> Iterator[Reading]:
    area = cut(image, BBox(0, 0, image.width, image.height * 0.33))
    factor = min(1.0, 170 / image.dpi)
    small = as_pixels(cv2.resize(area, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA))
    to_points = 72 / image.dpi / factor
    for seen in paddle.read_area(small):
        box = seen.bbox.scaled(to_points) if seen.bbox else None
        yield Reading(ORIGIN, "head", seen.text, 1, box, seen.confidence)


def cut(image: PageImage, box: BBox) -> Pixels:
    """The part of the colour page inside `box`, clipped to the page."""
    pixels = box.scaled(image.dpi / 72)
    height, width = image.colour.shape[:2]
    top, bottom = max(0, int(pixels.top)), min(height, int(pixels.bottom) + 1)
    left, right = max(0, int(pixels.x0)), min(width, int(pixels.x1) + 1)
    return image.colour[top:bottom, left:right]
