"""The engine of one machine: worker processes that are watched, replaced when they die, and killed when they hang."""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from multiprocessing.context import ForkServerProcess

from models.errors import TransientError
from pipeline import processes
from pipeline.execute.engine import Setup, Watch, WorkersDie, broken, checked_reader
from pipeline.execute.worker import TROUBLE, serve
from pipeline.store.queue import Queue, patiently

log = logging.getLogger("congvan")

# So many files are queued ahead per worker before more are planned.
AHEAD = 4
# So many workers may die one after the other without having claimed a file.
IDLE_DEATHS = 4
GRACE = 2.0
# The supervisor looks so many times less often than a worker without work does.
CALM = 5
# The reader keeps its own time limit; this much later it is taken for stuck.
OVERTIME = 60.0

# Workers are forked from a server that has loaded the program and nothing else: replacing a dead one takes no time,
# and none inherits locks of engine threads or open database connections, as a fork of this process would.
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["pipeline.execute.worker"])


@dataclass(slots=True)
class Hand:
    """One worker process, seen from outside."""

    process: ForkServerProcess
    control: Connection
    name: str


@dataclass(slots=True)
class Local:
    """Runs `jobs` workers on this machine.

    Attributes:
        seconds: A worker that has one file longer than this is killed; None: the reader's limit and some.
    """

    queue: Queue
    setup: Setup
    jobs: int = 1
    seconds: float | None = None
    hands: list[Hand] = field(default_factory=list)
    _idle_deaths: int = 0
    _checked: bool = False

    def run(self, run: int, feed: Iterator[int], watch: Watch) -> str | None:
        """As `Engine.run`.

        Raises:
            MissingDependency: before any file is touched.
            WorkersDie: if no worker gets as far as a file.
        """
        exhausted = False
        self._bury_the_dead()
        try:
            while True:
                hungry = not exhausted and self.queue.queued(run) < self.jobs * AHEAD
                if hungry:
                    exhausted = next(feed, None) is None
                if self.queue.open_work(run):
                    self._look_after(run)
                elif exhausted:
                    return None
                watch()
                if why := broken(self.queue, run):
                    return why
                self._wait(0.0 if hungry else self.setup.poll * CALM)
        finally:
            self._dismiss()

    def _wait(self, seconds: float) -> None:
        """Until a worker dies or has something to say, or for so long: each look costs what a worker could use."""
        controls = [hand.control for hand in self.hands]
        for said in wait([*controls, *(hand.process.sentinel for hand in self.hands)], timeout=seconds):
            if said in controls:
                with contextlib.suppress(EOFError, OSError):  # it is dead, as its sentinel says too
                    said.recv()

    def _bury_the_dead(self) -> None:
        """Free what workers of an earlier run held that are proven dead."""
        for name in self.queue.holders():
            if processes.is_dead(name):
                patiently(lambda name=name: self.queue.bury(name))  # type: ignore[misc]

    def _look_after(self, run: int) -> None:
        if not self._checked:
            checked_reader(self.setup)
            self._checked = True
        self._stop_the_stuck()
        self._reap()
        while len(self.hands) < self.jobs:
            self.hands.append(self._hire(run))

    def _hire(self, run: int) -> Hand:
        ours, theirs = _CONTEXT.Pipe()
        process = _CONTEXT.Process(target=serve, args=(self.setup, run, theirs), daemon=True)
        try:
            process.start()
        except (OSError, EOFError) as error:  # no memory, too many processes, or what forks them was killed
            ours.close()
            raise WorkersDie(f"no worker can be started, run again: {error}") from error
        finally:
            theirs.close()
        return Hand(process, ours, processes.name(process.pid))

    def _stop_the_stuck(self) -> None:
        limit = self.seconds or self.setup.config.max_seconds + OVERTIME
        since = self.queue.holders()
        for hand in [hand for hand in self.hands if since.get(hand.name, 0.0) > limit]:
            log.warning("a worker has had one file for %.0f s: killed", since[hand.name])
            self._let_go(hand, "timed_out")

    def _reap(self) -> None:
        for hand in [hand for hand in self.hands if not hand.process.is_alive()]:
            trouble = hand.process.exitcode == TROUBLE
            buried = self._let_go(hand, None if trouble else "crashed_reader")
            if hand.process.exitcode == 0 and not buried:
                continue
            log.warning("a worker ended with %s while reading %d files", hand.process.exitcode, buried)
            self._idle_deaths = 0 if buried and not trouble else self._idle_deaths + 1
            if self._idle_deaths > IDLE_DEATHS:
                why = "cannot write to the database" if trouble else f"end with {hand.process.exitcode}"
                raise WorkersDie(f"workers {why} before they read anything: run `congvan doctor`")

    def _let_go(self, hand: Hand, reason: str | None) -> int:
        """Make sure that a worker is dead and all that it started; how many files it held, blamed if for a reason."""
        self.hands.remove(hand)
        _kill(hand)
        hand.process.join()
        hand.control.close()
        return patiently(lambda: self.queue.bury(hand.name, reason) if reason else self.queue.release(hand.name))

    def _dismiss(self) -> None:
        """Send all workers home; what they still held is free again, unblamed."""
        for hand in self.hands:
            with contextlib.suppress(OSError):
                hand.control.send("stop")
        # Idle workers go by themselves; one in the middle of a file is not waited for.
        holders = {hand.name for hand in self.hands}
        with contextlib.suppress(TransientError):
            holders = set(self.queue.holders())
        deadline = time.monotonic() + GRACE
        for hand in self.hands:
            if hand.name not in holders:
                hand.process.join(max(0.0, deadline - time.monotonic()))
            _kill(hand)
            hand.process.join()
            hand.control.close()
            with contextlib.suppress(TransientError):
                self.queue.release(hand.name)
        self.hands.clear()


def _kill(hand: Hand) -> None:
    """Kill a worker and all that it started; also one that is stopped."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hand.process.pid:
            os.killpg(hand.process.pid, signal.SIGKILL)
    if hand.process.is_alive():
        hand.process.kill()
