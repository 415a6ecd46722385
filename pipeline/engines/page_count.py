"""How many pages a file seems to have, for the progress bar alone; never raises."""

from __future__ import annotations

from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image


def page_count(path: Path) -> int:
    """Pages of a PDF or frames of an image; 1 where that cannot be told."""
    try:
        with path.open("rb") as file:
            head = file.read(1024)
        if b"%PDF-" in head:
            document = pdfium.PdfDocument(path)
            try:
                return max(len(document), 1)
            finally:
                document.close()
        if head.startswith((b"II", b"MM")):
            with Image.open(path) as image:
                return int(getattr(image, "n_frames", 1))
    except Exception:  # Pillow's parsers raise whatever they stumble on; what is wrong is told when the file is read
        return 1
    return 1
