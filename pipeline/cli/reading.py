"""Commands that read files: `extract` prints the letters, `ingest` stores them."""

from __future__ import annotations

import os
import time
from pathlib import Path

import click

from models.errors import CongvanError, InputError, TransientError
from models.letter import Letter
from pipeline import contract
from pipeline.cli.app import App, clean, console, day, emit_json, formats, grid, pass_app, say
from pipeline.cli.progress import PageProgress
from pipeline.engines.page_count import page_count
from pipeline.execute.local import read_one
from pipeline.intake import Found, Intake, Planned, Report, find_files, plan
from pipeline.versions import read_by

MOST_JOBS = 4
# Pages per process below which starting it (engines, language models) takes longer than it saves.
WORTH_A_PROCESS = 4

_paths = click.Path(exists=True, path_type=Path)


@click.command()
@click.argument("files", nargs=-1, required=True, type=_paths)
@formats("json", "table")
@pass_app
@click.pass_context
def extract(ctx: click.Context, app: App, files: tuple[Path, ...], form: str) -> None:
    """Read FILES and print the letters found; store nothing.

    JSON is one object per line and letter. Exit code 4 if a file gave no letter, 5 if it may work later.
    """
    reader = app.make_reader(app.config)
    reader.check()
    worst = 0
    for path in files:
        result = read_one(reader, path)
        for letter in result.letters:
            if form == "json":
                emit_json(contract.to_json(letter))
            else:
                _show_fields(letter)
        if result.fault:
            say(f"{clean(str(path))}: {result.reason}: {result.message}")
            worst = max(worst, TransientError.exit_code if result.fault == "retriable" else InputError.exit_code)
    ctx.exit(worst)


def _show_fields(letter: Letter) -> None:
    table = grid("field!", "value", "sure!", title=clean(letter.source.name))
    record = contract.to_json(letter)
    for name in (*contract.SCALARS, *contract.LISTS):
        items = record[name] if isinstance(record[name], list) else [record[name]]
        for item in items:
            if item:
                mark = " ?" if name in letter.review else ""
                table.add_row(name, clean(_words(item["value"])), f"{item['confidence']:.2f}{mark}")
    for citation in letter.citations:
        words = f"{citation.number or citation.title or ''} {day(citation.issued_on)} {citation.issuer or ''}"
        table.add_row(citation.relation, clean(words), f"{citation.confidence:.2f}")
    console().print(table)


def _words(value: object) -> str:
    return ", ".join(str(part) for part in value.values() if part) if isinstance(value, dict) else str(value)


@click.command()
@click.argument("paths", nargs=-1, required=True, type=_paths)
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes; 0 = as many as there are cores, at most 4.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done; write nothing.")
@click.option("--limit", type=click.IntRange(1), help="Read at most this many new files.")
@formats("table", "json")
@pass_app
@click.pass_context
def ingest(
    ctx: click.Context, app: App, paths: tuple[Path, ...], jobs: int, dry_run: bool, limit: int | None, form: str
) -> None:
    """Take files and folders into the store; what is stored already is passed over.

    The last line on standard error counts: seen = stored + duplicate + quarantined + failed + retriable.
    """
    began = time.monotonic()
    found = find_files(paths)
    _tell_skipped(found)
    report, code = Report(), 0
    try:
        if dry_run:
            _rehearse(app, found, limit, report)
        else:
            _take_in(app, found, limit, jobs, report)
    except CongvanError as error:
        code = error.exit_code
        report.stopped = str(error)
    except KeyboardInterrupt:
        report.stopped = "interrupted; what was done is saved"
        raise
    finally:
        if form == "json":
            for path, outcome, reason in report.outcomes:
                emit_json({"path": str(path), "outcome": outcome, "reason": reason})
        if report.stopped:
            say(f"stopped: {report.stopped}")
        say(last_line(report, time.monotonic() - began))
    ctx.exit(code or exit_code(report))


def last_line(report: Report, seconds: float) -> str:
    """The line that scripts read."""
    c = report.counts
    return (
        f"seen={c.seen} stored={c.stored} duplicate={c.duplicate} quarantined={c.quarantined} failed={c.failed} "
        f"retriable={c.retriable} pages={c.pages} seconds={seconds:.1f}"
    )


def exit_code(report: Report) -> int:
    """As the contract says: 5 run again, 4 something is set aside for good, 0 all done."""
    if report.stopped or report.counts.retriable:
        return TransientError.exit_code
    return InputError.exit_code if report.counts.quarantined or report.counts.failed else 0


def _tell_skipped(found: Found) -> None:
    if found.skipped:
        say("passed over: " + ", ".join(f"{count} {kind}" for kind, count in found.skipped.items()))


def _take_in(app: App, found: Found, limit: int | None, jobs: int, report: Report) -> None:
    store = app.store()
    try:
        planned = _limited(list(plan(found.files, store, read_by=read_by())), limit)
        new = [item.path for item in planned if item.outcome is None]
        if new:
            app.make_reader(app.config).check()
        pages = {path: page_count(path) for path in new}
        workers = jobs or max(1, min(os.cpu_count() or 1, MOST_JOBS, sum(pages.values()) // WORTH_A_PROCESS))
        with PageProgress(pages) as progress:
            intake = Intake(store, app.config, app.make_reader, workers, read_by(), progress)
            intake.run(planned, report)
    finally:
        store.close()


def _rehearse(app: App, found: Found, limit: int | None, report: Report) -> None:
    store = app.existing_store()
    for item in _limited(list(plan(found.files, store, read_by=read_by())), limit):
        outcome = item.outcome or "stored"
        say(f"would be {outcome}: {clean(str(item.path))}")
        report.add(item.path, outcome, item.reason, 0)
    if store:
        store.close()


def _limited(planned: list[Planned], limit: int | None) -> list[Planned]:
    if limit is None:
        return planned
    kept: list[Planned] = []
    for item in planned:
        if item.outcome is None and limit == 0:
            continue
        limit -= item.outcome is None
        kept.append(item)
    return kept
