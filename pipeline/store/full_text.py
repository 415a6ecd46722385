"""The full-text index of either database: FTS5 on SQLite; on PostgreSQL one of words and words in a row."""

from __future__ import annotations

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
Narrowing = Callable[[Select[Any]], Select[Any]]
_SAMPLE, _FREQUENT = 80, 0.4  # letters looked at, and the share of them that makes words frequent
_NUMBER = 4  # words in a row that PostgreSQL's index has from a figure on


def holding(session: Session, terms: Sequence[str]) -> Select[Any]:
    """Places in the index (`TextRow.id`) of the letters whose text holds all terms, each a word or words in a row."""
    query = select(TextRow.id)
    if _on_sqlite(session):
        return query.join(_INDEX, _INDEX.c.rowid == TextRow.id).where(_match(terms))
    return query.where(_held(terms), *(_in_a_row(TextRow.folded, row) for row in _unproven(terms)))


def places(session: Session, terms: Sequence[str]) -> npt.NDArray[np.int64]:
    """All places that `holding` asks for, of letters that the session may not see too; there may be very many."""
    if _on_sqlite(session):
        # Numbers as the driver gives them: it makes no objects of rows.
        cursor = session.connection().connection.cursor()
        found = cursor.execute("SELECT rowid FROM letter_search WHERE letter_search MATCH ?", (_all_of(terms),))
        return np.fromiter((place for (place,) in found), np.int64)
    # In one piece, for the same reason.
    query = holding(session, terms).with_only_columns(func.array_to_string(func.array_agg(TextRow.id), ","))
    return np.fromstring(session.scalar(query) or "", np.int64, sep=",")


def newest(session: Session, terms: Sequence[str], chosen: Narrowing | None, count: int) -> list[tuple[str, str]]:
    """The letters stored last that hold all terms, at most `count`: their ids with their folded text.

    `chosen` adds conditions on letters to a question for texts; None if every letter will do.
    """
    if _on_sqlite(session):
        query = _newest_on_sqlite(terms, chosen, count)
    elif chosen is None and (latest := _latest_if_frequent(session, terms, count)):
        return latest
    else:
        query = _newest_on_postgresql(terms, chosen, count)
    return [(key, folded) for key, folded in session.execute(query)]


def _newest_on_sqlite(terms: Sequence[str], chosen: Narrowing | None, count: int) -> Select[str, str]:
    # The index is walked from its end, and only until there are enough: no order but its own is cheap.
    query: Any = select(_INDEX.c.rowid.label("id")).where(_match(terms))
    if chosen:
        query = chosen(query.join(TextRow, TextRow.id == _INDEX.c.rowid))
    ids = query.order_by(_INDEX.c.rowid.desc()).limit(count).subquery()
    # The texts are fetched for those that are left, not for all that were walked over.
    return select(TextRow.letter_id, TextRow.folded).join(ids, ids.c.id == TextRow.id).order_by(TextRow.id.desc())


def _newest_on_postgresql(terms: Sequence[str], chosen: Narrowing | None, count: int) -> Select[str, str]:
    query: Any = select(TextRow.letter_id, TextRow.folded).where(_held(terms))
    # Sorted by what no index gives: else the database walks along one, sure that the words will come soon.
    query = (chosen(query) if chosen else query).order_by((TextRow.id + 0).desc())
    if rows := _unproven(terms):
        # Looked at from the newest on, until there are enough; without an offset it would look at all before.
        near = query.offset(0).subquery()
        query = select(near).where(*(_in_a_row(near.c.folded, row) for row in rows))
    limited: Select[str, str] = query.limit(count)
    return limited


def _latest_if_frequent(session: Session, terms: Sequence[str], count: int) -> list[tuple[str, str]]:
    """As `newest`, where nearly every letter holds the terms, else nothing: sorting them all would take much longer."""

    def among(latest: int) -> Select[str, str]:
        every = select(TextRow.id, TextRow.letter_id, TextRow.folded)
        near = every.order_by(TextRow.id.desc()).limit(latest).subquery()
        found = select(near.c.letter_id, near.c.folded).where(*(_in_a_row(near.c.folded, term) for term in terms))
        return found.order_by(near.c.id.desc())

    sample = session.scalar(select(func.count()).select_from(among(_SAMPLE).subquery())) or 0
    if sample < _FREQUENT * _SAMPLE:
        return []
    found = [(key, folded) for key, folded in session.execute(among(round(count / _FREQUENT)).limit(count))]
    return found if len(found) == count else []


def _on_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _all_of(terms: Sequence[str]) -> str:
    # Every term is quoted: bare "/" or "-" would be read as operators.
    return " AND ".join(f'"{term}"' for term in terms)


def _match(terms: Sequence[str]) -> TextClause:
    return text("letter_search MATCH :match").bindparams(match=_all_of(terms))


def _held(terms: Sequence[str]) -> ColumnElement[bool]:
    """What PostgreSQL's index says of texts that hold all terms."""
    entries = dict.fromkeys(entry for term in terms for entry in _entries(term.split()))
    found = func.letter_search_terms(TextRow.folded, type_=ARRAY(Text))
    return found.contains(array([_said(entry) for entry in entries]))


def _entries(words: Sequence[str]) -> list[str]:
    """The entries of the index, see its migration, that a text has if it holds these words in a row."""
    ends = (at + (_NUMBER if word < "A" else 2) for at, word in enumerate(words))
    return [" ".join(words[at:end]) for at, end in zip(range(max(len(words) - 1, 1)), ends, strict=False)]


def _unproven(terms: Sequence[str]) -> list[str]:
    """Terms longer than an entry: what their entries say may be from different places in a text."""
    return [term for term in terms if term not in _entries(term.split())]


def _in_a_row(folded: Any, row: str) -> ColumnElement[bool]:
    space: ColumnElement[str] = literal_column("' '")
    told: ColumnElement[bool] = func.strpos(space + folded + space, _said(f" {row} ")) > 0
    return told


def _said(words: str) -> BindParameter[str]:
    # Written into the statement: which way is the best one differs by word, and a prepared statement has one for all.
    return bindparam(None, words, Text, literal_execute=True)
