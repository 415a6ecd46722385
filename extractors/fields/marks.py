"""Độ khẩn and độ mật: stamps and boxes on the first page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from rapidfuzz.distance import OSA

from extractors.layout import layout
from extractors.registry import extractor
from extractors.vi.text import fold
from models.document import Candidate, Document

EXAMPLES = {
    "HỎA TỐC\nSố: 1/A-B": ["urgency: HỎA TỐC"],
    "Hoả tốc\nSố: 1/A-B": ["urgency: HỎA TỐC"],
    "Số: 1/A-B\n[THƯỢNG KHẨN]": ["urgency: THƯỢNG KHẨN"],
    "Số: 1/A-B\nTỐI MẬT": ["secrecy: TỐI MẬT"],
    "V/v khẩn trương triển khai": [],
    "Kính gửi: Ban Cơ yếu\nMật độ xây dựng": [],
}
_LEVELS = {
    "hoatoc": ("urgency", "HỎA TỐC"), "hoatochengio": ("urgency", "HỎA TỐC"), "thuongkhan": ("urgency", "THƯỢNG KHẨN"),
    "khan": ("urgency", "KHẨN"), "mat": ("secrecy", "MẬT"), "toimat": ("secrecy", "TỐI MẬT"),
    "tuyetmat": ("secrecy", "TUYỆT MẬT"),
}  # fmt: skip
_REGIONS = ("stamp", "urgency", "secrecy", "head")


@extractor("marks", version=1)
def find(document: Document) -> Iterator[Candidate]:
    """Marks of "urgency" and "secrecy": lines of page 1 and further readings that are such a mark and nothing else."""
    first = layout(document).first
    for span in first.spans if first else ():
        if span.bbox is not None and span.bbox.top > 0.5 * (first.height if first else 0):
            break
        if found := _mark(span.text):
            field, level, fit = found
            yield Candidate(field, level, span.text, (span.evidence,), span.confidence * fit, span.origin, span.bbox)
    for reading in document.readings:
        if reading.region in _REGIONS and (found := _mark(reading.text)):
            field, level, fit = found
            yield Candidate(field, level, reading.text, (), reading.confidence * fit, reading.origin, reading.bbox)


def _mark(text: str) -> tuple[str, str, float] | None:
    """Field, level and fit of a line that is a mark; damaged letters are allowed in the longer words only."""
    words = fold(text)
    key = re.sub(r"[^a-z]", "", words)
    if not 3 <= len(key) <= 14 or (text.strip() != text.strip().upper() and key not in ("hoatoc", "thuongkhan")):
        return None
    if key in _LEVELS:
        return (*_LEVELS[key], 1.0)
    for known, level in _LEVELS.items():
        if len(known) >= 6 and abs(len(known) - len(key)) <= 1 and OSA.distance(known, key) <= 1:
            return (*level, 0.8)
    return None
