"""Work and who does it: claims with a lease, results taken only from the holder, faults and deaths counted.

Exactly-once storage: the letters of a file, what became of it in the run, and the end of its work are written in one
transaction, and only if the claim is still the writer's. A worker that was given up and comes back finds its token
gone and its result is dropped.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Select, Update, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from models.errors import REASONS
from models.letter import Letter
from models.tables import OutcomeRow, RunRow, SourceRow, WorkRow
from pipeline.store import history
from pipeline.store.ledger import Outcome
from pipeline.store.store import Store, utc_now
from pipeline.store.work import ABSENT, BACKFILL, READ, Fault, Job, Rules, chunks, patiently

__all__ = ["BACKFILL", "READ", "Fault", "Job", "Queue", "Rules", "chunks", "patiently"]

_QUEUED, _CLAIMED, _WAITING = "queued", "claimed", "waiting"


class Queue(Store):
    """A store that also hands out work."""

    rules: Rules = Rules()
    # Seconds that this machine's clock is taken to be off; moved by tests.
    skew: float = 0.0

    @classmethod
    def of(cls, url: str, rules: Rules | None = None, *, bring_up_to_date: bool = False) -> Self:
        """The queue at `url`."""
        queue = cls.open(url, bring_up_to_date=bring_up_to_date)
        queue.rules = rules or Rules()
        return queue

    # Claims

    def claim(self, run: int, worker: str, sha256: str | None = None) -> Job | None:
        """Take the next file of a run, or just the one named; None if there is nothing to take now."""

        def take() -> Job | bool | None:
            with self._writes() as session:
                now = self._now(session)
                row = session.scalar(_next(run, now, sha256))
                if row is None:
                    return None
                if row.state == _CLAIMED and self._died(session, row, now, "crashed_reader"):
                    return False
                row.state, row.worker, row.token = _CLAIMED, worker, uuid.uuid4().hex
                row.claimed_at, row.lease_until = now, now + self.rules.lease
                return _job(row)

        while True:
            # False: the file at the head has cost its last worker; there may be others behind it
            job = patiently(take)
            if not isinstance(job, bool):
                return job

    def renew(self, job: Job) -> bool:
        """A sign of life: the claim holds for another lease. False if it is lost."""
        with self._writes() as session:
            now = self._now(session)
            return _rows(session, _mine(job).values(lease_until=now + self.rules.lease)) == 1

    def release(self, worker: str) -> int:
        """Give back what a worker holds, unblamed: it was asked to stop."""
        query = update(WorkRow).where(WorkRow.worker == worker, WorkRow.state == _CLAIMED)
        with self._writes() as session:
            return _rows(session, query.values(state=_QUEUED, worker=None, token=None))

    def bury(self, worker: str, reason: str = "crashed_reader") -> int:
        """A worker is proven dead: what it held is queued again, or set aside if it cost too many workers."""
        with self._writes() as session:
            held = select(WorkRow).where(WorkRow.worker == worker, WorkRow.state == _CLAIMED).with_for_update()
            rows = session.scalars(held).all()
            for row in rows:
                self._died(session, row, self._now(session), reason)
            return len(rows)

    def holders(self) -> dict[str, float]:
        """Workers that hold a claim, with the seconds since they took it."""
        with self._reads() as session:
            now = self._now(session)
            query = select(WorkRow.worker, WorkRow.claimed_at).where(WorkRow.state == _CLAIMED)
            return {worker: now - (since or now) for worker, since in session.execute(query) if worker}

    def _died(self, session: Session, row: WorkRow, now: float, reason: str) -> bool:
        """Count a death; true if that was one too many and the file is set aside."""
        row.deaths += 1
        row.state, row.worker, row.token, row.due = _QUEUED, None, None, now
        if row.deaths < self.rules.deaths:
            return False
        message = f"{REASONS[reason]} ({row.deaths} times)"
        self._settle(session, row, Fault("quarantined", reason, message), None)
        return True

    # Results

    def store_letters(
        self, job: Job, letters: Sequence[Letter], *, read_by: str | None, seconds: float, now: datetime | None = None
    ) -> bool:
        """Store a file's letters and end its work, in one transaction; False and nothing written if the claim is lost.

        For a backfill the letters are only kept beside those stored.
        """

        def write() -> bool:
            with self._writes() as session:
                if not _rows(session, delete(WorkRow).where(*_held(job))):
                    return False
                if job.purpose == READ:
                    self._save_all(session, letters, read_by, now or utc_now())
                history.remember(session, job.run, letters, read_by, applied=job.purpose == READ)
                pages = sum(len(letter.pages) for letter in letters)
                reason = "several_letters" if len(letters) > 1 else None
                self._note(session, job, "stored", reason, pages, seconds)
                return True

        return patiently(write)

    def fault(self, job: Job, fault: Fault, *, seconds: float = 0.0, read_by: str | None = None) -> bool:
        """Write down a fault: a temporary one is tried again, others end the work. False if the claim is lost."""

        def write() -> bool:
            with self._writes() as session:
                row = session.scalar(select(WorkRow).where(*_held(job)).with_for_update())
                if row is None:
                    return False
                now = self._now(session)
                if fault.kind == "retriable" and fault.reason in ABSENT:
                    self._note(session, row, "retriable", fault.reason)
                    session.delete(row)
                elif fault.kind == "retriable":
                    row.tries, row.failed_at, row.reason, row.message = row.tries + 1, now, fault.reason, fault.message
                    row.state, row.worker, row.token = _QUEUED, None, None
                    row.due = now + self.rules.wait(row.tries)
                    if row.tries >= self.rules.tries:
                        self._postpone(session, row)
                else:
                    self._settle(session, row, fault, seconds, read_by)
                return True

        return patiently(write)

    def _postpone(self, session: Session, row: WorkRow) -> None:
        """Enough for this run: the file waits for a later one; how long, is decided when the run ends."""
        fault = Fault("retriable", row.reason or "transient", row.message or "")
        row.state, row.tries = _WAITING, 0
        self._note(session, row, "retriable", fault.reason)
        _set_aside(session, row, fault, None)

    def _settle(
        self, session: Session, row: WorkRow, fault: Fault, seconds: float | None, read_by: str | None = None
    ) -> None:
        self._note(session, row, fault.kind, fault.reason, seconds=seconds)
        if row.purpose == READ:
            _set_aside(session, row, fault, read_by)
        session.delete(row)

    def _note(
        self,
        session: Session,
        work: WorkRow | Job,
        outcome: Outcome,
        reason: str | None,
        pages: int = 0,
        seconds: float | None = None,
    ) -> None:
        run = work.run if isinstance(work, Job) else work.run_id
        row = OutcomeRow(run_id=run, ordinal=work.ordinal, path=work.path, sha256=work.sha256)
        row.outcome, row.reason, row.pages, row.seconds = outcome, reason, pages, seconds
        row.at = self._now(session)
        session.add(row)

    # How a run stands

    def open_work(self, run: int) -> bool:
        """Whether any file of the run is queued or being read."""
        with self._reads() as session:
            return bool(session.scalar(select(exists().where(*_open(run)))))

    def queued(self, run: int) -> int:
        """How many files of the run nobody reads yet."""
        with self._reads() as session:
            query = select(func.count()).where(WorkRow.run_id == run, WorkRow.state == _QUEUED)
            return session.scalar(query) or 0

    def claimable(self, run: int, limit: int) -> list[str]:
        """Digests of files that wait for a worker now."""
        with self._reads() as session:
            query = select(WorkRow.sha256).where(*_ready(run, self._now(session)))
            return list(session.scalars(query.order_by(WorkRow.ordinal).limit(limit)))

    def settled(self, run: int) -> int:
        """How many files of the run are done."""
        with self._reads() as session:
            return session.scalar(select(func.count()).where(OutcomeRow.run_id == run)) or 0

    def streak(self, run: int) -> tuple[int, str]:
        """How many files had temporary faults since the last file that had none; what the latest said."""
        with self._reads() as session:
            settled = and_(OutcomeRow.run_id == run, OutcomeRow.outcome != "retriable", OutcomeRow.seconds.is_not(None))
            good = session.scalar(select(func.max(OutcomeRow.at)).where(settled))
            query = select(WorkRow.message).where(WorkRow.run_id == run, WorkRow.failed_at.is_not(None))
            if good is not None:
                query = query.where(WorkRow.failed_at > good)
            messages = session.scalars(query.order_by(WorkRow.failed_at.desc())).all()
            return len(messages), next(iter(messages), None) or ""

    def stopped(self, run: int) -> bool:
        """Whether the run was stopped or is over."""
        with self._reads() as session:
            row = session.get(RunRow, run)
            return row is None or row.stopped is not None or row.finished is not None

    def stop(self, run: int, why: str) -> None:
        """Hand out nothing more of this run."""
        with self._writes() as session:
            row = session.get_one(RunRow, run)
            row.stopped = row.stopped or why

    def _now(self, session: Session) -> float:
        """Seconds since 1970 by the clock of the database, which all machines share."""
        if session.get_bind().dialect.name == "sqlite":
            return time.time() + self.skew
        return float(session.scalar(select(func.extract("epoch", func.clock_timestamp()))) or 0.0) + self.skew


def _ready(run: int, now: float) -> tuple[ColumnElement[bool], ...]:
    live = exists().where(RunRow.id == run, RunRow.stopped.is_(None), RunRow.finished.is_(None))
    ready = or_(
        and_(WorkRow.state == _QUEUED, WorkRow.due <= now),
        and_(WorkRow.state == _CLAIMED, WorkRow.lease_until < now),
    )
    return WorkRow.run_id == run, ready, live


def _next(run: int, now: float, sha256: str | None) -> Select[WorkRow]:
    query = select(WorkRow).where(*_ready(run, now))
    if sha256 is not None:
        query = query.where(WorkRow.sha256 == sha256)
    return query.order_by(WorkRow.ordinal).limit(1).with_for_update(skip_locked=True)


def _open(run: int) -> tuple[ColumnElement[bool], ...]:
    return WorkRow.run_id == run, WorkRow.state.in_((_QUEUED, _CLAIMED))


def _held(job: Job) -> tuple[ColumnElement[bool], ...]:
    return WorkRow.sha256 == job.sha256, WorkRow.token == job.token, WorkRow.state == _CLAIMED


def _mine(job: Job) -> Update:
    return update(WorkRow).where(*_held(job))


def _rows(session: Session, statement: Any) -> int:
    return int(getattr(session.execute(statement, execution_options={"synchronize_session": False}), "rowcount", 0))


def _job(row: WorkRow) -> Job:
    return Job(row.sha256, row.path, row.size, row.purpose, row.run_id, row.ordinal, row.token or "", row.deaths)


def _set_aside(session: Session, work: WorkRow, fault: Fault, read_by: str | None) -> None:
    row = session.get(SourceRow, work.sha256)
    now = utc_now()
    if row is None:
        row = SourceRow(sha256=work.sha256, name=os.path.basename(work.path), path=work.path, first_seen=now)
        row.media_type, row.size, row.pages, row.attempts = "application/octet-stream", work.size, 0, 0
        session.add(row)
    elif row.status == "stored":
        return
    row.status, row.reason, row.message, row.last_seen = fault.kind, fault.reason, fault.message, now
    row.read_by = read_by
    row.attempts += 1
