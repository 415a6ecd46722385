"""What stands between the head lines and the body: subject, addressees, the deciding authority over the bases."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from extractors.spans import Sheet, Span
from extractors.vi.document_types import by_title
from extractors.vi.text import fold

KINH_GUI = re.compile(r"^[\W_]{0,4}k[ií1l]nh\s?g[uưử]{1,2}[i1í]\b")
# "Thủ tướng Chính phủ điện:" over the addressees of a telegram; "điện thoại:" is another word.
_TELEGRAM = re.compile(r"^(?:\W{0,3}[^\W\d_][^:]{1,80})\s(?:điện|ĐIỆN)\s?:\s*$")
_ADDRESS_LETTERS, _ADDRESS_SLIPS = "kinhgui", 3
CITES = re.compile(
    r"^[\W_]{0,3}(?:can cu|thuc hien|xet de nghi|theo de nghi|tiep theo|ngay \d{1,2}|trong thoi gian|de )\b"
)
VV = re.compile(r"^[\W_]{0,3}(?:v\s?[/\\|il1]\s?v\b|[vw]\s?/\s?[vwy]\b|vv\b|v\.v\b|v[eề]\s?vi[eệ]c\b)", re.IGNORECASE)
_STAMP = re.compile(
    r"^[\W_]{0,3}(?:den|cv den|chuyen\b(?=\W*(?:$|:|\.\.))|ngay\s?:|"
    r"so\s?:?\W*\d*\W*$|luu ho so|nguoi ky|thoi gian ky|co quan\s?:|email)\b"
)
# With a capital it opens the first paragraph, however much that stands in the middle.
_BASES = re.compile(r"^[\W_]{0,3}Căn c[ứúừữu]\b")
_SHORT_LINE, _LONG_LINE = 80, 160  # characters of a heading's line in text without places


def is_stamp(text: str) -> bool:
    """Whether a line is of an incoming stamp or a signing box: "ĐẾN", not a subject's "đến ngày …", "đèn tín hiệu"."""
    first = next((char for char in text if char.isalpha()), "")
    return _STAMP.search(fold(text)) is not None and not first.islower()


def is_address(text: str) -> bool:
    """Whether a line begins with "Kính gửi", also where a stamp over it left only most of the letters."""
    if KINH_GUI.search(fold(text)) or _TELEGRAM.search(text):
        return True
    label, colon, _ = text.partition(":")
    letters = re.sub(r"[^a-z]", "", fold(label))
    return bool(colon) and letters.startswith("k") and Levenshtein.distance(letters, _ADDRESS_LETTERS) <= _ADDRESS_SLIPS


def mostly_capitals(text: str) -> bool:
    """Whether three quarters of the letters are capitals; readers lose a few."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 3 and sum(c.isupper() for c in letters) >= 0.75 * len(letters)


def title_subject(sheet: Sheet, spans: Sequence[Span], title: Span) -> tuple[Span, ...]:
    """The centred lines under the type's name, up to a gap, the bases, the addressees or the deciding authority."""
    found: list[Span] = []
    for span in spans[spans.index(title) + 1 :]:
        text = fold(span.text)
        small = not found and span.bbox is None and span.text[:1].islower()  # "KẾ HOẠCH / thực hiện Chỉ thị số …"
        if is_address(span.text) or (CITES.search(text) and not small and not _is_middle(sheet, span)):
            break
        if found and _BASES.match(span.text):
            break
        if span.bbox is not None and title.bbox is not None:
            previous = found[-1] if found else title
            assert previous.bbox is not None
            step = span.bbox.y_mid - previous.bbox.y_mid
            if step > (26 if found else 48):
                break
            placed = _is_middle(sheet, span) or _leads_to_middle(span) or (found and _goes_on_below(previous, span))
            if step < 4 or not placed:
                continue
        if found and mostly_capitals(span.text) and not mostly_capitals(found[-1].text):
            break
        if span.bbox is None and not any(c.isalnum() for c in span.text):
            break  # the rule under the heading
        if span.bbox is None and ((found and not _goes_on(found[-1], span)) or text.startswith("can cu")):
            break
        found.append(span)
    return tuple(found)


def _goes_on(before: Span, span: Span) -> bool:
    """In text without places: whether the next line is of the same heading, not a paragraph of the body."""
    if span.line != before.line + 1 or (span.block >= 0 and span.block > before.block + 1):
        return False
    if span.text[:1].islower():
        return len(span.text) <= _LONG_LINE
    return len(span.text) <= _SHORT_LINE and not before.text.endswith((".", ";", ":"))


def _is_middle(sheet: Sheet, span: Span) -> bool:
    if span.bbox is None:
        return False
    off = abs(span.bbox.x_mid - 0.5 * (sheet.left + sheet.right))
    # A paragraph of the body is set in at the left and runs to the right margin.
    indented = 18 < span.bbox.x0 - sheet.left < 60 and span.bbox.x1 > sheet.right - 8
    return off < 0.1 * sheet.width and not indented


def _goes_on_below(before: Span, span: Span) -> bool:
    """A heading's next line of which a stamp hides one end: no paragraph begins small right under a heading."""
    assert before.bbox is not None and span.bbox is not None
    shared = min(before.bbox.x1, span.bbox.x1) - max(before.bbox.x0, span.bbox.x0)
    return span.text[:1].islower() and shared > 0.6 * min(before.bbox.width, span.bbox.width)


def _leads_to_middle(span: Span) -> bool:
    """A stamp at the margin was read into the line: the subject's own first words stand inside."""
    return re.search(r"V[eề]\s?vi[eệ]c\b", span.text) is not None


def letter_subject(
    sheet: Sheet, spans: Sequence[Span], number: tuple[Span, ...], place_date: tuple[Span, ...]
) -> tuple[Span, ...]:
    """The lines from "V/v" on in the left column; where that mark is damaged, what stands close under the number."""
    start = next((i for i, s in enumerate(spans) if VV.search(s.text) and not _is_far_right(sheet, s)), None)
    if start is None and number and number[0].bbox is not None:
        box = number[0].bbox
        start = next(
            (i for i, s in enumerate(spans) if s.bbox is not None and 5 < s.bbox.y_mid - box.y_mid < 24
             and s.bbox.x_mid < 0.48 * sheet.width and s not in number and not is_address(s.text)), None,
        )  # fmt: skip
    if start is None and number and number[-1].bbox is None:  # "Về gia hạn …" right under the number
        under = number[-1].line + 1
        start = next((i for i, s in enumerate(spans) if s.line == under and s.text.startswith("Về ")), None)
    if start is None:
        return ()
    found = [spans[start]]
    for span in spans[start + 1 :]:
        if is_address(span.text) or span in place_date or span in number:
            if span in place_date or span in number:
                if span.bbox is None:
                    break
                continue
            break
        last = found[-1]
        if span.bbox is not None and last.bbox is not None:
            step = span.bbox.y_mid - last.bbox.y_mid
            if step > 24:
                break
            if step < 4 or _is_far_right(sheet, span) or span.bbox.x_mid > 0.55 * sheet.width:
                continue
            if is_stamp(span.text):
                break
        elif not _goes_on(last, span):
            break
        found.append(span)
    return tuple(found)


def _is_far_right(sheet: Sheet, span: Span) -> bool:
    return span.bbox is not None and span.bbox.x0 > 0.5 * sheet.width


def addressees_of(sheet: Sheet, spans: Sequence[Span]) -> tuple[Span, ...]:
    """From "Kính gửi" to the last line set in from the text's margin."""
    found = [spans[0]]
    for span in spans[1:]:
        last = found[-1]
        if span.bbox is not None and last.bbox is not None:
            step = span.bbox.y_mid - last.bbox.y_mid
            indent = span.bbox.x0 - sheet.left
            if found[0].bbox is not None and span.bbox.x_mid < found[0].bbox.x0 and len(span.text) < 24:
                continue  # a stamp at the margin
            is_item = re.match(r"^[\W_]{0,2}[-~•+]", span.text) is not None
            if step > 42 or indent < (14 if is_item else 46):
                break
            if not is_item and span.bbox.x1 > sheet.right - 6 and indent < 70 and step > 22:
                break
        elif not (re.match(r"^[-~•+*]", span.text) or _wraps(found, span)):
            break
        found.append(span)
    return tuple(found)


def listed_addressees(sheet: Sheet, spans: Sequence[Span], subject: tuple[Span, ...]) -> tuple[Span, ...]:
    """The items set in between a letter's subject and its body, where a stamp hides "Kính gửi" over them."""
    if not subject or subject[-1].bbox is None:
        return ()
    found: list[Span] = []
    for span in spans[spans.index(subject[-1]) + 1 :]:
        assert span.bbox is not None and subject[-1].bbox is not None
        if span.bbox.top < subject[-1].bbox.bottom - 2 or span.bbox.x0 > 0.6 * sheet.width:
            continue
        if span.bbox.x0 - sheet.left < 46 or (found and _breaks(found[-1], span)):
            break
        found.append(span)
    dashed = [i for i, span in enumerate(found) if re.match(r"^\W?[-~–]\s", span.text)]
    # What stands before the first dash is an item of which the stamp hides the beginning.
    return tuple(found[max(dashed[0] - 1, 0) :]) if len(dashed) >= 2 - (len(dashed) == len(found) == 1) else ()


def _breaks(before: Span, span: Span) -> bool:
    assert before.bbox is not None and span.bbox is not None
    return span.bbox.y_mid - before.bbox.y_mid > 42


def _wraps(found: list[Span], span: Span) -> bool:
    before = found[-1].text
    if before.rstrip().endswith(":") and len(found) == 1:
        return not CITES.search(fold(span.text))
    return span.line == found[-1].line + 1 and not before.endswith((".", ";")) and span.text[:1].islower()


def authority_of(sheet: Sheet, spans: Sequence[Span], above: tuple[Span, ...]) -> tuple[Span, ...]:
    """Centred capitals between the subject and the bases."""
    if not above:
        return ()
    found: list[Span] = []
    for span in spans[spans.index(above[-1]) + 1 :]:
        if mostly_capitals(span.text) and (span.bbox is None or _is_middle(sheet, span)) and not by_title(span.text):
            found.append(span)
        elif found or len(span.text) > 40:
            break
        if len(found) == 4:
            break
    return tuple(found)
