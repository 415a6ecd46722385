"""What a letter was read by: one short string that changes when any extractor or the reader of print does."""

from __future__ import annotations

from functools import cache

from extractors.registry import versions
from pipeline.engines import tesseract


@cache
def read_by() -> str:
    """Names with versions, for example "citations:3 date:1 tesseract:5.5.4"."""
    return f"{versions()} tesseract:{tesseract.version()}"
