"""The inside of each cell of a table: cut free of its rules, folds and dust, or known to be empty."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from models.geometry import BBox
from pipeline.engines.image import PageImage, Pixels

_INK, _DARK = 185, 150
_RULE = 0.03  # inches inside a cell's box where its rules may show
_JOINED = 200  # thin strokes of small letters are this pale where they meet
_DASH = 0.022  # inches; the narrowest dash
_SMALLEST = 0.035  # inches; ink that is smaller both ways is dust


@dataclass(frozen=True, slots=True)
class Crop:
    """The inside of a cell without its rules; `left` and `top` are its place on the page in pixels."""

    pixels: Pixels
    left: int
    top: int
    ink: BBox


def inside(image: PageImage, box: BBox) -> Crop | None:
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
    return Crop(crop, left + x0, top + y0, extent) if extent is not None else None


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
