"""The letters of a file as persons say that they begin: split, joined, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.letter import Letter
from models.tables import LetterRow
from pipeline.said_starts import shared_out
from pipeline.store.desk_tables import CorrectionRow, SaidStartsRow
from pipeline.store.restore import as_read, reading

Save = Callable[[Session, Sequence[Letter], str | None, datetime], tuple[str, ...]]


def in_force(session: Session, letters: Sequence[Letter]) -> Sequence[Letter]:
    """The letters of a file just read, shared out as a person said before; as read if that fits no more."""
    said = session.get(SaidStartsRow, letters[0].source.sha256) if letters else None
    if said is None:
        return letters
    try:
        return shared_out(letters, said.starts)
    except ConfigError:
        return letters


def starts_of(session: Session, sha256: str) -> tuple[int, ...]:
    """The pages on which the letters of a file begin."""
    query = select(LetterRow.first_page).where(LetterRow.source_sha256 == sha256).order_by(LetterRow.first_page)
    return tuple(session.scalars(query))


def split(session: Session, row: LetterRow, page: int, who: str, now: datetime, save: Save) -> str:
    """Let a letter begin on `page`, which is inside another; the new letter's id.

    Raises:
        ConfigError: if the page is not inside the letter.
    """
    if not row.first_page < page <= row.last_page:
        raise ConfigError(f"page {page} is not inside this letter")
    before = starts_of(session, row.source_sha256)
    sha256, letter_id = row.source_sha256, row.id
    _say(session, (letter_id, sha256), "split", before, (*before, page), who, now, save)
    return f"{sha256[:16]}-{page}"


def join(session: Session, row: LetterRow, who: str, now: datetime, save: Save) -> str:
    """Make a letter part of the one before it in its file; the id of that one.

    Raises:
        ConfigError: if it is the first of its file.
    """
    before = starts_of(session, row.source_sha256)
    place, sha256 = before.index(row.first_page), row.source_sha256
    if place == 0:
        raise ConfigError("this letter is the first of its file: there is nothing to join it to")
    kept = f"{sha256[:16]}-{before[place - 1]}"
    after = tuple(start for start in before if start != row.first_page)
    _say(session, (kept, sha256), "join", before, after, who, now, save)
    return kept


def bring_back(session: Session, act: CorrectionRow, now: datetime, save: Save) -> None:
    """Undo a split or a join."""
    _share_out(session, act.before["sha256"], act.before["starts"], act.who, now, save)


def _say(
    session: Session, place: tuple[str, str], action: str, before: Sequence[int], after: Sequence[int], who: str,
    now: datetime, save: Save,
) -> None:  # fmt: skip
    act = CorrectionRow(letter_id=place[0], action=action, field="pages", ordinal=0)
    act.before, act.after, act.machine = {"sha256": place[1], "starts": list(before)}, sorted(after), None
    act.who, act.at = who, now
    session.add(act)
    _share_out(session, place[1], sorted(after), who, now, save)


def _share_out(session: Session, sha256: str, starts: list[int], who: str, now: datetime, save: Save) -> None:
    query = select(LetterRow.id).where(LetterRow.source_sha256 == sha256).order_by(LetterRow.first_page)
    letters = []
    for letter in as_read(session, session.scalars(query).all()):
        document = reading(session, f"{sha256[:16]}-{min((p.number for p in letter.pages), default=1)}")
        if document is None:
            raise ConfigError("the pages of this file are not kept: read it again first")
        letters.append(replace(letter, pages=document.pages))
    parts = shared_out(letters, starts)
    session.merge(SaidStartsRow(source_sha256=sha256, starts=starts, who=who, at=now))
    session.flush()
    save(session, parts, None, now)
