"""Commands for questions of research: pasted text, who cites a document, ways between two, chains of amendment."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import click
from rich.text import Text

from models.errors import ConfigError
from models.letter import RELATIONS
from pipeline import contract, export
from pipeline.cli.app import App, NotFound, clean, console, day, emit_csv, emit_json, formats, grid, pass_app, say
from pipeline.cli.questions import MARKS, label, links
from pipeline.lookup import FOUND, SEVERAL, TOO_MANY, UNKNOWN, LookedUp, look_up
from pipeline.series import Misfit
from pipeline.store.graph import Direction, Edge, Node, Walk
from pipeline.store.paths import LONGEST
from pipeline.store.store import Store

STATUSES = {FOUND: "found", SEVERAL: "several", UNKNOWN: "unknown", TOO_MANY: "not looked up"}
DAY = click.DateTime(formats=["%Y-%m-%d", "%d/%m/%Y"])


@click.command()
@click.argument("file")
@formats("table", "json")
@pass_app
def cite(app: App, file: str, form: str) -> None:
    """List the documents that the text of FILE (or of standard input: -) cites, and which of them the store knows.

    Each is found, several (more than one document fits), or unknown.
    """
    found = look_up(_text(file), app.store().find)
    if form == "json":
        for item in found:
            emit_json(_item(item))
        return
    table = grid("Status!", "As written", "Ngày!", "Document")
    for item in found:
        documents = "\n".join(label(node) + ("" if node.held else " (not held)") for node in item.documents)
        words = clean(item.citation.mentions[0].text) if item.citation.mentions else ""
        table.add_row(STATUSES[item.status], words, day(item.citation.issued_on), documents)
    console().print(table)
    counts = {name: sum(item.status == code for item in found) for code, name in STATUSES.items()}
    say("   ".join(f"{name} {count}" for name, count in counts.items() if count) or "no citations")


def _text(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ConfigError(f"{file} is not UTF-8 text: `congvan extract` reads scans and PDF files") from error
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}") from error


def _item(item: LookedUp) -> dict[str, Any]:
    said = contract.citation_to_json(item.citation)
    names = ("number", "doc_type", "date", "issuer", "title", "relation", "confidence", "pinpoints")
    where = {"text": item.citation.mentions[0].text, "start": item.start, "end": item.end}
    documents = [export.node_json(node) for node in item.documents]
    return {"status": STATUSES[item.status], **{name: said[name] for name in names}, **where, "documents": documents}


@click.command("cited-by")
@click.argument("ref")
@click.option("--depth", type=click.IntRange(1, 12), default=1, show_default=True, help="Citations away from REF.")
@click.option("--relation", type=click.Choice(RELATIONS), help="Only citations of this relation.")
@click.option("--from", "since", type=DAY, help="Only letters issued on this day or later.")
@click.option("--to", "until", type=DAY, help="Only letters issued by this day.")
@formats("table", "json", "csv", "graphml", "jsonld")
@click.pass_context
def cited_by(ctx: click.Context, /, **chosen: Any) -> None:
    """Print who cites the document REF: `congvan links REF --direction cited-by`."""
    ctx.invoke(links, direction="cited-by", nodes=500, **chosen)


@click.command()
@click.argument("start")
@click.argument("end")
@click.option("--direction", type=click.Choice(["cites", "cited-by", "both"]), default="both", show_default=True)
@click.option("--relation", type=click.Choice(RELATIONS), help="Only along citations of this relation.")
@click.option("--from", "since", type=DAY, help="Only along letters issued on this day or later.")
@click.option("--to", "until", type=DAY, help="Only along letters issued by this day.")
@click.option("--steps", type=click.IntRange(1, LONGEST), default=LONGEST, show_default=True, help="Longest way.")
@formats("table", "json")
@pass_app
def path(
    app: App, start: str, end: str, direction: str, relation: str | None, since: datetime | None,
    until: datetime | None, steps: int, form: str,
) -> None:  # fmt: skip
    """Print the shortest way from the document START to the document END along citations, with the words of each."""
    store = app.store()
    days = [each.date() if each else None for each in (since, until)]
    walk = Walk(steps, cast(Direction, direction), relation, since=days[0], until=days[1])
    found = store.path(_one(store, start).id, _one(store, end).id, walk)
    if found is None:
        raise NotFound(f"no way of {steps} steps or fewer leads from {start} to {end}")
    if form == "json":
        nodes = [export.node_json(node) for node in found.nodes]
        emit_json({"nodes": nodes, "edges": [export.edge_json(edge) for edge in found.edges]})
        return
    console().print(Text(label(found.nodes[0]), style="bold"))
    for node, edge in zip(found.nodes[1:], found.edges, strict=True):
        arrow = "→" if edge.target == node.id else "←"
        console().print(Text(f"  {arrow} {edge.relation}: “{clean(edge.quote)}” (page {edge.page})"))
        console().print(Text(label(node), style="bold"))


def _one(store: Store, ref: str) -> Node:
    """The only document called so; of several the one that is held.

    Raises:
        NotFound: if there is none, or several.
    """
    nodes = store.find(ref)
    held = [node for node in nodes if node.held]
    fits = held if len(held) == 1 else nodes
    if not fits:
        raise NotFound(f"nothing in the store is called {ref!r}; try `congvan search`")
    if len(fits) > 1:
        names = "; ".join(f"{label(node)} [{node.id}]" for node in fits[:5])
        raise NotFound(f"several documents are called {ref!r}, name one by its id or with its year: {names}")
    return fits[0]


@click.command()
@click.argument("ref")
@click.option("--on", type=DAY, help="Only changes issued by this day: what was in force then.")
@click.option("--known-on", type=DAY, help="Only changes in files that the archive held by the end of this day.")
@formats("table", "json", "csv")
@pass_app
def chain(app: App, ref: str, on: datetime | None, known_on: datetime | None, form: str) -> None:
    """Print who amended, replaced, repealed or corrected the document REF, whom it changed, and so on from there."""
    store = app.store()
    days = {name: day.date() if day else None for name, day in (("on", on), ("known_on", known_on))}
    found = store.chain(_one(store, ref).id, **days)
    if form == "json":
        edges = [{**export.edge_json(edge), "part": part} for edge, part in zip(found.edges, found.parts, strict=True)]
        nodes = [export.node_json(node) for node in found.nodes]
        emit_json({"document": export.node_json(found.root), "state": found.state, "nodes": nodes, "edges": edges})
        return
    if form == "csv":
        rows = zip(found.edges, found.parts, strict=True)
        emit_csv((*export.EDGE_COLUMNS, "part"), ((*export.edge_row(edge), part) for edge, part in rows))
        return
    _print_chain(found.root, {node.id: node for node in found.nodes}, list(zip(found.edges, found.parts, strict=True)))
    say(f"state: {found.state or 'no change known'}")


@click.command()
@formats("table", "json", "csv")
@pass_app
def misfits(app: App, form: str) -> None:
    """List letters whose number and day do not fit between those of the same office: one of the two may be misread."""
    found = app.store().misfits()
    if form == "table":
        table = grid("Số, ký hiệu", "Ngày!", "Tác giả", "Số trước", "Số sau", "Letter!")
        for item in found:
            near = [f"{clean(one.number)} ({day(one.issued_on)})" if one else "" for one in (item.before, item.after)]
            one = item.letter
            table.add_row(clean(one.number), day(one.issued_on), clean(one.issuer), *near, one.letter_id)
        console().print(table)
        say(f"{len(found)} letters")
        return
    header = ("id", "number", "date", "issuer", "number_before", "date_before", "number_after", "date_after")
    rows = (dict(zip(header, _misfit(item), strict=True)) for item in found)
    if form == "csv":
        emit_csv(header, (tuple(row.values()) for row in rows))
        return
    for row in rows:
        emit_json(row)


def _misfit(item: Misfit) -> tuple[str | None, ...]:
    one = item.letter
    near = [(each.number, each.issued_on.isoformat()) if each else (None, None) for each in (item.before, item.after)]
    return (one.letter_id, one.number, one.issued_on.isoformat(), one.issuer, *near[0], *near[1])


def _print_chain(root: Node, nodes: dict[str, Node], changes: list[tuple[Edge, str | None]]) -> None:
    table = grid("Ngày!", "Document", "Relation", "Changes", title=label(root))
    for edge, part in changes:
        source, target = nodes[edge.source], nodes[edge.target or ""]
        what = f"{MARKS[edge.status]} {edge.relation}" + (f" ({part})" if part else "")
        table.add_row(day(source.issued_on), label(source), what, label(target))
    console().print(table)
