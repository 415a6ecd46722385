"""Tables of what researchers keep: saved queries with what they found, and what persons said about bodies."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.tables import Base
from pipeline.store import desk_tables


class SavedQueryRow(Base):
    """A query that a person keeps, to be told of what is new; `question` is `saved.question_json` of it.

    `seen_at` is when its owner last looked: what was found later is new.
    """

    __tablename__ = "saved_queries"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    question: Mapped[dict[str, Any]] = mapped_column(JSON)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    checked_at: Mapped[datetime]


class SavedHitRow(Base):
    """A letter that a saved query has found, and when first; letters read anew keep their row, so nothing is new twice.

    No foreign key to the letter: a new reading takes a letter out and puts it in again.
    """

    __tablename__ = "saved_hits"
    __table_args__ = (Index("ix_saved_hits_found", "query_id", "found_at"),)

    query_id: Mapped[int] = mapped_column(ForeignKey("saved_queries.id", ondelete="CASCADE"), primary_key=True)
    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    found_at: Mapped[datetime]


class AuthorityActRow(Base):
    """What a person (or the confirmed letters) said about bodies; never changed, an undo is an act of its own.

    `action` is add, merge, learn or undo. `subject` is a code (add, learn) or the comparing key of a body (merge),
    `target` the comparing key of the body meant; `undoes` the act that this one takes back.
    """

    __tablename__ = "authority_acts"

    id: Mapped[int] = mapped_column(primary_key=True)
    action: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(index=True)
    target: Mapped[str | None]
    detail: Mapped[dict[str, Any]] = mapped_column(JSON)
    who: Mapped[str]
    at: Mapped[datetime]
    undoes: Mapped[int | None] = mapped_column(ForeignKey("authority_acts.id"))


# All tables of the store together; what migrations are compared with.
METADATA = desk_tables.METADATA
