"""Colour scans at 300 dpi of the sample letters, for measuring speed: the same files for whoever reads them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pypdfium2

from benchmarks.synthetic import build

# Letters of every length but the one whose annex is a table: nobody measured beside us reads tables.
LETTERS = ("cv-6552-bkhdt", "cv-3865-btttt", "cv-4045-btttt", "cv-601-thh", "qd-1874-ubnd", "cv-1417-stttt")
_PLAN = replace(build.VARIANTS["colour"], dpi=300)


def colour_scans(folder: Path, letters: tuple[str, ...] = LETTERS) -> list[Path]:
    """The scans as PDF files in `folder`, made where they are missing."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{slug}-300.pdf" for slug in letters]
    for slug, path in zip(letters, paths, strict=True):
        if not path.exists():
            draft = replace(_PLAN, file=f".{path.name}.part.pdf", letter=slug)
            build.write(draft, folder, "")
            (folder / draft.file).rename(path)
    return paths


def page_count(path: Path) -> int:
    """Pages of a PDF."""
    pdf = pypdfium2.PdfDocument(path)
    try:
        return len(pdf)
    finally:
        pdf.close()
