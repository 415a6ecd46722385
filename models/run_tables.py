"""Rows of runs, of files that wait, and of what each run understood; see `models.tables`."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from models.table_base import Base


class RunRow(Base):
    """One run of `ingest`: seen = stored + duplicate + quarantined + failed + retriable."""

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    command: Mapped[str]
    started: Mapped[datetime]
    finished: Mapped[datetime | None]
    seen: Mapped[int] = mapped_column(default=0)
    stored: Mapped[int] = mapped_column(default=0)
    duplicate: Mapped[int] = mapped_column(default=0)
    quarantined: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    retriable: Mapped[int] = mapped_column(default=0)
    pages: Mapped[int] = mapped_column(default=0)
    stopped: Mapped[str | None]


class OutcomeRow(Base):
    """What became of one file in one run; `at` is seconds since 1970, `seconds` what reading took."""

    __tablename__ = "run_outcomes"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    ordinal: Mapped[int] = mapped_column(primary_key=True)
    path: Mapped[str]
    sha256: Mapped[str | None] = mapped_column(String(64))
    outcome: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(40))
    pages: Mapped[int] = mapped_column(default=0, server_default="0")
    seconds: Mapped[float | None]
    at: Mapped[float | None]


class TallyRow(Base):
    """Files of one run that were settled before and are unchanged: counted, not listed again every night."""

    __tablename__ = "run_tallies"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(12), primary_key=True)
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int]


class WorkRow(Base):
    """A file that waits to be read or is being read; gone once it is settled. Times are seconds since 1970.

    `state` is queued, claimed, or waiting (for a later run, after temporary faults). `token` is new at every claim:
    a result is taken only from its holder. `tries` counts faults within the run, `attempts` earlier runs with faults,
    `deaths` workers that died on the file.
    """

    __tablename__ = "work"
    __table_args__ = (Index("ix_work_run_state", "run_id", "state"),)

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    path: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    purpose: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8))
    run_id: Mapped[int]
    ordinal: Mapped[int]
    tries: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0)
    due: Mapped[float] = mapped_column(default=0.0)
    token: Mapped[str | None] = mapped_column(String(32))
    worker: Mapped[str | None]
    claimed_at: Mapped[float | None]
    lease_until: Mapped[float | None]
    failed_at: Mapped[float | None]
    reason: Mapped[str | None] = mapped_column(String(40))
    message: Mapped[str | None]


class SeenFileRow(Base):
    """What a path held when it was last looked at, so that an unchanged file need not be read to be known."""

    __tablename__ = "seen_files"

    path: Mapped[str] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    mtime_ns: Mapped[int] = mapped_column(BigInteger)
    inode: Mapped[int] = mapped_column(BigInteger)
    sha256: Mapped[str] = mapped_column(String(64))


class VersionRow(Base):
    """What one run understood of a letter, as compressed JSON of the contract; kept for ever, for `congvan diff`.

    A backfill keeps the reading too and waits with it: until applied it has changed nothing.
    """

    __tablename__ = "letter_versions"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    letter_id: Mapped[str] = mapped_column(String(24), primary_key=True)
    sha256: Mapped[str] = mapped_column(String(64), index=True)
    record: Mapped[bytes] = mapped_column(LargeBinary)
    reading: Mapped[bytes | None] = mapped_column(LargeBinary)
    read_by: Mapped[str | None]
    applied: Mapped[bool] = mapped_column(default=True)


class ChangeRow(Base):
    """How often letters were changed, see `pipeline.store.changes`: on SQLite, where one writes at a time, one row.

    On PostgreSQL one row a transaction, `id` is its number, so that writers never wait for each other.
    """

    __tablename__ = "letter_changes"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    n: Mapped[int] = mapped_column(BigInteger)
