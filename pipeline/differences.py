"""What two understandings of the same letters have in common and what not: gained, lost, changed, per field."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline import contract

GAINED, LOST, CHANGED = "gained", "lost", "changed"
KINDS = (GAINED, LOST, CHANGED)
LETTER, CITATIONS = "letter", "citations"
_COUNTED = ("tables", "projects")
_CITED = ("number", "doc_type", "date", "issuer", "relation")

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """One value of one letter that is not the same in both."""

    letter_id: str
    field: str
    kind: str
    before: str | None
    after: str | None


def between(letter_id: str, before: Json | None, after: Json | None) -> Iterator[Difference]:
    """How two readings of a letter differ, as the contract's JSON; None where there is no such letter."""
    if before is None or after is None:
        kind = GAINED if before is None else LOST
        yield Difference(letter_id, LETTER, kind, _name(before), _name(after))
        return
    for name in contract.SCALARS:
        old, new = _scalar(before, name), _scalar(after, name)
        if old != new:
            kind = GAINED if old is None else LOST if new is None else CHANGED
            yield Difference(letter_id, name, kind, old, new)
    lists = {name: (_items(before, name), _items(after, name)) for name in contract.LISTS}
    lists[CITATIONS] = (_citations(before), _citations(after))
    for name, (olds, news) in lists.items():
        yield from (Difference(letter_id, name, LOST, item, None) for item in sorted((olds - news).elements()))
        yield from (Difference(letter_id, name, GAINED, None, item) for item in sorted((news - olds).elements()))
    for name in _COUNTED:
        if before.get(name, []) != after.get(name, []):
            yield Difference(letter_id, name, CHANGED, _size(before, name), _size(after, name))


def sums(differences: Iterable[Difference]) -> dict[str, dict[str, int]]:
    """How often each field was gained, lost or changed, by field."""
    found: dict[str, Counter[str]] = {}
    for item in differences:
        found.setdefault(item.field, Counter())[item.kind] += 1
    return {name: {kind: found[name][kind] for kind in KINDS} for name in sorted(found)}


def _name(letter: Json | None) -> str | None:
    return _scalar(letter, "number") or "without number" if letter else None


def _scalar(letter: Json, name: str) -> str | None:
    return _text(letter[name]["value"]) if letter.get(name) else None


def _items(letter: Json, name: str) -> Counter[str]:
    return Counter(_text(item["value"]) for item in letter.get(name, []))


def _citations(letter: Json) -> Counter[str]:
    return Counter(
        ", ".join(str(item[name]) for name in _CITED if item.get(name)) or str(item.get("title") or "")
        for item in letter.get(CITATIONS, [])
    )


def _size(letter: Json, name: str) -> str:
    return f"{len(letter.get(name, []))} {name}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)
