"""Runs: what is admitted to them, and their books, which add up also when a run was cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.errors import LockedError
from models.tables import ConfirmedRow, LetterRow, OutcomeRow, RunRow, SeenFileRow, SourceRow, TallyRow, WorkRow
from pipeline import contract
from pipeline.store import history, structure, twins
from pipeline.store.database import head, revision
from pipeline.store.ledger import Counts, Outcome, Run
from pipeline.store.queue import BACKFILL, READ, Queue, chunks
from pipeline.store.restore import restore
from pipeline.store.rows import apply_confirmed, letter_id
from pipeline.store.store import utc_now

# Any number, the same in every version: the name of the lock in the database.
_ADVISORY = 0x636F6E67


@dataclass(frozen=True, slots=True)
class Stat:
    """What a path looked like, without opening it."""

    path: str
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of some bytes. `due` is when a waiting file may be tried again, None if it does not wait."""

    status: str | None = None
    reason: str | None = None
    read_by: str | None = None
    path: str | None = None
    due: float | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One file as planned. `outcome` is None where it must be read; `tell` is false where nothing about it is new."""

    stat: Stat
    sha256: str
    outcome: Outcome | None
    reason: str | None = None
    tell: bool = True


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


class Runs(Queue):
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
        # The lock belongs to the connection, so the server itself lets go of it when this process dies.
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            if not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": _ADVISORY}):
                raise LockedError("another machine runs on this database: wait until it is done")
            try:
                yield
            finally:
                connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _ADVISORY})

    # Planning

    def cached(self, stats: Iterable[Stat]) -> dict[str, str]:
        """Digests of the paths that look as they did when they were last read."""
        wanted = {stat.path: stat for stat in stats}
        found = {}
        with self._reads() as session:
            for batch in chunks(wanted):
                for row in session.scalars(select(SeenFileRow).where(SeenFileRow.path.in_(batch))):
                    if wanted[row.path] == Stat(row.path, row.size, row.mtime_ns, row.inode):
                        found[row.path] = row.sha256
        return found

    def standing(self, digests: Iterable[str]) -> dict[str, Standing]:
        """What is known of each of some files by their bytes."""
        found: dict[str, Standing] = {}
        with self._reads() as session:
            for batch in chunks(set(digests)):
                columns = (SourceRow.sha256, SourceRow.status, SourceRow.reason, SourceRow.read_by, SourceRow.path)
                for key, status, reason, by, path in session.execute(
                    select(*columns).where(SourceRow.sha256.in_(batch))
                ):
                    found[key] = Standing(status, reason, by, path)
                work = select(WorkRow.sha256, WorkRow.due).where(WorkRow.state == "waiting")
                for key, due in session.execute(work.where(WorkRow.sha256.in_(batch))):
                    found[key] = replace(found.get(key, Standing()), due=due)
        return found

    def clock(self) -> float:
        """Seconds since 1970 by the clock that work is timed with."""
        with self._reads() as session:
            return self._now(session)

    def admit(self, run: int, first: int, entries: Sequence[Entry], purpose: str = READ) -> None:
        """Take planned files into a run, numbered from `first`: what must be read is queued, the rest is booked."""
        with self._writes() as session:
            now = self._now(session)
            for ordinal, entry in enumerate(entries, first):
                if entry.outcome is None:
                    _enqueue(session, run, ordinal, entry, purpose)
                elif entry.tell:
                    row = OutcomeRow(run_id=run, ordinal=ordinal, path=entry.stat.path, sha256=entry.sha256 or None)
                    row.outcome, row.reason, row.at = entry.outcome, entry.reason, now
                    session.add(row)
            quiet = Counter((e.outcome, e.reason or "") for e in entries if e.outcome and not e.tell)
            for (outcome, reason), count in quiet.items():
                old = session.get(TallyRow, (run, outcome, reason))
                if old:
                    old.count += count
                else:
                    session.add(TallyRow(run_id=run, outcome=outcome, reason=reason, count=count))

    def remember_files(self, seen: Mapping[Stat, str]) -> None:
        """Remember digests by path, so that unchanged files need not be read again."""
        rows = [
            {"path": s.path, "size": s.size, "mtime_ns": s.mtime_ns, "inode": s.inode, "sha256": sha256}
            for s, sha256 in seen.items()
        ]
        with self._writes() as session:
            make = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
            for batch in chunks(rows):
                statement = make(SeenFileRow)
                new = {name: statement.excluded[name] for name in ("size", "mtime_ns", "inode", "sha256")}
                session.execute(statement.on_conflict_do_update(index_elements=["path"], set_=new), batch)

    def adopt(self, run: int, first: int) -> list[str]:
        """Take over what a run that was cut off has left, and what has waited long enough; the files' digests.

        Claims are taken over as they are: their leases run out, or their holders are proven dead.
        """
        with self._writes() as session:
            left = (WorkRow.state != "waiting") | (WorkRow.due <= self._now(session))
            query = select(WorkRow).where(WorkRow.run_id != run, WorkRow.purpose == READ, left)
            rows = session.scalars(query.order_by(WorkRow.run_id, WorkRow.ordinal)).all()
            for ordinal, row in enumerate(rows, first):
                row.run_id, row.ordinal, row.tries, row.failed_at = run, ordinal, 0, None
                row.state = "queued" if row.state == "waiting" else row.state
            return [row.sha256 for row in rows]

    def hurry(self) -> int:
        """Make everything that waits after temporary faults due now; how many files."""
        with self._writes() as session:
            query = update(WorkRow).where(WorkRow.state == "waiting").values(due=0.0)
            return int(getattr(session.execute(query), "rowcount", 0))

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

    # History

    def versions(self, run: int) -> Iterator[history.Version]:
        """What a run understood of each letter."""
        with self._reads() as session:
            yield from history.versions(session, run)

    def proposed_files(self, run: int) -> list[str]:
        """Digests of the files that a backfill has read but not applied."""
        with self._reads() as session:
            return history.proposed_files(session, run)

    def stored_json(self, sha256: str) -> dict[str, dict[str, Any]]:
        """The stored letters of a file by id, as the contract's JSON."""
        with self._reads() as session:
            ids = session.scalars(select(LetterRow.id).where(LetterRow.source_sha256 == sha256)).all()
            return {item.id: contract.to_json(item.letter) for item in restore(session, ids)}

    def proposed_json(self, run: int, sha256: str) -> dict[str, dict[str, Any]]:
        """The letters of a file as a backfill read them, with what persons confirmed, as the contract's JSON."""
        with self._reads() as session:
            letters, _ = history.proposal(session, run, sha256)
            named = [(letter_id(letter), letter) for letter in letters]
            return {key: contract.to_json(apply_confirmed(item, confirmed(session, key))) for key, item in named}

    def left_over(self, run: int) -> list[Entry]:
        """The files that a stopped backfill did not get to."""
        with self._reads() as session:
            query = select(WorkRow).where(WorkRow.run_id == run, WorkRow.purpose == BACKFILL)
            rows = session.scalars(query.order_by(WorkRow.ordinal))
            return [Entry(Stat(row.path, row.size, 0, 0), row.sha256, None) for row in rows]

    def apply_proposal(self, run: int, sha256: str) -> tuple[str, ...]:
        """Store the letters of one file as a backfill read them, in one transaction; confirmed values stay."""
        with self._writes() as session:
            letters, read_by = history.proposal(session, run, sha256)
            ids = self._save_all(session, letters, read_by, utc_now())
            history.mark_applied(session, run, sha256)
            return ids


def confirmed(session: Session, key: str) -> dict[tuple[str, int], Any]:
    """What persons said about a letter."""
    query = select(ConfirmedRow).where(ConfirmedRow.letter_id == key)
    return {(row.field, row.ordinal): row.value for row in session.scalars(query)}


def _enqueue(session: Session, run: int, ordinal: int, entry: Entry, purpose: str) -> None:
    row = session.get(WorkRow, entry.sha256)
    if row is None:
        columns = {"sha256": entry.sha256, "path": entry.stat.path, "size": entry.stat.size, "purpose": purpose}
        columns |= {"state": "queued", "run_id": run, "ordinal": ordinal, "due": 0.0}
        session.execute(insert(WorkRow), [columns | {"tries": 0, "attempts": 0, "deaths": 0}])
    else:
        row.path, row.purpose, row.run_id, row.ordinal = entry.stat.path, purpose, run, ordinal
        row.tries, row.failed_at, row.due = 0, None, 0.0
        row.state = "queued" if row.state == "waiting" else row.state


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
