"""How two documents hang together, and what became of one: shortest paths, and chains of amendment through time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models.tables import CitationRow, LetterRow, StatedActRow
from pipeline.store import stated
from pipeline.store.graph import Edge, Node, Walk, came_by, edges_where, nodes_of

# What changes the document cited; the others only speak of it.
CHANGES = ("amends", "replaces", "repeals", "corrects")
LONGEST = 12  # steps of a path
_CHUNK = 500
_MOST = 20_000  # documents looked at before a path is given up


@dataclass(frozen=True, slots=True)
class Path:
    """Documents from one end to the other, each joined to the next by the edge between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Chain:
    """All documents that change each other around one, with the edges between them in the order of their days.

    Attributes:
        root: The document asked about.
        state: What the edges that point at it make of it: "replaced", "repealed", "amended", "corrected"; None where
            no change is known. Replaced or repealed in part (a clause, an article) is "amended".
        parts: What of the document an edge changes, where it says so: "khoản 2 Điều 5"; by place in `edges`.
    """

    root: Node
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    state: str | None
    parts: tuple[str | None, ...] = ()


def path(session: Session, start: str, end: str, walk: Walk) -> Path | None:
    """The shortest way from one document to another along citations; None if there is none within `walk.depth` steps.

    `walk.direction` "cites" goes from the citing to the cited only, "cited-by" the other way, "both" either way.
    """
    came: dict[str, tuple[str, str] | None] = {start: None}  # document -> (the one before, letter between them)
    front = [start]
    for _ in range(min(walk.depth, LONGEST)):
        if end in came or not front or len(came) > _MOST:
            break
        front = _step(session, front, came, walk)
    if end not in came:
        return None
    ids, letters = [end], []
    while (before := came[ids[-1]]) is not None:
        ids.append(before[0])
        letters.append(before[1])
    ids.reverse()
    letters.reverse()
    known = {node.id: node for node in nodes_of(session, ids)}
    edges = [_between(session, a, b, letter) for a, b, letter in zip(ids, ids[1:], letters, strict=False)]
    return Path(tuple(known[each] for each in ids), tuple(edges))


def _step(session: Session, front: Sequence[str], came: dict[str, tuple[str, str] | None], walk: Walk) -> list[str]:
    """Documents one citation further on, `came` filled in; in the order of their ids, so that ties are always equal."""
    reached: dict[str, tuple[str, str]] = {}
    for direction in ("cites", "cited-by") if walk.direction == "both" else (walk.direction,):
        near, far = LetterRow.decision_id, CitationRow.decision_id
        if direction == "cited-by":
            near, far = far, near
        for chunk in _chunks(front):
            query = select(near, far, LetterRow.id).join(LetterRow, LetterRow.id == CitationRow.letter_id)
            query = query.where(near.in_(chunk), far.is_not(None), *walk.of()).order_by(far, near, LetterRow.id)
            for here, there, letter in session.execute(query):
                if here and there and there not in came:
                    reached.setdefault(there, (here, letter))
    came |= reached
    return sorted(reached)


def _between(session: Session, one: str, other: str, letter_id: str) -> Edge:
    found = edges_where(session, CitationRow.letter_id == letter_id, CitationRow.decision_id.in_((one, other)))
    return next(edge for edge in found if {edge.source, edge.target} == {one, other})


def chain(session: Session, decision_id: str, *, on: date | None = None, known_on: date | None = None) -> Chain:
    """Who changed the document, whom it changed, and so on from there.

    With `on` only changes that were issued by this day: the state of the law on it. With `known_on` only changes in
    files that the archive held by the end of this day: what could be known then.
    """
    within = _limits(on, known_on)
    seen = {decision_id}
    front = [decision_id]
    edges: dict[Edge, None] = {}
    while front and len(seen) < _MOST:
        reached: set[str] = set()
        for chunk in _chunks(front):
            for near in (LetterRow.decision_id, CitationRow.decision_id):
                for edge in edges_where(session, near.in_(chunk), CitationRow.relation.in_(CHANGES), *within):
                    if edge.target is not None:
                        edges[edge] = None
                        reached |= {edge.source, edge.target}
        for edge in stated.among(session, front, Walk(known_on=known_on), *([stated.issued_by(on)] if on else [])):
            if edge.relation in CHANGES and edge.target is not None:
                edges[edge] = None
                reached |= {edge.source, edge.target}
        front = sorted(reached - seen)
        seen |= reached
    nodes = nodes_of(session, sorted(seen))
    days = {node.id: node.issued_on or date.min for node in nodes}
    ordered = tuple(sorted(edges, key=lambda edge: (days.get(edge.source, date.min), edge.source, edge.target or "")))
    root = next(node for node in nodes if node.id == decision_id)
    parts = tuple(_part(session, edge) for edge in ordered)
    mine = [(edge, part) for edge, part in zip(ordered, parts, strict=True) if edge.target == decision_id]
    return Chain(root, nodes, ordered, _state(["amends" if part else edge.relation for edge, part in mine]), parts)


def changing(session: Session) -> frozenset[str]:
    """Documents at either end of a change: those that have a chain to follow."""
    cited = select(LetterRow.decision_id, CitationRow.decision_id).select_from(CitationRow)
    cited = cited.join(LetterRow, LetterRow.id == CitationRow.letter_id).where(CitationRow.relation.in_(CHANGES))
    said = select(StatedActRow.source_id, StatedActRow.target_id).where(StatedActRow.relation.in_(CHANGES))
    return frozenset(end for query in (cited, said) for ends in session.execute(query) for end in ends if end)


def _part(session: Session, edge: Edge) -> str | None:
    """Article, clause and point that an edge names, as Vietnamese writes them."""
    query = select(CitationRow.record).where(
        CitationRow.letter_id == edge.letter_id, CitationRow.decision_id == edge.target
    )
    pinpoints = [each for record in session.scalars(query) for each in record.get("pinpoints") or ()]
    names = (("point", "điểm"), ("clause", "khoản"), ("article", "Điều"))
    said = (" ".join(f"{word} {each[name]}" for name, word in names if each.get(name)) for each in pinpoints)
    return ", ".join(dict.fromkeys(filter(None, said))) or None


def _limits(on: date | None, known_on: date | None) -> tuple[ColumnElement[bool], ...]:
    found: list[ColumnElement[bool]] = []
    if on is not None:
        found.append(LetterRow.issued_on <= on)
    if known_on is not None:
        found.append(came_by(known_on))
    return tuple(found)


def _state(relations: Sequence[str]) -> str | None:
    states = {"repeals": "repealed", "replaces": "replaced", "amends": "amended", "corrects": "corrected"}
    return next((state for relation, state in states.items() if relation in relations), None)


def _chunks(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[at : at + _CHUNK] for at in range(0, len(ids), _CHUNK))
