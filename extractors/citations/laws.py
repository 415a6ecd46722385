"""Laws, codes and ordinances cited by name: "Luật Tổ chức Chính phủ ngày 19 tháng 6 năm 2015"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from extractors.citations import dates
from extractors.citations.aliases import Free
from extractors.citations.mentions import Found
from extractors.flow import Flow

# A name begins with a capital; "Luật sửa đổi, bổ sung một số điều của …" is the one that does not.
_LAW = re.compile(
    r"\b(?P<kind>Bo luat|Luat|Phap lenh|Hien phap)\s+(?P<name>(?:sua doi,? bo sung [^;.\n]{0,30}?(?:cua"
    r"|cac)\s)?[A-Z][a-z]"
    r"[^;.,:()\n\d“”\"]{1,110}?(?:,\s[a-z][^;.,:()\n\d“”\"]{1,80}?)?)"
    r"(?=\s+(?:ngay|nam|so)\b|\s+(?:quy dinh|va (?:Luat|cac|Nghi|Bo luat)|thi|duoc|de|la|khong|co hieu luc|hien hanh"
    r"|nay|ve viec)\b|[;.,:()\n\d“”\"])"
)
_YEAR = re.compile(r"\s+(?:nam\s+)?(?P<year>(?:19|20)\d\d)\b(?!\s*[-/])")
_KINDS = {"Bo luat": "BL", "Luat": "L", "Phap lenh": "PL", "Hien phap": "HP"}


@dataclass(frozen=True, slots=True)
class Law:
    """One law cited by name, with the spans of its mentions in the flow."""

    doc_type: str
    title: str
    issued_on: date | None
    relation: str
    spans: tuple[tuple[int, int], ...]


def find(flow: Flow, found: Sequence[Found]) -> Iterator[Law]:
    """Laws that no number stands beside, in the order of first mention; one item per name and date."""
    free = Free((m.start, m.end) for m in found)
    laws: dict[str, Law] = {}
    for match in _LAW.finditer(flow.plain):
        start, end = match.span()
        if not free.take(start, end):
            continue
        title = re.sub(r"\s+", " ", flow.text[start:end]).strip(" ,")
        end, issued_on = _dated(flow, end)
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
    yield from laws.values()


def _dated(flow: Flow, end: int) -> tuple[int, date | None]:
    match = dates.AFTER.match(flow.plain, end)
    day = dates.read(match) if match else None
    if match and day:
        return match.end(), day
    year = _YEAR.match(flow.plain, end)
    return (year.end() if year else end), None
