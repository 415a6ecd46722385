"""Remembering which links must be decided anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.tables import StaleRow


def mark_stale(session: Session, keys: Iterable[str | None]) -> None:
    """Remember, in the same transaction, that the links of these keys must be decided anew."""
    rows = [{"link_key": key} for key in sorted({key for key in keys if key})]
    if rows:
        make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        session.execute(make(StaleRow).on_conflict_do_nothing(), rows)
