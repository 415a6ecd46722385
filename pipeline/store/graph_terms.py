"""What questions about the graph speak of: documents, citations between them, and how far to walk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from sqlalchemy import ColumnElement, select

from models.tables import CitationRow, LetterRow, SourceRow

Direction = Literal["cites", "cited-by", "both"]


@dataclass(frozen=True, slots=True)
class Node:
    """A document: held in the store, or only cited."""

    id: str
    number: str | None
    doc_type: str | None
    issued_on: date | None
    issuer: str | None
    title: str | None
    held: bool
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Edge:
    """One citation: the document `source` (in its scan `letter_id`) cites `target`.

    Attributes:
        target: None where several documents fit (`candidates`), or nothing identifies one.
        number: As cited; None for a law cited by name.
        quote: The words of the first mention, on `page`.
        also: Other relations that another reading of the same edge gave (a second scan, a second citation).
        stated: `source` is not the letter but a document that it cites: the letter says that it acts on `target`.
    """

    source: str
    letter_id: str
    target: str | None
    relation: str
    status: str
    number: str | None
    issued_on: date | None
    issuer: str | None
    title: str | None
    confidence: float
    candidates: tuple[str, ...]
    quote: str | None
    page: int | None
    also: tuple[str, ...] = ()
    stated: bool = False


@dataclass(frozen=True, slots=True)
class Walk:
    """How far to go from a document; `nodes` caps what is returned, `since` and `until` bound the citing letters.

    `known_on` leaves out citing letters whose files came later.
    """

    depth: int = 1
    direction: Direction = "both"
    relation: str | None = None
    nodes: int = 500
    since: date | None = None
    until: date | None = None
    known_on: date | None = None

    @property
    def bounded(self) -> bool:
        """Whether only some letters may speak."""
        return any((self.since, self.until, self.known_on))

    def of(self) -> tuple[ColumnElement[bool], ...]:
        """Conditions on the citations walked along, for a query that joins the citing letter."""
        found: list[ColumnElement[bool]] = []
        if self.relation:
            found.append(CitationRow.relation == self.relation)
        if self.since:
            found.append(LetterRow.issued_on >= self.since)
        if self.until:
            found.append(LetterRow.issued_on <= self.until)
        if self.known_on:
            found.append(came_by(self.known_on))
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Graph:
    """A document with its neighbourhood; `complete` is false where the cap on nodes cut it off."""

    root: Node
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Wanted:
    """A document that is cited but not held, and how many letters cite it."""

    node: Node
    letters: int


def came_by(known_on: date) -> ColumnElement[bool]:
    """Letters in files that the archive held by the end of this day; reading a file anew makes nothing known later."""
    held = select(SourceRow.sha256).where(SourceRow.first_seen <= datetime.combine(known_on, time.max))
    return LetterRow.source_sha256.in_(held)
