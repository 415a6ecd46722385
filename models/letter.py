"""A letter as understood: one value per field, its citations, tables and projects. The contract's JSON in types."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from models.document import Page, Problem, Source
from models.geometry import BBox
from models.identifiers import DocumentNumber

T = TypeVar("T")

RELATIONS = (
    "legal_basis", "implements", "replies_to", "follows_up", "proposed_by", "amends", "replaces", "repeals",
    "guides", "corrects", "attached_to", "investment_decision", "references",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Witness:
    """One reading of a value: who says what, how surely."""

    origin: str
    value: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Field(Generic[T]):
    """A value with its place, certainty and witnesses.

    Attributes:
        value: Normalised.
        raw: As read.
        confidence: 0.0-1.0, that the value is right.
        page: 1-based; None where the value was inferred (an issuer from the symbol).
        bbox: Points; None for text input.
        witnesses: Readings, also of the values that lost.
    """

    value: T
    raw: str
    confidence: float
    page: int | None = None
    bbox: BBox | None = None
    witnesses: tuple[Witness, ...] = ()


@dataclass(frozen=True, slots=True)
class IssuingBody:
    """An authority as named in or inferred for a letter.

    Attributes:
        name: Full name in sentence case: "Sở Y tế tỉnh Kiên Giang".
        code: As used in symbols: "SYT"; None if not known.
        parent: Name of the body above; None if not known.
        authority: Key in the authority list; None if not listed.
    """

    name: str
    code: str | None = None
    parent: str | None = None
    authority: str | None = None


@dataclass(frozen=True, slots=True)
class Signatory:
    """Who signed: `capacity` = all TM./KT./TL./TUQ./Q. lines joined by a space, `position` = title nearest the name."""

    name: str
    capacity: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact person; parts that the letter does not give are None."""

    name: str | None = None
    email: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """khoản 2 Điều 5, điểm a."""

    article: str | None = None
    clause: str | None = None
    point: str | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a document is cited; `text` are the exact words."""

    text: str
    page: int
    bbox: BBox | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Act:
    """What one cited document does to another of the same letter: "Nghị định A sửa đổi Nghị định B"."""

    relation: str
    number: DocumentNumber
    issued_on: date | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One other document that the letter cites, with all its mentions.

    Attributes:
        number: None for a law cited by name.
        doc_type: Code of the noun or symbol ("QĐ", "NQ", "L"); None for the generic "văn bản".
        issued_on: Date stated for it anywhere in the letter.
        issuer: Full name, as stated or inferred.
        issuer_origin: "stated", "symbol", "context" or None.
        title: Words that say what it is about.
        relation: One of `RELATIONS`.
        confidence: 0.0-1.0.
        status: "linked", "open" or "ambiguous".
        target: Id of the stored document if linked.
        candidates: Ids of the stored documents that fit if ambiguous.
        acts: What its title, or the sentence, says that it does to other documents cited here.
    """

    number: DocumentNumber | None
    relation: str
    confidence: float
    mentions: tuple[Mention, ...]
    doc_type: str | None = None
    issued_on: date | None = None
    issuer: str | None = None
    issuer_origin: str | None = None
    title: str | None = None
    pinpoints: tuple[Pinpoint, ...] = ()
    status: str = "open"
    target: str | None = None
    candidates: tuple[str, ...] = ()
    witnesses: tuple[Witness, ...] = ()
    acts: tuple[Act, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the letter: `columns` are header paths top to bottom, `rows` the body cells as text."""

    pages: tuple[int, ...]
    columns: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, ...], ...]
    title: str | None = None
    unit: str | None = None
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Amount:
    """One figure of a project: `vnd` in đồng, None where the unit is not known."""

    measure: str
    value: str
    source: str | None = None
    period: str | None = None
    vnd: int | None = None


@dataclass(frozen=True, slots=True)
class Project:
    """One row of a project table."""

    name: str
    section: str | None = None
    ordinal: str | None = None
    location: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    decisions: tuple[tuple[DocumentNumber, date | None], ...] = ()
    amounts: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """A finding that a person should know of: "number_mismatch", "total_mismatch" ... Nothing was changed."""

    code: str
    message: str
    page: int | None = None
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `None` = the letter has none, `()` = none found; `review` names the fields to look at."""

    source: Source
    pages: tuple[Page, ...]
    number: Field[str] | None = None
    serial: Field[str] | None = None
    symbol: Field[str] | None = None
    doc_type: Field[str] | None = None
    issued_on: Field[date] | None = None
    place: Field[str] | None = None
    issuer: Field[IssuingBody] | None = None
    subject: Field[str] | None = None
    recipients: tuple[Field[str], ...] = ()
    copies: tuple[Field[str], ...] = ()
    signer: Field[Signatory] | None = None
    urgency: Field[str] | None = None
    secrecy: Field[str] | None = None
    deadlines: tuple[Field[date], ...] = ()
    contacts: tuple[Field[Contact], ...] = ()
    citations: tuple[Citation, ...] = ()
    tables: tuple[Table, ...] = ()
    projects: tuple[Project, ...] = ()
    review: tuple[str, ...] = ()
    flags: tuple[Flag, ...] = ()
    problems: tuple[Problem, ...] = ()
