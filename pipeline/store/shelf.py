"""What lists ask of all letters, held in memory: which fit, how many by each facet, which are the newest.

A filter over ten thousand letters, counted five ways, costs the database a tenth of a second and these columns a
thousandth. They hold what `letter_list` asks the database for, for one reader's clearance, and are used only while
nothing has been written since they were read (`state_of` says so); until they are read again the database answers.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
from sqlalchemy import select
from sqlalchemy.orm import Session

from extractors.vi.succession import successors
from extractors.vi.text import normalise
from models.errors import TransientError
from models.letter import RELATIONS
from models.tables import CitationRow, LetterRow, TextRow
from pipeline.bodies import body_key
from pipeline.store import full_text, paths
from pipeline.store.accounts import Scope
from pipeline.store.letter_list import CITED, Facets, Filter, linked, place_of, sorted_facets
from pipeline.store.search import RANKED_POOL, query_terms
from pipeline.store.selection import Selection, narrow
from pipeline.store.state import state_of

Numbers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
_UNDATED = date.min.toordinal()
QUIET = 1.0  # seconds without a write before the columns are read again


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of few different values: the values (None first), and which of them each letter has."""

    values: tuple[str | None, ...]
    codes: Numbers

    @classmethod
    def of(cls, column: Sequence[str | None]) -> Coded:
        """The column, coded."""
        places: dict[str | None, int] = {None: 0}
        codes = [places.setdefault(value, len(places)) for value in column]
        return cls(tuple(places), np.array(codes, np.int64))

    def where(self, wanted: Sequence[bool]) -> Mask:
        """Letters whose value is wanted, by the place of the value; none for None."""
        chosen = np.array(wanted, np.bool_)
        chosen[0] = False
        return chosen[self.codes]

    def is_(self, value: str | None) -> Mask:
        """Letters with this value."""
        return self.where([each == value for each in self.values])

    def counted(self, mask: Mask) -> Iterator[tuple[str, int]]:
        """How many letters of `mask` have each value."""
        counts = np.bincount(self.codes[mask], minlength=len(self.values))
        yield from ((value, int(n)) for value, n in zip(self.values, counts, strict=True) if value is not None)


@dataclass(frozen=True, slots=True)
class Shelf:
    """Columns of all letters, the newest first; bits of `citing` say how a letter cites, see `_BITS`.

    Attributes:
        changing: Documents that change another or are changed by one; few, and all others have no chain to follow.
    """

    ids: npt.NDArray[np.str_]
    texts: Numbers
    days: Numbers
    years: Coded
    issuers: Coded
    keys: Coded
    types: Coded
    states: Coded
    reviewed: Mask
    citing: Numbers
    changing: frozenset[str]

    @classmethod
    def read(cls, session: Session) -> Shelf:
        """All letters that the session may see."""
        wanted = (LetterRow.id, TextRow.id, LetterRow.issued_on, LetterRow.issuer, LetterRow.issuer_key)
        also = (LetterRow.doc_type, LetterRow.status, LetterRow.reviewed)
        query = select(*wanted, *also).join(TextRow, TextRow.letter_id == LetterRow.id)
        rows = sorted(session.execute(query), key=lambda row: (-(row[2] or date.min).toordinal(), row[0]))
        columns: list[Any] = list(zip(*rows, strict=True)) or [()] * 8
        ids, texts, days, issuers, keys, types, states, reviewed = columns
        bits: dict[str, int] = {}
        held = linked(session)
        cited = select(CitationRow.letter_id, CitationRow.relation, held).distinct()
        for key, relation, is_held in session.execute(cited):
            bits[key] = bits.get(key, 0) | _BITS[relation] | _BITS["held" if is_held else "wanted"]
        return cls(
            np.array(ids, np.str_), np.array(texts, np.int64),
            np.array([(day or date.min).toordinal() for day in days], np.int64),
            Coded.of([str(day.year) if day else None for day in days]), Coded.of(issuers), Coded.of(keys),
            Coded.of(types), Coded.of(states), np.array(reviewed, np.bool_),
            np.array([bits.get(key, 0) for key in ids], np.int64), paths.changing(session),
        )  # fmt: skip

    def fit(self, session: Session, wanted: Filter) -> Mask:
        """Which letters fit; the full text alone is asked of the database."""
        mask = self._selected(wanted.narrowed())
        for bit in (wanted.relation, wanted.cited):
            if bit:
                mask &= (self.citing & _BITS[bit]) != 0
        if (searching := wanted.selection.searching()) != Selection():
            found = narrow(select(TextRow.id).join(LetterRow, LetterRow.id == TextRow.letter_id), searching)
            mask &= np.isin(self.texts, np.array(session.scalars(found).all(), np.int64))
        if (terms := query_terms(wanted.words)) and mask.any():
            mask &= np.isin(self.texts, full_text.places(session, terms))
        return mask

    def _selected(self, selection: Selection) -> Mask:
        mask: Mask = np.ones(len(self.ids), np.bool_)
        if selection.issuer:
            key = body_key(selection.issuer) or ""
            own = self.keys.where([key in (each or "") for each in self.keys.values])
            for body in successors(selection.issuer) if selection.successors else ():
                since = body.since.toordinal() if body.since else _UNDATED
                own |= self.keys.is_(body_key(body.name)) & (self.days >= since)
            mask &= own
        if selection.doc_type:
            mask &= self.types.is_(normalise(selection.doc_type))
        if selection.since:
            mask &= self.days >= selection.since.toordinal()
        if selection.until:
            mask &= (self.days <= selection.until.toordinal()) & (self.years.codes != 0)
        if selection.status == "review":
            mask &= ~self.reviewed
        elif selection.status:
            mask &= self.states.is_(selection.status)
        return mask

    def facets(self, mask: Mask) -> Facets:
        """As `letter_list.facets`."""
        return sorted_facets(self._counted(mask))

    def _counted(self, mask: Mask) -> Iterator[tuple[str, str, int]]:
        for name, column in (("issuer", self.issuers), ("doc_type", self.types), ("year", self.years)):
            yield from ((name, value, n) for value, n in column.counted(mask))
        citing = self.citing[mask]
        for value, bit in _BITS.items():
            name = "cited" if value in CITED else "relation"
            yield name, value, int(np.count_nonzero(citing & bit))

    def stored_last(self, mask: Mask) -> list[int]:
        """Places in the full text of the letters of `mask` that were stored last, as many as are ranked."""
        return [int(place) for place in np.sort(self.texts[mask])[::-1][:RANKED_POOL]]

    def newest(self, mask: Mask, after: str | None, limit: int) -> list[str]:
        """Ids of the newest letters of `mask`, at most `limit`, from `after` on."""
        found = np.flatnonzero(mask)
        if after and (place := place_of(after)):
            day, key = place[0].toordinal(), place[1]
            days, ids = self.days[found], self.ids[found]
            found = found[(days < day) | ((days == day) & (ids > key))]
        return [str(key) for key in self.ids[found[:limit]]]


_BITS = {name: 1 << place for place, name in enumerate((*RELATIONS, *CITED))}


class Shelves:
    """The columns for one clearance, read again in the background once the database has been quiet for a moment."""

    def __init__(self, reads: Scope, quiet: float = QUIET) -> None:
        self._reads, self._quiet = reads, quiet
        self._lock = threading.Lock()
        self._shelf: Shelf | None = None
        self._read_at: str | None = None
        self._seen: str | None = None
        self._since = 0.0
        self._reader: threading.Thread | None = None

    def shelf(self, session: Session) -> Shelf | None:
        """The columns as the session sees them; None while they are not up to date."""
        state, moment = state_of(session), time.monotonic()
        with self._lock:
            if state == self._read_at:
                return self._shelf
            if state != self._seen:
                self._seen, self._since = state, moment
            elif moment - self._since >= self._quiet and not (self._reader and self._reader.is_alive()):
                self._reader = threading.Thread(target=self._read, daemon=True)
                self._reader.start()
            return None

    def _read(self) -> None:
        try:
            with self._reads() as session:
                state, shelf = state_of(session), Shelf.read(session)
        except TransientError:
            return  # the database answers, or says what is wrong with it
        with self._lock:
            self._shelf, self._read_at = shelf, state

    def prepare(self) -> None:
        """Read the columns in the background before anybody asks."""
        with self._lock:
            self._reader = threading.Thread(target=self._read, daemon=True)
            self._reader.start()

    def close(self) -> None:
        """Wait for a reading that is under way."""
        if self._reader:
            self._reader.join()
