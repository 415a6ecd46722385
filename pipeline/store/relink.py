"""Applying `pipeline.link` to what is stored: read all that shares a key, decide, write what changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from models.tables import CitationRow, DecisionRow, LetterRow, StaleRow
from pipeline.bodies import body_key
from pipeline.link import Decision, Held, Resolution, resolve
from pipeline.store import choices, stated
from pipeline.store.bodies_said import Bodies
from pipeline.store.cited import Cited, all_places, cited_under
from pipeline.store.rows import folded_number
from pipeline.store.stale import mark_stale

BATCH = 200
_PLAIN = {"synchronize_session": False}
_OF_LETTERS = (
    "link_key", "id", "number", "issuer_key", "issued_on", "issuer", "doc_type", "subject", "number_year",
    "number_sure",
)  # fmt: skip


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
    held, cited = _held(session, keys, bodies), cited_under(session, keys, bodies)
    resolutions = choices.prefer(session, keys, [resolve(key, held[key], cited.groups[key]) for key in keys])
    _apply(session, keys, resolutions, cited)
    return len(keys)


def _held(session: Session, keys: Sequence[str], bodies: Bodies) -> dict[str, list[Held]]:
    groups: dict[str, list[Held]] = defaultdict(list)
    columns = [getattr(LetterRow, name) for name in _OF_LETTERS]
    for key, letter_id, number, issuer_key, *rest in session.execute(
        select(*columns).where(LetterRow.link_key.in_(keys))
    ):
        numbered = not key.startswith("letter:")
        groups[key].append(Held(letter_id, number if numbered else None, bodies.key(issuer_key, number), *rest))
    return groups


def _apply(session: Session, keys: Sequence[str], resolutions: Sequence[Resolution], cited: Cited) -> None:
    table = DecisionRow.__table__
    old = {row["id"]: dict(row) for row in session.execute(select(table).where(table.c.link_key.in_(keys))).mappings()}
    new = {d.id: _columns(key, d) for key, r in zip(keys, resolutions, strict=True) for d in r.decisions}
    if added := [columns for identity, columns in new.items() if identity not in old]:
        session.execute(insert(DecisionRow), added)
    if changed := [columns for identity, columns in new.items() if old.get(identity, columns) != columns]:
        session.execute(update(DecisionRow), changed)
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


def _write_verdicts(session: Session, resolutions: Sequence[Resolution], cited: Cited) -> None:
    verdicts = {place: (v.status, v.decision, v.candidates) for r in resolutions for place, v in r.verdicts.items()}
    other = [place for place, state in verdicts.items() if cited.now[place] != state]
    alike = all_places(session, cited, other)
    changed: list[dict[str, Any]] = [
        {"letter": letter, "place": ordinal, "state": status, "home": home, "several": list(several)}
        for place in other
        for status, home, several in [verdicts[place]]
        for letter, ordinal in alike.get(place, [place])
    ]
    if changed:
        statement = (
            update(CitationRow)
            .where(CitationRow.letter_id == bindparam("letter"), CitationRow.ordinal == bindparam("place"))
            .values(status=bindparam("state"), decision_id=bindparam("home"), candidates=bindparam("several"))
        )
        session.connection().execute(statement, changed)
        stated.refresh(session, [(row["letter"], row["place"]) for row in changed])
