"""The store: letters in, questions out. Speaks model types; no row or session leaves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import Any, Self

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.orm import Session

from models.document import Document
from models.errors import ConfigError
from models.letter import Letter
from models.tables import CitationRow, ConfirmedRow, LetterRow, PageRow, SourceRow
from pipeline import contract
from pipeline.same_project import Followed
from pipeline.series import Misfit, misfits
from pipeline.store import boundaries, graph, letter_list, paths, projects, rows, search
from pipeline.store.bodies_said import BodyActs
from pipeline.store.database import database_trouble, open_engine, reading_from, upgrade
from pipeline.store.ledger import Ledger
from pipeline.store.letters_in import keys_cited_by, remove_letter, save_letter
from pipeline.store.numbered import numbered
from pipeline.store.relink import relink_stale, remember_all
from pipeline.store.restore import StoredLetter, reading, restore
from pipeline.store.saved import Saved
from pipeline.store.search import Hit
from pipeline.store.selection import Selection, narrow
from pipeline.store.stale import mark_stale

# Asked for every record page, so put together once.
_SCANS = (
    select(LetterRow.id, SourceRow.name)
    .join(SourceRow, SourceRow.sha256 == LetterRow.source_sha256)
    .where(LetterRow.decision_id == bindparam("decision"), LetterRow.id != bindparam("beside"))
    .order_by(LetterRow.id)
)
_PAGE_TEXT = select(PageRow.text).where(PageRow.letter_id == bindparam("letter"), PageRow.number == bindparam("number"))
_BY_DAY = (LetterRow.issued_on.is_(None), LetterRow.issued_on, LetterRow.number, LetterRow.id)


class Store:
    """One open database.

    Attributes:
        ledger: What became of files and runs.
        saved: Saved queries and what they found.
        bodies: What persons said about issuing bodies.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # Whoever reads sees one moment, however many questions are asked: on SQLite that is always so.
        self._reading = reading_from(engine, "REPEATABLE READ")
        self.ledger = Ledger(self._writes, self._reads)
        self.saved = Saved(self._writes, self._reads)
        self.bodies = BodyActs(self._writes, self._reads)

    @classmethod
    def open(cls, url: str, *, bring_up_to_date: bool = True) -> Self:
        """The store at `url`, its tables made or brought up to date unless told to leave them.

        Raises:
            ConfigError: if `url` is no database URL, or a newer program made the database.
            TransientError: if the database cannot be reached.
        """
        engine = open_engine(url)
        if bring_up_to_date:
            upgrade(engine)
        return cls(engine)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _writes(self) -> Iterator[Session]:
        with database_trouble(), Session(self._engine) as session, session.begin():
            yield session

    @contextmanager
    def _reads(self) -> Iterator[Session]:
        with database_trouble(), Session(self._reading) as session:
            yield session

    # Letters in

    def save(self, letter: Letter, *, now: datetime | None = None) -> str:
        """Store one letter, or bring what is stored of it up to date; its id.

        The same letter again changes nothing. Links wait for `relink`.
        """
        with self._writes() as session:
            return save_letter(session, letter, now or utc_now())

    def save_file(
        self, letters: Sequence[Letter], *, read_by: str | None = None, now: datetime | None = None
    ) -> tuple[str, ...]:
        """Store all letters of one file in one transaction; letters that an older reading saw in it are taken out."""
        with self._writes() as session:
            return self._save_all(session, letters, read_by, now or utc_now())

    def _save_all(
        self, session: Session, letters: Sequence[Letter], read_by: str | None, now: datetime
    ) -> tuple[str, ...]:
        letters = boundaries.in_force(session, letters)
        ids = tuple(save_letter(session, letter, now, read_by) for letter in letters)
        sha256 = letters[0].source.sha256
        query = select(LetterRow.id).where(LetterRow.source_sha256 == sha256, LetterRow.id.not_in(ids))
        for gone in session.scalars(query).all():
            remove_letter(session, gone)
        return ids

    def confirm(
        self, letter_id: str, field: str, value: Any, *, by: str, ordinal: int = 0, now: datetime | None = None
    ) -> None:
        """Keep what a person says about a field (contract name, contract value; None: the letter has none).

        Raises:
            ConfigError: if there is no such letter or field.
        """
        if field not in contract.SCALARS and field not in contract.LISTS:
            raise ConfigError(f"no field is called {field!r}")
        with self._writes() as session:
            old = session.get(LetterRow, letter_id)
            if old is None:
                raise ConfigError(f"no letter has the id {letter_id!r}")
            said = ConfirmedRow(letter_id=letter_id, field=field, ordinal=ordinal, value=value, confirmed_by=by)
            said.confirmed_at = now or utc_now()
            session.merge(said)
            session.flush()
            final = restore(session, [letter_id])[0].letter
            mark_stale(session, [old.link_key])
            new = rows.letter_row(final, {}, old.stored_at)
            for column in rows.DERIVED:
                setattr(old, column, getattr(new, column))
            mark_stale(session, [old.link_key, *session.scalars(keys_cited_by(letter_id))])

    def relink(self) -> int:
        """Decide every link that new or changed letters touch; how many numbers were looked at."""
        total = 0
        while True:
            with self._writes() as session:
                done = relink_stale(session)
            if not done:
                return total
            total += done

    def forget_links(self) -> None:
        """Have the next `relink` decide everything, with today's keys of the bodies."""
        with self._writes() as session:
            remember_all(session)

    # Questions

    def letter(self, letter_id: str) -> StoredLetter | None:
        """The letter with this id."""
        with self._reads() as session:
            return next(iter(restore(session, [letter_id])), None)

    def scans(self, selection: Selection | None = None) -> list[list[str]]:
        """Ids of the letters that fit, all scans of a document together, in the order of `letters`."""
        with self._reads() as session:
            query = narrow(select(LetterRow.id), selection or Selection()).add_columns(LetterRow.decision_id)
            scans: dict[str, list[str]] = {}
            for key, home in session.execute(query.order_by(*_BY_DAY)):
                scans.setdefault(home or key, []).append(key)
            return list(scans.values())

    def heads(self, ids: Sequence[str]) -> Iterator[StoredLetter]:
        """These letters with their fields alone, as registers show them; read in chunks."""
        for start in range(0, len(ids), 200):
            with self._reads() as session:
                chunk = restore(session, ids[start : start + 200], whole=False)
            yield from chunk

    def letters(self, selection: Selection | None = None) -> Iterator[StoredLetter]:
        """All letters that fit, by date of issue (undated last), then number and id; read in chunks."""
        with self._reads() as session:
            query = narrow(select(LetterRow.id), selection or Selection())
            ids = session.scalars(query.order_by(*_BY_DAY)).all()
        for start in range(0, len(ids), 200):
            with self._reads() as session:
                chunk = restore(session, ids[start : start + 200])
            yield from chunk

    def find(self, ref: str) -> tuple[graph.Node, ...]:
        """Documents called `ref`: an id of a letter or decision, a number, or a number and a year ("17/NQ-CP 2019")."""
        with self._reads() as session:
            return graph.find(session, ref)

    def letters_of(self, decision_id: str) -> tuple[StoredLetter, ...]:
        """The letters that are this document: none for a stub, several if it was scanned twice."""
        with self._reads() as session:
            query = select(LetterRow.id).where(LetterRow.decision_id == decision_id).order_by(LetterRow.id)
            return tuple(restore(session, session.scalars(query).all()))

    def scans_of(self, decision_id: str, *, beside: str) -> tuple[tuple[str, str], ...]:
        """Other letters that are this document: id and name of the file."""
        with self._reads() as session:
            found = session.execute(_SCANS, {"decision": decision_id, "beside": beside})
            return tuple((key, name) for key, name in found)

    def letters_citing(self, decision_id: str) -> tuple[StoredLetter, ...]:
        """The letters that cite this document, linked or as a stub."""
        with self._reads() as session:
            query = select(LetterRow.id).distinct().join(CitationRow, CitationRow.letter_id == LetterRow.id)
            query = query.where(CitationRow.decision_id == decision_id).order_by(LetterRow.id)
            return tuple(restore(session, session.scalars(query).all()))

    def reading(self, letter_id: str) -> Document | None:
        """What was recognised on the letter's pages, with words and boxes."""
        with self._reads() as session:
            return reading(session, letter_id)

    def page_lines(self, letter_id: str, number: int) -> tuple[str, ...]:
        """The lines of a page as read; none if there is no such page."""
        with self._reads() as session:
            text = session.scalar(_PAGE_TEXT, {"letter": letter_id, "number": number})
            return tuple(text.split("\n")) if text else ()

    def around(self, decision_id: str, walk: graph.Walk) -> graph.Graph | None:
        """What a document cites and who cites it, as far as `walk` goes; None if there is no such document."""
        with self._reads() as session:
            return graph.neighbourhood(session, decision_id, walk)

    def neighbourhood(self, decision_id: str, walk: graph.Walk) -> graph.Graph:
        """The same of a document that is there.

        Raises:
            ConfigError: if it is not.
        """
        found = self.around(decision_id, walk)
        if found is None:
            raise ConfigError(f"no document has the id {decision_id!r}")
        return found

    def path(self, start: str, end: str, walk: graph.Walk) -> paths.Path | None:
        """The shortest way between two documents along citations; see `paths.path`."""
        with self._reads() as session:
            return paths.path(session, start, end, walk)

    def chain(self, decision_id: str, *, on: date | None = None, known_on: date | None = None) -> paths.Chain:
        """Who changed a document and whom it changed, as of a day or as known on one; see `paths.chain`."""
        with self._reads() as session:
            return paths.chain(session, decision_id, on=on, known_on=known_on)

    def edges(self, walk: graph.Walk | None = None) -> Iterator[graph.Edge]:
        """Every citation of every letter, by letter and place in it; of `walk` only relation and days count."""
        with self._reads() as session:
            yield from graph.all_edges(session, walk or graph.Walk())

    def documents(self) -> tuple[graph.Node, ...]:
        """Every document, held or only cited."""
        with self._reads() as session:
            return graph.all_nodes(session)

    def documents_of(self, ids: Sequence[str]) -> tuple[graph.Node, ...]:
        """The documents with these ids, the held ones first."""
        if not ids:
            return ()
        with self._reads() as session:
            return graph.nodes_of(session, ids)

    def wanted(self, limit: int = 50) -> tuple[graph.Wanted, ...]:
        """Documents that are cited but not held, the most cited first."""
        with self._reads() as session:
            return graph.wanted(session, limit)

    def misfits(self) -> tuple[Misfit, ...]:
        """Letters whose number and day do not fit between those of the same office; see `series.misfits`."""
        with self._reads() as session:
            return tuple(misfits(numbered(session)))

    def projects(self, name: str = "", decision: str = "") -> tuple[Followed, ...]:
        """Projects over all reports that speak of them, by name; see `projects.followed`."""
        with self._reads() as session:
            return projects.followed(session, name, decision)

    def search(self, text: str, selection: Selection | None = None, *, limit: int = 20) -> tuple[search.Hit, ...]:
        """Letters that hold all words of `text` (marks optional, "..." for a phrase), the best first."""
        with self._reads() as session:
            return search.search(session, text, selection or Selection(), limit)

    def found(self, wanted: letter_list.Filter, *, limit: int = 20) -> tuple[Hit, ...]:
        """Letters that fit the filter, the best or the newest first."""
        with self._reads() as session:
            if wanted.relation or wanted.cited:
                listed = letter_list.ranked if search.query_terms(wanted.words) else letter_list.newest
                return listed(session, wanted, None, limit)[0]
            return search.search(session, wanted.words, wanted.narrowed(), limit)

    def counts(self) -> dict[str, int]:
        """How many sources, letters, citations by status, and stubs there are."""
        with self._reads() as session:
            return graph.counts(session)

    def describe(self) -> str:
        """Kind and place of the database, without a password."""
        return self._engine.url.render_as_string(hide_password=True)

    def check(self) -> tuple[str, ...]:
        """Faults within the database, in words; empty if there is none."""
        with self._reads() as session:
            return graph.faults(session)


def utc_now() -> datetime:
    """The time as it is stored: UTC, without a zone."""
    return datetime.now(UTC).replace(tzinfo=None, microsecond=0)
