"""Ink laid over a printed page: round seal, signature, incoming stamp ĐẾN, urgency box.

Each gives an RGBA picture; `lay` multiplies it onto a page, so that print stays visible under the ink.
"""

from __future__ import annotations

import math
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.synthetic.handwriting import BLUE, Ink, Picture, draw_digits
from benchmarks.synthetic.layout import FONT_DIR

RED: Ink = (206, 28, 40)
SEAL_MM = 36


def lay(page: Picture, ink: Picture, x: float, y: float) -> Picture:
    """The page with `ink` at the given pixel (its upper left corner); parts beyond the edge are cut."""
    out = page.copy()
    left, top = max(0, round(x)), max(0, round(y))
    right = min(page.shape[1], round(x) + ink.shape[1])
    bottom = min(page.shape[0], round(y) + ink.shape[0])
    if right <= left or bottom <= top:
        return out
    piece = ink[top - round(y) : bottom - round(y), left - round(x) : right - round(x)].astype(np.float32)
    alpha = piece[..., 3:] / 255
    under = out[top:bottom, left:right].astype(np.float32)
    out[top:bottom, left:right] = (under * (1 - alpha + alpha * piece[..., :3] / 255)).astype(np.uint8)
    return out


def seal(name: str, place: str, rng: np.random.Generator, dpi: int, ink: Ink = RED) -> Picture:
    """A round seal, 36 mm: the body's name around, the place below, a star in the middle; worn in places."""
    size = round(SEAL_MM / 25.4 * dpi)
    big = size * 3
    image = Image.new("L", (big, big), 0)
    pen = ImageDraw.Draw(image)
    for inset, width in ((0.01, 0.018), (0.035, 0.006), (0.25, 0.007)):
        pen.ellipse([big * inset] * 2 + [big * (1 - inset)] * 2, outline=255, width=max(1, round(big * width)))
    _around(image, name, big * 0.385, big * 0.085, above=True)
    _around(image, f"★ {place} ★", big * 0.385, big * 0.07, above=False)
    _star(pen, big / 2, big / 2, big * 0.17)
    alpha = np.asarray(image.resize((size, size), Image.Resampling.LANCZOS), np.float32)
    worn = cv2.GaussianBlur(rng.uniform(0, 1, (size, size)), (0, 0), size / 25)
    worn = (worn - worn.min()) / (worn.max() - worn.min())
    alpha = alpha * (0.55 + 0.45 * worn) * (rng.random((size, size)) > 0.05)
    return _turned(_tinted(alpha, ink), float(rng.uniform(-18, 18)))


def signature(rng: np.random.Generator, width_px: int, height_px: int, ink: Ink = BLUE) -> Picture:
    """A name nobody can read: a run of loops that flattens out, and a flourish beneath."""
    n = int(rng.integers(5, 8))
    t = np.linspace(0, n * 2 * math.pi, 90 * n)
    fade = np.linspace(1, 0.25, len(t))
    x = 0.09 + t / t[-1] * 0.7 + 0.07 * np.cos(t + rng.uniform(0, 6)) * fade
    y = 0.5 + (0.26 + 0.12 * np.sin(t / rng.uniform(2.5, 5))) * np.sin(t) * fade * rng.uniform(0.7, 1.2)
    tail = np.linspace(0, 1, 80)
    x = np.concatenate((x, x[-1] - (x[-1] - 0.02) * tail + 0.25 * np.sin(tail * math.pi)))
    y = np.concatenate((y, y[-1] + (0.86 - y[-1]) * tail - 0.12 * np.sin(tail * 2 * math.pi)))
    canvas = np.zeros((height_px * 3, width_px * 3), np.float32)
    points = np.stack((x * width_px * 3, y * height_px * 3), 1)
    pen = max(2.0, height_px * 0.1)
    for i, ((x0, y0), (x1, y1)) in enumerate(pairwise(points)):
        thick = max(1, round(pen * (0.6 + 0.4 * math.sin(i / 17))))
        cv2.line(canvas, (round(x0), round(y0)), (round(x1), round(y1)), 235.0, thick, cv2.LINE_AA)
    return _tinted(cv2.resize(canvas, (width_px, height_px), interpolation=cv2.INTER_AREA).astype(np.float32), ink)


def arrival_stamp(office: str, number: str, day: str, rng: np.random.Generator, dpi: int, ink: Ink = RED) -> Picture:
    """The stamp ĐẾN of the receiving office, 50 by 25 mm, its number and day filled in by hand."""
    unit = dpi / 25.4
    width, height = round(50 * unit), round(25 * unit)
    image = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(image)
    line = max(2, round(0.35 * unit))
    pen.rectangle((0, 0, width - 1, height - 1), outline=255, width=line)
    pen.line((0, 7 * unit, width, 7 * unit), fill=255, width=line)
    pen.line((15 * unit, 7 * unit, 15 * unit, height), fill=255, width=line)
    plain = _font("Regular", 3.2 * unit)
    bold = _font("Bold", min(3.4 * unit, 3.4 * unit * width * 0.92 / _font("Bold", 3.4 * unit).getlength(office)))
    pen.text((width / 2, 3.6 * unit), office, 255, bold, anchor="mm")
    pen.text((7.5 * unit, 16 * unit), "ĐẾN", 255, _font("Bold", 5 * unit), anchor="mm")
    for i, label in enumerate(("Số: ..................", "Ngày: ..............", "Chuyển: ..........")):
        pen.text((17 * unit, (11 + 5.4 * i) * unit), label, 255, plain, anchor="lm")
    worn = np.asarray(image, np.float32) * (rng.random((height, width)) > 0.12)
    stamp = _tinted(worn * 0.9, ink)
    for text, row in ((number, 0), (day, 1)):
        digits = draw_digits(text, rng, round(3.4 * unit))
        _paste(stamp, digits, round(27 * unit), round((8.4 + 5.4 * row) * unit))
    return _turned(stamp, float(rng.uniform(-4, 4)))


def boxed_stamp(
    text: str,
    rng: np.random.Generator,
    dpi: int,
    ink: Ink = RED,
    *,
    tilt: float | None = None,
    framed: bool = True,
) -> Picture:
    """HỎA TỐC and its like: bold capitals in a double box, pressed on a little askew, or `tilt` degrees."""
    unit = dpi / 25.4
    face = _font("Bold", 5.4 * unit)
    width, height = round(face.getlength(text) + 7 * unit), round(9.5 * unit)
    image = Image.new("L", (width, height), 0)
    pen = ImageDraw.Draw(image)
    for inset, line in ((0.0, 0.5), (1.0, 0.25)) if framed else ():
        pen.rectangle(
            (inset * unit, inset * unit, width - 1 - inset * unit, height - 1 - inset * unit),
            outline=255,
            width=max(1, round(line * unit)),
        )
    pen.text((width / 2, height / 2), text, 255, face, anchor="mm")
    worn = np.asarray(image, np.float32) * (rng.random((height, width)) > 0.06)
    return _turned(_tinted(worn, ink), float(rng.uniform(-3, 6)) if tilt is None else tilt)


def _font(face: str, size: float) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT_DIR / f"LiberationSerif-{face}.ttf"), round(size))


def _around(image: Image.Image, text: str, radius: float, size: float, *, above: bool) -> None:
    """Set text on a circle, centred on top (letters standing out) or at the bottom (letters standing in)."""
    text = text.replace("★", "*")
    face = _font("Bold", size)
    middle = image.width / 2
    angles = [face.getlength(char) * 1.12 / radius for char in text]
    limit = 3.9 if above else 1.9
    squeeze = min(1.0, limit / sum(angles))
    angle = -sum(angles) * squeeze / 2
    for char, wide in zip(text, angles, strict=True):
        angle += wide * squeeze / 2
        glyph = Image.new("L", (round(size * 2), round(size * 2)), 0)
        ImageDraw.Draw(glyph).text((size, size), char, 255, face, anchor="mm")
        glyph = glyph.rotate(-math.degrees(angle) if above else math.degrees(angle), Image.Resampling.BICUBIC)
        y = -math.cos(angle) if above else math.cos(angle)
        at = (round(middle + radius * math.sin(angle) - size), round(middle + radius * y - size))
        image.paste(255, at, glyph)
        angle += wide * squeeze / 2


def _star(pen: ImageDraw.ImageDraw, x: float, y: float, radius: float) -> None:
    points = []
    for i in range(10):
        reach = radius if i % 2 == 0 else radius * 0.4
        points.append((x + reach * math.sin(i * math.pi / 5), y - reach * math.cos(i * math.pi / 5)))
    pen.polygon(points, fill=255)


def _tinted(alpha: NDArray[np.floating], ink: Ink) -> Picture:
    picture = np.empty((*alpha.shape, 4), np.uint8)
    picture[..., :3] = ink
    picture[..., 3] = np.clip(alpha, 0, 255).astype(np.uint8)
    return picture


def _paste(stamp: Picture, ink: Picture, x: int, y: int) -> None:
    part = stamp[y : y + ink.shape[0], x : x + ink.shape[1]]
    ink = ink[: part.shape[0], : part.shape[1]]
    over = ink[..., 3] > part[..., 3] // 2
    part[over] = ink[over]


def _turned(picture: Picture, degrees: float) -> Picture:
    # The colour is the same everywhere outside the handwriting, so only edges mix with what is transparent.
    return np.asarray(Image.fromarray(picture).rotate(degrees, Image.Resampling.BICUBIC, expand=True)).copy()
