"""Ngày ban hành and địa danh: the place-date line, as each reader reads it; signing times as an upper bound."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.layout import Span, layout
from extractors.layout_head import is_place_date
from extractors.registry import extractor
from extractors.vi import provinces
from extractors.vi.dates import HeadDate, Slot, calendar_date, full_dates, head_date, slot
from extractors.vi.text import fold, normalise
from models.document import Candidate, Document, Evidence, Reading
from models.geometry import BBox

EXAMPLES = {
    "Số: 15/QĐ-BNV\nHà Nội, ngày 02 tháng 3 năm 2021": ["2021-03-02", "place: Hà Nội"],
    "Số: 15/QĐ-BNV\nKiên Giang, ngày 7/04/2021": ["2021-04-07", "place: Kiên Giang"],
    "Số: 15/QĐ-BNV\nCân Thơ, ngày 1 6 tháng 0 4 năm 2024": ["2024-04-16", "place: Cần Thơ"],
    "Số: 15/QĐ-BNV\nHà Nội, ngày    tháng 3 năm 2021": ["place: Hà Nội"],
    "Số:     /BNV-VP\nHà Nội, ngày\nKính gửi: Bộ Y tế\nĐề nghị gửi báo cáo\ntrước ngày 28/11/2019.": [],
    "Thực hiện Công văn số 15/BNV-VP ngày 02 tháng 3 năm 2021 của Bộ Nội vụ": [],
}
_GUESS = 0.35  # of a figure for which a letter had to be taken
_NO_MARKS = 0.6
_AFTER_DATE = 25  # characters that specks beside the place-date line may make
_NEXT_WORD = re.compile(r"(?<=\d)\s*(?:th|n[aăǎ])\w*\W*$")  # "tháng" or "năm" at the edge of the cut
_SIGNED = re.compile(r"thoi gian ky|ngay ky\s?:")
_FACES = ("day", "month")
_KIND_OF_PLACE = re.compile(r"(?:thành phố|tỉnh|thủ đô|tp\.?)\s*", re.IGNORECASE)


@extractor("date", version=2)
def find(document: Document) -> Iterator[Candidate]:
    """Per reading a whole "date" and its "day", "month", "year"; "place"; "not_after" from signatures."""
    spans = layout(document).place_date
    text = " ".join(span.text for span in spans)
    if found := head_date(text):
        where = tuple(span.evidence for span in spans)
        score = min(_words_confidence(document, span) for span in spans)
        yield from _candidates(found, text, where, score, spans[0].origin, spans[0].bbox)
        if place := _place(found.place):
            first = spans[0]
            yield Candidate("place", place, found.place, (first.evidence,), first.confidence, first.origin, first.bbox)
    yield from _stamped_times(document)
    for reading in document.readings:
        yield from _from_reading(reading)


def _stamped_times(document: Document) -> Iterator[Candidate]:
    """A signing time that was scanned or printed with the page."""
    first = layout(document).first
    for span in first.spans if first else ():
        if _SIGNED.search(fold(span.text)):
            for day in full_dates(span.text):
                yield Candidate("not_after", day, span.text, (span.evidence,), span.confidence, "signature", span.bbox)


def _words_confidence(document: Document, span: Span) -> float:
    line = document.line(span.evidence)
    marks = [w.confidence for w in line.words if any(c.isdigit() for c in w.text)]
    return min(marks, default=line.confidence)


def _candidates(
    found: HeadDate, raw: str, where: tuple[Evidence, ...], score: float, origin: str, box: BBox | None
) -> Iterator[Candidate]:
    sure = found.day.sure and found.month.sure
    day = calendar_date(found.day.digits, found.month.digits, found.year)
    if day is not None:
        yield Candidate("date", day, raw, where, round(score * (1.0 if sure else _GUESS), 3), origin, box)
    for name, face in zip(_FACES, (found.day, found.month), strict=True):
        if face.raw:
            yield _figure(name, face, where, score, origin, box)
    yield Candidate("year", str(found.year), raw, where, round(score, 3), origin, box)


def _figure(
    name: str, face: Slot, where: tuple[Evidence, ...], score: float, origin: str, box: BBox | None
) -> Candidate:
    return Candidate(name, face.digits, face.raw, where, round(score * (1.0 if face.sure else _GUESS), 5), origin, box)


def _place(text: str) -> str | None:
    """The place as printed; a province's name gets the marks that the reader lost."""
    text = text.strip(" ,.;")
    if len(text) < 2 or not any(c.isalpha() for c in text):
        return None
    known = provinces.find(text)
    if known and fold(known.name) == fold(text):
        return known.name
    kind = _KIND_OF_PLACE.match(text)
    if known and kind and fold(known.name) == fold(text[kind.end() :]):
        return f"{kind[0]}{known.name}"
    return text


def _from_reading(reading: Reading) -> Iterator[Candidate]:
    text = normalise(reading.text)
    if reading.region == "signing_time":
        for day in full_dates(text):
            yield Candidate("not_after", day, text, (), reading.confidence, reading.origin, reading.bbox)
    elif reading.region in _FACES:
        face = slot(_NEXT_WORD.sub("", text))
        if 1 <= len(face.digits) <= 2:
            yield _figure(reading.region, face, (), reading.confidence, reading.origin, reading.bbox)
    elif reading.region in ("place_date", "head") and (found := head_date(text)):
        if (reading.region == "head" and not is_place_date(text)) or len(text) - found.end > _AFTER_DATE:
            return  # a day that a sentence of the body names
        if (known := provinces.find(found.place)) and fold(known.name) == fold(found.place):
            # This reader lacks most marks: only a name from the list can be believed.
            yield Candidate(
                "place", known.name, found.place, (), _NO_MARKS * reading.confidence, reading.origin, reading.bbox
            )
        yield from _candidates(found, text, (), reading.confidence, reading.origin, reading.bbox)
