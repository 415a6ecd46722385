"""Documents for the extractors' tests, made of strings or of lines with places; all numbers and names are invented."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from models.document import Document, Line, Page, Reading, Source, Word
from models.geometry import BBox
from models.letter import Citation, Contact, IssuingBody, Signatory
from pipeline.engines.plain_text import read_pages

SOURCE = Source("a.txt", "0" * 64, "text/plain", Path("a.txt"), 1)


def from_text(text: str) -> Document:
    """A letter that arrived as text."""
    return Document(SOURCE, read_pages(text))


def scanned(*pages: Iterable[tuple[str, float, float]], readings: tuple[Reading, ...] = ()) -> Document:
    """A scan: each line is its text, the left edge and the top, in points on A4; 5.6 points a character."""
    made = []
    for number, lines in enumerate(pages, start=1):
        made.append(Page(number, 595, 842, lines=tuple(line(*spec) for spec in lines)))
    return Document(SOURCE, tuple(made), readings)


def line(text: str, left: float, top: float, confidence: float = 0.95) -> Line:
    """One recognised line, 12 points high, with its words."""
    words, at = [], left
    for word in text.split():
        words.append(Word(word, BBox(at, top, at + 5.2 * len(word), top + 12), confidence))
        at += 5.6 * (len(word) + 1)
    return Line(text, text, BBox(left, top, at - 5.6, top + 12), confidence, tuple(words))


def shown(value: object) -> str:
    """A candidate's value as the EXAMPLES write it."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, IssuingBody):
        return value.name
    if isinstance(value, Signatory):
        return f"{value.name} | {value.capacity} | {value.position}"
    if isinstance(value, Contact):
        return f"{value.name} | {value.email} | {value.phone}"
    if isinstance(value, Citation):
        return f"{value.number} {value.issued_on} {value.relation}"
    return str(value)
