"""Saved queries and their alerts: which letters a question finds that it had not found before.

What a query has found is kept, letter by letter, so a letter that is read again is not new a second time, and one that
comes to fit only because a link was decided later is new then. The first look finds everything and counts as seen.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, func, insert, literal, select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.tables import CitationRow, LetterRow
from pipeline.store import graph
from pipeline.store.accounts import Scope
from pipeline.store.browse import Filter, matching
from pipeline.store.research_tables import SavedHitRow, SavedQueryRow
from pipeline.store.search import Hit
from pipeline.store.selection import Selection

COMMAND_LINE = ""  # the owner of queries kept from the command line, where nobody logs in


@dataclass(frozen=True, slots=True)
class Question:
    """What a saved query asks: a list's filter, and maybe a document that the letters must cite.

    Attributes:
        cites: A number, number and year, or id, looked up anew at every run: "17/NQ-CP 2019".
    """

    filter: Filter = field(default_factory=Filter)
    cites: str | None = None


@dataclass(frozen=True, slots=True)
class SavedQuery:
    """A kept query; `found` letters in all, `new` of them found after `seen_at`."""

    id: int
    owner: str
    name: str
    question: Question
    created_at: datetime
    seen_at: datetime
    checked_at: datetime
    found: int
    new: int


@dataclass(frozen=True, slots=True)
class Fresh:
    """A letter that a saved query found, and when it found it first."""

    hit: Hit
    found_at: datetime


class Saved:
    """The part of the store that keeps queries."""

    def __init__(self, writes: Scope, reads: Scope) -> None:
        self._writes = writes
        self._reads = reads

    def keep(self, owner: str, name: str, question: Question, now: datetime) -> int:
        """Keep a query; its id. What it finds now counts as seen.

        Raises:
            ConfigError: if its owner has one of that name, or the name is empty.
        """
        if not name.strip():
            raise ConfigError("a saved query needs a name")
        with self._writes() as session:
            same = select(SavedQueryRow.id).where(SavedQueryRow.owner == owner, SavedQueryRow.name == name)
            if session.scalar(same) is not None:
                raise ConfigError(f"there is a saved query {name!r} already")
            row = SavedQueryRow(owner=owner, name=name, question=question_json(question))
            row.created_at = row.seen_at = row.checked_at = now
            session.add(row)
            session.flush()
            _look(session, row, now)
            return row.id

    def all(self, owner: str | None = None) -> tuple[SavedQuery, ...]:
        """The queries of one owner, of everybody if `owner` is None, by name."""
        with self._reads() as session:
            query = select(SavedQueryRow).order_by(SavedQueryRow.name, SavedQueryRow.id)
            if owner is not None:
                query = query.where(SavedQueryRow.owner == owner)
            return tuple(_saved(session, row) for row in session.scalars(query).all())

    def get(self, key: int, owner: str | None = None) -> SavedQuery | None:
        """One query; None if there is none, or it is another's."""
        with self._reads() as session:
            row = session.get(SavedQueryRow, key)
            if row is None or owner not in (None, row.owner):
                return None
            return _saved(session, row)

    def remove(self, key: int, owner: str | None = None) -> bool:
        """Forget a query; whether there was one of that owner."""
        with self._writes() as session:
            row = session.get(SavedQueryRow, key)
            if row is None or owner not in (None, row.owner):
                return False
            session.delete(row)
            return True

    def refresh(self, now: datetime, key: int | None = None) -> int:
        """Run one query, or all; how many letters they found that they had not found before."""
        with self._writes() as session:
            query = select(SavedQueryRow).order_by(SavedQueryRow.id)
            if key is not None:
                query = query.where(SavedQueryRow.id == key)
            return sum(_look(session, row, now) for row in session.scalars(query).all())

    def found(
        self, key: int, *, since: datetime | None = None, offset: int = 0, limit: int = 100
    ) -> tuple[Fresh, ...]:
        """What a query found after `since` (None: after its owner last looked), the latest found first."""
        with self._reads() as session:
            row = session.get(SavedQueryRow, key)
            if row is None:
                return ()
            query = select(LetterRow, SavedHitRow.found_at).join(SavedHitRow, SavedHitRow.letter_id == LetterRow.id)
            query = query.where(SavedHitRow.query_id == key, SavedHitRow.found_at > (since or row.seen_at))
            query = query.order_by(SavedHitRow.found_at.desc(), LetterRow.issued_on.desc(), LetterRow.id)
            found = session.execute(query.offset(offset).limit(limit))
            return tuple(Fresh(_hit(letter), found_at) for letter, found_at in found)

    def looked(self, key: int, now: datetime) -> None:
        """Its owner has seen all that was found up to `now`."""
        with self._writes() as session:
            row = session.get(SavedQueryRow, key)
            if row is not None:
                row.seen_at = max(row.seen_at, now)


def _look(session: Session, row: SavedQueryRow, now: datetime) -> int:
    """Put down what the query finds and had not found; how many letters."""
    fits = _letters(session, question_of(row.question))
    row.checked_at = now
    session.flush()
    if fits is None:
        return 0
    known = select(SavedHitRow.letter_id).where(SavedHitRow.query_id == row.id)
    query = fits.with_only_columns(literal(row.id), LetterRow.id, literal(now)).where(LetterRow.id.not_in(known))
    before = _count(session, row.id)
    session.execute(insert(SavedHitRow).from_select(["query_id", "letter_id", "found_at"], query))
    return _count(session, row.id) - before


def _count(session: Session, key: int) -> int:
    return session.scalar(select(func.count()).select_from(SavedHitRow).where(SavedHitRow.query_id == key)) or 0


def _letters(session: Session, question: Question) -> Select[Any] | None:
    """The letters that the question asks for; None if it names a document that nothing is known of."""
    query = matching(session, question.filter, LetterRow.id)
    if question.cites is None:
        return query
    nodes = [node.id for node in graph.find(session, question.cites)]
    if not nodes:
        return None
    citing = select(CitationRow.letter_id).where(CitationRow.decision_id.in_(nodes))
    if question.filter.relation:
        citing = citing.where(CitationRow.relation == question.filter.relation)
    return query.where(LetterRow.id.in_(citing))


def _saved(session: Session, row: SavedQueryRow) -> SavedQuery:
    # Joined with the letters: a hit that went, or that this reader may not see, is not counted.
    hits = select(func.count()).select_from(LetterRow).join(SavedHitRow, SavedHitRow.letter_id == LetterRow.id)
    hits = hits.where(SavedHitRow.query_id == row.id)
    found = session.scalar(hits) or 0
    new = session.scalar(hits.where(SavedHitRow.found_at > row.seen_at)) or 0
    return SavedQuery(
        row.id, row.owner, row.name, question_of(row.question), row.created_at, row.seen_at, row.checked_at, found, new
    )


def question_json(question: Question) -> dict[str, Any]:
    """The question as it is stored: only what it narrows down."""
    selection = asdict(question.filter.selection)
    values = {"words": question.filter.words, "year": question.filter.year, "relation": question.filter.relation}
    values["cited"] = question.filter.cited
    days = {name: day.isoformat() for name in ("since", "until") if (day := selection[name])}
    return {name: v for name, v in {**selection, **values, **days, "cites": question.cites}.items() if v}


def question_of(record: dict[str, Any]) -> Question:
    """The question that `question_json` wrote; names that a newer program added are passed over."""
    known: dict[str, Any] = {name: record[name] for name in Selection.__dataclass_fields__ if name in record}
    known |= {name: date.fromisoformat(known[name]) for name in ("since", "until") if name in known}
    selection = Selection(**known)
    wanted = Filter(record.get("words", ""), record.get("year"), record.get("relation"), selection, record.get("cited"))
    return Question(wanted, record.get("cites"))


def _hit(row: LetterRow) -> Hit:
    return Hit(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.subject, "", None)
