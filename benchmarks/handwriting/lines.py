"""Synthetic number lines and place-date lines with figures by hand, by stamp or in print, and how they are scanned.

Everything is invented: symbols are drawn at random from kinds of letters and abbreviations, dates are any dates. The
answer to learn is the line's figures with the printed parts that anchor them (see `pipeline.engines.strokes.ALPHABET`).
"""

from __future__ import annotations

import functools
import itertools
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from benchmarks.handwriting.pen import Mask, Writer
from pipeline.engines.strokes import resized

_SERIF = "/usr/share/fonts/truetype/liberation2/LiberationSerif-{}.ttf"
_SANS = "/usr/share/fonts/truetype/liberation2/LiberationSans-{}.ttf"
_STAMPS = (
    "/usr/share/fonts/truetype/liberation2/LiberationMono-Bold.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSansCondensed.ttf",
    "/usr/share/fonts/truetype/dejavu/DejaVuSerif.ttf",
    "/usr/share/fonts/truetype/liberation2/LiberationSans-Bold.ttf",
)
_KINDS = "QĐ CT TB KH TTr GM BC NQ TT CTr HD PA ĐA BB TM CV CĐ GP KL QC".split()
_BODIES = (
    "UBND SYT SNV STC SGDĐT SXD SKHĐT HĐND VP BTC BYT BNV BCĐ BCĐ389 CP TTg STNMT SNN SCT SLĐTBXH TTYT TTYTDP BVĐK"
    " NVY KHTC TCCB QLN KTTH NC TH CSĐT ĐHSP ĐHBK CĐYT THPT PGDĐT KBNN CCT CTHĐQT BQL BQLDA TTHC PC06 CAT TA VKS"
).split()
_PLACES = (
    "Hà Nội|Hải Phòng|Đà Nẵng|Cần Thơ|Huế|Kiên Giang|Quảng Ngãi|Quảng Nam|Bạc Liêu|Cà Mau|An Giang|Long An|Đắk Lắk|"
    "Gia Lai|Lâm Đồng|Nghệ An|Thanh Hóa|Hà Giang|Lào Cai|Yên Bái|Bắc Ninh|Hưng Yên|Thái Bình|Nam Định|Ninh Bình|"
    "Phú Thọ|Sơn La|Điện Biên|TP. Hồ Chí Minh|Tp. Hồ Chí Minh|Đồng Nai|Tây Ninh|Bình Dương|Vĩnh Long|Trà Vinh|"
    "Tiền Giang|Rạch Giá|Phú Quốc|Biên Hòa|Vũng Tàu|Quy Nhơn|Pleiku|Khánh Hòa|Bình Thuận"
).split("|")


@dataclass(frozen=True)
class Sample:
    """One scanned line, as high and wide as the reader wants it, what is to be read, and where."""

    picture: NDArray[np.uint8]
    answer: str
    places: tuple[float, ...]  # where each letter of the answer stands, as a share of the picture's width


class Sources:
    """Where figures by hand come from besides the pen: handwriting fonts and recorded figures, both optional."""

    def __init__(self, fonts: Path | None, digits: Path | None, *, held_out: bool = False) -> None:
        files = sorted(fonts.glob("*.ttf")) if fonts else []
        self.fonts = [f for i, f in enumerate(files) if (i % 5 == 4) == held_out]
        self.digits: dict[str, NDArray[np.float32]] = {}
        if digits:
            for figure in "0123456789":
                flat = np.array(json.loads((digits / f"{figure}.json").read_text())["data"], np.float32)
                images = flat.reshape(-1, 28, 28)
                self.digits[figure] = images[-100:] if held_out else images[:-100]
        self.held_out = held_out

    def write(self, text: str, height: float, rng: np.random.Generator) -> tuple[Mask, list[float]]:
        """The figures as ink, standing between 0.3 and 1.3 heights of the picture, and their middles."""
        draw = rng.random()
        if self.fonts and draw < 0.14:
            return self._font(text, height, rng)
        if self.digits and draw < 0.42:
            return self._recorded(text, height, rng)
        return Writer.random(rng, self.held_out).write(text, height, rng)

    def _font(self, text: str, height: float, rng: np.random.Generator) -> tuple[Mask, list[float]]:
        path = self.fonts[int(rng.integers(len(self.fonts)))]
        probe = _font(str(path), 40).getbbox("0")
        font = _font(str(path), max(6, round(40 * height / max(probe[3] - probe[1], 4))))
        pen = int(rng.integers(0, 3)) if height > 24 else int(rng.integers(0, 2))
        box = font.getbbox(text, stroke_width=pen)
        zero = font.getbbox("0")
        image = Image.new("L", (int(box[2] - box[0] + 8), int(1.7 * height)), 0)
        ImageDraw.Draw(image).text((4 - box[0], 0.3 * height - zero[1]), text, fill=255, font=font, stroke_width=pen)
        ends = [font.getlength(text[:i]) for i in range(len(text) + 1)]
        middles = [4 - box[0] + (a + b) / 2 for a, b in itertools.pairwise(ends)]
        return _shear(np.asarray(image, np.float32) / 255, middles, 0.8 * height, float(rng.normal(0.05, 0.15)))

    def _recorded(self, text: str, height: float, rng: np.random.Generator) -> tuple[Mask, list[float]]:
        writer = Writer.random(rng, self.held_out)
        wide, gap = float(rng.uniform(0.6, 1.1)), float(rng.uniform(-0.02, 0.22)) * height
        strength = float(rng.uniform(0.2, 0.5))
        own_ones = rng.random() < 0.6  # a foreign hand's 1 is a bare stroke
        pieces: list[tuple[float, Mask]] = []
        at = 2.0
        for figure in text:
            if figure == "1" and own_ones:
                piece, _ = writer.write("1", height, rng)
            else:
                image = self.digits[figure][int(rng.integers(len(self.digits[figure])))]
                image = image[np.ix_(image.any(axis=1), image.any(axis=0))]
                tall = height * float(np.clip(rng.normal(1, 0.08), 0.8, 1.2))
                size = (max(3, round(image.shape[1] * tall / image.shape[0] * wide)), max(4, round(tall)))
                up = cv2.resize(image, size, interpolation=cv2.INTER_CUBIC)
                up = np.clip((cv2.GaussianBlur(up, (0, 0), height / 28) - strength) * 4 + 0.3, 0, 1)
                piece = np.zeros((int(1.7 * height), size[0] + 2), np.float32)
                top = int(max(0.3 * height + (height - tall) / 2 + rng.normal(0, 0.04) * height, 0))
                part = up[: piece.shape[0] - top]
                piece[top : top + len(part), 1 : 1 + size[0]] = part
            columns = np.flatnonzero(piece.max(axis=0) > 0.2)
            if len(columns):
                piece = piece[:, columns[0] : columns[-1] + 1]
            pieces.append((at, piece))
            at += piece.shape[1] + gap
        image = np.zeros((int(1.7 * height) + 2, int(at + 0.5 * height) + 4), np.float32)
        for left, piece in pieces:
            _add(image, piece, int(left), 0)
        middles = [int(left) + piece.shape[1] / 2 for left, piece in pieces]
        return _shear(image, middles, 0.8 * height, float(rng.normal(0.05, 0.12)))


@functools.lru_cache(maxsize=4000)
def _font(path: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


def _shear(mask: Mask, middles: list[float], level: float, slant: float) -> tuple[Mask, list[float]]:
    """Slanted ink, and where the middles go, `level` pixels below the top."""
    height, width = mask.shape
    shift = max(slant, 0) * height
    matrix = np.array([[1, -slant, shift], [0, 1, 0]], np.float32)
    moved = [x + shift - slant * level for x in middles]
    return cv2.warpAffine(mask, matrix, (int(width + abs(slant) * height), height)), moved


def _add(canvas: Mask, mask: Mask, left: int, top: int) -> None:
    """Lay ink over what is there; parts outside are cut."""
    height, width = canvas.shape
    x0, y0, x1, y1 = max(left, 0), max(top, 0), min(left + mask.shape[1], width), min(top + mask.shape[0], height)
    if x1 > x0 and y1 > y0:
        part = canvas[y0:y1, x0:x1]
        np.maximum(part, mask[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


class _Line:
    """A printed line that grows to the right; the pen's ink is kept apart, it may be lighter."""

    def __init__(self, rng: np.random.Generator, style: str, sources: Sources) -> None:
        self.rng, self.sources = rng, sources
        self.em = int(rng.integers(26, 44))  # print size on the canvas
        bold = rng.random() < 0.06
        family = _SANS if rng.random() < 0.05 else _SERIF
        name = {"upright": "Bold" if bold else "Regular", "italic": "BoldItalic" if bold else "Italic"}[style]
        self.font = _font(family.format(name), self.em)
        self.base = int(self.em * 2.2)
        shape = (int(self.em * 3.6), int(self.em * 26))
        self.print, self.ink = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.x = float(rng.uniform(0.5, 1.4)) * self.em
        self.pen_right = 0.0  # how far handwriting has come
        self.answer = ""
        self.places: list[float] = []  # of the answer's letters

    def text(self, text: str, token: str = "") -> None:
        """Print `text`; `token` is what the reader shall say for it."""
        width = self.font.getlength(text)
        if text.strip():
            image = Image.new("L", (int(width + self.em), self.print.shape[0]), 0)
            draw = ImageDraw.Draw(image)
            draw.text((self.em * 0.3, self.base), text, fill=255, font=self.font, anchor="ls")
            _add(self.print, np.asarray(image, np.float32) / 255, int(self.x - self.em * 0.3), 0)
        if token == text:
            ends = [self.font.getlength(text[:i]) for i in range(len(text) + 1)]
            self.places += [self.x + (a + b) / 2 for a, b in itertools.pairwise(ends)]
        elif token:
            self.places.append(self.x + width / 2)
        self.x += width
        self.answer += token

    def gap(self, width: float) -> None:
        """Blank of `width` ems, sometimes dotted."""
        if width > 0.8 and self.rng.random() < 0.1:
            dots = max(1, int(width * self.em / max(self.font.getlength("."), 1)))
            self.text("." * dots)
        else:
            self.x += width * self.em

    def hand(self, text: str, room: float) -> None:
        """Write into a gap of `room` ems, as carelessly as clerks do: too wide, too high, too far left."""
        rng, em = self.rng, self.em
        height = em * float(np.clip(rng.normal(0.84, 0.16), 0.5, 1.35))
        mask, middles = self.sources.write(text, height, rng)
        columns = np.flatnonzero(mask.max(axis=0) > 0.1)
        if not len(columns):  # a font without that figure
            self.gap(room)
            return
        mask = mask[:, columns[0] : columns[-1] + 1]
        middles = [x - columns[0] for x in middles]
        widest = (room + 0.5) * em
        if mask.shape[1] > widest:  # the hand squeezes the figures in
            squeeze = max(widest / mask.shape[1], 0.6)
            mask = cv2.resize(mask, (max(3, int(mask.shape[1] * squeeze)), mask.shape[0]), interpolation=cv2.INTER_AREA)
            middles = [x * squeeze for x in middles]
        free = room * em - mask.shape[1]
        left = self.x + (free * rng.uniform(0, 0.7) if free > 0 else free * rng.uniform(0.2, 0.9))
        left = max(left + rng.normal(0, 0.05) * em, self.pen_right)
        over = self.base - 1.3 * height + rng.normal(0.03, 0.1) * em
        if mask.shape[1] > em and rng.random() < 0.5:
            mask = _tilt(mask, float(rng.normal(0, 2.0)))
        _add(self.ink, mask, int(left), int(over))
        self.places += [left + x for x in middles]
        self.pen_right = left + mask.shape[1]
        self.gap(max(room, (self.pen_right - self.x) / em - rng.uniform(0, 0.3)))
        self.answer += text

    def stamp(self, text: str) -> None:
        """Figures of a numbering stamp: another face, not quite on the line."""
        rng = self.rng
        font = _font(str(rng.choice(_STAMPS)), int(self.em * rng.uniform(0.8, 1.2)))
        for figure in text:
            image = Image.new("L", (int(self.em * 1.2), self.print.shape[0]), 0)
            shift = rng.normal(0, 0.05) * self.em
            fill = int(rng.integers(170, 256))
            ImageDraw.Draw(image).text((4, self.base + shift), figure, fill=fill, font=font, anchor="ls")
            _add(self.ink, np.asarray(image, np.float32) / 255, int(self.x) - 4, 0)
            self.places.append(self.x + font.getlength(figure) / 2)
            self.x += font.getlength(figure) * rng.uniform(0.98, 1.12)
        self.answer += text

    def figures(self, text: str, how: str, room: float) -> None:
        """Figures by "hand", "stamp", "print", or none where blank."""
        if how == "hand":
            self.hand(text, room)
        elif how == "stamp":
            self.gap(0.15)
            self.stamp(text)
            self.gap(0.2)
        elif how == "print":
            self.gap(self.rng.uniform(0, 0.3))
            self.text(text, text)
            self.gap(self.rng.uniform(0, 0.25))
        else:
            self.gap(room)


def _tilt(mask: Mask, degrees: float) -> Mask:
    height, width = mask.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(mask, matrix, (width, height))


def _serial(rng: np.random.Generator) -> str:
    length = int(rng.choice([1, 2, 3, 4, 5], p=[0.06, 0.26, 0.3, 0.34, 0.04]))
    figures = rng.integers(0, 10, length)
    figures[rng.random(length) < 0.16] = 1  # the figure that is misread most
    text = "".join(map(str, figures))
    if length == 1 or (length == 2 and rng.random() < 0.35):
        return "0" + text[-1]
    return text if text[0] != "0" or length == 2 else str(rng.integers(1, 10)) + text[1:]


def _symbol(rng: np.random.Generator) -> str:
    body = str(rng.choice(_BODIES))
    if rng.random() < 0.25:
        letters = "ABCDĐGHKLMNPQRSTUVXY"
        body = "".join(rng.choice(list(letters), int(rng.integers(2, 6))))
    first = str(rng.choice(_KINDS)) if rng.random() < 0.75 else str(rng.choice(_BODIES))
    end = "-" + str(rng.choice(_BODIES)) if rng.random() < 0.15 else ""
    dash = str(rng.choice(["-", "-", "-", "-", " - ", "- ", "–"]))
    return "".join(c for c in f"{first}{dash}{body}{end}" if not c.isdigit())


def number_line(rng: np.random.Generator, sources: Sources) -> tuple[_Line, str]:
    """A line "Số: …/KIND-BODY" with the serial in one of the ways offices put it there."""
    line = _Line(rng, "upright", sources)
    how = str(rng.choice(["hand", "print", "stamp", "blank"], p=[0.78, 0.12, 0.06, 0.04]))
    line.text(str(rng.choice(["Số:", "Số :", "Số", "SỐ:", "Sô:", "Số:"], p=[0.5, 0.12, 0.1, 0.04, 0.04, 0.2])), "S")
    serial = _serial(rng)
    line.gap(rng.uniform(0, 0.35))
    wide = 0.42 * len(serial)
    line.figures(serial, how, float(np.clip(rng.normal(wide + 0.35, 0.5), 0.5, 4)))
    line.text("/", "/")
    if rng.random() < 0.06:
        line.text(str(rng.choice([" ", ""])))
    if rng.random() < 0.06:
        year = str(rng.integers(2004, 2031))
        line.text(year + "/", year + "/")
    line.text(_symbol(rng))
    return line, line.answer


def date_line(rng: np.random.Generator, sources: Sources) -> tuple[_Line, str]:
    """A line "Place, ngày … tháng … năm …" with day and month by hand, in print, or left out."""
    line = _Line(rng, "italic" if rng.random() < 0.95 else "upright", sources)
    if rng.random() < 0.6:
        line.text(str(rng.choice(_PLACES)) + str(rng.choice([", ", ",", " ", ",  "])))
    style = str(rng.choice(["both", "day", "none", "stamp", "blank"], p=[0.42, 0.42, 0.1, 0.03, 0.03]))
    day_how = {"none": "print", "stamp": "stamp", "blank": "blank"}.get(style, "hand")
    month_how = {"both": "hand", "stamp": "stamp"}.get(style, "print")
    day, month, year = int(rng.integers(1, 32)), int(rng.integers(1, 13)), int(rng.integers(2004, 2031))
    zero = rng.random() < 0.6
    line.text("ngày", "n")
    line.gap(rng.uniform(0, 0.3))
    line.figures(f"{day:02d}" if zero else str(day), day_how, float(np.clip(rng.normal(1.2, 0.4), 0.4, 2.6)))
    line.gap(rng.uniform(0, 0.2))
    line.text("tháng", "t")
    line.gap(rng.uniform(0, 0.3))
    text = f"{month:02d}" if zero or month < 3 else str(month)
    line.figures(text, month_how, float(np.clip(rng.normal(1.0, 0.35), 0.4, 2.2)))
    line.gap(rng.uniform(0, 0.2))
    line.text("năm" + str(rng.choice([" ", "  ", ""], p=[0.8, 0.1, 0.1])), "y")
    if rng.random() < 0.03 and month_how == "hand":
        line.text("20", "20")
        line.hand(f"{year % 100:02d}", 1.0)
    else:
        line.text(str(year), str(year))
    if rng.random() < 0.05:
        line.text(".")
    return line, line.answer


def piece(rng: np.random.Generator, sources: Sources) -> tuple[_Line, str]:
    """A few figures with at most one printed neighbour on each side: what a beginner learns from."""
    upright = rng.random() < 0.5
    line = _Line(rng, "upright" if upright else "italic", sources)
    before = rng.choice([("Số:", "S"), ("", "")] if upright else [("ngày", "n"), ("tháng", "t"), ("", "")])
    after = rng.choice([("/", "/"), ("", "")] if upright else [("tháng", "t"), ("năm", "y"), ("", "")])
    line.text(*map(str, before))
    text = _serial(rng) if upright else f"{int(rng.integers(1, 32)):0{int(rng.integers(1, 3))}d}"
    how = str(rng.choice(["hand", "print", "stamp"], p=[0.86, 0.1, 0.04]))
    line.figures(text, how, float(rng.uniform(0.4, 0.6)) * len(text) + 0.2)
    line.text(*map(str, after))
    return line, line.answer


_KINDS_OF_LINE = {"number": number_line, "date": date_line, "piece": piece}


def draw(rng: np.random.Generator, sources: Sources, kind: str) -> Sample:
    """One line of `kind` "number", "date" or "piece", scanned."""
    line, answer = _KINDS_OF_LINE[kind](rng, sources)
    em = line.em
    right = int(min(max(line.x, line.pen_right) + rng.uniform(0.2, 1.6) * em, line.print.shape[1]))
    top = int(line.base - rng.uniform(1.05, 1.6) * em)
    bottom = int(line.base + rng.uniform(0.35, 0.85) * em)
    _neighbours(line, rng, top, bottom, right)
    print_, ink = line.print[:, :right], line.ink[:, :right]
    if rng.random() < 0.35:
        angle = float(np.clip(rng.normal(0, 0.6), -1.5, 1.5))
        matrix = cv2.getRotationMatrix2D((right / 2, line.base), angle, 1)
        print_, ink = (cv2.warpAffine(m, matrix, (m.shape[1], m.shape[0])) for m in (print_, ink))
    places = tuple(min(max(x / right, 0.0), 1.0) for x in line.places)
    return Sample(_scan(print_[top:bottom], ink[top:bottom], rng), answer, places)


def _neighbours(line: _Line, rng: np.random.Generator, top: int, bottom: int, right: int) -> None:
    """Rules and other lines of print that the crop cuts into."""
    em = line.em
    if rng.random() < 0.1:
        y = top + int(rng.uniform(0, 0.18) * em)
        start = int(rng.uniform(0, 0.5) * right)
        cv2.line(line.print, (start, y), (int(start + rng.uniform(0.2, 0.6) * right), y), 1.0, int(rng.integers(1, 4)))
    if rng.random() < 0.16:
        words = " ".join(rng.choice(["tập huấn", "Về việc", "triển khai", "công tác", "kế hoạch", "V/v"], 3))
        image = Image.new("L", (right, 2 * em), 0)
        ImageDraw.Draw(image).text((int(rng.uniform(-1, 6) * em), em), words, fill=255, font=line.font, anchor="ls")
        mask = np.asarray(image, np.float32) / 255
        below = rng.random() < 0.7
        at = bottom - rng.uniform(0.28, 0.5) * em if below else top - rng.uniform(0.75, 0.95) * em
        _add(line.print, mask, 0, int(at))


def _scan(print_: Mask, ink: Mask, rng: np.random.Generator) -> NDArray[np.uint8]:
    """Paper, scanner, compression, and the reader's own height."""
    pixels = float(rng.uniform(24, 76))  # height of the crop at the scanner's resolution
    factor = pixels / print_.shape[0]
    size = (max(24, round(print_.shape[1] * factor * rng.uniform(0.93, 1.07))), max(12, round(pixels)))
    print_, ink = (cv2.resize(m, size, interpolation=cv2.INTER_AREA) for m in (print_, ink))
    spread = float(rng.uniform(0.0, 0.7)) * pixels / 48
    if spread > 0.2:
        print_, ink = (cv2.GaussianBlur(m, (0, 0), spread) for m in (print_, ink))
    gain = float(rng.uniform(1.0, 1.5))
    black, pen = rng.uniform(0.55, 1.0), rng.uniform(0.45, 1.0)
    if rng.random() < 0.25:  # dry pen: ink breaks along the stroke
        grain = cv2.GaussianBlur(rng.random(ink.shape).astype(np.float32), (0, 0), 1.2)
        ink = ink * np.clip((grain - grain.min()) / (np.ptp(grain) + 1e-6) * 1.8, 0.25, 1)
    dark = np.maximum(np.clip(print_ * gain, 0, 1) * black, np.clip(ink * gain, 0, 1) * pen)
    if rng.random() < 0.12:
        _arc(dark, rng)
    paper = rng.uniform(0.72, 1.0)
    grey = paper * (1 - dark * rng.uniform(0.82, 1.0))
    if rng.random() < 0.15:  # print from the other side
        grey -= 0.12 * np.roll(print_[:, ::-1], int(rng.integers(-30, 30)), axis=1)
    if rng.random() < 0.2:
        grey *= np.linspace(rng.uniform(0.8, 1), 1, size[0])[None]
    grey += rng.normal(0, rng.uniform(0.0, 0.05), grey.shape)
    out = np.clip(grey * 255, 0, 255).astype(np.uint8)
    if rng.random() < 0.42:
        out = _bilevel(out, paper, rng)
    elif rng.random() < 0.6:
        out = cv2.imdecode(cv2.imencode(".jpg", out, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(25, 92))])[1], 0)
    return resized(out)


def _arc(dark: Mask, rng: np.random.Generator) -> None:
    """A seal's ring or a stray stroke across the line."""
    layer = np.zeros(dark.shape, np.uint8)
    centre = (int(rng.uniform(0, dark.shape[1])), int(rng.uniform(-1.5, 2.5) * dark.shape[0]))
    radius = int(rng.uniform(0.7, 2.5) * dark.shape[0])
    cv2.circle(layer, centre, radius, 255, int(rng.integers(1, 4)), cv2.LINE_AA)
    np.maximum(dark, layer.astype(np.float32) / 255 * rng.uniform(0.15, 0.5), out=dark)


def _bilevel(grey: NDArray[np.uint8], paper: float, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A fax or copier: black or white, with specks and breaks."""
    limit = 255 * paper * rng.uniform(0.45, 0.78)
    out = np.where(grey < limit, 0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        specks = rng.random(out.shape) < rng.uniform(0, 0.006)
        out[specks] = 255 - out[specks]
    return out
