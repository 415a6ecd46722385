"""A worker process: warm engines, one claimed file after the other, its life bound to its supervisor's."""

from __future__ import annotations

import logging
import os
import resource
import sys
from multiprocessing.connection import Connection

from models.errors import TransientError
from pipeline.execute.engine import Setup, process
from pipeline.processes import prepare
from pipeline.store.queue import Queue

log = logging.getLogger("congvan")

# How a worker ends that cannot write to the database: no fault of the file it had.
TROUBLE = os.EX_TEMPFAIL


def serve(setup: Setup, run: int, control: Connection) -> None:
    """Work until told to stop; entry of a process of its own. Says so when there is no work, or a fault to look at."""
    prepare()
    try:
        _serve(setup, run, control)
    except TransientError as error:
        log.warning("a worker gives up: %s", error)
        sys.exit(TROUBLE)


def _serve(setup: Setup, run: int, control: Connection) -> None:
    queue = Queue.of(setup.config.database, setup.rules)
    reader = setup.make_reader(setup.config)
    for _ in range(setup.documents):
        idle = False
        while (done := process(queue, setup, reader, run)) is None:
            if not idle:
                control.send("idle")
            idle = True
            if control.poll(setup.poll):
                return
        if done == "retriable":
            control.send(done)
        if control.poll() or _megabytes() > setup.megabytes:
            return


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
