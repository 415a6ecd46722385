"""The review desk: what to look at first, who looks at it, what persons say, and taking it back."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, case, exists, func, or_, select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.tables import CitationRow, ConfirmedRow, DecisionRow, FieldRow, LetterRow
from pipeline import contract
from pipeline.corrections import parts_of_number
from pipeline.store import choices
from pipeline.store import rows as letter_rows
from pipeline.store.accounts import Scope
from pipeline.store.desk_tables import (
    ChoiceRow,
    CorrectionRow,
    LetterLockRow,
    LetterReviewRow,
    SampleRow,
)
from pipeline.store.restore import restore
from pipeline.store.stale import mark_stale

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
ABSENT = {"absent": True}  # no confirmed value was there


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
class Act:
    """One thing that a person did to a letter."""

    id: int
    letter_id: str
    action: str
    field: str
    ordinal: int
    before: Any
    after: Any
    machine: Any
    who: str
    at: datetime
    undoes: int | None


@dataclass(frozen=True, slots=True)
class ErrorRate:
    """Of the values accepted without review that the sample looked at, so many were wrong."""

    checked: int
    wrong: int


class Desk:
    """The part of the store that knows review."""

    def __init__(self, writes: Scope, reads: Scope, relink: Callable[[], int]) -> None:
        self._writes = writes
        self._reads = reads
        self._relink = relink

    # The queue

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

    # Fields

    def say(
        self, letter_id: str, field: str, value: Any, *, action: str, who: str, now: datetime, ordinal: int = 0
    ) -> int:
        """Keep what a person says about a field (contract value; None: there is none); the id of the act.

        A number brings its serial and symbol with it.

        Raises:
            ConfigError: if there is no such letter or field.
        """
        if field not in contract.SCALARS and field not in contract.LISTS:
            raise ConfigError(f"no field is called {field!r}")
        with self._writes() as session:
            row = _letter(session, letter_id)
            act = _act(session, row, (field, ordinal), value, action, who, now)
            values = {(field, ordinal): value}
            if field == "number":
                parts = parts_of_number(value) if value else {"serial": None, "symbol": None}
                values |= {(name, 0): part for name, part in parts.items()}
            for (name, place), said in values.items():
                session.merge(
                    ConfirmedRow(
                        letter_id=letter_id, field=name, ordinal=place, value=said, confirmed_by=who, confirmed_at=now
                    )
                )
            _recompute(session, row)
            number = act.id
        self._relink()
        return number

    def alike(self, letter_id: str, field: str) -> tuple[str, ...]:
        """Other letters in which the same words were read for a field, and nobody has said anything about it yet."""
        with self._reads() as session:
            own = session.get(FieldRow, (letter_id, field, 0))
            if own is None or not own.raw:
                return ()
            said = exists().where(ConfirmedRow.letter_id == FieldRow.letter_id, ConfirmedRow.field == field)
            query = select(FieldRow.letter_id).where(FieldRow.field == field, FieldRow.ordinal == 0)
            query = query.where(FieldRow.raw == own.raw, FieldRow.letter_id != letter_id, ~said)
            return tuple(session.scalars(query.order_by(FieldRow.letter_id)))

    def confirm_letter(self, letter_id: str, *, who: str, now: datetime) -> int:
        """Confirm every field that waits for review as it stands, and the letter as a whole; the id of the act."""
        with self._writes() as session:
            row = _letter(session, letter_id)
            stored = restore(session, [letter_id])[0].letter
            for name in tuple(row.review):
                # A list is confirmed item by item; an empty one has nothing to say.
                attribute = contract.SCALARS.get(name)
                value = getattr(stored, attribute) if attribute else None
                if attribute:
                    said = contract.value_to_json(value.value) if value else None
                    _act(session, row, (name, 0), said, "take", who, now)
                    columns = {"letter_id": letter_id, "field": name, "ordinal": 0}
                    session.merge(ConfirmedRow(**columns, value=said, confirmed_by=who, confirmed_at=now))
            row.review = []
            session.flush()
            _recompute(session, row)
            sampled = session.get(SampleRow, letter_id) is not None
            checked, wrong = _verdict(session, letter_id) if sampled else (0, 0)
            review = LetterReviewRow(letter_id=letter_id, who=who, at=now, sampled=sampled)
            review.checked, review.wrong = checked, wrong
            session.merge(review)
            if lock := session.get(LetterLockRow, letter_id):
                session.delete(lock)
            act = _act(session, row, ("letter", 0), None, "letter", who, now)
            number = act.id
        self._relink()
        return number

    # Citations

    def choose(self, letter_id: str, ordinal: int, decision_id: str, *, who: str, now: datetime) -> int:
        """Say which of the documents of its number a citation means; the id of the act.

        Raises:
            ConfigError: if there is no such citation, or the document has another number.
        """
        with self._writes() as session:
            row = _citation(session, letter_id, ordinal)
            if session.get(DecisionRow, decision_id) is None or decision_id not in choices.decisions_like(session, row):
                raise ConfigError("no document of this number has this id; correct the number first")
            before = choices.snapshot(session, row)
            choices.keep(session, row, "link", who=who, now=now, decision_id=decision_id)
            number = _citation_act(session, row, "choose", before, decision_id, who, now)
        self._relink()
        return number

    def reject(self, letter_id: str, ordinal: int, *, who: str, now: datetime) -> int:
        """Say that this is no citation; the id of the act."""
        with self._writes() as session:
            row = _citation(session, letter_id, ordinal)
            before = choices.snapshot(session, row)
            choices.keep(session, row, "reject", who=who, now=now)
            number = _citation_act(session, row, "reject", before, None, who, now)
        self._relink()
        return number

    def renumber(self, letter_id: str, ordinal: int, number: str, *, who: str, now: datetime) -> int:
        """Correct the number of a citation (a valid number); the id of the act."""
        with self._writes() as session:
            row = _citation(session, letter_id, ordinal)
            before = choices.snapshot(session, row)
            choices.keep(session, row, "renumber", who=who, now=now, number=number)
            act = _citation_act(session, row, "renumber", before, number, who, now)
        self._relink()
        return act

    # Taking back

    def undo(self, letter_id: str, *, who: str, now: datetime) -> Act | None:
        """Take back the person's latest act on this letter that stands; None if there is none."""
        with self._writes() as session:
            row = _letter(session, letter_id)
            taken_back = select(CorrectionRow.undoes).where(CorrectionRow.undoes.is_not(None))
            query = select(CorrectionRow).where(CorrectionRow.letter_id == letter_id, CorrectionRow.who == who)
            query = query.where(CorrectionRow.action != "undo", CorrectionRow.id.not_in(taken_back))
            act = session.scalar(query.order_by(CorrectionRow.id.desc()).limit(1))
            if act is None:
                return None
            session.add(
                CorrectionRow(
                    letter_id=letter_id, action="undo", field=act.field, ordinal=act.ordinal, before=act.after,
                    after=act.before, machine=act.machine, who=who, at=now, undoes=act.id,
                )
            )  # fmt: skip
            if act.field == "citation":
                choices.bring_back(session, act.before, now)
            elif act.field == "letter":
                if review := session.get(LetterReviewRow, letter_id):
                    session.delete(review)
            else:
                _unsay(session, row, act, now)
            result = _as_act(act)
        self._relink()
        return result

    def history(self, letter_id: str) -> tuple[Act, ...]:
        """All that persons did to a letter, newest first."""
        with self._reads() as session:
            query = select(CorrectionRow).where(CorrectionRow.letter_id == letter_id)
            return tuple(map(_as_act, session.scalars(query.order_by(CorrectionRow.id.desc()))))

    def corrections(self) -> tuple[Act, ...]:
        """Every value that a person changed, oldest first: labels for measuring, names for the list of bodies."""
        with self._reads() as session:
            taken_back = select(CorrectionRow.undoes).where(CorrectionRow.undoes.is_not(None))
            changed = CorrectionRow.action.in_(("correct", "absent", "take"))
            query = select(CorrectionRow).where(changed, CorrectionRow.id.not_in(taken_back))
            return tuple(map(_as_act, session.scalars(query.order_by(CorrectionRow.id))))

    def confirmed(self, letter_id: str) -> dict[tuple[str, int], tuple[Any, str]]:
        """What persons said about the fields of a letter, and who."""
        with self._reads() as session:
            query = select(ConfirmedRow).where(ConfirmedRow.letter_id == letter_id)
            return {(row.field, row.ordinal): (row.value, row.confirmed_by) for row in session.scalars(query)}

    def chosen(self, letter_id: str) -> dict[str, str]:
        """What persons said about the citations of a letter: kind of choice by link key."""
        with self._reads() as session:
            query = select(ChoiceRow).where(ChoiceRow.letter_id == letter_id)
            return {(row.number and letter_rows.number_key(row.number)) or row.link_key: row.kind
                    for row in session.scalars(query)}  # fmt: skip

    def citation_places(self, letter_id: str) -> tuple[tuple[int, str | None], ...]:
        """Ordinal and link key of each citation of a letter, in the order in which the letter has them."""
        with self._reads() as session:
            query = select(CitationRow.ordinal, CitationRow.link_key).where(CitationRow.letter_id == letter_id)
            return tuple((ordinal, key) for ordinal, key in session.execute(query.order_by(CitationRow.ordinal)))

    def reviewed_by(self, letter_id: str) -> str | None:
        """Who confirmed the letter as a whole."""
        with self._reads() as session:
            row = session.get(LetterReviewRow, letter_id)
            return row.who if row else None


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
    if field:
        flagged = exists().where(FieldRow.letter_id == LetterRow.id, FieldRow.field == field, FieldRow.review)
        query = query.where(flagged)
    return query.order_by(risk.desc(), LetterRow.stored_at, LetterRow.id)


def _locks(session: Session, now: datetime) -> Sequence[LetterLockRow]:
    return session.scalars(select(LetterLockRow).where(LetterLockRow.until > now)).all()


def _letter(session: Session, letter_id: str) -> LetterRow:
    row = session.get(LetterRow, letter_id)
    if row is None:
        raise ConfigError(f"no letter has the id {letter_id!r}")
    return row


def _citation(session: Session, letter_id: str, ordinal: int) -> CitationRow:
    _letter(session, letter_id)
    row = session.get(CitationRow, (letter_id, ordinal))
    if row is None:
        raise ConfigError(f"letter {letter_id!r} has no citation {ordinal}")
    return row


def _act(
    session: Session, letter: LetterRow, place: tuple[str, int], after: Any, action: str, who: str, now: datetime
) -> CorrectionRow:
    key = (letter.id, *place)
    said, machine = session.get(ConfirmedRow, key), session.get(FieldRow, key)
    before = {"said": said.value if said else ABSENT, "review": place[0] in letter.review}
    read = {"value": machine.value, "raw": machine.raw, "confidence": machine.confidence} if machine else None
    row = CorrectionRow(letter_id=letter.id, action=action, field=place[0], ordinal=place[1], before=before)
    row.after, row.machine, row.who, row.at = after, read, who, now
    session.add(row)
    session.flush()
    return row


def _citation_act(
    session: Session, row: CitationRow, action: str, before: Any, after: Any, who: str, now: datetime
) -> int:
    act = CorrectionRow(letter_id=row.letter_id, action=action, field="citation", ordinal=row.ordinal, before=before)
    act.after, act.machine, act.who, act.at = after, {"number": row.number, "status": row.status}, who, now
    session.add(act)
    session.flush()
    return act.id


def _recompute(session: Session, row: LetterRow) -> None:
    """Bring the columns of a letter's row in line with what persons say."""
    session.flush()
    mark_stale(session, [row.link_key])
    final = restore(session, [row.id])[0].letter
    new = letter_rows.letter_row(final, {}, row.stored_at)
    for column in letter_rows.DERIVED:
        setattr(row, column, getattr(new, column))
    cited = session.scalars(select(CitationRow.link_key).where(CitationRow.letter_id == row.id)).all()
    mark_stale(session, [row.link_key, *cited])


def _unsay(session: Session, row: LetterRow, act: CorrectionRow, now: datetime) -> None:
    names = [(act.field, act.ordinal)] + ([("serial", 0), ("symbol", 0)] if act.field == "number" else [])
    before = act.before["said"]
    for name, ordinal in names:
        said = session.get(ConfirmedRow, (row.id, name, ordinal))
        if said is None:
            continue
        if before == ABSENT:
            session.delete(said)
        else:
            part = before if name == act.field else (parts_of_number(before)[name] if before else None)
            said.value, said.confirmed_by, said.confirmed_at = part, act.who, now
    if act.before["review"] and act.field not in row.review:
        row.review = [*row.review, act.field]
    _recompute(session, row)


def _verdict(session: Session, letter_id: str) -> tuple[int, int]:
    """Fields of a sampled letter that had been accepted, and how many of them a person changed."""
    query = select(FieldRow.field, FieldRow.ordinal).where(FieldRow.letter_id == letter_id, ~FieldRow.review)
    accepted = {(name, ordinal) for name, ordinal in session.execute(query)}
    wrong = 0
    for said in session.scalars(select(ConfirmedRow).where(ConfirmedRow.letter_id == letter_id)):
        machine = session.get(FieldRow, (letter_id, said.field, said.ordinal))
        # What belongs to the number counts once, with it.
        if said.field not in ("serial", "symbol") and said.value != (machine.value if machine else None):
            wrong += 1
    return len(accepted), wrong


def _as_act(row: CorrectionRow) -> Act:
    return Act(**{name: getattr(row, name) for name in Act.__dataclass_fields__})
