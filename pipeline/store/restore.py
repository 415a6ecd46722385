"""Rows back into letters, several at a time: one query per table, not per letter."""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Select, exists, inspect, select
from sqlalchemy.orm import Session, defer

from models.document import Document, Page, Problem, Source
from models.letter import Amount, Citation, Flag, Letter, Project, Table
from models.tables import (
    AmountRow,
    Base,
    CellRow,
    CitationRow,
    ConfirmedRow,
    FieldRow,
    FindingRow,
    LetterRow,
    MentionRow,
    PageRow,
    ProjectRow,
    ReadingRow,
    SourceRow,
    TableRow,
)
from pipeline import contract, record
from pipeline.store.lists import named, one_of
from pipeline.store.rows import apply_confirmed

Row = TypeVar("Row", bound=Base)
CHUNK = 400  # SQLite allows some thousands of variables in one statement


@dataclass(frozen=True, slots=True)
class StoredLetter:
    """A letter with its place in the store; confirmed values are in the letter already.

    Attributes:
        id: Of the letter.
        decision_id: Of the document that the letter is, as citations point to it.
        status: "ok" or "partial".
    """

    id: str
    decision_id: str | None
    letter: Letter
    status: str
    stored_at: datetime


def restore(session: Session, ids: Sequence[str], *, whole: bool = True) -> list[StoredLetter]:
    """The letters of `ids` in that order; unknown ids are left out. Pages come without their lines.

    Without `whole` the letters have their fields alone: no pages, citations, tables, projects, findings.
    """
    letters: list[StoredLetter] = []
    for start in range(0, len(ids), CHUNK):
        letters += _chunk(session, ids[start : start + CHUNK], whole=whole)
    return letters


def as_read(session: Session, ids: Sequence[str]) -> list[Letter]:
    """The letters of `ids` as the program read them, whatever persons said since; pages come without their lines."""
    return [stored.letter for start in range(0, len(ids), CHUNK)
            for stored in _chunk(session, ids[start : start + CHUNK], said=False)]  # fmt: skip


def reading(session: Session, letter_id: str) -> Document | None:
    """What was recognised on the letter's pages, with words and boxes."""
    row = session.get(ReadingRow, letter_id)
    return record.load(zlib.decompress(row.record).decode()) if row else None


def _chunk(session: Session, ids: Sequence[str], *, said: bool = True, whole: bool = True) -> list[StoredLetter]:
    found = session.execute(_HEADS, {"ids": list(ids)}).all()
    heads = {row.id: (row, source) for row, source, *_ in found}
    filled = {kind for place, kind in enumerate(_SELDOM, 2) if any(row[place] for row in found)}
    filled = {FieldRow, *filled, *((PageRow,) if whole else ())}
    if not whole:
        filled &= {FieldRow, ConfirmedRow}
    parts = _Parts(session, list(heads), filled)
    if not said:
        parts.confirmed.clear()
    return [_letter(*heads[key], parts) for key in ids if key in heads]


# Tables in which few letters have rows: each letter's own row is asked beside it whether it has any.
_SELDOM: tuple[type[Base], ...] = (ConfirmedRow, CitationRow, TableRow, ProjectRow, FindingRow)
_HEADS = (
    select(LetterRow, SourceRow, *(
        exists().where(inspect(kind).primary_key[0] == LetterRow.id).correlate(LetterRow) for kind in _SELDOM
    ))
    .join(SourceRow, SourceRow.sha256 == LetterRow.source_sha256)
    .where(one_of(LetterRow.id, named("ids")))
)  # fmt: skip


@cache
def _below(kind: type[Row]) -> Select[Row]:
    """The rows of a table below letters; the same question each time, so that it is compiled once."""
    keys = list(inspect(kind).primary_key)
    query = select(kind).where(one_of(keys[0], named("ids"))).order_by(*keys)
    return query.options(defer(PageRow.text)) if kind is PageRow else query


class _Parts:
    """All rows below some letters, by letter."""

    def __init__(self, session: Session, ids: Sequence[str], filled: Collection[type[Base]]) -> None:
        def load(kind: type[Row], of: Iterable[str] = ids) -> dict[str, list[Row]]:
            groups: dict[str, list[Row]] = defaultdict(list)
            for row in session.scalars(_below(kind), {"ids": list(of)}) if of and kind in filled else ():
                groups[row.letter_id].append(row)
            return groups

        self.pages = load(PageRow)
        self.fields = load(FieldRow)
        self.confirmed = load(ConfirmedRow)
        self.citations = load(CitationRow)
        filled = {*filled, MentionRow, CellRow, AmountRow}
        self.mentions = load(MentionRow, self.citations)
        self.tables = load(TableRow)
        self.cells = load(CellRow, self.tables)
        self.projects = load(ProjectRow)
        self.amounts = load(AmountRow, self.projects)
        self.findings = load(FindingRow)


def _letter(row: LetterRow, source: SourceRow, parts: _Parts) -> StoredLetter:
    key = row.id
    findings = parts.findings[key]
    letter = Letter(
        source=Source(source.name, source.sha256, source.media_type, Path(source.path), source.size),
        pages=tuple(_page(page) for page in parts.pages[key]),
        citations=tuple(_citations(parts.citations[key], parts.mentions[key])),
        tables=tuple(_tables(parts.tables[key], parts.cells[key])),
        projects=tuple(_projects(parts.projects[key], parts.amounts[key])),
        flags=tuple(
            Flag(f.code, f.message, f.page, contract.box_from_json(f.bbox)) for f in findings if f.kind == "flag"
        ),
        problems=tuple(Problem(f.code, f.message, f.page) for f in findings if f.kind == "problem"),
    )
    letter = _with_fields(letter, parts.fields[key])
    letter = replace(letter, review=tuple(row.review))
    said = {(c.field, c.ordinal): c.value for c in parts.confirmed[key]}
    return StoredLetter(key, row.decision_id, apply_confirmed(letter, said), row.status, row.stored_at)


def _with_fields(letter: Letter, rows: Iterable[FieldRow]) -> Letter:
    changes: dict[str, Any] = defaultdict(tuple)
    for row in rows:
        columns = {"value": row.value, "raw": row.raw, "confidence": row.confidence, "page": row.page}
        field = contract.field_from_json(row.field, {**columns, "bbox": row.bbox, "witnesses": row.witnesses})
        if row.field in contract.SCALARS:
            changes[contract.SCALARS[row.field]] = field
        else:
            changes[row.field] += (field,)
    return replace(letter, **changes)


def _page(row: PageRow) -> Page:
    return Page(row.number, row.width, row.height, row.rotation, row.skew, row.text_origin, row.confidence)


def _citations(rows: Iterable[CitationRow], mentions: Iterable[MentionRow]) -> Iterable[Citation]:
    by_citation: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for mention in mentions:
        by_citation[mention.citation].append(
            {
                "text": mention.text,
                "page": mention.page,
                "bbox": mention.bbox,
                "line": mention.line,
                "start": mention.span_start,
                "end": mention.span_end,
            }
        )
    for row in rows:
        yield contract.citation_from_json(
            {
                **row.record,
                "number": row.number,
                "relation": row.relation,
                "confidence": row.confidence,
                "mentions": by_citation[row.ordinal],
                "doc_type": row.doc_type,
                "date": row.issued_on.isoformat() if row.issued_on else None,
                "issuer": row.issuer,
                "title": row.title,
                "status": row.status,
                "target": row.decision_id if row.status == "linked" else None,
                "candidates": row.candidates,
            }
        )


def _tables(rows: Iterable[TableRow], cells: Iterable[CellRow]) -> Iterable[Table]:
    grid: dict[int, dict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for cell in cells:
        grid[cell.table][cell.row].append(cell.text)
    for row in rows:
        body = tuple(tuple(grid[row.ordinal][i]) for i in range(row.rows))
        columns = tuple(tuple(path) for path in row.columns)
        yield Table(tuple(row.pages), columns, body, row.title, row.unit, contract.box_from_json(row.bbox))


def _projects(rows: Iterable[ProjectRow], amounts: Iterable[AmountRow]) -> Iterable[Project]:
    by_project: dict[int, list[Amount]] = defaultdict(list)
    for amount in amounts:
        by_project[amount.project].append(
            Amount(amount.measure, amount.value, amount.source, amount.period, amount.vnd)
        )
    for row in rows:
        yield Project(
            name=row.name,
            section=row.section,
            ordinal=row.label,
            location=row.location,
            start_year=row.start_year,
            end_year=row.end_year,
            decisions=tuple(
                (contract.number_from_text(number), date.fromisoformat(day) if day else None)
                for number, day in row.decisions
            ),
            amounts=tuple(by_project[row.ordinal]),
        )
