"""Where on the pages the parts of a letter stand: head, body, recipients, signature, annexes.

Pure geometry and form, no values: extractors read the zones. Works for scans with specks, for born-digital pages, and
for text without boxes, where only order and form are left.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from extractors.layout_head import read_head
from extractors.layout_tail import read_tail
from extractors.spans import MOTTO, Sheet, Span, is_annex_heading, sheet
from extractors.vi.text import fold
from models.document import Document, Page

__all__ = ["Layout", "Sheet", "Span", "layout"]


@dataclass(frozen=True, slots=True)
class Layout:
    """The parts of one letter; every part in reading order, () where there is none.

    Attributes:
        letterhead: Issuing body with its parent, left column.
        number: The spans of the number line.
        place_date: The place-date line.
        title: The line with the type's name.
        subject: Trích yếu: under the type's name, or "V/v …" under the number.
        addressees: From "Kính gửi" on.
        authority: The deciding authority in capitals over the bases ("CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH …").
        body: Running text of the letter itself, up to Nơi nhận.
        copies: The items under "Nơi nhận", without that line.
        signature: The signature block.
        annexes: All that follows: annexes, attached documents with a head of their own, forms.
        sheets: Every page as spans.
    """

    letterhead: tuple[Span, ...] = ()
    number: tuple[Span, ...] = ()
    place_date: tuple[Span, ...] = ()
    title: tuple[Span, ...] = ()
    subject: tuple[Span, ...] = ()
    addressees: tuple[Span, ...] = ()
    authority: tuple[Span, ...] = ()
    body: tuple[Span, ...] = ()
    copies: tuple[Span, ...] = ()
    signature: tuple[Span, ...] = ()
    annexes: tuple[Span, ...] = ()
    sheets: tuple[Sheet, ...] = field(default=(), repr=False)

    @property
    def first(self) -> Sheet | None:
        """The page with the head."""
        return self.sheets[0] if self.sheets else None


_last: tuple[tuple[Page, ...], Layout] | None = None


def layout(document: Document) -> Layout:
    """The letter's parts; remembered for the last document, since every extractor asks."""
    global _last
    remembered = _last
    if remembered is not None and remembered[0] is document.pages:
        return remembered[1]
    found = _segment(document)
    _last = (document.pages, found)
    return found


def _segment(document: Document) -> Layout:
    sheets = tuple(sheet(page) for page in document.pages if page.lines)
    if not sheets:
        return Layout()
    own, attached = _split_attached(sheets)
    head = read_head(own[0])
    tail = read_tail(own)
    used = {(s.page, s.line) for part in head.parts() for s in part}
    used |= {(s.page, s.line) for part in (tail.copies, tail.signature, tail.labels) for s in part}
    end = tail.end
    body: list[Span] = []
    annexes: list[Span] = []
    for page in own:
        for span in page.spans:
            if (span.page, span.line) in used or head.is_above_body(span):
                continue
            after = end is not None and _is_after(span, end)
            (annexes if after else body).append(span)
    annexes += [span for page in attached for span in page.spans]
    return Layout(
        head.letterhead, head.number, head.place_date, head.title, head.subject, head.addressees, head.authority,
        tuple(body), tail.copies, tail.signature, tuple(annexes), sheets,
    )  # fmt: skip


def _is_after(span: Span, end: Span) -> bool:
    if span.page != end.page:
        return span.page > end.page
    if span.bbox is None or end.bbox is None:
        return span.line > end.line
    return span.bbox.top > end.bbox.bottom


def _split_attached(sheets: tuple[Sheet, ...]) -> tuple[tuple[Sheet, ...], tuple[Sheet, ...]]:
    """The letter's own pages, and those from the first that has a head of its own or is an annex."""
    for i, page in enumerate(sheets[1:], start=1):
        top = [s for s in page.spans if s.bbox is None or s.bbox.top < 0.3 * page.height][:14]
        if any(MOTTO.search(fold(s.text)) for s in top) or any(is_annex_heading(s) for s in top[:5]):
            return sheets[:i], sheets[i:]
    return sheets, ()
