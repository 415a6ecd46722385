"""Progress of a run in pages, with the time left: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from pipeline.cli.app import clean, console, say
from pipeline.store.ledger import Outcome

QUIET_SECONDS = 15.0


class PageProgress:
    """Told of each file that is done; a context manager around the run."""

    def __init__(self, pages: Mapping[Path, int]) -> None:
        self._pages = pages
        self._total = sum(pages.values())
        self._done = 0
        self._began = self._spoke = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("pages,"),
            TimeRemainingColumn(),
            TextColumn("left"),
            console=console(err=True),
            disable=not sys.stderr.isatty() or not self._total,
            transient=True,
        )
        self._task = self._bar.add_task("reading", total=self._total)

    def __enter__(self) -> PageProgress:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def __call__(self, path: Path, outcome: Outcome, _pages: int) -> None:
        """One file is done."""
        if path not in self._pages:
            return
        self._done += self._pages[path]
        self._bar.update(self._task, completed=self._done, description=clean(path.name)[:40])
        if outcome not in ("stored", "duplicate"):
            say(f"{outcome}: {clean(str(path))}")
        now = time.monotonic()
        if self._bar.disable and self._done > 1 and now - self._spoke > QUIET_SECONDS:
            self._spoke = now
            left = (now - self._began) / self._done * (self._total - self._done)
            say(f"{self._done} of {self._total} pages, about {left:.0f} s left")
