"""Commands of the operator: is everything installed, what is in the store, what was set aside, is it sound."""

from __future__ import annotations

import importlib
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from models.errors import REASONS, CongvanError, IntegrityError, MissingDependency
from pipeline import integrity
from pipeline.cli.app import App, NotFound, clean, console, emit_json, formats, grid, pass_app, say
from pipeline.store import bulk, database
from pipeline.store.ledger import SourceState
from pipeline.store.runs import Runs

_SET_ASIDE = ("quarantined", "failed", "retriable")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that `doctor` looked at; `cure` says what to do where it is not well."""

    what: str
    well: bool
    found: str
    cure: str = ""
    needed: bool = True


@click.command()
@formats("table", "json")
@pass_app
@click.pass_context
def doctor(ctx: click.Context, app: App, form: str) -> None:
    """Check what the program needs: Tesseract and its Vietnamese data, the second reader, fonts, the database.

    Exit code 3 if something needed is missing; each finding comes with its cure.
    """
    findings = [_tesseract(app), _weights(), _font(), _database(app)]
    if form == "json":
        for finding in findings:
            emit_json(asdict(finding))
    else:
        table = grid("", "what!", "found", "what to do")
        for finding in findings:
            table.add_row("ok" if finding.well else "!!", finding.what, clean(finding.found), clean(finding.cure))
        console().print(table)
    ctx.exit(0 if all(f.well or not f.needed for f in findings) else MissingDependency.exit_code)


def _looked_at(what: str, look: Callable[[], str], cure: str, *, needed: bool = True) -> Finding:
    try:
        return Finding(what, True, look(), needed=needed)
    except (CongvanError, OSError, ImportError, subprocess.SubprocessError) as error:
        return Finding(what, False, str(error), cure, needed)


def _tesseract(app: App) -> Finding:
    def look() -> str:
        app.make_reader(app.config).check()
        return shutil.which("tesseract") or "present"

    return _looked_at("tesseract + vie", look, "apt-get install tesseract-ocr tesseract-ocr-vie")


def _weights() -> Finding:
    def look() -> str:
        home = Path(str(importlib.import_module("rapidocr").__file__)).parent
        models = sorted(path.name for path in home.rglob("*.onnx"))
        if not models:
            raise MissingDependency("the package holds no weights")
        return ", ".join(models)

    return _looked_at("second reader", look, "run make setup: it installs rapidocr with its weights")


def _font() -> Finding:
    def look() -> str:
        listing = subprocess.run(
            ["fc-list", ":lang=vi", "family"], capture_output=True, text=True, timeout=30, check=True
        )
        families = sorted({line.strip() for line in listing.stdout.splitlines() if line.strip()})
        if not families:
            raise MissingDependency("no font covers Vietnamese")
        return ", ".join(families[:3])

    return _looked_at("Vietnamese font", look, "apt-get install fonts-dejavu (only to set sample pages)", needed=False)


def _database(app: App) -> Finding:
    def look() -> str:
        store = app.store()
        try:
            return f"{store.describe()}, {store.counts()['letters']} letters"
        finally:
            store.close()

    return _looked_at("database", look, "check --database or CONGVAN_DATABASE, and that its folder can be written")


@click.command()
@formats("table", "json")
@pass_app
def status(app: App, form: str) -> None:
    """Count what is in the store, and show the latest runs."""
    store = app.store()
    counts, runs = store.counts(), store.ledger.runs()
    if form == "json":
        past = [{"id": r.id, "started": str(r.started), "finished": str(r.finished), **asdict(r.counts)} for r in runs]
        emit_json({**counts, "runs": past})
        return
    table = grid("what", "count!")
    for name, count in counts.items():
        table.add_row(name.replace("_", " "), str(count))
    console().print(table)
    history = grid("run!", "started (UTC)!", *asdict(runs[0].counts)) if runs else None
    for run in runs:
        if history:
            history.add_row(str(run.id), f"{run.started:%Y-%m-%d %H:%M}", *map(str, asdict(run.counts).values()))
    if history:
        console().print(history)


@click.command()
@click.option("--fast", is_flag=True, help="Compare originals by size only, not by their bytes.")
@formats("table", "json")
@pass_app
def check(app: App, form: str, fast: bool) -> None:
    """Look for faults: links that cannot be, letters without pages, originals gone or changed, wrong books.

    Exit code 7 if there is one.
    """
    runs = Runs.of(app.config.database, bring_up_to_date=True)
    faults = integrity.faults(runs, digests=not fast)
    runs.close()
    for fault in faults:
        if form == "json":
            emit_json({"fault": fault})
        else:
            click.echo(fault)
    if faults:
        raise IntegrityError(f"{len(faults)} faults found")
    say("no faults")


@click.group()
def quarantine() -> None:
    """Files that could not be stored, and why."""


@quarantine.command("list")
@formats("table", "json")
@pass_app
def quarantine_list(app: App, form: str) -> None:
    """List them with their reason."""
    states = app.store().ledger.states(*_SET_ASIDE)
    if form == "json":
        for state in states:
            emit_json(_state_json(state))
        return
    table = grid("file", "status!", "reason!", "what to do", "id!")
    for state in states:
        cure = REASONS.get(state.reason or "", "run ingest again" if state.status == "retriable" else "see show")
        table.add_row(clean(state.name), state.status, state.reason or "", cure, state.sha256[:12])
    console().print(table)


@quarantine.command("show")
@click.argument("ref")
@formats("json", "table")
@pass_app
def quarantine_show(app: App, ref: str, form: str) -> None:
    """Print all that is known of the file REF: the beginning of its digest, or its name."""
    states = [state for state in app.store().ledger.matching(ref) if state.status in _SET_ASIDE]
    if not states:
        raise NotFound(f"no file set aside is called {ref!r}")
    for state in states:
        if form == "json":
            emit_json(_state_json(state))
        else:
            table = grid("what!", "value")
            for name, value in _state_json(state).items():
                table.add_row(name, "" if value is None else str(value))
            console().print(table)


@quarantine.command("release")
@click.argument("refs", nargs=-1, required=True)
@pass_app
def quarantine_release(app: App, refs: tuple[str, ...]) -> None:
    """Have the files REFS read again by the next `nightly` or `retry`: the cause is removed."""
    _settle(app, refs, "retriable", "will be read again")


@quarantine.command("discard")
@click.argument("refs", nargs=-1, required=True)
@pass_app
def quarantine_discard(app: App, refs: tuple[str, ...]) -> None:
    """Accept that the files REFS are no letters; they are counted as duplicates from now on. No file is deleted."""
    _settle(app, refs, "discarded", "discarded")


def _settle(app: App, refs: tuple[str, ...], status: str, what: str) -> None:
    runs = Runs.of(app.config.database, bring_up_to_date=True)
    try:
        for ref in refs:
            states = [state for state in runs.ledger.matching(ref) if state.status in (*_SET_ASIDE, "discarded")]
            if len(states) != 1:
                raise NotFound(f"{len(states)} files set aside are called {ref!r}; give more of the id")
            runs.settle_source(states[0].sha256, status)
            say(f"{clean(states[0].name)}: {what}")
    finally:
        runs.close()


def _state_json(state: SourceState) -> dict[str, object]:
    return {**asdict(state), "first_seen": state.first_seen.isoformat(), "last_seen": state.last_seen.isoformat()}


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
@pass_app
def db_upgrade(app: App) -> None:
    """Make the tables or bring them up to date; changes nothing if they are."""
    engine = database.open_engine(app.config.database)
    before, after = database.upgrade(engine)
    bodies = database.reload_authorities(engine)
    engine.dispose()
    say(f"database is at revision {after}" + ("" if before == after else f", was {before or 'empty'}"))
    say(f"{bodies} bodies in the authority list")


@db.command("relink")
@pass_app
def db_relink(app: App) -> None:
    """Decide all links anew, after the rules of linking changed or a run was cut off."""
    store = app.store()
    store.forget_links()
    say(f"{store.relink()} numbers looked at")


@db.command("copy")
@click.argument("target")
@pass_app
def db_copy(app: App, target: str) -> None:
    """Copy the whole store into the empty database TARGET, a URL: an archive that moves from SQLite to PostgreSQL.

    What is there stays as it is. Nobody may write while it runs: stop the nightly job and the screens first.
    """
    source, goal = database.open_engine(app.config.database), database.open_engine(target)
    database.upgrade(source)
    database.upgrade(goal)
    rows = bulk.copy_store(source, goal)
    place = goal.url.render_as_string(hide_password=True)
    source.dispose()
    goal.dispose()
    say(f"{rows} rows copied to {place}")
