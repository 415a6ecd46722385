"""Numbers typed in small letters, as people paste and type them: "số 08/2022/nđ-cp", "qđ 12/qđ-ubnd"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.vi.symbols import TYPE_CODES, known_codes
from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber

# On the text with its marks: "nđ" is the decree, "nd" may be anything.
_NUMBER = re.compile(
    r"(?<![\w/.,-])(?P<serial>\d{1,5})\s?/\s?(?:(?P<year>(?:19|20)\d\d)\s?/\s?)?"
    r"(?P<symbol>qh\d{1,2}|[a-zđ]{1,6}(?:-[a-zđ&]{2,12}){1,3})(?![\w/-])"
)


def find(text: str) -> Iterator[tuple[DocumentNumber, int, int]]:
    """Number, start and end of each; only symbols that open with a listed type, or are made of listed bodies."""
    for match in _NUMBER.finditer(text):
        symbol = _symbol(match["symbol"])
        try:
            number = symbol and DocumentNumber.parse(f"{match['serial']}/{_year(match['year'])}{symbol}")
        except InvalidDocumentNumber:
            continue
        if number:
            yield number, match.start(), match.end()


def _year(year: str | None) -> str:
    return f"{year}/" if year else ""


def _symbol(raw: str) -> str | None:
    """As offices write it; None where no list knows what it opens with."""
    if raw.startswith("qh"):
        return raw.upper()
    first, *rest = raw.split("-")
    kind = _kinds().get(first)
    bodies = [_bodies().get(part) for part in (rest if kind else (first, *rest))]
    if bodies[0] is None:
        return None
    written = [body or part.upper() for body, part in zip(bodies, rest if kind else (first, *rest), strict=True)]
    return "-".join((*([kind] if kind else ()), *written))


@cache
def _kinds() -> dict[str, str]:
    return {code.lower(): code for code in sorted(TYPE_CODES)}


@cache
def _bodies() -> dict[str, str]:
    return {code.lower(): code for code in sorted(known_codes())}
