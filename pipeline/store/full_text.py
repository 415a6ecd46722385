"""The full-text index of either database: FTS5 on SQLite; on PostgreSQL one of words and one of words in a row."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Text,
    TextClause,
    bindparam,
    column,
    func,
    literal_column,
    select,
    table,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, array
from sqlalchemy.orm import Session

from models.tables import TextRow

_INDEX = table("letter_search", column("rowid"))  # SQLite's
_VECTOR: ColumnElement[Any] = literal_column("letter_texts.letter_search_vector")  # PostgreSQL's
Narrowing = Callable[[Select[Any]], Select[Any]]
# Where three of ten letters hold the words there are enough among these.
_LATEST = 1_000


def holding(session: Session, terms: Sequence[str]) -> Select[Any]:
    """Places in the index (`TextRow.id`) of the letters whose text holds all terms, each a word or words in a row."""
    query = select(TextRow.id)
    if _on_sqlite(session):
        return query.join(_INDEX, _INDEX.c.rowid == TextRow.id).where(_match(terms))
    for term in terms:
        query = query.where(_holds(term.split()))
    return query


def places(session: Session, terms: Sequence[str]) -> npt.NDArray[np.int64]:
    """All places that `holding` asks for, of letters that the session may not see too; there may be very many."""
    # Numbers as the driver gives them, in one piece where it makes objects of rows.
    cursor = session.connection().connection.cursor()
    if _on_sqlite(session):
        found = cursor.execute("SELECT rowid FROM letter_search WHERE letter_search MATCH ?", (_all_of(terms),))
        return np.fromiter((place for (place,) in found), np.int64)
    query = holding(session, terms).with_only_columns(func.array_to_string(func.array_agg(TextRow.id), ","))
    return np.fromstring(session.scalar(query) or "", np.int64, sep=",")


def newest(session: Session, terms: Sequence[str], chosen: Narrowing | None, count: int) -> list[tuple[str, str]]:
    """The letters stored last that hold all terms, at most `count`: their ids with their folded text.

    `chosen` adds conditions on letters to a question for places; None if every letter will do.
    """
    ids = (_newest_on_sqlite if _on_sqlite(session) else _newest_on_postgresql)(session, terms, chosen, count)
    # The texts are fetched for those that are left, not for all that were walked over.
    texts = select(TextRow.letter_id, TextRow.folded).where(TextRow.id.in_(ids)).order_by(TextRow.id.desc())
    return [(key, folded) for key, folded in session.execute(texts)]


def _newest_on_sqlite(session: Session, terms: Sequence[str], chosen: Narrowing | None, count: int) -> Sequence[int]:
    # The index is walked from its end, and only until there are enough: no order but its own is cheap.
    query = select(_INDEX.c.rowid).where(_match(terms))
    if chosen:
        query = chosen(query.join(TextRow, TextRow.id == _INDEX.c.rowid))
    return session.scalars(query.order_by(_INDEX.c.rowid.desc()).limit(count)).all()


def _newest_on_postgresql(
    session: Session, terms: Sequence[str], chosen: Narrowing | None, count: int
) -> Sequence[int]:
    query = holding(session, terms)
    if chosen:
        query = chosen(query)
    newest_first = query.order_by(TextRow.id.desc()).limit(count)
    latest = select(func.max(TextRow.id) - _LATEST).scalar_subquery()
    found = session.scalars(newest_first.where(TextRow.id > latest)).all()
    if len(found) == count:
        return found
    # Not walked from the end: there may be few, and far from it. The indexes give them all.
    return session.scalars(query.order_by((TextRow.id + 0).desc()).limit(count)).all()


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _all_of(terms: Sequence[str]) -> str:
    # Every term is quoted: bare "/" or "-" would be read as operators.
    return " AND ".join(f'"{term}"' for term in terms)


def _match(terms: Sequence[str]) -> TextClause:
    return text("letter_search MATCH :match").bindparams(match=_all_of(terms))


def _holds(words: Sequence[str]) -> ColumnElement[bool]:
    """Whether a text on PostgreSQL holds these words in a row; the index of pairs knows neighbours, no longer rows."""
    if len(words) == 1:
        return _VECTOR.bool_op("@@")(func.phraseto_tsquery(literal_column("'simple'"), _said(words[0])))
    pairs = array([_said(" ".join(pair)) for pair in itertools.pairwise(words)])
    near = func.letter_search_pairs(TextRow.folded, type_=ARRAY(Text)).contains(pairs)
    if len(words) == 2:
        return near
    return near & (func.strpos(" " + TextRow.folded + " ", _said(f" {' '.join(words)} ")) > 0)


def _said(words: str) -> BindParameter[str]:
    # Written into the statement: which way is the best one differs by word, and a prepared statement has one for all.
    return bindparam(None, words, Text, literal_execute=True)
