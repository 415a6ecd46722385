"""The end of a letter: Nơi nhận at the left, the signature at the right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from extractors.spans import Sheet, Span, is_annex_heading, is_copies_label
from extractors.vi.names import capacity, is_person_name, is_title, strip_degrees
from extractors.vi.text import fold

_FILED = re.compile(r"^\W{0,4}l[uưứù]{1,2}\s?[:;.]?\s?\W{0,2}(?:v\s?[.,]?\s?t|hs|hc|vp)|^\W{0,4}luu\s?[:;]")
_FULL_COLUMN = 190.0  # points
ITEM = re.compile(r"^\W{0,3}?[-~–•+*_=]+\s*\S|^[-~]")


@dataclass(frozen=True, slots=True)
class Tail:
    """Nơi nhận and signature; `end` is the last span of the letter proper, None where neither was found."""

    copies: tuple[Span, ...] = ()
    signature: tuple[Span, ...] = ()
    labels: tuple[Span, ...] = ()
    end: Span | None = None


def read_tail(sheets: Sequence[Sheet]) -> Tail:
    """The end of the letter whose own pages are given."""
    for sheet in sheets:
        label = next((s for s in sheet.spans if is_copies_label(s) and not _is_right(sheet, s)), None)
        if label is not None:
            copies = _under(sheet, label) if label.bbox is not None else _following(sheet, label)
            return _with_signature(sheet, label, copies)
    for sheet in reversed(sheets):  # the label itself may be unreadable: the filing line ends every list
        filed = next((s for s in sheet.spans if _FILED.search(fold(s.text)) and not _is_right(sheet, s)), None)
        if filed is not None:
            copies = _above(sheet, filed) if filed.bbox is not None else (filed,)
            return _with_signature(sheet, copies[0], copies)
    return _signature_alone(sheets)


def is_filing_line(text: str) -> bool:
    """Whether this is the last item "Lưu: VT, …"."""
    return _FILED.search(fold(text)) is not None


def _is_right(sheet: Sheet, span: Span) -> bool:
    return span.bbox is not None and span.bbox.x0 > 0.45 * sheet.width


def _under(sheet: Sheet, label: Span) -> tuple[Span, ...]:
    """The lines under the label in its column, to the filing line."""
    assert label.bbox is not None
    found: list[Span] = []
    last = label
    for span in sheet.spans:
        box = span.bbox
        if span is label or box is None or last.bbox is None or box.y_mid <= label.bbox.y_mid + 2:
            continue
        if not -14 <= box.x0 - label.bbox.x0 <= 40 or box.x0 > 0.45 * sheet.width:
            continue
        if any(is_filing_line(s.text) for s in found) and not _goes_on_after_filing(found[-1], span):
            break
        if box.y_mid - last.bbox.y_mid > 42:
            break
        found.append(span)
        last = span
    return tuple(found)


def _goes_on_after_filing(filed: Span, span: Span) -> bool:
    """Whether the list does not end with the filing line: that wraps, or an item stands right under it ("e-pas: …")."""
    assert filed.bbox is not None and span.bbox is not None
    if ITEM.match(span.text):
        near = span.bbox.y_mid - filed.bbox.y_mid < 18 and abs(span.bbox.x0 - filed.bbox.x0) < 4
        return near and filed.text.rstrip().endswith(";") and span.confidence > 0.6
    if span.bbox.y_mid - filed.bbox.y_mid >= 18:
        return False
    if filed.text.rstrip().endswith((",", ";", "-", "(")):
        return True
    # A line as wide as the column has wrapped; what stands under a short one is no more of the list.
    return filed.bbox.width > _FULL_COLUMN and span.confidence > 0.6 and span.bbox.width < filed.bbox.width


def _above(sheet: Sheet, filed: Span) -> tuple[Span, ...]:
    """The filing line and the lines of its column right above it, from the first item on."""
    assert filed.bbox is not None
    found = [filed]
    for span in reversed(sheet.spans[: sheet.spans.index(filed)]):
        box, last = span.bbox, found[-1].bbox
        if box is None or last is None or abs(box.x0 - filed.bbox.x0) > 16:
            continue
        if box.x1 > 0.6 * sheet.width or last.y_mid - box.y_mid > 24 or box.height > 2.2 * filed.bbox.height:
            break
        found.append(span)
    while not ITEM.match(found[-1].text) and len(found) > 1:
        found.pop()
    return tuple(reversed(found))


def _following(sheet: Sheet, label: Span) -> tuple[Span, ...]:
    """In text without places: the items after the label."""
    found: list[Span] = []
    for span in sheet.spans[sheet.spans.index(label) + 1 :]:
        if capacity(span.text) or is_title(span.text) or is_annex_heading(span):
            break
        if found and is_filing_line(found[-1].text) and not found[-1].text.endswith((",", ";")):
            break
        if not ITEM.match(span.text) and (not found or found[-1].text.endswith((";", "."))):
            break
        found.append(span)
    return tuple(found)


def _with_signature(sheet: Sheet, label: Span, copies: tuple[Span, ...]) -> Tail:
    if label.bbox is None:
        signature = _signature_lines(sheet, (copies or (label,))[-1])
        if not signature:
            signature = _signature_before(sheet, label)
        end = max((*copies, *signature, label), key=lambda s: s.line)
        return Tail(copies, signature, (label,), end)
    signature = _beside(sheet, label)
    end = max((*copies, *signature, label), key=lambda s: s.bbox.bottom if s.bbox else 0.0)
    return Tail(copies, signature, (label,), end)


def _beside(sheet: Sheet, label: Span) -> tuple[Span, ...]:
    """The right column from a little above the label down, with titles that begin higher."""
    assert label.bbox is not None
    right = [
        s
        for s in sheet.spans
        if s.bbox is not None and s.bbox.x_mid > 0.5 * sheet.width and s.bbox.x0 > 0.42 * sheet.width
    ]
    top = label.bbox.top - 12
    # Joint letters and long signatures stand higher: follow the titles up, then look for a block that ends above.
    reach = 46 if any(s.bbox is not None and s.bbox.top >= top for s in right) else 160
    for span in reversed(right):
        assert span.bbox is not None
        if top - reach < span.bbox.top < top and (capacity(span.text) or is_title(span.text)):
            top = span.bbox.top - 1
    return tuple(s for s in right if s.bbox is not None and s.bbox.top >= top and s.bbox.bottom < label.bbox.top + 330)


def _signature_lines(sheet: Sheet, after: Span) -> tuple[Span, ...]:
    """In text: capacities, titles and a name that follow the list."""
    found: list[Span] = []
    for span in sheet.spans[sheet.spans.index(after) + 1 :]:
        if is_annex_heading(span) or len(found) > 8:
            break
        if capacity(span.text) or is_title(span.text):
            found.append(span)
        elif found and is_person_name(strip_degrees(span.text), surname=False):
            found.append(span)
            break
        elif found and len(span.text) > 60:
            break
    return tuple(found)


def _signature_before(sheet: Sheet, label: Span) -> tuple[Span, ...]:
    """In text: a signature that was set before the list."""
    found: list[Span] = []
    for span in reversed(sheet.spans[max(0, sheet.spans.index(label) - 7) : sheet.spans.index(label)]):
        if capacity(span.text) or is_title(span.text) or (not found and is_person_name(strip_degrees(span.text))):
            found.append(span)
        elif found:
            break
    has_title = any(capacity(s.text) or is_title(s.text) for s in found)
    return tuple(reversed(found)) if has_title else ()


def _signature_alone(sheets: Sequence[Sheet]) -> Tail:
    """No list at all: the last title in capitals in the right half, and what stands under it."""
    for sheet in reversed(sheets):
        titles = [
            s
            for s in sheet.spans
            if (capacity(s.text) or is_title(s.text)) and (s.bbox is None or s.bbox.x_mid > 0.5 * sheet.width)
        ]
        titles = [s for s in titles if s.bbox is None or s.bbox.top > 0.2 * sheet.height or sheet is not sheets[0]]
        if titles and titles[0].bbox is not None:
            top = titles[0].bbox.top
            below = tuple(
                s
                for s in sheet.spans
                if s.bbox is not None and s.bbox.top >= top - 2 and s.bbox.x_mid > 0.5 * sheet.width
            )
            return Tail((), below, (), below[-1])
        if titles and len(sheet.spans) - sheet.spans.index(titles[0]) <= 8:
            block = _signature_lines(sheet, sheet.spans[max(0, sheet.spans.index(titles[0]) - 1)])
            return Tail((), block, (), block[-1]) if block else Tail()
    return Tail()
