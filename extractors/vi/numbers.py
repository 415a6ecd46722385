"""The number line "Số: 15/QĐ-BNV": serial, year and symbol, also where the serial is handwritten and misread."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.vi.dates import Slot
from extractors.vi.dates import slot as figures
from extractors.vi.text import fold

_WORD = "A-ZĐƯƠÔÂÊĂ"
_ANY = _WORD + "a-zđươôâêă0-9&+."
# The first part begins with a capital; further parts hang on dashes, seldom on a slash ("CV/VPTW/nb"). A regional
# body's Roman number stands apart: "KV XII-TH".
_SYMBOL = rf"[{_WORD}][{_ANY}]{{0,14}}(?:\s[IVX]{{1,4}}(?=\s?-))?(?:\s?[-/]\s?[{_WORD}0-9][{_ANY}]{{0,14}}){{0,6}}"
_LABEL = re.compile(
    r"^[\W_]{0,4}(?:s\s?\w\s?:|(?:(?:v[aă]n\s?b[aả]n|(?:b[oộ]\s)?lu[aậ]t|ngh[iị] quy[eế]t|ph[aá]p l[eệ]nh)\s+)?"
    r"s\s?[oôố0óòôõọqáâ]?\s?[:;.,#]{0,2}(?=\W|\d|[A-ZĐ/]|$))?\s*",
    re.IGNORECASE,
)
_YEAR = re.compile(r"^\s*(?P<year>(?:19|20)\d\d)\s?/")
_PARTY = re.compile(
    rf"(?P<serial>[\w.\s]{{0,8}}?)\s?-\s?(?P<symbol>[A-ZĐ][A-Za-zĐđ]{{0,4}}\s?/\s?{_SYMBOL}(?:/[a-z]{{2}})?)\W*$"
)
# Before 2005: "2353 TCT/NV6".
_SPACED = re.compile(
    rf"\s*(?P<serial>\d{{1,5}}(?=[\sA-ZĐ])|\S{{1,6}}(?=\s))\s*"
    rf"(?P<symbol>(?!KV\s)[A-ZĐ]{{2,6}}\s?/\s?[{_WORD}][{_ANY}]{{1,9}}(?:\s?-\s?[{_WORD}0-9][{_ANY}]{{0,9}})?)\W*"
)
_BARE = re.compile(rf"(?P<symbol>[{_WORD}]{{2,}}[a-z]?(?:\s?-\s?[{_WORD}0-9][{_ANY}]+)+)\W*$")
_OFFICE = re.compile(r"^[\W_]{0,4}s\s?[ởơốôo]\s+[^\W\d]{1,}", re.IGNORECASE)
IS_LABEL = re.compile(
    r"^[\W_]{0,4}(?:(?:bo luat|luat|nghi quyet|phap lenh)\s)?so\s?:|"
    r"^[\W_]{0,4}s\s?[o0q]\b\s?[:;.,#]?|^[\W_]{0,4}s[oqa]\s?[:;#]|^[\W_]{0,4}so\s?\d"
)


@dataclass(frozen=True, slots=True)
class NumberLine:
    """One reading of a number line; `symbol` as read with spaces around "-" and "/" taken out."""

    serial: Slot
    symbol: str
    year: int | None = None
    party: bool = False
    spaced: bool = False


def slot(raw: str) -> Slot:
    """A serial as read; what looks like an A is taken for a closed 4, a slash beside figures for a leaning 1."""
    if "/" in raw and any(char.isdigit() for char in raw):
        leaning = figures(raw.replace("/", "1"), a_is="4")
        return Slot(raw.strip(), leaning.digits, sure=False)
    return figures(raw, a_is="4")


def is_number_line(text: str) -> bool:
    """Whether a line begins as a number line does; "SỞ Y TẾ" folds to the same letters and is none."""
    return not is_office_line(text) and IS_LABEL.search(fold(text)) is not None


def is_office_line(text: str) -> bool:
    """Whether a line names a sở ("SỞ TÀI CHÍNH - SỞ Y TẾ"), which without its marks begins as a number line does."""
    return _OFFICE.match(text) is not None and not re.search(r"[\d/]", text)


def read_number_line(text: str) -> NumberLine | None:
    """The parts of one number line; None where no symbol can be seen."""
    rest = text[_LABEL.match(text).end() :] if _LABEL.match(text) else text  # type: ignore[union-attr]
    if match := _PARTY.fullmatch(rest.strip()):
        return NumberLine(slot(match["serial"]), _tight(match["symbol"]), party=True)
    if match := _SPACED.fullmatch(rest):
        return NumberLine(slot(match["serial"]), _tight(match["symbol"]), spaced=True)
    for cut in (m.start() for m in re.finditer("/", rest)):
        if found := _after_slash(rest[:cut], rest[cut + 1 :]):
            return found
    if match := _BARE.search(rest):
        # A slash may have been read as a letter, a stroke or a bracket.
        return NumberLine(
            slot(re.sub(r"(?<=[\d\s])\s*[iIlL|!ƒ)\]}]$", "", rest[: match.start()])), _tight(match["symbol"])
        )
    return None


def _after_slash(before: str, after: str) -> NumberLine | None:
    year = None
    if match := _YEAR.match(after):
        year, after = int(match["year"]), after[match.end() :]
    symbol = re.match(rf"\s*({_SYMBOL})", after)
    if symbol is None or len(before) > 14:
        return None
    # A word of a merged column after the symbol is no part of it.
    return NumberLine(slot(before), _tight(symbol[1]), year)


def _tight(symbol: str) -> str:
    return re.sub(r"\s+", "", symbol).strip(".-/&")


def skeleton(symbol: str) -> str:
    """Matching key of a symbol: no marks, dashes or case."""
    return re.sub(r"[^a-z0-9]", "", fold(symbol))
