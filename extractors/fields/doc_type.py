"""Tên loại: the title over the subject, the first part of the symbol, or neither (công văn)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.layout import layout
from extractors.registry import extractor
from extractors.vi.document_types import by_code, by_title, title_prefix
from extractors.vi.numbers import read_number_line
from models.document import Candidate, Document, Evidence
from models.geometry import BBox

EXAMPLES = {
    "Số: 15/QĐ-BNV\nHà Nội, ngày 02 tháng 3 năm 2021\nQUYẾT ĐỊNH\nVề việc cử cán bộ": ["QĐ", "QĐ"],
    "Số: 15/BNV-VP\nV/v cử cán bộ\nHà Nội, ngày 02 tháng 3 năm 2021\nKính gửi: Bộ Y tế": ["CV"],
    "Số: 15/KH-SYT\nHà Nội, ngày 02 tháng 3 năm 2021\nKÉ HOẠCH\nKhám sức khỏe": ["KH", "KH"],
    "Đây không phải là một văn bản": [],
}


@extractor("doc_type", version=1)
def find(document: Document) -> Iterator[Candidate]:
    """The kind by title, by symbol, and công văn where a letter has a V/v or addressees but no title."""
    parts = layout(document)
    for span in parts.title:
        prefix = title_prefix(span.text)
        if kind := by_title(span.text) or (prefix[0] if prefix else None):
            yield Candidate("doc_type", kind.code, span.text, (span.evidence,), span.confidence, span.origin, span.bbox)
    symbol = _symbol_kind(document)
    if symbol:
        yield symbol
    if not parts.title and parts.subject:
        span = parts.subject[0]
        if re.match(r"^\W{0,3}[vV]\W?", span.text) or parts.addressees:
            yield Candidate("doc_type", "CV", span.text, (span.evidence,), 0.9, span.origin, span.bbox)


def _symbol_kind(document: Document) -> Candidate | None:
    """The kind that the number line's symbol begins with; the first reading that has one."""
    spans = layout(document).number
    readings: list[tuple[str, tuple[Evidence, ...], BBox | None]] = [(s.text, (s.evidence,), s.bbox) for s in spans]
    readings += [(r.text, (), r.bbox) for r in document.readings if r.region == "number"]
    for text, where, box in readings:
        line = read_number_line(text)
        if line is None:
            continue
        first = re.split(r"[-/]", line.symbol)[0]
        kind = by_code(first)
        if kind and (line.party or "-" in line.symbol):
            return Candidate("doc_type", kind.code, line.symbol, where, 0.85, "symbol", box)
    return None
