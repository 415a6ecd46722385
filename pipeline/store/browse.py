"""Lists, facets and figures for the screens; every question is asked in a session that the caller provides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, String, cast, column, extract, func, literal, or_, select, table, text, union_all
from sqlalchemy.orm import Session

from models.tables import (
    AmountRow,
    CitationRow,
    DecisionRow,
    FieldRow,
    LetterRow,
    OutcomeRow,
    ProjectRow,
    RunRow,
    SourceRow,
    TextRow,
)
from pipeline.store.accounts import Scope
from pipeline.store.graph import Node, Wanted
from pipeline.store.ledger import Counts, Run
from pipeline.store.rows import search_text
from pipeline.store.search import Hit, Selection, narrow, query_terms, search

PAGE = 25
# Ranked results are given up to here; beyond it a person narrows the search down, a program takes an export.
RANKED = 200
FACET = 12
_INDEX = table("letter_search", column("rowid"))


@dataclass(frozen=True, slots=True)
class Filter:
    """What a list shows.

    Attributes:
        words: Full text, marks optional.
        year: Of issue.
        relation: Letters that cite something so.
        selection: The conditions that the command line has too.
    """

    words: str = ""
    year: int | None = None
    relation: str | None = None
    selection: Selection = field(default_factory=Selection)

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


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file in a run."""

    path: str
    sha256: str | None
    outcome: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class ProjectTotal:
    """All that letters say of one project: đồng by year and measure."""

    name: str
    letters: tuple[str, ...]
    amounts: tuple[tuple[str, str | None, int], ...]


class Browse:
    """The part of the store that lists."""

    def __init__(self, reads: Scope) -> None:
        self._reads = reads

    def letters(self, wanted: Filter, *, after: str | None = None, limit: int = PAGE) -> Page:
        """A page of letters: the best first if there are words, else the newest first.

        `after` is what an earlier page gave; one that no page gave begins at the start.
        """
        with self._reads() as session:
            total = session.scalar(matching(session, wanted, func.count())) or 0
            ranked = bool(query_terms(wanted.words))
            hits, following = (_ranked if ranked else _newest)(session, wanted, after, limit)
            return Page(hits, following, total)

    def all_letters(self, wanted: Filter) -> Iterator[Hit]:
        """Every letter that fits, oldest first, for exports."""
        with self._reads() as session:
            order = (LetterRow.issued_on.is_(None), LetterRow.issued_on, LetterRow.number, LetterRow.id)
            for row in session.scalars(matching(session, wanted, LetterRow).order_by(*order)):
                yield _hit(row)

    def facets(self, wanted: Filter) -> dict[str, tuple[tuple[str, int], ...]]:
        """How many letters each further choice would leave: issuer, doc_type, year, relation."""
        with self._reads() as session:
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
            result: dict[str, list[tuple[str, int]]] = {name: [] for name in (*what, "relation")}
            for name, value, letters in session.execute(union_all(*asked)):
                result[name].append((str(value), letters))
        most = {name: None if name == "relation" else FACET for name in result}
        return {
            name: tuple(sorted(found, key=lambda pair: (-pair[1], pair[0]))[: most[name]])
            for name, found in result.items()
        }

    def wanted(self, words: str = "", *, offset: int = 0, limit: int = 50) -> tuple[Wanted, ...]:
        """Documents that are cited but not held, the most cited first."""
        with self._reads() as session:
            letters = func.count(func.distinct(CitationRow.letter_id))
            query = select(DecisionRow, letters).join(CitationRow, CitationRow.decision_id == DecisionRow.id)
            closed = session.info.get("closed_decisions", ())
            query = query.where(or_(DecisionRow.held.is_(False), DecisionRow.id.in_(closed))).group_by(DecisionRow.id)
            order = (letters.desc(), DecisionRow.number, DecisionRow.id)
            found = []
            for row, count in session.execute(query.order_by(*order)):
                node = Node(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.title, False)
                if _mentions(node, words):
                    found.append(Wanted(node, count))
                if len(found) == offset + limit:
                    break
            return tuple(found[offset:])

    def runs(self, limit: int = 14) -> tuple[Run, ...]:
        """The latest runs, newest first; a reader who may not see every file gets figures without those files."""
        with self._reads() as session:
            restricted = "closed_decisions" in session.info
            runs = []
            for row in session.scalars(select(RunRow).order_by(RunRow.id.desc()).limit(limit)):
                counts = Counts(**{name: getattr(row, name) for name in Counts.__dataclass_fields__})
                if restricted:
                    counts = _visible_counts(session, row.id)
                runs.append(Run(row.id, row.command, row.started, row.finished, counts))
            return tuple(runs)

    def outcomes(self, run: int, outcome: str | None = None, limit: int = 500) -> tuple[Outcome, ...]:
        """What became of the files of a run."""
        with self._reads() as session:
            query = select(OutcomeRow).where(OutcomeRow.run_id == run).order_by(OutcomeRow.ordinal).limit(limit)
            if outcome:
                query = query.where(OutcomeRow.outcome == outcome)
            return tuple(Outcome(row.path, row.sha256, row.outcome, row.reason) for row in session.scalars(query))

    def reasons(self) -> tuple[tuple[str, str, int], ...]:
        """Files that are not stored: status, reason and how many, the most frequent first."""
        with self._reads() as session:
            count = func.count()
            query = select(SourceRow.status, func.coalesce(SourceRow.reason, ""), count)
            query = query.where(SourceRow.status != "stored").group_by(SourceRow.status, SourceRow.reason)
            return tuple((status, reason, n) for status, reason, n in session.execute(query.order_by(count.desc())))

    def oldest_waiting(self) -> datetime | None:
        """Since when the letter that has waited longest for review waits."""
        with self._reads() as session:
            return session.scalar(select(func.min(LetterRow.stored_at)).where(~LetterRow.reviewed))

    def letters_of_file(self, sha256: str) -> tuple[str, ...]:
        """Ids of the letters in a file."""
        with self._reads() as session:
            query = select(LetterRow.id).where(LetterRow.source_sha256 == sha256).order_by(LetterRow.first_page)
            return tuple(session.scalars(query))

    def projects(self, words: str = "", limit: int = 100) -> tuple[ProjectTotal, ...]:
        """Projects by name with the amounts that letters give for them."""
        wanted = search_text(words)
        with self._reads() as session:
            query = select(ProjectRow.name, ProjectRow.letter_id, AmountRow.measure, AmountRow.period, AmountRow.vnd)
            same = (AmountRow.letter_id == ProjectRow.letter_id) & (AmountRow.project == ProjectRow.ordinal)
            query = query.join(AmountRow, same).where(AmountRow.vnd.is_not(None)).order_by(ProjectRow.name)
            groups: dict[str, tuple[dict[str, None], list[tuple[str, str | None, int]]]] = {}
            for name, letter, measure, period, vnd in session.execute(query):
                if vnd is not None and wanted in search_text(name):
                    letters, amounts = groups.setdefault(name, ({}, []))
                    letters[letter] = None
                    amounts.append((measure, period, vnd))
            some = list(groups.items())[:limit]
            return tuple(ProjectTotal(name, tuple(letters), tuple(amounts)) for name, (letters, amounts) in some)

    def machine(self, letter_id: str) -> Mapping[tuple[str, int], dict[str, Any]]:
        """What the program read, by field and ordinal, whatever a person said since."""
        with self._reads() as session:
            query = select(FieldRow).where(FieldRow.letter_id == letter_id)
            names = ("value", "text", "raw", "confidence", "page", "bbox", "witnesses", "review")
            return {
                (row.field, row.ordinal): {name: getattr(row, name) for name in names} for row in session.scalars(query)
            }


def matching(session: Session, wanted: Filter, *what: Any) -> Select[Any]:
    """`what` of the letters that fit."""
    query = narrow(select(*what).select_from(LetterRow), wanted.narrowed())
    terms = query_terms(wanted.words)
    if terms:
        query = query.where(LetterRow.id.in_(_holding(session, terms)))
    if wanted.relation:
        query = query.where(LetterRow.id.in_(_citing_so(wanted.relation)))
    return query


def _citing_so(relation: str) -> Select[Any]:
    return select(CitationRow.letter_id).where(CitationRow.relation == relation)


def _holding(session: Session, terms: Sequence[str]) -> Select[Any]:
    """Ids of the letters whose text holds all terms."""
    query = select(TextRow.letter_id)
    if session.get_bind().dialect.name == "sqlite":
        match = text("letter_search MATCH :match").bindparams(match=" AND ".join(f'"{term}"' for term in terms))
        return query.join(_INDEX, _INDEX.c.rowid == TextRow.id).where(match)
    names = {f"held{i}": term for i, term in enumerate(terms)}
    phrases = " && ".join(f"phraseto_tsquery('simple', :{name})" for name in names)
    return query.where(text(f"letter_texts.letter_search_vector @@ ({phrases})").bindparams(**names))


def _ranked(session: Session, wanted: Filter, after: str | None, limit: int) -> tuple[tuple[Hit, ...], str | None]:
    start = int(after) if after and after.isdecimal() and int(after) < RANKED else 0
    reach = RANKED if wanted.relation else min(start + limit + 1, RANKED)
    hits = search(session, wanted.words, wanted.narrowed(), reach)
    if wanted.relation:
        ids = [hit.letter_id for hit in hits]
        kept = set(session.scalars(_citing_so(wanted.relation).where(CitationRow.letter_id.in_(ids))))
        hits = tuple(hit for hit in hits if hit.letter_id in kept)
    following = start + limit
    return hits[start:following], str(following) if len(hits) > following and following < RANKED else None


def _newest(session: Session, wanted: Filter, after: str | None, limit: int) -> tuple[tuple[Hit, ...], str | None]:
    # The undated come last: to the order they are older than any date.
    issued = func.coalesce(LetterRow.issued_on, date.min)
    query = matching(session, wanted, LetterRow).order_by(issued.desc(), LetterRow.id)
    if after and (place := _place(after)):
        day, key = place
        query = query.where(or_(issued < day, (issued == day) & (LetterRow.id > key)))
    rows = session.scalars(query.limit(limit + 1)).all()
    last = rows[limit - 1] if len(rows) > limit else None
    following = f"{(last.issued_on or date.min).isoformat()}_{last.id}" if last else None
    return tuple(map(_hit, rows[:limit])), following


def _place(after: str) -> tuple[date, str] | None:
    day, _, key = after.partition("_")
    try:
        return date.fromisoformat(day), key
    except ValueError:
        return None


def _hit(row: LetterRow) -> Hit:
    return Hit(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.subject, "", None)


def _mentions(node: Node, words: str) -> bool:
    wanted = search_text(words)
    return wanted in search_text(" ".join(filter(None, (node.number, node.issuer, node.title))))


def _visible_counts(session: Session, run: int) -> Counts:
    count = func.count()
    query = select(OutcomeRow.outcome, count).where(OutcomeRow.run_id == run).group_by(OutcomeRow.outcome)
    figures = {outcome: n for outcome, n in session.execute(query)}
    files = select(OutcomeRow.sha256).where(OutcomeRow.run_id == run, OutcomeRow.outcome == "stored")
    pages = session.scalar(select(func.sum(SourceRow.pages)).where(SourceRow.sha256.in_(files))) or 0
    known = {name: figures.get(name, 0) for name in asdict(Counts()) if name not in ("seen", "pages")}
    return Counts(seen=sum(figures.values()), pages=pages, **known)
