"""What a person types about a field, as the contract's value."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from extractors.vi.text import normalise
from models.errors import InvalidDate, ParseError
from models.identifiers import DocumentNumber

DATES = ("date", "deadlines")
_DAY = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*(\d{4}|\d{2})|(\d{4})-(\d{1,2})-(\d{1,2})")
_LONGEST = 2000


def value_from_text(field: str, typed: str, old: Any) -> Any:
    """The contract value of `typed`; `old` (contract value or None) gives what an object has beside its name.

    Raises:
        ParseError: if it is no value of this field; the message says what one looks like.
    """
    words = normalise(typed)
    if not words or len(words) > _LONGEST or not words.isprintable():
        raise ParseError(f"a value has 1 to {_LONGEST} characters, no control characters among them")
    if field in DATES:
        return day(words).isoformat()
    if field == "number":
        return str(DocumentNumber.parse(words))
    if field == "issuer":
        # Another name is another body: its code and key in the list are no longer known.
        same = bool(old) and old["name"] == words
        return old if same else {"name": words, "code": None, "parent": None, "authority": None}
    if field == "signer":
        return {**(old or {"capacity": None, "position": None}), "name": words}
    if field == "contacts":
        return {**(old or {"email": None, "phone": None}), "name": words}
    return words


def parts_of_number(number: str) -> dict[str, str]:
    """Serial and symbol that follow from a number."""
    parsed = DocumentNumber.parse(number)
    return {"serial": parsed.serial, "symbol": parsed.symbol}


def day(typed: str) -> date:
    """A day as people paste it: 22/4/26, 22.04.2026, 2026-04-22; two-digit years are of this century.

    Raises:
        InvalidDate: if it is none.
    """
    match = _DAY.fullmatch(normalise(typed))
    if not match:
        raise InvalidDate(f"not a date: {typed!r}; write 22/4/2026")
    if match[4]:
        year, month, number = int(match[4]), int(match[5]), int(match[6])
    else:
        year, month, number = int(match[3]), int(match[2]), int(match[1])
        year += 2000 if year < 100 else 0
    try:
        return date(year, month, number)
    except ValueError as error:
        raise InvalidDate(f"no such day: {typed!r}") from error


def text_from_value(value: Any) -> str:
    """A contract value as a person edits it."""
    if value is None:
        return ""
    if isinstance(value, dict):
        return str(value.get("name") or value.get("email") or value.get("phone") or "")
    text = str(value)
    match = re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text)
    return f"{match[3]}/{match[2]}/{match[1]}" if match else text
