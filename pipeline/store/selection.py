"""Which letters a question is about: conditions on letters, as the command line, the screens and saved searches ask."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from extractors.vi.succession import successors
from extractors.vi.text import fold, normalise
from models.tables import CitationRow, ConfirmedRow, DecisionRow, FieldRow, LetterRow
from pipeline.bodies import body_key
from pipeline.store.folded import folded
from pipeline.store.rows import folded_number, number_key

_YEAR = re.compile(r"(?P<number>.*\S)[\s,@]+(?:năm )?(?P<year>(?:19|20)\d\d)")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters: every condition that is not None must hold.

    Attributes:
        issuer: Part of the issuing body's name, marks optional.
        doc_type: Code ("QĐ", "CV").
        since: First day of issue.
        until: Last day of issue.
        status: "ok", "partial", or "review" for letters with a field to look at.
        successors: Also letters of the bodies that took over from `issuer`, from the day they did.
        number: The letter's own number or how it begins ("4045", "4045/BTTTT"), or part of its symbol ("THH").
        subject: Words that stand together in the subject, marks optional.
        signer: Part of the signer's name, marks optional.
        citing: Letters that cite this number, or number and year ("17/NQ-CP 2019").
    """

    issuer: str | None = None
    doc_type: str | None = None
    since: date | None = None
    until: date | None = None
    status: str | None = None
    successors: bool = False
    number: str | None = None
    subject: str | None = None
    signer: str | None = None
    citing: str | None = None

    def searching(self) -> Selection:
        """Those of its conditions that only the database can answer."""
        return Selection(number=self.number, subject=self.subject, signer=self.signer, citing=self.citing)


def narrow(query: Select[Any], selection: Selection) -> Select[Any]:
    """`query` over letters, with the conditions of `selection`."""
    if selection.issuer:
        key = body_key(selection.issuer) or ""
        own = LetterRow.issuer_key.contains(key, autoescape=True)
        query = query.where(or_(own, *_succeeding(selection.issuer)) if selection.successors else own)
    if selection.doc_type:
        query = query.where(LetterRow.doc_type == normalise(selection.doc_type))
    if selection.since:
        query = query.where(LetterRow.issued_on >= selection.since)
    if selection.until:
        query = query.where(LetterRow.issued_on <= selection.until)
    if selection.status == "review":
        query = query.where(LetterRow.reviewed.is_(False))
    elif selection.status:
        query = query.where(LetterRow.status == selection.status)
    return query.where(*_searched(selection))


def _succeeding(issuer: str) -> Iterator[ColumnElement[bool]]:
    for body in successors(issuer):
        own = LetterRow.issuer_key == body_key(body.name)
        yield own if body.since is None else own & (LetterRow.issued_on >= body.since)


def _searched(selection: Selection) -> Iterator[ColumnElement[bool]]:
    if selection.number:
        yield _numbered(selection.number)
    if selection.subject:
        yield folded(LetterRow.subject).contains(_plain(selection.subject), autoescape=True)
    if selection.signer:
        yield _signed(_plain(selection.signer))
    if selection.citing:
        yield LetterRow.id.in_(_citing(selection.citing))


def _plain(words: str) -> str:
    return fold(normalise(words))


def _numbered(typed: str) -> ColumnElement[bool]:
    known, begins = LetterRow.number_folded, re.sub(r"\s+", "", _plain(typed)).lstrip("0")
    if not begins[:1].isdigit():
        return known.contains(begins, autoescape=True)
    # The whole of it, or whole parts from its beginning: 40 is not the beginning of 4045.
    parts = (known.startswith(begins + mark, autoescape=True) for mark in "/- ")
    return or_(known.in_({begins, folded_number(typed) or begins}), *parts)


def _signed(name: str) -> ColumnElement[bool]:
    """By what a person said, else by what was read."""
    confirmed = (ConfirmedRow.letter_id == LetterRow.id, ConfirmedRow.field == "signer")
    said = exists().where(*confirmed, folded(ConfirmedRow.value["name"].as_string()).contains(name, autoescape=True))
    read = exists().where(FieldRow.letter_id == LetterRow.id, FieldRow.field == "signer")
    read = read.where(folded(FieldRow.text).contains(name, autoescape=True))
    return or_(said, read & ~exists().where(*confirmed))


def _citing(typed: str) -> Select[Any]:
    """Letters by the number that they cite; typed without marks it is found by the documents that are called so."""
    match = _YEAR.fullmatch(normalise(typed))
    number = match["number"] if match else normalise(typed)
    called = select(DecisionRow.id).where(DecisionRow.number_folded == (folded_number(number) or _plain(number)))
    if match:
        called = called.where(DecisionRow.year == int(match["year"]))
    meant: ColumnElement[bool] = CitationRow.decision_id.in_(called)
    if not match:
        meant = or_(meant, CitationRow.link_key == number_key(number))
    return select(CitationRow.letter_id).where(meant)
