"""The date of a cited document: right after its number, after its issuer, or before the verb that issued it."""

from __future__ import annotations

import re
from datetime import date

_D = r"[0-9OoIl]{1,2}"
_Y = r"(?:19|2[0O])\s?[0-9OoIl]\s?[0-9OoIl](?![0-9])"
_CORE = (
    rf"(?P<day>{_D})\s{{0,2}}(?:[/.,-]|thang)\s{{0,2}}(?P<month>{_D})\s{{0,2}}(?:[/.,-]|n\S?m)?\s{{0,2}}(?P<year>{_Y})"
    rf"|(?P<glued>\d{{3,4}})\s?/\s?(?P<glued_year>{_Y})"
)
_NGAY = r"(?:n?g?a[yvj]|ng[aàe]y)\s{0,2}:?\s{0,2}"
# "…, ngày 5/3/2020", "(ngày 5/3/2020", "ban hành ngày", ", 07/10/2020" as state tables and Party offices write.
AFTER = re.compile(
    rf"(?:\s(?:tinh|thanh pho)\b|\s(?:hoi|luc)\s\d{{1,2}}\s?(?:gio"
    rf"|h)\s?(?:\d{{1,2}}\s?(?:phut)?)?)?[\s,;(]{{0,3}}(?:(?:da|duoc)\s+)?(?:(?:ky|de|ban hanh"
    rf"|ky ban hanh|cung)\s+)?(?:n?ga[yvj]\s{{0,2}}:?\s{{0,2}}(?:{_CORE})"
    rf"|(?<=[,(]\s)(?:{_CORE.replace('<', '<c_')})|(?<=[,(])(?:{_CORE.replace('<', '<d_')}))",
    re.IGNORECASE,
)
BEFORE = re.compile(rf"\b{_NGAY}(?:{_CORE})", re.IGNORECASE)
SAME_DAY = re.compile(r"[\s,(]{0,3}cung ngay\b(?!\s*\d)", re.IGNORECASE)
_FIGURES = str.maketrans("OoIl", "0011")


def read(match: re.Match[str]) -> date | None:
    """The date of a match of the patterns above; None where the figures leave none or several."""
    groups = match.groupdict()
    for prefix in ("", "c_", "d_"):
        if groups.get(f"{prefix}day"):
            return _date(groups[f"{prefix}day"], groups[f"{prefix}month"], groups[f"{prefix}year"])
        if groups.get(f"{prefix}glued"):
            return _unglued(groups[f"{prefix}glued"], groups[f"{prefix}glued_year"])
    return None


def _unglued(figures: str, year: str) -> date | None:
    """The only cut that gives a day and a month: "166/2022" is 16/6/2022."""
    cuts = {_date(figures[:at], figures[at:], year) for at in range(1, len(figures)) if len(figures[at:]) <= 2}
    fits = [cut for cut in cuts if cut and (figures[0] != "0")]
    return fits[0] if len(fits) == 1 else None


def _date(day: str, month: str, year: str) -> date | None:
    parts = [re.sub(r"\s", "", part).translate(_FIGURES) for part in (year, month, day)]
    try:
        return date(*(int(part) for part in parts))
    except ValueError:
        return None


# "lần lượt ngày 01/3/2023, 02/3 và 05/3/2023", "ngày 01/3/2023 và ngày 05/3/2023": as many days as numbers before.
_ONE = rf"(?:{_NGAY})?(?:{_D})\s?[/.-]\s?(?:{_D})(?:\s?[/.-]\s?{_Y})?(?![0-9/])"
_SEVERAL = re.compile(
    rf"[\s,(]{{0,3}}(?:(?:lan luot|tuong ung)\s+(?:la\s+|vao\s+|cac\s+)*)?{_NGAY}{_ONE}"
    rf"(?:(?:\s?[,;]\s?|\s+va\s+){_ONE})+",
    re.IGNORECASE,
)
_EACH = re.compile(rf"(?P<day>{_D})\s?[/.-]\s?(?P<month>{_D})(?:\s?[/.-]\s?(?P<year>{_Y}))?")


def several(plain: str, at: int) -> tuple[list[date], int] | None:
    """Two or more days in a row from `at`, and where they end; a day without its year has the next one's."""
    match = _SEVERAL.match(plain, at)
    if match is None:
        return None
    found: list[date] = []
    year = None
    for each in reversed(list(_EACH.finditer(match[0]))):
        year = each["year"] or year
        day = _date(each["day"], each["month"], year) if year else None
        if day is None:
            return None
        found.insert(0, day)
    return found, match.end()
