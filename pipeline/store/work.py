"""The terms of work: how patient it is, a claimed file, a fault; and trying again where the database is busy."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from models.errors import TransientError
from pipeline.store.ledger import Outcome

T = TypeVar("T")

READ, BACKFILL = "read", "backfill"


@dataclass(frozen=True, slots=True)
class Rules:
    """How patient the work is.

    Attributes:
        lease: Seconds after which a claim without a sign of life may be taken over.
        tries: Temporary faults of one file in one run, before it waits for the next.
        pause: Seconds before the second try; grows fourfold.
        deaths: So many workers may die on a file before it is set aside.
        attempts: So many runs may end with a temporary fault of a file before it counts as failed.
        delay: Seconds before a file that had temporary faults is due again; doubles with every run, up to three days.
        breaker: So many files in a row with temporary faults stop the run.
    """

    lease: float = 60.0
    tries: int = 3
    pause: float = 2.0
    deaths: int = 3
    attempts: int = 12
    delay: float = 900.0
    breaker: int = 5

    def wait(self, tries: int) -> float:
        """Seconds until the next try within a run."""
        return float(self.pause * 4 ** max(tries - 1, 0))

    def rest(self, attempts: int) -> float:
        """Seconds until a file is due again in a later run."""
        return float(min(self.delay * 2 ** max(attempts - 1, 0), 3 * 86400.0))


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed file. `token` proves the claim."""

    sha256: str
    path: str
    size: int
    purpose: str
    run: int
    ordinal: int
    token: str
    deaths: int


# The bytes that were planned are not at their path any more. Whatever lies there now, or where they were moved to, is
# found by the next run as a file of its own.
ABSENT = frozenset(["missing_file", "changed_while_read"])


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a file gave no letter this time; `kind` is quarantined, failed or retriable."""

    kind: Outcome
    reason: str
    message: str


def patiently(act: Callable[[], T], *, times: int = 5, first: float = 0.2) -> T:
    """`act`, again with growing pauses where the database is busy, in a deadlock or away for a moment."""
    for attempt in range(times - 1):
        try:
            return act()
        except TransientError:
            time.sleep(first * 3**attempt)
    return act()


def chunks(items: Iterable[T], size: int = 400) -> Iterable[list[T]]:
    """`items` in lists of at most `size`, as many as SQLite takes in one statement."""
    batch: list[T] = []
    for item in items:
        batch.append(item)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
