"""Lines of a page as spans: cut where two columns run into one line, specks left out, ordered by height."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

from extractors.vi.dates import head_date
from extractors.vi.names import capacity
from extractors.vi.numbers import is_number_line
from extractors.vi.syllables import valid_share
from extractors.vi.text import fold
from models.document import Evidence, Line, Page
from models.geometry import BBox, enclosing

MOTTO = re.compile(
    r"(?<!nuoc )c[o0]n?g\s?h[oa0]{1,2}a?\s?x[ae]\s?h[o0]i|"
    r"d[o0]c\s?l[aâ]p\s?\W{1,5}\s?t[uư]\s?d[o0]|^\W*dang\s?cong\s?san\s?viet\s?nam\W*$"
)
_ANNEX = re.compile(
    r"^\W{0,3}(?:phu\s?luc|bieu\s?(?:mau|so|\d)|mau\s?(?:so|bieu|\d)|de\s?cuong)\b|"
    r"^\W{0,3}\(?\s?(?:ban hanh\s)?k[eè]m theo\s"
)
_ADDRESS = re.compile(r"\bk[ií1l]nh\s?g[uưử]{1,2}[i1í]\s?:")
_FEW = 3  # wide lines, of which no margin can be told
_MARK = re.compile(r"^\W*(?:hoa toc(?: hen gio)?|thuong khan|khan|toi mat|tuyet mat|mat)\W*$")
_COPIES = re.compile(r"^\W{0,4}n[o0]i\s?nh[a-z]{1,2}n\b")


@dataclass(frozen=True, slots=True)
class Span:
    """A line, or the part of one that stands in one column.

    Attributes:
        page: 1-based.
        line: 0-based on the page.
        start: Half-open span in the line's text.
        end: Half-open span in the line's text.
        text: That part of the text.
        bbox: Its place; None for text input.
        confidence: The reader's.
        origin: The reader's name.
        block: Number of the paragraph or, for text, of the line counted with the blank ones; -1 if not known.
    """

    page: int
    line: int
    start: int
    end: int
    text: str
    bbox: BBox | None
    confidence: float
    origin: str
    block: int = -1

    @property
    def evidence(self) -> Evidence:
        """Where this is, as candidates need it."""
        return Evidence(self.page, self.line, self.start, self.end)

    def part(self, start: int, end: int | None = None) -> Span:
        """The piece from `start` to `end` of this span's text, blanks at its ends cut off; same box."""
        piece = self.text[start:end]
        start += len(piece) - len(piece.lstrip())
        piece = piece.strip()
        begin = self.start + start
        return Span(
            self.page, self.line, begin, begin + len(piece), piece, self.bbox, self.confidence, self.origin, self.block
        )


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page's spans from top to bottom; `left`/`right` are the margins of its running text, in points."""

    number: int
    width: float
    height: float
    left: float
    right: float
    spans: tuple[Span, ...]
    has_boxes: bool


def is_annex_heading(span: Span) -> bool:
    """Whether an annex begins here."""
    return _ANNEX.search(fold(span.text)) is not None


def is_mark(span: Span) -> bool:
    """Whether this is a mark of urgency or secrecy, which may stand anywhere in the head."""
    return _MARK.search(fold(span.text)) is not None


def is_copies_label(span: Span) -> bool:
    """Whether this is the line "Nơi nhận:"."""
    return _COPIES.search(fold(span.text)) is not None


def sheet(page: Page) -> Sheet:
    """A page's lines cut into columns, specks left out, ordered by height."""
    spans = [span for i, line in enumerate(page.lines) for span in _spans(page, i, line)]
    boxes = any(span.bbox is not None for span in spans)
    if boxes:
        spans = list(_by_rows(span for span in spans if not _is_speck(span)))
    wide = sorted(s.bbox.x0 for s in spans if s.bbox is not None and s.bbox.width > 0.55 * page.width)
    ends = sorted(s.bbox.x1 for s in spans if s.bbox is not None and s.bbox.width > 0.55 * page.width)
    left = wide[len(wide) // 3] if wide else 0.12 * page.width
    if len(wide) < _FEW:  # first lines of paragraphs, perhaps: the list at the foot begins at the margin too
        labels = [s.bbox.x0 for s in spans if s.bbox is not None and is_copies_label(s)]
        left = min(left, min(labels, default=left))
    right = ends[2 * len(ends) // 3] if ends else 0.9 * page.width
    return Sheet(page.number, page.width, page.height, left, right, tuple(spans), boxes)


def _spans(page: Page, index: int, line: Line) -> Iterator[Span]:
    origin = "tesseract" if page.text_origin == "ocr" else page.text_origin
    cuts = [0, *_cuts(line), len(line.text)]
    for start, end in pairwise(cuts):
        text = line.text[start:end]
        begin = start + len(text) - len(text.lstrip())
        if text := text.strip():
            box = _box(line, begin, begin + len(text))
            yield Span(page.number, index, begin, begin + len(text), text, box, line.confidence, origin, line.block)


def _cuts(line: Line) -> list[int]:
    """Where the right column of the head begins inside a line that runs across both."""
    folded = fold(line.text)
    if (motto := MOTTO.search(folded)) and motto.start() > 3:
        return [motto.start()]
    if (address := _ADDRESS.search(folded)) and 2 < address.start() < 20 and len(folded) < 90:
        return [address.start()]  # an incoming stamp stands before it
    if is_number_line(line.text) and (found := head_date(line.text)) and found.place:
        at = line.text.rfind(found.place, 0, found.start)
        # The symbol belongs to the number, the capitalised words after it to the place.
        symbol = re.match(r"^\W{0,4}\S+[^/]{0,14}/\s?\S+(?:\s?-\s?[A-ZĐ]\S*)*\s", line.text)
        at = max(at, symbol.end()) if symbol and symbol.end() < found.start else at
        return [at] if at > 3 else []
    return []


def _box(line: Line, start: int, end: int) -> BBox | None:
    if (start, end) == (0, len(line.text)) or not line.words:
        return line.bbox
    at, boxes = 0, []
    for word in line.words:
        found = line.text.find(word.text, at) if word.text else -1
        if found < 0:
            continue
        at = found + len(word.text)
        if found < end and at > start:
            boxes.append(word.bbox)
    return enclosing(boxes) or line.bbox


def _is_speck(span: Span) -> bool:
    letters = sum(c.isalnum() for c in span.text)
    if letters == 0 or (letters <= 2 and span.confidence < 0.9 and not span.text.isdigit()):
        return True
    if span.bbox is not None and span.bbox.height < 4:
        return True
    keeps_its_form = "/" in span.text or is_number_line(span.text) or capacity(span.text) is not None
    return span.confidence < 0.3 and valid_share(span.text) < 0.6 and not keeps_its_form


def _by_rows(spans: Iterable[Span]) -> Iterator[Span]:
    """Top to bottom; spans at the same height from left to right."""
    row: list[Span] = []
    for span in sorted(spans, key=lambda s: s.bbox.y_mid if s.bbox else 0.0):
        if row and not _same_row(row[0], span):
            yield from sorted(row, key=lambda s: s.bbox.x0 if s.bbox else 0.0)
            row = []
        row.append(span)
    yield from sorted(row, key=lambda s: s.bbox.x0 if s.bbox else 0.0)


def _same_row(first: Span, other: Span) -> bool:
    if first.bbox is None or other.bbox is None:
        return False
    return other.bbox.y_mid - first.bbox.y_mid < 0.4 * max(8.0, min(first.bbox.height, other.bbox.height))
