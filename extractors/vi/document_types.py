"""Kinds of documents: code and printed name, from `extractors/data/document_types.csv`."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rapidfuzz.distance import OSA

from extractors.vi.text import fold

_DATA = Path(__file__).resolve().parents[1] / "data" / "document_types.csv"
_LETTERS = re.compile(r"[^a-z]+")


@dataclass(frozen=True, slots=True)
class DocumentType:
    """One kind: `code` as in the symbol ("QĐ"), `name` as printed in sentence case ("Quyết định")."""

    code: str
    name: str
    group: str


@cache
def all_types() -> tuple[DocumentType, ...]:
    """Every kind in the order of the file; the first of a code is the common one."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        return tuple(DocumentType(row["code"], row["name"], row["group"]) for row in csv.DictReader(file))


@cache
def _codes() -> dict[str, DocumentType]:
    codes: dict[str, DocumentType] = {}
    for kind in all_types():
        codes.setdefault(kind.code, kind)
    return codes


@cache
def _titles() -> dict[str, DocumentType]:
    titles: dict[str, DocumentType] = {}
    for kind in all_types():
        titles.setdefault(_key(kind.name), kind)
    return titles


def _key(text: str) -> str:
    return _LETTERS.sub("", fold(text))


def by_code(code: str) -> DocumentType | None:
    """The kind of a symbol's part; marks and case may be damaged ("QD", "TTR") if only one kind fits."""
    if exact := _codes().get(code):
        return exact
    folded = fold(code)
    fits = {kind.code: kind for kind in all_types() if fold(kind.code) == folded}
    # "HD" is Hướng dẫn as printed, but may be HĐ that lost its stroke: an exact code was tried above.
    return next(iter(fits.values())) if len(fits) == 1 else None


def by_title(text: str, *, slips: int = 1) -> DocumentType | None:
    """The kind whose name a title line prints, up to `slips` wrong letters in a name of seven or more."""
    key = _key(text)
    if exact := _titles().get(key):
        return exact
    if slips == 0 or len(key) < 6:
        return None
    near = [
        (OSA.distance(key, title), kind) for title, kind in _titles().items() if abs(len(title) - len(key)) <= slips
    ]
    near = [(distance, kind) for distance, kind in near if distance <= slips]
    best = min((distance for distance, _ in near), default=0)
    fits = [kind for distance, kind in near if distance == best]
    return fits[0] if len(fits) == 1 else None


def spells(text: str, kind: DocumentType) -> bool:
    """Whether a line is the printed name of the kind that is expected there, up to a third of its letters misread."""
    key, title = _key(text), _key(kind.name)
    return abs(len(key) - len(title)) <= 3 and OSA.distance(key, title) <= len(title) // 3


def title_prefix(text: str) -> tuple[DocumentType, str] | None:
    """The kind that a title line begins with, and the words after it ("QUYẾT ĐỊNH Về việc …")."""
    words = text.split()
    for count in (4, 3, 2, 1):
        head = " ".join(words[:count])
        if len(words) > count and head.isupper() and (kind := by_title(head, slips=0)):
            return kind, " ".join(words[count:])
    return None
