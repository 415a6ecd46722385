"""Faults within the database that no key can prevent."""

from __future__ import annotations

from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from models.tables import CitationRow, DecisionRow, LetterRow, OutcomeRow, PageRow, ReadingRow, RunRow, TextRow


def faults(session: Session) -> list[str]:
    """Every fault in words."""
    return [*_missing_parts(session), *_strays(session), *_books(session), *_index(session)]


def _missing_parts(session: Session) -> list[str]:
    found = []
    pages = select(PageRow.letter_id, func.count().label("n")).group_by(PageRow.letter_id).subquery()
    query = select(LetterRow.id, LetterRow.first_page, LetterRow.last_page, pages.c.n)
    wanted = LetterRow.last_page - LetterRow.first_page + 1
    query = query.outerjoin(pages, pages.c.letter_id == LetterRow.id)
    query = query.where((pages.c.n.is_(None)) | (pages.c.n != wanted)).order_by(LetterRow.id)
    for key, first, last, count in session.execute(query):
        found.append(f"letter {key} has {count or 0} pages stored of {last - first + 1}")
    for kind, what in ((TextRow, "text for search"), (ReadingRow, "recorded reading")):
        without = select(LetterRow.id).where(LetterRow.id.not_in(select(kind.letter_id))).order_by(LetterRow.id)
        found += [f"letter {key} has no {what}" for key in session.scalars(without)]
    return found


def _strays(session: Session) -> list[str]:
    known = select(DecisionRow.id)
    query = select(CitationRow.letter_id, CitationRow.number).where(CitationRow.decision_id.not_in(known))
    return [f"letter {key} is linked to {number}, which is not there" for key, number in session.execute(query)]


def _books(session: Session) -> list[str]:
    sums = RunRow.stored + RunRow.duplicate + RunRow.quarantined + RunRow.failed + RunRow.retriable
    query = select(RunRow.id).where(RunRow.finished.is_not(None), RunRow.seen != sums).order_by(RunRow.id)
    found = [f"the books of run {run} do not add up" for run in session.scalars(query)]
    twice = select(OutcomeRow.run_id, OutcomeRow.sha256).where(OutcomeRow.outcome == "stored")
    twice = twice.group_by(OutcomeRow.run_id, OutcomeRow.sha256).having(func.count() > 1)
    return found + [f"run {run} stored the file {sha256} twice" for run, sha256 in session.execute(twice)]


def _index(session: Session) -> list[str]:
    """The full-text index of SQLite stands beside its table; PostgreSQL's is a column and cannot be out of step."""
    if session.get_bind().dialect.name != "sqlite":
        return []
    rows = session.scalar(select(func.count()).select_from(TextRow)) or 0
    indexed = session.scalar(text("select count(*) from letter_search_docsize")) or 0
    if rows != indexed:
        return [f"the search index knows {indexed} letters of {rows}"]
    try:
        state = session.scalar(text("pragma quick_check(1)"))
    except DatabaseError as error:
        return [f"the database file is damaged: {error.orig}"]
    return [] if state == "ok" else [f"the database file is damaged: {state}"]
