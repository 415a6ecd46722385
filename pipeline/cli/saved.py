"""Saved queries: keep a question, and be told which letters are new since one last looked."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from models.letter import RELATIONS
from pipeline.cli.app import (
    App,
    NotFound,
    clean,
    console,
    day,
    emit_json,
    formats,
    grid,
    pass_app,
    say,
    selection,
    selection_options,
)
from pipeline.query import understood
from pipeline.store.browse import Filter
from pipeline.store.saved import COMMAND_LINE, Fresh, Question, SavedQuery, question_json
from pipeline.store.store import Store, utc_now


@click.group("saved")
def saved() -> None:
    """Keep queries and list what is new since they were last looked at."""


@saved.command("add")
@click.argument("name")
@click.argument("text", default="")
@selection_options
@click.option("--relation", type=click.Choice(RELATIONS), help="Letters that cite something so.")
@click.option("--cites", metavar="REF", help="Letters that cite this document: a number, number and year, or id.")
@pass_app
def add(app: App, /, name: str, text: str, relation: str | None, cites: str | None, **chosen: Any) -> None:
    """Keep a query under NAME: words of TEXT, fields, or who cites a document. What it finds now counts as seen."""
    question = Question(understood(Filter(text, None, relation, selection(**chosen))), cites)
    key = app.store().saved.keep(COMMAND_LINE, name, question, utc_now())
    say(f"kept as {key}; `congvan saved new {key}` lists what comes")


@saved.command("list")
@formats("table", "json")
@pass_app
def list_(app: App, form: str) -> None:
    """List all saved queries, of the screens' users too, with how many letters are new."""
    queries = app.store().saved.all()
    if form == "json":
        for query in queries:
            emit_json(_json(query))
        return
    table = grid("Id!", "Name", "Owner", "Asks", "Found!", "New!")
    for query in queries:
        asks = ", ".join(f"{name}={value}" for name, value in question_json(query.question).items())
        table.add_row(str(query.id), clean(query.name), query.owner, clean(asks), str(query.found), str(query.new))
    console().print(table)


@saved.command("new")
@click.argument("key", type=int, required=False)
@click.option("--since", type=click.DateTime(), help="What was found after this moment (UTC) instead.")
@click.option("--keep", is_flag=True, help="Do not count what is shown as seen.")
@click.option("--limit", type=click.IntRange(1), default=100, show_default=True)
@formats("table", "json")
@pass_app
def new(app: App, key: int | None, since: datetime | None, keep: bool, limit: int, form: str) -> None:
    """Run the saved query KEY, or all, and list the letters that are new since one last looked."""
    store = app.store()
    now = utc_now()
    store.saved.refresh(now, key)
    for query in _chosen(store, key):
        _print(query, store.saved.found(query.id, since=since, limit=limit), form)
        if not keep:
            store.saved.looked(query.id, now)


@saved.command("remove")
@click.argument("key", type=int)
@pass_app
def remove(app: App, key: int) -> None:
    """Forget the saved query KEY."""
    if not app.store().saved.remove(key):
        raise NotFound(f"no saved query has the id {key}")


def _chosen(store: Store, key: int | None) -> tuple[SavedQuery, ...]:
    if key is None:
        return store.saved.all(COMMAND_LINE)
    query = store.saved.get(key)
    if query is None:
        raise NotFound(f"no saved query has the id {key}; `congvan saved list` lists them")
    return (query,)


def _print(query: SavedQuery, found: tuple[Fresh, ...], form: str) -> None:
    if form == "json":
        for fresh in found:
            hit = fresh.hit
            fields = {"number": hit.number, "doc_type": hit.doc_type, "issuer": hit.issuer, "subject": hit.subject}
            issued_on = hit.issued_on.isoformat() if hit.issued_on else None
            emit_json(
                {
                    "query": query.id,
                    "name": query.name,
                    "id": hit.letter_id,
                    **fields,
                    "date": issued_on,
                    "found_at": fresh.found_at.isoformat() + "Z",
                }
            )
        return
    table = grid("Số, ký hiệu", "Ngày!", "Tác giả", "Trích yếu", title=f"{query.name}: {len(found)} new")
    for fresh in found:
        hit = fresh.hit
        table.add_row(clean(hit.number), day(hit.issued_on), clean(hit.issuer), clean(hit.subject))
    console().print(table)


def _json(query: SavedQuery) -> dict[str, Any]:
    times = {name: getattr(query, name).isoformat() + "Z" for name in ("created_at", "seen_at", "checked_at")}
    known = {"id": query.id, "name": query.name, "owner": query.owner, "found": query.found, "new": query.new}
    return {**known, "asks": question_json(query.question), **times}
