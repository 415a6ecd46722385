"""The nightly run: one at a time, everything accounted for, safe to cut off at any moment and to start again."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from models.errors import ConfigError, CongvanError, TransientError
from pipeline import lock, processes
from pipeline.arrivals import Arrivals, look
from pipeline.backfill import paced
from pipeline.execute.engine import Engine, Watch
from pipeline.intake import Found, find_files
from pipeline.integrity import faults
from pipeline.report import Report, write_all
from pipeline.store.ledger import Counts
from pipeline.store.queue import READ, patiently
from pipeline.store.runs import Entry, Runs
from pipeline.store.store import utc_now

log = logging.getLogger("congvan")

# Commands whose runs hold the lock, so that whoever holds it may close the books of theirs that died.
CHECK = "check"
COMMANDS = ("nightly", "retry", "backfill", CHECK)


@dataclass(frozen=True, slots=True)
class Settings:
    """What the nightly run needs beside the settings of reading.

    Attributes:
        inbox: Folders that letters arrive in; never written to.
        state: Folder for the lock, reports and metrics.
        stable: Seconds that a file must have been left alone before it is taken.
        check_days: Days between two integrity checks.
        jobs: Worker processes.
        engine: "local", "cluster", or "auto".
    """

    inbox: tuple[Path, ...]
    state: Path
    stable: float = 5.0
    check_days: float = 7.0
    jobs: int = 1
    engine: str = "auto"

    @property
    def lock(self) -> Path:
        """The lock file."""
        return self.state / "congvan.lock"


def settings(environ: Mapping[str, str], root: Path, cores: int) -> Settings:
    """The settings from CONGVAN_INBOX (folders, separated by ":"), CONGVAN_STATE, CONGVAN_STABLE_SECONDS,
    CONGVAN_CHECK_DAYS, CONGVAN_JOBS and CONGVAN_ENGINE.

    Raises:
        ConfigError: if one of them makes no sense.
    """  # noqa: D205
    inbox = environ.get("CONGVAN_INBOX") or str(root / "data" / "raw")
    engine = environ.get("CONGVAN_ENGINE") or "auto"
    if engine not in ("auto", "local", "cluster", "inprocess"):
        raise ConfigError(f"CONGVAN_ENGINE={engine!r}: use local, cluster or auto")
    return Settings(
        tuple(Path(part).expanduser() for part in inbox.split(":") if part),
        Path(environ.get("CONGVAN_STATE") or root / "data" / "processed").expanduser(),
        _number(environ, "CONGVAN_STABLE_SECONDS", 5.0),
        _number(environ, "CONGVAN_CHECK_DAYS", 7.0),
        int(_number(environ, "CONGVAN_JOBS", float(min(cores, 4)))) or 1,
        engine,
    )


def _number(environ: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environ.get(name) or default)
    except ValueError:
        value = -1.0
    if value < 0:
        raise ConfigError(f"{name}={environ[name]!r} is not a number of 0 or more")
    return value


@dataclass(slots=True)
class Night:
    """One nightly run.

    Attributes:
        engine: Reads what is queued.
        read_by: Versions of the extractors.
        watch: Called now and then while files are read.
        sleep: Waits for files that are still being written.
        wall: The time as file systems tell it.
        entries: Files to read instead of those in the inbox.
        purpose: "read", or "backfill" to read stored files again beside what is stored.
        per_hour: Read at most so many of them an hour.
        last: What was written down at the end, also of a run that was cut off.
    """

    runs: Runs
    settings: Settings
    engine: Engine
    read_by: str | None = None
    command: str = "nightly"
    watch: Watch = lambda: None
    sleep: Callable[[float], None] = time.sleep
    wall: Callable[[], float] = time.time
    entries: Sequence[Entry] | None = None
    purpose: str = READ
    per_hour: int | None = None
    last: Report | None = None
    _next: int = 0
    _adopted: frozenset[str] = frozenset()
    _skipped: Mapping[str, int] = field(default_factory=dict)

    def run(self) -> Report:
        """Everything, from the lock to the report.

        Raises:
            LockedError: if another run is at it.
            MissingDependency: if something needed is not installed; no file was touched.
            ConfigError: if the inbox is not there.
        """
        with ExitStack() as stack:
            stack.enter_context(lock.held(self.settings.lock, self.command))
            stack.enter_context(self.runs.exclusive())
            return self._locked()

    def _locked(self) -> Report:
        found = look_through(self.settings.inbox) if self.entries is None else Found((), {})
        self._skipped = found.skipped
        began, started = time.monotonic(), utc_now()
        run = self.runs.ledger.start(self.command, started)
        draft = Report(run, self.command, started, started, 0.0, Counts(), (), ())
        try:
            draft = self._work(draft, found)
        except BaseException as error:
            self._finish(replace(draft, stopped=_why(error)), began)
            raise
        return self._finish(draft, began)

    def _work(self, draft: Report, found: Found) -> Report:
        draft = replace(draft, taken_over=tuple(self.runs.cut_off(COMMANDS, draft.run)))
        self._bury_the_dead()
        if self.purpose == READ:
            self._adopted = frozenset(self.runs.adopt(draft.run, 0, _is_there))
            self._next = len(self._adopted)
        stopped = self.engine.run(draft.run, self._feed(draft.run, found), self.watch)
        links = self.runs.relink()
        if self.runs.bodies.learn(utc_now()):
            links += self.runs.relink()
        self.runs.saved.refresh(utc_now())
        twins = self.runs.twins(draft.run)
        for twin in twins:
            self.runs.remark(draft.run, twin.sha256, twin.kind)
        return replace(draft, stopped=stopped, links=links, twins=twins, faults=self._check())

    def _bury_the_dead(self) -> None:
        for name in self.runs.holders():
            if processes.is_dead(name):
                self.runs.bury(name)

    def _feed(self, run: int, found: Found) -> Iterator[int]:
        """Queue the files in the inbox, or those named, a batch each time."""
        for batch in paced(self.entries or (), self.per_hour):
            self.admit(run, batch)
            yield len(batch)
        arrivals = Arrivals(self.runs, self.read_by, self.settings.stable, self.sleep, self.wall, self._adopted)
        for entries in arrivals.batches(found.files):
            self.admit(run, entries)
            # After their files are booked: a digest without its file would hide it if this run were cut off here.
            self.runs.remember_files(arrivals.fresh)
            arrivals.fresh.clear()
            yield len(entries)

    def admit(self, run: int, entries: list[Entry]) -> None:
        """Book or queue planned files."""
        patiently(lambda: self.runs.admit(run, self._next, entries, self.purpose))
        self._next += len(entries)

    def _check(self) -> tuple[str, ...] | None:
        """The integrity check, if it is due; a run of its own in the ledger."""
        last = self.runs.last_finished(CHECK)
        if self.entries is not None or (last and utc_now() - last < timedelta(days=self.settings.check_days)):
            return None
        run = self.runs.ledger.start(CHECK, utc_now())
        found = faults(self.runs)
        self.runs.close_run(run)
        return found

    def _finish(self, draft: Report, began: float) -> Report:
        try:
            counts = patiently(lambda: self.runs.close_run(draft.run, draft.stopped, self.read_by))
        except TransientError as error:  # a full disk, perhaps; the next run closes the books
            self._told_without_books(draft, str(error), began)
            raise
        trouble = sorted(
            self.runs.entries(draft.run, "quarantined", "failed", "retriable"), key=lambda entry: entry.path
        )
        report = replace(
            draft,
            counts=counts,
            finished=utc_now(),
            seconds=time.monotonic() - began,
            lines=self.runs.books(draft.run),
            trouble=tuple(trouble),
            waiting=self.runs.waiting(),
            skipped=tuple(sorted(self._skipped.items())),
            older=self.runs.read_by_others(self.read_by),
        )
        if not report.adds_up:
            log.error("the books of run %d do not add up: %s", report.run, report.last_line)
        self.last = report
        with suppress(OSError):
            write_all(report, self.settings.state)
        return report

    def _told_without_books(self, draft: Report, why: str, began: float) -> None:
        with suppress(TransientError):
            counts = self.runs.counted(draft.run)
            self.last = replace(draft, counts=counts, stopped=why, seconds=time.monotonic() - began)


def _is_there(path: str, size: int) -> bool:
    found = look(Path(path))
    return found is not None and found.size == size


def look_through(inbox: tuple[Path, ...]) -> Found:
    """The files in the inbox.

    Raises:
        ConfigError: if a folder is not there: an unmounted share must not look like a quiet night.
    """
    for folder in inbox:
        try:
            there = folder.exists()
        except OSError as error:  # no right to look, a share that hangs
            raise ConfigError(f"the inbox {folder} cannot be looked into: {error.strerror}") from error
        if not there:
            raise ConfigError(f"the inbox {folder} is not there: mount it, or set CONGVAN_INBOX")
    return find_files(inbox)


def rehearse(runs: Runs | None, inbox: tuple[Path, ...], read_by: str | None, stable: float) -> list[Entry]:
    """What a run would do with each file; writes nothing at all."""
    arrivals = Arrivals(runs, read_by, stable)
    return [entry for batch in arrivals.batches(look_through(inbox).files) for entry in batch]


def _why(error: BaseException) -> str:
    if isinstance(error, KeyboardInterrupt):
        return "interrupted"
    return str(error) if isinstance(error, CongvanError) else type(error).__name__.lower()
