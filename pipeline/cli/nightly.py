"""Commands that run the archive: `nightly` for the timer, `retry` for persons, `worker` for more machines."""

from __future__ import annotations

import contextlib
import importlib
import os
import signal
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from models.errors import ConfigError, CongvanError, MissingDependency
from pipeline import report as reports
from pipeline.arrivals import look
from pipeline.cli.app import App, NotFound, clean, emit_json, formats, pass_app, say
from pipeline.config import ROOT
from pipeline.execute.engine import Engine, InProcess, Setup
from pipeline.execute.supervisor import Local
from pipeline.nightly import Night, Settings, rehearse, settings
from pipeline.store.queue import Rules
from pipeline.store.runs import Entry, Runs, Stat
from pipeline.versions import read_by

QUIET_SECONDS = 15.0


def night_settings(inbox: tuple[Path, ...] = (), jobs: int = 0) -> Settings:
    """The settings of the nightly run; options win over the environment."""
    found = settings(os.environ, ROOT, os.cpu_count() or 1)
    changes = {"inbox": inbox or found.inbox, "jobs": jobs or found.jobs}
    return Settings(**{**{name: getattr(found, name) for name in Settings.__dataclass_fields__}, **changes})


def engine_for(app: App, runs: Runs, chosen: Settings) -> tuple[Engine, Setup]:
    """The engine that database and settings ask for.

    Raises:
        ConfigError: if they do not go together.
    """
    setup = Setup(app.config, app.make_reader, Rules(), read_by())
    if chosen.engine == "cluster":
        if not app.config.database.startswith("postgresql"):
            raise ConfigError("CONGVAN_ENGINE=cluster needs PostgreSQL: set --database postgresql://...")
        made: Engine = _cluster().Cluster(runs, setup)
        return made, setup
    if chosen.engine == "inprocess":
        return InProcess(runs, setup), setup
    return Local(runs, setup, chosen.jobs), setup


def _cluster() -> Any:
    """The engine of several machines, imported on use: its queue is an optional package."""
    try:
        return importlib.import_module("pipeline.execute.cluster")
    except ModuleNotFoundError as error:
        raise MissingDependency(f"{error.name} is not installed: pip install '.[postgres]'") from error


@click.command()
@click.option("--inbox", multiple=True, type=click.Path(path_type=Path), help="Folder that letters arrive in.")
@click.option("--jobs", type=click.IntRange(0), default=0, help="Worker processes; 0 = CONGVAN_JOBS or the cores.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done; write nothing.")
@formats("text", "json")
@pass_app
@click.pass_context
def nightly(ctx: click.Context, app: App, inbox: tuple[Path, ...], jobs: int, dry_run: bool, form: str) -> None:
    """Take in what is new, retry what is due, decide open links, check what is due, and report.

    For cron or a systemd timer. Exit codes: 0 done, 4 something is set aside for good, 5 run again, 6 another run is
    at it. The last line on standard error counts: seen = stored + duplicate + quarantined + failed + retriable.
    """
    chosen = night_settings(inbox, jobs)
    if dry_run:
        _rehearse(app, chosen, form)
        return
    runs = Runs.of(app.config.database, bring_up_to_date=True)
    try:
        engine, setup = engine_for(app, runs, chosen)
        night = Night(runs, chosen, engine, setup.read_by, watch=Progress(runs))
        ctx.exit(conduct(night, form))
    finally:
        runs.close()


def conduct(night: Night, form: str) -> int:
    """Run, print the report ("json", "text" or "quiet") and the last line; the exit code."""
    _hang_up_is_terminate()
    try:
        report = night.run()
    except BaseException as error:
        if night.last is None:  # it had not begun
            raise
        if isinstance(error, CongvanError):
            say(f"stopped: {clean(str(error))}")
        say(night.last.last_line)  # what was done counts
        if isinstance(error, CongvanError):
            return error.exit_code
        raise
    if form == "json":
        emit_json(reports.to_json(report))
    elif form == "text":
        click.echo(reports.to_text(report), nl=False)
    if report.stopped:
        say(f"stopped: {clean(report.stopped)}")
    say(report.last_line)
    return report.exit_code


def _hang_up_is_terminate() -> None:
    """A closed terminal ends the run as SIGTERM does: with its state saved."""
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))


def _rehearse(app: App, chosen: Settings, form: str) -> None:
    runs: Runs | None = None
    if app.existing_store():
        runs = Runs.of(app.config.database)
        if not runs.up_to_date():
            runs.close()
            runs = None
    began = time.monotonic()
    sums: Counter[str] = Counter()
    for entry in rehearse(runs, chosen.inbox, read_by(), chosen.stable):
        outcome = entry.outcome or "stored"
        sums[outcome] += 1
        if form == "json":
            emit_json({"path": entry.stat.path, "outcome": outcome, "reason": entry.reason, "read": not entry.outcome})
        elif entry.tell or not entry.outcome:
            click.echo(f"{'read' if not entry.outcome else outcome}: {clean(entry.stat.path)}")
    if runs:
        runs.close()
    names = ("stored", "duplicate", "quarantined", "failed", "retriable")
    line = " ".join(f"{name}={sums[name]}" for name in names)
    say(f"seen={sums.total()} {line} pages=0 seconds={time.monotonic() - began:.1f}")


@click.command()
@click.argument("refs", nargs=-1)
@click.option("--jobs", type=click.IntRange(0), default=0, help="Worker processes; 0 = CONGVAN_JOBS or the cores.")
@formats("text", "json")
@pass_app
@click.pass_context
def retry(ctx: click.Context, app: App, refs: tuple[str, ...], jobs: int, form: str) -> None:
    """Read again now: everything that waits after temporary trouble, or the files set aside that REFS name.

    REF is the beginning of a digest, or a file name, as `congvan quarantine list` shows them.
    """
    chosen = night_settings(jobs=jobs)
    runs = Runs.of(app.config.database, bring_up_to_date=True)
    try:
        entries = _named(runs, refs) if refs else _retriable(runs)
        engine, setup = engine_for(app, runs, chosen)
        runs.hurry()
        night = Night(runs, chosen, engine, setup.read_by, "retry", Progress(runs), entries=entries)
        ctx.exit(conduct(night, form))
    finally:
        runs.close()


def _named(runs: Runs, refs: tuple[str, ...]) -> list[Entry]:
    entries = []
    for ref in refs:
        states = [s for s in runs.ledger.matching(ref) if s.status in ("quarantined", "failed", "retriable")]
        if not states:
            raise NotFound(f"no file set aside is called {ref!r}")
        for state in states:
            runs.settle_source(state.sha256, "retriable")
            entries.append(Entry(_stat(state.path, state.size), state.sha256, None))
    return entries


def _retriable(runs: Runs) -> list[Entry]:
    waiting = {path for path, *_ in runs.waiting()}  # these come by themselves
    states = [state for state in runs.ledger.states("retriable") if state.path not in waiting]
    return [Entry(_stat(state.path, state.size), state.sha256, None) for state in states]


def _stat(path: str, size: int) -> Stat:
    return look(Path(path)) or Stat(path, size, 0, 0)


@click.command()
@click.option("--jobs", type=click.IntRange(0), default=0, help="Processes; 0 = CONGVAN_JOBS or the cores.")
@pass_app
def worker(app: App, jobs: int) -> None:
    """Join this machine to the others that read for one PostgreSQL database, until told to stop.

    Needs the same folder of originals under the same path as on the machine that runs `congvan nightly`.
    """
    if not app.config.database.startswith("postgresql"):
        raise ConfigError("workers need PostgreSQL: set --database postgresql://... or CONGVAN_DATABASE")
    cluster = _cluster()
    setup = Setup(app.config, app.make_reader, Rules(), read_by())
    app.make_reader(app.config).check()
    with contextlib.suppress(KeyboardInterrupt):
        cluster.serve(setup, jobs or night_settings().jobs)


@dataclass(slots=True)
class Progress:
    """Says now and then how a run goes on; called while it does."""

    runs: Runs
    _began: float = field(default_factory=time.monotonic)
    _spoke: float = field(default_factory=time.monotonic)

    def __call__(self) -> None:
        """Say something if it is time to."""
        now = time.monotonic()
        if now - self._spoke < (1.0 if sys.stderr.isatty() else QUIET_SECONDS):
            return
        self._spoke = now
        run = self.runs.ledger.runs(1)[0].id
        done, pages, left = self.runs.progress(run)
        rate = f", {pages / (now - self._began) * 60:.0f} pages a minute" if pages else ""
        line = f"{done} files done, {left} queued{rate}"
        terminal = sys.stderr.isatty()
        click.echo(f"\r{line}  " if terminal else line, err=True, nl=not terminal)
