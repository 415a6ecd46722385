"""Every mention of another document in the running text: number, noun, date, issuer, pinpoint and title as stated."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from extractors.citations import dates, issuers, nouns
from extractors.citations.host import Host
from extractors.citations.numbers import FoundNumber, find_numbers
from extractors.flow import Flow
from extractors.vi.authorities import authority_of, issuer_code
from models.identifiers import DocumentNumber
from models.letter import Pinpoint, Witness


class Found(NamedTuple):
    """One mention; offsets are those of the flow. A tuple, since many are made over in small steps.

    Attributes:
        number: None for a law cited by its name.
        start: Of the noun, or of the number where it has none.
        number_start: Of the serial.
        end: After the date, or the number where no date follows.
        after: After date and issuer: where the title begins.
        noun: Code of the noun; None if there is none or a generic one.
        has_noun: Whether any noun stands before the number.
        issuer: As stated.
        listed: Whether the stated issuer is a listed body.
        sure: The reader's confidence in the words of number and date.
        read: The number as the page shows it.
        heard: What the second reader says of it; None where it was not asked.
        broken: Whether letters that belong to nothing follow: the symbol's end.
        days: The days that follow, where there are several: one for each number of a list before them.
    """

    number: DocumentNumber | None
    start: int
    number_start: int
    end: int
    after: int
    score: float
    noun: str | None = None
    has_noun: bool = False
    issued_on: date | None = None
    issuer: str | None = None
    listed: bool = False
    title: str | None = None
    pinpoints: tuple[Pinpoint, ...] = ()
    sure: float = 1.0
    read: str = ""
    heard: Witness | None = None
    broken: bool = False
    days: tuple[date, ...] = ()


_BROKEN = re.compile(r"\s?[^\W\d]{2,6}(?=\s+ngay\s+\d)(?<![a-z])")
_OF = re.compile(r"[\s,]{0,2}\b[ck]ua\s+(?:[\d|!`]\s)?", re.IGNORECASE)
_TITLE = re.compile(
    r"[\s,]{0,2}(?=(?:v[e8]|ban hanh|phe duyet|quy dinh|huong dan|sua doi|cong bo|thanh lap|kien toan|dieu chinh|giao"
    r"|trien khai|thuc hien|bai bo|thay the|to chuc|cong nhan|phe chuan|kem theo|uy quyen|tiep tuc|bo sung"
    r"|thong bao)\b)",
    re.IGNORECASE,
)
_TITLE_END = re.compile(
    r"[;\n(]|,\s+(?:da\s+)?duoc\s+(?:sua doi|thay the|bo sung)\b"
    r"|\.(?=\s|$)|,\s(?=(?:Nghi|Quyet|Thong|Cong van|Chi thi|Ke hoach|Luat|To trinh)\b)|,\s+[A-Z]"
)
_FURTHER = re.compile(
    r"\s+va\s+(?:cac\s+)?(?:Nghi (?:dinh|quyet)|Quyet dinh|Thong (?:tu|bao)|Chi thi|Ke hoach|Cong van|Van ban|To trinh)"
    r"\s+(?:so\s+)?\d"
)
# "điểm a, b khoản 1 và khoản 2 Điều 5, Điều 7 của": from the special to the general, right before the document.
_POINTED = re.compile(
    r"\b(?P<kind>diem|khoan|dieu)\s+(?P<list>(?:[a-z]{1,2}|\d{1,3}[a-z]?)\b(?:(?:\s*,\s*|\s+va\s+|\s*;\s*)"
    r"(?!diem|khoan|dieu|va\b)(?:[a-z]{1,2}|\d{1,3}[a-z]?)\b)*)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s,;]*(?:va\s+)?(?:cua\s+)?(?:cac\s+|tai\s+)*", re.IGNORECASE)
_ITEM = re.compile(r"\b(?!va\b)[a-z0-9]{1,3}\b", re.IGNORECASE)
_PART = re.compile(
    r"[\s,]*(?:(?:va\s+)?(?:muc|chuong|phan|phu luc)\s+\w+[\s,]*)*(?:cua\s+)?(?:cac\s+)?"
    r"(?:(?:quy che|quy dinh|dieu le|noi quy|phuong an|ke hoach|de an)\b[^;.\d]{0,100}?kem\s+theo\s+)?$",
    re.IGNORECASE,
)
_SERIALS = re.compile(r"[Ss][o0]\s+(?P<list>(?:\d{1,5}[a-z]?\s*(?:,|;|va|den(?:\s+s[o0])?)\s*)+)$")
_JOINED = re.compile(rf"\s+va\s+(?:{nouns.NOUN})\s+(?:s[o0]\s*[:.]?\s*)?", re.IGNORECASE)
_ELIDED = re.compile(r"[\s,;]*(?:(?:va|,|;)\s*)*(?:s[o0]\s*[:.]?\s*)?", re.IGNORECASE)
_ISSUED_BEFORE = re.compile(
    r"[\s,]+(?:da\s+|vua\s+)?(?:ky\s+)?(?:ban hanh|co|ky|gui|trinh|phat hanh|nhan duoc|thong qua)(?:\s+(?:cac"
    r"|ban hanh))?\s*$",
    re.IGNORECASE,
)
_AT = re.compile(r"\s+(?:tai|t[a]i cac)\s*(?:cac\s*)?$", re.IGNORECASE)


def find(flow: Flow, host: Host) -> list[Found]:
    """Numbered mentions in the order of the text, lists expanded and shared dates and issuers handed on."""
    found: list[Found] = []
    floor = 0
    for hit in find_numbers(flow.text, flow.plain):
        mention = _read(flow, hit, max(floor, flow.paragraph(hit.start)[0]), host)
        if _is_bare(mention, labelled=hit.labelled):
            continue
        found += _serial_list(flow, mention)
        found.append(mention)
        floor = hit.end
    return _hand_on(flow, found)


def _is_bare(mention: Found, *, labelled: bool) -> bool:
    """A symbol of one unknown part without a noun: "Phiếu số 12/PX" is a form, "Văn bản số 435/LĐCP" a document."""
    number = mention.number
    if number is None or mention.has_noun or number.party or number.year or "-" in number.symbol:
        return False
    return not labelled or issuer_code(number) is None


def _read(flow: Flow, hit: FoundNumber, floor: int, host: Host) -> Found:
    noun = nouns.before(flow.plain, hit.start, floor)
    start = noun.start if noun else hit.start
    mention = Found(
        hit.number, start, hit.start, hit.end, hit.end, hit.score, noun.code if noun else None, noun is not None,
        read=flow.text[hit.start : hit.end],
    )  # fmt: skip
    return completed(flow, mention, noun, floor, host)


def completed(flow: Flow, mention: Found, noun: nouns.Noun | None, floor: int, host: Host) -> Found:
    """The mention with all that the words around its number say: date, issuer, title and pinpoints."""
    mention = date_and_issuer(flow, mention, host)
    if mention.issuer is None and noun and noun.of:
        mention = _named_between(flow, mention, noun.of, host)
    if mention.issuer is None or mention.issued_on is None:
        mention = _issued_before(flow, mention, floor, host)
    return mention._replace(title=_title(flow, mention), pinpoints=_pinpoints(flow, mention, floor))


def date_and_issuer(flow: Flow, mention: Found, host: Host) -> Found:
    """What follows the number: date, then issuer; or issuer, then date."""
    at = mention.after
    if match := _BROKEN.match(flow.plain, at):
        at = match.end()  # the reader broke the symbol off: 06/TTr-SG ŒTVT ngày …
        mention = mention._replace(broken=True)
    for _ in range(2):
        if mention.issued_on is None and (days := dates.several(flow.plain, at)):
            mention = mention._replace(issued_on=days[0][0], days=tuple(days[0]), end=days[1], after=days[1])
            at = days[1]
            continue
        match = dates.AFTER.match(flow.plain, at) if mention.issued_on is None else None
        if match and (day := dates.read(match)):
            at = match.end()
            mention = mention._replace(issued_on=day, end=at, after=at)
            continue
        if mention.issuer is None and (of := _OF.match(flow.plain, at)):
            said = issuers.stated(flow.text, flow.plain, of.end(), on=mention.issued_on, province=host.province)
            if said:
                bracket = re.compile(r"\s?\([^()\n]{1,20}\)").match(flow.plain, said.end)
                at = bracket.end() if bracket else said.end
                mention = mention._replace(issuer=said.name, listed=said.listed, after=at)
    return mention


def _named_between(flow: Flow, mention: Found, span: tuple[int, int], host: Host) -> Found:
    """Words between noun and "số": issuer ("các Nghị định của Chính phủ: số …") or title ("Luật Đầu tư công số")."""
    of = _OF.match(flow.plain, span[0])
    if of is None and mention.noun == "BB":  # "Biên bản họp Hội đồng trường số …"
        at = span[0] + len(flow.text[span[0] : span[1]]) - len(flow.text[span[0] : span[1]].lstrip())
        said = issuers.stated(flow.text[: span[1] - 1], flow.plain, at, province=host.province)
        name = re.sub(r"\s+s\S{0,2}$", "", said.name) if said else None
        return mention._replace(issuer=name)
    if of is None:
        words = re.sub(r"\W+s\S{1,3}\W*$", "", flow.text[span[0] : span[1]]).strip(" ,:")
        return mention._replace(title=words or None)
    said = issuers.stated(flow.text, flow.plain, of.end(), on=mention.issued_on, province=host.province)
    return mention._replace(issuer=said.name, listed=said.listed) if said else mention


def _issued_before(flow: Flow, mention: Found, floor: int, host: Host) -> Found:
    """Issuer and day before the noun: "ngày 7/3/2019, Chính phủ ban hành …", "đề nghị của Sở X tại Tờ trình số …"."""
    begin = max(mention.start - 160, floor)
    if mention.issued_on is None and (day := _opening_day(flow, mention, begin, floor)):
        mention = mention._replace(issued_on=day)
    verb = _ISSUED_BEFORE.search(flow.plain, begin, mention.start) or _AT.search(flow.plain, begin, mention.start)
    if verb is None:
        return mention
    body = issuers.before(flow.text, flow.plain, begin, verb.start(), province=host.province)
    if body is None:
        return mention
    if mention.issuer is None:
        mention = mention._replace(issuer=body.name, listed=body.listed)
    if mention.issued_on is None:
        days = [m for m in dates.BEFORE.finditer(flow.plain, begin, verb.start()) if verb.start() - m.end() < 90]
        if days and (day := dates.read(days[-1])) and "ban hanh" in verb[0]:
            mention = mention._replace(issued_on=day)
    return mention


_DAY_FIRST = re.compile(rf"\s*{dates.BEFORE.pattern}\s*,", re.IGNORECASE)


def _opening_day(flow: Flow, mention: Found, begin: int, floor: int) -> date | None:
    """The day of the act is the document's: "Ngày 22/11/2023, Thủ tướng Chính phủ phê duyệt … tại Quyết định số …"."""
    opening = _DAY_FIRST.match(flow.plain, _sentence(flow, begin, floor))
    if opening is None or mention.number is None or _another_document(flow, opening.end(), mention.start):
        return None
    lead = flow.plain[opening.end() : mention.start]
    body = issuers.stated(flow.text, flow.plain, opening.end() + len(lead) - len(lead.lstrip()))
    said = authority_of(mention.number)
    acts = re.search(r"\b(?:ban hanh|phe duyet|ky|thong qua|cong bo|quyet dinh)\b|\bco\s+(?:cac\s+)?$", lead)
    if body is None or not acts or (said is not None and said.name != body.name):
        return None
    return dates.read(opening)


def _sentence(flow: Flow, begin: int, floor: int) -> int:
    """Start of the sentence around `begin`, no earlier than `floor`."""
    ends = [m.end() for m in re.finditer(r"[.;]\s+(?=[A-Z])", flow.plain[floor : begin + 60])]
    return floor + ends[-1] if ends else floor


def _another_document(flow: Flow, start: int, end: int) -> bool:
    return next(find_numbers(flow.text[start:end], flow.plain[start:end]), None) is not None


def _serial_list(flow: Flow, mention: Found) -> Iterator[Found]:
    """The serials that lack the symbol: "số 1, 2 và 3/QĐ-UBND", "từ số 10 đến 15/QĐ-UBND"."""
    floor = flow.paragraph(mention.number_start)[0]
    match = _SERIALS.search(flow.plain, max(mention.number_start - 60, floor), mention.number_start)
    if match is None or mention.number is None:
        return
    noun = nouns.before(flow.plain, match.start("list"), floor)
    for item in re.finditer(r"(?P<serial>\d{1,5}[a-z]?)\s*(?P<joint>,|;|va|den)", match["list"]):
        at = match.start("list") + item.start()
        serials = [item["serial"]]
        last = mention.number.serial
        if item["joint"] == "den" and last.isdigit() and 0 < int(last) - int(item["serial"]) <= 50:
            serials = [str(n) for n in range(int(item["serial"]), int(last))]
        for serial in serials:
            yield mention._replace(
                number=dataclasses.replace(mention.number, serial=serial),
                start=noun.start if noun else at,
                number_start=at,
                end=at + len(item["serial"]),
                read=item["serial"],
                noun=noun.code if noun else mention.noun,
                has_noun=noun is not None or mention.has_noun,
            )


def _hand_on(flow: Flow, found: list[Found]) -> list[Found]:
    """One date or issuer for several numbers that only commas and "số" part; "cùng ngày" takes the day before it."""
    for i in range(len(found) - 2, -1, -1):
        here, following = found[i], found[i + 1]
        gap = flow.plain[here.after : following.number_start]
        if here.number_start < following.number_start and len(gap) < 40 and _shares(here, following, gap):
            found[i] = here._replace(
                issued_on=here.issued_on or following.issued_on,
                issuer=here.issuer or following.issuer,
                listed=here.listed or following.listed,
                title=here.title or following.title,
            )
    _one_each(flow, found)
    for i in range(1, len(found)):
        here = found[i]
        if here.issued_on is None and dates.SAME_DAY.match(flow.plain, here.end):
            found[i] = here._replace(issued_on=found[i - 1].issued_on)
    return found


def _one_each(flow: Flow, found: list[Found]) -> None:
    """As many days as numbers in a list: "số 12/QĐ-UBND và 13/QĐ-UBND lần lượt ngày 01/3/2023 và 05/3/2023"."""
    for last, mention in enumerate(found):
        first = last - len(mention.days) + 1
        if not mention.days or first < 0:
            continue
        gaps = [
            flow.plain[one.end : other.number_start] for one, other in pairwise(found[max(first - 1, 0) : last + 1])
        ]
        if all(map(_ELIDED.fullmatch, gaps[-len(mention.days) + 1 :])) and not (first and _ELIDED.fullmatch(gaps[0])):
            for place, day in enumerate(mention.days, first):
                found[place] = found[place]._replace(issued_on=day)


def _shares(here: Found, following: Found, gap: str) -> bool:
    """Whether date and issuer of the next number are this one's too: a list, or two documents of one body and day."""
    if following.issued_on and here.number and here.number.year not in (None, following.issued_on.year):
        return False
    if _ELIDED.fullmatch(gap):
        return True
    if here.issued_on or here.issuer or not _JOINED.fullmatch(gap) or here.number is None or following.number is None:
        return False
    codes = {issuer_code(here.number), issuer_code(following.number)} - {None}
    return len(codes) < 2


def _title(flow: Flow, mention: Found) -> str | None:
    """The words that say what the document is about, up to the end of the clause."""
    if mention.title:
        return mention.title
    begin = _TITLE.match(flow.plain, mention.after)
    if begin is None:
        return None
    stop = _TITLE_END.search(flow.plain, begin.end(), begin.end() + 400)
    end = stop.start() if stop else begin.end() + 400
    further = _FURTHER.search(flow.plain, begin.end(), end)
    if further and "/" not in flow.plain[begin.end() : further.start()]:
        end = further.start()  # a second document beside this one, not one that the title names
    words = flow.text[begin.end() : end].strip(" ,.;")
    return re.sub(r"\s+", " ", words) or None


def _pinpoints(flow: Flow, mention: Found, floor: int) -> tuple[Pinpoint, ...]:
    """điểm, khoản and điều right before the document; lists are written out."""
    found = list(_POINTED.finditer(flow.plain, max(mention.start - 160, floor), mention.start))
    if not found or not _PART.fullmatch(flow.plain, found[-1].end(), mention.start):
        return ()
    first = len(found) - 1
    while first and _BETWEEN.fullmatch(flow.plain, found[first - 1].end(), found[first].start()):
        first -= 1
    points: list[str] = []
    clauses: list[tuple[str | None, str | None]] = []
    nothing: list[str | None] = [None]
    whole: list[tuple[str | None, str | None]] = [(None, None)]
    result: list[Pinpoint] = []
    for match in found[first:]:
        kind = match["kind"].lower()
        items = [flow.text[m.start() : m.end()] for m in _ITEM.finditer(flow.plain, *match.span("list"))]
        if kind == "diem":
            points += items
        elif kind == "khoan":
            clauses += [(clause, point) for clause in items for point in points or nothing]
            points = []
        else:
            result += [Pinpoint(item, clause, point) for item in items for clause, point in clauses or whole]
            clauses = []
    return tuple(result)
