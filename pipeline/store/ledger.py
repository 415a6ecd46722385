"""What became of each file and each run. The counts of a run add up: seen = stored + duplicate + ... + retriable."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.document import Source
from models.tables import OutcomeRow, RunRow, SourceRow

Outcome = Literal["stored", "duplicate", "quarantined", "failed", "retriable"]
Scope = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures of one run."""

    seen: int = 0
    stored: int = 0
    duplicate: int = 0
    quarantined: int = 0
    failed: int = 0
    retriable: int = 0
    pages: int = 0


@dataclass(frozen=True, slots=True)
class SourceState:
    """A file as the store knows it.

    Attributes:
        status: "stored", "quarantined", "failed" or "retriable".
        reason: Stable code where it was not stored.
        read_by: Versions of the extractors that read it.
    """

    sha256: str
    name: str
    path: str
    media_type: str
    size: int
    pages: int
    status: str
    reason: str | None
    message: str | None
    attempts: int
    read_by: str | None
    first_seen: datetime
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class Run:
    """One run with its figures; `finished` is None if it was cut off."""

    id: int
    command: str
    started: datetime
    finished: datetime | None
    counts: Counts


class Ledger:
    """The part of the store that knows files and runs."""

    def __init__(self, writes: Scope, reads: Scope) -> None:
        self._writes = writes
        self._reads = reads

    def state(self, sha256: str) -> SourceState | None:
        """What is known of a file by its bytes; None if it was never seen."""
        with self._reads() as session:
            row = session.get(SourceRow, sha256)
            return _state(row) if row else None

    def states(self, *statuses: str) -> tuple[SourceState, ...]:
        """All files in one of `statuses`, by name."""
        with self._reads() as session:
            query = select(SourceRow).where(SourceRow.status.in_(statuses)).order_by(SourceRow.name, SourceRow.sha256)
            return tuple(_state(row) for row in session.scalars(query))

    def matching(self, ref: str) -> tuple[SourceState, ...]:
        """Files whose digest begins with `ref` or whose name it is."""
        with self._reads() as session:
            begins = SourceRow.sha256.startswith(ref.lower(), autoescape=True)
            query = select(SourceRow).where(begins | (SourceRow.name == ref)).order_by(SourceRow.sha256)
            return tuple(_state(row) for row in session.scalars(query))

    def set_aside(
        self, source: Source, status: Outcome, reason: str, message: str, now: datetime, read_by: str | None = None
    ) -> None:
        """Remember that a file could not be stored; a file that is stored already stays so."""
        with self._writes() as session:
            row = session.get(SourceRow, source.sha256)
            if row is None:
                row = SourceRow(sha256=source.sha256, first_seen=now, attempts=0, pages=0)
                row.media_type, row.size = source.media_type, source.size
                row.name, row.path = source.name, str(source.path)
                session.add(row)
            elif row.status == "stored":
                return
            row.status, row.reason, row.message, row.last_seen = status, reason, message, now
            row.read_by = read_by
            row.attempts += 1

    def start(self, command: str, now: datetime) -> int:
        """Open a run; its id."""
        with self._writes() as session:
            row = RunRow(command=command, started=now)
            session.add(row)
            session.flush()
            return row.id

    def note(self, run: int, ordinal: int, path: str, sha256: str | None, outcome: Outcome, reason: str | None) -> None:
        """Write down what became of one file in a run."""
        with self._writes() as session:
            columns = {"path": path, "sha256": sha256, "outcome": outcome, "reason": reason}
            session.add(OutcomeRow(run_id=run, ordinal=ordinal, **columns))

    def finish(self, run: int, counts: Counts, now: datetime) -> None:
        """Close a run with its figures."""
        with self._writes() as session:
            row = session.get_one(RunRow, run)
            for name, value in asdict(counts).items():
                setattr(row, name, value)
            row.finished = now

    def runs(self, limit: int = 10) -> tuple[Run, ...]:
        """The latest runs, newest first."""
        with self._reads() as session:
            rows = session.scalars(select(RunRow).order_by(RunRow.id.desc()).limit(limit))
            return tuple(_run(row) for row in rows)


def _state(row: SourceRow) -> SourceState:
    return SourceState(**{name: getattr(row, name) for name in SourceState.__dataclass_fields__})


def _run(row: RunRow) -> Run:
    counts = Counts(**{name: getattr(row, name) for name in Counts.__dataclass_fields__})
    return Run(row.id, row.command, row.started, row.finished, counts)
