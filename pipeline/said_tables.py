"""Tables as persons corrected them: what follows from a changed cell in projects and totals.

A correction holds for as long as the program reads the same text in the same cell; a new reading that differs is shown
and never overwritten in silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.tables import checks
from extractors.tables.entries import PROJECT
from extractors.tables.projects import project_of
from extractors.tables.reading import ReadTable, read_tables
from extractors.tables.understanding import as_table, understand
from models.document import Document
from models.letter import Flag, Letter, Project


@dataclass(frozen=True, slots=True)
class SaidCell:
    """A cell of a body row: what the program read there, and what a person says."""

    table: int
    row: int
    column: int
    read: str
    said: str


def retold(letter: Letter, cells: Sequence[SaidCell]) -> Letter:
    """The letter with the corrected cells, and with the projects and findings that follow from all of its tables.

    Args:
        letter: With the words and lines of its pages.
        cells: Those that no longer fit the reading are passed over.
    """
    document = Document(letter.source, letter.pages)
    tables = [corrected(table, at, cells) for at, table in enumerate(read_tables(document))]
    kept = [flag for flag in letter.flags if flag.code not in checks.CODES]
    return replace(
        letter,
        tables=tuple(map(as_table, tables)),
        projects=tuple(_projects(tables)),
        flags=(*kept, *findings(document, tables)),
    )


def corrected(table: ReadTable, at: int, cells: Iterable[SaidCell]) -> ReadTable:
    """The table with those of `cells` that are its own, being the letter's table number `at`, and that still fit."""
    own = [cell for cell in cells if cell.table == at and fits(table, cell)]
    said = {place: cell.said for cell in own for place in reach(table, cell)}
    if not said:
        return table
    rows = tuple(
        replace(row, texts=tuple(said.get((i, j), text) for j, text in enumerate(row.texts)))
        for i, row in enumerate(table.rows)
    )
    return replace(table, rows=rows)


def reach(table: ReadTable, cell: SaidCell) -> tuple[tuple[int, int], ...]:
    """The places that a correction reaches: all that a merged cell covers."""
    own = table.rows[cell.row].cells[cell.column]
    if own is None:
        return ((cell.row, cell.column),)
    return tuple((i, j) for i, row in enumerate(table.rows) for j, other in enumerate(row.cells) if other is own)


def fits(table: ReadTable, cell: SaidCell) -> bool:
    """Whether the program still reads in this place what it read when the cell was corrected."""
    inside = cell.row < len(table.rows) and cell.column < len(table.columns)
    return inside and table.rows[cell.row].texts[cell.column] == cell.read


def findings(document: Document, tables: Iterable[ReadTable]) -> Iterator[Flag]:
    """What does not add up in the tables."""
    year = checks.letter_year(document)
    for table in tables:
        understood = understand(table)
        if understood is not None:
            yield from checks.flags(understood, year)


def _projects(tables: Iterable[ReadTable]) -> Iterator[Project]:
    for table in tables:
        understood = understand(table)
        if understood is not None:
            yield from (project_of(understood, entry) for entry in understood.entries if entry.kind == PROJECT)
