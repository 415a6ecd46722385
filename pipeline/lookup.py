"""Pasted text to the documents that it cites: which of them the store knows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from models.document import Document, Source
from models.errors import ParseError
from models.letter import Citation
from pipeline import ingest
from pipeline.engines import plain_text
from pipeline.extract import extract
from pipeline.normalise import normalise
from pipeline.select import select
from pipeline.store.graph import Node

MOST_CHARACTERS = 64_000
MOST_CITATIONS = 250
FOUND, SEVERAL, UNKNOWN, TOO_MANY = 200, 300, 404, 429


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
    letter = select(extract(normalise(Document(source, plain_text.read_pages(text)))))
    return tuple(_answer(text, i, citation, find) for i, citation in enumerate(letter.citations))


def _answer(text: str, place: int, citation: Citation, find: Callable[[str], tuple[Node, ...]]) -> LookedUp:
    words = citation.mentions[0].text if citation.mentions else ""
    start = text.find(words) if words else -1
    where = (start, start + len(words)) if start >= 0 else (None, None)
    if place >= MOST_CITATIONS:
        return LookedUp(citation, TOO_MANY, (), *where)
    documents = _fitting(citation, find)
    status = UNKNOWN if not documents else FOUND if len(documents) == 1 else SEVERAL
    return LookedUp(citation, status, documents, *where)


def _fitting(citation: Citation, find: Callable[[str], tuple[Node, ...]]) -> tuple[Node, ...]:
    """Documents of the cited number; those of the stated day alone if there are any."""
    if citation.number is None:
        return ()
    documents = find(str(citation.number))
    if citation.issued_on is None:
        return documents
    same = tuple(node for node in documents if node.issued_on == citation.issued_on)
    return same or tuple(node for node in documents if node.issued_on is None)
