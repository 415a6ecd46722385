"""Documents and the citations between them, asked of the database level by level."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    CompoundSelect,
    Select,
    and_,
    bindparam,
    false,
    func,
    select,
    true,
)
from sqlalchemy.orm import Session

from extractors.vi.text import normalise
from models.tables import CitationRow, DecisionRow, LetterRow, MentionRow, SourceRow
from pipeline.store import stated, stated_pairs
from pipeline.store.graph_terms import Direction, Edge, Graph, Node, Walk, Wanted, came_by
from pipeline.store.lists import named, one_of
from pipeline.store.masks import SEEN, link_as_seen
from pipeline.store.rows import folded_number, number_key
from pipeline.store.stated_pairs import FRONT

__all__ = ["Direction", "Edge", "Graph", "Node", "Walk", "Wanted", "came_by"]

# What an edge shows of a citation; the rest of the row is not read.
_EDGE_COLUMNS = (
    "letter_id", "decision_id", "relation", "status", "number", "issued_on", "issuer", "title", "confidence",
    "candidates",
)  # fmt: skip

# A list of one law is an equation, by whose index the first of its hundred thousand citations come in their order.
_EACH: BindParameter[Any] = bindparam("each", expanding=True)
_ENDS = named("ends")
_CHUNK = 500


def _documents(condition: ColumnElement[bool]) -> Select[DecisionRow]:
    # Whole rows, not columns: what only a secret letter says of a document is masked as its row is loaded.
    order = (DecisionRow.held.desc(), DecisionRow.issued_on.is_(None), DecisionRow.issued_on, DecisionRow.id)
    return select(DecisionRow).where(condition).order_by(*order)


_NODES = _documents(one_of(DecisionRow.id, FRONT))


def find(session: Session, ref: str) -> tuple[Node, ...]:
    """Documents called `ref`, the held ones first; see `Store.find`."""
    text = normalise(ref)
    home = session.scalar(_home_of(text))
    if by_id := nodes_of(session, [text, home] if home else [text]):
        return by_id
    match = re.fullmatch(r"(?P<number>.*\S)[\s,@]+(?:năm )?(?P<year>(?:19|20)\d\d)", text)
    number = match["number"] if match else text
    key = number_key(re.sub(r"^(?:số|so)[\s:]+", "", number, flags=re.IGNORECASE))
    if key is None:
        return ()
    # As typed first; a number typed without marks finds the marked ones only if nothing is called exactly so.
    for same in (DecisionRow.link_key == key, DecisionRow.number_folded == folded_number(key)):
        wanted = and_(same, DecisionRow.year == int(match["year"])) if match else same
        if found := _nodes(session, wanted):
            return found
    return ()


def neighbourhood(session: Session, decision_id: str, walk: Walk) -> Graph | None:
    """The documents within `walk.depth` citations and the edges among them; the nearest where there are too many.

    None if there is no such document.
    """
    depths = {decision_id: 0}
    complete, stated_too = True, False
    for direction in ("cites", "cited-by") if walk.direction == "both" else (walk.direction,):
        reached, whole, said = _reach(session, decision_id, walk, direction)
        complete, stated_too = complete and whole, stated_too or said
        for identity, depth in reached.items():
            depths[identity] = min(depth, depths.get(identity, depth))
    kept = sorted(depths, key=lambda identity: (depths[identity], identity))[: walk.nodes]
    nodes = {node.id: node for part in _parts(kept) for node in nodes_of(session, part)}
    if decision_id not in nodes:
        return None
    ordered = tuple(_at(nodes[identity], depths[identity]) for identity in kept)
    edges = tuple(_among(session, {identity: depths[identity] for identity in kept}, walk, stated_too))
    return Graph(ordered[0], ordered, edges, complete and len(depths) <= walk.nodes)


def all_nodes(session: Session) -> tuple[Node, ...]:
    """Every document, the held ones first."""
    return _nodes(session, DecisionRow.id.is_not(None))


def nodes_of(session: Session, ids: Sequence[str]) -> tuple[Node, ...]:
    """The documents with these ids, the held ones first."""
    return tuple(map(_node, session.scalars(_NODES, {FRONT.key: list(ids)})))


def all_edges(session: Session, walk: Walk) -> Iterator[Edge]:
    """Every citation, by letter and place in it; then what documents do to each other, as letters say."""
    yield from edges_where(session, LetterRow.decision_id.is_not(None), *walk.of())
    yield from stated.all_of(session, walk)


def wanted(session: Session, limit: int) -> tuple[Wanted, ...]:
    """Stubs by how many letters cite them."""
    letters = func.count(func.distinct(CitationRow.letter_id))
    query = select(DecisionRow, letters).join(CitationRow, CitationRow.decision_id == DecisionRow.id)
    query = query.where(DecisionRow.held.is_(False)).group_by(DecisionRow.id)
    rows = session.execute(query.order_by(letters.desc(), DecisionRow.number, DecisionRow.id).limit(limit))
    return tuple(Wanted(_node(row), count) for row, count in rows)


def counts(session: Session) -> dict[str, int]:
    """Figures for `status`."""

    def by(column: Any) -> dict[str, int]:
        # Counted, not named; what is not to be known of is taken off by who shows it.
        found = session.execute(select(column, func.count()).group_by(column), execution_options=SEEN)
        return {str(name): n for name, n in found}

    def number(query: Select[int]) -> int:
        return session.scalar(query) or 0

    sources = by(SourceRow.status)
    links = by(CitationRow.status)
    return {
        "letters": number(select(func.count()).select_from(LetterRow)),
        "letters_to_review": number(select(func.count()).select_from(LetterRow).where(~LetterRow.reviewed)),
        **{f"files_{name}": sources.get(name, 0) for name in ("stored", "quarantined", "failed", "retriable")},
        **{f"citations_{name}": links.get(name, 0) for name in ("linked", "open", "ambiguous")},
        "decisions_held": number(select(func.count()).select_from(DecisionRow).where(DecisionRow.held)),
        "decisions_wanted": number(select(func.count()).select_from(DecisionRow).where(~DecisionRow.held)),
    }


def _reach(session: Session, start: str, walk: Walk, direction: str) -> tuple[dict[str, int], bool, bool]:
    """Ids within reach with their depth, level by level, whether these are all, and whether letters only state some.

    A law is cited by a hundred thousand letters: no more of them are looked at than may be shown.
    """
    depths, front, whole, said = {start: 0}, [start], True, False
    most = _most(walk)
    for depth in range(1, walk.depth + 1):
        found: set[str] = set()
        for part in _parts(front):
            rows = session.execute(_level(walk, direction), {FRONT.key: part, _EACH.key: part}).all()
            found |= {identity for identity, _ in rows if identity}
            said = said or any(stated for _, stated in rows)
            whole = whole and (direction == "cites" or sum(not stated for _, stated in rows) < most)
        front = sorted(found - depths.keys())
        whole = whole and (not front or len(depths) <= walk.nodes)
        front = front[: max(walk.nodes + 1 - len(depths), 0)]
        depths |= dict.fromkeys(front, depth)
    return depths, whole, said


def _most(walk: Walk) -> int:
    """How many citing letters are looked at: scans of one, and letters that cite two documents, come twice."""
    return 2 * walk.nodes + 1


@lru_cache(64)
def _level(walk: Walk, direction: str) -> CompoundSelect[Any]:
    """One step from the documents `FRONT`: what they cite, or who cites them up to what may be shown.

    The latter in an order that follows from the letters alone. Beside each document, whether a letter only states it.
    """
    cites = select(CitationRow.decision_id.label("id")).join(LetterRow, LetterRow.id == CitationRow.letter_id)
    cites = cites.where(one_of(LetterRow.decision_id, FRONT), CitationRow.decision_id.is_not(None), *walk.of())
    citing = select(LetterRow.decision_id.label("id")).join(CitationRow, LetterRow.id == CitationRow.letter_id)
    citing = citing.where(CitationRow.decision_id.in_(_EACH), LetterRow.decision_id.is_not(None), *walk.of())
    citing = citing.order_by(CitationRow.decision_id, CitationRow.letter_id).limit(_most(walk))
    found = (cites.distinct() if direction == "cites" else citing).subquery()
    told = stated_pairs.far_ends(walk, direction).subquery()
    return select(found.c.id, false()).union_all(select(told.c[0], true()))


def _among(session: Session, depths: Mapping[str, int], walk: Walk, stated_too: bool) -> Iterator[Edge]:
    """Edges between documents of a neighbourhood, and what its inner ones cite that nobody can tell."""
    # Not as the index of what is cited has it: a law's hundred thousand citations stand there.
    unknown = () if walk.direction == "cited-by" else ("",)
    few = len(depths) <= _CHUNK  # else too many to be named in one question
    ends = [*sorted(depths), *unknown] if few else []
    for part in _parts(sorted(depths)):
        found = session.execute(_within(walk, few), {FRONT.key: part, _ENDS.key: ends}, execution_options=SEEN)
        yield from (edge for edge in _edges(session, found) if _is_walked(edge, depths, walk))
    if stated_too:
        told = stated.within(session, sorted(depths), walk)
        yield from dict.fromkeys(e for e in told if e.source in depths and _is_walked(e, depths, walk))


@lru_cache(64)
def _within(walk: Walk, few: bool) -> Select[Any]:
    """Citations in letters that are one of `FRONT`, and, where those are `few`, of documents among `_ENDS`."""
    named_ends = [one_of(func.coalesce(CitationRow.decision_id, ""), _ENDS)] if few else []
    return _cited(one_of(LetterRow.decision_id, FRONT), *walk.of(), *named_ends)


def _is_walked(edge: Edge, depths: Mapping[str, int], walk: Walk) -> bool:
    """Whether one end is far enough inside to be looked at in the direction of the walk, and the other is there."""
    out = walk.direction != "cited-by" and depths[edge.source] < walk.depth
    if edge.target is None:
        return out
    back = walk.direction != "cites" and depths.get(edge.target, walk.depth) < walk.depth
    return edge.target in depths and (out or back)


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    """Few enough at a time for one question."""
    for at in range(0, len(ids), _CHUNK):
        yield ids[at : at + _CHUNK]


def _home_of(letter_id: str) -> Select[str | None]:
    return select(LetterRow.decision_id).where(LetterRow.id == letter_id)


def _nodes(session: Session, condition: ColumnElement[bool]) -> tuple[Node, ...]:
    return tuple(map(_node, session.scalars(_documents(condition))))


def _node(row: DecisionRow) -> Node:
    return Node(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.title, row.held)


def _at(node: Node, depth: int) -> Node:
    return Node(node.id, node.number, node.doc_type, node.issued_on, node.issuer, node.title, node.held, depth)


def edges_where(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Edge]:
    """Citations that fit, by the citing document's day; one edge for each pair, however many readings it has."""
    yield from _edges(session, session.execute(_cited(*conditions), execution_options=SEEN))


def _cited(*conditions: ColumnElement[bool]) -> Select[Any]:
    cited = [getattr(CitationRow, name) for name in _EDGE_COLUMNS]
    home = LetterRow.decision_id
    return (
        select(home.label("home"), *cited, MentionRow.text.label("quote"), MentionRow.page)
        .select_from(CitationRow)
        .join(LetterRow, LetterRow.id == CitationRow.letter_id)
        .outerjoin(MentionRow, stated.first_mention())
        .where(*conditions)
        # Scans of one document side by side: what they cite is told once.
        .order_by(LetterRow.issued_on.is_(None), LetterRow.issued_on, home, LetterRow.id, CitationRow.ordinal)
    )


def _edges(session: Session, found: Iterable[Any]) -> Iterator[Edge]:
    for _, rows in groupby(found, key=lambda row: row.home):
        groups: dict[object, list[Any]] = {}
        for row in rows:
            meant = row.decision_id or (row.number, row.issued_on, row.issuer, row.title)
            groups.setdefault(meant, []).append(row)
        yield from (_edge(session, readings) for readings in groups.values())


def _edge(session: Session, readings: Sequence[Any]) -> Edge:
    """One edge of all its readings: the first that says more than "references", the others' relations beside it."""
    row = next((each for each in readings if each.relation != "references"), readings[0])
    status, candidates = link_as_seen(session, row.status, row.decision_id, row.candidates)
    return Edge(
        source=row.home or "",
        letter_id=row.letter_id,
        target=row.decision_id,
        relation=row.relation,
        status=status,
        number=row.number,
        issued_on=row.issued_on,
        issuer=row.issuer,
        title=row.title,
        confidence=row.confidence,
        candidates=candidates,
        quote=row.quote,
        page=row.page,
        also=tuple(sorted({each.relation for each in readings} - {row.relation})),
    )


def faults(session: Session) -> tuple[str, ...]:
    """What should not be, in words."""
    found: list[str] = []
    unlinked = session.scalars(select(LetterRow.id).where(LetterRow.decision_id.is_(None)).order_by(LetterRow.id))
    found += [f"letter {key} is no document yet: run `congvan db relink`" for key in unlinked]
    own = select(CitationRow.letter_id).join(LetterRow, LetterRow.id == CitationRow.letter_id)
    own = own.where(CitationRow.decision_id == LetterRow.decision_id).distinct()
    found += [f"letter {key} cites itself" for key in session.scalars(own)]
    stray = select(CitationRow.letter_id, CitationRow.number).join(DecisionRow)
    stray = stray.where((CitationRow.status == "linked") & DecisionRow.held.is_(False))
    found += [f"letter {key} is linked to {number}, which is not held" for key, number in session.execute(stray)]
    empty = select(SourceRow.name).where(SourceRow.status == "stored")
    empty = empty.where(SourceRow.sha256.not_in(select(LetterRow.source_sha256)))
    found += [f"file {name} counts as stored but has no letter" for name in session.scalars(empty)]
    return tuple(found)
