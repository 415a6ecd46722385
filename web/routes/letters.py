"""Finding letters, and one letter with all that is known of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from models.errors import InvalidQuery
from pipeline import contract, export
from pipeline.query import FIELDS, understood
from pipeline.store.browse import Filter
from pipeline.store.graph import Direction, Graph, Walk
from pipeline.store.search import query_terms
from web import record, render
from web.access import Reader, Refused, Visitor
from web.filters import NOW, After, AsKnown, Day, Sent, Words, as_known, chosen, query_of
from web.i18n import error_told, language_of

router = APIRouter(include_in_schema=False)
Chosen = Annotated[Filter, Depends(chosen)]


@router.get("/")
def start(visitor: Reader) -> Response:
    """The start page is the search."""
    return render.go("/letters")


@router.get("/letters")
def search_page(request: Request, visitor: Reader, sent: Sent, after: After = "") -> Response:
    """Search with facets; htmx asks for the results alone."""
    partial = request.headers.get("hx-request") == "true"
    template = "_results.html" if partial else "letters.html"
    try:
        wanted = understood(sent)
    except InvalidQuery as error:
        # Told in its place: whoever types has not come to the end yet.
        return render.page(
            request, template, visitor, status=200 if partial else 422, wanted=sent, fields=FIELDS,
            trouble=error_told(str(error), language_of(request)),
        )  # fmt: skip
    with visitor.view.at_once():
        found, facets = visitor.view.browse.listed(wanted, after=after or None)
        total = found.total or visitor.view.browse.letters(Filter(), limit=0).total
    return render.page(
        request, template, visitor, found=found, facets=facets, wanted=wanted, query_of=query_of, total=total,
        trouble=None, fields=FIELDS,
    )  # fmt: skip


@router.get("/letters.csv")
def letters_csv(visitor: Reader, wanted: Chosen) -> Response:
    """All letters that fit."""
    names = ("letter_id", "number", "doc_type", "issued_on", "issuer", "subject")
    rows = ([getattr(hit, name) for name in names] for hit in visitor.view.browse.all_letters(wanted))
    return render.csv_file("letters.csv", names, rows)


@router.get("/letters.json")
def letters_json(visitor: Reader, wanted: Chosen) -> Response:
    """All letters that fit, in short; in full through `/api/v1/letters`."""
    return render.json_file([asdict(hit) for hit in visitor.view.browse.all_letters(wanted)])


@router.get("/letters/{letter_id}.json")
def letter_json(visitor: Reader, letter_id: str) -> Response:
    """One letter as the contract has it."""
    stored = record.stored_letter(visitor, letter_id)
    return render.json_file({"id": stored.id, "decision": stored.decision_id, **contract.to_json(stored.letter)})


@router.get("/letters/{letter_id}/citations.csv")
def citations_csv(visitor: Reader, letter_id: str) -> Response:
    """What a letter cites."""
    stored = record.stored_letter(visitor, letter_id)
    graph = _around(visitor, stored.decision_id, "cites")
    edges = [edge for edge in graph.edges if edge.letter_id == letter_id] if graph else []
    return render.csv_file("citations.csv", export.EDGE_COLUMNS, map(export.edge_row, edges))


@router.get("/letters/{letter_id}")
def letter_page(
    request: Request,
    visitor: Reader,
    letter_id: str,
    q: Words = "",
    page: Annotated[int, Query(ge=0, le=100_000)] = 0,
    box: Annotated[str, Query(max_length=60)] = "",
    on: Day = "",
    known_on: Day = "",
) -> Response:
    """The record page: fields with their places, the scan, what it cites and who cites it."""
    with visitor.view.at_once():
        stored = record.stored_letter(visitor, letter_id)
        shown = record.page_shown(stored.letter, page)
        known = as_known(on, known_on)
        graph = _around(visitor, stored.decision_id, "cited-by", known)
        # Words with their places are read only to be lit; the lines alone are kept beside the page.
        reading = visitor.view.reading(letter_id) if q else None
        lines = visitor.view.page_lines(letter_id, shown.number) if shown else ()
        chain = visitor.view.chain_of(graph.root, on=known.on, known_on=known.known_on) if graph else None
        rivals = visitor.view.documents_of(sorted({key for c in stored.letter.citations for key in c.candidates}))
        scans = visitor.view.scans_of(stored.decision_id, beside=stored.id) if stored.decision_id else ()
    return render.page(
        request,
        "record.html",
        visitor,
        stored=stored,
        letter=stored.letter,
        fields=record.field_rows(stored.letter),
        shown=shown,
        boxes=record.boxes_on(stored.letter, shown.number if shown else 0),
        pointed=record.parse_box(box),
        hits=record.hits_on(reading, shown.number, query_terms(q)) if reading and shown else (),
        lines=lines,
        q=q,
        cited_by=graph.edges if graph else (),
        names={node.id: node for node in graph.nodes} if graph else {},
        rivals={node.id: node for node in rivals},
        chain=chain,
        known=known,
        scans=scans,
        pictured=stored.letter.source.media_type != "text/plain",
    )


@router.get("/decisions/{decision_id}")
def decision_page(
    request: Request, visitor: Reader, decision_id: str, on: Day = "", known_on: Day = ""
) -> Response:
    """A document: its letter if one is held, else what is known of it and who cites it."""
    known = as_known(on, known_on)
    with visitor.view.at_once():
        held = visitor.view.letters_of(decision_id)
        if held:
            return render.go(f"/letters/{held[0].id}")
        graph = _around(visitor, decision_id, "cited-by", known)
        if graph is None:
            raise Refused(404, "no document has this id")
        chain = visitor.view.chain_of(graph.root, on=known.on, known_on=known.known_on)
    names = {node.id: node for node in graph.nodes}
    return render.page(
        request, "decision.html", visitor, node=graph.root, cited_by=graph.edges, names=names, chain=chain, known=known
    )


def _around(
    visitor: Visitor, decision_id: str | None, direction: Direction, known: AsKnown = NOW
) -> Graph | None:
    """The nearest documents in one direction; None if the document is not known to this reader."""
    walk = Walk(1, direction, until=known.on, known_on=known.known_on)
    return visitor.view.around(decision_id, walk) if decision_id else None
