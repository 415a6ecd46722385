"""The head of page 1: letterhead, number, place and date, type, subject, addressees."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.layout_subject import (
    CITES,
    VV,
    addressees_of,
    authority_of,
    is_address,
    is_stamp,
    letter_subject,
    listed_addressees,
    mostly_capitals,
    title_subject,
)  # fmt: skip
from extractors.spans import MOTTO, Sheet, Span, is_copies_label, is_mark
from extractors.vi.dates import head_date
from extractors.vi.document_types import DocumentType, by_code, by_title, spells, title_prefix
from extractors.vi.numbers import is_number_line, read_number_line
from extractors.vi.text import fold


@dataclass(frozen=True, slots=True)
class Head:
    """The parts of a head; `body_top` is the height under which the body begins, None for text."""

    letterhead: tuple[Span, ...]
    motto: tuple[Span, ...]
    number: tuple[Span, ...]
    place_date: tuple[Span, ...]
    title: tuple[Span, ...]
    subject: tuple[Span, ...]
    addressees: tuple[Span, ...]
    authority: tuple[Span, ...]
    page: int
    last: Span | None

    def parts(self) -> tuple[tuple[Span, ...], ...]:
        """All parts."""
        return (
            self.letterhead, self.motto, self.number, self.place_date, self.title, self.subject, self.addressees,
            self.authority,
        )  # fmt: skip

    def is_above_body(self, span: Span) -> bool:
        """Whether a span belongs to the head by its place: stamps and specks between its parts."""
        if self.last is None or span.page != self.page:
            return False
        if span.bbox is None or self.last.bbox is None:
            return span.line <= self.last.line
        return span.bbox.y_mid < self.last.bbox.y_mid


def read_head(sheet: Sheet) -> Head:
    """The head of a letter's first page."""
    spans = list(_head_spans(sheet))
    motto = tuple(s for s in spans if MOTTO.search(fold(s.text)))
    rest = [s for s in spans if s not in motto]
    place_date = _place_date(rest)
    number = _number(sheet, rest, place_date)
    kinh_gui = next((i for i, s in enumerate(rest) if is_address(s.text)), None)
    title = _title(sheet, rest, number, place_date)
    anchor = number[0] if number else (place_date[0] if place_date else None)
    letterhead = _letterhead(sheet, rest, anchor, title)
    under_title = title_subject(sheet, rest, title[0]) if title else ()
    subject = under_title if title else letter_subject(sheet, rest, number, place_date)
    if kinh_gui is not None:
        addressees = addressees_of(sheet, rest[kinh_gui:])
    else:
        addressees = () if title else listed_addressees(sheet, rest, subject)
    authority = authority_of(sheet, rest, subject or title) if title else ()
    parts = (letterhead, number, place_date, title, subject, addressees, authority)
    last = max((s for part in parts for s in part), key=_depth, default=None)
    return Head(letterhead, motto, number, place_date, title, subject, addressees, authority, sheet.number, last)


def _depth(span: Span) -> tuple[float, int]:
    return (span.bbox.y_mid if span.bbox else 0.0, span.line)


def _head_spans(sheet: Sheet) -> Iterator[Span]:
    for i, span in enumerate(sheet.spans):
        if (span.bbox is not None and span.bbox.top > 0.66 * sheet.height) or i > 70 or is_copies_label(span):
            return
        if not is_mark(span):
            yield span


def _place_date(spans: Sequence[Span]) -> tuple[Span, ...]:
    """The first line that is a place and a date and nothing else; gaps for handwriting may have cut it in pieces."""
    for span in spans:
        if is_place_date(span.text):
            return (span,)
    for i, span in enumerate(spans):
        if re.search(r"\bngay\W*$|\bngay\b.*\bthang\W*$", fold(span.text)):
            row = (span, *(other for other in spans[i + 1 : i + 5] if _is_right_beside(span, other)))
            if is_place_date(" ".join(piece.text for piece in row)):
                return row
    return ()


def _is_right_beside(span: Span, other: Span) -> bool:
    if span.bbox is None or other.bbox is None:
        return False
    return abs(other.bbox.y_mid - span.bbox.y_mid) < 7 and other.bbox.x0 > span.bbox.x1


# Small letters only: Sơn La and Đức Trọng are places.
_TERM = re.compile(r"(?<!\w)(?:tr[ưu][ớo]c|t[ừu]|[đd][ếe]n|h[ếe]t|v[àa]o|sau|trong|l[àa]|c[ủu]a|qua)\W*$")


def is_place_date(text: str) -> bool:
    """Whether a line is a place and a date and nothing else."""
    found = head_date(text)
    if not found or found.start > 45 or len(text) - found.end > 12:
        return False
    if not found.place and (CITES.search(fold(text)) or text[: found.start].strip()[:1].islower()):
        return False  # "trước ngày 28/11/2019.": the end of a sentence
    if _TERM.search(text[: found.start]):
        return False  # "… báo cáo về UBND phường trước ngày 25/8/2025."
    return not (found.place and (len(found.place.split()) > 7 or "/" in found.place))


def _number(sheet: Sheet, spans: Sequence[Span], place_date: tuple[Span, ...]) -> tuple[Span, ...]:
    """The number line: with its label and symbol, else with the symbol, else the label alone."""
    best: tuple[int, Span] | None = None
    about = next((s for s in spans if s.bbox is not None and VV.search(s.text) and s.bbox.x0 < 0.5 * sheet.width), None)
    for span in spans:
        if about is not None and _is_under(span, about):
            continue  # "V/v thực hiện / Nghị quyết số 17/NQ-CP"
        if span in place_date or (
            span.bbox is not None and (span.bbox.x0 > 0.5 * sheet.width or span.bbox.top > 0.45 * sheet.height)
        ):
            continue
        if is_address(span.text) or CITES.search(fold(span.text)) or len(span.text) > 60:
            break_here = is_address(span.text)
            if break_here:
                break
            continue
        line = read_number_line(span.text)
        rank = 2 * is_number_line(span.text) + bool(line and (len(line.symbol) > 1))
        if VV.search(span.text) or (rank < 3 and CITES.search(fold(span.text))):
            continue
        if rank == 1 and not (line and (re.match(r"^\W*[\w\s.]{0,8}/", span.text) or _is_kind(line.symbol))):
            continue
        if rank and (best is None or rank > best[0]):
            best = (rank, span)
        if rank == 3:
            break
    if best is None:
        return ()
    row = tuple(_row_of(best[1], spans, place_date))
    return (*row, *_rest_of_symbol(sheet, row[-1], spans))


_OPEN_SYMBOL = re.compile(r"\d\s*/(?:[^\s/].*-)?\s*$|/\s*\w[^\s]*-\s*$")
_END_OF_SYMBOL = re.compile(r"[A-ZĐƯ][\wĐđ&+.]{0,14}(?:\s?-\s?[A-ZĐƯ0-9][\wĐđ&+.]{0,14}){0,4}")


def _rest_of_symbol(sheet: Sheet, number: Span, spans: Sequence[Span]) -> tuple[Span, ...]:
    """The line under a number that breaks off at a slash or a dash: "Số: 47/2007/TTLT-BTC-" over "BLĐTBXH"."""
    if not _OPEN_SYMBOL.search(number.text):
        return ()
    for span in spans[spans.index(number) + 1 :]:
        if span.bbox is None or number.bbox is None:
            below = span.line == number.line + 1
        elif span.bbox.x_mid > 0.5 * sheet.width or span.bbox.y_mid - number.bbox.y_mid < 6:
            continue
        else:
            below = span.bbox.y_mid - number.bbox.y_mid < 24
        return (span,) if below and _END_OF_SYMBOL.fullmatch(span.text.strip()) else ()
    return ()


def _is_under(span: Span, above: Span) -> bool:
    return span.bbox is not None and above.bbox is not None and span.bbox.y_mid > above.bbox.y_mid + 4


def _is_kind(symbol: str) -> bool:
    """Whether a symbol begins with a kind's code and goes on, so that its line needs no label."""
    first, dash, rest = symbol.partition("-")
    return bool(dash and rest and by_code(first))


def _row_of(first: Span, spans: Sequence[Span], place_date: tuple[Span, ...]) -> Iterator[Span]:
    """`first` and what stands beside it up to the place-date: a gap for handwriting cuts the line in two."""
    box = first.bbox
    for span in spans:
        if span is first:
            yield span
        elif box is not None and span.bbox is not None and span not in place_date:
            beside = abs(span.bbox.y_mid - box.y_mid) < 7 and 0 <= span.bbox.x0 - box.x1 < 90
            if beside and (not place_date or place_date[0].bbox is None or span.bbox.x1 < place_date[0].bbox.x0):
                yield span


def _letterhead(sheet: Sheet, spans: Sequence[Span], anchor: Span | None, title: tuple[Span, ...]) -> tuple[Span, ...]:
    limit = anchor or (title[0] if title else None)
    found = []
    for span in spans:
        if limit is not None and span.bbox is not None and limit.bbox is not None:
            if span.bbox.y_mid >= limit.bbox.y_mid - 3:
                continue
        elif limit is not None and span.line >= limit.line:
            break
        if span.bbox is not None and (span.bbox.x_mid > 0.5 * sheet.width or span.bbox.top > 0.3 * sheet.height):
            continue
        if mostly_capitals(span.text) and not (
            is_stamp(span.text) or head_date(span.text) or _is_code(span.text)
        ):
            found.append(span)
        if limit is None and len(found) >= 4:
            break
    return _compact(found)


def _is_code(text: str) -> bool:
    """A lone word with figures in it: the mark of a portal or a desk, no body."""
    return re.fullmatch(r"\W*[A-ZĐ]*\d\w*\W*", text) is not None


def _compact(spans: list[Span]) -> tuple[Span, ...]:
    """The run of lines next to the number: what stands far above is a stamp of somebody else."""
    kept: list[Span] = []
    for span in reversed(spans):
        if kept and span.bbox is not None and kept[-1].bbox is not None and kept[-1].bbox.top - span.bbox.bottom > 22:
            break
        kept.append(span)
    return tuple(reversed(kept))


def _title(
    sheet: Sheet, spans: Sequence[Span], number: tuple[Span, ...], place_date: tuple[Span, ...]
) -> tuple[Span, ...]:
    """The first line under number and date that prints the name of a kind of document, before any running text."""
    expected = _expected_kind(number)
    floor = min((_depth(s) for s in (*number, *place_date)), default=None)
    for span in spans:
        text = fold(span.text)
        named = span.text.isupper() and by_title(span.text, slips=0)  # "ĐỀ ÁN" begins as "để …" does
        if is_address(span.text) or (CITES.search(text) and not named) or VV.search(span.text):
            if number or place_date:
                return ()
            continue
        if floor is not None and _depth(span) <= floor:
            continue
        if not mostly_capitals(span.text) and not title_prefix(span.text):
            continue
        if span.bbox is not None and abs(span.bbox.x_mid - 0.5 * (sheet.left + sheet.right)) > 0.2 * sheet.width:
            continue
        if by_title(span.text) or title_prefix(span.text) or (expected and spells(span.text, expected)):
            return (span,)
    return ()


def _expected_kind(number: tuple[Span, ...]) -> DocumentType | None:
    """The kind that the symbol of the number line begins with."""
    line = read_number_line(" ".join(span.text for span in number))
    return by_code(line.symbol.partition("-")[0]) if line and "-" in line.symbol else None
