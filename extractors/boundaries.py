"""Where in one file a further letter begins, as against a document that is attached to the first.

A page begins a letter if it has a head of its own with number and date filled in. It is an attachment if the letter
before names its number, speaks of something enclosed, or is not yet signed; but what is dated after the letter cannot
be enclosed in it, and a further công văn of the same office is hardly ever.
"""

from __future__ import annotations

import re
from datetime import date

from extractors.layout_head import Head, read_head
from extractors.layout_tail import read_tail
from extractors.spans import MOTTO, Sheet, sheet
from extractors.vi.dates import calendar_date, head_date
from extractors.vi.numbers import NumberLine, read_number_line, skeleton
from extractors.vi.text import fold
from models.document import Document

_ENCLOSED = re.compile(r"\b(?:dinh kem|kem theo|gui kem|du thao|ban sao|sao gui|phu luc)\b")


def first_pages(document: Document) -> tuple[int, ...]:
    """The file's page numbers on which its letters begin, the first page always among them; () without pages."""
    sheets = [sheet(page) for page in document.pages]
    if not sheets:
        return ()
    starts = [0]
    for i, page in enumerate(sheets[1:], start=1):
        if _has_full_head(page) and not _is_attached(sheets[starts[-1] : i], page):
            starts.append(i)
    return tuple(sheets[i].number for i in starts)


def _has_full_head(page: Sheet) -> bool:
    """Motto, number with a serial, and a whole date in the upper part of the page."""
    top = [s for s in page.spans if s.bbox is None or s.bbox.top < 0.35 * page.height][:16]
    if not any(MOTTO.search(fold(s.text)) for s in top):
        return False
    head = read_head(page)
    number = _number(head)
    dated = any((found := head_date(s.text)) and found.month.digits for s in head.place_date)
    return number is not None and bool(number.serial.raw) and dated


def _number(head: Head) -> NumberLine | None:
    return read_number_line(" ".join(s.text for s in head.number)) if head.number else None


def _is_attached(before: list[Sheet], page: Sheet) -> bool:
    """Whether the pages before lead to this one: they name its symbol, enclose something, or lack their end."""
    text = " ".join(fold(s.text) for sheet_before in before for s in sheet_before.spans)
    number = _number(read_head(page))
    if number is not None and number.serial.digits:
        cited = re.compile(rf"(?<!\d)0*{number.serial.digits.lstrip('0')}\s?/\s?\S+")
        if any(skeleton(number.symbol)[:4] in skeleton(match[0]) for match in cited.finditer(text)):
            return True
    if _is_later(read_head(before[0]), read_head(page)) or _is_next_letter(read_head(before[0]), read_head(page)):
        return False
    tail = read_tail(before)
    return _ENCLOSED.search(text) is not None or not (tail.copies or tail.signature)


def _is_later(first: Head, further: Head) -> bool:
    """Whether both dates are plain and the further one is after the letter's."""
    days = [_day(head) for head in (first, further)]
    return days[0] is not None and days[1] is not None and days[1] > days[0]


def _day(head: Head) -> date | None:
    found = head_date(" ".join(s.text for s in head.place_date))
    if found is None or not (found.day.sure and found.month.sure):
        return None
    return calendar_date(found.day.digits, found.month.digits, found.year)


def _is_next_letter(first: Head, further: Head) -> bool:
    """Whether two công văn come from one office: the same letterhead, addressees, no title."""
    if first.title or further.title or not (first.addressees and further.addressees):
        return False
    names = [skeleton(" ".join(s.text for s in head.letterhead)) for head in (first, further)]
    return bool(names[0]) and names[0] == names[1]
