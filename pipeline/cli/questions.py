"""Commands that ask: one document, what it cites and who cites it, full text, what is cited but missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

import click
from rich.text import Text
from rich.tree import Tree

from models.letter import RELATIONS
from pipeline import contract, export, jsonld
from pipeline.cli.app import (
    App,
    NotFound,
    clean,
    console,
    day,
    emit_csv,
    emit_json,
    formats,
    grid,
    pass_app,
    say,
    selection,
    selection_options,
    shorten,
)
from pipeline.cli.letter_tables import print_tables
from pipeline.query import understood
from pipeline.store.browse import Filter
from pipeline.store.graph import Direction, Edge, Graph, Node, Walk
from pipeline.store.store import Store

DAYS = ["%Y-%m-%d", "%d/%m/%Y"]
MARKS = {"linked": "✓", "open": "○", "ambiguous": "?"}
LEGEND = "✓ held and linked   ○ not held yet   ? several or doubtful, left open"


@click.command()
@click.argument("ref")
@formats("json", "table")
@pass_app
def show(app: App, ref: str, form: str) -> None:
    """Print the letter or decision called REF: a number, a number with a year ("17/NQ-CP 2019"), or an id.

    Prints every document that is called so, a cited one that is not held included.
    """
    store = app.store()
    for node in _documents(store, ref):
        letters = store.letters_of(node.id)
        for stored in letters:
            if form == "json":
                emit_json({"id": stored.id, "decision": node.id, **contract.to_json(stored.letter)})
        if form == "json" and not letters:
            emit_json(export.node_json(node))
        if form == "table":
            _show_table(store, node)


def _documents(store: Store, ref: str) -> tuple[Node, ...]:
    nodes = store.find(ref)
    if not nodes:
        raise NotFound(f"nothing in the store is called {ref!r}; try `congvan search`")
    return nodes


def _show_table(store: Store, node: Node) -> None:
    table = grid("field!", "value", "sure!", title=shorten(label(node), 95))
    for stored in store.letters_of(node.id):
        record = contract.to_json(stored.letter)
        table.add_row("file", f"{clean(stored.letter.source.name)} ({stored.id})", "")
        for name in (*contract.SCALARS, *contract.LISTS):
            for item in record[name] if isinstance(record[name], list) else [record[name]]:
                if item:
                    doubt = " ?" if name in stored.letter.review else ""
                    table.add_row(name, clean(_words(item["value"])), f"{item['confidence']:.2f}{doubt}")
        for flag in stored.letter.flags:
            table.add_row("flag", clean(flag.message), "")
    if not node.held:
        table.add_row("held", "no: cited only", "")
    console().print(table)
    for stored in store.letters_of(node.id):
        print_tables(stored.letter.tables)
    graph = store.neighbourhood(node.id, Walk())
    for edge in graph.edges:
        if edge.source == node.id and edge.quote:
            say_edge = f"{MARKS[edge.status]} {edge.relation}: “{clean(edge.quote)}” (page {edge.page})"
            console().print(Text(say_edge))
        elif edge.target == node.id and edge.quote:
            source = next(each for each in graph.nodes if each.id == edge.source)
            console().print(Text(f"← {edge.relation} by {shorten(label(source), 60)}: “{clean(edge.quote)}”"))


def _words(value: object) -> str:
    return ", ".join(str(part) for part in value.values() if part) if isinstance(value, dict) else str(value)


@click.command()
@click.argument("ref", required=False)
@click.option("--depth", type=click.IntRange(1, 12), default=1, show_default=True, help="Citations away from REF.")
@click.option("--direction", type=click.Choice(["cites", "cited-by", "both"]), default="both", show_default=True)
@click.option("--relation", type=click.Choice(RELATIONS), help="Only citations of this relation.")
@click.option("--nodes", type=click.IntRange(1), default=500, show_default=True, help="Most documents to return.")
@click.option("--from", "since", type=click.DateTime(DAYS), help="Only letters issued on this day or later.")
@click.option("--to", "until", type=click.DateTime(DAYS), help="Only letters issued by this day.")
@formats("table", "json", "csv", "graphml", "jsonld")
@pass_app
def links(
    app: App, ref: str | None, depth: int, direction: str, relation: str | None, nodes: int, since: datetime | None,
    until: datetime | None, form: str,
) -> None:  # fmt: skip
    """Print what the document REF cites and who cites it; without REF every letter with its citations."""
    store = app.store()
    first, last = (each.date() if each else None for each in (since, until))
    walk = Walk(depth, cast(Direction, direction), relation, nodes, first, last)
    if ref is None:
        edges = list(store.edges(walk))
        documents = {node.id: node for node in store.documents()}
        if form == "table":
            _print_forest(documents, edges)
        else:
            _print_edges(form, list(documents.values()), edges)
        return
    graphs = [store.neighbourhood(node.id, walk) for node in _documents(store, ref)]
    if form == "table":
        for graph in graphs:
            console().print(_tree(graph))
        say(LEGEND)
    else:
        documents = {node.id: node for graph in graphs for node in graph.nodes}
        _print_edges(form, list(documents.values()), list(dict.fromkeys(e for g in graphs for e in g.edges)))
    if not all(graph.complete for graph in graphs):
        say(f"cut off at {nodes} documents: --nodes for more")


def _print_edges(form: str, documents: Sequence[Node], edges: Sequence[Edge]) -> None:
    if form == "json":
        nodes = [export.node_json(node) for node in documents]
        emit_json({"nodes": nodes, "edges": [export.edge_json(edge) for edge in edges]})
    elif form == "csv":
        emit_csv(export.EDGE_COLUMNS, map(export.edge_row, edges))
    elif form == "graphml":
        click.echo(export.graphml(documents, edges))
    elif form == "jsonld":
        emit_json(jsonld.graph(documents, edges))


def _print_forest(documents: dict[str, Node], edges: Sequence[Edge]) -> None:
    """One tree for each letter with its citations."""
    by_source: dict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        by_source[edge.source].append(edge)
    for source, own in by_source.items():
        tree = Tree(_line(documents[source]))
        for edge in own:
            tree.add(_leaf(edge, documents.get(edge.target or "")))
        console().print(tree)
    linked = sum(edge.status == "linked" for edge in edges)
    say(f"{len(edges)} citations in {len(by_source)} letters, {linked} linked.   {LEGEND}")


def _tree(graph: Graph) -> Tree:
    documents = {node.id: node for node in graph.nodes}
    tree = Tree(_line(graph.root))
    out: dict[str, list[Edge]] = defaultdict(list)
    back: dict[str, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        out[edge.source].append(edge)
        if edge.target:
            back[edge.target].append(edge)
    for title, edges, onward in (("cites", out, _target), ("is cited by", back, _source)):
        if edges[graph.root.id]:
            branch = tree.add(Text(f"{title} ({len(edges[graph.root.id])})"))
            _grow(branch, graph.root.id, edges, onward, documents, {graph.root.id})
    if not graph.edges:
        tree.add(Text("no citations"))
    return tree


def _target(edge: Edge) -> str | None:
    return edge.target


def _source(edge: Edge) -> str | None:
    return edge.source


def _grow(
    branch: Tree, node: str, edges: dict[str, list[Edge]], onward: Any, documents: dict[str, Node], seen: set[str]
) -> None:
    for edge in edges[node]:
        far = onward(edge)
        leaf = branch.add(_leaf(edge, documents.get(far or "")))
        # A document that stands in the tree already is named again but not unfolded again: circles end there.
        if far and far not in seen:
            seen.add(far)
            _grow(leaf, far, edges, onward, documents, seen)


def _leaf(edge: Edge, document: Node | None) -> Text:
    if document is not None:
        words = label(document)
    else:
        parts = (edge.number or edge.title or "", day(edge.issued_on), edge.issuer or "")
        words = " · ".join(clean(part) for part in parts if part)
    style = {"linked": "green", "ambiguous": "yellow"}.get(edge.status, "")
    mark = (MARKS[edge.status], style)
    how = " (as a letter says)" if edge.stated else ""
    return Text.assemble(mark, f" {edge.relation}{how}  ", words, no_wrap=True, overflow="ellipsis")


def _line(node: Node) -> Text:
    return Text(label(node), style="bold", no_wrap=True, overflow="ellipsis")


def label(node: Node) -> str:
    """A document in one line: number (or name, for a law), day, body, what it is about."""
    title = clean(node.title)
    names = (clean(node.number), day(node.issued_on), clean(node.issuer), title)
    if not node.number:
        names = (title or "(không số)", day(node.issued_on), clean(node.issuer), "")
    return " · ".join(part for part in names if part)


@click.command()
@click.argument("text", default="")
@selection_options
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@formats("table", "json")
@pass_app
def search(app: App, /, text: str, limit: int, form: str, **chosen: Any) -> None:
    """Find letters that hold all words of TEXT; marks are optional, "quotes" keep words together.

    Fields with a colon narrow it down: số:4045 cơ-quan:"Bộ Tài chính" năm:2022, or number: issuer: year: and so on.
    """
    hits = app.store().found(understood(Filter(text, selection=selection(**chosen))), limit=limit)
    if form == "json":
        for hit in hits:
            issued_on = hit.issued_on.isoformat() if hit.issued_on else None
            fields = {"number": hit.number, "doc_type": hit.doc_type, "date": issued_on, "issuer": hit.issuer}
            found = {"subject": hit.subject, "snippet": hit.snippet, "page": hit.page}
            emit_json({"id": hit.letter_id, **fields, **found})
        return
    table = grid("Số, ký hiệu", "Ngày!", "Tác giả", "Trích yếu / đoạn khớp")
    for hit in hits:
        found_text = clean(hit.subject) + (f"\n… tr. {hit.page}: {clean(hit.snippet)}" if hit.page else "")
        table.add_row(clean(hit.number), day(hit.issued_on), clean(hit.issuer), found_text)
    console().print(table)
    say(f"{len(hits)} letters")


@click.command()
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@formats("table", "json", "csv")
@pass_app
def wanted(app: App, limit: int, form: str) -> None:
    """List documents that letters cite but the store does not hold, the most cited first."""
    items = app.store().wanted(limit)
    if form == "json":
        for item in items:
            emit_json({**export.node_json(item.node), "cited_by": item.letters})
    elif form == "csv":
        header = ("cited_by", "number", "date", "issuer", "title", "id")
        nodes = ((item, item.node) for item in items)
        emit_csv(header, ((i.letters, n.number, n.issued_on, n.issuer, n.title, n.id) for i, n in nodes))
    else:
        table = grid("Letters!", "Số, ký hiệu", "Ngày!", "Tác giả", "Tên")
        for item in items:
            node = item.node
            table.add_row(
                str(item.letters), clean(node.number), day(node.issued_on), clean(node.issuer), clean(node.title)
            )
        console().print(table)
