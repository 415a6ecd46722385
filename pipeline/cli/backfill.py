"""Commands for another reading of what is stored: `backfill` and `diff`."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import asdict

import click

from models.errors import ConfigError
from pipeline import backfill as backfills
from pipeline import lock
from pipeline.cli.app import App, NotFound, clean, console, emit_json, formats, grid, pass_app, say
from pipeline.cli.nightly import Progress, conduct, engine_for, night_settings
from pipeline.differences import KINDS, Difference, sums
from pipeline.nightly import Night
from pipeline.store.queue import BACKFILL
from pipeline.store.runs import Runs

LISTED = 50


@click.command()
@click.option("--all", "everything", is_flag=True, help="All stored files.")
@click.option("--ids", "refs", multiple=True, metavar="REF", help="A file or letter by id or name; may be repeated.")
@click.option("--extractor-older-than", "older_than", metavar="NAME:VERSION", help="Files an older one has read.")
@click.option("--continue", "go_on", type=int, metavar="RUN", help="The files that a stopped backfill did not get to.")
@click.option("--apply-run", type=int, metavar="RUN", help="Apply what an earlier backfill has read.")
@click.option("--apply", is_flag=True, help="Apply at once after showing the differences.")
@click.option("--per-hour", type=click.IntRange(1), help="Read at most so many files an hour.")
@click.option("--jobs", type=click.IntRange(0), default=0, help="Worker processes; 0 = CONGVAN_JOBS or the cores.")
@formats("table", "json")
@pass_app
@click.pass_context
def backfill(
    ctx: click.Context,
    app: App,
    everything: bool,
    refs: tuple[str, ...],
    older_than: str | None,
    go_on: int | None,
    apply_run: int | None,
    apply: bool,
    per_hour: int | None,
    jobs: int,
    form: str,
) -> None:
    """Read stored letters again and show what would change; nothing is overwritten until it is applied.

    What a person confirmed is never overwritten. One selector is needed.
    """
    runs = Runs.of(app.config.database, bring_up_to_date=True)
    try:
        if apply_run is not None:
            _apply(app, runs, apply_run, form)
            return
        if go_on is not None:
            entries = runs.left_over(go_on)
        else:
            entries = backfills.selected(runs, everything=everything, refs=refs, older_than=older_than)
        engine, setup = engine_for(app, runs, night_settings(jobs=jobs))
        night = Night(runs, night_settings(jobs=jobs), engine, setup.read_by, "backfill", Progress(runs))
        night.entries, night.purpose, night.per_hour = entries, BACKFILL, per_hour
        code = conduct(night, "quiet")
        run = runs.ledger.runs(1)[0].id
        _show(list(backfills.preview(runs, run)), form)
        if apply:
            _apply(app, runs, run, None)
        else:
            say(f"nothing is changed yet; apply with: congvan backfill --apply-run {run}")
        ctx.exit(code)
    finally:
        runs.close()


def _apply(app: App, runs: Runs, run: int, form: str | None) -> None:
    """Apply under the lock; with a format the differences are shown first."""
    found = runs.run(run)
    if found is None or found[0].command != "backfill":
        raise ConfigError(f"run {run} is no backfill")
    with ExitStack() as stack:
        stack.enter_context(lock.held(night_settings().lock, "backfill"))
        stack.enter_context(runs.exclusive())
        if form:
            _show(list(backfills.preview(runs, run)), form)
        say(f"{backfills.apply(runs, run)} files applied")


@click.command()
@click.argument("run_a", type=int)
@click.argument("run_b", type=int)
@formats("table", "json")
@pass_app
def diff(app: App, run_a: int, run_b: int, form: str) -> None:
    """Show how what RUN_B understood differs from what RUN_A did: gained, lost and changed values per field."""
    runs = Runs.of(app.config.database, bring_up_to_date=True)
    try:
        for run in (run_a, run_b):
            if runs.run(run) is None:
                raise NotFound(f"there is no run {run}; see `congvan status`")
        _show(list(backfills.compare(runs, run_a, run_b)), form)
    finally:
        runs.close()


def _show(differences: Sequence[Difference], form: str) -> None:
    if form == "json":
        for item in differences:
            emit_json(asdict(item))
        return
    table = grid("field!", *(f"{kind}!" for kind in KINDS))
    for name, counts in sums(differences).items():
        table.add_row(name, *(str(counts[kind]) for kind in KINDS))
    console().print(table)
    for item in differences[:LISTED]:
        before, after = (clean(text) if text else "-" for text in (item.before, item.after))
        click.echo(f"{item.letter_id} {item.field} {item.kind}: {before} -> {after}")
    if len(differences) > LISTED:
        click.echo(f"... and {len(differences) - LISTED} more; --format json lists all")
