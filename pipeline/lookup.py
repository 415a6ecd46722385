"""Pasted text to the documents that it cites: which of them the store knows."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from extractors.vi.text import normalise
from models.document import Document, Source
from models.errors import InvalidDate, InvalidDocumentNumber, ParseError
from models.identifiers import DocumentNumber
from models.letter import Citation
from pipeline import ingest
from pipeline import normalise as stage
from pipeline.corrections import day
from pipeline.engines import plain_text
from pipeline.extract import extract
from pipeline.select import select
from pipeline.store.graph import Node

MOST_CHARACTERS = 64_000
MOST_CITATIONS = 250
FOUND, SEVERAL, NO_NUMBER, UNKNOWN, TOO_MANY = 200, 300, 400, 404, 429
_PREFIX = re.compile(r"^số[\s:]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LookedUp:
    """One citation of the text; `status` is 200 found, 300 several fit, 404 unknown, 429 beyond the limit.

    Attributes:
        start: Where its first words begin in the text as pasted; None if they stand there otherwise.
    """

    citation: Citation
    status: int
    documents: tuple[Node, ...]
    start: int | None
    end: int | None


def look_up(text: str, find: Callable[[str], tuple[Node, ...]]) -> tuple[LookedUp, ...]:
    """Every citation in `text`, in order of first mention; `find` is the store's.

    Raises:
        ParseError: if the text is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"at most {MOST_CHARACTERS:,} characters are looked up at once")
    if not text.strip():
        return ()
    data = text.encode("utf-8", "replace")
    source = Source("pasted.txt", hashlib.sha256(data).hexdigest(), ingest.TEXT, Path("pasted.txt"), len(data))
    letter = select(extract(stage.normalise(Document(source, plain_text.read_pages(text)))))
    return tuple(_answer(text, i, citation, find) for i, citation in enumerate(letter.citations))


@dataclass(frozen=True, slots=True)
class LookedUpRow:
    """One row of a column pasted from a spreadsheet; `status` as in `LookedUp`, 400 where it holds no number."""

    text: str
    number: DocumentNumber | None
    issued_on: date | None
    status: int
    documents: tuple[Node, ...]


def look_up_rows(text: str, find: Callable[[str], tuple[Node, ...]]) -> tuple[LookedUpRow, ...]:
    """Every row of `text` in its order, empty ones too, so that answers stand beside the rows they belong to.

    The first cell that is a number counts, and the first that is a date; `find` is the store's.

    Raises:
        ParseError: if the text is too long.
    """
    if len(text) > MOST_CHARACTERS:
        raise ParseError(f"at most {MOST_CHARACTERS:,} characters are looked up at once")
    rows = text.rstrip().splitlines() if text.strip() else []
    known: dict[tuple[DocumentNumber, date | None], tuple[Node, ...]] = {}
    return tuple(_row(row, known, find) for row in rows)


def _row(
    text: str,
    known: dict[tuple[DocumentNumber, date | None], tuple[Node, ...]],
    find: Callable[[str], tuple[Node, ...]],
) -> LookedUpRow:
    cells = [normalise(cell) for cell in text.split("\t")]
    number = next(filter(None, map(_number, cells)), None)
    issued_on = next(filter(None, map(_day, cells)), None)
    if number is None:
        return LookedUpRow(text, None, issued_on, NO_NUMBER, ())
    asked = (number, issued_on)
    if asked not in known:
        if len(known) >= MOST_CITATIONS:
            return LookedUpRow(text, *asked, TOO_MANY, ())
        known[asked] = _of_that_day(find(str(number)), issued_on)
    return LookedUpRow(text, *asked, _status(known[asked]), known[asked])


def _number(cell: str) -> DocumentNumber | None:
    try:
        return DocumentNumber.parse(_PREFIX.sub("", cell))
    except InvalidDocumentNumber:
        return None


def _day(cell: str) -> date | None:
    try:
        return day(cell)
    except InvalidDate:
        return None


def _status(documents: tuple[Node, ...]) -> int:
    return UNKNOWN if not documents else FOUND if len(documents) == 1 else SEVERAL


def _answer(text: str, place: int, citation: Citation, find: Callable[[str], tuple[Node, ...]]) -> LookedUp:
    words = citation.mentions[0].text if citation.mentions else ""
    start = text.find(words) if words else -1
    where = (start, start + len(words)) if start >= 0 else (None, None)
    if place >= MOST_CITATIONS:
        return LookedUp(citation, TOO_MANY, (), *where)
    documents = _fitting(citation, find)
    return LookedUp(citation, _status(documents), documents, *where)


def _fitting(citation: Citation, find: Callable[[str], tuple[Node, ...]]) -> tuple[Node, ...]:
    """Documents of the cited number; those of the stated day alone if there are any."""
    if citation.number is None:
        return ()
    return _of_that_day(find(str(citation.number)), citation.issued_on)


def _of_that_day(documents: tuple[Node, ...], issued_on: date | None) -> tuple[Node, ...]:
    if issued_on is None:
        return documents
    same = tuple(node for node in documents if node.issued_on == issued_on)
    return same or tuple(node for node in documents if node.issued_on is None)
