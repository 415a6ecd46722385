"""A worker process: warm engines, one claimed file after the other, its life bound to its supervisor's."""

from __future__ import annotations

import logging
import multiprocessing
import os
import resource
import signal
import threading
from multiprocessing.connection import Connection, wait

from pipeline.execute.engine import Setup, process
from pipeline.store.queue import Queue

log = logging.getLogger("congvan")


def serve(setup: Setup, run: int, control: Connection) -> None:
    """Work until told to stop; entry of a process of its own."""
    prepare()
    queue = Queue.of(setup.config.database, setup.rules)
    reader = setup.make_reader(setup.config)
    for _ in range(setup.documents):
        while not process(queue, setup, reader, run):
            if control.poll(setup.poll):
                return
        if control.poll() or _megabytes() > setup.megabytes:
            return


def prepare() -> None:
    """Make this process a worker: leader of a group, so that a stuck engine dies with the worker that started it."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Standard output is for data, and programs that a reader starts may print.
    os.dup2(2, 1)
    # Engines bring threads of their own; several workers with several threads each only get in each other's way.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    _die_with_parent()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
