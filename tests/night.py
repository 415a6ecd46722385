"""Stand-ins for the tests of the nightly run: letters as small text files, readers that fail as they are told.

A file's text is its behaviour: "number|date|body|cites ..." is read at once; words before "!" make the reader stumble.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import multiprocessing
import os
import signal
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.document import Source
from models.errors import InputError, MissingDependency, TransientError
from models.letter import Letter
from pipeline import contract
from pipeline.config import Config
from pipeline.execute.engine import Engine, InProcess, Setup
from pipeline.execute.local import MakeReader
from pipeline.execute.supervisor import Local
from pipeline.nightly import Night, Settings
from pipeline.report import Report
from pipeline.store.queue import Rules
from pipeline.store.runs import Runs
from tests.killing import arm_worker
from tests.letters import cites, letter

# Loaded once: the machine that runs the tests may take seconds for it.
multiprocessing.get_context("forkserver").set_forkserver_preload(["pipeline.execute.worker", "tests.night"])

BODY = "Ủy ban nhân dân tỉnh An Giang"


@dataclass(frozen=True)
class Fake:
    """Reads text files; `flags` is a folder where a test leaves signs ("out": the machine is out)."""

    flags: Path

    def check(self) -> None:
        if (self.flags / "missing").exists():
            raise MissingDependency("tesseract is not installed: apt-get install tesseract-ocr")

    def read(self, path: Path) -> tuple[Letter, ...]:
        data = path.read_bytes()
        behaviour, _, text = data.decode().rpartition("!")
        _log(self.flags, path)
        if (self.flags / "out").exists():
            raise TransientError("the reading machine is out")
        for word in behaviour.split():
            self._stumble(word, path)
        parts = text.strip().split("|")
        number, on, body, *cited = [*parts, *[""] * (3 - len(parts))]
        source = Source(path.name, hashlib.sha256(data).hexdigest(), "text/plain", path, len(data))
        citations = [cites(number, "2024-03-05", BODY) for number in cited if number[:1].isdigit()]
        subject = "Về việc báo cáo" if (self.flags / "newer").exists() else None
        found = letter(number, on or "2024-03-05", body or BODY, *citations, text=text, subject=subject)
        return (dataclasses.replace(found, source=source),)

    def _stumble(self, word: str, path: Path) -> None:
        kind, _, value = word.partition("=")
        if kind == "sleep":
            time.sleep(float(value))
        elif kind == "bad":
            raise InputError(value)
        elif kind == "bug":
            raise ValueError("a bug in an extractor")
        elif kind == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        elif kind == "flaky" and _count(self.flags, path) <= int(value):
            raise TransientError("engine timed out")
        elif kind == "once" and _count(self.flags, path) == 1:
            self._stumble(value, path)
        elif kind == "child":
            with subprocess.Popen(["sleep", "300"]) as child:
                (self.flags / "child").write_text(str(child.pid))
        elif kind == "hang":
            threading.Event().wait()


def _log(flags: Path, path: Path) -> None:
    with (flags / f"read-{path.name}").open("a") as file:
        file.write(f"{os.getpid()}\n")


def _count(flags: Path, path: Path) -> int:
    log = flags / f"read-{path.name}"
    return log.read_text().count("\n") if log.exists() else 0


def reads(flags: Path, name: str) -> list[int]:
    """Process ids of all attempts to read a file."""
    log = flags / f"read-{name}"
    return [int(pid) for pid in log.read_text().split()] if log.exists() else []


@dataclass(frozen=True)
class Make:
    """Makes the fake reader in whatever process; workers die at `deadly` points, see `killing.arm_worker`."""

    flags: Path
    deadly: tuple[int, ...] = ()

    def __call__(self, config: Config) -> Fake:
        arm_worker(self.flags, self.deadly)
        return Fake(self.flags)


@dataclass
class Place:
    """An archive in a temporary folder."""

    folder: Path
    url: str
    rules: Rules = dataclasses.field(default_factory=lambda: Rules(lease=5, pause=0.01, delay=0.0, attempts=4))
    max_seconds: float = 60.0
    deadly: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        self.inbox.mkdir(exist_ok=True)
        self.flags.mkdir(exist_ok=True)

    @property
    def inbox(self) -> Path:
        return self.folder / "inbox"

    @property
    def flags(self) -> Path:
        return self.folder / "flags"

    def put(self, name: str, text: str) -> Path:
        path = self.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        os.utime(path, (1_700_000_000, 1_700_000_000))
        return path

    def fill(self, count: int, text: str = "{n}/QĐ-UBND|2024-03-05||{m}/QĐ-UBND", first: int = 1) -> None:
        for n in range(first, first + count):
            self.put(f"{n:03}.txt", text.format(n=n, m=n + 1))

    def runs(self) -> Runs:
        return Runs.of(self.url, self.rules, bring_up_to_date=True)

    def setup(self, read_by: str | None = "v:1") -> Setup:
        make: MakeReader = Make(self.flags, self.deadly)
        return Setup(Config(database=self.url, max_seconds=self.max_seconds), make, self.rules, read_by, poll=0.02)

    def night(self, jobs: int = 0, runs: Runs | None = None, read_by: str | None = "v:1", **night: Any) -> Report:
        """One nightly run; without jobs in this process."""
        opened = runs or self.runs()
        setup = self.setup(read_by)
        engine: Engine = Local(opened, setup, jobs, night.pop("seconds", None)) if jobs else InProcess(opened, setup)
        settings = Settings((self.inbox,), self.folder / "state", stable=0.0, check_days=7)
        try:
            return Night(opened, settings, engine, read_by, **night).run()
        finally:
            if runs is None:
                opened.close()


def counts(report: Report) -> dict[str, int]:
    """The counts that are not zero, without pages."""
    return {name: n for name, n in dataclasses.asdict(report.counts).items() if n and name != "pages"}


def export(runs: Runs) -> str:
    """All that the store says, without times and runs."""
    letters = [(s.id, s.decision_id, s.status, _plain(s.letter)) for s in runs.letters()]
    edges = sorted(map(str, runs.edges()))
    states = [(s.name, s.status, s.reason) for s in runs.ledger.states("stored", "quarantined", "failed", "retriable")]
    everything = [sorted(letters, key=lambda item: item[0]), edges, sorted(states), runs.counts()]
    return json.dumps(everything, default=str, ensure_ascii=False)


def _plain(item: Letter) -> dict[str, Any]:
    return contract.to_json(item)


def wait_for(condition: Any, seconds: float = 20.0) -> None:
    """Return when `condition()` holds; fail after some time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)
