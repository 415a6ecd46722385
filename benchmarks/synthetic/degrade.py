"""What scanners, copiers and time do to a page. Every function takes and gives an RGB picture of the same size.

`rng` makes the result repeatable; `strength` runs from 0 (nothing) over 1 (as usual) to about 2 (bad).
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.uint8]
Effect = Callable[[Picture, np.random.Generator, float], Picture]
_MM_PER_PAGE_HEIGHT = 297


def scan_noise(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """A flatbed in good order: soft edges, off-white paper, a little sensor noise."""
    soft = cv2.GaussianBlur(page, (0, 0), 0.5 + 0.25 * strength).astype(np.float32)
    paper = 255 - np.array((3, 4, 9), np.float32) * strength
    noise = rng.normal(0, 2.2 * strength, page.shape[:2])[..., None]
    return _clip(soft * paper / 255 + noise)


def skew(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """Laid on the glass at an angle: two degrees at strength 1, either way."""
    return turn(page, 2.0 * strength * float(rng.choice((-1, 1))))


def turn(page: Picture, degrees: float) -> Picture:
    """Turned about its middle, counter-clockwise, on white."""
    height, width = page.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    return cv2.warpAffine(page, matrix, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255)).astype(
        np.uint8
    )


def speckle(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """Dust and toner: dark specks everywhere, a few clusters near an edge."""
    out = page.copy()
    height, width = page.shape[:2]
    for _ in range(int(140 * strength * height * width / 4e6)):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        cv2.circle(out, centre, int(rng.choice((0, 0, 1, 1, 2))), (int(rng.integers(20, 110)),) * 3, -1)
    for _ in range(int(3 * strength)):
        middle = np.array((rng.uniform(0.02, 0.2) * width, rng.uniform(0.02, 0.1) * height))
        for point in rng.normal(middle, height / 120, (5, 2)):
            cv2.ellipse(
                out, (point.astype(int).tolist(), (int(rng.integers(2, 7)), int(rng.integers(2, 5))), 30), (30,) * 3, -1
            )
    return out


def uneven_light(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """Darker towards one side and in one corner, as under a copier's worn lamp or a phone."""
    height, width = page.shape[:2]
    y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    slope = rng.uniform(-0.09, 0.09, 2)
    corner = rng.choice((0.0, 1.0), 2)
    shade = 1 - strength * (0.05 + slope[0] * (x - 0.5) + slope[1] * (y - 0.5))
    shade -= strength * 0.14 * np.exp(-(((x - corner[0]) ** 2 + (y - corner[1]) ** 2) / 0.12))
    return _clip(page.astype(np.float32) * shade[..., None])


def fold_line(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """A crease across the sheet: a thin shadow with a lighter edge, worn through in places."""
    height, width = page.shape[:2]
    level = height * float(rng.uniform(0.46, 0.54))
    out = page.astype(np.float32)
    rows = np.arange(height)[:, None]
    line = level + np.cumsum(rng.normal(0, 0.06, width))[None, :] + np.linspace(-2, 2, width)[None, :]
    wear = np.repeat(rng.uniform(0.2, 1.0, width // 25 + 1), 25)[:width][None, :]
    near = np.exp(-(((rows - line) / 1.6) ** 2)) * wear
    out -= (strength * 75 * near)[..., None]
    out += (strength * 20 * np.exp(-(((rows - line - 5) / 3.0) ** 2)))[..., None]
    return _clip(out)


def faint(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """Toner running out: grey letters, paler in vertical stripes, with pinholes."""
    height, width = page.shape[:2]
    stripes = cv2.GaussianBlur(rng.uniform(0.0, 1.0, (1, width)), (0, 0), width / 60)
    loss = np.clip(strength * (0.42 + 0.5 * (stripes - 0.5)), 0, 0.8)[..., None]
    holes = (rng.random((height, width)) < 0.06 * strength)[..., None]
    ink = 255 - page.astype(np.float32)
    return _clip(255 - ink * (1 - loss) * np.where(holes, 0.45, 1.0))


def show_through(
    page: Picture, rng: np.random.Generator, strength: float = 1.0, back: Picture | None = None
) -> Picture:
    """The print of the back, mirrored and blurred, pale behind the front; the front itself if no back is given."""
    behind = cv2.flip(page if back is None else cv2.resize(back, page.shape[1::-1]), 1)
    blurred = cv2.GaussianBlur(behind, (0, 0), 2.2).astype(np.float32)
    moved = np.roll(blurred, (int(rng.integers(-12, 12)), int(rng.integers(-12, 12))), (0, 1))
    return _clip(np.minimum(page.astype(np.float32), 255 - (255 - moved) * 0.13 * strength))


def scanner_border(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """Black edges of an open lid on two sides, wedge-shaped and ragged."""
    out = page.copy()
    height, width = page.shape[:2]
    step = height / _MM_PER_PAGE_HEIGHT
    near, far = rng.uniform(2.0, 6.0, 2) * step * strength
    side = np.array(((0, 0), (near, 0), (far, height), (0, height)))
    top = np.array(((0, 0), (width, 0), (width, far * 0.7), (0, near * 0.5)))
    if rng.random() < 0.5:
        side[:, 0] = width - 1 - side[:, 0]
    for shape in (side, top):
        cv2.fillPoly(out, [shape.astype(np.int32)], (24, 23, 22))
    return cv2.GaussianBlur(out, (0, 0), 0.6).astype(np.uint8)


def grey(page: Picture, _rng: np.random.Generator, _strength: float = 1.0) -> Picture:
    """Without colour."""
    return cv2.cvtColor(cv2.cvtColor(page, cv2.COLOR_RGB2GRAY), cv2.COLOR_GRAY2RGB).astype(np.uint8)


def photocopy(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """A copy of a folded sheet: no colour, hard contrast, fold, specks, uneven light."""
    out = fold_line(uneven_light(scan_noise(page, rng, strength), rng, strength), rng, strength)
    hard = (grey(out, rng).astype(np.float32) - 128) * (1 + 0.35 * strength) + 128 + 10 * strength
    return speckle(_clip(hard), rng, strength)


def bilevel(page: Picture, rng: np.random.Generator, strength: float = 1.0) -> Picture:
    """Two tones at one threshold, which frays thin strokes and closes small holes."""
    luma = cv2.cvtColor(page, cv2.COLOR_RGB2GRAY).astype(np.float32)
    rough = luma + rng.normal(0, 14 * strength, luma.shape)
    black = np.where(rough < 165, 0, 255).astype(np.uint8)
    return cv2.cvtColor(black, cv2.COLOR_GRAY2RGB).astype(np.uint8)


def rotate(page: Picture, degrees: int) -> Picture:
    """Turned by quarters, clockwise; 90 and 270 exchange width and height."""
    return np.ascontiguousarray(np.rot90(page, -(degrees // 90)))


EFFECTS: dict[str, Effect] = {
    f.__name__: f
    for f in (
        scan_noise,
        skew,
        speckle,
        uneven_light,
        fold_line,
        faint,
        show_through,
        scanner_border,
        grey,
        photocopy,
        bilevel,
    )
}


def _clip(values: NDArray[np.floating]) -> Picture:
    clipped: Picture = np.clip(values, 0, 255).astype(np.uint8)
    return clipped
