"""Figures and amounts as Vietnamese clerks write them: dots for thousands, a comma for decimals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from extractors.vi.text import fold

_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?")
_PLAIN = re.compile(r"\d+(?:,\d+)?")
_ENGLISH = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+")
_FACTORS = {
    "dong": 1, "vnd": 1, "d": 1, "tram dong": 100, "nghin dong": 1_000, "ngan dong": 1_000, "1000 dong": 1_000,
    "tram trieu dong": 10**8, "trieu dong": 10**6, "ty dong": 10**9, "ti dong": 10**9, "nghin ty dong": 10**12,
    "ngan ty dong": 10**12,
}  # fmt: skip


def factor(unit: str | None) -> int | None:
    """Đồng in one unit: 1 000 000 for "triệu đồng"; None if the unit is not Vietnamese money."""
    if unit is None:
        return None
    return _FACTORS.get(re.sub(r"(?<=\d)[.,](?=\d)", "", fold(unit)).strip(" .,:;()"))


def is_english(texts: Iterable[str]) -> bool:
    """Whether a column is typed the English way, commas for thousands: only if a figure in it cannot be Vietnamese."""
    bare = [_bare(text)[1] for text in texts]
    if any(re.fullmatch(r"\d{1,3}(?:\.\d{3}){2,}|.*\..*,.*", figure) for figure in bare):
        return False
    foreign = re.compile(r"\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:,\d{3}){2,}|\d+\.(?:\d{1,2}|\d{4,})")
    return any(foreign.fullmatch(figure) for figure in bare)


def figure(text: str, *, english: bool = False) -> Decimal | None:
    """The value of a cell that holds one figure, "53.652" as 53652; None for a dash, a blank or anything else.

    Args:
        text: As printed; spaces inside are ignored, brackets or a leading dash make it negative.
        english: Read commas as thousands and a dot as the decimal point.
    """
    negative, bare = _bare(text)
    if english and _ENGLISH.fullmatch(bare):
        value = Decimal(bare.replace(",", ""))
    elif _GROUPED.fullmatch(bare) or _PLAIN.fullmatch(bare):
        value = Decimal(bare.replace(".", "").replace(",", "."))
    elif re.fullmatch(r"\d+\.\d{1,2}", bare):
        value = Decimal(bare)  # one or two digits after a dot are no thousands
    else:
        return None
    return -value if negative else value


def in_dong(text: str, unit: str | None, *, english: bool = False) -> int | None:
    """The amount in đồng; None if the text is no figure, the unit not known, or part of a đồng would be left."""
    value, times = figure(text, english=english), factor(unit)
    if value is None or times is None:
        return None
    amount = value * times
    return int(amount) if amount == int(amount) else None


def _bare(text: str) -> tuple[bool, str]:
    compact = re.sub(r"\s+", "", text)
    if re.fullmatch(r"\(.+\)", compact):
        return True, compact[1:-1]
    return (True, compact[1:]) if compact.startswith("-") and len(compact) > 1 else (False, compact)
