"""Letters that fit a filter: counted, a page at a time, and by each further choice; asked of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, String, cast, extract, func, literal, or_, select
from sqlalchemy import union_all as all_of
from sqlalchemy.orm import Session

from models.tables import CitationRow, LetterRow, TextRow
from pipeline.store.full_text import holding
from pipeline.store.lists import one_of
from pipeline.store.search import Hit, best, hits_of, lit, query_terms
from pipeline.store.selection import Selection, narrow

PAGE = 25
# Ranked results are given up to here; beyond it a person narrows the search down, a program takes an export.
RANKED = 200
FACET = 12
FACETS = ("issuer", "doc_type", "year", "relation", "cited")
CITED = ("held", "wanted")
Facets = Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows.

    Attributes:
        words: Full text, marks optional.
        year: Of issue.
        relation: Letters that cite something so.
        selection: The conditions that the command line has too.
        cited: "held": letters that cite a document that is held; "wanted": one that is not.
    """

    words: str = ""
    year: int | None = None
    relation: str | None = None
    selection: Selection = field(default_factory=Selection)
    cited: str | None = None

    def narrowed(self) -> Selection:
        """The selection with the year as its span."""
        if self.year is None:
            return self.selection
        first, last = date(self.year, 1, 1), date(self.year, 12, 31)
        since = max(first, self.selection.since) if self.selection.since else first
        until = min(last, self.selection.until) if self.selection.until else last
        return replace(self.selection, since=since, until=until)


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a list: `after` continues it (None at the end), `total` counts all of it."""

    hits: tuple[Hit, ...]
    after: str | None
    total: int


def matching(session: Session, wanted: Filter, *what: Any) -> Select[Any]:
    """`what` of the letters that fit."""
    query = narrow(select(*what).select_from(LetterRow), wanted.narrowed())
    terms = query_terms(wanted.words)
    if terms:
        query = query.where(LetterRow.id.in_(select(TextRow.letter_id).where(TextRow.id.in_(holding(session, terms)))))
    if wanted.relation:
        query = query.where(LetterRow.id.in_(_citing(CitationRow.relation == wanted.relation)))
    if wanted.cited:
        held = linked(session)
        query = query.where(LetterRow.id.in_(_citing(held if wanted.cited == "held" else ~held)))
    return query


def linked(session: Session) -> ColumnElement[bool]:
    """Citations of documents that are held, as far as this reader may know."""
    closed = session.info.get("closed_decisions", ())
    known = CitationRow.status == "linked"
    return known & func.coalesce(CitationRow.decision_id, "").not_in(sorted(closed)) if closed else known


def _citing(condition: ColumnElement[bool]) -> Select[Any]:
    return select(CitationRow.letter_id).where(condition)


def facets(session: Session, wanted: Filter) -> Facets:
    """How many letters each further choice would leave, by the names of `FACETS`."""
    columns = (LetterRow.id, LetterRow.issuer, LetterRow.doc_type, LetterRow.issued_on)
    # The full text is asked once; what fits is held while it is counted by each facet.
    fit = matching(session, wanted, *columns).cte("fit").prefix_with("MATERIALIZED")
    count = func.count()
    what = {"issuer": fit.c.issuer, "doc_type": fit.c.doc_type, "year": extract("year", fit.c.issued_on)}
    asked = [
        select(literal(name).label("facet"), cast(value, String).label("value"), count.label("letters"))
        .select_from(fit).where(value.is_not(None)).group_by(value)
        for name, value in what.items()
    ]  # fmt: skip
    citing = func.count(func.distinct(CitationRow.letter_id))
    relation = select(literal("relation"), CitationRow.relation, citing)
    asked.append(relation.join(fit, fit.c.id == CitationRow.letter_id).group_by(CitationRow.relation))
    held = linked(session)
    for name, condition in zip(CITED, (held, ~held), strict=True):
        cited = select(literal("cited"), literal(name), citing).join(fit, fit.c.id == CitationRow.letter_id)
        asked.append(cited.where(condition))
    return sorted_facets((name, str(value), n) for name, value, n in session.execute(all_of(*asked)))


def sorted_facets(counted: Iterable[tuple[str, str, int]]) -> Facets:
    """Choices by facet, the most frequent first."""
    result: dict[str, list[tuple[str, int]]] = {name: [] for name in FACETS}
    for name, value, letters in counted:
        if letters:
            result[name].append((value, letters))
    most = {name: None if name == "relation" else FACET for name in result}
    return {
        name: tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[: most[name]]) for name, found in result.items()
    }


def total(session: Session, wanted: Filter) -> int:
    """How many letters fit."""
    return session.scalar(matching(session, wanted, func.count())) or 0


def ranked(
    session: Session, wanted: Filter, after: str | None, limit: int, places: Sequence[int] | None = None
) -> tuple[tuple[Hit, ...], str | None]:
    """A page of letters with the words, the best first, and what continues it; `places` as `search.best` has them."""
    start = int(after) if after and after.isdecimal() and int(after) < RANKED else 0
    narrower = places is None and bool(wanted.relation or wanted.cited)
    reach = RANKED if narrower else min(start + limit + 1, RANKED)
    ids = best(session, wanted.words, wanted.narrowed(), reach, places)
    if wanted.relation or wanted.cited:
        also = matching(session, replace(wanted, words=""), LetterRow.id).where(one_of(LetterRow.id, ids))
        kept = set(session.scalars(also))
        ids = [key for key in ids if key in kept]
    following = start + limit
    hits = lit(session, ids[start:following], wanted.words)
    return hits, str(following) if len(ids) > following and following < RANKED else None


def newest(session: Session, wanted: Filter, after: str | None, limit: int) -> tuple[tuple[Hit, ...], str | None]:
    """A page of letters, the newest first, and what continues it."""
    # The undated come last: to the order they are older than any date.
    issued = func.coalesce(LetterRow.issued_on, date.min)
    query = matching(session, wanted, LetterRow).order_by(issued.desc(), LetterRow.id)
    if after and (place := place_of(after)):
        day, key = place
        query = query.where(or_(issued < day, (issued == day) & (LetterRow.id > key)))
    rows = session.scalars(query.limit(limit + 1)).all()
    found = tuple(map(hit_of, rows[:limit]))
    return found, place_after(found[-1]) if len(rows) > limit else None


def page_of(session: Session, ids: Sequence[str], limit: int) -> tuple[tuple[Hit, ...], str | None]:
    """The first `limit` of these letters in this order, and what continues the list if there are more."""
    known = hits_of(session, ids[:limit])
    found = tuple(known[key] for key in ids[:limit] if key in known)
    return found, place_after(found[-1]) if found and len(ids) > limit else None


def place_of(after: str) -> tuple[date, str] | None:
    """The place in the order that a list of the newest continues from; None if it is none."""
    day, _, key = after.partition("_")
    try:
        return date.fromisoformat(day), key
    except ValueError:
        return None


def place_after(last: Hit) -> str:
    """What continues a list of the newest that ends with this one."""
    return f"{(last.issued_on or date.min).isoformat()}_{last.letter_id}"


def hit_of(row: LetterRow) -> Hit:
    """A letter as lists show it."""
    return Hit(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.subject, "", None)
