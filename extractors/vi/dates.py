"""Dates as Vietnamese letters write them: "ngày 05 tháng 3 năm 2020", "05/3/2020", and their damaged forms."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from extractors.vi.text import fold

_A = "[aàáảãạăằắẳẵặâầấẩẫậǎ]"  # specks make other marks of those that are printed
_WORDS = re.compile(
    rf"ng{_A}y\W{{0,3}}(?P<day>.{{0,9}}?)\W{{0,3}}th{_A}ng\W{{0,3}}(?P<month>.{{0,7}}?)\W{{0,3}}n{_A}m\W{{0,4}}"
    r"(?P<year>[12][\dOoIl]\s?[\dOoIlSB]\s?[\dOoIlSB])",
    re.IGNORECASE,
)
_FIGURES = re.compile(r"(?<!\d)(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})\s?[/.-]\s?(?P<year>(?:19|20)\d\d)(?!\d)")
_BODY_WORDS = re.compile(
    r"(?P<day>\d{1,2})\s+tháng\s+(?P<month>\d{1,2})(?:\s+năm\s+(?P<year>(?:19|20)\d\d))?", re.IGNORECASE
)
_BODY_FIGURES = re.compile(
    r"(?<![\d/.-])(?P<day>\d{1,2})\s?[/.-]\s?(?P<month>\d{1,2})(?:\s?[/.-]\s?(?P<year>(?:19|20)\d\d))?(?![\d/]|[.,-]\d)"
)
# What handwritten figures are taken for; A and M are the long-stroked Vietnamese 1 and two of them.
LOOKS_LIKE = {
    "O": "0", "o": "0", "Ø": "0", "ø": "0", "º": "0", "Q": "0", "D": "0", "Ò": "0", "ò": "0", "Ó": "0",
    "I": "1", "l": "1", "|": "1", "!": "1", "i": "1", "A": "1", "Í": "1", "ì": "1", "†": "1",
    "Z": "2", "z": "2", "S": "5", "s": "5", "Š": "5", "B": "8", "G": "6", "b": "6", "H": "4", "T": "7", "F": "7",
    "g": "9", "q": "9", "M": "11",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Slot:
    """What stands where a figure should be: `raw` as read, `digits` if it can be taken for figures.

    Attributes:
        sure: Every character was a figure as read.
    """

    raw: str
    digits: str
    sure: bool


@dataclass(frozen=True, slots=True)
class HeadDate:
    """The place-date line: `day` and `month` may be empty or damaged; span of the whole expression in the text."""

    place: str
    day: Slot
    month: Slot
    year: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in running text with its span; `year` is None where the text gives none."""

    day: int
    month: int
    year: int | None
    start: int
    end: int


def slot(raw: str, *, a_is: str = "1") -> Slot:
    """Figures in `raw`; letters are replaced by the figures that they resemble, and then it is not sure.

    An A stands for `a_is`: a closed 4 and a long-stroked 1 both look like it, but a day's tens can only be 1.
    """
    bare = re.sub(r"[\s.,:;_'`~\"“”‘’ˆ°·(){}\[\]<>/\\-]", "", raw)
    sure = bare.isascii() and bare.isdigit()
    looks = {**LOOKS_LIKE, "A": a_is}
    digits = bare if sure else "".join(c if c.isdigit() and c.isascii() else looks.get(c, "?") for c in bare)
    return Slot(raw.strip(), "" if "?" in digits else digits, sure)


def head_date(text: str) -> HeadDate | None:
    """The place and date of a letter's head, e.g. "Hà Nội, ngày 14 tháng 11 năm 2018"; None if there is no date."""
    if match := _WORDS.search(text):
        year = "".join(c if c.isdigit() else LOOKS_LIKE.get(c, "?") for c in match["year"] if not c.isspace())
        if not year.isdigit() or not 1945 <= int(year) <= 2100:
            return None
        day, month = slot(match["day"]), slot(match["month"])
        return HeadDate(_place(text[: match.start()]), day, month, int(year), match.start(), match.end())
    folded = fold(text)
    if (match := _FIGURES.search(text)) and re.search(r"ngay\W*$", folded[: match.start()]):
        start = folded.rindex("ngay", 0, match.start())
        slots = slot(match["day"]), slot(match["month"])
        return HeadDate(_place(text[:start]), *slots, int(match["year"]), start, match.end())
    return None


# A word with a figure, a slash or a colon, and a code of capitals that is no kind of place.
_OF_NUMBER = re.compile(r"[\d/:]|^[A-ZĐ]{2,}(?:-[A-ZĐ]{2,})+$|^(?!(?:TP|TX|TT|BR|VT|HCM)$)[BCDĐFGHJKLMNPQRSTVXZ]{2,}$")


def _place(before: str) -> str:
    """The place before ", ngày": no comma, no specks of noise in front, no end of the number line beside it."""
    words = before.strip(" ,.;:-_'\"").split()
    last = max((i for i, word in enumerate(words[:-1]) if _OF_NUMBER.search(word)), default=-1)
    words = words[last + 1 :]
    while words and not words[0][0].isupper():
        words.pop(0)
    return " ".join(words)


def calendar_date(day: str, month: str, year: int) -> date | None:
    """The date, or None if there is no such day."""
    try:
        return date(year, int(month), int(day))
    except ValueError:
        return None


def find_dates(text: str) -> Iterator[FoundDate]:
    """Dates in running text, left to right: in words or figures, the year may be missing."""
    taken: list[range] = []
    for pattern in (_BODY_WORDS, _BODY_FIGURES):
        for match in pattern.finditer(text):
            if any(match.start() in r or match.end() - 1 in r for r in taken):
                continue
            day, month = int(match["day"]), int(match["month"])
            if 1 <= day <= 31 and 1 <= month <= 12:
                taken.append(range(match.start(), match.end()))
    found = sorted(taken, key=lambda r: r.start)
    for span in found:
        part = text[span.start : span.stop]
        if whole := _BODY_WORDS.fullmatch(part) or _BODY_FIGURES.fullmatch(part):
            year = int(whole["year"]) if whole["year"] else None
            yield FoundDate(int(whole["day"]), int(whole["month"]), year, span.start, span.stop)


def full_dates(text: str) -> Iterator[date]:
    """Every complete calendar date in `text`."""
    for found in find_dates(text):
        if found.year and (day := calendar_date(str(found.day), str(found.month), found.year)):
            yield day
