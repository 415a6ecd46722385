"""The review desk: what persons say about fields and citations, and taking it back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.letter_tables import SHORT
from models.tables import CitationRow, ConfirmedRow, DecisionRow, FieldRow, LetterRow
from pipeline import contract
from pipeline.corrections import parts_of_number
from pipeline.store import boundaries, choices, said_cells, together
from pipeline.store import rows as letter_rows
from pipeline.store.accounts import Scope
from pipeline.store.choices import Meant
from pipeline.store.desk_acts import Act, act_on, as_act, citation_act, citation_of, letter_of, recompute, unsay
from pipeline.store.desk_tables import ChoiceRow, CorrectionRow, LetterLockRow, LetterReviewRow, SampleRow
from pipeline.store.restore import restore
from pipeline.store.review_queue import ReviewQueue


class Desk(ReviewQueue):
    """The part of the store that knows review."""

    def __init__(self, writes: Scope, reads: Scope, relink: Callable[[], int], save: boundaries.Save) -> None:
        super().__init__(writes, reads)
        self._relink = relink
        self._save = save

    # Fields

    def say(
        self, letter_id: str, field: str, value: Any, *, action: str, who: str, now: datetime, ordinal: int = 0
    ) -> int:
        """Keep what a person says about a field (contract value; None: there is none); the id of the act.

        A number brings its serial and symbol with it.

        Raises:
            ConfigError: if there is no such letter or field.
        """
        if field not in contract.SCALARS and field not in contract.LISTS:
            raise ConfigError(f"no field is called {field!r}")
        with self._writes() as session:
            row = letter_of(session, letter_id)
            act = act_on(session, row, (field, ordinal), value, action, who, now)
            values = {(field, ordinal): value}
            if field == "number":
                parts = parts_of_number(value) if value else {"serial": None, "symbol": None}
                values |= {(name, 0): part for name, part in parts.items()}
            for (name, place), said in values.items():
                session.merge(
                    ConfirmedRow(
                        letter_id=letter_id, field=name, ordinal=place, value=said, confirmed_by=who, confirmed_at=now
                    )
                )
            recompute(session, row)
            number = act.id
        self._relink()
        return number

    def alike(self, letter_id: str, field: str) -> tuple[str, ...]:
        """Other letters in which the same words were read for a field, and nobody has said anything about it yet."""
        with self._reads() as session:
            own = session.get(FieldRow, (letter_id, field, 0))
            if own is None or not own.raw:
                return ()
            said = exists().where(ConfirmedRow.letter_id == FieldRow.letter_id, ConfirmedRow.field == field)
            query = select(FieldRow.letter_id).where(FieldRow.field == field, FieldRow.ordinal == 0)
            # What was understood is the same where the words are, and there is an index of it.
            query = query.where(FieldRow.text == own.text, SHORT, FieldRow.raw == own.raw)
            query = query.where(FieldRow.letter_id != letter_id, ~said)
            return tuple(session.scalars(query.order_by(FieldRow.letter_id)))

    def say_alike(
        self, letter_id: str, field: str, value: Any, others: Sequence[str], *, who: str, now: datetime
    ) -> int:
        """Give other letters the value of this one, taken back as one act; how many there are."""
        with self._writes() as session:
            count = together.say_alike(session, letter_id, field, value, others, who, now)
        self._relink()
        return count

    def confirm_letter(self, letter_id: str, *, who: str, now: datetime) -> int:
        """Confirm every field that waits for review as it stands, and the letter as a whole; the id of the act."""
        with self._writes() as session:
            row = letter_of(session, letter_id)
            stored = restore(session, [letter_id])[0].letter
            for name in tuple(row.review):
                # A list is confirmed item by item; an empty one has nothing to say.
                attribute = contract.SCALARS.get(name)
                value = getattr(stored, attribute) if attribute else None
                if attribute:
                    said = contract.value_to_json(value.value) if value else None
                    act_on(session, row, (name, 0), said, "take", who, now)
                    columns = {"letter_id": letter_id, "field": name, "ordinal": 0}
                    session.merge(ConfirmedRow(**columns, value=said, confirmed_by=who, confirmed_at=now))
            row.review = []
            session.flush()
            recompute(session, row)
            sampled = session.get(SampleRow, letter_id) is not None
            checked, wrong = _verdict(session, letter_id) if sampled else (0, 0)
            review = LetterReviewRow(letter_id=letter_id, who=who, at=now, sampled=sampled)
            review.checked, review.wrong = checked, wrong
            session.merge(review)
            if lock := session.get(LetterLockRow, letter_id):
                session.delete(lock)
            act = act_on(session, row, ("letter", 0), None, "letter", who, now)
            number = act.id
        self._relink()
        return number

    # Citations

    def choose(self, letter_id: str, ordinal: int, decision_id: str, *, who: str, now: datetime) -> int:
        """Say which of the documents of its number a citation means; the id of the act.

        Raises:
            ConfigError: if there is no such citation, or the document has another number.
        """
        with self._writes() as session:
            row = citation_of(session, letter_id, ordinal)
            if session.get(DecisionRow, decision_id) is None or decision_id not in choices.decisions_like(session, row):
                raise ConfigError("no document of this number has this id; correct the number first")
            before = choices.snapshot(session, row)
            choices.keep(session, row, "link", who=who, now=now, decision_id=decision_id)
            number = citation_act(session, row, "choose", before, decision_id, who, now)
        self._relink()
        return number

    def reject(self, letter_id: str, ordinal: int, *, who: str, now: datetime) -> int:
        """Say that this is no citation; the id of the act."""
        with self._writes() as session:
            row = citation_of(session, letter_id, ordinal)
            before = choices.snapshot(session, row)
            choices.keep(session, row, "reject", who=who, now=now)
            number = citation_act(session, row, "reject", before, None, who, now)
        self._relink()
        return number

    def renumber(self, letter_id: str, ordinal: int, meant: Meant, *, who: str, now: datetime) -> int:
        """Correct the number of a citation (a valid number), and its day and body if said; the id of the act."""
        with self._writes() as session:
            row = citation_of(session, letter_id, ordinal)
            before = choices.snapshot(session, row)
            choices.keep(session, row, "renumber", who=who, now=now, meant=meant)
            said = {"number": meant.number, "issued_on": str(meant.issued_on or ""), "issuer": meant.issuer}
            act = citation_act(session, row, "renumber", before, said, who, now)
        self._relink()
        return act

    def merge(self, one: str, into: str, *, who: str, now: datetime) -> tuple[str, ...]:
        """Say that a document known only from citations is another one; the letters that cite it.

        Raises:
            ConfigError: if one of them is unknown, or the first is held.
        """
        with self._writes() as session:
            letters = together.merge(session, one, into, who, now)
        self._relink()
        return letters

    # Tables

    def tables(self, letter_id: str) -> said_cells.Sheet:
        """The tables of a letter with their places on the page, and what persons say of their cells."""
        with self._reads() as session:
            return said_cells.sheet(session, letter_id)

    def say_cell(self, letter_id: str, place: tuple[int, int, int], text: str, *, who: str, now: datetime) -> int:
        """Correct the cell at (table, row, column); projects and totals follow; the id of the act.

        Raises:
            ConfigError: if the letter has no such cell.
        """
        with self._writes() as session:
            return said_cells.say(session, letter_of(session, letter_id), place, text, who, now)

    # Pages

    def split(self, letter_id: str, page: int, *, who: str, now: datetime) -> str:
        """Let another letter begin on a page inside this one; the new letter's id.

        Raises:
            ConfigError: if the page is not inside the letter.
        """
        with self._writes() as session:
            new = boundaries.split(session, letter_of(session, letter_id), page, who, now, self._save)
        self._relink()
        return new

    def join(self, letter_id: str, *, who: str, now: datetime) -> str:
        """Make this letter part of the one before it in the file; the id of that one.

        Raises:
            ConfigError: if it is the first of its file.
        """
        with self._writes() as session:
            whole = boundaries.join(session, letter_of(session, letter_id), who, now, self._save)
        self._relink()
        return whole

    def file_begins(self, letter_id: str) -> int:
        """The page on which the first letter of this letter's file begins."""
        with self._reads() as session:
            return boundaries.starts_of(session, letter_of(session, letter_id).source_sha256)[0]

    # Taking back

    def undo(self, letter_id: str, *, who: str, now: datetime) -> Act | None:
        """Take back the person's latest act on this letter that stands; None if there is none."""
        with self._writes() as session:
            row = letter_of(session, letter_id)
            taken_back = select(CorrectionRow.undoes).where(CorrectionRow.undoes.is_not(None))
            query = select(CorrectionRow).where(CorrectionRow.letter_id == letter_id, CorrectionRow.who == who)
            query = query.where(CorrectionRow.action != "undo", CorrectionRow.id.not_in(taken_back))
            act = session.scalar(query.order_by(CorrectionRow.id.desc()).limit(1))
            if act is None:
                return None
            if act.batch is not None:
                together.take_back(session, act.batch, who, now)
                result = as_act(act)
            else:
                result = self._take_back(session, row, act, now)
        self._relink()
        return result

    def _take_back(self, session: Session, row: LetterRow, act: CorrectionRow, now: datetime) -> Act:
        undoing = CorrectionRow(letter_id=row.id, action="undo", field=act.field, ordinal=act.ordinal)
        undoing.before, undoing.after, undoing.machine = act.after, act.before, act.machine
        undoing.who, undoing.at, undoing.undoes = act.who, now, act.id
        session.add(undoing)
        result = as_act(act)
        if act.field == "citation":
            choices.bring_back(session, act.before, now)
        elif act.field == "cell":
            said_cells.bring_back(session, row, act, now)
        elif act.field == "pages":
            boundaries.bring_back(session, act, now, self._save)
        elif act.field == "letter":
            if review := session.get(LetterReviewRow, row.id):
                session.delete(review)
        else:
            unsay(session, row, act, now)
        return result

    def history(self, letter_id: str) -> tuple[Act, ...]:
        """All that persons did to a letter, newest first."""
        with self._reads() as session:
            query = select(CorrectionRow).where(CorrectionRow.letter_id == letter_id)
            return tuple(map(as_act, session.scalars(query.order_by(CorrectionRow.id.desc()))))

    def corrections(self) -> tuple[Act, ...]:
        """Every value that a person changed, oldest first: labels for measuring, names for the list of bodies."""
        with self._reads() as session:
            taken_back = select(CorrectionRow.undoes).where(CorrectionRow.undoes.is_not(None))
            changed = CorrectionRow.action.in_(("correct", "absent", "take"))
            query = select(CorrectionRow).where(changed, CorrectionRow.id.not_in(taken_back))
            return tuple(map(as_act, session.scalars(query.order_by(CorrectionRow.id))))

    def confirmed(self, letter_id: str) -> dict[tuple[str, int], tuple[Any, str]]:
        """What persons said about the fields of a letter, and who."""
        with self._reads() as session:
            query = select(ConfirmedRow).where(ConfirmedRow.letter_id == letter_id)
            return {(row.field, row.ordinal): (row.value, row.confirmed_by) for row in session.scalars(query)}

    def chosen(self, letter_id: str) -> dict[str, str]:
        """What persons said about the citations of a letter: kind of choice by link key."""
        with self._reads() as session:
            query = select(ChoiceRow).where(ChoiceRow.letter_id == letter_id)
            return {(row.number and letter_rows.number_key(row.number)) or row.link_key: row.kind
                    for row in session.scalars(query)}  # fmt: skip

    def citation_places(self, letter_id: str) -> tuple[tuple[int, str | None], ...]:
        """Ordinal and link key of each citation of a letter, in the order in which the letter has them."""
        with self._reads() as session:
            query = select(CitationRow.ordinal, CitationRow.link_key).where(CitationRow.letter_id == letter_id)
            return tuple((ordinal, key) for ordinal, key in session.execute(query.order_by(CitationRow.ordinal)))

    def reviewed_by(self, letter_id: str) -> str | None:
        """Who confirmed the letter as a whole."""
        with self._reads() as session:
            row = session.get(LetterReviewRow, letter_id)
            return row.who if row else None


def _verdict(session: Session, letter_id: str) -> tuple[int, int]:
    """Fields of a sampled letter that had been accepted, and how many of them a person changed."""
    query = select(FieldRow.field, FieldRow.ordinal).where(FieldRow.letter_id == letter_id, ~FieldRow.review)
    accepted = {(name, ordinal) for name, ordinal in session.execute(query)}
    wrong = 0
    for said in session.scalars(select(ConfirmedRow).where(ConfirmedRow.letter_id == letter_id)):
        machine = session.get(FieldRow, (letter_id, said.field, said.ordinal))
        # What belongs to the number counts once, with it.
        if said.field not in ("serial", "symbol") and said.value != (machine.value if machine else None):
            wrong += 1
    return len(accepted), wrong
