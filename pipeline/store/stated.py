"""Edges between two documents that a letter speaks of: "Nghị định A sửa đổi Nghị định B" is an edge of A."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from models.tables import CitationRow, DecisionRow, LetterRow, MentionRow, StatedActRow
from pipeline.store.graph_terms import Edge, Walk, came_by

_CHUNK = 500


def refresh(session: Session, places: Sequence[tuple[str, int]]) -> None:
    """Let the edges follow what links have made of these citations (letter, place in it)."""
    for at in range(0, len(places), _CHUNK):
        cited = places[at : at + _CHUNK]
        for place, column in ((StatedActRow.actor, "source_id"), (StatedActRow.citation, "target_id")):
            now = select(CitationRow.decision_id).where(
                CitationRow.letter_id == StatedActRow.letter_id, CitationRow.ordinal == place
            )
            # By the letters, which the key begins with; what is set anew besides stays as it is.
            change = update(StatedActRow).where(StatedActRow.letter_id.in_(sorted({letter for letter, _ in cited})))
            session.execute(
                change.values({column: now.scalar_subquery()}).execution_options(synchronize_session=False)
            )


def neighbours(session: Session, front: Sequence[str], walk: Walk, direction: str) -> set[str]:
    """Documents at the other end of stated edges."""
    near, far = StatedActRow.source_id, StatedActRow.target_id
    if direction == "cited-by":
        near, far = far, near
    query = select(far).where(near.in_(front), far.is_not(None), *_of(walk)).distinct().limit(walk.nodes + 1)
    return {identity for identity in session.scalars(query) if identity}


def _of(walk: Walk) -> Iterator[ColumnElement[bool]]:
    if walk.relation:
        yield StatedActRow.relation == walk.relation
    if days := tuple(during(walk.since, walk.until, walk.known_on)):
        yield StatedActRow.letter_id.in_(select(LetterRow.id).where(*days))


def during(since: date | None, until: date | None, known_on: date | None) -> Iterator[ColumnElement[bool]]:
    """Conditions on the letter that states an edge."""
    if since:
        yield LetterRow.issued_on >= since
    if until:
        yield LetterRow.issued_on <= until
    if known_on:
        yield came_by(known_on)


def issued_by(day: date) -> ColumnElement[bool]:
    """That the acting document was issued by this day."""
    return StatedActRow.source_id.in_(select(DecisionRow.id).where(DecisionRow.issued_on <= day))


def among(session: Session, ids: Sequence[str], walk: Walk, *more: ColumnElement[bool]) -> Iterator[Edge]:
    """Stated edges that touch these documents, as far as relation and days of `walk` allow."""
    for at in range(0, len(ids), _CHUNK):
        part = ids[at : at + _CHUNK]
        touching = or_(StatedActRow.source_id.in_(part), StatedActRow.target_id.in_(part))
        yield from _where(session, touching, *_of(walk), *more)


def within(session: Session, ids: Sequence[str], walk: Walk) -> Iterator[Edge]:
    """Stated edges from one of these documents to another of them."""
    known = set(ids)
    for at in range(0, len(ids), _CHUNK):
        here = [StatedActRow.source_id.in_(ids[at : at + _CHUNK]), *_of(walk)]
        if len(ids) <= _CHUNK:
            here.append(StatedActRow.target_id.in_(ids))
        yield from (edge for edge in _where(session, *here) if edge.target in known)


def all_of(session: Session, walk: Walk) -> Iterator[Edge]:
    """Every stated edge."""
    yield from _where(session, *_of(walk))


def _where(session: Session, *conditions: ColumnElement[bool]) -> Iterator[Edge]:
    """Stated edges that fit, one for each pair and relation, however many letters speak of it.

    A decree that amends another is named so by a hundred thousand letters: the first of them is looked up. Where the
    acting document is held and cites the other one, its own words count, and this is no edge besides.
    """
    pair = (StatedActRow.source_id, StatedActRow.target_id, StatedActRow.relation)
    first = (
        select(*pair, func.min(StatedActRow.letter_id))
        .where(StatedActRow.source_id.is_not(None), StatedActRow.target_id.is_not(None))
        .where(StatedActRow.source_id != StatedActRow.target_id, *conditions)
        .group_by(*pair)
        .order_by(*pair)
    )
    found = session.execute(first).all()
    for at in range(0, len(found), _CHUNK // len(pair)):
        yield from _as_stated(session, found[at : at + _CHUNK // len(pair)])


def _as_stated(session: Session, found: Sequence[Any]) -> Iterator[Edge]:
    """The edges of these (source, target, relation, letter), with the words of that letter."""
    pair = (StatedActRow.source_id, StatedActRow.target_id, StatedActRow.relation)
    actor = aliased(CitationRow)
    query = (
        select(StatedActRow, CitationRow, MentionRow.text, MentionRow.page, actor.confidence)
        .join(CitationRow, _place(CitationRow, StatedActRow.citation))
        .join(actor, _place(actor, StatedActRow.actor))
        .outerjoin(MentionRow, first_mention())
        .where(tuple_(*pair, StatedActRow.letter_id).in_([tuple(row) for row in found]), ~_own_words())
        .order_by(*pair, StatedActRow.actor, StatedActRow.citation)
    )
    same = groupby(session.execute(query), key=lambda row: (row[0].source_id, row[0].target_id, row[0].relation))
    yield from (_edge(*next(rows)) for _, rows in same)


def first_mention() -> ColumnElement[bool]:
    """Where a citation is mentioned first: the words that an edge quotes."""
    return and_(
        MentionRow.letter_id == CitationRow.letter_id,
        MentionRow.citation == CitationRow.ordinal,
        MentionRow.ordinal == 0,
    )


def _own_words() -> ColumnElement[bool]:
    cited, home = aliased(CitationRow), aliased(LetterRow)
    query = select(cited.letter_id).join(home, home.id == cited.letter_id)
    # By the acting document's own letters, never by all that cite the other: those may be a hundred thousand.
    target = func.coalesce(cited.decision_id, "")
    return query.where(home.decision_id == StatedActRow.source_id, target == StatedActRow.target_id).exists()


def _place(citation: Any, ordinal: Any) -> ColumnElement[bool]:
    return and_(citation.letter_id == StatedActRow.letter_id, citation.ordinal == ordinal)


def _edge(act: StatedActRow, cited: CitationRow, quote: str | None, page: int | None, confidence: float) -> Edge:
    return Edge(
        source=act.source_id or "",
        letter_id=act.letter_id,
        target=act.target_id,
        relation=act.relation,
        status=cited.status,
        number=cited.number,
        issued_on=cited.issued_on,
        issuer=cited.issuer,
        title=cited.title,
        confidence=min(cited.confidence, confidence),
        candidates=(),
        quote=quote,
        page=page,
        stated=True,
    )
