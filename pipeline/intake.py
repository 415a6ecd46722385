"""From files and folders into the store: what is new is read, everything is accounted for."""

from __future__ import annotations

import hashlib
import logging
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from models.document import Source
from pipeline.config import Config
from pipeline.execute.local import CHANGED, MakeReader, Result, of_these_bytes, read_all
from pipeline.store.ledger import Counts, Outcome
from pipeline.store.store import Store, utc_now

log = logging.getLogger("congvan")

# So many temporary faults in a row are a fault of the machine, not of the files: stop before condemning all of them.
BREAKER = 5
_TEMPORARY = (".part", ".partial", ".crdownload", ".tmp", ".temp", ".swp", ".lock", "~")
_SYSTEM = {"thumbs.db", "desktop.ini"}


@dataclass(frozen=True, slots=True)
class Found:
    """The files under some paths in a fixed order, and how many others were passed over, by kind."""

    files: tuple[Path, ...]
    skipped: dict[str, int]


@dataclass(frozen=True, slots=True)
class Planned:
    """One file before reading: `outcome` is None if it must be read."""

    path: Path
    source: Source
    outcome: Outcome | None = None
    reason: str | None = None


@dataclass(slots=True)
class Report:
    """One run as it goes on; `stopped` says why it ended early."""

    counts: Counts = field(default_factory=Counts)
    outcomes: list[tuple[Path, Outcome, str | None]] = field(default_factory=list)
    stopped: str | None = None

    def add(self, path: Path, outcome: Outcome, reason: str | None = None, pages: int = 0) -> None:
        """Count one file."""
        now = self.counts
        more = {"seen": now.seen + 1, "pages": now.pages + pages, outcome: getattr(now, outcome) + 1}
        self.counts = replace(now, **more)
        self.outcomes.append((path, outcome, reason))


Watch = Callable[[Path, Outcome, int], None]


def find_files(paths: Iterable[Path]) -> Found:
    """Every file under `paths`, folders in sorted order.

    Hidden and temporary files, links, pipes and devices inside folders are passed over; a file named outright is taken.
    """
    skipped: Counter[str] = Counter()
    files: dict[Path, None] = {}
    for path in map(Path.absolute, paths):
        if path.is_dir():
            files.update(dict.fromkeys(_walk(path, skipped)))
        elif path.is_file():
            files[path] = None
        else:
            skipped["special"] += 1
    return Found(tuple(files), dict(sorted(skipped.items())))


def _walk(folder: Path, skipped: Counter[str]) -> Iterator[Path]:
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError as error:
        log.warning("folder %s cannot be read: %s", folder, error)
        skipped["unreadable"] += 1
        return
    for entry in entries:
        try:
            kind = _passed_over(entry)
        except OSError as error:  # taken away since the folder was listed, or on a share that is gone
            kind = "vanished" if isinstance(error, FileNotFoundError) else "unreadable"
        if kind:
            skipped[kind] += 1
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(Path(entry.path), skipped)
        else:
            yield Path(entry.path)


def _passed_over(entry: os.DirEntry[str]) -> str | None:
    name = entry.name.lower()
    if entry.is_symlink():
        return "link"
    if name.startswith("."):
        return "hidden"
    if name.startswith("~$") or name.endswith(_TEMPORARY) or name in _SYSTEM:
        return "temporary"
    mode = entry.stat(follow_symlinks=False).st_mode
    return None if stat.S_ISREG(mode) or stat.S_ISDIR(mode) else "special"


def plan(files: Sequence[Path], store: Store | None, *, read_by: str | None = None) -> Iterator[Planned]:
    """What is to be done with each file, by its bytes; reads no file twice and opens no engine."""
    seen: set[str] = set()
    for path in files:
        if not is_text(path):
            log.warning("%s: the name is not UTF-8: rename the file", shown(path))
            yield Planned(shown(path), Source(shown(path).name, "", "", path, 0), "failed", "bad_name")
            continue
        try:
            source = fingerprint(path)
        except OSError as error:
            yield Planned(path, Source(path.name, "", "", path, 0), "retriable", f"unreadable: {error.strerror}")
            continue
        state = store.ledger.state(source.sha256) if store else None
        if source.sha256 in seen or (state and state.status == "stored"):
            yield Planned(path, source, "duplicate")
        elif state and state.status == "quarantined":
            yield Planned(path, source, "quarantined", state.reason)
        elif state and state.status == "failed" and state.read_by == read_by:
            yield Planned(path, source, "failed", state.reason)
        else:
            yield Planned(path, source)
        seen.add(source.sha256)


def is_text(path: Path) -> bool:
    """Whether a file name is UTF-8: no database takes another, and no person could ask for the file."""
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True


def shown(path: Path) -> Path:
    """A name that is not UTF-8 as it can be shown and stored."""
    return Path(os.fsencode(path).decode("utf-8", errors="backslashreplace"))


def fingerprint(path: Path) -> Source:
    """The file by its bytes alone; its type is left to the reader."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
            size += len(block)
    return Source(path.name, digest.hexdigest(), "application/octet-stream", path, size)


@dataclass(frozen=True, slots=True)
class Intake:
    """One way of taking files in.

    Attributes:
        read_by: Versions of the extractors; files that failed under others are tried again.
        watch: Told of each file that is done, with its pages.
    """

    store: Store
    config: Config
    make_reader: MakeReader
    jobs: int = 1
    read_by: str | None = None
    watch: Watch | None = None

    def run(self, planned: Sequence[Planned], report: Report) -> None:
        """Read what must be read, store it, decide the links; `report` is true at every moment, also if cut off."""
        run = self.store.ledger.start("ingest", utc_now())
        try:
            for item in planned:
                if item.outcome is not None:
                    self._note(run, report, item, item.outcome, item.reason)
            self._read([item for item in planned if item.outcome is None], run, report)
        finally:
            self.store.relink()
            self.store.saved.refresh(utc_now())
            self.store.ledger.finish(run, report.counts, utc_now())

    def _read(self, new: Sequence[Planned], run: int, report: Report) -> None:
        by_path = {item.path: item for item in new}
        in_a_row = 0
        for result in read_all([item.path for item in new], self.make_reader, self.config, self.jobs):
            item = by_path[result.path]
            result = of_these_bytes(result, item.source.sha256)
            self._keep(run, report, item, result)
            # a file that is being copied is no trouble of the machine
            in_a_row = in_a_row + 1 if result.fault == "retriable" and result.reason != CHANGED else 0
            if in_a_row >= BREAKER:
                report.stopped = f"{BREAKER} temporary faults in a row, the last: {result.message}"
                return

    def _keep(self, run: int, report: Report, item: Planned, result: Result) -> None:
        if result.fault is not None:
            if result.reason == CHANGED:
                log.warning("%s: written to while it was read, as by a copy that is not done: run again", item.path)
            else:
                self._set_aside(item, result)
            self._note(run, report, item, result.fault, result.reason)
        elif self._stored_meanwhile(item):
            self._note(run, report, item, "duplicate", None)
        else:
            self.store.save_file(result.letters, read_by=self.read_by)
            self._note(run, report, item, "stored", None, sum(len(letter.pages) for letter in result.letters))

    def _stored_meanwhile(self, item: Planned) -> bool:
        """Whether another run, at night or of another person, took the same bytes in since this one began."""
        state = self.store.ledger.state(item.source.sha256)
        return state is not None and state.status == "stored"

    def _set_aside(self, item: Planned, result: Result) -> None:
        log.warning("%s: %s: %s", item.path, result.fault, result.reason)
        if result.fault == "failed":
            log.error("%s failed\n%s", item.path, result.message)
        fault = result.fault or "failed"
        self.store.ledger.set_aside(item.source, fault, result.reason, result.message, utc_now(), self.read_by)

    def _note(
        self, run: int, report: Report, item: Planned, outcome: Outcome, reason: str | None, pages: int = 0
    ) -> None:
        self.store.ledger.note(run, report.counts.seen, str(item.path), item.source.sha256 or None, outcome, reason)
        report.add(item.path, outcome, reason, pages)
        if self.watch:
            self.watch(item.path, outcome, pages)
