"""Two letters with one number: the same letter scanned twice, or issued again with other words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from models.tables import LetterRow, OutcomeRow, TextRow

SCANNED_AGAIN, REISSUED = "scanned_again", "reissued"
# Share of three-word sequences that two readings of one letter have in common. Two OCR passes over one page with 5 %
# of words wrong share 0.75; letters that differ in more than a few words share less than a half.
SAME = 0.5
_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Twin:
    """A letter, the other one with its number, and which of the two cases it is."""

    letter_id: str
    sha256: str
    other: str
    kind: str


def find(session: Session, run: int) -> Iterator[Twin]:
    """The letters stored in a run that have a twin, by letter; the likest twin of each."""
    other = aliased(LetterRow)
    stored = select(OutcomeRow.sha256).where(OutcomeRow.run_id == run, OutcomeRow.outcome == "stored")
    query = select(LetterRow, other).join(other, other.link_key == LetterRow.link_key)
    query = query.where(
        LetterRow.source_sha256.in_(stored),
        LetterRow.id != other.id,
        LetterRow.issuer_key == other.issuer_key,
        LetterRow.link_key.not_like("letter:%"),
    )
    best: dict[str, tuple[float, Twin]] = {}
    for one, two in session.execute(query.order_by(LetterRow.id, other.id)):
        if one.issued_on and two.issued_on and one.issued_on.year != two.issued_on.year:
            continue  # numbering starts again every year
        likeness = _likeness(_text(session, one.id), _text(session, two.id))
        same = likeness >= SAME and (one.issued_on == two.issued_on or None in (one.issued_on, two.issued_on))
        twin = Twin(one.id, one.source_sha256, two.id, SCANNED_AGAIN if same else REISSUED)
        if one.id not in best or likeness > best[one.id][0]:
            best[one.id] = likeness, twin
    yield from (twin for _, twin in best.values())


def _text(session: Session, letter_id: str) -> str:
    return session.scalar(select(TextRow.folded).where(TextRow.letter_id == letter_id)) or ""


def _likeness(one: str, two: str) -> float:
    left, right = _shingles(one), _shingles(two)
    return len(left & right) / max(len(left | right), 1)


def _shingles(text: str) -> set[tuple[str, ...]]:
    words = text.split()[:_WORDS]
    return set(zip(words, words[1:], words[2:], strict=False)) or {tuple(words)}
