"""Người liên hệ: persons with a telephone or e-mail for questions about the letter."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.layout import layout
from extractors.registry import extractor
from extractors.running import Running, running
from extractors.vi.names import is_person_name, strip_degrees
from extractors.vi.text import fold
from models.document import Candidate, Document
from models.letter import Contact

EXAMPLES = {
    "Số: 1/A-B\nKính gửi: Bộ Y tế.\nLiên hệ: đ/c Trần Văn Bình, email: binh@example.vn, điện thoại: 0900.000.001.": [
        "Trần Văn Bình | binh@example.vn | 0900000001"
    ],
    "Số: 1/A-B\nKính gửi: Bộ Y tế.\nThực hiện Công văn số 15/BNV-VP ngày 02/3/2021.": [],
}
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_PHONE = re.compile(r"(?<![\d/.-])\(?0\d{1,3}\)?(?:[ .-]?\d{2,4}){2,4}(?![\d/])")
_CUE = re.compile(r"lien he|dien thoai|\bdt\b|\bsdt\b|email|e-mail|thu dien tu|dau moi|lien lac|trao doi")
_NAME = re.compile(r"(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]+\s){1,4}[A-ZĐÀ-Ỹ][a-zđà-ỹ]+")
_ADDRESSED = re.compile(
    r"(?:d/c|dong chi|ong|ba|anh|chi|bs|bac si|cn|ths|ks|ds|ts|chuyen vien|gap)\W{0,3}(?:ck[i1l]+\W{0,3})?$"
)
_REACH = 220  # characters over which a name and a number belong together


@extractor("contacts", version=1)
def find(document: Document) -> Iterator[Candidate]:
    """One candidate per person, or per number and address without one, where the text speaks of contact."""
    text = running(layout(document).body)
    folded = fold(text.text)
    last_end = 0
    for start, end in _groups(text.text):
        before = folded[max(last_end, start - _REACH) : start]
        if not _CUE.search(folded[max(0, start - _REACH) : end]):
            continue
        name = _person(text.text, folded, max(last_end, start - _REACH), start)
        contact = _contact(text.text[start:end], name[2] if name else None)
        begin = name[0] if name else start
        last_end = end
        if (contact.phone is None and contact.email is None) or (name is None and not before):
            continue
        yield _candidate(text, contact, begin, end)


def _candidate(text: Running, contact: Contact, start: int, end: int) -> Candidate:
    score = round(text.confidence(start) * (1.0 if contact.name else 0.6), 3)
    where = text.evidence(start, end)
    return Candidate("contacts", contact, text.text[start:end], where, score, text.origin(start), text.bbox(start, end))


def _groups(text: str) -> Iterator[tuple[int, int]]:
    """Stretches with telephones and addresses of one person: no other name and no new sentence between them."""
    marks = sorted([m.span() for m in _EMAIL.finditer(text)] + [m.span() for m in _phones(text)])
    group: tuple[int, int] | None = None
    for start, end in marks:
        if (
            group
            and start - group[1] < 60
            and not _NAME.search(text[group[1] : start])
            and not _ends(text[group[1] : start])
        ):
            group = (group[0], end)
            continue
        if group:
            yield group
        group = (start, end)
    if group:
        yield group


def _ends(between: str) -> bool:
    return re.search(r"[.;]\s+[-A-ZĐ]", between) is not None


def _phones(text: str) -> Iterator[re.Match[str]]:
    for match in _PHONE.finditer(text):
        if 9 <= len(re.sub(r"\D", "", match[0])) <= 12:
            yield match


def _person(text: str, folded: str, start: int, end: int) -> tuple[int, int, str] | None:
    """The last name before the number that is addressed as a person or carries a family name."""
    best = None
    for match in _NAME.finditer(text, start, end):
        name = strip_degrees(match[0])
        words = name.split()
        while len(words) > 2 and not is_person_name(" ".join(words)):
            words.pop()
        addressed = _ADDRESSED.search(folded[max(0, match.start() - 16) : match.start()])
        if is_person_name(" ".join(words), surname=not addressed):
            best = (match.start(), match.end(), " ".join(words))
    return best


def _contact(text: str, name: str | None) -> Contact:
    email = _EMAIL.search(text)
    phone = next(_phones(text), None)
    return Contact(name, email[0].rstrip(".") if email else None, re.sub(r"\D", "", phone[0]) if phone else None)
