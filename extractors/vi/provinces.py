"""Provinces and centrally run cities through the mergers of 2025: names, aliases, successors."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from extractors.vi.text import fold

_FILE = Path(__file__).parents[1] / "data" / "provinces.csv"
_KIND = re.compile(r"^(?:tinh|thanh pho|tp|t\.p|thu do)[\s.]+")
_SEPARATORS = re.compile(r"[\s.,-]+")


@dataclass(frozen=True, slots=True)
class Province:
    """One province or centrally run city in one span of time.

    Attributes:
        name: "Kiên Giang".
        full_name: As in running text: "tỉnh Kiên Giang", "thành phố Huế".
        code: General Statistics Office code; the two eras share codes.
        valid_from: First day; None for as long as the list goes back.
        valid_to: Last day; None if it still stands.
        successor: Name of the unit that took it over; None if unchanged.
    """

    name: str
    full_name: str
    code: str
    valid_from: date | None
    valid_to: date | None
    successor: str | None
    aliases: tuple[str, ...] = ()

    def is_valid(self, on: date) -> bool:
        """Whether the unit stood on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)


def find(text: str, on: date | None = None) -> Province | None:
    """The province that `text` names, with or without "tỉnh"/"thành phố" and tone marks; None if it names none.

    Where a name lived on after a merger, `on` picks the unit of that day; without it the newest is given.
    """
    key = place_key(text)
    rows = _by_key().get(key)
    if not rows:
        return None
    if on is not None:
        for row in rows:
            if row.is_valid(on):
                return row
    return rows[-1]


def place_key(text: str) -> str:
    """Comparison key of a place: folded, kind words and punctuation dropped."""
    return _SEPARATORS.sub(" ", _KIND.sub("", fold(text).strip())).strip()


@cache
def all_provinces() -> tuple[Province, ...]:
    """Every unit of the list, the older era first."""
    with _FILE.open(encoding="utf-8", newline="") as file:
        return tuple(_province(row) for row in csv.DictReader(file))


@cache
def pattern() -> str:
    """A regular expression over folded text that matches every name and alias, the longest first."""
    names = {fold(name) for p in all_provinces() for name in (p.name, *p.aliases)}
    ordered = sorted(names, key=lambda name: (-len(name), name))
    return "|".join(
        r"\s*-\s*".join(
            r"[\s.]\s*".join(map(re.escape, re.split(r"[\s.]+", part))) for part in re.split(r"\s*-\s*", name)
        )
        for name in ordered
    )


def _province(row: dict[str, str]) -> Province:
    full = row["full_name"]
    return Province(
        name=row["name"],
        full_name=full[0].lower() + full[1:],
        code=row["code"],
        valid_from=_day(row["valid_from"]),
        valid_to=_day(row["valid_to"]),
        successor=row["successor_name"] if row["successor_name"] not in ("", row["name"]) else None,
        aliases=tuple(alias for alias in row["aliases"].split("|") if alias),
    )


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache
def _by_key() -> dict[str, list[Province]]:
    result: dict[str, list[Province]] = {}
    for province in all_provinces():
        for name in (province.name, *province.aliases):
            rows = result.setdefault(place_key(name), [])
            if province not in rows:
                rows.append(province)
    return result
