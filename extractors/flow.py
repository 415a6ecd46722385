"""The running text of a letter: lines joined into paragraphs over line and page ends, every character traceable.

Columns, table cells and the signature block beside Nơi nhận stay apart, page numbers are left out.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from statistics import median

import numpy as np

from models.document import Document, Evidence, Line, Page, Word
from models.geometry import BBox, enclosing


def _bare_char(code: int) -> str:
    bare = unicodedata.normalize("NFD", chr(code))[0]
    return {"đ": "d", "Đ": "D"}.get(bare, bare)


_BARE = {
    code: bare
    for span in ((0xC0, 0x250), (0x1E00, 0x1F00))
    for code in range(*span)
    if (bare := _bare_char(code)) != chr(code)
} | {ord("Ð"): "D", ord("ð"): "d"}


# The same as a table over UTF-16 units: `str.translate` is ten times slower on a letter's text.
_UNITS = np.arange(0x10000, dtype="<u2")
for _code, _bare in _BARE.items():
    _UNITS[_code] = ord(_bare)


def unmarked(text: str) -> str:
    """`text` without marks but with its case, exactly as long: what the finders' patterns run on."""
    if len(text) < 500:
        return text.translate(_BARE)
    units = np.frombuffer(text.encode("utf-16-le", "surrogatepass"), dtype="<u2")
    plain: str = _UNITS[units].tobytes().decode("utf-16-le", "surrogatepass")
    return plain


@dataclass(frozen=True, slots=True)
class Piece:
    """`text[start:end]` of the flow is `lines[line].text[offset:...]` of page `page`."""

    start: int
    end: int
    page: int
    line: int
    offset: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The text of a letter; paragraphs end with a newline, every other joint is a space or nothing.

    Attributes:
        text: As read.
        plain: The same without marks, same length.
        pieces: In order; what is between them are joints.
    """

    text: str
    plain: str
    pieces: tuple[Piece, ...]

    def evidence(self, start: int, end: int) -> tuple[Evidence, ...]:
        """Where `text[start:end]` was read, one item per line; joints belong to no line."""
        result = []
        first = max(bisect_right(self.pieces, start, key=lambda p: p.start) - 1, 0)
        for piece in self.pieces[first:]:
            if piece.start >= end:
                break
            a, b = max(start, piece.start), min(end, piece.end)
            if a < b:
                result.append(
                    Evidence(piece.page, piece.line, piece.offset + a - piece.start, piece.offset + b - piece.start)
                )
        return tuple(result)

    def paragraph(self, at: int) -> tuple[int, int]:
        """Start and end of the paragraph that holds offset `at`."""
        end = self.text.find("\n", at)
        return self.text.rfind("\n", 0, at) + 1, len(self.text) if end < 0 else end


def box(document: Document, evidence: Iterable[Evidence]) -> BBox | None:
    """The box around the words that `evidence` touches, on the page of its first item; None for text input."""
    items = list(evidence)
    return enclosing(_span_box(document.line(item), item) for item in items if item.page == items[0].page)


def confidence(line: Line, span: Evidence) -> float:
    """The lowest confidence of the words that `span` touches; the line's own where it has no words."""
    return min((word.confidence for word in words(line, span)), default=line.confidence)


def _span_box(line: Line, span: Evidence) -> BBox | None:
    return enclosing(word.bbox for word in words(line, span)) or line.bbox


def words(line: Line, span: Evidence) -> Iterator[Word]:
    """The words of `line` that `span` touches, left to right."""
    at = 0
    for word in line.words:
        found = line.text.find(word.text, at)
        if found < 0:
            continue
        at = found + len(word.text)
        if found < span.end and at > span.start:
            yield word


def build(document: Document) -> Flow:
    """The flow of a document's pages in reading order."""
    paragraphs: list[_Paragraph] = []
    above: list[_Paragraph] = []
    for page in document.pages:
        here = _paragraphs(page)
        _join_pages(above, here)
        paragraphs += (p for p in here if not p.joined)
        above = [p.root for p in here] or above
    return _flow(paragraphs)


@dataclass(slots=True)
class _Paragraph:
    """Lines that belong together, as (page, index, line), while a page is put in order."""

    items: list[tuple[Page, int, Line]] = field(default_factory=list)
    joined: _Paragraph | None = None

    @property
    def root(self) -> _Paragraph:
        return self.joined.root if self.joined else self

    @property
    def last(self) -> Line:
        return self.items[-1][2]


_PAGE_NUMBER = re.compile(r"\W{0,3}(?:trang\s*)?\d{1,3}(?:\s*/\s*\d{1,3})?\W{0,3}", re.IGNORECASE)
_OPENER = re.compile(
    r"(?:[-+•*~]+\s|\d{1,2}[.)]\s|[a-zđ]\)\s|[IVX]+\.\s"
    r"|(?:Căn cứ|Trên cơ sở|Điều \d+|Xét |Theo đề nghị|Kính gửi|Nơi nhận|Phụ lục))"
)
_LEFT_OPEN = re.compile(
    r"(?:[/(,]|\w-|\b(?:so|ngay|thang|nam|cua|va|cac|tai|theo|ban|bo|uy|ve|viec|dinh|quyet|nghi|thong|tu|van|to"
    r"|can cu|thuc hien|trien khai|thi hanh|quan triet|tra loi|phuc dap|tiep theo|huong dan|bai bo|huy bo|thay the"
    r"|dinh chinh|bo sung|sua doi|kem theo|xet))\s*$",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W\d_]{2,}")
_ENDS = (";", ":", ".", "./.", "!", "?")


def _paragraphs(page: Page) -> list[_Paragraph]:
    lines = [(i, line) for i, line in enumerate(page.lines) if line.text and not _is_page_number(page, i)]
    if any(line.bbox for _, line in lines):
        return _Layout(page, lines).paragraphs()
    return _plain_paragraphs(page, lines)


def _is_page_number(page: Page, index: int) -> bool:
    line = page.lines[index]
    if line.bbox is None or not _PAGE_NUMBER.fullmatch(line.text):
        return False
    if line.bbox.top < page.height * 0.1 or line.bbox.bottom > page.height * 0.92:
        return True
    others = [o.bbox for k, o in enumerate(page.lines) if k != index and o.bbox and len(o.text) > 8]
    return all(o.bottom < line.bbox.top for o in others) or all(o.top > line.bbox.bottom for o in others)


def _plain_paragraphs(page: Page, lines: list[tuple[int, Line]]) -> list[_Paragraph]:
    """Text input: a blank line or a table cell ends a paragraph; a line that looks wrapped goes on."""
    result: list[_Paragraph] = []
    for i, line in lines:
        last = result[-1].last if result else None
        wrapped = last is not None and line.block == last.block + 1
        if wrapped and last is not None and _goes_on(last.text, line.text, full=len(last.text) > 60):
            result[-1].items.append((page, i, line))
        else:
            result.append(_Paragraph([(page, i, line)]))
    return result


def _goes_on(above: str, below: str, *, full: bool) -> bool:
    """Whether a line's text continues the line above; `full`: the upper line had no room for more."""
    if _OPENER.match(below) and not (full and re.search(r"/[A-ZĐ]+$", above)):
        return False
    if below[0].islower() or _LEFT_OPEN.search(unmarked(above[-12:])):
        return True
    return full and not above.endswith(_ENDS)


class _Layout:
    """One page with boxes: lines chained downwards within their column."""

    def __init__(self, page: Page, lines: list[tuple[int, Line]]) -> None:
        self.page = page
        self.lines = [(i, line, line.bbox) for i, line in lines if line.bbox]
        self.height = median(b.height for _, _, b in self.lines)
        wide = [b for _, _, b in self.lines if b.width > page.width * 0.5]
        self.left = min((b.x0 for b in wide), default=0.0)
        self.right = max((b.x1 for b in wide), default=page.width)

    def paragraphs(self) -> list[_Paragraph]:
        """In the order of their first lines."""
        result: list[_Paragraph] = []
        for k, (i, line, bbox) in enumerate(self.lines):
            above = self._above(result, bbox)
            if above is not None and not self._splits(above, k) and self._continues(above, line, bbox):
                above.items.append((self.page, i, line))
            else:
                result.append(_Paragraph([(self.page, i, line)]))
        return result

    def _above(self, paragraphs: list[_Paragraph], bbox: BBox) -> _Paragraph | None:
        """The paragraph that ends nearest above, in the same column."""
        best: tuple[float, _Paragraph] | None = None
        for paragraph in reversed(paragraphs[-40:]):
            last = paragraph.last.bbox
            if last is None or last.y_mid >= bbox.y_mid - self.height * 0.4:
                continue
            gap = bbox.top - last.bottom
            shared = min(bbox.x1, last.x1) - max(bbox.x0, last.x0)
            near = gap < self.height * 1.2 and shared >= 0.5 * min(bbox.width, last.width)
            if near and (best is None or gap < best[0]):
                best = (gap, paragraph)
        return best[1] if best else None

    def _splits(self, above: _Paragraph, k: int) -> bool:
        """Whether two columns begin under one line: a neighbour in the same row stands under it too."""
        last, bbox = above.last.bbox, self.lines[k][2]
        for _, other, near in self.lines[max(k - 3, 0) : k + 4]:
            if near is bbox or last is None or near.v_overlap(bbox) < 0.6 or len(other.text) < 3:
                continue
            shared = min(near.x1, last.x1) - max(near.x0, last.x0)
            if min(near.x1, bbox.x1) < max(near.x0, bbox.x0) and shared > 0.5 * near.width:
                return True
        return False

    def _continues(self, above: _Paragraph, line: Line, bbox: BBox) -> bool:
        last = above.last
        assert last.bbox is not None
        in_body = max(bbox.width, last.bbox.width) > self.page.width * 0.45
        chain = [item.bbox for _, _, item in above.items if item.bbox]
        right = self.right if in_body else max(b.x1 for b in [*chain, bbox])
        letter = last.bbox.width / max(len(last.text), 1)
        room = right - last.bbox.x1
        full = room < letter * (len(line.text.split(" ", 1)[0]) + 1) + 3
        if in_body and line.text[0].isupper() and self._is_first(chain, bbox):
            return False
        return _goes_on(last.text, line.text, full=full)

    def _is_first(self, chain: list[BBox], bbox: BBox) -> bool:
        """Whether a body line is indented as first lines are: more than the rest of the paragraph above."""
        indent = 12.0
        if len(chain) > 1:
            return bbox.x0 > min(b.x0 for b in chain) + indent
        return bbox.x0 > self.left + indent and bbox.x0 > chain[0].x0 - indent / 2


def _join_pages(above: list[_Paragraph], here: list[_Paragraph]) -> None:
    """Let paragraphs cut by a page end go on: same column, and words that cannot begin or end a paragraph."""
    if not above or not here:
        return
    bottoms = [p for p in above if _is_lowest(p, above)]
    tops = [p for p in here if _is_highest(p, here)]
    for top in tops:
        first = top.items[0][2]
        for bottom in bottoms:
            last = bottom.last
            if bottom.root is bottom and _same_column(last, first) and _over_page(last, first):
                bottom.items += top.items
                top.joined = bottom
                break


def _over_page(last: Line, first: Line) -> bool:
    wide = last.bbox is None or last.bbox.width > 330
    return _goes_on(last.text, first.text, full=wide and len(last.text) > 60)


def _same_column(last: Line, first: Line) -> bool:
    if last.bbox is None or first.bbox is None:
        return last.bbox is first.bbox
    shared = min(last.bbox.x1, first.bbox.x1) - max(last.bbox.x0, first.bbox.x0)
    return shared > 0.5 * min(last.bbox.width, first.bbox.width) and abs(last.bbox.x0 - first.bbox.x0) < 60


def _is_lowest(paragraph: _Paragraph, others: list[_Paragraph]) -> bool:
    return not any(_is_below(o.last.bbox, paragraph.last.bbox) for o in others if o is not paragraph and _has_words(o))


def _is_highest(paragraph: _Paragraph, others: list[_Paragraph]) -> bool:
    mine = paragraph.items[0][2].bbox
    return not any(_is_below(mine, o.items[0][2].bbox) for o in others if o is not paragraph and _has_words(o))


def _has_words(paragraph: _Paragraph) -> bool:
    return sum(len(_WORDS.findall(line.text)) for _, _, line in paragraph.items) > 2


def _is_below(lower: BBox | None, upper: BBox | None) -> bool:
    if lower is None or upper is None:
        return False
    shared = min(lower.x1, upper.x1) - max(lower.x0, upper.x0)
    return lower.y_mid > upper.bottom and shared > 0.3 * min(lower.width, upper.width)


def _flow(paragraphs: list[_Paragraph]) -> Flow:
    parts: list[str] = []
    pieces: list[Piece] = []
    at = 0
    for paragraph in paragraphs:
        for joint, text, page, line, offset in _joined(paragraph):
            parts += (joint, text)
            at += len(joint)
            pieces.append(Piece(at, at + len(text), page, line, offset))
            at += len(text)
        parts.append("\n")
        at += 1
    text = "".join(parts)
    return Flow(text, unmarked(text), tuple(pieces))


_CUT = re.compile(r"[\w&]-$|/$")
_NUMBER_TAIL = re.compile(r"/[A-ZĐ][A-Za-zĐđ&.]*$")


def _joined(paragraph: _Paragraph) -> Iterator[tuple[str, str, int, int, int]]:
    """(joint before it, text, page, line, offset) of each line."""
    last = ""
    for page, index, line in paragraph.items:
        joint = "" if not last else " "
        # A number cut at its dash or slash closes up; a word cut at a dash ("Phát thanh-") does too.
        if _CUT.search(last) or (_NUMBER_TAIL.search(last) and re.match(r"[-/][A-ZĐ]", line.text)):
            joint = ""
        yield joint, line.text, page.number, index, 0
        last = line.text
