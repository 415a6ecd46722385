"""The review queue: what to look at first, who looks at it, and the sample of what was accepted unseen."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from models.tables import CitationRow, ConfirmedRow, FieldRow, LetterRow
from pipeline.store.accounts import Scope
from pipeline.store.desk_tables import LetterLockRow, LetterReviewRow, SampleRow

LOCKED_FOR = timedelta(minutes=10)
# What a wrong value costs: the own number and the links lead everything that follows astray. Own judgement, to be
# replaced by measured error rates; only the order of the queue depends on it.
HARM = {"number": 5.0, "date": 3.0, "issuer": 3.0, "secrecy": 3.0, "doc_type": 2.0}
OTHER_HARM = 1.0
AMBIGUOUS_HARM = 3.0
# A sampled letter stands in the middle of the queue, so that nothing tells it apart.
SAMPLE_RISK = 1.5
SAMPLE_SHARE = 0.02
SAMPLE_MOST = 20
CITATIONS = "citations"  # filter of the queue: letters with a link to choose


@dataclass(frozen=True, slots=True)
class Waiting:
    """A letter in the queue; `risk` is the sum over its doubtful parts of chance of error times harm."""

    letter_id: str
    number: str | None
    issuer: str | None
    subject: str | None
    issued_on: date | None
    review: tuple[str, ...]
    ambiguous: int
    risk: float
    since: datetime
    locked_by: str | None


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Of the values accepted without review that the sample looked at, so many were wrong."""

    checked: int
    wrong: int


class ReviewQueue:
    """The letters that wait for a person."""

    def __init__(self, writes: Scope, reads: Scope) -> None:
        self._writes = writes
        self._reads = reads

    def queue(
        self, now: datetime, *, issuer: str | None = None, field: str | None = None, limit: int = 50
    ) -> tuple[Waiting, ...]:
        """Letters that wait for a person, the riskiest first."""
        with self._reads() as session:
            query = _queue(issuer, field).limit(limit)
            locks = {lock.letter_id: lock.who for lock in _locks(session, now)}
            return tuple(
                Waiting(
                    row.id, row.number, row.issuer, row.subject, row.issued_on, tuple(row.review), ambiguous or 0,
                    round(float(risk), 2), row.stored_at, locks.get(row.id),
                )
                for row, ambiguous, risk in session.execute(query)
            )  # fmt: skip

    def waiting(self) -> int:
        """How many letters wait."""
        with self._reads() as session:
            return session.scalar(select(func.count()).select_from(LetterRow).where(_waits())) or 0

    def neighbours(self, letter_id: str, who: str, now: datetime) -> tuple[str | None, str | None]:
        """The letters before and after this one among those of the queue that nobody else has open."""
        free = [w.letter_id for w in self.queue(now, limit=500) if w.locked_by in (None, who)]
        if letter_id not in free:
            return None, free[0] if free else None
        place = free.index(letter_id)
        return (free[place - 1] if place else None), (free[place + 1] if place + 1 < len(free) else None)

    def take(self, letter_id: str, who: str, now: datetime) -> str | None:
        """Lock a letter for a while; whoever else has it open already, or None."""
        with self._writes() as session:
            if session.get(LetterRow, letter_id) is None:
                return None
            lock = session.get(LetterLockRow, letter_id)
            if lock is not None and lock.until > now and lock.who != who:
                return lock.who
            session.merge(LetterLockRow(letter_id=letter_id, who=who, until=now + LOCKED_FOR))
            return None

    def open_elsewhere(self, who: str, now: datetime) -> frozenset[str]:
        """Letters that someone else has open."""
        with self._reads() as session:
            return frozenset(lock.letter_id for lock in _locks(session, now) if lock.who != who)

    def draw_sample(self, now: datetime) -> int:
        """Once a day put some of the letters accepted without review into the queue, by chance; how many."""
        with self._writes() as session:
            last = session.scalar(select(func.max(SampleRow.drawn_at)))
            if last is not None and last > now - timedelta(days=1):
                return 0
            seen = exists().where(LetterReviewRow.letter_id == LetterRow.id)
            drawn = exists().where(SampleRow.letter_id == LetterRow.id)
            said = exists().where(ConfirmedRow.letter_id == LetterRow.id)
            accepted = session.scalars(select(LetterRow.id).where(LetterRow.reviewed, ~seen, ~drawn, ~said)).all()
            count = min(max(round(len(accepted) * SAMPLE_SHARE), 1), SAMPLE_MOST, len(accepted))
            for key in random.SystemRandom().sample(list(accepted), count):
                session.add(SampleRow(letter_id=key, drawn_at=now))
            return count

    def error_rate(self, since: datetime) -> ErrorRate:
        """What the sample found since then."""
        with self._reads() as session:
            query = select(func.sum(LetterReviewRow.checked), func.sum(LetterReviewRow.wrong))
            checked, wrong = session.execute(query.where(LetterReviewRow.sampled, LetterReviewRow.at >= since)).one()
            return ErrorRate(checked or 0, wrong or 0)


def _waits() -> ColumnElement[bool]:
    seen = exists().where(LetterReviewRow.letter_id == LetterRow.id)
    several = exists().where(CitationRow.letter_id == LetterRow.id, CitationRow.status == "ambiguous")
    sampled = exists().where(SampleRow.letter_id == LetterRow.id)
    return or_(~LetterRow.reviewed, ~seen & or_(several, sampled))


def _queue(issuer: str | None, field: str | None) -> Any:
    harm = case(HARM, value=FieldRow.field, else_=OTHER_HARM)
    doubt = select(FieldRow.letter_id, func.sum((1 - FieldRow.confidence) * harm).label("risk"))
    said = exists().where(ConfirmedRow.letter_id == FieldRow.letter_id, ConfirmedRow.field == FieldRow.field)
    doubtful = doubt.where(FieldRow.review, ~said).group_by(FieldRow.letter_id).subquery()
    several = select(CitationRow.letter_id, func.count().label("n")).where(CitationRow.status == "ambiguous")
    open_links = several.group_by(CitationRow.letter_id).subquery()
    sampled = exists().where(SampleRow.letter_id == LetterRow.id)
    risk = (
        func.coalesce(doubtful.c.risk, 0.0)
        + AMBIGUOUS_HARM * func.coalesce(open_links.c.n, 0)
        + case((LetterRow.number.is_(None) & ~LetterRow.reviewed, HARM["number"]), else_=0.0)
        + case((sampled & LetterRow.reviewed, SAMPLE_RISK), else_=0.0)
    )
    query = select(LetterRow, open_links.c.n, risk).where(_waits())
    query = query.outerjoin(doubtful, doubtful.c.letter_id == LetterRow.id)
    query = query.outerjoin(open_links, open_links.c.letter_id == LetterRow.id)
    if issuer:
        query = query.where(LetterRow.issuer == issuer)
    if field == CITATIONS:
        query = query.where(open_links.c.n > 0)
    elif field:
        flagged = exists().where(FieldRow.letter_id == LetterRow.id, FieldRow.field == field, FieldRow.review)
        query = query.where(flagged)
    return query.order_by(risk.desc(), LetterRow.stored_at, LetterRow.id)


def _locks(session: Session, now: datetime) -> Sequence[LetterLockRow]:
    return session.scalars(select(LetterLockRow).where(LetterLockRow.until > now)).all()
