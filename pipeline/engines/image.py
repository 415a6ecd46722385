"""A page as pixels: turned upright, straightened, and cleaned for the reader of printed words.

Steps and their order follow measurements on degraded pages: the brightest of the three colours lets seals and ink
fade, division by the background evens photocopies out, and straightening pays from about one degree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import BBox

Pixels = NDArray[np.uint8]

_MIN_SKEW = 0.4  # degrees; below this the reader does as well without
_MAX_SKEW = 10.0
_GRAIN = 235  # of 255; paler pixels are paper
_DOT, _DOT_GAP, _DOTTED = 0.028, 0.03, 0.15  # inches: size and distance of the dots of a dotted line; its least length


@dataclass(frozen=True)
class PageImage:
    """One upright, straight page.

    Attributes:
        scanned: RGB or grey pixels, upright but as tilted as they came.
        clean: Grey pixels, H x W, straight, prepared for the reader of printed words.
        dpi: Pixels per inch of both.
        rotation: Degrees clockwise by which the page was turned.
        skew: Degrees that were taken out.
    """

    scanned: Pixels
    clean: Pixels
    dpi: float
    rotation: int = 0
    skew: float = 0.0

    @cached_property
    def colour(self) -> Pixels:
        """RGB pixels, H x W x 3, straight: what the reader of handwriting sees. Few pages need it."""
        colour = self.scanned if self.scanned.ndim == 3 else as_pixels(cv2.cvtColor(self.scanned, cv2.COLOR_GRAY2RGB))
        return _rotate(colour, -self.skew) if self.skew else colour

    @property
    def width(self) -> float:
        """Width in points."""
        return float(self.clean.shape[1] * 72 / self.dpi)

    @property
    def height(self) -> float:
        """Height in points."""
        return float(self.clean.shape[0] * 72 / self.dpi)


def as_pixels(array: NDArray[Any]) -> Pixels:
    """The same array under the type that this program uses; OpenCV promises no element type."""
    return np.asarray(array, dtype=np.uint8)


def turn(pixels: Pixels, degrees: int) -> Pixels:
    """`pixels` turned clockwise by a multiple of 90 degrees."""
    return np.ascontiguousarray(np.rot90(pixels, k=-(degrees // 90) % 4))


def brightest(pixels: Pixels) -> Pixels:
    """The brightest of the three colours of each pixel, in which seals and coloured ink fade; grey stays grey."""
    if pixels.ndim == 2:
        return pixels
    red, green, blue = cv2.split(pixels)  # NumPy takes ten times as long over the last axis
    return as_pixels(cv2.max(cv2.max(red, green), blue))


def darkest(pixels: Pixels) -> Pixels:
    """The darkest of the three colours of each pixel, in which ink of any colour stays; grey stays grey."""
    if pixels.ndim == 2:
        return pixels
    red, green, blue = cv2.split(pixels)
    return as_pixels(cv2.min(cv2.min(red, green), blue))


def prepare(pixels: Pixels, dpi: float, *, rotation: int = 0) -> PageImage:
    """Straighten and clean an RGB or grey page that stands upright after `rotation` degrees clockwise."""
    upright = turn(pixels, rotation)
    grey = brightest(upright)
    skew = find_skew(grey, dpi)
    if abs(skew) >= _MIN_SKEW:
        grey = _rotate(grey, -skew)
    else:
        skew = 0.0
    clean = remove_specks(even_background(grey), dpi)
    return PageImage(upright, clean, dpi, rotation, skew)


def even_background(grey: Pixels) -> Pixels:
    """Divide by the paper's own brightness, so that folds, shadows and grey photocopies become white."""
    height, width = grey.shape
    factor = max(1, round(min(height, width) / 400))
    small = cv2.resize(grey, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
    paper = cv2.medianBlur(cv2.dilate(small, np.ones((7, 7), np.uint8)), 21)
    background = cv2.resize(paper, (width, height), interpolation=cv2.INTER_LINEAR)
    return as_pixels(cv2.divide(grey, np.maximum(background, 1), scale=255))


def remove_specks(grey: Pixels, dpi: float) -> Pixels:
    """Whiten small round dots that have nothing larger near; those of letters, marks, bullets and dotted lines stay."""
    ink = as_pixels(cv2.threshold(grey, 159, 1, cv2.THRESH_BINARY_INV)[1])
    limit = max(2, round(dpi * 0.022))
    if not _is_speckled(ink, limit):
        return grey
    _, _, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    small = _are_dots(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT], limit)
    large = np.zeros_like(ink)
    for left, top, w, h, size in stats[1:][~small[1:]]:
        if size >= limit * limit and h < dpi and w < 2 * dpi:
            large[top : top + h, left : left + w] = 1
    # Marks stand closer to their letter than show-through does: two hundredths of an inch above, less beside.
    up, aside = max(2, round(dpi * 0.02)), max(2, round(dpi * 0.015))
    near = as_pixels(cv2.dilate(large, np.ones((2 * up + 1, 2 * aside + 1), np.uint8))) | dotted_lines(ink, dpi)
    near |= _between(large, 2 * aside)  # the points of figures
    cleaned = grey.copy()
    for index in np.flatnonzero(small):
        if index == 0:
            continue
        left, top, w, h = stats[index, :4]
        if not near[top : top + h, left : left + w].any():
            cleaned[top : top + h, left : left + w] = 255
    return cleaned


def _between(large: Pixels, reach: int) -> Pixels:
    """What has something on its left and on its right, each no further than `reach` pixels."""
    beside = np.ones((1, reach + 1), np.uint8)
    left, right = (as_pixels(cv2.dilate(large, beside, anchor=(x, 0))) for x in (0, reach))
    return left & right


def _is_speckled(ink: Pixels, limit: int) -> bool:
    """Whether there are more dots than letters have. Outlines tell in a fifth of the time that labels take."""
    outlines, nesting = cv2.findContours(ink, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    if len(outlines) < 199:
        return False
    boxes = [cv2.boundingRect(line) for line, of in zip(outlines, nesting[0], strict=True) if of[3] < 0]  # not holes
    sides = np.array(boxes)[:, 2:]
    return len(boxes) >= 199 and bool(_are_dots(sides[:, 0], sides[:, 1], limit).sum() >= 0.4 * len(boxes))


def _are_dots(width: NDArray[Any], height: NDArray[Any], limit: int) -> NDArray[np.bool_]:
    """Which boxes are small and about as high as wide."""
    longer, shorter = np.maximum(width, height), np.minimum(width, height)
    dots: NDArray[np.bool_] = (longer <= limit) & (longer <= 2 * shorter)
    return dots


def dotted_lines(
    ink: Pixels, dpi: float, *, gap: float = _DOT_GAP, shortest: float = _DOTTED, dash: float | None = None
) -> Pixels:
    """Rows of dots or dashes that stand close to each other, each joined to one line, 1 where there is one.

    Args:
        ink: 1 where it is.
        dpi: Of `ink`.
        gap: Inches of white between two dots.
        shortest: Inches of the shortest line.
        dash: Inches of the longest dash; None where dots may have run together to any length.
    """
    _, labels, stats, _ = cv2.connectedComponentsWithStats(ink, connectivity=8)
    limit, between, least = (max(3, round(dpi * inches)) for inches in (_DOT, gap, shortest))
    small = stats[:, cv2.CC_STAT_HEIGHT] <= limit
    if dash is not None:
        small &= stats[:, cv2.CC_STAT_WIDTH] <= dash * dpi
    small[0] = False
    high = np.ones((3, 1), np.uint8)  # on a page askew the dots step up or down by a pixel within that length
    dots = cv2.dilate(as_pixels(small[labels]), high)
    joined = cv2.morphologyEx(dots, cv2.MORPH_CLOSE, np.ones((1, between), np.uint8))
    return as_pixels(cv2.erode(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, least), np.uint8)), high))


def painted_over(image: PageImage, boxes: Sequence[BBox]) -> PageImage:
    """The page with what stands in `boxes`, in pixels, painted over, for the reader of the rest.

    What is paler than print goes too: on a page that is left almost empty Tesseract takes the grain of the paper for
    ink, finds a million letters and does not end.
    """
    clean = np.where(image.clean > _GRAIN, np.uint8(255), image.clean)
    for box in boxes:
        clean[max(0, round(box.top) - 3) : round(box.bottom) + 4, max(0, round(box.x0) - 3) : round(box.x1) + 4] = 255
    return replace(image, clean=clean)


def find_skew(grey: Pixels, dpi: float) -> float:
    """Clockwise tilt of the text lines in degrees, by the sharpest row profile; 0.0 on a page without text."""
    factor = max(1, round(dpi / 75))
    small = cv2.resize(grey, (grey.shape[1] // factor, grey.shape[0] // factor), interpolation=cv2.INTER_AREA)
    margin_y, margin_x = small.shape[0] // 25, small.shape[1] // 25
    inner = small[margin_y:-margin_y, margin_x:-margin_x]
    threshold = int(np.median(inner)) - 40
    ink = (inner < max(threshold, 60)).astype(np.float32)
    if ink.mean() < 0.002:
        return 0.0
    coarse = _best_angle(ink, np.arange(-_MAX_SKEW, _MAX_SKEW + 0.1, 0.5))
    fine = _best_angle(ink, np.arange(coarse - 0.5, coarse + 0.51, 0.1))
    return round(float(fine), 2)


def _best_angle(ink: NDArray[np.float32], angles: NDArray[np.float64]) -> float:
    """The angle whose sheared row sums vary most."""
    ys, xs = np.nonzero(ink)
    centre = ink.shape[1] / 2
    best, best_score = 0.0, -1.0
    for angle in angles:
        rows = np.round(ys - (xs - centre) * np.tan(np.radians(angle))).astype(np.int64)
        profile = np.bincount(rows - rows.min()).astype(np.float64)
        score = float(np.square(np.diff(profile)).sum())
        if score > best_score:
            best, best_score = float(angle), score
    return best


def _rotate(pixels: Pixels, degrees: float) -> Pixels:
    """Turn clockwise by a small angle about the centre, same size, white corners."""
    height, width = pixels.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    white = (255, 255, 255) if pixels.ndim == 3 else 255
    return as_pixels(cv2.warpAffine(pixels, matrix, (width, height), flags=cv2.INTER_LINEAR, borderValue=white))
