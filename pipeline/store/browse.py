"""Lists, facets and figures for the screens; every question is asked in a session that the caller provides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from models.tables import (
    CitationRow,
    DecisionRow,
    FieldRow,
    LetterRow,
    OutcomeRow,
    RunRow,
    SourceRow,
    WorkRow,
)
from pipeline.store import letter_list
from pipeline.store.accounts import Scope
from pipeline.store.folded import folded
from pipeline.store.graph import Node, Wanted
from pipeline.store.ledger import Counts, Run
from pipeline.store.letter_list import PAGE, Facets, Filter, Page, hit_of, matching
from pipeline.store.masks import CLOSED, MASKS
from pipeline.store.rows import search_text
from pipeline.store.search import Hit, query_terms
from pipeline.store.shelf import Shelves


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file in a run."""

    path: str
    sha256: str | None
    outcome: str
    reason: str | None


class Browse:
    """The part of the store that lists."""

    def __init__(self, reads: Scope, shelves: Shelves) -> None:
        self._reads = reads
        self._shelves = shelves

    def letters(self, wanted: Filter, *, after: str | None = None, limit: int = PAGE) -> Page:
        """A page of letters: the best first if there are words, else the newest first.

        `after` is what an earlier page gave; one that no page gave begins at the start.
        """
        return self.listed(wanted, after=after, limit=limit)[0]

    def facets(self, wanted: Filter) -> Facets:
        """How many letters each further choice would leave: issuer, doc_type, year, relation, cited."""
        return self.listed(wanted, limit=0)[1]

    def listed(self, wanted: Filter, *, after: str | None = None, limit: int = PAGE) -> tuple[Page, Facets]:
        """A page of letters as `letters` gives it, with what `facets` gives."""
        with self._reads() as session:
            shelf = self._shelves.shelf(session)
            if shelf is None:
                total, facets = letter_list.total(session, wanted), letter_list.facets(session, wanted)
            else:
                mask = shelf.fit(session, wanted)
                total, facets = int(mask.sum()), shelf.facets(mask)
            if not limit:
                return Page((), None, total), facets
            if query_terms(wanted.words):
                places = shelf.stored_last(mask) if shelf else None
                hits, following = letter_list.ranked(session, wanted, after, limit, places)
            elif shelf is None:
                hits, following = letter_list.newest(session, wanted, after, limit)
            else:
                ids = shelf.newest(mask, after, limit + 1)
                hits, following = letter_list.page_of(session, ids, limit)
            return Page(hits, following, total), facets

    def all_letters(self, wanted: Filter) -> Iterator[Hit]:
        """Every letter that fits, oldest first, for exports."""
        with self._reads() as session:
            order = (LetterRow.issued_on.is_(None), LetterRow.issued_on, LetterRow.number, LetterRow.id)
            for row in session.scalars(matching(session, wanted, LetterRow).order_by(*order)):
                yield hit_of(row)

    def wanted(self, words: str = "", *, offset: int = 0, limit: int = 50) -> tuple[Wanted, ...]:
        """Documents that are cited but not held, the most cited first."""
        with self._reads() as session:
            letters = func.count(func.distinct(CitationRow.letter_id)).label("letters")
            citing = select(CitationRow.decision_id, letters).group_by(CitationRow.decision_id).subquery()
            query = select(DecisionRow, citing.c.letters).join(citing, citing.c.decision_id == DecisionRow.id)
            closed = session.info.get(CLOSED, ())
            query = query.where(or_(DecisionRow.held.is_(False), DecisionRow.id.in_(closed)))
            query = query.order_by(citing.c.letters.desc(), DecisionRow.number, DecisionRow.id)
            if not search_text(words):
                rows = session.execute(query.offset(offset).limit(limit))
                return tuple(Wanted(_stub(row), count) for row, count in rows)
            # The database leaves out most; what it may not tell this reader is told, and compared, as it is masked.
            masked = sorted(session.info.get(MASKS, ()))
            query = query.where(or_(DecisionRow.id.in_(masked), _may_mention(words)))
            rows = session.execute(query)
            found = (Wanted(_stub(row), count) for row, count in rows if _mentions(_stub(row), words))
            return tuple(islice(found, offset, offset + limit))

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
            return tuple(map(_outcome, session.scalars(query)))

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

    def queue(self) -> dict[str, int]:
        """Files that wait to be read (queued), are being read (claimed), or are tried again later (waiting)."""
        with self._reads() as session:
            query = select(WorkRow.state, func.count()).group_by(WorkRow.state)
            found = {state: n for state, n in session.execute(query)}
            return {state: found.get(state, 0) for state in ("queued", "claimed", "waiting")}

    def file_log(self, sha256: str) -> tuple[tuple[Run, Outcome], ...]:
        """What became of a file in each run, the latest first."""
        with self._reads() as session:
            query = select(RunRow, OutcomeRow).join(OutcomeRow, OutcomeRow.run_id == RunRow.id)
            query = query.where(OutcomeRow.sha256 == sha256).order_by(RunRow.id.desc()).limit(100)
            return tuple(
                (Run(run.id, run.command, run.started, run.finished, Counts()), _outcome(row))
                for run, row in session.execute(query)
            )

    def machine(self, letter_id: str) -> Mapping[tuple[str, int], dict[str, Any]]:
        """What the program read, by field and ordinal, whatever a person said since."""
        with self._reads() as session:
            query = select(FieldRow).where(FieldRow.letter_id == letter_id)
            names = ("value", "text", "raw", "confidence", "page", "bbox", "witnesses", "review")
            return {
                (row.field, row.ordinal): {name: getattr(row, name) for name in names} for row in session.scalars(query)
            }


def _outcome(row: OutcomeRow) -> Outcome:
    return Outcome(row.path, row.sha256, row.outcome, row.reason)


def _stub(row: DecisionRow) -> Node:
    return Node(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.title, False)


def _may_mention(words: str) -> ColumnElement[bool]:
    told = (DecisionRow.number, DecisionRow.issuer, DecisionRow.title)
    number, issuer, title = (func.coalesce(part, "") for part in told)
    text = folded(number + " " + issuer + " " + title)
    return and_(*(text.contains(word, autoescape=True) for word in search_text(words).split()))


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


__all__ = ["PAGE", "Browse", "Filter", "Outcome", "Page", "matching"]
