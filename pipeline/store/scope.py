"""The store as one reader may see it: the one place where letters with a secrecy mark are kept back.

Every session that a `View` opens adds the same conditions to every question, whoever asks it, so a new page or
export cannot forget them. Without clearance a secret letter is not there: neither it nor what only it says.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy import ColumnElement, Select, delete, event, func, or_, select
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria

from models.tables import Base, CitationRow, DecisionRow, LetterRow, OutcomeRow, SourceRow, WorkRow
from pipeline.store import graph, masks, paths
from pipeline.store.accounts import Accounts
from pipeline.store.browse import Browse
from pipeline.store.database import database_trouble, reading_from
from pipeline.store.desk_tables import AuditRow, LetterReviewRow
from pipeline.store.letters_in import remove_file
from pipeline.store.masks import CLOSED, MASKED, MASKS
from pipeline.store.restore import StoredLetter, restore
from pipeline.store.review import Desk
from pipeline.store.sessions import Sessions
from pipeline.store.shelf import Shelves
from pipeline.store.state import state_of
from pipeline.store.store import Store, utc_now

_LETTERS = LetterRow.__table__.c
_SOURCES = SourceRow.__table__.c
_CITATIONS = CitationRow.__table__.c


def _hidden(column: Any) -> Select[Any]:
    """`column` of every letter that is kept back: secret ones, other letters in their files, other scans of them."""
    marked = _LETTERS.secrecy.is_not(None)
    files = select(_LETTERS.source_sha256).where(marked)
    # A null among the documents hides nothing; asking for none would walk the index of all documents instead.
    documents = select(_LETTERS.decision_id).where(marked)
    return select(column).where(or_(_LETTERS.source_sha256.in_(files), _LETTERS.decision_id.in_(documents)))


class View(Store):
    """The store behind a clearance; answers every question of `Store`.

    Attributes:
        browse: Lists, facets and figures for the screens.
        desk: Review.
    """

    def __init__(self, base: Store, *, cleared: bool) -> None:
        super().__init__(base._engine)
        self._base = base
        self._cleared = cleared
        self._shelves = Shelves(self._reads)
        self._limits = Limits()
        self._shared = threading.local()
        self.browse = Browse(self._reads, self._shelves)
        self.desk = Desk(self._writes, self._reads, base.relink, base._save_all)

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """What is asked within, in this thread, is answered from one session: a page that speaks of one moment."""
        with self._reads() as session:
            self._shared.session = session
            try:
                yield
            finally:
                self._shared.session = None

    @contextmanager
    def _reads(self) -> Iterator[Session]:
        if (shared := getattr(self._shared, "session", None)) is not None:
            yield shared
            return
        with super()._reads() as session:
            if not self._cleared:
                self._limits.put_on(session)
            yield session

    @contextmanager
    def _writes(self) -> Iterator[Session]:
        with super()._writes() as session:
            if not self._cleared:
                self._limits.put_on(session)
            yield session

    def prepare(self) -> None:
        """Have what lists need at hand before the first list is asked for."""
        self._shelves.prepare()

    def close(self) -> None:
        """Let go of all connections."""
        self._shelves.close()
        super().close()

    def people(self, hasher: PasswordHasher) -> tuple[Accounts, Sessions]:
        """Accounts and log-ins of this store."""
        # Who somebody is, is one question: no transaction need be begun for it and ended after it.
        asking = reading_from(self._engine, "AUTOCOMMIT")

        @contextmanager
        def asks() -> Iterator[Session]:
            with database_trouble(), Session(asking) as session:
                yield session

        accounts = Accounts(self._writes, self._reads, hasher)
        return accounts, Sessions(self._writes, asks, accounts)

    def relink(self) -> int:
        """Decide links with all letters in view: what a person may see decides nothing."""
        return self._base.relink()

    def settle(self, sha256: str, status: str) -> bool:
        """A person's word on a file set aside: "retriable" (read it again) or "discarded"; False if there is none."""
        with self._writes() as session:
            query = select(SourceRow).where(SourceRow.sha256 == sha256)
            row = session.scalar(query.where(SourceRow.status.in_(("quarantined", "failed", "retriable"))))
            if row is None:
                return False
            row.status, row.last_seen = status, utc_now()
            session.execute(delete(WorkRow).where(WorkRow.sha256 == sha256, WorkRow.state == "waiting"))
            return True

    def quarantine(self, letter_id: str) -> str | None:
        """Take a letter and all others of its file out, and set the file aside; its digest, None if there is none."""
        with self._writes() as session:
            letter = session.get(LetterRow, letter_id)
            row = session.get(SourceRow, letter.source_sha256) if letter else None
            if row is None:
                return None
            row.status, row.reason, row.message, row.last_seen = "quarantined", "set_aside_by_hand", None, utc_now()
            remove_file(session, row.sha256)
            sha256 = row.sha256
        self.relink()
        return sha256

    def confirmed_letters(self) -> Iterator[StoredLetter]:
        """Letters that persons confirmed as a whole, the first of each file."""
        with self._reads() as session:
            first = select(LetterRow.source_sha256, func.min(LetterRow.first_page).label("page"))
            begins = first.group_by(LetterRow.source_sha256).subquery()
            query = select(LetterRow.id).join(LetterReviewRow, LetterReviewRow.letter_id == LetterRow.id)
            query = query.join(begins, begins.c.source_sha256 == LetterRow.source_sha256)
            query = query.where(LetterRow.first_page == begins.c.page).order_by(LetterRow.id)
            yield from restore(session, session.scalars(query).all())

    def wanted(self, limit: int = 50) -> tuple[graph.Wanted, ...]:
        """Documents that are cited but not held, as far as this reader may know."""
        return self.browse.wanted(limit=limit)

    def chain_of(self, root: graph.Node, *, on: date | None = None, known_on: date | None = None) -> paths.Chain:
        """As `chain`, of a document at hand; most have none, which is known without asking for it."""
        with self._reads() as session:
            shelf = self._shelves.shelf(session)
            if shelf is not None and root.id not in shelf.changing:
                return paths.Chain(root, (root,), (), None)
            return paths.chain(session, root.id, on=on, known_on=known_on)

    def counts(self) -> dict[str, int]:
        """The figures of `Store.counts` without what is kept back."""
        with self._reads() as session:
            figures = graph.counts(session)
            closed = session.info.get(CLOSED)
            if closed:
                linked = select(func.count()).select_from(CitationRow).where(CitationRow.status == "linked")
                moved = session.scalar(linked.where(CitationRow.decision_id.in_(closed))) or 0
                seen = session.scalar(select(func.count()).where(DecisionRow.held, DecisionRow.id.in_(closed))) or 0
                figures["citations_linked"] -= moved
                figures["citations_open"] += moved
                figures["decisions_held"] -= seen
                figures["decisions_wanted"] += seen
            return figures


@dataclass(frozen=True, slots=True)
class _Kept:
    """What is kept back: conditions on questions, and the documents of `closed_decisions` and `MASKS`."""

    options: tuple[Any, ...] = ()
    closed: frozenset[str] = frozenset()
    masks: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


class Limits:
    """What sessions without clearance must not see; found out anew when letters were changed."""

    def __init__(self) -> None:
        self._found: tuple[str, _Kept] = ("", _Kept())

    def put_on(self, session: Session) -> None:
        """Narrow everything that this session asks."""
        state = state_of(session)  # as the session sees it: nothing newer can slip past older limits
        if self._found[0] != state:
            self._found = (state, _kept(session))
        kept = self._found[1]
        if not kept.options:
            return
        session.info[CLOSED] = kept.closed
        session.info[MASKS] = kept.masks

        @event.listens_for(session, "do_orm_execute")
        def narrow(state: ORMExecuteState) -> None:
            if state.is_select:
                if not state.execution_options.get("as_seen"):
                    masks.refuse_bare(state.statement)
                state.statement = state.statement.options(*kept.options)


def _kept(session: Session) -> _Kept:
    hidden = session.execute(_hidden(_LETTERS.id).add_columns(_LETTERS.decision_id)).all()
    aside = session.scalar(select(_SOURCES.sha256).where(_SOURCES.reason == "secret_document").limit(1))
    if not hidden and aside is None:
        return _Kept()
    closed = frozenset(home for _, home in hidden if home)
    cited = _cited(session, _CITATIONS.letter_id.in_(_hidden(_LETTERS.id)))
    touched = closed | set(cited)
    open_homes = select(_LETTERS.decision_id).where(_LETTERS.id.not_in(_hidden(_LETTERS.id)))
    at_home = set(session.scalars(open_homes.where(_LETTERS.decision_id.in_(touched))))
    outside = _CITATIONS.letter_id.not_in(_hidden(_LETTERS.id)) & _CITATIONS.decision_id.in_(touched - at_home)
    told = _cited(session, outside)
    return _Kept(tuple(_criteria(touched - at_home - set(told))), closed, told)


def _cited(session: Session, condition: ColumnElement[bool]) -> dict[str, dict[str, Any]]:
    """What the first citation among `condition` says of each document."""
    said = [_CITATIONS[name] for name in MASKED]
    query = select(_CITATIONS.decision_id, *said).where(condition, _CITATIONS.decision_id.is_not(None))
    found: dict[str, dict[str, Any]] = {}
    for identity, *values in session.execute(query.order_by(_CITATIONS.letter_id, _CITATIONS.ordinal)):
        found.setdefault(identity, {**dict(zip(MASKED, values, strict=True)), "held": False})
    return found


def _criteria(unseen: Iterable[str]) -> Iterator[Any]:
    hidden = _hidden(_LETTERS.id)
    yield with_loader_criteria(LetterRow, LetterRow.id.not_in(hidden))
    yield with_loader_criteria(DecisionRow, DecisionRow.id.not_in(sorted(unseen)))
    files = _hidden(_LETTERS.source_sha256)
    open_file = SourceRow.sha256.not_in(files) & (func.coalesce(SourceRow.reason, "") != "secret_document")
    yield with_loader_criteria(SourceRow, open_file)
    set_aside = select(_SOURCES.sha256).where(_SOURCES.reason == "secret_document")
    yield with_loader_criteria(WorkRow, WorkRow.sha256.not_in(files) & WorkRow.sha256.not_in(set_aside))
    open_outcome = func.coalesce(OutcomeRow.sha256, "").not_in(files)
    yield with_loader_criteria(OutcomeRow, open_outcome & (func.coalesce(OutcomeRow.reason, "") != "secret_document"))
    for mapper in Base.registry.mappers:
        column = getattr(mapper.class_, "letter_id", None)
        if column is not None and mapper.class_ is not AuditRow:
            yield with_loader_criteria(mapper.class_, column.not_in(hidden))
    yield with_loader_criteria(AuditRow, func.coalesce(AuditRow.letter_id, "").not_in(hidden))
