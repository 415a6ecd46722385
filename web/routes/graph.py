"""The neighbourhood of a document as a picture, capped, and as files."""

from __future__ import annotations

from typing import Annotated, cast

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from models.letter import RELATIONS
from pipeline import export
from pipeline.store.graph import Direction, Graph, Walk
from web import render
from web.access import Reader, Refused, Visitor

router = APIRouter(include_in_schema=False)
MOST_NODES = 150


def walk(
    depth: Annotated[int, Query(ge=1, le=4)] = 1,
    direction: Annotated[str, Query(pattern="^(cites|cited-by|both)$")] = "both",
    relation: Annotated[str, Query(pattern=f"^(|{'|'.join(RELATIONS)})$")] = "",
) -> Walk:
    """How far the address says to go."""
    return Walk(depth, cast(Direction, direction), relation or None, MOST_NODES)


Chosen = Annotated[Walk, Depends(walk)]


def neighbourhood(visitor: Visitor, decision_id: str, chosen: Walk) -> Graph:
    """The documents around one.

    Raises:
        Refused: 404 if there is none with this id for this visitor.
    """
    found = visitor.view.around(decision_id, chosen)
    if found is None:
        raise Refused(404, "no document has this id")
    return found


def graph_json(graph: Graph) -> dict[str, object]:
    """The graph for programs; `complete` is false where the cap cut it off."""
    return {
        "root": graph.root.id,
        "complete": graph.complete,
        "nodes": [export.node_json(node) for node in graph.nodes],
        "edges": [export.edge_json(edge) for edge in graph.edges],
    }


@router.get("/decisions/{decision_id}/graph")
def graph_page(request: Request, visitor: Reader, decision_id: str, chosen: Chosen) -> Response:
    """The picture, and the same as a list for those who do not see it."""
    graph = neighbourhood(visitor, decision_id, chosen)
    names = {node.id: node for node in graph.nodes}
    return render.page(
        request, "graph.html", visitor, graph=graph, names=names, walk=chosen, relations=RELATIONS, most=MOST_NODES
    )


@router.get("/decisions/{decision_id}/graph.json")
def graph_as_json(visitor: Reader, decision_id: str, chosen: Chosen) -> Response:
    """The graph for programs."""
    return render.json_file(graph_json(neighbourhood(visitor, decision_id, chosen)))


@router.get("/decisions/{decision_id}/graph.csv")
def graph_as_csv(visitor: Reader, decision_id: str, chosen: Chosen) -> Response:
    """Its edges for spreadsheets."""
    graph = neighbourhood(visitor, decision_id, chosen)
    return render.csv_file("graph.csv", export.EDGE_COLUMNS, map(export.edge_row, graph.edges))


@router.get("/decisions/{decision_id}/graph.graphml")
def graph_as_graphml(visitor: Reader, decision_id: str, chosen: Chosen) -> Response:
    """For Gephi, yEd, NetworkX."""
    graph = neighbourhood(visitor, decision_id, chosen)
    return render.download("graph.graphml", export.graphml(graph.nodes, graph.edges).encode(), "application/xml")
