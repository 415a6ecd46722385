"""Candidates weighed against each other, and the winner as a Field."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from models.document import Candidate
from models.letter import Contact, Field, IssuingBody, Signatory, Witness

# How much a reader's word on figures weighs: the second reader sees ink that the first cannot read.
FIGURE_WEIGHT = {"paddle": 1.0, "strokes": 0.9, "tesseract": 0.8, "recap": 0.35}
# Readers that name several values with the chance of the whole line: only the shares among them mean something.
_HELD = 0.05
_RELATIVE = frozenset({"strokes"})
# Below this the reader of print has met something that is not print: then it is mostly wrong.
_PRINT = 0.8
_BARE = 0.5
_NARROW = 60.0  # points; a cut of one figure slot, not of a line
_PAGE = frozenset({"tesseract", "pdf-text", "text"})
_LIKELY = 0.5
_SEEN = 0.85  # line certainty of the second reader from which two crops that agree were never both wrong
PRINTED = frozenset({"text", "pdf-text"})  # readers that cannot misread


@dataclasses.dataclass(frozen=True, slots=True)
class Vote:
    """What the readers say of one value.

    Attributes:
        value: The value.
        weight: Sum over readers of their best score for it, weighted.
        origins: The readers.
        crops: How often the reader of `first` read it.
        unanimous: Whether that reader never read anything else.
        alone: Whether it was read in a cut of its own, where no printed word could swallow a figure.
        first: The strongest candidate.
    """

    value: str
    weight: float
    origins: frozenset[str]
    first: Candidate
    crops: int = 1
    unanimous: bool = True
    alone: bool = False


def tally(candidates: Iterable[Candidate], value: Callable[[Candidate], str | None]) -> list[Vote]:
    """One vote per value, the heaviest first; several crops by one reader count once, at their best."""
    candidates = _with_shares(list(candidates), value)
    groups: dict[str, dict[str, Candidate]] = {}
    said: dict[str, list[str]] = {}
    for candidate in candidates:
        key = value(candidate)
        if key is None:
            continue
        of_value = groups.setdefault(key, {})
        said.setdefault(candidate.origin, []).append(key)
        if candidate.origin not in of_value or of_value[candidate.origin].score < candidate.score:
            of_value[candidate.origin] = candidate
    alone = {value(c) for c in candidates if c.bbox is not None and c.bbox.width < _NARROW and c.origin not in _PAGE}
    votes = [dataclasses.replace(_vote(key, group, said), alone=key in alone) for key, group in groups.items()]
    return sorted(votes, key=lambda vote: -vote.weight)


def _with_shares(candidates: list[Candidate], value: Callable[[Candidate], str | None]) -> list[Candidate]:
    """The same candidates; of readers of several values the score becomes the value's share of all that they said.

    Where all of it together is hardly likely, the reader did not see much: then the shares shrink.
    """
    sums: dict[tuple[str, str | None], float] = {}
    totals: dict[str, float] = {}
    for candidate in candidates:
        if candidate.origin in _RELATIVE:
            key = (candidate.origin, value(candidate))
            sums[key] = sums.get(key, 0.0) + candidate.score
            totals[candidate.origin] = totals.get(candidate.origin, 0.0) + candidate.score
    held = {origin: min(1.0, (total / _HELD) ** 0.5) / max(total, 1e-9) for origin, total in totals.items()}
    return [
        dataclasses.replace(c, score=sums[c.origin, value(c)] * held[c.origin])
        if c.origin in _RELATIVE else c
        for c in candidates
    ]  # fmt: skip


def figures(votes: Sequence[Vote]) -> list[Vote]:
    """Votes on handwritten figures: readers swallow a figure more often than they add one.

    A value whose figures all stand, in order, in a longer one that was surely seen elsewhere or closer weighs half.
    """
    weighed = []
    for vote in votes:
        longer = [
            other for other in votes
            if len(other.value) > len(vote.value) and other.first.score >= _LIKELY and _within(vote.value, other.value)
        ]  # fmt: skip
        halved = longer and vote.value and not vote.alone
        weighed.append(dataclasses.replace(vote, weight=vote.weight / 2) if halved else vote)
    return sorted(weighed, key=lambda vote: -vote.weight)


def _within(short: str, long: str) -> bool:
    rest = iter(long)
    return all(char in rest for char in short)


def _vote(value: str, group: dict[str, Candidate], said: dict[str, list[str]]) -> Vote:
    first = max(group.values(), key=lambda c: c.score)
    own = said[first.origin]
    weight = sum(_weight(c) for c in group.values())
    return Vote(value, weight, frozenset(group), first, own.count(value), set(own) == {value})


def _weight(candidate: Candidate) -> float:
    weight = candidate.score * FIGURE_WEIGHT.get(candidate.origin, 1.0)
    if candidate.field == "serial":
        weight *= _BARE  # nothing around the figures tells whether they are whole
    return weight / 2 if candidate.origin == "tesseract" and candidate.score < _PRINT else weight


def certainty(votes: Sequence[Vote]) -> float:
    """Confidence that the first vote is right, by who says so and who says otherwise.

    A text layer cannot misread, but it may hold somebody's bad reading: figures guessed from letters stay doubtful.
    Two readers that agree seldom err; one reader of handwriting is believed where its crops of both scales say the
    same and nothing had to be guessed.
    """
    first = votes[0]
    if first.origins & PRINTED:
        return 0.995 if first.first.score >= _LIKELY else first.first.score
    rivals = [vote.weight for vote in votes[1:]]
    if len(first.origins - {"recap"}) >= 2:
        return 0.985 if first.first.score >= 0.6 and not any(r > 0.5 for r in rivals) else 0.85
    if first.crops >= 2 and first.unanimous and first.first.score >= _SEEN and first.first.origin != "tesseract":
        return 0.93
    single = min(0.8, 0.85 * first.first.score)
    return round(single * (1.0 if not rivals else 0.8 if max(rivals) < 0.3 else 0.6), 3)


def best(candidates: Iterable[Candidate]) -> Candidate | None:
    """The candidate of the highest score; the first of equals."""
    return max(candidates, key=lambda c: c.score, default=None)


def as_field(candidate: Candidate, all_of_field: Iterable[Candidate]) -> Field[Any]:
    """The candidate as the field's value, the others as witnesses."""
    page = candidate.evidence[0].page if candidate.evidence else (1 if candidate.bbox else None)
    others = witnesses(c for c in all_of_field if c is not candidate)
    return Field(candidate.value, candidate.raw, candidate.score, page, candidate.bbox, others)


def with_confidence(field: Field[Any], confidence: float, more: tuple[Witness, ...] = ()) -> Field[Any]:
    """The same value with another confidence and further witnesses."""
    return dataclasses.replace(field, confidence=round(confidence, 4), witnesses=(*field.witnesses, *more))


def witnesses(candidates: Iterable[Candidate]) -> tuple[Witness, ...]:
    """Candidates as witnesses, each reading of one reader once."""
    found: dict[tuple[str, str], float] = {}
    for candidate in candidates:
        key = (candidate.origin, shown(candidate.value))
        found[key] = max(found.get(key, 0.0), candidate.score)
    return tuple(Witness(origin, value, score) for (origin, value), score in found.items())


def shown(value: object) -> str:
    """A value as one line of text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, IssuingBody):
        return value.name
    if isinstance(value, Signatory):
        return f"{value.name} | {value.capacity} | {value.position}"
    if isinstance(value, Contact):
        return f"{value.name} | {value.email} | {value.phone}"
    return str(value)
