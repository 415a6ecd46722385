"""Edges between two documents that a letter speaks of: "Nghị định A sửa đổi Nghị định B" is an edge of A."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_, update
from sqlalchemy.orm import Session, aliased

from models.tables import CitationRow, DecisionRow, LetterRow, MentionRow, StatedActRow
from pipeline.store.graph_terms import Edge, Walk
from pipeline.store.masks import SEEN, link_as_seen
from pipeline.store.stated_pairs import firsts, in_all

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
            session.execute(change.values({column: now.scalar_subquery()}).execution_options(synchronize_session=False))


def issued_by(day: date) -> ColumnElement[bool]:
    """That the acting document was issued by this day."""
    return StatedActRow.source_id.in_(select(DecisionRow.id).where(DecisionRow.issued_on <= day))


def among(session: Session, ids: Sequence[str], walk: Walk, *more: ColumnElement[bool]) -> Iterator[Edge]:
    """Stated edges that touch these documents, as far as relation and days of `walk` allow."""
    for at in range(0, len(ids), _CHUNK):
        part = {"front": ids[at : at + _CHUNK]}
        rows = [row for way in ("cites", "cited-by") for row in session.execute(firsts(walk, way), part)]
        yield from _told(session, rows, *more)


def within(session: Session, ids: Sequence[str], walk: Walk) -> Iterator[Edge]:
    """Stated edges from one of these documents to another of them."""
    known = set(ids)
    for at in range(0, len(ids), _CHUNK):
        rows = session.execute(firsts(walk, "cites"), {"front": ids[at : at + _CHUNK]})
        yield from _told(session, [row for row in rows if row.target in known])


def all_of(session: Session, walk: Walk) -> Iterator[Edge]:
    """Every stated edge."""
    yield from _told(session, session.execute(in_all(walk)).all())


def _told(session: Session, rows: Iterable[Any], *more: ColumnElement[bool]) -> Iterator[Edge]:
    """These edges with the words of the letter that says so."""
    # A question of its own: a planner that can't know how few they are would read all citations to join them.
    found = sorted({tuple(row) for row in rows if row.source != row.target})
    for at in range(0, len(found), _CHUNK // 4):
        yield from _as_stated(session, found[at : at + _CHUNK // 4], *more)


def _as_stated(session: Session, found: Sequence[tuple[str, ...]], *more: ColumnElement[bool]) -> Iterator[Edge]:
    """The edges of these (source, target, relation, letter), one for each pair and relation.

    Where the acting document is held and cites the other one, its own words count, and this is no edge besides.
    """
    pair = (StatedActRow.source_id, StatedActRow.target_id, StatedActRow.relation)
    actor = aliased(CitationRow)
    cited = (getattr(CitationRow, name) for name in ("status", "number", "issued_on", "issuer", "title", "confidence"))
    shown = (StatedActRow.letter_id, *cited, actor.confidence.label("sure"), MentionRow.text, MentionRow.page)
    query = (
        select(*pair, *shown)
        .select_from(StatedActRow)
        .join(CitationRow, _place(CitationRow, StatedActRow.citation))
        .join(actor, _place(actor, StatedActRow.actor))
        .outerjoin(MentionRow, first_mention())
        .where(tuple_(*pair, StatedActRow.letter_id).in_(found), ~_own_words(), *more)
        .order_by(*pair, StatedActRow.actor, StatedActRow.citation)
    )
    told = session.execute(query, execution_options=SEEN)
    same = groupby(told, key=lambda row: (row.source_id, row.target_id, row.relation))
    yield from (_edge(session, next(rows)) for _, rows in same)


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


def _edge(session: Session, row: Any) -> Edge:
    status, _ = link_as_seen(session, row.status, row.target_id, ())
    return Edge(
        source=row.source_id,
        letter_id=row.letter_id,
        target=row.target_id,
        relation=row.relation,
        status=status,
        number=row.number,
        issued_on=row.issued_on,
        issuer=row.issuer,
        title=row.title,
        confidence=min(row.confidence, row.sure),
        candidates=(),
        quote=row.text,
        page=row.page,
        stated=True,
    )
