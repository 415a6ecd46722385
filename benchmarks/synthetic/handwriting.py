"""Figures as a pen writes them: parametric strokes, and the digits of open handwriting fonts.

Both give an RGBA picture, cropped to the ink, to be laid over a page or used to train a reader of handwriting.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.synthetic.pen_digits import DIGITS, GAPS, Stroke

Picture = NDArray[np.uint8]
Ink = tuple[int, int, int]

BLUE: Ink = (34, 48, 138)
BLACK: Ink = (28, 28, 34)
FONTS = Path(__file__).with_name("fonts")
_SCALE = 4  # strokes are drawn larger and reduced, for soft edges
_STEPS = 14  # line pieces per span between two points


@dataclass(frozen=True, slots=True)
class Hand:
    """One writer on one day: what stays the same over all the figures of a string.

    Attributes:
        slant: Shear to the right per height.
        width: Widening of every figure.
        pen: Line width per height of a figure.
        spacing: Gap between figures per height; negative lets them touch.
        unrest: Standard deviation of the points, per height.
        taste: Seed of which variants this writer prefers.
    """

    slant: float
    width: float
    pen: float
    spacing: float
    unrest: float
    taste: int

    @classmethod
    def random(cls, rng: np.random.Generator) -> Hand:
        """Somebody's hand."""
        return cls(
            slant=float(rng.normal(0.18, 0.14)),
            width=float(rng.uniform(0.8, 1.3)),
            pen=float(rng.uniform(0.045, 0.1)),
            spacing=float(rng.uniform(-0.02, 0.2)),
            unrest=float(rng.uniform(0.01, 0.035)),
            taste=int(rng.integers(1 << 30)),
        )


def draw_digits(
    text: str, rng: np.random.Generator, height_px: int, hand: Hand | None = None, ink: Ink = BLUE
) -> Picture:
    """A string of figures (and `/`) written with a pen, as RGBA; a figure is about `height_px` high.

    Raises:
        KeyError: if `text` holds anything that no pen stroke is known for.
    """
    hand = hand or Hand.random(rng)
    size = height_px * _SCALE
    baseline_drift = float(np.clip(rng.normal(0, 0.04), -0.08, 0.08))
    margin = round(size * (0.6 + abs(baseline_drift) * len(text)))
    canvas = np.zeros((size + 2 * margin, int(size * (len(text) + 2) * 1.1) + margin), np.float32)
    x = float(margin)
    for i, char in enumerate(text):
        figure_height = size * rng.normal(1.0, 0.06)
        top = margin + size - figure_height + size * (baseline_drift * i + rng.normal(0, 0.025))
        right = x
        for stroke in _choose(char, hand, rng):
            points = _place(_shake(stroke, hand, rng), hand, figure_height) + np.array((x, top))
            _trace(canvas, points, size * hand.pen, rng)
            right = max(right, float(points[:, 0].max()))
        x = right - hand.slant * size * 0.25 + (hand.spacing + GAPS.get(char, 0.0) + rng.normal(0, 0.03)) * size
    return _colour(_reduce(canvas), ink)


def draw_font_digits(text: str, font: str, rng: np.random.Generator, height_px: int, ink: Ink = BLUE) -> Picture:
    """The same string in one of `font_names()`, each figure moved a little, as RGBA."""
    size = height_px * 3
    face = _face(font, size)
    page = Image.new("L", (size * (len(text) + 2), size * 2), 0)
    pen, x = ImageDraw.Draw(page), size / 2
    for char in text:
        pen.text(
            (x + rng.normal(0, size * 0.015), size * 1.3 + rng.normal(0, size * 0.025)), char, 255, face, anchor="ls"
        )
        x += face.getlength(char) + rng.normal(0, size * 0.02)
    shear = float(rng.normal(0.05, 0.08))
    page = page.transform(
        page.size, Image.Transform.AFFINE, (1, shear, -shear * size, 0, 1, 0), Image.Resampling.BICUBIC
    )
    drawn = _crop(np.asarray(page, np.float32) / np.float32(255))
    scale = height_px / drawn.shape[0]
    wide = max(1, round(drawn.shape[1] * scale))
    return _colour(_crop(cv2.resize(drawn, (wide, height_px), interpolation=cv2.INTER_AREA).astype(np.float32)), ink)


def font_names() -> tuple[str, ...]:
    """The handwriting fonts that lie beside this file."""
    return tuple(sorted(p.name.removesuffix("-digits.ttf") for p in FONTS.glob("*-digits.ttf")))


@lru_cache(maxsize=32)
def _face(font: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONTS / f"{font}-digits.ttf"), size)


def _choose(char: str, hand: Hand, rng: np.random.Generator) -> tuple[Stroke, ...]:
    variants = DIGITS[char]
    weights = np.array([weight for weight, _ in variants], float)
    taste = np.random.default_rng(hand.taste + ord(char)).uniform(0.05, 1.0, len(variants)) ** 3
    weights = weights * taste
    return variants[int(rng.choice(len(variants), p=weights / weights.sum()))][1]


def _shake(stroke: Stroke, hand: Hand, rng: np.random.Generator) -> NDArray[np.float64]:
    """The stroke's line, its points moved by the writer's unrest; curves stay joined."""
    line: list[NDArray[np.float64]] = []
    last: tuple[float, float] | None = None
    end: NDArray[np.float64] | None = None
    for curve in stroke:
        points = np.array(curve, float) + rng.normal(0, hand.unrest, (len(curve), 2))
        if end is not None and curve[0] == last:
            points[0] = end
        last, end = curve[-1], points[-1]
        line.append(_smooth(points))
    return np.concatenate(line)


def _smooth(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """A Catmull-Rom spline through the points."""
    padded = np.concatenate((2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]))
    t = np.linspace(0, 1, _STEPS)[:, None]
    pieces = []
    for a, b, c, d in zip(padded, padded[1:], padded[2:], padded[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    return np.concatenate(pieces)


def _place(points: NDArray[np.float64], hand: Hand, height: float) -> NDArray[np.float64]:
    x = points[:, 0] * hand.width + (1 - points[:, 1]) * hand.slant
    return np.stack((x, points[:, 1]), axis=1) * height


def _trace(canvas: NDArray[np.float32], points: NDArray[np.float64], width: float, rng: np.random.Generator) -> None:
    """Lay the line on the canvas, thicker where the pen goes down slowly, thinner where it leaves."""
    n = len(points)
    swell = np.interp(np.linspace(0, 1, n), np.linspace(0, 1, 6), rng.uniform(0.75, 1.2, 6))
    swell *= np.interp(np.linspace(0, 1, n), (0, 0.08, 0.85, 1), (0.8, 1.0, 1.0, 0.45))
    speed = float(rng.uniform(0.8, 1.0))
    for (x0, y0), (x1, y1), w in zip(points, points[1:], swell[1:], strict=False):
        thickness = max(1, round(width * float(w)))
        cv2.line(canvas, (round(x0), round(y0)), (round(x1), round(y1)), speed, thickness, cv2.LINE_AA)


def _reduce(canvas: NDArray[np.float32]) -> NDArray[np.float32]:
    shape = (canvas.shape[1] // _SCALE, canvas.shape[0] // _SCALE)
    return _crop(cv2.resize(canvas, shape, interpolation=cv2.INTER_AREA).astype(np.float32))


def _crop(drawn: NDArray[np.float32]) -> NDArray[np.float32]:
    rows, columns = np.nonzero(drawn.max(axis=1) > 0.05)[0], np.nonzero(drawn.max(axis=0) > 0.05)[0]
    if not len(rows):
        return drawn[:1, :1]
    return drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _colour(alpha: NDArray[np.float32], ink: Ink) -> Picture:
    picture = np.empty((*alpha.shape, 4), np.uint8)
    picture[..., :3] = ink
    picture[..., 3] = (np.clip(alpha, 0, 1) * 255).astype(np.uint8)
    return picture


__all__ = ["BLACK", "BLUE", "Hand", "draw_digits", "draw_font_digits", "font_names"]
