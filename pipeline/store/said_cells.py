"""Table cells as persons corrected them: kept apart, put in force again after every reading, taken back exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from extractors.tables.reading import ReadTable, read_tables
from models.errors import ConfigError
from models.letter import Letter
from models.tables import AmountRow, CellRow, FindingRow, LetterRow, ProjectRow, TableRow
from pipeline.said_tables import SaidCell, fits, retold
from pipeline.store import rows, rows_below
from pipeline.store.desk_tables import CorrectionRow, SaidCellRow
from pipeline.store.restore import reading, restore


@dataclass(frozen=True, slots=True)
class Sheet:
    """The tables of a letter with their places on the page, and what persons say of their cells.

    Attributes:
        read: As the program reads them.
        said: By (table, row, column): the text and who says it.
        stale: Corrections that the program's latest reading no longer fits.
    """

    read: tuple[ReadTable, ...]
    said: dict[tuple[int, int, int], tuple[str, str]]
    stale: tuple[SaidCell, ...]


def sheet(session: Session, letter_id: str) -> Sheet:
    """The tables of a letter; empty if its pages are not kept."""
    document = reading(session, letter_id)
    tables = read_tables(document) if document else ()
    said, stale = {}, []
    for row in _rows(session, letter_id):
        cell = _cell(row)
        if cell.table < len(tables) and fits(tables[cell.table], cell):
            said[cell.table, cell.row, cell.column] = (row.said, row.who)
        else:
            stale.append(cell)
    return Sheet(tables, said, tuple(stale))


def in_force(session: Session, letter: Letter) -> Letter:
    """A letter just read, with the cells that persons corrected in it before."""
    cells = [_cell(row) for row in _rows(session, rows.letter_id(letter))]
    return retold(letter, cells) if cells else letter


def say(session: Session, row: LetterRow, place: tuple[int, int, int], said: str, who: str, now: datetime) -> int:
    """Correct a cell; the id of the act.

    Raises:
        ConfigError: if the letter has no such cell.
    """
    document = reading(session, row.id)
    read = _text_at(read_tables(document) if document else (), place)
    key = (row.id, *place)
    old = session.get(SaidCellRow, key)
    act = CorrectionRow(letter_id=row.id, action="correct", field="cell", ordinal=place[0])
    act.before = {"place": list(place), "said": old.said if old else None, "read": old.read if old else read}
    act.after, act.machine, act.who, act.at = said, {"value": read}, who, now
    session.add(act)
    _keep(session, key, read, said, who, now)
    _rewrite(session, row)
    return act.id


def bring_back(session: Session, row: LetterRow, act: CorrectionRow, now: datetime) -> None:
    """Undo the correction of a cell."""
    before = act.before
    _keep(session, (row.id, *before["place"]), before["read"], before["said"], act.who, now)
    _rewrite(session, row)


def _keep(session: Session, key: tuple[Any, ...], read: str, said: str | None, who: str, now: datetime) -> None:
    names = ("letter_id", "table", "row", "column")
    if said is None or said == read:
        same = [getattr(SaidCellRow, name) == value for name, value in zip(names, key, strict=True)]
        session.execute(delete(SaidCellRow).where(*same))
    else:
        columns = dict(zip(names, key, strict=True))
        session.merge(SaidCellRow(**columns, read=read, said=said, who=who, at=now))
    session.flush()


def _rewrite(session: Session, row: LetterRow) -> None:
    """Bring tables, projects and findings of a letter in line with what is said of its cells."""
    document = reading(session, row.id)
    stored = restore(session, [row.id])[0].letter
    pages = document.pages if document else stored.pages
    told = retold(replace(stored, pages=pages), [_cell(each) for each in _rows(session, row.id)])
    for kind in (CellRow, TableRow, AmountRow, ProjectRow, FindingRow):
        session.execute(delete(kind).where(kind.letter_id == row.id))
    session.expire_all()
    rows_below.write(session, rows_below.of_tables(told))


def _rows(session: Session, letter_id: str) -> list[SaidCellRow]:
    query = select(SaidCellRow).where(SaidCellRow.letter_id == letter_id)
    return list(session.scalars(query.order_by(SaidCellRow.table, SaidCellRow.row, SaidCellRow.column)))


def _cell(row: SaidCellRow) -> SaidCell:
    return SaidCell(row.table, row.row, row.column, row.read, row.said)


def _text_at(tables: tuple[ReadTable, ...], place: tuple[int, int, int]) -> str:
    table, row, column = place
    if not (table < len(tables) and row < len(tables[table].rows) and column < len(tables[table].columns)):
        raise ConfigError("the letter has no such cell")
    return tables[table].rows[row].texts[column]
