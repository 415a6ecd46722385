"""Người liên hệ: persons with a telephone or e-mail for questions about the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.layout import layout
from extractors.registry import extractor
from extractors.running import Running, running
from extractors.vi.names import is_person_name
from extractors.vi.persons import persons
from extractors.vi.text import fold
from models.document import Candidate, Document
from models.letter import Contact

EXAMPLES = {
    "Số: 1/A-B\nKính gửi: Bộ Y tế.\nLiên hệ: đ/c Trần Văn Bình, email: binh@example.vn, điện thoại: 0900.000.001.": [
        "Trần Văn Bình | binh@example.vn | 0900000001"
    ],
    "Số: 1/A-B\nKính gửi: Bộ Y tế.\nThực hiện Công văn số 15/BNV-VP ngày 02/3/2021.": [],
}
# From the beginning of a word only, and no longer than addresses may be: else a megabyte of letters takes hours.
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d/.-])\(?0\d{1,3}\)?(?:[ .-]{0,2}\d{2,4}){2,4}(?![\d/])")
_CUE = re.compile(r"lien he|dien thoai|\bdt\b|\bsdt\b|email|e-mail|thu dien tu|dau moi|lien lac|trao doi")
_REACH = 200  # characters over which a person, a number and an address belong together

_ADDRESSED = re.compile(
    r"\b(?:[Đđ]/c|[Đđ]ồng chí|[Ôô]ng|[Bb]à)\.?\s+(?P<name>(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]+\s){1,3}[A-ZĐÀ-Ỹ][a-zđà-ỹ]+)"
)
_SECOND = 25  # characters between two telephones of one person


@dataclass(slots=True)
class _Gathered:
    """What is said of one contact, as the text is read on."""

    start: int
    end: int
    name: str | None = None
    email: str | None = None
    phone: str | None = None

    def lacks(self, kind: str) -> bool:
        """Whether nothing of that kind is known yet."""
        return getattr(self, kind) is None


@extractor("contacts", version=1)
def find(document: Document) -> Iterator[Candidate]:
    """One candidate per person, or per number and address without one, where the text speaks of contact."""
    text = running(layout(document).body)
    for start, end in _passages(text.text):
        for found in _gather(text.text, start, end):
            yield _candidate(text, found)


def _passages(text: str) -> Iterator[tuple[int, int]]:
    """Stretches around telephones and addresses that a word of contact belongs to, joined where they overlap."""
    folded = fold(text)
    passage: tuple[int, int] | None = None
    for mark in sorted(m.span() for m in (*_EMAIL.finditer(text), *_phones(text))):
        start, end = max(0, mark[0] - _REACH), min(len(text), mark[1] + _REACH // 2)
        if not _CUE.search(folded[start:end]):
            continue
        if passage and start <= passage[1]:
            passage = (passage[0], end)
            continue
        if passage:
            yield passage
        passage = (start, end)
    if passage:
        yield passage


def _gather(text: str, start: int, end: int) -> Iterator[_Gathered]:
    """Contacts of one passage: marks go to the person before them, or to one that follows in the same breath."""
    current: _Gathered | None = None
    for begin, stop, kind, value in _marks(text, start, end):
        if current is not None and not current.lacks(kind) and kind != "name" and begin - current.end < _SECOND:
            continue  # a second telephone of the same person
        if current is not None and (begin - current.end > _REACH or not current.lacks(kind)):
            if current.email or current.phone:
                yield current
            current = None
        if current is None:
            current = _Gathered(begin, stop)
        setattr(current, kind, value)
        current.end = stop
    if current is not None and (current.email or current.phone):
        yield current


def _marks(text: str, start: int, end: int) -> list[tuple[int, int, str, str]]:
    found = [(m.start(), m.end(), "email", m[0].rstrip(".")) for m in _EMAIL.finditer(text, start, end)]
    found += [(m.start(), m.end(), "phone", re.sub(r"\D", "", m[0])) for m in _phones(text) if start <= m.start() < end]
    people = {(start + p.start, start + p.end, "name", p.name) for p in persons(text[start:end])}
    for match in _ADDRESSED.finditer(text, start, end):  # "ông Thạch Bạch Hải": no family name is needed
        overlaps = any(begin < match.end("name") and match.start("name") < stop for begin, stop, _, _ in people)
        if not overlaps and is_person_name(match["name"], surname=False):
            people.add((match.start("name"), match.end("name"), "name", match["name"]))
    found += people
    return sorted(found)


def _phones(text: str) -> Iterator[re.Match[str]]:
    for match in _PHONE.finditer(text):
        if 9 <= len(re.sub(r"\D", "", match[0])) <= 12:
            yield match


def _candidate(text: Running, found: _Gathered) -> Candidate:
    contact = Contact(found.name, found.email, found.phone)
    score = round(text.confidence(found.start) * (1.0 if found.name else 0.6), 3)
    where = text.evidence(found.start, found.end)
    raw = text.text[found.start : found.end]
    return Candidate(
        "contacts", contact, raw, where, score, text.origin(found.start), text.bbox(found.start, found.end)
    )
