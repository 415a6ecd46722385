"""Applying `pipeline.link` to what is stored: read all that shares a key, decide, write what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from models.tables import CitationRow, DecisionRow, LetterRow, StaleRow
from pipeline.bodies import body_key
from pipeline.link import Decision, Held, Reference, Resolution, resolve
from pipeline.store import choices, stated
from pipeline.store.bodies_said import Bodies
from pipeline.store.rows import folded_number
from pipeline.store.stale import mark_stale

BATCH = 200
_PLAIN = {"synchronize_session": False}
_SAID = (
    "link_key", "letter_id", "ordinal", "number", "issuer_key", "issued_on", "issuer", "doc_type", "title",
    "number_year", "confidence",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Cited:
    """Citations by link key, and what is stored of each: status, document, candidates."""

    groups: dict[str, list[Reference]]
    now: dict[tuple[str, int], tuple[str, str | None, list[Any]]]


def remember_all(session: Session) -> None:
    """Compute every body's key anew and mark every link key stale."""
    names = select(CitationRow.issuer, LetterRow.host).join(LetterRow, LetterRow.id == CitationRow.letter_id)
    for issuer, host in session.execute(names.where(CitationRow.issuer.is_not(None)).distinct()).all():
        within = select(LetterRow.id).where(LetterRow.host.is_not_distinct_from(host))
        change = update(CitationRow).where(CitationRow.issuer == issuer, CitationRow.letter_id.in_(within))
        session.execute(change.values(issuer_key=body_key(issuer, None, host)).execution_options(**_PLAIN))
    mark_stale(session, session.scalars(select(LetterRow.link_key).distinct()).all())
    mark_stale(session, session.scalars(select(CitationRow.link_key).distinct()).all())


def relink_stale(session: Session) -> int:
    """Decide one batch of stale keys; how many there were, 0 when nothing is left."""
    keys = list(session.scalars(select(StaleRow.link_key).order_by(StaleRow.link_key).limit(BATCH)))
    if not keys:
        return 0
    # First, not last: see `mark_stale`.
    session.execute(delete(StaleRow).where(StaleRow.link_key.in_(keys)))
    choices.enforce(session, keys)
    bodies = Bodies.of(session)
    held, cited = _held(session, keys, bodies), _references(session, keys, bodies)
    resolutions = choices.prefer(session, keys, [resolve(key, held[key], cited.groups[key]) for key in keys])
    _apply(session, keys, resolutions, cited)
    return len(keys)


def _held(session: Session, keys: Sequence[str], bodies: Bodies) -> dict[str, list[Held]]:
    groups: dict[str, list[Held]] = defaultdict(list)
    for row in session.scalars(select(LetterRow).where(LetterRow.link_key.in_(keys))):
        numbered = not row.link_key.startswith("letter:")
        groups[row.link_key].append(
            Held(
                letter_id=row.id,
                number=row.number if numbered else None,
                body=bodies.key(row.issuer_key, row.number),
                issued_on=row.issued_on,
                issuer=row.issuer,
                doc_type=row.doc_type,
                title=row.subject,
                year=row.number_year,
                sure=row.number_sure,
            )
        )
    return groups


def _references(session: Session, keys: Sequence[str], bodies: Bodies) -> _Cited:
    """Everything cited under the keys. Laws are cited thousands of times: plain columns, read once, cost a fifth."""
    found = _Cited(defaultdict(list), {})
    columns = [getattr(CitationRow, name) for name in (*_SAID, "status", "decision_id", "candidates")]
    query = select(*columns, LetterRow.issued_on).join(LetterRow, LetterRow.id == CitationRow.letter_id)
    for row in session.execute(query.where(CitationRow.link_key.in_(keys))):
        (
            key, letter_id, ordinal, number, issuer_key, issued_on, issuer, doc_type, title, year, confidence,
            status, decision, candidates, citing_on,
        ) = row  # fmt: skip
        body = bodies.key(issuer_key, number)
        found.groups[key or ""].append(
            Reference(letter_id, ordinal, number, body, issued_on, issuer, doc_type, title, year, confidence, citing_on)
        )
        found.now[letter_id, ordinal] = (status, decision, candidates)
    return found


def _apply(session: Session, keys: Sequence[str], resolutions: Sequence[Resolution], cited: _Cited) -> None:
    old = {row.id: row for row in session.scalars(select(DecisionRow).where(DecisionRow.link_key.in_(keys)))}
    new = {d.id: _columns(key, d) for key, r in zip(keys, resolutions, strict=True) for d in r.decisions}
    added = [columns for identity, columns in new.items() if identity not in old]
    if added:
        session.execute(insert(DecisionRow), added)
    for identity, row in old.items():
        for name, value in new.get(identity, {}).items():
            if getattr(row, name) != value:
                setattr(row, name, value)
    session.flush()
    _write_homes(session, keys, resolutions)
    _write_verdicts(session, resolutions, cited)
    gone = sorted(set(old) - set(new))
    session.execute(delete(DecisionRow).where(DecisionRow.id.in_(gone)))


def _columns(key: str, decision: Decision) -> dict[str, Any]:
    return {
        "id": decision.id,
        "link_key": key,
        "number": decision.number,
        "number_folded": folded_number(decision.number),
        "issuer": decision.issuer,
        "issuer_key": decision.body,
        "year": decision.year,
        "issued_on": decision.issued_on,
        "doc_type": decision.doc_type,
        "title": decision.title,
        "held": bool(decision.letters),
    }


def _write_homes(session: Session, keys: Sequence[str], resolutions: Sequence[Resolution]) -> None:
    query = select(LetterRow.id, LetterRow.decision_id).where(LetterRow.link_key.in_(keys))
    now = {letter: decision for letter, decision in session.execute(query)}
    changed = [
        {"key": letter, "home": home} for r in resolutions for letter, home in r.homes.items() if now[letter] != home
    ]
    if changed:
        table = LetterRow.__table__
        statement = update(LetterRow).where(table.c.id == bindparam("key")).values(decision_id=bindparam("home"))
        session.connection().execute(statement, changed)


def _write_verdicts(session: Session, resolutions: Sequence[Resolution], cited: _Cited) -> None:
    changed: list[dict[str, Any]] = [
        {"letter": place[0], "place": place[1], "state": v.status, "home": v.decision, "several": list(v.candidates)}
        for r in resolutions
        for place, v in r.verdicts.items()
        if cited.now[place] != (v.status, v.decision, list(v.candidates))
    ]
    if changed:
        statement = (
            update(CitationRow)
            .where(CitationRow.letter_id == bindparam("letter"), CitationRow.ordinal == bindparam("place"))
            .values(status=bindparam("state"), decision_id=bindparam("home"), candidates=bindparam("several"))
        )
        session.connection().execute(statement, changed)
        stated.refresh(session, [(row["letter"], row["place"]) for row in changed])
