"""Số, ký hiệu: the number line under the letterhead, every reader's reading of it, and its recap in annexes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.layout import Layout, Span, layout
from extractors.own_symbols import Symbols, known_symbols
from extractors.registry import extractor
from extractors.vi.numbers import NumberLine, read_number_line
from extractors.vi.text import fold, normalise
from models.document import Candidate, Document, Evidence, Reading
from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber

EXAMPLES = {
    "SỞ Y TẾ\nSố: 1234/SYT-NVY\nHà Nội, ngày 02 tháng 3 năm 2021": ["symbol: SYT-NVY", "1234/SYT-NVY"],
    "Số: 1 7 6 /QĐ-UBND\nHà Nội, ngày 02 tháng 3 năm 2021": ["symbol: QĐ-UBND", "176/QĐ-UBND"],
    "Số:05/2021/QĐ-UBND\nHà Nội, ngày 02 tháng 3 năm 2021": ["symbol: QĐ-UBND", "05/2021/QĐ-UBND"],
    "Số 198-KL/TW\nHà Nội, ngày 02 tháng 3 năm 2021": ["symbol: KL/TW", "198-KL/TW"],
    "Số:      /TTr-UBND\nHà Nội, ngày    tháng 3 năm 2021": ["symbol: TTr-UBND", "/TTr-UBND"],
    "Số: 655/BTTT-KHTC\nHà Nội, ngày 02 tháng 3 năm 2021": ["symbol: BTTTT-KHTC", "655/BTTTT-KHTC"],
    "Căn cứ Quyết định số 15/QĐ-BNV ngày 01/02/2020": [],
}
_RECAP = re.compile(
    r"k[eè]m theo\s+(?P<noun>[a-z ]{2,22}?)(?:\s+s[o0]\s?\.?\s?[:.]?\s*|\s+(?=\d))"
    r"(?P<number>[^\s,;()]{0,9}\s{0,2}/\s?[^\s,;()]+(?:\s?-\s?[a-z]+)?)"
)
_DOTTED = re.compile(r"[\s:]*(?:…|\.{3,}|_{3,})[\s.…_]*")  # the line of a form that waits for figures
# The second reader has no Đ and takes some capitals for the small letters of the same shape: "Qd-dHNL", "- cV/BTG".
_SMALL = re.compile(r"(?<=[-/\s])[dcosuvwxz](?=[A-ZĐ\d])")
# What shines through or stands beside is read on as small letters: "TB-TAop".
_TRAIL = re.compile(r"(?<=[A-ZĐ]{2})[a-z]{2,}\W*$")
_GUESS = 0.35  # of a reading in which letters had to be taken for figures
_WHOLE_HEAD = 0.8  # a line found by searching the head, not by its place


@extractor("number", version=4)
def find(document: Document) -> Iterator[Candidate]:
    """Per reading of the number line a "number" and a "symbol"; "serial" for bare figures; "recap" in annexes."""
    parts = layout(document)
    symbols = known_symbols(document, parts)
    if parts.number:
        yield from _printed(document, parts.number, symbols)
    for reading in document.readings:
        yield from _reread(reading, symbols)
    yield from _recaps(parts, symbols)


def _printed(document: Document, spans: tuple[Span, ...], symbols: Symbols) -> Iterator[Candidate]:
    text = normalise(" ".join(span.text for span in spans))
    line = read_number_line(text)
    if line is None:
        return
    evidence = tuple(span.evidence for span in spans)
    certainty = _serial_confidence(document, spans, line)
    number, fit = _number(line, symbols)
    if number is None:
        return
    origin, box = spans[0].origin, spans[0].bbox
    yield Candidate("symbol", number.symbol, line.symbol, evidence, round(spans[0].confidence * fit, 3), origin, box)
    if (
        number.serial or not line.serial.raw or _DOTTED.fullmatch(line.serial.raw)
    ):  # a blank serial is one thing, an unreadable one another
        score = certainty * (1.0 if line.serial.sure else _GUESS)
        yield Candidate("number", number, text, evidence, round(score, 3), origin, box)


def _serial_confidence(document: Document, spans: tuple[Span, ...], line: NumberLine) -> float:
    """The reader's certainty of the words that hold the serial, not of the whole line."""
    words = [w for span in spans for w in document.line(span.evidence).words]
    marks = [w.confidence for w in words if any(c.isdigit() for c in w.text.split("/")[0])]
    return min(marks, default=spans[0].confidence)


def _number(line: NumberLine, symbols: Symbols) -> tuple[DocumentNumber | None, float]:
    symbol, fit = symbols.repair(line.symbol)
    serial = line.serial.digits
    try:
        whole = (
            f"{serial}-{symbol}"
            if line.party
            else f"{serial} {symbol}"
            if line.spaced
            else f"{serial}/{line.year}/{symbol}"
            if line.year
            else f"{serial}/{symbol}"
        )
        return DocumentNumber.parse(whole), fit
    except InvalidDocumentNumber:
        return None, 0.0


def _reread(reading: Reading, symbols: Symbols) -> Iterator[Candidate]:
    if reading.region not in ("number", "head", "serial"):
        return
    text = normalise(reading.text)
    where = reading.bbox
    if reading.region != "head" and re.fullmatch(r"\W*\d{1,6}[a-zđ]?\W*", text):
        yield Candidate("serial", re.sub(r"\W", "", text), text, (), reading.confidence, reading.origin, where)
        return
    line = read_number_line(_in_capitals(text) if reading.origin == "paddle" else text)
    if line is None or (reading.region == "head" and not re.match(r"^\W{0,3}[sS]", text)):
        return
    number, fit = _number(line, symbols)
    if number is None or (fit < 0.5 and reading.region == "head"):
        return
    place = _WHOLE_HEAD if reading.region == "head" else 1.0
    sure = 1.0 if line.serial.sure else _GUESS
    if number.serial:
        yield Candidate("number", number, text, (), round(reading.confidence * place * sure, 3), reading.origin, where)
    yield Candidate(
        "symbol",
        number.symbol,
        line.symbol,
        (),
        round(0.7 * reading.confidence * place * fit, 3),
        reading.origin,
        where,
    )


def _in_capitals(text: str) -> str:
    """The number line with small letters that stand where a part of the symbol begins made capitals."""
    text = re.sub(r"(?<=[A-ZĐ]{2})d\b", "D", text)
    return _TRAIL.sub("", _SMALL.sub(lambda match: "Đ" if match[0] == "d" else match[0].upper(), text))


def _recaps(parts: Layout, symbols: Symbols) -> Iterator[Candidate]:
    """What "(Kèm theo Quyết định số … của …)" at the head of an annex repeats of the letter's own number."""
    for span in parts.annexes:
        match = _RECAP.search(fold(span.text))
        if match is None:
            continue
        line = read_number_line(span.text[match.start("number") : match.end("number")])
        if line is None or not line.serial.raw:
            continue
        number, fit = _number(line, symbols)
        if number is None or fit < 0.5:
            continue
        where = Evidence(span.page, span.line, span.start + match.start("number"), span.start + match.end("number"))
        score = span.confidence * (1.0 if line.serial.sure else _GUESS)
        yield Candidate("recap", number, span.text, (where,), round(score, 3), "recap", span.bbox)
