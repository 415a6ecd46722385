"""Figures on which two readers differ or that are not clear: confirmed by the sums of their table, or shown."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.tables import sums, unclear
from extractors.tables.entries import Entry
from extractors.tables.reading import ReadTable
from extractors.tables.roles import Measure
from extractors.tables.understanding import ProjectTable
from extractors.vi import money
from models.document import Cell, Document, Reading
from models.letter import Flag

_CLEAR = 0.45  # certainty; less have figures that their cells cut


def flags(document: Document, table: ReadTable, understood: ProjectTable | None) -> Iterator[Flag]:
    """One flag for each doubtful figure of a table that its sums do not confirm. The figure stays as first read."""
    doubts = {(index, column): flag for index, column, flag in unclear.flags(document, table)}
    readings = [r for r in document.readings if r.region == "figure" and r.bbox is not None]
    for index, row in enumerate(table.rows):
        for column, cell in enumerate(row.cells):
            second = _second(readings, cell, row.page)
            doubt = doubts.get((index, column))
            if cell is None or cell.column != column or cell.row_span > 1:
                continue
            if second is None:
                sure = understood is not None and doubt is not None and _verdict(understood, index, column) == cell.text
                yield from () if doubt is None or (sure and not _is_cut(cell)) else (doubt,)
                continue
            verdict = _verdict(understood, index, column, second.text) if understood is not None else None
            if verdict != cell.text or _is_cut(cell):
                hint = f"; the sums fit {verdict}" if verdict else ""
                text = f"read as {cell.text}, by another reader as {second.text or 'nothing'}{hint}"
                yield Flag("figure_disputed", text, row.page, cell.bbox)


def _is_cut(cell: Cell) -> bool:
    """Whether no sum can confirm a figure: the figures beside it are cut the same way, or read together with others."""
    return cell.confidence < _CLEAR or " " in cell.text


def _second(readings: list[Reading], cell: Cell | None, page: int) -> Reading | None:
    return next((r for r in readings if cell is not None and r.page == page and r.bbox == cell.bbox), None)


def _verdict(table: ProjectTable, index: int, column: int, second: str = "") -> str | None:
    """Which of both readings the sums confirm; None if neither, or if there is nothing to compare with."""
    entry = next((entry for entry in table.entries if entry.index == index), None)
    measure = next((measure for measure in table.measures if measure.column == column), None)
    if entry is None or measure is None:
        return None
    first = entry.row.texts[column]
    for text in (first, second):
        value = money.figure(text, english=measure.english)
        if value is not None and any(sums.same(value, other, 1) for other in _expected(table, entry, measure)):
            return text
    return None


def _expected(table: ProjectTable, entry: Entry, measure: Measure) -> Iterator[Decimal]:
    """What the figure should be by each sum that it is a part of."""
    for other in table.measures:  # one source that makes up the whole stands beside it with the same figure
        if other.name == measure.name and other.column != measure.column:
            group = [m for m in table.measures if m.name == measure.name]
            value = sums.value(entry, other)
            if len(group) == 2 and value is not None and value != 0:
                yield value
    added = sums.below(table.entries, entry, measure) if entry in sums.parents(table) else None
    if added is not None:
        yield added
    for parent in sums.parents(table):
        siblings = sums.parts(table.entries, parent, measure)
        printed = sums.value(parent, measure)
        if entry in siblings and printed is not None:
            rest = [v for s in siblings if s is not entry and (v := sums.value(s, measure)) is not None]
            yield printed - sum(rest, Decimal(0))
