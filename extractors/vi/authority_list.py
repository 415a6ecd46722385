"""The list of bodies of the State and the Party as data: one row per body, code and span of time; aliases beside it."""

from __future__ import annotations

import csv
import dataclasses
import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from extractors.vi import provinces
from extractors.vi.text import fold

_DATA = Path(__file__).parents[1] / "data"
LOCAL_KINDS = frozenset({"local_body", "local_party_body"})
_UNIT_KINDS = frozenset({"unit", "generic_unit"})


@dataclass(frozen=True, slots=True)
class Authority:
    """One body in one span of time.

    Attributes:
        code: As in symbols; None for a body known by its name only.
        name: Full name in sentence case; a local body with its place where that is known.
        kind: "ministry", "local_body", "party_body" ...
        parent: Code of the body above; "@place" for a body of a province; None if not known.
        valid_from: First day; None if not known.
        valid_to: Last day; None if it still stands.
        successor: Codes of the bodies that took over, joined by "|"; None if there is none.
        source: Where the row comes from.
        place: "tỉnh Kiên Giang", "huyện Gò Quao"; None for a central body or where it is not stated.
    """

    code: str | None
    name: str
    kind: str
    parent: str | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successor: str | None = None
    source: str = ""
    place: str | None = None

    @property
    def key(self) -> str:
        """Stable key: "bkhdt", "syt@kien-giang"; for an unlisted body its folded name."""
        base = fold(self.code) if self.code else re.sub(r"\W+", "-", fold(self.name)).strip("-")
        if not self.place or not self.code:
            return base
        return f"{base}@{re.sub('[^a-z0-9]+', '-', provinces.place_key(self.place))}"

    @property
    def is_local(self) -> bool:
        """Whether the code is used by many bodies, one in each place."""
        return self.kind in LOCAL_KINDS

    def is_valid(self, on: date) -> bool:
        """Whether the body stood on that day."""
        return (self.valid_from is None or self.valid_from <= on) and (self.valid_to is None or on <= self.valid_to)

    def at(self, place: str) -> Authority:
        """The same kind of body in one place ("tỉnh Kiên Giang"); a central body is returned as it is."""
        if not self.is_local or self.place:
            return self
        last = self.name.rpartition(" ")[2]
        if self.code == "TU":
            city = place.startswith("thành phố")
            name = ("Thành ủy " if city else "Tỉnh ủy ") + place.removeprefix("tỉnh ").removeprefix("thành phố ")
        elif last in ("tỉnh", "phố", "ủy"):  # "Công an tỉnh", "Ban Tổ chức Tỉnh ủy" say the kind of place already
            name = self.name + " " + place.removeprefix("tỉnh ").removeprefix("thành phố ")
        else:
            name = f"{self.name} {place}"
        return dataclasses.replace(self, name=name, place=place)


@cache
def all_authorities() -> tuple[Authority, ...]:
    """Every row of the list, units included, in the order of the file."""
    with (_DATA / "authorities.csv").open(encoding="utf-8", newline="") as file:
        return tuple(_authority(row) for row in csv.DictReader(file))


def _authority(row: dict[str, str]) -> Authority:
    return Authority(
        row["code"], row["name"], row["kind"], row["parent"] or None, _day(row["valid_from"]),
        _day(row["valid_to"], last=True), row["successor"] or None, row["source"],
    )  # fmt: skip


def _day(text: str, *, last: bool = False) -> date | None:
    """A day, month or year; the first or last day of what it covers."""
    if not text:
        return None
    parts = [int(p) for p in text.split("-")]
    if len(parts) == 3:
        return date(*parts)
    if len(parts) == 2:
        return date(parts[0], parts[1], 28 if last else 1)
    return date(parts[0], 12, 31) if last else date(parts[0], 1, 1)


@cache
def aliases() -> tuple[tuple[str, str, str], ...]:
    """(alias, code, kind): kind "name" for running text, "code" for symbols, "ocr" for known misreadings of codes."""
    with (_DATA / "authority_aliases.csv").open(encoding="utf-8", newline="") as file:
        return tuple((row["alias"], row["code"], row["kind"]) for row in csv.DictReader(file))


@cache
def alias_codes(kind: str) -> dict[str, str]:
    """Alias to code, for one kind of alias."""
    return {alias: code for alias, code, k in aliases() if k == kind}


@cache
def issuers() -> dict[str, tuple[Authority, ...]]:
    """Bodies that sign under a symbol of their own, by exact code."""
    result: dict[str, tuple[Authority, ...]] = {}
    for row in all_authorities():
        if row.kind not in _UNIT_KINDS and row.code:
            result[row.code] = (*result.get(row.code, ()), row)
    return result
