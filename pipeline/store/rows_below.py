"""The rows below a letter's own: what was read, fields, citations, tables, projects, findings."""

from __future__ import annotations

import dataclasses
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models.identifiers import DocumentNumber
from models.letter import Citation, Field, Letter
from models.tables import (
    AmountRow,
    Base,
    CellRow,
    CitationRow,
    FieldRow,
    FindingRow,
    MentionRow,
    PageRow,
    ProjectRow,
    ReadingRow,
    StatedActRow,
    TableRow,
    TextRow,
)
from pipeline import contract
from pipeline.bodies import body_key
from pipeline.store.rows import citation_key, letter_id, number_year, plain, search_text

_RECORDED = ("serial", "symbol", "issuer_origin", "pinpoints", "witnesses", "acts")


def below(letter: Letter, host: str | None, recorded: str) -> list[Base]:
    """Every row below the letter's own."""
    key = letter_id(letter)
    rows: list[Base] = [
        ReadingRow(letter_id=key, record=zlib.compress(recorded.encode(), 6)),
        TextRow(letter_id=key, folded=search_text(_words(letter))),
    ]
    for page in letter.pages:
        text = "\n".join(line.text for line in page.lines)
        columns = {f.name: getattr(page, f.name) for f in dataclasses.fields(page) if f.name not in ("lines", "grids")}
        rows.append(PageRow(letter_id=key, text=text, **columns))
    rows += _fields(key, letter)
    for ordinal, citation in enumerate(letter.citations):
        rows += _citation(key, ordinal, citation, host)
    rows += _acts(key, letter.citations)
    return [*rows, *of_tables(letter)]


def of_tables(letter: Letter) -> list[Base]:
    """The rows of its tables, of the projects in them, and of what was found amiss."""
    key = letter_id(letter)
    return [*_tables(key, letter), *_projects(key, letter), *_findings(key, letter)]


def write(session: Session, rows: Iterable[Base]) -> None:
    """Insert rows in bulk, table by table, each after the tables that it points to."""
    groups: dict[str, list[Base]] = defaultdict(list)
    for row in rows:
        groups[row.__tablename__].append(row)
    for table in Base.metadata.sorted_tables:
        if group := groups.get(table.name):
            names = [name for name in table.columns.keys() if name in vars(group[0])]  # noqa: SIM118
            session.execute(insert(table), [{name: getattr(row, name) for name in names} for row in group])


def _words(letter: Letter) -> str:
    heads = [letter.number, letter.issuer, letter.subject, letter.signer, *letter.recipients]
    parts = [plain(field.value) for field in heads if field]
    parts += [line.text for page in letter.pages for line in page.lines]
    return "\n".join(parts)


def _fields(key: str, letter: Letter) -> Iterable[FieldRow]:
    single = {name: getattr(letter, attribute) for name, attribute in contract.SCALARS.items()}
    named: list[tuple[str, Sequence[Field[Any]]]] = [(name, (field,)) for name, field in single.items() if field]
    named += [(name, getattr(letter, name)) for name in contract.LISTS]
    for name, fields in named:
        for ordinal, field in enumerate(fields):
            columns = contract.field_to_json(field)
            yield FieldRow(
                letter_id=key,
                field=name,
                ordinal=ordinal,
                text=plain(field.value),
                review=name in letter.review,
                **{**columns, "confidence": field.confidence},
            )


def _citation(key: str, ordinal: int, citation: Citation, host: str | None) -> Iterable[Base]:
    item = contract.citation_to_json(citation)
    number = item["number"]
    yield CitationRow(
        letter_id=key,
        ordinal=ordinal,
        link_key=citation_key(citation),
        number=number,
        number_year=number_year(number),
        issued_on=citation.issued_on,
        issuer=citation.issuer,
        issuer_key=body_key(citation.issuer, None, host),
        doc_type=citation.doc_type,
        title=citation.title,
        relation=citation.relation,
        confidence=citation.confidence,
        status="open",
        decision_id=None,
        candidates=[],
        record={name: item[name] for name in _RECORDED if name in item},
    )
    for place_, mention in enumerate(item["mentions"]):
        columns = {name: mention[name] for name in ("text", "page", "bbox", "line")}
        yield MentionRow(
            letter_id=key,
            citation=ordinal,
            ordinal=place_,
            span_start=mention["start"],
            span_end=mention["end"],
            **columns,
        )


def _acts(key: str, citations: Sequence[Citation]) -> Iterable[StatedActRow]:
    """What cited documents do to each other, as the letter says; each pair once."""
    places: dict[DocumentNumber | None, list[int]] = defaultdict(list)
    for ordinal, citation in enumerate(citations):
        places[citation.number].append(ordinal)
    for ordinal, citation in enumerate(citations):
        for act in citation.acts:
            found = [at for at in places[act.number] if act.issued_on in (None, citations[at].issued_on)]
            if len(found) == 1 and found[0] != ordinal:
                yield StatedActRow(letter_id=key, actor=ordinal, citation=found[0], relation=act.relation)


def _tables(key: str, letter: Letter) -> Iterable[Base]:
    for ordinal, table in enumerate(letter.tables):
        yield TableRow(
            letter_id=key,
            ordinal=ordinal,
            title=table.title,
            unit=table.unit,
            pages=list(table.pages),
            columns=[list(path) for path in table.columns],
            rows=len(table.rows),
            bbox=contract.box_to_json(table.bbox),
        )
        for row, cells in enumerate(table.rows):
            for column, text in enumerate(cells):
                yield CellRow(letter_id=key, table=ordinal, row=row, column=column, text=text)


def _projects(key: str, letter: Letter) -> Iterable[Base]:
    for ordinal, project in enumerate(letter.projects):
        yield ProjectRow(
            letter_id=key,
            ordinal=ordinal,
            name=project.name,
            section=project.section,
            label=project.ordinal,
            location=project.location,
            start_year=project.start_year,
            end_year=project.end_year,
            decisions=[[str(number), day.isoformat() if day else None] for number, day in project.decisions],
        )
        for place_, amount in enumerate(project.amounts):
            yield AmountRow(letter_id=key, project=ordinal, ordinal=place_, **dataclasses.asdict(amount))


def _findings(key: str, letter: Letter) -> Iterable[FindingRow]:
    for ordinal, flag in enumerate(letter.flags):
        box = contract.box_to_json(flag.bbox)
        yield FindingRow(
            letter_id=key, kind="flag", ordinal=ordinal, code=flag.code, message=flag.message, page=flag.page, bbox=box
        )
    for ordinal, problem in enumerate(letter.problems):
        columns = dataclasses.asdict(problem)
        yield FindingRow(letter_id=key, kind="problem", ordinal=ordinal, bbox=None, **columns)
