"""Runs and their books, which add up also when a run was cut off."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from models.errors import LockedError
from models.tables import LetterRow, OutcomeRow, RunRow, SourceRow, TallyRow, WorkRow
from pipeline.store import structure, twins
from pipeline.store.database import head, revision
from pipeline.store.ledger import Counts, Run
from pipeline.store.planning import Entry, Standing, Stat
from pipeline.store.proposals import Proposals
from pipeline.store.queue import READ
from pipeline.store.store import utc_now

__all__ = ["Entered", "Entry", "Line", "Runs", "Standing", "Stat"]

# Any number, the same in every version: the name of the lock in the database.
_ADVISORY = 0x636F6E67
_TO_NOTICE = 2.0  # seconds that the server has for the end of a connection that was killed


@dataclass(frozen=True, slots=True)
class Line:
    """One sum of a run's books."""

    outcome: str
    reason: str | None
    count: int


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of one file in a run."""

    ordinal: int
    path: str
    sha256: str | None
    outcome: str
    reason: str | None
    pages: int
    seconds: float | None


class Runs(Proposals):
    """A queue with its books."""

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Keep other machines out of the same database; does nothing on SQLite, whose lock is a file beside it.

        Raises:
            LockedError: if another machine is at it.
        """
        if self._engine.dialect.name == "sqlite":
            yield
            return
        # The lock belongs to the connection, so the server itself lets go of it when this process dies; it may take a
        # moment to see that.
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            patience = time.monotonic() + _TO_NOTICE
            while not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": _ADVISORY}):
                if time.monotonic() > patience:
                    raise LockedError("another machine runs on this database: wait until it is done")
                time.sleep(0.05)
            try:
                yield
            finally:
                connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _ADVISORY})

    # Books

    def close_run(self, run: int, stopped: str | None = None, read_by: str | None = None) -> Counts:
        """End a run: files whose faults it did not outlast are retriable, files it did not get to stay for the next.

        Where the run was stopped early the fault was the machine's: it is held against no file.
        """
        with self._writes() as session:
            row = session.get_one(RunRow, run)
            row.stopped = row.stopped or stopped
            tried = session.scalars(select(WorkRow).where(WorkRow.run_id == run, WorkRow.tries > 0)).all()
            for work in tried:
                self._postpone(session, work)
                work.worker, work.token = None, None
            waiting = (WorkRow.run_id == run, WorkRow.state == "waiting", WorkRow.failed_at.is_not(None))
            for work in session.scalars(select(WorkRow).where(*waiting)).all():
                if row.stopped:
                    work.due = 0.0
                else:
                    self._rest(session, work, read_by)
            session.flush()
            counts = _counts(session, run)
            for name in Counts.__dataclass_fields__:
                setattr(row, name, getattr(counts, name))
            row.finished = utc_now()
            return counts

    def _rest(self, session: Session, work: WorkRow, read_by: str | None) -> None:
        """Another run has ended with a temporary fault of this file: it waits longer, or fails if it was the last."""
        work.attempts += 1
        work.due = self._now(session) + self.rules.rest(work.attempts)
        if work.attempts < self.rules.attempts:
            return
        same = (OutcomeRow.run_id == work.run_id, OutcomeRow.ordinal == work.ordinal)
        session.execute(update(OutcomeRow).where(*same).values(outcome="failed"))
        source = session.get_one(SourceRow, work.sha256)
        if source.status == "retriable":
            source.status, source.read_by = "failed", read_by
        session.delete(work)

    def counted(self, run: int) -> Counts:
        """What a run has done so far."""
        with self._reads() as session:
            return _counts(session, run)

    def cut_off(self, commands: Sequence[str], but: int) -> list[int]:
        """Close the books of runs that died; call it only while holding the lock that they held."""
        with self._reads() as session:
            query = select(RunRow.id).where(RunRow.finished.is_(None), RunRow.command.in_(commands), RunRow.id != but)
            dead = list(session.scalars(query.order_by(RunRow.id)))
        for run in dead:
            self.close_run(run, "cut off")
        return dead

    def run(self, run: int) -> tuple[Run, str | None] | None:
        """A run and why it was stopped; None if there is none."""
        with self._reads() as session:
            row = session.get(RunRow, run)
            if row is None:
                return None
            counts = Counts(**{name: getattr(row, name) for name in Counts.__dataclass_fields__})
            return Run(row.id, row.command, row.started, row.finished, counts), row.stopped

    def progress(self, run: int) -> tuple[int, int, int]:
        """Files settled and pages read so far, and files still queued."""
        with self._reads() as session:
            query = select(func.count(), func.coalesce(func.sum(OutcomeRow.pages), 0))
            done, pages = session.execute(query.where(OutcomeRow.run_id == run)).one()
        return done, pages, self.queued(run)

    def up_to_date(self) -> bool:
        """Whether the tables are those that this program knows."""
        with self._engine.connect() as connection:
            return revision(connection) == head()

    def last_finished(self, command: str) -> datetime | None:
        """When a run of this command last came to its own end."""
        with self._reads() as session:
            query = select(func.max(RunRow.finished)).where(RunRow.command == command, RunRow.stopped.is_(None))
            return session.scalar(query)

    def books(self, run: int) -> tuple[Line, ...]:
        """The sums of a run by outcome and reason."""
        with self._reads() as session:
            return _books(session, run)

    def entries(self, run: int, *outcomes: str) -> tuple[Entered, ...]:
        """What became of single files in a run, in their order; all of them, or those with some outcomes."""
        with self._reads() as session:
            query = select(OutcomeRow).where(OutcomeRow.run_id == run).order_by(OutcomeRow.ordinal)
            if outcomes:
                query = query.where(OutcomeRow.outcome.in_(outcomes))
            return tuple(
                Entered(r.ordinal, r.path, r.sha256, r.outcome, r.reason, r.pages, r.seconds)
                for r in session.scalars(query)
            )

    def remark(self, run: int, sha256: str, reason: str) -> None:
        """Say more about a file that was stored in a run."""
        with self._writes() as session:
            same = (OutcomeRow.run_id == run, OutcomeRow.sha256 == sha256, OutcomeRow.outcome == "stored")
            session.execute(update(OutcomeRow).where(*same, OutcomeRow.reason.is_(None)).values(reason=reason))

    def letters_stored(self, run: int) -> tuple[str, ...]:
        """Ids of the letters that a run stored."""
        with self._reads() as session:
            files = select(OutcomeRow.sha256).where(OutcomeRow.run_id == run, OutcomeRow.outcome == "stored")
            query = select(LetterRow.id).where(LetterRow.source_sha256.in_(files)).order_by(LetterRow.id)
            return tuple(session.scalars(query))

    def read_by(self) -> dict[str, tuple[str, str]]:
        """Stored files by digest: by which extractors they were read (empty if not known), and their path."""
        with self._reads() as session:
            query = select(SourceRow.sha256, SourceRow.read_by, SourceRow.path).where(SourceRow.status == "stored")
            return {sha256: (by or "", path) for sha256, by, path in session.execute(query)}

    def read_by_others(self, read_by: str | None) -> int:
        """How many stored files other versions of the extractors have read."""
        with self._reads() as session:
            other = (SourceRow.status == "stored", SourceRow.read_by != read_by)
            return session.scalar(select(func.count()).select_from(SourceRow).where(*other)) or 0

    def twins(self, run: int) -> tuple[twins.Twin, ...]:
        """Letters that a run stored although another letter of the same body has their number."""
        with self._reads() as session:
            return tuple(twins.find(session, run))

    def structure(self) -> tuple[str, ...]:
        """Faults within the database beyond those of `check`."""
        with self._reads() as session:
            return tuple(structure.faults(session))

    def waiting(self) -> tuple[tuple[str, str, int, float], ...]:
        """Files that wait after temporary faults: path, reason, runs with faults, when due."""
        with self._reads() as session:
            columns = (WorkRow.path, WorkRow.reason, WorkRow.attempts, WorkRow.due)
            waits = (WorkRow.state == "waiting", WorkRow.purpose == READ)
            query = select(*columns).where(*waits).order_by(WorkRow.due, WorkRow.path)
            return tuple((path, reason or "", attempts, due) for path, reason, attempts, due in session.execute(query))

    # Persons decide

    def settle_source(self, sha256: str, status: str) -> None:
        """A person's word on a file set aside: "retriable" (read it again) or "discarded"."""
        with self._writes() as session:
            row = session.get_one(SourceRow, sha256)
            row.status, row.last_seen = status, utc_now()
            session.execute(delete(WorkRow).where(WorkRow.sha256 == sha256, WorkRow.state == "waiting"))


def _books(session: Session, run: int) -> tuple[Line, ...]:
    query = select(OutcomeRow.outcome, OutcomeRow.reason, func.count()).where(OutcomeRow.run_id == run)
    sums: Counter[tuple[str, str]] = Counter()
    for outcome, reason, count in session.execute(query.group_by(OutcomeRow.outcome, OutcomeRow.reason)):
        sums[outcome, reason or ""] += count
    for row in session.scalars(select(TallyRow).where(TallyRow.run_id == run)):
        sums[row.outcome, row.reason] += row.count
    return tuple(Line(outcome, reason or None, count) for (outcome, reason), count in sorted(sums.items()))


def _counts(session: Session, run: int) -> Counts:
    sums: Counter[str] = Counter()
    for line in _books(session, run):
        sums[line.outcome] += line.count
    pages = session.scalar(select(func.sum(OutcomeRow.pages)).where(OutcomeRow.run_id == run)) or 0
    return Counts(seen=sums.total(), pages=pages, **sums)
