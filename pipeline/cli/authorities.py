"""The authority list: bodies with codes, aliases and successors, and what persons add to it."""

from __future__ import annotations

import getpass
from datetime import date
from typing import Any

import click

from extractors.vi.authorities import by_code, by_name
from extractors.vi.authority_list import Authority, aliases, all_authorities, issuers
from extractors.vi.succession import predecessors, successors
from extractors.vi.text import fold
from pipeline.cli.app import App, NotFound, clean, console, emit_json, formats, grid, pass_app, say
from pipeline.store.bodies_said import NAMES, Act
from pipeline.store.store import Store, utc_now


@click.group("authorities")
def authorities() -> None:
    """Issuing bodies: the project's list with its sources, and what persons and confirmed letters add."""


@authorities.command("list")
@click.argument("words", default="")
@formats("table", "json")
@pass_app
def list_(app: App, words: str, form: str) -> None:
    """List bodies whose code or name holds WORDS, marks optional; then what was added, learnt and merged."""
    wanted = fold(words)
    rows = [row for row in all_authorities() if wanted in fold(f"{row.code} {row.name}")]
    acts = [act for act in app.store().bodies.acts() if not act.undone and wanted in fold(_said(act))]
    if form == "json":
        for row in rows:
            emit_json(_row_json(row))
        for act in acts:
            emit_json(_act_json(act))
        return
    table = grid("Code!", "Name", "Kind", "From!", "To!", "Successor", "Source")
    for row in rows:
        span = (str(row.valid_from or ""), str(row.valid_to or ""))
        table.add_row(row.code or "", row.name, row.kind, *span, row.successor or "", clean(row.source))
    for act in reversed(acts):
        table.add_row(f"#{act.id}", _said(act), act.action, str(act.at.date()), "", "", act.who)
    console().print(table)


@authorities.command("show")
@click.argument("body")
@formats("table", "json")
@pass_app
def show(app: App, body: str, form: str) -> None:
    """Print a body by its code or a name: its spans of time, aliases, predecessors, successors, what was said of it."""
    found = by_code(body) or by_name(body)
    added = [act for act in app.store().bodies.acts() if not act.undone and fold(body) in fold(_said(act))]
    if found is None and not added:
        raise NotFound(f"no body is called {body!r}; `congvan authorities list` lists them")
    told: dict[str, Any] = _told(found) if found else {}
    told["said"] = [_act_json(act) for act in added]
    if form == "json":
        emit_json(told)
        return
    table = grid("what!", "value")
    for name, value in told.items():
        for item in value if isinstance(value, list) else [value]:
            if item:
                table.add_row(name, clean(_words(item)))
    console().print(table)


def _told(body: Authority) -> dict[str, Any]:
    after = [{"name": each.name, "since": _iso(each.since)} for each in successors(body.name)]
    spans = [_row_json(row) for row in issuers().get(body.code or "", ()) if not body.place]
    return {
        "key": body.key,
        "name": body.name,
        "code": body.code,
        "kind": body.kind,
        "parent": body.parent,
        "aliases": [alias for alias, code, _ in aliases() if code == body.code],
        "predecessors": list(predecessors(body.name)),
        "successors": after,
        "rows": spans,
        "source": body.source,
    }


@authorities.command("add")
@click.argument("code")
@click.argument("name")
@click.option("--kind", help="What sort of body: ministry, department, local_body ...")
@click.option("--parent", help="Code of the body above.")
@click.option("--from", "valid_from", metavar="DAY", help="First day, 2025-03-01.")
@click.option("--to", "valid_to", metavar="DAY", help="Last day.")
@click.option("--successor", help="Code of the body that took over.")
@click.option("--source", help="Where this is known from.")
@pass_app
def add(app: App, /, code: str, name: str, **detail: str | None) -> None:
    """Say that symbols with CODE are those of the body NAME; citations without a stated issuer link by it."""
    store = app.store()
    act = store.bodies.add(code, name, who=getpass.getuser(), now=utc_now(), **detail)
    _relink(store, f"#{act}: {code} is {name}")


@authorities.command("merge")
@click.argument("name")
@click.argument("into")
@pass_app
def merge(app: App, name: str, into: str) -> None:
    """Say that NAME and INTO are names of one body; `authorities undo` takes it back, exactly."""
    store = app.store()
    act = store.bodies.merge(name, into, who=getpass.getuser(), now=utc_now())
    _relink(store, f"#{act}: {name} is {into}")


@authorities.command("undo")
@click.argument("act", type=int)
@pass_app
def undo(app: App, act: int) -> None:
    """Take back what was added, learnt or merged as number ACT."""
    store = app.store()
    store.bodies.undo(act, who=getpass.getuser(), now=utc_now())
    _relink(store, f"#{act} is undone")


@authorities.command("learn")
@pass_app
def learn(app: App) -> None:
    """Take over codes that no list knows, and names that were misread, from letters that persons confirmed."""
    store = app.store()
    _relink(store, "learnt: " + (", ".join(store.bodies.learn(utc_now())) or "nothing new"))


def _relink(store: Store, told: str) -> None:
    say(f"{told}; links of {store.relink()} numbers decided anew")


def _said(act: Act) -> str:
    if act.action in NAMES:
        return f"{act.detail['name']} = {act.detail['into']}"
    return f"{act.subject}: {act.detail['name']}"


def _row_json(row: Authority) -> dict[str, Any]:
    names = ("key", "code", "name", "kind", "parent", "successor", "source")
    days = {"valid_from": _iso(row.valid_from), "valid_to": _iso(row.valid_to)}
    return {**{name: getattr(row, name) for name in names}, **days}


def _act_json(act: Act) -> dict[str, Any]:
    known = {"act": act.id, "action": act.action, "says": _said(act), **act.detail}
    return {**known, "who": act.who, "at": act.at.isoformat() + "Z"}


def _words(value: object) -> str:
    return ", ".join(f"{name}={v}" for name, v in value.items() if v) if isinstance(value, dict) else str(value)


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None
