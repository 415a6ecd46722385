"""Figures as pen strokes: several shapes for each figure, drawn in one writer's style.

Fonts hardly have the Vietnamese 1 with its long upstroke, the 4 that is open on top or stands like an A, the barred 7
and the 9 with a tail like g, so figures are given here as points that a pen passes. Coordinates: x to the right,
y down, the figure stands between y = 0 and y = 1; a point marked with `!` is a corner, the others are passed smoothly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.float32]
Points = NDArray[np.float64]

# figure -> shapes; a shape is strokes separated by "|", a stroke is "x,y" points.
SHAPES: dict[str, tuple[str, ...]] = {
    "0": (
        ".28,0 .06,.2 0,.55 .12,.92 .3,1 .5,.8 .55,.4 .42,.08 .28,0 .2,.04",
        ".35,.04 .08,.25 .02,.65 .2,1 .45,.85 .52,.4 .36,.05 .22,-.02",
        ".2,.1 .02,.45 .08,.9 .28,1 .5,.75 .52,.3 .36,.02 .18,.0 .12,.12",
        ".4,.12 .3,.02 .08,.3 .0,.7 .14,.98 .36,.88 .5,.5 .46,.14 .32,.1",
        ".3,.05 .05,.3 .1,.9 .35,.95 .5,.55 .4,.1 .2,.12 .15,.3",
    ),
    "1": (
        "-.12,.72 .12,.4 .34,.0! .34,1",
        "-.2,1 .08,.5 .36,.02! .37,1",
        "-.02,.5 .15,.28 .33,.0! .31,1",
        "-.25,.9 .1,.38 .3,.04 .34,.1 .33,.5 .34,1",
        "-.1,.8 .3,.0! .26,1",
        ".05,.3 .3,.0! .3,1",
        ".2,.0 .2,1",
        ".28,.0 .12,1",
        ".0,.3 .25,.0! .25,1 | -.02,1 .52,.98",
        "-.12,.62 .3,.02! .3,.98! .52,.96 | .05,1 .5,.97",
        "-.3,.98 .02,.55 .3,.02 .35,.05 .3,.6 .32,1",
        "-.05,.95 .38,.0! .4,.98",
    ),
    "2": (
        ".02,.22 .2,.0 .44,.08 .42,.38 .2,.72 .0,1! .25,.97 .58,.96",
        ".0,.3 .15,.04 .4,.04 .46,.3 .25,.7 .02,.92 .0,.98 .08,.88 .2,.9 .38,1 .6,.9",
        ".05,.15 .3,.0 .48,.2 .3,.6 .02,.9 .08,1 .2,.86 .15,.8 .05,.88 .3,1 .62,.92",
        ".0,.06! .45,.02! .0,.98! .55,.96",
        ".12,.32 .02,.22 .14,.02 .42,.04 .46,.32 .2,.74 -.05,.98! .2,.9 .45,1 .65,.94",
        ".1,.3 .0,.2 .2,.0 .42,.12 .32,.5 .0,.98! .6,1",
        "-.02,.25 .18,.0 .4,.15 .28,.55 -.02,.9 .1,.8 .28,.95 .5,1 .66,.8",
    ),
    "3": (
        ".02,.12 .25,.0 .46,.14 .36,.4 .16,.46! .42,.56 .5,.8 .26,1 .0,.88",
        ".04,.04! .46,.0! .2,.4! .46,.54 .48,.84 .22,1 -.02,.88",
        ".0,.15 .22,.0 .42,.12 .34,.36 .2,.46 .24,.5 .18,.44 .42,.54 .46,.82 .2,1.02 -.06,.9 -.08,.8",
        ".08,.1 .3,.0 .42,.18 .12,.45! .4,.6 .36,.95 .1,1.05 -.1,.92",
        ".0,.05 .45,.02! .15,.38! .4,.45 .5,.7 .36,.95 .05,1.02",
    ),
    "4": (
        ".2,.0 .0,.62! .6,.6 | .44,.28 .42,1",
        ".06,.0 .0,.55! .52,.54 | .48,.02 .46,1",
        ".42,.0! -.02,.68! .64,.66 | .43,.0 .44,1",
        ".46,.0 .2,.4 -.1,.82! .25,.76 .62,.72 | .46,.02 .5,1",
        ".44,.02 .15,.5 -.15,1.0! .1,.74 .6,.66 | .46,.05 .52,1",
        ".1,.05 .04,.5 .1,.6 .5,.5! .56,.0! .48,1",
        ".25,.0 .02,.6 .1,.7 .55,.6 | .42,.3 .38,1.1",
        ".4,.0! .0,.7! .6,.7! .42,.72! .42,.35! .42,1",
        ".05,.1 .02,.5 .2,.58 .48,.45 | .5,.0 .45,1.05",
    ),
    "5": (
        ".5,.0! .12,.02! .06,.42! .32,.36 .5,.6 .4,.92 .16,1 -.02,.88",
        ".1,.04! .06,.42! .3,.36 .48,.58 .38,.92 .12,1 -.04,.9 | .1,.04 .55,-.02",
        ".48,.02 .2,.04 .06,.24 .22,.42 .44,.6 .42,.9 .16,1 .0,.9",
        ".14,.05! .1,.4 .34,.4 .42,.7 .26,.98 -.04,.96 | .12,.06 .32,.02 .6,-.06",
        ".52,.0! .2,.0! .08,.45! .36,.44 .4,.75 .2,1.02 -.08,1",
        ".12,.12! .02,.5! .3,.42 .42,.68 .2,1 -.06,.92 | .16,.08 .6,.04",
    ),
    "6": (
        ".42,.0 .14,.28 .0,.68 .12,.96 .36,.96 .46,.74 .3,.56 .08,.66",
        ".38,.02 .08,.4 .02,.8 .2,1 .44,.86 .4,.6 .2,.56 .04,.74",
        ".3,.0 .05,.5 .05,.9 .25,1 .42,.8 .28,.62 .08,.72",
        ".4,.1 .3,.0 .1,.3 .0,.75 .18,1 .46,.84 .36,.56 .1,.62 .02,.8",
        ".5,-.05 .2,.2 -.02,.7 .1,.98 .32,.98 .4,.75 .22,.6 .02,.78",
    ),
    "7": (
        ".0,.04! .48,.0! .2,1",
        ".0,.06! .48,.02! .2,1 | .06,.5 .5,.46",
        "-.02,.18 .04,.04 .2,.08 .48,.02! .26,.5 .18,1 | .04,.52 .48,.48",
        ".0,.16 .06,.02 .5,.02! .28,.45 .22,1",
        "-.05,.1 .1,.0 .3,.08 .5,.0 .36,.4 .24,1.05 | .1,.5 .54,.42",
        "-.08,.15! .45,.05! .3,1.05 | .08,.55 .52,.5",
        ".0,.25! .02,.05! .46,.0! .24,1",
    ),
    "8": (
        ".44,.12 .24,.0 .06,.18 .24,.44 .46,.72 .26,1 .02,.8 .2,.5 .42,.22 .4,.08",
        ".24,.48 .06,.22 .26,.0 .42,.2 .22,.46 .02,.76 .24,1 .46,.76 .24,.48",
        ".5,.06 .3,.0 .1,.16 .2,.42 .42,.7 .22,1 .02,.82 .2,.5 .5,.08",
        ".46,.2 .28,.02 .08,.16 .2,.4 .38,.65 .3,.95 .05,.95 .05,.7 .35,.35 .52,.0",
        ".25,.45 .05,.2 .25,.0 .45,.2 .25,.45 | .25,.45 .0,.75 .25,1 .5,.75 .25,.45",
        ".38,.2 .2,.05 .05,.25 .28,.5 .4,.8 .15,1 .0,.8 .25,.45 .45,.1",
    ),
    "9": (
        ".44,.18 .24,.0 .02,.24 .16,.48 .38,.38 .46,.12 .44,.6 .36,1",
        ".44,.2 .24,.0 .02,.26 .18,.5 .42,.3 .46,.1! .44,.7 .26,1.02 -.02,.94",
        ".4,.14 .18,.02 .02,.3 .2,.5 .42,.22 .42,.75 .2,1.1 -.06,.98 -.06,.9",
        ".42,.06 .2,.0 .0,.2 .1,.42 .32,.36 .44,.08! .4,1",
        ".46,.16 .3,.0 .08,.14 .08,.42 .3,.46 .46,.2 .4,.7 .1,1.05",
        ".4,.05! .15,.05 .0,.3 .15,.5 .4,.3 .42,.05! .4,.8 .2,1.05 .0,1",
    ),
}


def _parse(shape: str) -> list[tuple[Points, list[bool]]]:
    strokes = []
    for stroke in shape.split("|"):
        points = stroke.split()
        corners = [p.endswith("!") for p in points]
        strokes.append((np.array([[float(v) for v in p.rstrip("!").split(",")] for p in points]), corners))
    return strokes


_PARSED = {figure: [_parse(shape) for shape in shapes] for figure, shapes in SHAPES.items()}


def _smooth(points: Points, corners: list[bool], steps: int = 7) -> Points:
    """A Catmull-Rom curve through the points that breaks its direction at corners."""
    if len(points) == 2:
        return np.linspace(points[0], points[1], steps)
    pieces = []
    for i in range(len(points) - 1):
        a, b = points[i], points[i + 1]
        before = points[i - 1] if i > 0 and not corners[i] else a
        after = points[i + 2] if i + 2 < len(points) and not corners[i + 1] else b
        t = np.linspace(0, 1, steps, endpoint=i == len(points) - 2)[:, None]
        pieces.append(
            0.5
            * (
                2 * a
                + (b - before) * t
                + (2 * before - 5 * a + 4 * b - after) * t**2
                + (3 * a - before - 3 * b + after) * t**3
            )
        )
    return np.concatenate(pieces)


@dataclass(frozen=True)
class Writer:
    """One hand: the shape chosen for each figure, how wide, slanted, unsteady and thick it writes."""

    shapes: dict[str, int]
    bends: dict[str, list[Points]] = field(repr=False)
    width: float
    slant: float
    spacing: float
    pen: float
    pressure: float
    unsteady: float
    drift: float
    upstroke: float

    @classmethod
    def random(cls, rng: np.random.Generator, held_out: bool = False) -> Writer:
        """A writer; held-out ones take every fourth shape more often and other bends, for validation."""
        shapes = {}
        for figure, options in _PARSED.items():
            shapes[figure] = int(rng.integers(len(options)))
        bends = {
            figure: [rng.normal(0, 0.05 if held_out else 0.04, s[0].shape) for s in _PARSED[figure][shapes[figure]]]
            for figure in shapes
        }
        return cls(
            shapes=shapes,
            bends=bends,
            width=float(rng.uniform(0.65, 1.35)),
            slant=float(rng.normal(0.12, 0.16)),
            spacing=float(rng.uniform(-0.06, 0.34)),
            pen=float(rng.choice([rng.uniform(0.045, 0.1), rng.uniform(0.09, 0.2)], p=[0.7, 0.3])),
            pressure=float(rng.uniform(0, 0.45)),
            unsteady=float(rng.uniform(0.005, 0.035)),
            drift=float(rng.normal(0, 0.06)),
            upstroke=float(rng.uniform(0.5, 1.25)),
        )

    def strokes(self, figure: str, rng: np.random.Generator) -> list[Points]:
        """The pen's way for one figure, unit height, leftmost point at x = 0."""
        shape = self.shapes[figure] if rng.random() < 0.9 else int(rng.integers(len(_PARSED[figure])))
        parsed = _PARSED[figure][shape]
        ways = []
        for i, (points, corners) in enumerate(parsed):
            moved = points.copy()
            if shape == self.shapes[figure]:
                moved += self.bends[figure][i]
            if figure == "1" and i == 0 and len(points) > 2:
                top = moved[-2] if corners[-2] else moved[np.argmin(moved[:, 1])]
                moved[0] = top + (moved[0] - top) * self.upstroke
            moved += rng.normal(0, self.unsteady, points.shape)
            way = _smooth(moved, corners)
            way[:, 0] = way[:, 0] * self.width + self.slant * (1 - way[:, 1])
            ways.append(way)
        left = min(w[:, 0].min() for w in ways)
        for way in ways:
            way[:, 0] -= left
        return ways

    def write(self, text: str, height: float, rng: np.random.Generator) -> tuple[Mask, list[float]]:
        """Ink of a whole string, 0 to 1, and the middle of each figure in pixels from the left.

        The figures stand between 0.3 and 1.3 heights of the picture.
        """
        at, lines, middles = 0.0, [], []
        for i, figure in enumerate(text):
            size = float(np.clip(rng.normal(1, 0.07), 0.75, 1.25))
            rise = float(rng.normal(0, 0.035)) + self.drift * i
            ways = [w * size for w in self.strokes(figure, rng)]
            right = max(w[:, 0].max() for w in ways)
            lines += [w + np.array([at, 1 - size + rise]) for w in ways]
            middles.append((at + right / 2 + 0.15) * height)
            at += right + max(self.spacing + float(rng.normal(0, 0.05)), -0.12)
        sharp = 8  # sub-pixel positions for OpenCV's lines: 3 bits
        over = 2
        scale = height * over
        pad = 0.15
        mask = np.zeros((int(1.6 * scale) + 2, int((max(at, 0.2) + 2 * pad + 0.2) * scale) + 2), np.uint8)
        thick = max(1.0, self.pen * scale)
        for way in lines:
            pixels = np.round((way + np.array([pad, 0.3])) * scale * sharp).astype(np.int32)
            speeds = rng.uniform(1 - self.pressure, 1, 3)
            weights = np.interp(np.linspace(0, 2, len(way)), [0, 1, 2], speeds)
            for j in range(len(pixels) - 1):
                cv2.line(
                    mask, tuple(pixels[j]), tuple(pixels[j + 1]), 255, max(1, round(thick * weights[j])), cv2.LINE_AA, 3
                )
        small = cv2.resize(mask, (mask.shape[1] // over, mask.shape[0] // over), interpolation=cv2.INTER_AREA)
        return small.astype(np.float32) / 255, middles
