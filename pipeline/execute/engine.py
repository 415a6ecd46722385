"""What every engine has in common: how one claimed file is read, and what a run asks of an engine."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Literal, Protocol

from models.errors import CongvanError, TransientError
from pipeline import processes
from pipeline.config import Config
from pipeline.execute.local import LetterReader, MakeReader, Result, of_these_bytes, read_one
from pipeline.store.ledger import Outcome
from pipeline.store.queue import Fault, Job, Queue, Rules

log = logging.getLogger("congvan")

# Called now and then while a run goes on.
Watch = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a worker needs, wherever it runs.

    Attributes:
        read_by: Versions of the extractors.
        poll: Seconds between two looks for work.
        documents: A worker is replaced after so many files, and when it holds more than `megabytes`.
    """

    config: Config
    make_reader: MakeReader
    rules: Rules = field(default_factory=Rules)
    read_by: str | None = None
    poll: float = 0.2
    documents: int = 500
    megabytes: int = 1500


class Engine(Protocol):
    """What runs the queued files of a run."""

    def run(self, run: int, feed: Iterator[int], watch: Watch) -> str | None:
        """Read everything that is queued and that `feed` queues; why it stopped early, or None.

        `feed` queues another batch each time it is asked, so that reading begins before all is planned.
        """


class Heartbeat:
    """Keeps a claim alive while its file is read; a context manager."""

    def __init__(self, queue: Queue, job: Job) -> None:
        self._queue, self._job = queue, job
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Heartbeat:
        self._thread.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self._done.set()
        self._thread.join(timeout=5)

    def _beat(self) -> None:
        while not self._done.wait(self._queue.rules.lease / 4):
            try:
                if not self._queue.renew(self._job):
                    return
            except CongvanError as error:
                log.debug("no sign of life written: %s", error)


def work_off(queue: Queue, job: Job, reader: LetterReader, read_by: str | None) -> Outcome | None:
    """Read one claimed file and write down what became of it, which is given back; None if the claim was lost."""
    began = time.monotonic()
    with Heartbeat(queue, job):
        result = _read(reader, job)
        seconds = time.monotonic() - began
        if result.fault is None:
            done = queue.store_letters(job, result.letters, read_by=read_by, seconds=seconds)
        else:
            fault = Fault(result.fault, result.reason, result.message)
            done = queue.fault(job, fault, seconds=seconds, read_by=read_by)
    if not done:
        log.warning("%s: the claim was lost, its result is dropped", job.path)
        return None
    return result.fault or "stored"


def _read(reader: LetterReader, job: Job) -> Result:
    path = Path(job.path)
    if not path.parent.exists():
        return Result(path, (), "retriable", "transient", f"the folder {path.parent} is not there: is it mounted?")
    if not path.exists():
        return Result(path, (), "retriable", "missing_file", f"{path} is not there: put it back, or discard it")
    return of_these_bytes(read_one(reader, path), job.sha256)


def process(queue: Queue, setup: Setup, reader: LetterReader, run: int) -> Outcome | Literal["lost"] | None:
    """Claim one file and read it; what became of it, None if there was none to claim."""
    job = queue.claim(run, processes.name())
    return (work_off(queue, job, reader, setup.read_by) or "lost") if job else None


@dataclass(frozen=True, slots=True)
class InProcess:
    """Reads one file after the other in this process: for tests and for looking at a single file closely."""

    queue: Queue
    setup: Setup

    def run(self, run: int, feed: Iterator[int], watch: Watch) -> str | None:
        """As `Engine.run`."""
        reader: LetterReader | None = None
        exhausted = False
        while not exhausted or self.queue.open_work(run):
            exhausted = exhausted or next(feed, None) is None
            if reader is None and self.queue.open_work(run):
                reader = checked_reader(self.setup)
            if reader is None or not process(self.queue, self.setup, reader, run):
                time.sleep(self.setup.poll if exhausted and self.queue.open_work(run) else 0)
            watch()
            if why := broken(self.queue, run):
                return why
        return None


def checked_reader(setup: Setup) -> LetterReader:
    """A reader with all it needs; raises MissingDependency before any file is touched."""
    reader = setup.make_reader(setup.config)
    reader.check()
    return reader


def broken(queue: Queue, run: int) -> str | None:
    """The circuit breaker: why the run must stop, None if all is well."""
    streak, message = queue.streak(run)
    if streak < queue.rules.breaker:
        return None
    return f"{streak} files in a row had temporary faults, the last: {message}"


class WorkersDie(TransientError):
    """Workers end before they have read anything."""
