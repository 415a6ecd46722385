"""Remembering which links must be decided anew."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.tables import StaleRow


def mark_stale(session: Session, keys: Iterable[str | None]) -> None:
    """Remember, in the same transaction, that the links of these keys must be decided anew.

    A key that is there already is locked until this transaction ends: relinking on PostgreSQL, which takes the key
    away, must wait for it, or it would decide without the letter that is being written.
    """
    rows = [{"link_key": key} for key in sorted({key for key in keys if key})]
    if rows:
        make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
        statement = make(StaleRow)
        again = {"link_key": statement.excluded.link_key}
        session.execute(statement.on_conflict_do_update(index_elements=["link_key"], set_=again), rows)
