"""Document to Document: every line in canonical form. Engines hand over normalised lines; recordings may be older."""

from __future__ import annotations

import dataclasses

from extractors.vi.text import normalise as canonical
from models.document import Document, Line, Page


def normalise(document: Document) -> Document:
    """The document with `Line.text` canonical; raw strings and places untouched, empty lines dropped."""
    return dataclasses.replace(document, pages=tuple(_page(page) for page in document.pages))


def _page(page: Page) -> Page:
    lines = tuple(_line(line) for line in page.lines)
    return dataclasses.replace(page, lines=tuple(line for line in lines if line.text))


def _line(line: Line) -> Line:
    text = canonical(line.text)
    return line if text == line.text else dataclasses.replace(line, text=text)
