"""What persons said about citations, put in force again after every reading and every linking.

A choice is kept under the citation's number and date as the program reads them, not under its place in the letter,
which another reading may change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models.errors import ConfigError
from models.identifiers import DocumentNumber
from models.tables import CitationRow, DecisionRow, LetterRow, MentionRow
from pipeline.bodies import body_key
from pipeline.link import Resolution, Verdict
from pipeline.store.desk_tables import ChoiceRow
from pipeline.store.rows import number_key, number_year
from pipeline.store.stale import mark_stale

Snapshot = dict[str, Any]


def identity(row: CitationRow) -> str:
    """What a choice about this citation is kept under.

    Raises:
        ConfigError: if it has neither a number nor a title.
    """
    if row.link_key is None:
        raise ConfigError("a citation without number and title cannot be told from others: nothing was changed")
    return f"{row.link_key}|{row.issued_on or ''}"


@dataclass(frozen=True, slots=True)
class Meant:
    """The document that a citation means: its number, and its day and body where they are missing or misread."""

    number: str
    issued_on: date | None = None
    issuer: str | None = None


def keep(
    session: Session, row: CitationRow, kind: str, *, who: str, now: datetime, decision_id: str | None = None,
    meant: Meant | None = None,
) -> None:  # fmt: skip
    """Remember a choice: of a document known by its id, or of one that is told by its number."""
    choice = ChoiceRow(letter_id=row.letter_id, citation=identity(row), link_key=row.link_key, kind=kind, who=who)
    choice.at, choice.decision_id = now, decision_id
    if meant is not None:
        choice.number, choice.issued_on, choice.issuer = meant.number, meant.issued_on, meant.issuer
    session.merge(choice)
    mark_stale(session, [row.link_key])


def snapshot(session: Session, row: CitationRow) -> Snapshot:
    """All that brings a citation back, and the choice in force about it."""
    columns = {c.name: getattr(row, c.name) for c in CitationRow.__table__.columns}
    mentions = select(MentionRow).where(MentionRow.letter_id == row.letter_id, MentionRow.citation == row.ordinal)
    found = [{c.name: getattr(m, c.name) for c in MentionRow.__table__.columns} for m in session.scalars(mentions)]
    columns["issued_on"] = row.issued_on.isoformat() if row.issued_on else None
    old = session.get(ChoiceRow, (row.letter_id, identity(row)))
    choice = {name: getattr(old, name) for name in ("kind", "decision_id", "number", "issuer", "who")} if old else None
    if choice and old:
        choice["issued_on"] = old.issued_on.isoformat() if old.issued_on else None
    return {"citation": columns, "mentions": found, "identity": identity(row), "choice": choice}


def bring_back(session: Session, before: Snapshot, now: datetime) -> None:
    """Undo a choice: the citation as it was, and the choice that was in force before."""
    columns = dict(before["citation"])
    letter_id, link_key = columns["letter_id"], columns["link_key"]
    session.execute(delete(ChoiceRow).where(ChoiceRow.letter_id == letter_id, ChoiceRow.citation == before["identity"]))
    if also := before.get("also"):
        session.execute(delete(ChoiceRow).where(ChoiceRow.letter_id == letter_id, ChoiceRow.citation == also))
    if before["choice"]:
        choice = {**before["choice"], "issued_on": _day(before["choice"].get("issued_on"))}
        session.add(ChoiceRow(letter_id=letter_id, citation=before["identity"], link_key=link_key, at=now, **choice))
    row = session.get(CitationRow, (letter_id, columns["ordinal"]))
    keys = [link_key, row.link_key if row else None]
    if row is None and session.get(LetterRow, letter_id) is not None:
        columns["issued_on"] = _day(columns["issued_on"])
        columns |= {"status": "open", "decision_id": None, "candidates": []}
        session.execute(insert(CitationRow), [columns])
        if before["mentions"]:
            session.execute(insert(MentionRow), before["mentions"])
    elif row is not None:
        row.number, row.link_key, row.number_year = columns["number"], link_key, columns["number_year"]
        row.issued_on = _day(columns["issued_on"])
        row.issuer, row.issuer_key = columns["issuer"], columns["issuer_key"]
        row.status, row.decision_id, row.candidates = "open", None, []
        row.record = columns["record"]
    mark_stale(session, keys)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def renumber(row: CitationRow, meant: Meant, host: str | None) -> str | None:
    """Give a citation another number, and day and body where they are said; its new link key."""
    number, parsed = meant.number, DocumentNumber.parse(meant.number)
    # What it was linked to belongs to the old number and may go with it.
    row.status, row.decision_id, row.candidates = "open", None, []
    row.number, row.link_key, row.number_year = number, number_key(number), number_year(number)
    row.record = {**row.record, "serial": parsed.serial, "symbol": parsed.symbol}
    row.issued_on = meant.issued_on or row.issued_on
    if meant.issuer:
        row.issuer, row.issuer_key = meant.issuer, body_key(meant.issuer, None, host)
    return row.link_key


def enforce(session: Session, keys: Sequence[str]) -> None:
    """Before links are decided: take out what is no citation, and read numbers as persons corrected them."""
    query = select(ChoiceRow).where(ChoiceRow.link_key.in_(keys), ChoiceRow.kind != "link")
    for choice in session.scalars(query):
        same = (CitationRow.letter_id == choice.letter_id, CitationRow.link_key == choice.link_key)
        for row in session.scalars(select(CitationRow).where(*same)).all():
            if identity(row) != choice.citation:
                continue
            if choice.kind == "reject":
                session.execute(
                    delete(CitationRow).where(*same, CitationRow.ordinal == row.ordinal),
                    execution_options={"synchronize_session": "fetch"},
                )
            elif choice.number:
                host = session.scalar(select(LetterRow.host).where(LetterRow.id == row.letter_id))
                meant = Meant(choice.number, choice.issued_on, choice.issuer)
                mark_stale(session, [renumber(row, meant, host)])
    session.flush()


def prefer(session: Session, keys: Sequence[str], resolutions: Sequence[Resolution]) -> list[Resolution]:
    """After links are decided: a person's choice instead of the program's, as long as the document is known."""
    chosen = _links(session, keys)
    if not chosen:
        return list(resolutions)
    return [_with(chosen, resolution) for resolution in resolutions]


def _links(session: Session, keys: Sequence[str]) -> dict[tuple[str, int], str]:
    query = select(CitationRow, ChoiceRow.decision_id, ChoiceRow.citation)
    query = query.join(ChoiceRow, ChoiceRow.letter_id == CitationRow.letter_id)
    query = query.where(ChoiceRow.kind == "link", ChoiceRow.link_key.in_(keys))
    query = query.where(CitationRow.link_key == ChoiceRow.link_key)
    return {
        (row.letter_id, row.ordinal): decision
        for row, decision, said in session.execute(query)
        if decision and identity(row) == said
    }


def _with(chosen: Mapping[tuple[str, int], str], resolution: Resolution) -> Resolution:
    known = {decision.id: bool(decision.letters) for decision in resolution.decisions}
    verdicts = dict(resolution.verdicts)
    for place in verdicts.keys() & chosen.keys():
        target = chosen[place]
        if target in known:
            verdicts[place] = Verdict("linked" if known[target] else "open", target)
    return replace(resolution, verdicts=verdicts)


def link_to(
    session: Session, row: CitationRow, target: DecisionRow, meant: Meant, who: str, now: datetime
) -> str | None:
    """Let a citation mean a document of whatever number; what the second choice is kept under if there are two."""
    if row.link_key == target.link_key:
        keep(session, row, "link", who=who, now=now, decision_id=target.id)
        return None
    keep(session, row, "renumber", who=who, now=now, meant=meant)
    also = f"{target.link_key}|{meant.issued_on or row.issued_on or ''}"
    link = ChoiceRow(letter_id=row.letter_id, citation=also, link_key=target.link_key, kind="link", who=who, at=now)
    link.decision_id = target.id
    session.merge(link)
    mark_stale(session, [target.link_key])
    return also


def decisions_like(session: Session, row: CitationRow) -> tuple[str, ...]:
    """Ids of the documents that a person may choose for a citation: those with its number."""
    query = select(DecisionRow.id).where(DecisionRow.link_key == row.link_key).order_by(DecisionRow.id)
    return tuple(session.scalars(query))
