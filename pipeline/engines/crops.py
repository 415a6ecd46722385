"""Many small pictures through Tesseract without a start for each, which would cost more than the reading."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import pytesseract

from models.errors import TransientError
from models.geometry import BBox
from pipeline.engines import tesseract_inside
from pipeline.engines.image import Pixels
from pipeline.engines.tesseract import columns_of

LINE, BLOCK = 7, 6  # Tesseract's page segmentation modes
_MOST_FAILURES = 6  # pictures on which the engine may give up before the page is given up


@dataclass(frozen=True, slots=True)
class CropWord:
    """A word in a picture; `line` counts the lines of the picture, box in its pixels, confidence 0.0-1.0."""

    text: str
    line: tuple[int, int, int]
    bbox: BBox
    confidence: float


def read_crops(
    crops: Sequence[Pixels], dpi: float, *, mode: int, characters: str = "", language: str = "vie", timeout: float = 120
) -> list[list[CropWord] | None]:
    """The words of each grey picture, in order; `characters` limits what may be read.

    None for the few pictures on which the engine did not end in its share of the time.

    Raises:
        TransientError: if the engine crashes, or does not end on several.
    """
    if not crops:
        return []
    engine = tesseract_inside.engine(language)
    if engine is None:
        return list(_by_crop(_from_program(crops, dpi, mode, characters, language, timeout), len(crops)))
    found: list[list[CropWord] | None] = []
    for crop in crops:
        try:
            table = engine.table(crop, dpi, mode, timeout / _MOST_FAILURES, characters)
            found.append(_by_crop(columns_of(table), 1)[0])
        except TransientError:
            found.append(None)
            if found.count(None) >= _MOST_FAILURES:
                raise
    return found


def _from_program(
    crops: Sequence[Pixels], dpi: float, mode: int, characters: str, language: str, timeout: float
) -> dict[str, list[str]]:
    """The word table of one start of the program for all pictures."""
    os.environ["OMP_THREAD_LIMIT"] = "1"
    limit = f" -c tessedit_char_whitelist={characters}" if characters else ""
    with tempfile.TemporaryDirectory(prefix="congvan-") as folder:
        names = [str(Path(folder) / f"{i:05d}.pgm") for i in range(len(crops))]
        for name, crop in zip(names, crops, strict=True):
            cv2.imwrite(name, crop)
        listing = Path(folder) / "crops.txt"
        listing.write_text("\n".join(names) + "\n", encoding="utf-8")
        try:
            table: dict[str, list[str]] = pytesseract.image_to_data(
                str(listing),
                lang=language,
                config=f"--psm {mode} --dpi {round(dpi)}{limit}",
                timeout=timeout,
                output_type=pytesseract.Output.DICT,
            )
        except (RuntimeError, pytesseract.TesseractError, UnicodeDecodeError) as error:
            raise TransientError(f"tesseract failed on table cells: {error}") from error
    return table


def _by_crop(table: dict[str, list[str]], count: int) -> list[list[CropWord]]:
    found: list[list[CropWord]] = [[] for _ in range(count)]
    for i, text in enumerate(table["text"]):
        confidence = float(table["conf"][i])
        if not str(text).strip() or confidence < 0:
            continue
        left, top = float(table["left"][i]), float(table["top"][i])
        box = BBox(left, top, left + float(table["width"][i]), top + float(table["height"][i]))
        line = (int(table["block_num"][i]), int(table["par_num"][i]), int(table["line_num"][i]))
        found[int(table["page_num"][i]) - 1].append(CropWord(str(text), line, box, confidence / 100))
    return found
