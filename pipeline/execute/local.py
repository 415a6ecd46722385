"""Reading files on this machine, in this process or in several, with warm engines in each."""

from __future__ import annotations

import contextlib
import hashlib
import logging
import multiprocessing
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from models.errors import REASONS, InputError, MissingDependency, TransientError
from models.letter import Letter
from pipeline.config import Config
from pipeline.processes import prepare

log = logging.getLogger("congvan")

CHANGED = "changed_while_read"
_LOOK = 1.0  # seconds between two looks at the clock


class LetterReader(Protocol):
    """What reads files: `pipeline.run.Reader`, or a stand-in of the tests."""

    def check(self) -> None:
        """Raise MissingDependency if something needed is not installed."""

    def read(self, path: Path) -> tuple[Letter, ...]:
        """The letters of one file; raises InputError or TransientError."""


MakeReader = Callable[[Config], LetterReader]


@dataclass(frozen=True, slots=True)
class Result:
    """What reading one file gave: letters, or the kind of fault with its reason and message."""

    path: Path
    letters: tuple[Letter, ...] = ()
    fault: Literal["quarantined", "failed", "retriable"] | None = None
    reason: str = ""
    message: str = ""


def read_one(reader: LetterReader, path: Path) -> Result:
    """Read one file; whatever goes wrong with it becomes part of the result, so that the run goes on."""
    try:
        with contextlib.redirect_stdout(sys.stderr):  # what a library prints is no data
            letters = reader.read(path)
    except InputError as error:
        return Result(path, fault="quarantined", reason=error.reason, message=str(error))
    except (TransientError, MissingDependency, OSError, MemoryError) as error:
        return Result(path, fault="retriable", reason="transient", message=str(error) or type(error).__name__)
    except Exception as error:  # the one document is at fault, not the run
        return Result(path, fault="failed", reason=type(error).__name__, message=traceback.format_exc())
    if not letters:
        return Result(path, fault="quarantined", reason="no_text_found", message=REASONS["no_text_found"])
    return Result(path, letters)


def of_these_bytes(result: Result, sha256: str) -> Result:
    """The result, unless the file was written to while it was read: then nothing of it counts, and it is read again."""
    if result.fault == "retriable" or _still_holds(result, sha256):
        return result
    message = f"{result.path} changed while it was read"
    return Result(result.path, fault="retriable", reason=CHANGED, message=message)


def _still_holds(result: Result, sha256: str) -> bool:
    with contextlib.suppress(OSError):  # taken away since: what was read counts
        if result.letters:
            read = {(letter.source.sha256, letter.source.size) for letter in result.letters}
            return read == {(sha256, result.path.stat().st_size)}
        with result.path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256
    return all(letter.source.sha256 == sha256 for letter in result.letters)


# The reader keeps its own time limit; a process that is this much later is taken for stuck.
OVERTIME = 60.0


def read_all(paths: Sequence[Path], make: MakeReader, config: Config, jobs: int) -> Iterator[Result]:
    """Read files, `jobs` at once, in the order in which they get done; none of them can end or hold up this process."""
    waiting = list(reversed(paths))
    while waiting:
        suspects: list[Path] = []
        pool = _pool(make, config, min(jobs, len(waiting)))
        try:
            yield from _run_pool(pool, waiting, jobs, suspects, config.max_seconds + OVERTIME)
        finally:
            _stop(pool)
        # A worker died and took the pool with it: whoever was in work is read alone, so that only the guilty one fails.
        for path in suspects:
            yield from _read_alone(path, make, config)


def _run_pool(
    pool: ProcessPoolExecutor, waiting: list[Path], jobs: int, suspects: list[Path], seconds: float
) -> Iterator[Result]:
    running: dict[Future[Result], tuple[Path, float]] = {}
    while waiting or running:
        while waiting and len(running) < jobs:
            path = waiting.pop()
            try:
                running[pool.submit(_work, path)] = path, time.monotonic()
            except BrokenProcessPool:
                waiting.append(path)
                break
        done, _ = wait(running, timeout=_LOOK, return_when=FIRST_COMPLETED)
        for future in done:
            path, _ = running.pop(future)
            if isinstance(future.exception(), BrokenProcessPool):
                suspects.append(path)
            else:
                yield future.result()
        if suspects:
            suspects.extend(path for path, _ in running.values())
            return
        stuck = [path for path, since in running.values() if time.monotonic() - since > seconds]
        if stuck:
            waiting.extend(path for path, _ in running.values() if path not in stuck)
            yield from (_condemned(path, "timed_out") for path in stuck)
            return


def _read_alone(path: Path, make: MakeReader, config: Config) -> Iterator[Result]:
    pool, suspects = _pool(make, config, 1), list[Path]()
    try:
        yield from _run_pool(pool, [path], 1, suspects, config.max_seconds + OVERTIME)
    finally:
        _stop(pool)
    if suspects:
        yield _condemned(path, "crashed_reader")


def _condemned(path: Path, reason: str) -> Result:
    log.error("the reader %s on %s", "died" if reason == "crashed_reader" else "was stuck", path)
    return Result(path, fault="quarantined", reason=reason, message=REASONS[reason])


def _pool(make: MakeReader, config: Config, jobs: int) -> ProcessPoolExecutor:
    # "spawn": a forked child would inherit locks of engine threads and open database connections.
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(make, config))


def _stop(pool: ProcessPoolExecutor) -> None:
    """End the workers, stuck ones too, with all that they have started."""
    children = list(getattr(pool, "_processes", None) or {})
    pool.shutdown(wait=False, cancel_futures=True)
    for child in multiprocessing.active_children():
        if child.pid in children:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid or 0, signal.SIGKILL)
            child.kill()


_READER: list[LetterReader] = []


def _start(make: MakeReader, config: Config) -> None:
    prepare()
    _READER[:] = [make(config)]


def _work(path: Path) -> Result:
    return read_one(_READER[0], path)
