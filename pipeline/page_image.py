"""Pages as pictures for the screens: rendered from the original when first asked for, then kept on disk.

A picture stands as the page was read (turned upright, straightened), so that the boxes of the reading fit it.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from models.document import Page, Source
from models.errors import InputError
from models.geometry import BBox
from pipeline import ingest
from pipeline.engines.image import PageImage, Pixels, prepare, turn
from pipeline.engines.pdf import PdfFile
from pipeline.engines.tesseract import Tesseract
from pipeline.ingest import Limits

WIDTHS = (240, 1000, 1800)
_MARGIN = 4.0  # points around a box that is read again


@dataclass(frozen=True, slots=True)
class PageImages:
    """Pictures of pages; `cache` is derived and may be deleted at any time."""

    cache: Path
    limits: Limits

    def jpeg(self, source: Source, page: Page, width: int) -> Path:
        """A file with the page as JPEG, about `width` pixels wide (the nearest of `WIDTHS`).

        Raises:
            InputError: if the original is no longer there, or is not what was read.
        """
        wide = min(WIDTHS, key=lambda known: abs(known - width))
        name = f"{source.sha256}-{page.number}-{page.rotation}-{page.skew:.2f}-{wide}.jpg"
        path = self.cache / source.sha256[:2] / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            picture = self._upright(source, page)
            picture.thumbnail((wide, wide * 4), Image.Resampling.LANCZOS)
            # Two requests may render the same page: each writes its own file and moves it into place.
            handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
            with os.fdopen(handle, "wb") as file:
                picture.convert("RGB").save(file, "JPEG", quality=80, optimize=True)
            os.replace(temporary, path)
        return path

    def read_again(self, source: Source, page: Page, box: BBox, reader: Tesseract, quarter_turns: int = 0) -> str:
        """What stands in `box` (points of the upright page), read by itself; empty if nothing could be read.

        Args:
            source: The file.
            page: As it was read.
            box: Of the page.
            reader: What reads.
            quarter_turns: Clockwise, that bring the words upright: writing along the margin.

        Raises:
            InputError: as `jpeg`.
            TransientError: if the reader failed.
        """
        pixels, dpi = self._pixels(source, page)
        image = prepare(pixels, dpi, rotation=page.rotation)
        scale = dpi / 72
        left, top = max(int((box.x0 - _MARGIN) * scale), 0), max(int((box.top - _MARGIN) * scale), 0)
        right, bottom = int((box.x1 + _MARGIN) * scale), int((box.bottom + _MARGIN) * scale)
        if right - left < 8 or bottom - top < 8:
            return ""
        clean = np.ascontiguousarray(np.rot90(image.clean[top:bottom, left:right], -quarter_turns))
        part = PageImage(image.scanned, clean, dpi)
        return " ".join(line.text for line in reader.recognise(part))

    def _upright(self, source: Source, page: Page) -> Image.Image:
        pixels, _ = self._pixels(source, page)
        picture = Image.fromarray(turn(pixels, page.rotation))
        if page.skew:
            # Pillow turns counter-clockwise, the reading took out a clockwise tilt.
            white = 255 if picture.mode == "L" else (255, 255, 255)
            picture = picture.rotate(page.skew, Image.Resampling.BILINEAR, fillcolor=white)
        return picture

    def _pixels(self, source: Source, page: Page) -> tuple[Pixels, float]:
        _check(source)
        if source.media_type == ingest.PDF:
            file = PdfFile(source, self.limits)
            try:
                return file.render(page.number, file.signals(page.number))
            finally:
                file.close()
        for frame in ingest.frames(source, self.limits):
            if frame.number == page.number:
                return frame.pixels, frame.dpi
        raise InputError("damaged", f"no page {page.number}")


def _check(source: Source) -> None:
    """The bytes that were read are still there: another file under the same path must not be shown."""
    try:
        data = source.path.read_bytes()
    except OSError as error:
        raise InputError("damaged", f"the original is gone: {source.name}") from error
    if hashlib.sha256(data).hexdigest() != source.sha256:
        raise InputError("damaged", f"the original has changed since it was read: {source.name}")
