"""How documents hang together over more than one step: chains of amendment as files, and paths between two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from models.letter import RELATIONS
from pipeline import export
from pipeline.store.graph import Direction, Edge, Node, Walk
from pipeline.store.paths import LONGEST, Chain, Path
from web import render
from web.access import Reader, Refused, Visitor
from web.filters import AsKnown, Short, as_known

router = APIRouter(include_in_schema=False)
Known = Annotated[AsKnown, Depends(as_known)]
STEPS = 6
CHAIN_COLUMNS = ("date", "changed_by", "relation", "part", "changes", "letter_id", "page", "quote")


@dataclass(frozen=True, slots=True)
class Asked:
    """Two ends and how to go between them."""

    start: str
    end: str
    walk: Walk


def asked(
    start: Short = "",
    end: Short = "",
    depth: Annotated[int, Query(ge=1, le=LONGEST)] = STEPS,
    direction: Annotated[str, Query(pattern="^(cites|cited-by|both)$")] = "both",
    relation: Annotated[str, Query(pattern=f"^(|{'|'.join(RELATIONS)})$")] = "",
) -> Asked:
    """What an address asks."""
    return Asked(start.strip(), end.strip(), Walk(depth, cast(Direction, direction), relation or None))


Way = Annotated[Asked, Depends(asked)]


def chain_of(visitor: Visitor, decision_id: str, known: AsKnown) -> Chain:
    """The chain of amendment around a document.

    Raises:
        Refused: 404 if there is none with this id for this visitor.
    """
    if not any(node.id == decision_id for node in visitor.view.find(decision_id)):
        raise Refused(404, "no document has this id")
    return visitor.view.chain(decision_id, on=known.on, known_on=known.known_on)


def chain_json(chain: Chain) -> dict[str, Any]:
    """A chain for programs; `parts` says by place in `edges` what of the document is changed."""
    return {
        "root": chain.root.id,
        "state": chain.state,
        "nodes": [export.node_json(node) for node in chain.nodes],
        "edges": [
            {**export.edge_json(edge), "part": part} for edge, part in zip(chain.edges, chain.parts, strict=True)
        ],
    }


@router.get("/decisions/{decision_id}/chain.json")
def chain_as_json(visitor: Reader, decision_id: str, known: Known) -> Response:
    """The chain for programs."""
    return render.json_file(chain_json(chain_of(visitor, decision_id, known)))


@router.get("/decisions/{decision_id}/chain.csv")
def chain_as_csv(visitor: Reader, decision_id: str, known: Known) -> Response:
    """The chain for spreadsheets, in the order of time."""
    chain = chain_of(visitor, decision_id, known)
    named = {node.id: node for node in chain.nodes}
    rows = [
        (
            named[e.source].issued_on, named[e.source].number, e.relation, part,
            named[e.target or ""].number, e.letter_id, e.page, e.quote,
        )
        for e, part in zip(chain.edges, chain.parts, strict=True)
    ]  # fmt: skip
    return render.csv_file("chain.csv", CHAIN_COLUMNS, rows)


def ends_of(visitor: Visitor, way: Asked) -> tuple[tuple[Node, ...], tuple[Node, ...]]:
    """The documents that the two ends may be."""
    start, end = (visitor.view.find(ref) if ref else () for ref in (way.start, way.end))
    return start, end


def path_json(path: Path) -> dict[str, Any]:
    """A path for programs."""
    return {
        "nodes": [export.node_json(node) for node in path.nodes],
        "edges": [export.edge_json(edge) for edge in path.edges],
    }


def path_between(visitor: Visitor, way: Asked) -> Path:
    """The path that an address asks for.

    Raises:
        Refused: 404 if an end is unknown or there is no path; 409 if an end may be several documents.
    """
    starts, ends = ends_of(visitor, way)
    for name, nodes in (("start", starts), ("end", ends)):
        if len(nodes) != 1:
            problem = (404, f"no document is called so: {name}")
            raise Refused(*(problem if not nodes else (409, f"several documents are called so: {name}")))
    path = visitor.view.path(starts[0].id, ends[0].id, way.walk)
    if path is None:
        raise Refused(404, f"no path within {way.walk.depth} steps")
    return path


@router.get("/path")
def path_page(request: Request, visitor: Reader, way: Way) -> Response:
    """The shortest way between two documents along citations, with the words of each."""
    starts, ends = ends_of(visitor, way)
    ready = len(starts) == len(ends) == 1
    path = visitor.view.path(starts[0].id, ends[0].id, way.walk) if ready else None
    way = replace(way, start=_called(visitor, way.start, starts), end=_called(visitor, way.end, ends))
    return render.page(
        request, "path.html", visitor, way=way, starts=starts, ends=ends, ready=ready, path_=path, steps=_steps(path),
        relations=RELATIONS, longest=LONGEST,
    )  # fmt: skip


def _called(visitor: Visitor, ref: str, nodes: Sequence[Node]) -> str:
    """What stands in the input: the number rather than an id, with its year if that tells it from others."""
    if len(nodes) != 1 or ref != nodes[0].id or not nodes[0].number:
        return ref
    node = nodes[0]
    names = (node.number or "", f"{node.number} {node.issued_on.year}" if node.issued_on else "")
    return next((name for name in names if name and visitor.view.find(name) == (node,)), ref)


def _steps(path: Path | None) -> list[tuple[Edge, Node, bool]]:
    """Each edge with the document it leads to, and whether that is the cited one."""
    if path is None:
        return []
    return [(edge, node, edge.target == node.id) for edge, node in zip(path.edges, path.nodes[1:], strict=True)]


@router.get("/path.json")
def path_as_json(visitor: Reader, way: Way) -> Response:
    """The path for programs."""
    return render.json_file(path_json(path_between(visitor, way)))


@router.get("/path.csv")
def path_as_csv(visitor: Reader, way: Way) -> Response:
    """The edges of the path for spreadsheets."""
    return render.csv_file("path.csv", export.EDGE_COLUMNS, map(export.edge_row, path_between(visitor, way).edges))
