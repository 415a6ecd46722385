"""Laws, codes and ordinances cited by name: "Luật Tổ chức Chính phủ ngày 19 tháng 6 năm 2015"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from extractors.citations import dates
from extractors.citations.aliases import Free
from extractors.citations.mentions import Found
from extractors.flow import Flow
from extractors.vi.text import fold

# A name begins with a capital; "Luật sửa đổi, bổ sung một số điều của …" is the one that does not.
_END = (
    r"(?=\s+(?:ngay|nam|so)\b|\s+(?:quy dinh|va (?:Luat|cac|Nghi|Bo luat)|thi|duoc|de|la|khong|co hieu luc|hien hanh"
    r"|nay|ve viec)\b|[;.,:()\n\d“”\"])"
)
# What may follow a comma within a name: "Phòng, chống tham nhũng", "Quản lý, sử dụng vũ khí, vật liệu nổ".
_MORE = (
    r"(?:chong|chua chay|su dung|xuat canh|nhap canh|qua canh|cu tru|an toan|vat lieu|trat tu|che bien|tiet kiem"
    r"|boi duong|bao ve|bao quan|phat trien|khai thac|cong cu|gia dinh)\b[^;.,:()\n\d“”\"]{0,80}?"
)
_NAME = rf"[A-Z][a-z][^;.,:()\n\d“”\"]{{1,110}}?(?:,\s{_MORE}){{0,3}}"
_ONE = rf"(?:Bo luat|Luat|Phap lenh)\s+{_NAME}"
# One basis line for an amending law: the laws that it amends are part of its name, the day after them is its own.
_LAW = re.compile(
    rf"\b(?P<kind>Bo luat|Luat|Phap lenh|Hien phap)\s+(?P<name>sua doi,? bo sung [^;.\n]{{0,30}}?(?:cua|cac)\s{_ONE}"
    rf"(?:(?:,\s|\s+va\s+){_ONE}){{0,8}}{_END}|(?:nuoc )?{_NAME}{_END})"
)
_YEAR = re.compile(r"\s*(?:nam\s+)?(?P<year>(?:19|20)\d\d)\b(?!\s*[-/])")
_KINDS = {"Bo luat": "BL", "Luat": "L", "Phap lenh": "PL", "Hien phap": "HP"}


@dataclass(frozen=True, slots=True)
class Law:
    """One law cited by name, with the spans of its mentions in the flow."""

    doc_type: str
    title: str
    issued_on: date | None
    relation: str
    spans: tuple[tuple[int, int], ...]


def find(flow: Flow, found: Sequence[Found]) -> tuple[list[Law], list[tuple[Found, int, int]]]:
    """Laws that no number stands beside, in the order of first mention, one item per name and date.

    Also mentions by name alone of laws that the text gives with their number elsewhere: (that mention, start, end).
    """
    free = Free((m.start, m.end) for m in found)
    numbered = {_key(m.noun, m.title): m for m in found if m.number and m.noun in _KINDS.values() and m.title}
    laws: dict[str, Law] = {}
    again: list[tuple[Found, int, int]] = []
    for match in _LAW.finditer(flow.plain):
        start, end = match.span()
        if not free.take(start, end):
            continue
        title = re.sub(r"\s+", " ", flow.text[start:end]).strip(" ,")
        end, issued_on, year = _dated(flow, end)
        full = numbered.get(_key(_KINDS[match["kind"]], match["name"]))
        if full and full.number and year in (None, full.number.year):
            again.append((full, start, end))
            continue
        begin = flow.paragraph(start)[0]
        relation = "legal_basis" if re.match(r"\W*can c", flow.plain[begin:start].lower()) else "references"
        key = f"{match['kind']} {match['name'].lower()}"
        old = laws.get(key)
        if old is not None and (old.issued_on is None or issued_on in (None, old.issued_on)):
            spans = (*old.spans, (start, end))
            first = old.relation if old.relation != "references" else relation
            laws[key] = Law(old.doc_type, old.title, old.issued_on or issued_on, first, spans)
        else:
            laws[key if old is None else f"{key} {issued_on}"] = Law(
                _KINDS[match["kind"]], title, issued_on, relation, ((start, end),)
            )
    return list(laws.values()), again


def _key(kind: str | None, name: str | None) -> tuple[str | None, str]:
    return kind, " ".join(re.findall(r"\w+", fold(name or "")))


def _dated(flow: Flow, end: int) -> tuple[int, date | None, int | None]:
    """Where day or year after a law's name end, the day, and the year."""
    match = dates.AFTER.match(flow.plain, end)
    day = dates.read(match) if match else None
    if match and day:
        return match.end(), day, day.year
    year = _YEAR.match(flow.plain, end)
    return (year.end(), None, int(year["year"])) if year else (end, None, None)
