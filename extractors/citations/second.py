"""Two readers on one citation: agreement makes it sure, a missing part is filled in, a difference is a doubt.

The second reader looked only where the first was unsure (`pipeline/engines/citation_figures.py`). Which of two figures
is right nobody knows from the figures alone: only another mention of the document in the same letter settles it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from rapidfuzz.distance import OSA

from extractors import flow
from extractors.citations import dates, mentions, nouns, own
from extractors.citations.host import Host
from extractors.citations.mentions import Found
from extractors.citations.numbers import find_numbers
from extractors.flow import Flow, unmarked
from extractors.vi.authorities import issuer_code
from extractors.vi.symbols import skeleton
from extractors.vi.text import normalise
from models.document import Document, Line, Reading
from models.geometry import BBox
from models.identifiers import DocumentNumber
from models.letter import Witness

REGION = "citation"
_LEAST = 0.9  # the second reader is not asked for its guesses
_ALONE = 0.8  # a number that only the second reader could make out
_CLEAR, _MARGIN = 0.95, 0.2  # how surely, and how much more surely, a symbol that no list knows must be read
_DOUBT = 0.4  # a number or day on which two readers differ: below what is linked without a look
_LABEL = re.compile(r"^\W*(?:s[o0]?\W{0,2}(?=\S*\d))?", re.IGNORECASE)
_CUT = re.compile(r"so (?P<serial>\d{1,5}[a-z]?)\s?[/|](?:\s?(?P<year>(?:19|20)\d\d)\s?[/|])?")
_AFTER_SYMBOL = re.compile(r"[/\\|]\s?[A-Z0-9]+(?:[.-]\s?[A-Z]\w*)+|[/\\|]\s?[A-Z]\w+")


@dataclass(frozen=True, slots=True)
class _Said:
    """What the second reader says of `text[start:end]` of the flow; the symbol may go on in the next line."""

    start: int
    end: int
    figures: tuple[str, int | None]
    number: DocumentNumber | None
    issued_on: date | None
    reading: Reading

    def witness(self) -> Witness:
        """The number as the second reader has it."""
        serial, year = self.figures
        said = str(self.number) if self.number else f"{serial}/{year}" if year else serial
        return Witness(self.reading.origin, said, self.reading.confidence)


def heard(document: Document, text: Flow, found: Sequence[Found], host: Host) -> list[Found]:
    """The mentions weighed against the second reader, with those that only it could read; in the order of the text."""
    result = list(found)
    for reading in document.readings:
        if reading.region != REGION or reading.confidence < _LEAST or (said := _said(document, text, reading)) is None:
            continue
        at = next((i for i, m in enumerate(result) if said.start - 2 <= m.number_start < said.end), None)
        if at is not None:
            # The words behind those that were read again (the day) are as sure as they were.
            others = [m for i, m in enumerate(result) if i != at]
            result[at] = _weighed(result[at], said, others, _figures_sure(document, text, said.end, result[at].end))
        elif (added := _alone(text, said, host)) is not None:
            result.append(added)
    return sorted(result, key=lambda mention: mention.start)


def _said(document: Document, text: Flow, reading: Reading) -> _Said | None:
    where = _span(document, text, reading)
    words = normalise(reading.text)
    label = _LABEL.match(unmarked(words))
    words = "số " + (words[label.end() :] if label else words)
    plain = unmarked(words)
    hit = next(iter(find_numbers(words, plain)), None)
    if where is None:
        return None
    if hit is not None and hit.number.serial:
        day = dates.AFTER.match(plain, hit.end)
        return _Said(*where, _figures(hit.number), hit.number, dates.read(day) if day else None, reading)
    cut = _CUT.match(plain)
    if cut is None:
        return None
    return _Said(*where, (cut["serial"].lstrip("0"), int(cut["year"]) if cut["year"] else None), None, None, reading)


def _span(document: Document, text: Flow, reading: Reading) -> tuple[int, int] | None:
    """Where the words that were read again stand in the flow."""
    if reading.bbox is None:
        return None
    for piece in text.pieces:
        line = document.page(piece.page).lines[piece.line] if piece.page == reading.page else None
        if line is None or line.bbox is None or not line.bbox.overlap(reading.bbox):
            continue
        spans = [(a, b) for a, b in _inside(line, reading.bbox) if 0 <= a - piece.offset < piece.end - piece.start]
        if spans:
            shift = piece.start - piece.offset
            return spans[0][0] + shift, min(spans[-1][1] + shift, piece.end)
    return None


def _inside(line: Line, box: BBox) -> list[tuple[int, int]]:
    """Spans of the words whose middle lies in the box."""
    found, at = [], 0
    for word in line.words:
        start = line.text.find(word.text, at)
        if start < 0:
            continue
        at = start + len(word.text)
        place = word.bbox
        if place and box.x0 <= place.x_mid <= box.x1 and box.top <= place.y_mid <= box.bottom:
            found.append((start, at))
    return found


def _weighed(mention: Found, said: _Said, others: Sequence[Found], rest: float) -> Found:
    if mention.number is None:
        return mention
    number = mention.number
    seen, own_figures = said.reading.confidence, _figures(mention.number)
    mention = mention._replace(heard=said.witness())
    if own_figures == said.figures and (symbol := _better_symbol(number, mention.sure, said)):
        mention = mention._replace(number=replace(number, symbol=symbol))
    if own_figures != said.figures:
        elsewhere = {_figures(o.number): o.number for o in others if o.number}
        if said.figures in elsewhere and own_figures not in elsewhere:
            # The letter gives the document elsewhere, where both readers had no trouble with it.
            return mention._replace(number=elsewhere[said.figures], sure=max(mention.sure, seen))
        return mention if own_figures in elsewhere else mention._replace(sure=min(mention.sure, _DOUBT))
    if said.issued_on is None:
        return mention._replace(sure=max(mention.sure, min(seen, rest)))
    if mention.issued_on is None:
        end = max(mention.end, said.end)
        return mention._replace(issued_on=said.issued_on, end=end, after=max(mention.after, end), sure=seen)
    return mention._replace(sure=max(mention.sure, seen) if mention.issued_on == said.issued_on else _DOUBT)


def _better_symbol(one: DocumentNumber, sure: float, said: _Said) -> str | None:
    """The second reader's symbol where the first's is nobody's: a listed body's, or one read much more surely.

    The second reader drops marks, so it is not asked about symbols that may have any.
    """
    other = said.number
    if other is None or one.symbol == other.symbol or issuer_code(one):
        return None
    if issuer_code(other):
        return other.symbol
    plain = one.symbol.isascii() and other.symbol.isascii()
    surer = said.reading.confidence >= _CLEAR and sure <= said.reading.confidence - _MARGIN
    return other.symbol if plain and surer and OSA.distance(one.symbol, other.symbol) == 1 else None


def _figures_sure(document: Document, text: Flow, start: int, end: int) -> float:
    """The least confidence of the words with figures between two offsets of the flow; 1.0 where there are none."""
    where = text.evidence(start, end) if start < end else ()
    said = (word for item in where for word in flow.words(document.line(item), item))
    return min((word.confidence for word in said if any(map(str.isdigit, word.text))), default=1.0)


def _holds(serial: str, figures: Sequence[str]) -> bool:
    """Whether every figure that the first reader made out is in the serial, in that order."""
    rest = iter(serial)
    return bool(figures) and all(figure in rest for figure in figures)


def _figures(number: DocumentNumber) -> tuple[str, int | None]:
    return number.serial.lstrip("0"), number.year


def _alone(text: Flow, said: _Said, host: Host) -> Found | None:
    """A document whose number the first reader could not make out in full; what it did must be part of the second's."""
    floor = text.paragraph(said.start)[0]
    noun = nouns.before(text.plain, said.start, floor)
    read = text.text[said.start : said.end]
    if said.number is None or noun is None or not noun.capital:
        return None
    if skeleton(said.number.symbol) not in skeleton(read):
        return None
    if not _holds(said.number.serial, re.findall(r"\d", re.split(r"[/\\|](?=\D|\d{4}\b)", read[1:])[0])):
        return None
    symbol = _AFTER_SYMBOL.search(text.plain, said.start, said.end)
    end = symbol.end() if symbol else said.end
    mention = Found(
        said.number, noun.start, said.start, end, end, _ALONE, noun.code, True,
        sure=said.reading.confidence, read=text.text[said.start : end], heard=said.witness(),
    )  # fmt: skip
    mention = mentions.completed(text, mention, noun, floor, host)
    if said.issued_on is not None and mention.issued_on != said.issued_on:
        last = max(said.end, mention.end)
        mention = mention._replace(issued_on=said.issued_on, end=last, after=max(mention.after, last))
        mention = mentions.completed(text, mention, noun, floor, host)
    return None if own.is_own(text, mention, host) else mention
