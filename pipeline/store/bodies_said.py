"""What persons and confirmed letters say about bodies: more codes, and names that mean one body.

Nothing of it is written into letters or citations: linking asks here for the key of a body. So a merge that is undone
leaves everything as if it had never been.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from extractors.citations.host import unlisted_code
from extractors.vi.authorities import issuer_code
from extractors.vi.text import normalise
from models.errors import ConfigError, InvalidDocumentNumber
from models.identifiers import DocumentNumber
from models.tables import CitationRow, ConfirmedRow, LetterRow
from pipeline.bodies import body_key
from pipeline.store.accounts import Scope
from pipeline.store.bodies_misread import misread_names
from pipeline.store.desk_tables import LetterReviewRow
from pipeline.store.research_tables import AuthorityActRow
from pipeline.store.stale import mark_stale

LEARNT_FROM = 2  # confirmed letters that must agree before a code is believed
NAMES = ("merge", "alias")  # acts on names; the others are on codes


@dataclass(frozen=True, slots=True)
class Act:
    """One thing said about bodies; `undone` if a later act took it back.

    `action` is add or learn (a code), merge or alias (a name that means another body; alias: one that was misread).
    """

    id: int
    action: str
    subject: str
    target: str | None
    detail: Mapping[str, Any]
    who: str
    at: datetime
    undone: bool


@dataclass(frozen=True, slots=True)
class Bodies:
    """What holds now: keys that mean another key, and codes that no list knows with the key of their body."""

    merged: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, session: Session) -> Bodies:
        """All acts that were not undone."""
        acts = _acts(session)
        held = [act for act in acts if not act.undone and act.target]
        return cls(
            {act.subject: act.target or "" for act in held if act.action in NAMES},
            {act.subject: act.target or "" for act in held if act.action not in NAMES},
        )

    def key(self, key: str | None, number: str | None) -> str | None:
        """The key that stands for a body; where none is known, that of the code in the number, if somebody said it."""
        if key is None and self.codes and number:
            key = self.codes.get(_code(number) or "")
        while key is not None and key in self.merged:
            key = self.merged[key]
        return key


class BodyActs:
    """The part of the store that keeps what is said about bodies."""

    def __init__(self, writes: Scope, reads: Scope) -> None:
        self._writes = writes
        self._reads = reads

    def acts(self) -> tuple[Act, ...]:
        """Everything said, the latest first, what was undone too."""
        with self._reads() as session:
            return tuple(reversed(_acts(session)))

    def add(self, code: str, name: str, *, who: str, now: datetime, **detail: str | None) -> int:
        """Say which body a code that no list knows stands for; the act's id.

        Raises:
            ConfigError: if a listed body, or one that was added before, signs so.
        """
        with self._writes() as session:
            if _listed(code) or code in Bodies.of(session).codes:
                raise ConfigError(f"a body with the code {code!r} is listed already")
            said = {"name": name, **{key: value for key, value in detail.items() if value}}
            return _say(session, "add", code, body_key(name), said, who, now)

    def merge(self, name: str, into: str, *, who: str, now: datetime) -> int:
        """Say that two names mean one body; the act's id. Links follow at the next relinking.

        Raises:
            ConfigError: if both are one body already, or a name is empty.
        """
        one, other = body_key(name), body_key(into)
        if one is None or other is None:
            raise ConfigError("a body needs a name")
        with self._writes() as session:
            known = Bodies.of(session)
            if known.key(one, None) == known.key(other, None):
                raise ConfigError(f"{name!r} and {into!r} are one body already")
            if one in known.merged:
                raise ConfigError(f"{name!r} was merged into another body: undo that first")
            return _say(session, "merge", one, other, {"name": name, "into": into}, who, now)

    def undo(self, act: int, *, who: str, now: datetime) -> int:
        """Take an act back, exactly; the id of the undoing.

        Raises:
            ConfigError: if there is no such act, or it was undone.
        """
        with self._writes() as session:
            old = next((each for each in _acts(session) if each.id == act), None)
            if old is None or old.undone:
                raise ConfigError(f"there is no act {act} that could be undone")
            return _say(session, "undo", old.subject, old.target, dict(old.detail), who, now, undoes=act)

    def learn(self, now: datetime) -> tuple[str, ...]:
        """Codes that at least two confirmed letters use, all of one body, and names misread there; those that are new.

        What a person took back is not learnt again.
        """
        with self._writes() as session:
            known = Bodies.of(session).codes
            said = {act.subject for act in _acts(session) if act.action == "learn"}
            found = []
            for code, names in _confirmed_codes(session).items():
                keys = {body_key(name) for name in names}
                if code not in known and code not in said and len(names) >= LEARNT_FROM and len(keys) == 1:
                    detail = {"name": names[0], "letters": len(names)}
                    _say(session, "learn", code, keys.pop(), detail, "confirmed letters", now)
                    found.append(code)
            taken = {act.subject for act in _acts(session) if act.action in NAMES}
            for each in misread_names(session):
                if each.key not in taken and each.target != each.key:
                    detail = {"name": each.name, "into": each.into, "letters": each.letters}
                    _say(session, "alias", each.key, each.target, detail, "confirmed letters", now)
                    found.append(each.name)
            return tuple(found)

    def meant_by(self, name: str) -> str | None:
        """The name of the body that confirmed letters, or a person, say this name stands for; None if nobody did."""
        key = body_key(name)
        with self._reads() as session:
            acts = [act for act in _acts(session) if act.action in NAMES and act.subject == key and not act.undone]
        return str(acts[-1].detail["into"]) if key and acts else None


def _say(
    session: Session, action: str, subject: str, target: str | None, detail: dict[str, Any], who: str, now: datetime,
    undoes: int | None = None,
) -> int:  # fmt: skip
    row = AuthorityActRow(action=action, subject=subject, target=target, detail=detail, who=who, at=now, undoes=undoes)
    session.add(row)
    session.flush()
    for table in (LetterRow, CitationRow):
        # Whose body's key, or whose missing key, the act changes.
        by_key = table.issuer_key.in_((subject, target))
        by_code = table.issuer_key.is_(None) & table.link_key.contains(subject.casefold(), autoescape=True)
        mark_stale(session, session.scalars(select(table.link_key).where(or_(by_key, by_code)).distinct()).all())
    return row.id


def _acts(session: Session) -> list[Act]:
    undoing = aliased(AuthorityActRow)
    query = select(AuthorityActRow, undoing.id).outerjoin(undoing, undoing.undoes == AuthorityActRow.id)
    query = query.where(AuthorityActRow.action != "undo").order_by(AuthorityActRow.id)
    return [
        Act(row.id, row.action, row.subject, row.target, row.detail, row.who, row.at, undone is not None)
        for row, undone in session.execute(query)
    ]


def _confirmed_codes(session: Session) -> dict[str, list[str]]:
    """Unlisted codes to the names of the bodies, one for each letter whose number and body a person confirmed."""
    whole = select(LetterReviewRow.letter_id)
    said = [select(ConfirmedRow.letter_id).where(ConfirmedRow.field == name) for name in ("number", "issuer")]
    query = select(LetterRow.number, LetterRow.issuer).where(
        LetterRow.number.is_not(None), LetterRow.issuer.is_not(None), LetterRow.secrecy.is_(None)
    )
    both = LetterRow.id.in_(said[0]) & LetterRow.id.in_(said[1])
    result: dict[str, list[str]] = defaultdict(list)
    for number, issuer in session.execute(query.where(or_(LetterRow.id.in_(whole), both)).order_by(LetterRow.id)):
        if number and issuer and (code := _code(number)):
            result[code].append(issuer)
    return result


def _code(number: str) -> str | None:
    """The issuer's code in a number if no list knows it: "ĐHTĐ" of "12/QĐ-ĐHTĐ"."""
    try:
        parsed = DocumentNumber.parse(normalise(number))
    except InvalidDocumentNumber:
        return None
    return unlisted_code(parsed) if issuer_code(parsed) is None else None


def _listed(code: str) -> bool:
    return issuer_code(DocumentNumber("1", f"QĐ-{code}")) == code
