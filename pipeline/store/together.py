"""Acts on several letters at once that are taken back as one: a body corrected in all, two documents made one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.tables import CitationRow, ConfirmedRow, DecisionRow
from pipeline.store import choices
from pipeline.store.choices import Meant
from pipeline.store.desk_acts import act_on, citation_act, letter_of, recompute, unsay
from pipeline.store.desk_tables import CorrectionRow

ALIKE = "alike"  # field of the act that stands for the others of its batch


def say_alike(
    session: Session, letter_id: str, field: str, value: Any, others: Sequence[str], who: str, now: datetime
) -> int:
    """Give the others the value that a person gave this letter's field; how many."""
    batch = uuid4().hex
    for other in others:
        row = letter_of(session, other)
        act_on(session, row, (field, 0), value, "correct", who, now, batch)
        session.merge(
            ConfirmedRow(letter_id=other, field=field, ordinal=0, value=value, confirmed_by=who, confirmed_at=now)
        )
        recompute(session, row)
    _stand_for(session, letter_id, field, others, who, now, batch)
    return len(others)


def merge(session: Session, one: str, into: str, who: str, now: datetime) -> tuple[str, ...]:
    """Say that a document known only from citations is another one; the letters whose citations now mean that.

    Raises:
        ConfigError: if one is unknown, they are one already, or `one` is held: then its letter is to be corrected.
    """
    source, target = session.get(DecisionRow, one), session.get(DecisionRow, into)
    if source is None or target is None or one == into or target.number is None:
        raise ConfigError("name two documents that are known, the right one with its number")
    if source.held:
        raise ConfigError("this document is held: correct its letter's number instead")
    batch, meant = uuid4().hex, Meant(target.number, target.issued_on, target.issuer)
    rows = session.scalars(select(CitationRow).where(CitationRow.decision_id == one).order_by(CitationRow.letter_id))
    letters: dict[str, None] = {}
    for row in rows.all():
        before = choices.snapshot(session, row)
        before["also"] = choices.link_to(session, row, target, meant, who, now)
        citation_act(session, row, "merge", before, into, who, now, batch)
        letters[row.letter_id] = None
    if not letters:
        raise ConfigError("no citation that you may see means this document")
    return tuple(letters)


def take_back(session: Session, batch: str, who: str, now: datetime) -> None:
    """Undo every act of a batch that still stands."""
    taken_back = select(CorrectionRow.undoes).where(CorrectionRow.undoes.is_not(None))
    query = select(CorrectionRow).where(CorrectionRow.batch == batch, CorrectionRow.id.not_in(taken_back))
    for act in session.scalars(query.order_by(CorrectionRow.id.desc())).all():
        undoing = CorrectionRow(letter_id=act.letter_id, action="undo", field=act.field, ordinal=act.ordinal)
        undoing.before, undoing.after, undoing.machine = act.after, act.before, act.machine
        undoing.who, undoing.at, undoing.undoes = who, now, act.id
        session.add(undoing)
        if act.field == "citation":
            choices.bring_back(session, act.before, now)
        elif act.field != ALIKE:
            unsay(session, letter_of(session, act.letter_id), act, now)


def _stand_for(
    session: Session, letter_id: str, field: str, others: Sequence[str], who: str, now: datetime, batch: str
) -> None:
    act = CorrectionRow(letter_id=letter_id, action=ALIKE, field=ALIKE, ordinal=0, before={"field": field})
    act.after, act.machine, act.who, act.at, act.batch = list(others), None, who, now, batch
    session.add(act)
