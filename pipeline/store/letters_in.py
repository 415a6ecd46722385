"""Letters into the database and out of it again, within a session of the caller."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from models.letter import Letter
from models.tables import CitationRow, ConfirmedRow, LetterRow, SourceRow
from pipeline.store import rows, rows_below, said_cells
from pipeline.store.stale import mark_stale


def save_letter(session: Session, letter: Letter, now: datetime, read_by: str | None = None) -> str:
    """Store a letter, or bring what is stored of it up to date; its id. The same letter again changes nothing."""
    key = rows.letter_id(letter)
    _save_source(session, letter, now, read_by)
    old = session.get(LetterRow, key)
    recorded = rows.recording(letter)
    if old is not None and old.digest == rows.digest(letter, recorded):
        return key
    if old is not None:
        remove_letter(session, key)
    session.flush()
    row = rows.letter_row(letter, _confirmed(session, key), now, recorded)
    below = rows_below.below(said_cells.in_force(session, letter), row.host, recorded)
    rows_below.write(session, [row, *below])
    mark_stale(session, [row.link_key, *(r.link_key for r in below if isinstance(r, CitationRow))])
    return key


def keys_cited_by(letter_id: str) -> Select[str | None]:
    """Link keys of what a letter cites."""
    return select(CitationRow.link_key).where(CitationRow.letter_id == letter_id)


def _confirmed(session: Session, letter_id: str) -> dict[tuple[str, int], Any]:
    query = select(ConfirmedRow).where(ConfirmedRow.letter_id == letter_id)
    return {(row.field, row.ordinal): row.value for row in session.scalars(query)}


def remove_letter(session: Session, letter_id: str) -> None:
    """Take a letter out, all that is below it too, and remember whose links that changes. Confirmed values stay."""
    keys = session.scalars(keys_cited_by(letter_id)).all()
    own = session.scalar(select(LetterRow.link_key).where(LetterRow.id == letter_id))
    mark_stale(session, [own, *keys])
    session.execute(delete(LetterRow).where(LetterRow.id == letter_id))


def remove_file(session: Session, sha256: str) -> None:
    """Take out all letters of a file."""
    for key in session.scalars(select(LetterRow.id).where(LetterRow.source_sha256 == sha256)).all():
        remove_letter(session, key)


def _save_source(session: Session, letter: Letter, now: datetime, read_by: str | None) -> None:
    source = letter.source
    row = session.get(SourceRow, source.sha256)
    if row is None:
        row = SourceRow(sha256=source.sha256, name=source.name, path=str(source.path), first_seen=now, last_seen=now)
        row.media_type, row.size, row.status, row.pages, row.attempts = source.media_type, source.size, "stored", 0, 1
        session.add(row)
    elif row.status != "stored":
        row.status, row.reason, row.message, row.last_seen = "stored", None, None, now
        # set aside before it was known what it is
        row.media_type = source.media_type
    row.pages = max(row.pages, *(page.number for page in letter.pages), 0)
    row.read_by = read_by or row.read_by
