"""Thời hạn: dates by which the addressee must act; days of events and of cited documents are none."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date

from extractors.layout import layout
from extractors.registry import extractor
from extractors.running import running
from extractors.vi.dates import calendar_date, find_dates, head_date
from extractors.vi.text import fold
from models.document import Candidate, Document

EXAMPLES = {
    "Số: 1/A-B\nHà Nội, ngày 01 tháng 8 năm 2024\nKính gửi: Bộ Y tế.\nGửi báo cáo trước ngày 24/8/2024 để tổng hợp.": [
        "2024-08-24"
    ],
    "Số: 1/A-B\nHà Nội, ngày 01 tháng 8 năm 2024\nKính gửi: Bộ Y tế.\nGửi báo cáo chậm nhất là 16 giờ ngày 20/8.": [
        "2024-08-20"
    ],
    "Số: 1/A-B\nHà Nội, ngày 01 tháng 8 năm 2024\nKính gửi: Bộ Y tế.\nHội nghị khai mạc ngày 24/8/2024.": [],
    "Số: 1/A-B\nHà Nội, ngày 01 tháng 8 năm 2024\nKính gửi: Bộ Y tế.\nThời hạn nhận hồ sơ: từ 8 giờ ngày 05/8/2024 "
    "đến trước 17 giờ ngày 15/8/2024; hoàn thành việc đăng ký chậm nhất đến hết ngày 20/8/2024.": [
        "2024-08-15",
        "2024-08-20",
    ],
    "Số: 1/A-B\nHà Nội, ngày 01 tháng 8 năm 2024\nKính gửi: Bộ Y tế.\nÁp dụng với hồ sơ nộp trước ngày 24/8/2020.": [],
}
_CUE = re.compile(
    r"(?:\btruoc|\bcham nhat|\bmuon nhat|\bhan cuoi|\bhan chot|\bthoi han|\bhan nop|\bden het|"
    r"\bhet|\bkhong qua|\bhan dang ky)\b"
)
_BETWEEN = re.compile(r"[^.;!?]{0,60}")
# Read with its marks: "ký" (signed) is not "kỹ thuật".
_BINDS_WHAT_WAS = re.compile(
    r"\b(?:sinh(?=\s+$)|ban hành|(?<!đăng )ký|tuyển dụng|đã|phát sinh|tồn tại|hiệu lực|được cấp)\s+(?:\w+\s){0,2}$",
    re.IGNORECASE,
)
_LATE = 400  # days after the letter's date within which a term makes sense


@extractor("deadlines", version=3)
def find(document: Document) -> Iterator[Candidate]:
    """One candidate per date with a word of term before it, in order; a missing year is that of the letter."""
    parts = layout(document)
    issued = _issued(document)
    text = running(parts.body)
    folded = fold(text.text)
    for found in find_dates(text.text):
        begin = max(0, found.start - 90)
        cue = _nearest_cue(folded[begin : found.start])
        if cue is None:
            continue
        if _BINDS_WHAT_WAS.search(text.text[begin : begin + cue.start()]):
            continue
        year = found.year or (issued[0].year if issued else None)
        day = calendar_date(str(found.day), str(found.month), year) if year else None
        if day is None or (issued and not any(0 <= (day - on).days <= _LATE for on in issued)):
            continue
        raw = text.text[found.start : found.end]
        where = text.evidence(found.start, found.end)
        score = text.confidence(found.start) * (1.0 if found.year else 0.8)
        yield Candidate(
            "deadlines", day, raw, where, round(score, 3), text.origin(found.start), text.bbox(found.start, found.end)
        )


def _nearest_cue(before: str) -> re.Match[str] | None:
    """The last word of term in `before` that the date after it belongs to."""
    cues = list(_CUE.finditer(before))
    cue = cues[-1] if cues else None
    if cue is None or not _BETWEEN.fullmatch(before, cue.end()) or _another_date(before[cue.end() :]):
        return None
    return cue


def _another_date(between: str) -> bool:
    # "Thời hạn: từ 8 giờ ngày … đến …" gives the day on which something opens first.
    return (
        re.search(r"\d{1,2}\s?[/-]\s?\d{1,2}|\bcua\b|\bso\b|\bcan cu\b|\b(?:ke )?tu\b[^,]{0,24}$", between) is not None
    )


def _issued(document: Document) -> tuple[date, ...]:
    """The letter's date as its readings give it, each once, the commonest first: one of them may be misread.

    Where no reading gives the day it is the first of the month.
    """
    texts = [" ".join(span.text for span in layout(document).place_date)]
    texts += [reading.text for reading in document.readings if reading.region == "place_date"]
    found = [head for head in map(head_date, texts) if head is not None]
    sure = [calendar_date(head.day.digits, head.month.digits, head.year) for head in found if head.day.sure]
    if not any(sure):
        sure = [calendar_date("1", head.month.digits, head.year) for head in found]
    return tuple(day for day, _ in Counter(filter(None, sure)).most_common())
