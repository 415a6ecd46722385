"""Numbers that an office gives one after the other: a letter out of turn has its number or its day misread.

An office counts from 1 each year, and serials grow with the days. The letters that fit into one growing row are taken
to be right; a letter that lies outside the days of its neighbours in that row is named, never corrected: numbers are
also given late, and kept back for a day.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber

_LEAST = 4  # letters of a row that bear each other out
_LATE = timedelta(days=10)  # numbers are given late or kept back for so long without anybody being misread


@dataclass(frozen=True, slots=True)
class Issued:
    """A letter as its office's book of outgoing letters would have it."""

    letter_id: str
    issuer_key: str
    issuer: str
    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Misfit:
    """A letter out of turn, and the letters of the row between which its number belongs; None at either end."""

    letter: Issued
    before: Issued | None
    after: Issued | None


def misfits(letters: Iterable[Issued]) -> Iterator[Misfit]:
    """Letters whose number and day do not fit between those of the same office, symbol and year."""
    rows: dict[tuple[str, str, int], list[tuple[int, Issued]]] = defaultdict(list)
    for letter in letters:
        try:
            number = DocumentNumber.parse(letter.number)
        except InvalidDocumentNumber:
            continue
        if serial := re.match(r"\d+", number.serial):
            key = (letter.issuer_key, number.symbol.casefold(), letter.issued_on.year)
            rows[key].append((int(serial[0]), letter))
    for _, row in sorted(rows.items()):
        yield from _out_of_turn([letter for _, letter in sorted(row, key=lambda pair: (pair[0], pair[1].issued_on))])


def _out_of_turn(row: Sequence[Issued]) -> Iterator[Misfit]:
    fitting = _longest_growing([letter.issued_on for letter in row])
    if len(fitting) < _LEAST:
        return
    for place, letter in enumerate(row):
        at = bisect_right(fitting, place)
        if at and fitting[at - 1] == place:
            continue
        before = row[fitting[at - 1]] if at else None
        after = row[fitting[at]] if at < len(fitting) else None
        early = before is not None and letter.issued_on < before.issued_on - _LATE
        late = after is not None and letter.issued_on > after.issued_on + _LATE
        if early or late:
            yield Misfit(letter, before, after)


def _longest_growing(days: Sequence[date]) -> list[int]:
    """Places of the longest part of `days` that never falls."""
    tails: list[date] = []
    ends: list[int] = []
    came_from: list[int] = []
    for place, day in enumerate(days):
        at = bisect_right(tails, day)
        came_from.append(ends[at - 1] if at else -1)
        if at == len(tails):
            tails.append(day)
            ends.append(place)
        else:
            tails[at], ends[at] = day, place
    found, place = [], ends[-1] if ends else -1
    while place >= 0:
        found.append(place)
        place = came_from[place]
    return found[::-1]
