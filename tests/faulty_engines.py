"""Readers that misbehave as real engines do: the pipeline must survive each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from models.document import Line, Word
from models.errors import TransientError
from models.geometry import BBox
from pipeline.engines.image import PageImage, Pixels
from pipeline.engines.paddle import Reread


def line(text: str, top: float = 100.0) -> Line:
    words, x = [], 80.0
    for part in text.split():
        words.append(Word(part, BBox(x, top, x + 6 * len(part), top + 12), 0.9))
        x += 6 * len(part) + 4
    return Line(text, text, BBox(80, top, x, top + 12), 0.9, tuple(words), 1)


@dataclass(frozen=True)
class Scripted:
    """Gives the same lines for every page."""

    lines: tuple[Line, ...] = (line("Số: 15/QĐ-BNV"), line("Hà Nội, ngày 05 tháng 3 năm 2020", 100))
    origin: str = field(default="tesseract", init=False)

    def recognise(self, image: PageImage, *, mode: int = 3) -> tuple[Line, ...]:
        return self.lines


@dataclass
class CrashesOn:
    """Raises on the given calls, counted from 1, and reads the others."""

    calls: frozenset[int]
    seen: int = 0
    origin: str = "tesseract"

    def recognise(self, image: PageImage, *, mode: int = 3) -> tuple[Line, ...]:
        self.seen += 1
        if self.seen in self.calls:
            raise TransientError("tesseract failed: killed by signal 9")
        return Scripted().lines


class Nothing:
    """Returns no line at all, as a broken language file does."""

    origin = "tesseract"

    def recognise(self, image: PageImage, *, mode: int = 3) -> tuple[Line, ...]:
        return ()


class Blind:
    """A second reader that sees nothing."""

    origin = "paddle"

    def read_line(self, crop: Pixels) -> Reread:
        return Reread("", 0.0)

    def read_area(self, area: Pixels) -> tuple[Reread, ...]:
        return ()

    def read_words(self, crops: Sequence[Pixels], *, narrowest: int = 0) -> tuple[Reread, ...]:
        return tuple(Reread("", 0.0) for _ in crops)
