"""What a run is to do: files told from those known, what must be read queued, what was left behind taken over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import insert, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from models.tables import OutcomeRow, SeenFileRow, SourceRow, TallyRow, WorkRow
from pipeline.store.ledger import Outcome
from pipeline.store.queue import READ, Queue, chunks


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


class Planning(Queue):
    """A queue that files are admitted to."""

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

    def adopt(self, run: int, first: int, there: Callable[[str, int], bool] = lambda _path, _size: True) -> list[str]:
        """Take over what a run that was cut off has left, and what has waited long enough; the files' digests.

        Claims are taken over as they are: their leases run out, or their holders are proven dead. Files that are not
        `there` any more, by path and size, are forgotten: the run finds what lies in the inbox now.
        """
        with self._writes() as session:
            left = (WorkRow.state != "waiting") | (WorkRow.due <= self._now(session))
            query = select(WorkRow).where(WorkRow.run_id != run, WorkRow.purpose == READ, left)
            rows = []
            for row in session.scalars(query.order_by(WorkRow.run_id, WorkRow.ordinal)).all():
                if row.state == "claimed" or there(row.path, row.size):
                    rows.append(row)
                else:
                    session.delete(row)
            for ordinal, row in enumerate(rows, first):
                row.run_id, row.ordinal, row.tries, row.failed_at = run, ordinal, 0, None
                row.state = "queued" if row.state == "waiting" else row.state
            return [row.sha256 for row in rows]

    def hurry(self) -> int:
        """Make everything that waits after temporary faults due now; how many files."""
        with self._writes() as session:
            query = update(WorkRow).where(WorkRow.state == "waiting").values(due=0.0)
            return int(getattr(session.execute(query), "rowcount", 0))


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
