"""Who took over from whom: the body that an old name leads to today, through ministries and provinces of 2025."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from extractors.vi import provinces
from extractors.vi.authorities import by_name
from extractors.vi.authority_list import Authority, all_authorities, issuers

_MERGED = date(2025, 7, 1)  # the provinces, by Resolution 202/2025/QH15


@dataclass(frozen=True, slots=True)
class Succession:
    """A body that carries on the work of another; `since` its first day of doing so, None if not known."""

    name: str
    since: date | None


def successors(name: str) -> tuple[Succession, ...]:
    """Bodies that took over from the one called `name`, one after the other; empty if it stands or is not listed."""
    found: dict[str, Succession] = {}
    waiting: list[tuple[str, date | None]] = [(name, None)]
    while waiting:
        here, since = waiting.pop(0)
        for after in _next(here, since):
            if after.name not in found and after.name != name:
                found[after.name] = after
                waiting.append((after.name, after.since))
    return tuple(found.values())


def predecessors(name: str) -> tuple[str, ...]:
    """Names of the listed bodies whose work the one called `name` took over, the latest step only."""
    body = by_name(name)
    if body is None or not body.code:
        return ()
    before = [row for row in all_authorities() if row.successor and body.code in row.successor.split("|")]
    if not body.place:
        return tuple(dict.fromkeys(row.name for row in before))
    place = provinces.find(body.place)
    merged = [p for p in provinces.all_provinces() if place and p.successor == place.name]
    names = [row.at(body.place).name for row in before if row.is_local]
    names += [_at(body, p).name for p in merged]
    return tuple(dict.fromkeys(names))


def _next(name: str, since: date | None) -> Iterator[Succession]:
    body = by_name(name)
    if body is None:
        return
    for code in (body.successor or "").split("|"):
        for row in issuers().get(code, ()):
            after = row.at(body.place) if row.is_local and body.place else row
            yield Succession(after.name, _day_after(body.valid_to) or since)
    merged = _merged(body)
    if merged and (body.valid_to is None or merged.since is None or body.valid_to >= merged.since):
        yield merged


def _merged(body: Authority) -> Succession | None:
    """The same kind of body of the province that a body's own province became part of."""
    units = [p for p in provinces.all_provinces() if body.place and body.place in (p.full_name, p.name) and p.successor]
    if not units or units[0].successor is None:
        return None
    new = provinces.find(units[0].successor, _MERGED)
    return Succession(_at(body, new).name, _day_after(units[0].valid_to)) if new else None


def _at(body: Authority, province: provinces.Province) -> Authority:
    rows = [row for row in issuers().get(body.code or "", ()) if row.is_local]
    return rows[0].at(province.full_name) if rows else body


def _day_after(day: date | None) -> date | None:
    return day + timedelta(days=1) if day else None
