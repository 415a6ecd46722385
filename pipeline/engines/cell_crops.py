"""The inside of each cell of a table: cut free of its rules, folds and dust, or known to be empty."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.geometry import BBox
from pipeline.engines.image import PageImage, Pixels

_INK, _DARK = 185, 150
_RULE = 0.03  # inches inside a cell's box where its rules may show
_JOINED = 200  # thin strokes of small letters are this pale where they meet
_DASH = 0.022  # inches; the narrowest dash
_SMALLEST = 0.035  # inches; ink that is smaller both ways is dust
_CORNER, _TO_CORNER = 0.15, 0.4  # of a side; share of both ends that is ink where a rule runs along it
_THROUGH = 0.025  # inches; a fold that runs through a cell ends no further from its sides
_BESIDE, _ABOVE = 0.05, 0.1  # inches around the ink; full stops, and marks on capitals, are as small as dust
_CRUMB, _FLAT, _PALE = 0.014, 5, 220  # inches; what a rule leaves at the side of a cell is thinner, long and pale
_OF_FIGURE, _RUNS = 0.5, 0.8  # of the text's height: a cut figure's rest; of the cell's: a rule runs along it
_ONE_LINE, _LETTERS = 2.2, 80  # of the height of most letters: with marks and tails; per cent that are lower
_FULL, _TO_SIDE = 0.8, 0.008  # of the width of a cell; inches to its side: a text that fits keeps further off
_BAR, _STANDS = 0.4, 0.8  # of its height: width of a stroke that stands alone; share of the ink's height


@dataclass(frozen=True, slots=True)
class Crop:
    """The inside of a cell without its rules.

    Attributes:
        left: With `top` its place on the page in pixels.
        ink: Around the ink, in pixels of the crop.
        cut: Whether the ink runs into the left or right side: a text wider than its cell.
    """

    pixels: Pixels
    left: int
    top: int
    ink: BBox
    cut: bool = False

    def is_line(self, most: float) -> bool:
        """Whether the ink is one line, lower than `most` pixels: two lines of small print are as low as a large one."""
        if self.ink.height >= most:
            return False
        height = _components(self.pixels)[:, cv2.CC_STAT_HEIGHT]
        letters = height[height > 0.2 * self.ink.height]
        return not letters.size or bool(self.ink.height < _ONE_LINE * np.percentile(letters, _LETTERS))

    def bars(self) -> int:
        """How many upright strokes the ink is, if it is nothing else: the I, II and III of a face without serifs."""
        stats = _components(self.pixels)
        size = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
        found = stats[size > 0.3 * self.ink.height]
        width, height, area = (found[:, i] for i in (cv2.CC_STAT_WIDTH, cv2.CC_STAT_HEIGHT, cv2.CC_STAT_AREA))
        alone = (width < _BAR * height) & (area > 0.75 * width * height) & (height > _STANDS * self.ink.height)
        between = self.ink.height < 0.9 * self.pixels.shape[0]
        if not len(found):
            return 0
        return len(found) if between and alone.all() and np.ptp(width) <= 0.1 * self.ink.height + 1 else 0


def inside(image: PageImage, box: BBox) -> Crop | None:
    """The inside of a cell; None if it is empty."""
    left, top = max(0, round(box.x0)), max(0, round(box.top))
    crop = image.clean[top : round(box.bottom) + 1, left : round(box.x1) + 1]
    if min(crop.shape) < 5:
        return None
    ink = crop < _INK
    reach, margin = max(2, round(image.dpi * _RULE)), max(1, round(image.dpi * 0.004))
    y0, y1 = (_rule_depth(side[:reach]) + margin for side in (ink, ink[::-1]))
    if crop.shape[0] - y0 - y1 < 4:
        return None
    lines = ink[y0 : crop.shape[0] - y1].T
    x0, x1 = (_rule_depth(side[:reach]) + margin for side in (lines, lines[::-1]))
    crop = crop[y0 : crop.shape[0] - y1, x0 : crop.shape[1] - x1]
    if min(crop.shape) < 4:
        return None
    crop, cut = _without_crumbs(_without_crease(crop, image.dpi), image.dpi)
    extent = _ink_extent(crop, image.dpi)
    cut = cut or (extent is not None and _is_overfull(extent, crop.shape[1], image.dpi))
    return _trimmed(crop, left + x0, top + y0, extent, cut, image.dpi) if extent is not None else None


def _trimmed(crop: Pixels, left: int, top: int, ink: BBox, cut: bool, dpi: float) -> Crop:
    """The crop without the dust and the white far from its text, in which readers see words."""
    x, y = int(max(0, ink.x0 - _BESIDE * dpi)), int(max(0, ink.top - _ABOVE * dpi))
    inner = crop[y : int(ink.bottom + _BESIDE * dpi) + 1, x : int(ink.x1 + _BESIDE * dpi) + 1]
    return Crop(inner, left + x, top + y, BBox(ink.x0 - x, ink.top - y, ink.x1 - x, ink.bottom - y), cut)


def _rule_depth(side: NDArray[np.bool_]) -> int:
    """How far the rule at a side of the cell reaches in; `side` holds the lines of pixels along it, outermost first.

    A rule runs from corner to corner. The strokes of a text close to it do not, though they may fill half a low cell.
    """
    corner = max(2, round(_CORNER * side.shape[1]))
    ends = (side[:, :corner].mean(axis=1) + side[:, -corner:].mean(axis=1)) / 2
    dark = np.flatnonzero((side.mean(axis=1) > 0.5) & (ends > _TO_CORNER))
    return int(dark[-1]) + 1 if dark.size else 0


def _without_crumbs(crop: Pixels, dpi: float) -> tuple[Pixels, bool]:
    """The crop without what its rules left at its sides, and whether more than that touches the left or right one.

    A rule that leans a little comes into a wide cell further on.
    """
    labels, stats = cv2.connectedComponentsWithStats((crop < _PALE).astype(np.uint8), connectivity=8)[1:3]
    left, top, width, height = (stats[1:, i] for i in range(4))
    touching = (left == 0) | (left + width == crop.shape[1])
    level = ((top == 0) | (top + height == crop.shape[0])) & (width > _FLAT * height)
    thin = touching & (width <= _CRUMB * dpi)
    crumbs = thin | (level & (height <= _CRUMB * dpi))
    cut = touching & ~crumbs & (height > _SMALLEST * dpi)
    if not crumbs.any():
        return crop, bool(cut.any())
    rest = (height > _SMALLEST * dpi) & ~crumbs
    if rest.any():
        filled = np.ptp(np.concatenate([left, (left + width)])[np.tile(rest, 2)]) >= _FULL * crop.shape[1]
        # What is left of a figure that ran on into the next cell stands on the line of the others; a rule does not.
        upper, lower = int(top[rest].min()), int((top + height)[rest].max())
        aligned = (top >= upper - 1) & (top + height <= lower + 1) & (height > _OF_FIGURE * (lower - upper))
        within = (top >= upper - 1) & (top + height <= lower + 1) & filled  # a slice of a letter need not be high
        cut |= thin & (aligned | within) & (height < _RUNS * crop.shape[0])
    crop = crop.copy()
    crop[np.concatenate(([False], crumbs))[labels]] = 255
    return crop, bool(cut.any())


def _is_overfull(ink: BBox, width: int, dpi: float) -> bool:
    """Whether a text fills its cell to a side: it may go on behind the rule, cut between two of its letters."""
    aside = min(ink.x0, width - ink.x1)
    return ink.width >= _FULL * width and aside <= max(1.0, _TO_SIDE * dpi)


def _components(crop: Pixels) -> NDArray[np.int32]:
    """Place, size and area of all that hangs together in ink."""
    stats = cv2.connectedComponentsWithStats((crop < _INK).astype(np.uint8), connectivity=8)[2]
    return np.asarray(stats[1:], np.int32)


def _without_crease(crop: Pixels, dpi: float) -> Pixels:
    """Whiten a thin line that runs on and on through a cell: a fold of the sheet."""
    length = max(round(0.5 * crop.shape[1]), round(0.18 * dpi))
    if length >= crop.shape[1]:
        return crop
    ink = (crop < _INK).astype(np.uint8)
    line = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, length), np.uint8))
    across = np.flatnonzero(line.any(axis=0))  # the bars of "TT" look like one in a narrow cell, but end before it
    if not across.size or int(line.any(axis=1).sum()) > 0.03 * dpi:
        return crop
    if max(across[0], crop.shape[1] - 1 - across[-1]) > _THROUGH * dpi:
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
