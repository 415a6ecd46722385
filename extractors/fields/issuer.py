"""Cơ quan ban hành: the letterhead with its parent; where it is missing, the symbol with the signature and the body."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.body_names import names_of
from extractors.issuer_in_body import named_by_symbol
from extractors.layout import Layout, layout
from extractors.letterhead_body import BODY_STARTS, body_of_letterhead
from extractors.own_symbols import known_symbols
from extractors.registry import extractor
from extractors.vi import authorities, provinces
from extractors.vi.dates import head_date
from extractors.vi.numbers import read_number_line
from extractors.vi.text import fold
from models.document import Candidate, Document
from models.geometry import enclosing
from models.identifiers import DocumentNumber
from models.letter import IssuingBody

EXAMPLES = {
    "ỦY BAN NHÂN DÂN\nTỈNH KIÊN GIANG\nSố: 325/BC-UBND": ["Ủy ban nhân dân tỉnh Kiên Giang"],
    "UBND TỈNH AN GIANG\nSỞ Y TẾ\nSố: 15/SYT-NVY": ["Sở Y tế tỉnh An Giang"],
    "BỘ TƯ PHÁP\nVĂN PHÒNG\nSố: 935/VP-TCKT": ["Văn phòng Bộ Tư pháp"],
    "BỘ GIÁO DỤC VÀ ĐÀO TẠO\nTRƯỜNG ĐẠI HỌC SÔNG LAM\nSố: 15/QĐ-ĐHSL": ["Trường Đại học Sông Lam"],
    "UBND TỈNH GIA LAI\nSỞ TÀI NGUYÊN VÀ MÔI\nTRƯỜNG\nSố: 9/STNMT-ĐĐ": ["Sở Tài nguyên và Môi trường tỉnh Gia Lai"],
    "CỤC THUẾ\nTHUẾ TỈNH AN GIANG\nSố: 9/AGI-NVDTPC": ["Thuế tỉnh An Giang"],
    "UBND HUYỆN SÔNG LAM\nTRƯỜNG THCS BẾN ĐÒ\nSố: 9/KH-THCSBĐ": ["Trường THCS Bến Đò"],
    "BỘ Y TẾ - BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI\nSố: 9/2007/TTLT-BYT-BLĐTBXH": [
        "Bộ Y tế - Bộ Lao động - Thương binh và Xã hội",
        "Bộ Y tế",
    ],
    "Số: 655/BKHĐT-TH\nHà Nội, ngày 16 tháng 8 năm 2023": ["Bộ Kế hoạch và Đầu tư"],
    "Đây không phải là một văn bản": [],
}
_ONLY_NAMED = 0.6  # of a body that the symbol abbreviates and the text names
_BORNE_OUT = 0.95  # of a body that the symbol stands for and the text names


@extractor("issuer", version=3)
def find(document: Document) -> Iterator[Candidate]:
    """The body of the letterhead; the body that the symbol stands for."""
    parts = layout(document)
    names = names_of(document, parts)
    body = body_of_letterhead(parts.letterhead, names) if parts.letterhead else None
    if body and (parts.number or parts.place_date or BODY_STARTS.match(fold(body.name))):
        where = tuple(span.evidence for span in parts.letterhead)
        raw = " / ".join(span.text for span in parts.letterhead)
        score = min(span.confidence for span in parts.letterhead) * (1.0 if body.authority else 0.85)
        yield Candidate(
            "issuer",
            body,
            raw,
            where,
            round(score, 3),
            parts.letterhead[0].origin,
            enclosing(s.bbox for s in parts.letterhead),
        )
    yield from _from_symbol(document, parts)


def _from_symbol(document: Document, parts: Layout) -> Iterator[Candidate]:
    on = next((date_of for span in parts.place_date if (date_of := head_date(span.text))), None)
    place = on.place if on else None
    province = provinces.find(place) if place else None
    symbols = known_symbols(document, parts)
    for span in parts.number:
        line = read_number_line(span.text)
        if line is None:
            continue
        number = DocumentNumber("1", symbols.repair(line.symbol)[0], line.year, line.party)
        found = authorities.authority_of(number, province=province.name if province else None)
        if found is None and not number.party:
            first = number.symbol.split("-")[0]
            unit = next((a for a in authorities.all_authorities() if a.code == first), None)
            found = unit if unit and _named_in(parts, unit.name) else None
        if found is not None:
            body = IssuingBody(found.name, found.code, None, found.code)
            score = _BORNE_OUT if _named_in(parts, found.name) else 0.7
            yield Candidate("issuer", body, line.symbol, (span.evidence,), score, "symbol", span.bbox)
        elif not parts.letterhead and (named := named_by_symbol(parts, number.symbol)):
            where = (span.evidence, *named.evidence)
            yield Candidate("issuer", IssuingBody(named.name), named.name, where, _ONLY_NAMED, "symbol", span.bbox)


def _named_in(parts: Layout, name: str) -> bool:
    """Whether the body speaks of that unit: a code alone may be a department of somebody else."""
    key = fold(name)
    return any(key in fold(span.text) for span in parts.body)
