"""Questions for the pairs of documents that letters state, however many letters state them.

A decree that amends another is named so by a hundred thousand letters. They are not read one by one: the index is asked
for the next pair, the next relation and the first letter of each. Each question is made once and asked with its list
of documents, `FRONT`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, ScalarSelect, Select, func, literal, select
from sqlalchemy.orm import InstrumentedAttribute

from models.tables import DecisionRow, LetterRow, StatedActRow
from pipeline.store.graph_terms import Walk, came_by
from pipeline.store.lists import named, one_of

FRONT = named("front")

_Column = InstrumentedAttribute[Any]
_SOURCE, _TARGET, _RELATION = StatedActRow.source_id, StatedActRow.target_id, StatedActRow.relation


def far_ends(walk: Walk, direction: str) -> Select[Any]:
    """Documents at the other end of stated edges."""
    near, far = _ends(direction)
    if walk.bounded:
        return select(far).where(one_of(near, FRONT), far.is_not(None), *_of(walk)).distinct().limit(walk.nodes + 1)
    pairs = _pairs(near, far, walk.relation)
    return select(pairs.c.far).where(pairs.c.far.is_not(None)).distinct().limit(walk.nodes + 1)


@lru_cache(64)
def firsts(walk: Walk, direction: str) -> Select[Any]:
    """Of each pair and relation at these documents the first letter: source, target, relation, letter."""
    near, far = _ends(direction)
    if walk.bounded:
        return everything(one_of(near, FRONT), *_of(walk))
    told = _kinds(near, far, walk.relation)
    said = (near == told.c.near, far == told.c.far, told.c.relation == _RELATION)
    source, target = (told.c.near, told.c.far) if near is _SOURCE else (told.c.far, told.c.near)
    letter = _least(StatedActRow.letter_id, *said).label("letter")
    found = select(source.label("source"), target.label("target"), told.c.relation, letter)
    return found.where(told.c.relation.is_not(None))


def everything(*conditions: ColumnElement[bool]) -> Select[Any]:
    """The same where all that letters say must be looked at: every document, or what was said in a time."""
    pair: Sequence[ColumnElement[Any]] = (_SOURCE.label("source"), _TARGET.label("target"), _RELATION.label("relation"))
    query = select(*pair, func.min(StatedActRow.letter_id).label("letter"))
    return query.where(_SOURCE.is_not(None), _TARGET.is_not(None), *conditions).group_by(_SOURCE, _TARGET, _RELATION)


def in_all(walk: Walk) -> Select[Any]:
    """Every pair that the walk allows."""
    return everything(*_of(walk))


def _of(walk: Walk) -> Iterator[ColumnElement[bool]]:
    """Conditions on what is stated and on the letter that states it."""
    if walk.relation:
        yield StatedActRow.relation == walk.relation
    if walk.bounded:
        days = LetterRow.issued_on
        within = [days >= walk.since] if walk.since else []
        within += [days <= walk.until] if walk.until else []
        within += [came_by(walk.known_on)] if walk.known_on else []
        yield StatedActRow.letter_id.in_(select(LetterRow.id).where(*within))


def _ends(direction: str) -> tuple[_Column, _Column]:
    return (_SOURCE, _TARGET) if direction == "cites" else (_TARGET, _SOURCE)


def _pairs(near: _Column, far: _Column, relation: str | None) -> CTE:
    """What stands at the other end of each of these documents, once each, then an empty end."""
    kind = (relation == _RELATION,) if relation else ()
    start = select(DecisionRow.id.label("near"), _least(far, near == DecisionRow.id, *kind).label("far"))
    pairs = start.where(one_of(DecisionRow.id, FRONT)).cte(recursive=True)
    after = _least(far, near == pairs.c.near, far > pairs.c.far, *kind)
    return pairs.union_all(select(pairs.c.near, after).where(pairs.c.far.is_not(None)))


def _kinds(near: _Column, far: _Column, relation: str | None) -> CTE:
    """Those pairs with each of their relations, then an empty relation."""
    pairs = _pairs(near, far, relation)
    least = _least(_RELATION, near == pairs.c.near, far == pairs.c.far)
    first = select(pairs.c.near, pairs.c.far, (literal(relation) if relation else least).label("relation"))
    first = first.where(pairs.c.far.is_not(None))
    if relation:
        return first.cte()
    kinds = first.cte(recursive=True)
    after = _least(_RELATION, near == kinds.c.near, far == kinds.c.far, kinds.c.relation < _RELATION)
    return kinds.union_all(select(kinds.c.near, kinds.c.far, after).where(kinds.c.relation.is_not(None)))


def _least(column: _Column, *conditions: ColumnElement[bool]) -> ScalarSelect[Any]:
    return select(func.min(column)).where(*conditions).correlate_except(StatedActRow).scalar_subquery()
