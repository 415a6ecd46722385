"""Reading stored letters again with today's extractors: beside what is stored, compared, and only then applied."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from models.errors import ConfigError
from pipeline.arrivals import look
from pipeline.differences import Difference, between
from pipeline.store.runs import Entry, Runs, Stat


def selected(runs: Runs, *, everything: bool, refs: Sequence[str], older_than: str | None) -> list[Entry]:
    """The stored files that are to be read again.

    `older_than` is "NAME:VERSION" of an extractor, or "now": all that were not read by today's extractors.

    Raises:
        ConfigError: if no selector or more than one is given, or one selects nothing that can be.
    """
    if everything + bool(refs) + bool(older_than) != 1:
        raise ConfigError("say what to read again: --all, --ids REF..., or --extractor-older-than NAME:VERSION")
    stored = runs.read_by()
    if refs:
        chosen = {sha256 for ref in refs for sha256 in _named(runs, ref)}
    elif older_than:
        chosen = {sha256 for sha256, (read_by, _) in stored.items() if _is_older(read_by, older_than)}
    else:
        chosen = set(stored)
    return [Entry(_stat(stored[sha256][1]), sha256, None) for sha256 in sorted(chosen)]


def _named(runs: Runs, ref: str) -> Iterable[str]:
    states = [state for state in runs.ledger.matching(ref) if state.status == "stored"]
    letter = runs.letter(ref)
    if letter:
        return [letter.letter.source.sha256]
    if not states:
        raise ConfigError(f"no stored file or letter is called {ref!r}")
    return [state.sha256 for state in states]


def _is_older(read_by: str, than: str) -> bool:
    name, _, version = than.rpartition(":")
    if not name or not version.replace(".", "").isdigit():
        raise ConfigError(f"{than!r} is not NAME:VERSION, for example citations:4 or tesseract:5.5")
    versions = dict(part.rsplit(":", 1) for part in read_by.split() if ":" in part)
    return _parts(versions.get(name, "0")) < _parts(version)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def _stat(path: str) -> Stat:
    return look(Path(path)) or Stat(path, 0, 0, 0)


def paced(entries: Sequence[Entry], per_hour: int | None) -> Iterator[list[Entry]]:
    """The entries in batches, slowly if so wished; an empty batch now and then while it is too early for the next."""
    if not per_hour:
        yield list(entries)
        return
    began = time.monotonic()
    for count, entry in enumerate(entries):
        while time.monotonic() < began + count * 3600 / per_hour:
            time.sleep(0.2)
            yield []
        yield [entry]


def preview(runs: Runs, run: int) -> Iterator[Difference]:
    """What applying a backfill would change; what a person confirmed stays and is no difference."""
    for sha256 in runs.proposed_files(run):
        before = runs.stored_json(sha256)
        after = runs.proposed_json(run, sha256)
        for letter_id in sorted({*before, *after}):
            yield from between(letter_id, before.get(letter_id), after.get(letter_id))


def apply(runs: Runs, run: int) -> int:
    """Store what a backfill has read, file by file; how many. Cut off, it goes on where it was."""
    files = runs.proposed_files(run)
    for sha256 in files:
        runs.apply_proposal(run, sha256)
    runs.relink()
    return len(files)


def compare(runs: Runs, one: int, two: int) -> Iterator[Difference]:
    """How what two runs understood differs, for the letters that both have read or only one of them.

    Raises:
        ConfigError: if one of them kept nothing that could be compared.
    """
    before, after = ({version.letter_id: version.values for version in runs.versions(run)} for run in (one, two))
    for run, kept in ((one, before), (two, after)):
        if not kept:
            raise ConfigError(f"run {run} kept no readings: nights and backfills keep them, `ingest` does not")
    for letter_id in sorted({*before, *after}):
        yield from between(letter_id, before.get(letter_id), after.get(letter_id))
