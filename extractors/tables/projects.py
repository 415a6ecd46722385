"""Rows of project tables: section, name, place, years, decisions, and each amount in đồng."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from extractors.citations.numbers import find_numbers
from extractors.flow import unmarked
from extractors.registry import extractor
from extractors.tables.entries import PROJECT, Entry
from extractors.tables.reading import read_tables
from extractors.tables.roles import decision_columns
from extractors.tables.ruled import evidence_of
from extractors.tables.understanding import ProjectTable, understand
from extractors.vi import money
from extractors.vi.dates import calendar_date, find_dates
from models.document import Candidate, Document
from models.identifiers import DocumentNumber
from models.letter import Amount, Project

_YEAR = re.compile(r"(?<![\d.,])(?:19|20)\d\d(?![.,]?\d)")
_SHORT_END = re.compile(r"\s*[-–]\s*(\d\d)(?![\d/.])")


@extractor("projects", version=4)
def find(document: Document) -> Iterator[Candidate]:
    """Yield one candidate per project row, in the order of the tables."""
    for table in read_tables(document):
        understood = understand(table)
        if understood is None:
            continue
        evidence = evidence_of(document, table)
        for entry in understood.entries:
            if entry.kind == PROJECT:
                project = project_of(understood, entry)
                yield Candidate("project", project, entry.name, evidence, _score(entry), bbox=entry.row.bbox)


def project_of(table: ProjectTable, entry: Entry) -> Project:
    """One row as a project; amounts that the row leaves blank are left out."""
    start, end = _years(_cell(table, entry, "time"))
    if end is None:
        finish = _years(_cell(table, entry, "finish"))
        end = finish[1] or finish[0]
    return Project(
        name=entry.name,
        section=entry.section,
        ordinal=entry.ordinal,
        location=_cell(table, entry, "location") or None,
        start_year=start,
        end_year=end,
        decisions=_decisions(table, entry),
        amounts=tuple(_amounts(table, entry)),
    )


def _cell(table: ProjectTable, entry: Entry, role: str) -> str:
    column = table.roles.get(role)
    return entry.row.texts[column] if column is not None else ""


def _decisions(table: ProjectTable, entry: Entry) -> tuple[tuple[DocumentNumber, date | None], ...]:
    """Those of all columns of decisions, each once."""
    texts = dict.fromkeys(entry.row.texts[column] for column in decision_columns(table.table))
    return tuple(dict.fromkeys(each for text in texts for each in decisions_in(text)))


def _years(text: str) -> tuple[int | None, int | None]:
    """First and last year: "2021-2023", "2021-23", "Quý I/2021 đến Quý IV/2023", "2022"."""
    found = list(_YEAR.finditer(text))
    if not found:
        return None, None
    if short := _SHORT_END.match(text, found[0].end()):
        return int(found[0][0]), int(found[0][0][:2] + short[1])
    return int(found[0][0]), int(found[-1][0]) if len(found) > 1 else None


def decisions_in(text: str) -> tuple[tuple[DocumentNumber, date | None], ...]:
    """The decisions that a cell names, each with the date that follows it."""
    if not text:
        return ()
    numbers = list(find_numbers(text, unmarked(text)))
    found = []
    for place, hit in enumerate(numbers):
        stop = numbers[place + 1].start if place + 1 < len(numbers) else len(text)
        day = next(
            (
                calendar_date(str(d.day), str(d.month), d.year)
                for d in find_dates(text[hit.end : stop])
                if d.year is not None
            ),
            None,
        )
        found.append((hit.number, day))
    return tuple(found)


def _amounts(table: ProjectTable, entry: Entry) -> Iterator[Amount]:
    for measure in table.measures:
        text = entry.row.texts[measure.column]
        if text:
            vnd = money.in_dong(text, measure.unit, english=measure.english)
            yield Amount(measure.name, text, measure.source, measure.period, vnd)


def _score(entry: Entry) -> float:
    return min((cell.confidence for cell in entry.row.cells if cell is not None and cell.text), default=1.0)
