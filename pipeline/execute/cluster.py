"""The engine of several machines: procrastinate, a queue in PostgreSQL, tells workers which file to claim next.

The truth stays in the store: a task only names a file, whoever runs it must claim it there, and the result is taken
only from the holder. So a task may be lost, run twice or run late without harm; the machine that runs the night names
every file again that nobody works on.
"""

from __future__ import annotations

import contextlib
import logging
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from typing import Any

import procrastinate
from procrastinate import exceptions

from models.errors import TransientError
from pipeline import processes
from pipeline.execute.engine import Setup, Watch, broken, checked_reader, work_off
from pipeline.processes import prepare
from pipeline.store.queue import Queue

log = logging.getLogger("congvan")

QUEUE, READ_TASK = "congvan", "congvan.read"
# Recovery must not wait behind a night's worth of files.
URGENT = 1000
_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(["pipeline.execute.cluster"])


@dataclass(slots=True)
class Cluster:
    """Names the files of a run to the workers, and waits until all are settled.

    Attributes:
        ahead: So many files are named at once.
        patience: Seconds without any progress before the run is stopped: no worker is there.
    """

    queue: Queue
    setup: Setup
    ahead: int = 500
    patience: float = 600.0

    def run(self, run: int, feed: Iterator[int], watch: Watch) -> str | None:
        """As `Engine.run`.

        Raises:
            TransientError: if the queue cannot be reached.
        """
        exhausted = False
        progress, since = -1, time.monotonic()
        with _queue_trouble(), _app(self.setup).open() as app:
            ensure_schema(app)
            while True:
                if not exhausted and self.queue.queued(run) < self.ahead:
                    exhausted = next(feed, None) is None
                if exhausted and not self.queue.open_work(run):
                    return None
                self._name_files(app, run)
                watch()
                if why := broken(self.queue, run):
                    return why
                mark = self.queue.settled(run) + len(self.queue.holders())
                if mark != progress:
                    progress, since = mark, time.monotonic()
                elif time.monotonic() - since > self.patience:
                    return f"no worker took a file for {self.patience:.0f} s: start `congvan worker`"
                time.sleep(self.setup.poll)

    def _name_files(self, app: procrastinate.App, run: int) -> None:
        for sha256 in self.queue.claimable(run, self.ahead):
            task = app.configure_task(READ_TASK, queue=QUEUE, queueing_lock=f"{run}:{sha256}")
            with contextlib.suppress(exceptions.AlreadyEnqueued):
                task.defer(run=run, sha256=sha256)


@contextlib.contextmanager
def _queue_trouble() -> Iterator[None]:
    try:
        yield
    except exceptions.ConnectorException as error:
        raise TransientError(f"the queue cannot be reached, run again: {error}") from error


def ensure_schema(app: procrastinate.App) -> None:
    """Make the queue's own tables, once."""
    if not app.check_connection():
        with contextlib.suppress(exceptions.ConnectorException):  # another machine was faster
            app.schema_manager.apply_schema()


def _app(setup: Setup) -> procrastinate.App:
    url = setup.config.database.replace("postgresql+psycopg://", "postgresql://", 1)
    return procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=url, min_size=1, max_size=4))


def serve(setup: Setup, jobs: int) -> None:
    """Run `jobs` workers on this machine until told to stop; those that die are replaced."""
    checked_reader(setup)
    with _queue_trouble(), _app(setup).open() as app:
        ensure_schema(app)
    queue = Queue.of(setup.config.database, setup.rules)
    hands: list[ForkServerProcess] = []
    try:
        while True:
            for hand in [hand for hand in hands if not hand.is_alive()]:
                hands.remove(hand)
                log.warning("a worker ended with %s", hand.exitcode)
                time.sleep(setup.poll)
            while len(hands) < jobs:
                hands.append(_CONTEXT.Process(target=work, args=(setup,), daemon=True))
                hands[-1].start()
            _stop_the_stuck(queue, hands, setup)
            time.sleep(setup.poll)
    finally:
        for hand in hands:
            name = processes.name(hand.pid)
            _kill(hand)
            with contextlib.suppress(TransientError):
                queue.release(name)
        queue.close()


def _stop_the_stuck(queue: Queue, hands: list[ForkServerProcess], setup: Setup) -> None:
    since = queue.holders()
    for hand in hands:
        name = processes.name(hand.pid)
        if since.get(name, 0.0) > setup.config.max_seconds + 60:
            log.warning("a worker has had one file for %.0f s: killed", since[name])
            _kill(hand)
            queue.bury(name, "timed_out")


def _kill(hand: ForkServerProcess) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if hand.pid:
            os.killpg(hand.pid, signal.SIGKILL)
    hand.kill()
    hand.join()


def work(setup: Setup) -> None:
    """One worker; entry of a process of its own."""
    prepare()
    queue = Queue.of(setup.config.database, setup.rules)
    reader = setup.make_reader(setup.config)
    app = _app(setup)

    @app.task(name=READ_TASK, queue=QUEUE)
    def read(run: int, sha256: str) -> None:
        job = queue.claim(run, processes.name(), sha256)
        if job is not None:
            work_off(queue, job, reader, setup.read_by)

    # Jobs of dead workers stay "doing" for ever unless somebody looks. Seconds stand last in this cron.
    @app.periodic(cron="* * * * * */10")
    @app.task(name="congvan.recover", queue=QUEUE, priority=URGENT, pass_context=True, queueing_lock="recover")
    async def recover(context: procrastinate.JobContext, timestamp: int) -> None:
        manager = context.app.job_manager
        for stalled in await manager.get_stalled_jobs(seconds_since_heartbeat=setup.rules.lease):
            await manager.retry_job(stalled, priority=URGENT - 1)

    options: dict[str, Any] = {
        "queues": [QUEUE],
        "concurrency": 1,
        "install_signal_handlers": False,
        "fetch_job_polling_interval": 1.0,
        "update_heartbeat_interval": max(setup.rules.lease / 4, 0.5),
        "stalled_worker_timeout": setup.rules.lease,
        "delete_jobs": "successful",
    }
    app.run_worker(**options)
