"""Letters made by hand for the tests of store, links and commands. All numbers and names are invented."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

from models.document import Line, Page, Source
from models.identifiers import DocumentNumber
from models.letter import Citation, Field, IssuingBody, Letter, Mention, Signatory


def source(name: str) -> Source:
    data = name.encode()
    return Source(name, hashlib.sha256(data).hexdigest(), "application/pdf", Path("/in") / name, len(data))


def cites(
    number: str | None,
    on: str | None = None,
    issuer: str | None = None,
    relation: str = "references",
    title: str | None = None,
    confidence: float = 0.95,
) -> Citation:
    """A citation as the extractors give it, open."""
    return Citation(
        number=DocumentNumber.parse(number) if number else None,
        relation=relation,
        confidence=confidence,
        mentions=(Mention(f"số {number}", 1),),
        issued_on=date.fromisoformat(on) if on else None,
        issuer=issuer,
        title=title,
    )


def letter(
    number: str | None,
    on: str | None = None,
    issuer: str | None = None,
    *citations: Citation,
    name: str | None = None,
    parent: str | None = None,
    subject: str | None = None,
    doc_type: str = "CV",
    text: str = "",
    first_page: int = 1,
    sure: float = 0.97,
) -> Letter:
    """A one-page letter whose file is named (and so identified) by `name`, or by number, date and issuer."""
    lines = tuple(Line(part, part, None) for part in text.split("\n") if part)
    body = IssuingBody(issuer, None, parent) if issuer else None
    return Letter(
        source=source(name or f"{number} {on} {issuer}.pdf"),
        pages=(Page(first_page, 595.0, 842.0, lines=lines),),
        number=Field(number, number, sure, 1) if number else None,
        doc_type=Field(doc_type, doc_type, 0.99),
        issued_on=Field(date.fromisoformat(on), on, 0.97, 1) if on else None,
        issuer=Field(body, body.name, 0.97, 1) if body else None,
        subject=Field(subject, subject, 0.97, 1) if subject else None,
        signer=Field(Signatory("Nguyễn Văn An", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"), "Nguyễn Văn An", 0.9, 1),
        citations=citations,
    )
