"""The rules drawn on a page image: horizontal and vertical strokes, and what they join to frames.

Works at about 150 dpi whatever the scan has: rules stay, letters shrink, and a page without rules costs little.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.image import Pixels, as_pixels, dotted_lines

Mask = NDArray[np.uint8]
WORKING_DPI = 150.0
_INK = 185  # of 255, after the background was evened; thin rules are grey once shrunk
_DASH_GAP, _DASHED = 0.055, 0.4  # inches: white between the dashes of a dashed rule; its least length
_DOWN_GAP, _DASH = 0.075, 0.055  # inches: the same of upright ones, which lose a dash to each level rule; longest dash
_SOLID = 9  # pixels at one height of three solid upright rules
_CROSSING = 0.14  # inches of a level dashed rule around the place where it crosses an upright one
_FRAGMENT = 0.13  # inches: shortest unbroken piece of a rule
_UNBROKEN = 0.2  # inches: longer than any stem of a letter; every table has some of its rules unbroken that far
_GAP = 0.10  # inches: widest break that is bridged
_SHORTEST = 0.30  # inches: shortest whole rule
_CLOSEST, _TOGETHER = 0.08, 0.1  # inches: between two rules, and along which they run side by side
_MANY = 600  # strokes; so many are a table or a page of dirt, and comparing all pairs would take long
_EDGE = 0.12  # inches at the sides of the page where the lid of the scanner casts its shadow
_THICKEST = 0.055  # inches; thicker strokes are letters, shading or the edge of the scanner glass


@dataclass(frozen=True, slots=True)
class Strokes:
    """The strokes of a page, as masks at the working resolution.

    Attributes:
        across: Horizontal rules, 1 where there is one or a break in one, 2 where its ink is.
        down: Vertical rules likewise.
        ink: All ink.
        factor: Page pixels per mask pixel.
    """

    across: Mask
    down: Mask
    ink: Mask
    factor: float


def find_strokes(clean: Pixels, dpi: float) -> Strokes | None:
    """All straight strokes long enough for a table; None if the page has no two horizontal and two vertical ones."""
    factor = max(1.0, dpi / WORKING_DPI)
    size = (round(clean.shape[1] / factor), round(clean.shape[0] / factor))
    small = clean if factor == 1.0 else cv2.resize(clean, size, interpolation=cv2.INTER_AREA)
    ink = (small < _INK).astype(np.uint8)
    scale = dpi / factor
    upright = np.ascontiguousarray(ink.T)
    down = _strokes(upright, scale)
    dashed = _dashed(ink, scale)
    # Letters have an underline here and there, but no vertical rules: most pages end here.
    if down is None and not dashed.any():
        return None
    dashed = np.maximum(dashed, dotted_lines(ink, scale))
    across = _strokes(np.maximum(ink, dashed), scale)
    if across is None:
        return None
    dashed_down = _dashed_down(np.ascontiguousarray((ink & ~_crossing(across, scale)).T), down, scale)
    down = _strokes(np.maximum(upright, dashed_down), scale) if dashed_down.any() else down
    if down is None:
        return None
    ink = np.maximum(ink, np.maximum(dashed, dashed_down.T))
    return Strokes(across, np.ascontiguousarray(down.T), ink, factor)


def _dashed(ink: Mask, dpi: float) -> Mask:
    return dotted_lines(ink, dpi, gap=_DASH_GAP, shortest=_DASHED)


def _dashed_down(upright: Mask, down: Mask | None, dpi: float) -> Mask:
    """Upright dashed rules, where no solid ones stand beside them: figures 1 under each other look much the same."""
    lines = dotted_lines(upright, dpi, gap=_DOWN_GAP, shortest=_DASHED, dash=_DASH)
    if down is not None:
        lines[:, (down > 0).sum(axis=0) >= _SOLID] = 0
    return lines


def _crossing(across: Mask, dpi: float) -> Mask:
    """The level rules with a little around them, also beyond their ends: they join upright dashes to other ink."""
    return as_pixels(cv2.dilate(np.minimum(across, 1), np.ones((3, round(_CROSSING * dpi)), np.uint8)))


def _strokes(ink: Mask, dpi: float) -> Mask | None:
    """Horizontal strokes of `ink`; None if there are fewer than two."""
    fragment, gap, shortest = (max(3, round(inches * dpi)) for inches in (_FRAGMENT, _GAP, _SHORTEST))
    edge = round(_EDGE * dpi)
    ink = ink.copy()
    ink[:edge] = ink[-edge:] = ink[:, :edge] = ink[:, -edge:] = 0
    # A tilt of half a degree moves a rule by one pixel within a fragment: let each pixel count for its neighbours.
    thick = cv2.dilate(ink, np.ones((3, 1), np.uint8))
    long = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, round(_UNBROKEN * dpi)), np.uint8))
    if cv2.countNonZero(long) < 2 * shortest:
        return None
    pieces = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, fragment), np.uint8))
    joined = cv2.morphologyEx(pieces, cv2.MORPH_CLOSE, np.ones((1, gap), np.uint8))
    whole = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, shortest), np.uint8))
    if cv2.countNonZero(whole) < 2 * shortest:
        return None
    left, top, width, height = cv2.boundingRect(whole)
    part = (slice(top, top + height), slice(left, left + width))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(whole[part]), connectivity=8)
    limit = _THICKEST * dpi + 2
    kept = np.zeros(count, np.uint8)
    # Thickness by area, since a tilted rule is taller than it is thick.
    kept[1:] = stats[1:, cv2.CC_STAT_AREA] / np.maximum(stats[1:, cv2.CC_STAT_WIDTH], 1) <= limit
    if not _stand_together(np.asarray(stats[kept > 0], np.int32), dpi):
        return None
    result: Mask = np.zeros(whole.shape, np.uint8)
    result[part] = kept[labels] * (1 + pieces[part])
    return result


def _stand_together(strokes: NDArray[np.int32], dpi: float) -> bool:
    """Whether two horizontal strokes run above each other for a while, as two rules of a table do somewhere.

    The edge of the glass, a fold and a signature seldom do: what costs most is spared on pages without tables.
    """
    if not 2 <= len(strokes) <= _MANY:
        return len(strokes) > 1
    left, top, width = (strokes[:, i] for i in (cv2.CC_STAT_LEFT, cv2.CC_STAT_TOP, cv2.CC_STAT_WIDTH))
    right = left + width
    shared = np.minimum(right[:, None], right) - np.maximum(left[:, None], left)
    apart = np.abs(top[:, None] - top) > _CLOSEST * dpi
    return bool(((shared > _TOGETHER * dpi) & apart).any())


@dataclass(frozen=True, slots=True)
class Frame:
    """Strokes that hang together, in a box that stands straight.

    Attributes:
        box: left, top, width, height in mask pixels.
        across: Horizontal rules of the frame, straightened, cut to the box.
        down: Vertical rules likewise.
        ink: All ink in the box, straightened.
        matrix: 2 x 3, takes straightened pixels of the mask back to mask pixels.
    """

    box: tuple[int, int, int, int]
    across: Mask
    down: Mask
    ink: Mask
    matrix: NDArray[np.float64]


def find_frames(strokes: Strokes, dpi: float = WORKING_DPI) -> list[Frame]:
    """Groups of crossing strokes, from the top; each straightened by the tilt of its own rules.

    Upright strokes that stand free inside a group belong to it: between two titles that run across, for one.
    """
    both = cv2.dilate(np.minimum(strokes.across | strokes.down, 1), np.ones((5, 5), np.uint8))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(both, connectivity=8)
    upright = np.bincount(labels[strokes.across > 0], minlength=count) == 0
    sides = np.stack([stats[:, 0], stats[:, 1], stats[:, 0] + stats[:, 2], stats[:, 1] + stats[:, 3]], axis=1)
    frames = []
    for index in range(1, count):
        left, top, width, height = (int(v) for v in stats[index, :4])
        if width < 0.8 * dpi or height < 0.2 * dpi:
            continue
        part = (slice(top, top + height), slice(left, left + width))
        inside = (
            upright & (sides[:, :2] >= sides[index, :2]).all(axis=1) & (sides[:, 2:] <= sides[index, 2:]).all(axis=1)
        )
        inside[index] = True
        own = inside[labels[part]].astype(np.uint8)
        across, down = strokes.across[part] * own, strokes.down[part] * own
        if _count(across) < 2 or _count(down) < 2:
            continue
        frames.append(_straight(across, down, strokes.ink[part], (left, top, width, height)))
    return sorted(frames, key=lambda f: f.box[1])


def _count(mask: Mask) -> int:
    return int(cv2.connectedComponents(mask)[0]) - 1


def _straight(across: Mask, down: Mask, ink: Mask, box: tuple[int, int, int, int]) -> Frame:
    """Shear the frame so that its rules run along rows and columns; its own tilt differs from the text's."""
    lean, slope = _slope(np.ascontiguousarray(down.T)), _slope(across)
    height, width = across.shape
    # straightened (x, y) -> mask (x + lean * (y - middle), y + slope * (x - middle))
    matrix = np.array([[1.0, lean, -lean * height / 2], [slope, 1.0, -slope * width / 2]])
    flags = cv2.INTER_NEAREST | cv2.WARP_INVERSE_MAP
    turned = [cv2.warpAffine(m, matrix, (width, height), flags=flags).astype(np.uint8) for m in (across, down, ink)]
    return Frame(box, turned[0], turned[1], turned[2], matrix)


def _slope(mask: Mask) -> float:
    """Rise per pixel of the long horizontal strokes of a mask; 0.0 if there are none."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    slopes, weights = [], []
    for index in range(1, count):
        left, top, width, height = (int(v) for v in stats[index, :4])
        if width < 0.4 * mask.shape[1] or width < 60 or height > 0.06 * width + 6:
            continue
        ys, xs = np.nonzero(labels[top : top + height, left : left + width] == index)
        slopes.append(float(np.polyfit(xs, ys, 1)[0]))
        weights.append(width)
    return float(np.average(slopes, weights=weights)) if slopes else 0.0
