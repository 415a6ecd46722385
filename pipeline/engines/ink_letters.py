"""Letters of a page as boxes of ink, and which of them stand together in one line without a wide gap."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.image import PageImage, Pixels, as_pixels

DPI = 200.0  # dashes of small print are lost in less
_INK, _CORE = 200, 150  # of 255; the middle of a stroke is darker than its sides
_RULE, _STEM, _OVER = 0.3, 0.17, 0.012  # inches: shortest rules across and down; ink around them that goes with them
LETTER, _TALLEST = 0.03, 0.35  # inches: height of the smallest letters and of the largest
_DASH, LOW, _LONGEST = 0.016, 0.022, 0.1  # inches: least width, greatest height and width of a dash
GAP = 0.65  # of the size: a wider gap parts two pieces
_OF_LETTER = 0.6  # of the size: how far from the middle of a letter its marks reach
MARK_UP, _MARK_BESIDE = 0.45, 0.3  # of the size: how far marks and stops stand from their letters
_MOST_TILT = 0.012  # rise per width that straightening the page leaves


def letters(image: PageImage) -> tuple[NDArray[np.float64], float]:
    """Boxes of what hangs together in ink and is no rule, on a page made smaller; pixels of the page per pixel."""
    factor = max(1.0, image.dpi / DPI)
    size = (round(image.clean.shape[1] / factor), round(image.clean.shape[0] / factor))
    way = cv2.INTER_AREA if factor >= 2 else cv2.INTER_LINEAR  # much faster, and as good where so little is lost
    small = image.clean if factor == 1.0 else cv2.resize(image.clean, size, interpolation=way)
    ink = as_pixels(small < _INK)
    dpi = image.dpi / factor
    over = 2 * round(_OVER * dpi) + 1
    for shape in ((1, round(_RULE * dpi)), (round(_STEM * dpi), 1)):
        rule = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones(shape, np.uint8))
        ink[cv2.dilate(rule, np.ones((over, over), np.uint8)) > 0] = 0
    stats = cv2.connectedComponentsWithStats(ink, connectivity=8)[2][1:]
    left, top, width, height = (stats[:, i].astype(np.float64) for i in range(4))
    kept = (height <= _TALLEST * dpi) & (stats[:, cv2.CC_STAT_AREA] > 1)
    boxes = np.stack([left, top, left + width, top + height], axis=1)[kept]
    for i in np.flatnonzero((boxes[:, 3] - boxes[:, 1] <= 1.5 * LOW * dpi) & (width > height)[kept]):
        x0, y0, x1, y1 = boxes[i].astype(int)  # as blur swells a dash it is hardly longer than high
        lines = np.flatnonzero(small[y0:y1, x0:x1].min(axis=1) < _CORE)
        if lines.size:
            boxes[i, 1], boxes[i, 3] = y0 + lines[0], y0 + lines[-1] + 1
    return boxes, factor


def tilt_of(letters: NDArray[np.float64], size: float) -> float:
    """The rise per width under which most letters stand at one height with others."""
    x, y = (letters[:, 0] + letters[:, 2]) / 2, letters[:, 3]
    step = max(1.0, 0.2 * size)

    def gathered(tilt: float) -> tuple[int, float]:
        height = y - tilt * x
        return int(np.square(np.bincount(((height - height.min()) / step).astype(int))).sum()), -abs(tilt)

    return float(max(np.arange(-_MOST_TILT, _MOST_TILT + 1e-9, 0.0004), key=gathered))


def joined(level: NDArray[np.float64], tall: NDArray[np.bool_], size: float) -> NDArray[np.int64]:
    """The piece of each box, counted from 0; -1 for dust.

    Only the middle of each letter joins it to the next, so that marks and tails do not join lines.
    """
    x0, y0, x1, y1 = (level[:, i] for i in range(4))
    height, width = y1 - y0, x1 - x0
    low = (height <= LOW * DPI) & (width >= np.maximum(_DASH * DPI, 1.6 * height))
    dash = ~tall & low & (width <= _LONGEST * DPI)
    up, down = np.where(tall, height / 4, -size / 4), np.where(tall, height / 4, np.where(dash, -size / 8, 0))
    left, top = level[:, 0].min(), level[:, 1].min() - size
    bands = np.stack([x0 - left, y0 + up - top, x1 - left, y1 - down - top], axis=1)
    bands = np.maximum(np.round(bands), 0).astype(int)
    middle = (bands[:, 1] + bands[:, 3]) // 2, (bands[:, 0] + bands[:, 2]) // 2
    mask = np.zeros((bands[:, 3].max() + round(size) + 2, bands[:, 2].max() + 2), np.uint8)
    _fill(mask, bands[tall])
    over = cv2.dilate(mask, np.ones((2 * round(_OF_LETTER * size) + 1, 1), np.uint8))
    dash &= over[middle] == 0  # a mark on a letter is none
    core = tall | dash
    _fill(mask, bands[core | (height < size / 2)])  # a stop joins the figures beside it
    labels = cv2.connectedComponents(cv2.dilate(mask, np.ones((1, max(2, round(GAP * size))), np.uint8)))[1]
    owner = np.full(len(level), -1, np.int64)
    owner[core] = labels[middle][core] - 1
    return _with_marks(level, owner, core, size)


def _fill(mask: Pixels, boxes: NDArray[np.int_]) -> None:
    for left, top, right, bottom in boxes:
        mask[top : bottom + 1, left : right + 1] = 1


def _with_marks(
    level: NDArray[np.float64], owner: NDArray[np.int64], core: NDArray[np.bool_], size: float
) -> NDArray[np.int64]:
    """Give small ink to the piece next to it: marks above and below letters, dots, commas."""
    if not core.any() or core.all():
        return owner
    count = int(owner.max()) + 1
    low = np.full((count, 2), np.inf)
    high = np.full((count, 2), -np.inf)
    np.minimum.at(low, owner[core], level[core][:, :2])
    np.maximum.at(high, owner[core], level[core][:, 2:])
    for i in np.flatnonzero(~core):
        x, y = (level[i, 0] + level[i, 2]) / 2, (level[i, 1] + level[i, 3]) / 2
        aside = np.maximum(np.maximum(low[:, 0] - x, x - high[:, 0]), 0)
        above = np.maximum(np.maximum(low[:, 1] - y, y - high[:, 1]), 0)
        near = (aside <= _MARK_BESIDE * size) & (above <= MARK_UP * size)
        if near.any():
            owner[i] = int(np.where(near, aside + above, np.inf).argmin())
    return owner
