"""What persons do to letters, written down one act after another, and how the letters' own rows follow."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.tables import CitationRow, ConfirmedRow, FieldRow, LetterRow
from pipeline.corrections import parts_of_number
from pipeline.store import rows as letter_rows
from pipeline.store.desk_tables import CorrectionRow
from pipeline.store.restore import restore
from pipeline.store.stale import mark_stale

ABSENT = {"absent": True}  # no confirmed value was there


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that a person did to a letter; acts of one `batch` are taken back together."""

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
    batch: str | None


def letter_of(session: Session, letter_id: str) -> LetterRow:
    """A letter's row.

    Raises:
        ConfigError: if there is none.
    """
    row = session.get(LetterRow, letter_id)
    if row is None:
        raise ConfigError(f"no letter has the id {letter_id!r}")
    return row


def citation_of(session: Session, letter_id: str, ordinal: int) -> CitationRow:
    """A citation's row.

    Raises:
        ConfigError: if there is none.
    """
    letter_of(session, letter_id)
    row = session.get(CitationRow, (letter_id, ordinal))
    if row is None:
        raise ConfigError(f"letter {letter_id!r} has no citation {ordinal}")
    return row


def act_on(
    session: Session, letter: LetterRow, place: tuple[str, int], after: Any, action: str, who: str, now: datetime,
    batch: str | None = None,
) -> CorrectionRow:  # fmt: skip
    """Write down what a person says about a part of a letter; `batch` ties acts that are taken back together."""
    key = (letter.id, *place)
    said, machine = session.get(ConfirmedRow, key), session.get(FieldRow, key)
    before = {"said": said.value if said else ABSENT, "review": place[0] in letter.review}
    read = {"value": machine.value, "raw": machine.raw, "confidence": machine.confidence} if machine else None
    row = CorrectionRow(letter_id=letter.id, action=action, field=place[0], ordinal=place[1], before=before)
    row.after, row.machine, row.who, row.at, row.batch = after, read, who, now, batch
    session.add(row)
    session.flush()
    return row


def citation_act(
    session: Session, row: CitationRow, action: str, before: Any, after: Any, who: str, now: datetime,
    batch: str | None = None,
) -> int:  # fmt: skip
    """Write down what a person says about a citation; the id of the act."""
    act = CorrectionRow(letter_id=row.letter_id, action=action, field="citation", ordinal=row.ordinal, before=before)
    act.after, act.machine, act.who, act.at = after, {"number": row.number, "status": row.status}, who, now
    act.batch = batch
    session.add(act)
    session.flush()
    return act.id


def recompute(session: Session, row: LetterRow) -> None:
    """Bring the columns of a letter's row in line with what persons say."""
    session.flush()
    mark_stale(session, [row.link_key])
    final = restore(session, [row.id])[0].letter
    new = letter_rows.letter_row(final, {}, row.stored_at)
    for column in letter_rows.DERIVED:
        setattr(row, column, getattr(new, column))
    cited = session.scalars(select(CitationRow.link_key).where(CitationRow.letter_id == row.id)).all()
    mark_stale(session, [row.link_key, *cited])


def unsay(session: Session, row: LetterRow, act: CorrectionRow, now: datetime) -> None:
    """Bring back what was said about a field before an act."""
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
    recompute(session, row)


def as_act(row: CorrectionRow) -> Act:
    """The act of a row."""
    return Act(**{name: getattr(row, name) for name in Act.__dataclass_fields__})
