"""What lies in the inbox tonight: which files are new, whole, and worth reading. Opens only what has changed."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.intake import fingerprint, is_text, shown
from pipeline.store.ledger import Outcome
from pipeline.store.queue import chunks
from pipeline.store.runs import Entry, Runs, Standing, Stat

log = logging.getLogger("congvan")

BATCH = 400
_INODE = 2**63 - 1  # inode numbers of some file systems do not fit a signed column


@dataclass(slots=True)
class Arrivals:
    """One look through the inbox.

    Attributes:
        runs: The store; None if there is none yet (a rehearsal).
        read_by: Versions of the extractors; files that failed under others are read again.
        stable: Seconds that a file must have been left alone.
        sleep: Waits for files to settle.
        wall: The time as file systems tell it.
        counted: Digests of files that the run has taken over from one that was cut off, and counts already.
        fresh: Digests computed here, to be remembered.
    """

    runs: Runs | None
    read_by: str | None
    stable: float = 5.0
    sleep: Callable[[float], None] = time.sleep
    wall: Callable[[], float] = time.time
    counted: frozenset[str] = frozenset()
    fresh: dict[Stat, str] = field(default_factory=dict)
    _seen: set[str] = field(default_factory=set)

    def batches(self, files: Iterable[Path]) -> Iterator[list[Entry]]:
        """What to do with each file, some hundred at a time; the ones just written last."""
        young: list[Stat] = []
        for batch in chunks(files, BATCH):
            settled: list[Stat] = []
            unnamed = [path for path in batch if not is_text(path)]
            for stat in filter(None, (look(path) for path in batch if path not in unnamed)):
                (young if stat.mtime_ns / 1e9 > self.wall() - self.stable else settled).append(stat)
            yield [*self._judge_all(settled), *map(_bad_name, unnamed)]
        if young:
            yield from self._young(young)

    def _young(self, young: Sequence[Stat]) -> Iterator[list[Entry]]:
        """Files that may still be growing: looked at again after a while, taken if nothing has changed."""
        self.sleep(self.stable)
        for batch in chunks(young, BATCH):
            now = [(stat, look(Path(stat.path))) for stat in batch]
            growing = [new for old, new in now if new is not None and new != old]
            whole = [new for old, new in now if new == old and new is not None]
            yield [*self._judge_all(whole), *(Entry(stat, "", "retriable", "still_growing") for stat in growing)]

    def _judge_all(self, stats: Sequence[Stat]) -> list[Entry]:
        cached = self.runs.cached(stats) if self.runs else {}
        entries: list[Entry] = []
        digests: dict[Stat, str] = {}
        for stat in stats:
            sha256 = cached.get(stat.path) or self._digest(stat)
            if isinstance(sha256, Entry):
                entries.append(sha256)
            elif sha256:
                digests[stat] = sha256
        standing = self.runs.standing(digests.values()) if self.runs and digests else {}
        now = self.runs.clock() if self.runs and digests else 0.0
        for stat, sha256 in digests.items():
            known = stat.path in cached
            entry = self._judge(stat, sha256, standing.get(sha256, Standing()), now, known=known)
            if entry:
                entries.append(entry)
        # The largest first: none of them is begun last, while other workers have nothing left to do.
        return sorted(entries, key=lambda entry: -entry.stat.size)

    def _digest(self, stat: Stat) -> str | Entry | None:
        try:
            sha256 = fingerprint(Path(stat.path)).sha256
        except FileNotFoundError:
            return None  # taken away before we came to it: not ours any more
        except OSError as error:
            log.warning("%s cannot be read: %s", stat.path, error.strerror)
            return Entry(stat, "", "retriable", "unreadable")
        if look(Path(stat.path)) != stat:
            return Entry(stat, "", "retriable", "still_growing")
        self.fresh[stat] = sha256
        return sha256

    def _judge(self, stat: Stat, sha256: str, known_as: Standing, now: float, *, known: bool) -> Entry | None:
        again = sha256 in self._seen
        self._seen.add(sha256)
        known = known or stat.path == known_as.path
        if again:
            return Entry(stat, sha256, "duplicate", "same_bytes", tell=not known)
        if sha256 in self.counted:
            return None
        if known_as.due is not None and known_as.due > now:
            return Entry(stat, sha256, "retriable", known_as.reason or "transient")
        outcome, reason = self._settled(known_as)
        if outcome == "duplicate" and not known:
            reason = reason or "same_bytes"
        return Entry(stat, sha256, outcome, reason, tell=not known)

    def _settled(self, known_as: Standing) -> tuple[Outcome | None, str | None]:
        if known_as.status == "stored":
            return "duplicate", None
        if known_as.status == "discarded":
            return "duplicate", "discarded"
        if known_as.status == "quarantined":
            return "quarantined", known_as.reason
        if known_as.status == "failed" and known_as.read_by == self.read_by:
            return "failed", known_as.reason
        return None, None


def _bad_name(path: Path) -> Entry:
    log.warning("%s: the name is not UTF-8: rename the file", shown(path))
    return Entry(Stat(str(shown(path)), 0, 0, 0), "", "failed", "bad_name")


def look(path: Path) -> Stat | None:
    """What a path looks like; None if there is nothing any more."""
    try:
        found = os.stat(path, follow_symlinks=True)
    except OSError:
        return None
    return Stat(os.path.abspath(path), found.st_size, found.st_mtime_ns, found.st_ino & _INODE)
