"""Names of bodies as the program misread them, and what persons made of them in letters that they confirmed.

"Sở Y tê tỉnh Kiên Giong" that somebody corrected stands for the same body wherever it is read again. Only damage is
taken over, never a choice: a name that is listed, that a confirmed letter bears, or that is too unlike what it was
corrected to says nothing of other letters, and a name of proper syllables needs a second letter.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz
from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from extractors.vi.authorities import by_name
from extractors.vi.syllables import is_spelled
from extractors.vi.text import fold, normalise
from models.tables import ConfirmedRow, FieldRow, LetterRow
from pipeline.bodies import body_key
from pipeline.store.desk_tables import LetterReviewRow

ALIKE = 80.0  # of 100: the least likeness of two keys of which one is the other, damaged
SPELLED_FROM = 2  # confirmed letters that must agree where the misread name could be one


@dataclass(frozen=True, slots=True)
class Misread:
    """A name as it was read and the body that it stands for, with their keys and how many letters say so."""

    key: str
    target: str
    name: str
    into: str
    letters: int


def misread_names(session: Session) -> Iterator[Misread]:
    """Names that confirmed letters say are others, misread; by key."""
    meant: dict[str, set[str]] = defaultdict(set)
    pairs: dict[str, list[tuple[str, str]]] = defaultdict(list)
    borne: set[str] = set()
    for read, said in _corrected(session):
        key, other = _key(read), _key(said)
        if other is None:
            continue
        borne.add(other)
        if key is not None:
            meant[key].add(other)
            pairs[key].append((read["name"], said["name"]))
    for key, others in sorted(meant.items()):
        (name, into), letters = pairs[key][0], len(pairs[key])
        target = next(iter(others))
        if len(others) == 1 and key not in borne and _is_damage(key, name, target, letters):
            yield Misread(key, target, name, into, letters)


def _corrected(session: Session) -> Iterator[tuple[Any, Any]]:
    """What was read and what a person said, of the issuers of confirmed letters; everybody may know it: none secret."""
    same = and_(FieldRow.letter_id == ConfirmedRow.letter_id, FieldRow.field == "issuer", FieldRow.ordinal == 0)
    query = select(FieldRow.value, ConfirmedRow.value).join(FieldRow, same)
    query = query.where(ConfirmedRow.field == "issuer", ConfirmedRow.ordinal == 0)
    query = query.where(ConfirmedRow.letter_id.in_(select(LetterReviewRow.letter_id)))
    query = query.join(LetterRow, LetterRow.id == ConfirmedRow.letter_id).where(LetterRow.secrecy.is_(None))
    for read, said in session.execute(query.order_by(ConfirmedRow.letter_id)):
        if read and said:
            yield read, said


def _key(body: Any) -> str | None:
    return body_key(body.get("name"), body.get("parent"))


def _is_damage(key: str, name: str, other: str, letters: int) -> bool:
    if key == other or by_name(name) is not None or fuzz.ratio(key, other) < ALIKE:
        return False
    strange = [word for word in re.findall(r"\w+", normalise(name).lower()) if fold(word) not in other.split()]
    if not strange:
        return False  # "Sở Y tế" is a shorter form, not a damaged one
    return letters >= SPELLED_FROM or not all(map(is_spelled, strange))
