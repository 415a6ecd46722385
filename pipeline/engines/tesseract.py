"""Tesseract `vie`, as a library or through pytesseract: printed words with places and certainty."""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import pytesseract

from extractors.vi.text import normalise
from models.document import Line, Word
from models.errors import MissingDependency, TransientError
from models.geometry import BBox, enclosing
from pipeline.engines import tesseract_inside
from pipeline.engines.image import PageImage

ORIGIN = "tesseract"
# A gap wider than this many line heights separates two columns that stand side by side.
_COLUMN_GAP = 2.2
_PRINT = 200  # of 255; all print is darker somewhere
_COLUMNS = (
    "level", "page_num", "block_num", "par_num", "line_num", "word_num", "left", "top", "width", "height", "conf",
    "text",
)  # fmt: skip


def check() -> str:
    """Tesseract's version.

    Raises:
        MissingDependency: if the program or its `vie` data is not installed.
    """
    if shutil.which("tesseract") is None:
        raise MissingDependency("tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-vie")
    try:
        languages = pytesseract.get_languages(config="")
    except (pytesseract.TesseractError, OSError) as error:
        raise MissingDependency(f"tesseract does not run: {error}") from error
    if "vie" not in languages:
        raise MissingDependency("tesseract lacks Vietnamese: apt-get install tesseract-ocr-vie")
    return str(pytesseract.get_tesseract_version())


def version() -> str:
    """The version that reads; "0" where there is none."""
    if (inside := tesseract_inside.version()) is not None:
        return inside
    try:
        return str(pytesseract.get_tesseract_version())
    except (pytesseract.TesseractError, subprocess.SubprocessError, OSError, SystemExit):
        return "0"


@dataclass(frozen=True, slots=True)
class _Found:
    """One row of Tesseract's word table; box in pixels."""

    key: tuple[int, int, int]
    text: str
    box: BBox
    confidence: float


@dataclass(frozen=True, slots=True)
class Tesseract:
    """The reader of printed words; keeps nothing between pages.

    Attributes:
        inside: Use the library where it is installed; else start the program for each page.
    """

    language: str = "vie"
    timeout: float = 120.0
    inside: bool = True
    origin: str = field(default=ORIGIN, init=False)

    def recognise(self, image: PageImage, *, mode: int = 3) -> tuple[Line, ...]:
        """The lines of a page in Tesseract's reading order, boxes in points; () for a blank page.

        Raises:
            TransientError: if the engine crashes or does not end in time.
        """
        return lines_of(self._words(image, mode), 72 / image.dpi)

    def _words(self, image: PageImage, mode: int) -> list[_Found]:
        if not (image.clean < _PRINT).any():
            return []  # without print Tesseract looks for letters in the grain of the paper, and does not end
        engine = tesseract_inside.engine(self.language) if self.inside else None
        if engine is not None:
            return list(_rows(columns_of(engine.table(image.clean, image.dpi, mode, self.timeout))))
        try:
            return list(_rows(self._from_program(image, mode)))
        except (KeyError, ValueError, IndexError) as error:
            raise TransientError(f"tesseract gave no table that can be read: {error}") from error

    def _from_program(self, image: PageImage, mode: int) -> dict[str, list[str]]:
        # By file name: handing pytesseract an image object costs it a second PNG encoding.
        os.environ["OMP_THREAD_LIMIT"] = "1"
        with tempfile.TemporaryDirectory(prefix="congvan-") as folder:
            path = Path(folder) / "page.pgm"
            cv2.imwrite(str(path), image.clean)
            try:
                table: dict[str, list[str]] = pytesseract.image_to_data(
                    str(path),
                    lang=self.language,
                    config=f"--psm {mode} --dpi {round(image.dpi)}",
                    timeout=self.timeout,
                    output_type=pytesseract.Output.DICT,
                )
            except (RuntimeError, subprocess.SubprocessError, pytesseract.TesseractError, UnicodeDecodeError) as error:
                raise TransientError(f"tesseract failed: {error}") from error
        return table


def columns_of(rows: str) -> dict[str, list[str]]:
    """The table that the library gives row by row, as pytesseract gives it."""
    cells = [row.split("\t", len(_COLUMNS) - 1) for row in rows.splitlines()]
    whole = [[*row, *[""] * (len(_COLUMNS) - len(row))] for row in cells if row[0]]
    table = {name: [row[i] for row in whole] for i, name in enumerate(_COLUMNS)}
    # pytesseract cuts the decimals off, and what is accepted without review was settled on such figures
    return table | {"conf": [conf.split(".")[0] for conf in table["conf"]]}


def _rows(table: dict[str, list[str]]) -> Iterator[_Found]:
    for i, text in enumerate(table["text"]):
        confidence = float(table["conf"][i])
        if not text.strip() or confidence < 0:
            continue
        left, top = float(table["left"][i]), float(table["top"][i])
        box = BBox(left, top, left + float(table["width"][i]), top + float(table["height"][i]))
        key = (int(table["block_num"][i]), int(table["par_num"][i]), int(table["line_num"][i]))
        yield _Found(key, text, box, confidence / 100)


def lines_of(words: list[_Found], scale: float) -> tuple[Line, ...]:
    """Words grouped to lines; a line that runs across two columns is cut at the gap."""
    lines: list[Line] = []
    start = 0
    for i in range(1, len(words) + 1):
        if i == len(words) or words[i].key != words[start].key:
            for part in _columns(words[start:i]):
                lines.append(_line(part, scale))
            start = i
    return tuple(lines)


def _columns(words: list[_Found]) -> Iterator[list[_Found]]:
    heights = sorted(w.box.height for w in words)
    height = heights[len(heights) // 2]
    part = [words[0]]
    for before, word in itertools.pairwise(words):
        if word.box.x0 - before.box.x1 > _COLUMN_GAP * max(height, 1.0):
            yield part
            part = []
        part.append(word)
    yield part


def _line(found: list[_Found], scale: float) -> Line:
    words = tuple(Word(normalise(f.text), f.box.scaled(scale), round(f.confidence, 3)) for f in found)
    raw = " ".join(f.text for f in found)
    weight = sum(len(f.text) for f in found)
    confidence = sum(f.confidence * len(f.text) for f in found) / max(weight, 1)
    return Line(normalise(raw), raw, enclosing(w.bbox for w in words), round(confidence, 3), words, found[0].key[0])
