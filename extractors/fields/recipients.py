"""Kính gửi: the bodies addressed, one per item."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.items import Item, is_aside, items, tidy
from extractors.layout import Span, layout
from extractors.layout_subject import is_address
from extractors.letterhead_body import BODY_STARTS
from extractors.registry import extractor
from extractors.vi.text import fold
from models.document import Candidate, Document

EXAMPLES = {
    "Số: 1/A-B\nKính gửi: Bộ Y tế.\nThực hiện Công văn": ["Bộ Y tế"],
    "Số: 1/A-B\nKính gửi:\n- Bộ Y tế;\n- Các sở, ban, ngành;\n- Ủy ban nhân dân các huyện.\nThực hiện Công văn": [
        "Bộ Y tế",
        "Các sở, ban, ngành",
        "Ủy ban nhân dân các huyện",
    ],
    "Số: 1/A-B\nThực hiện Công văn": [],
}
_LABEL = re.compile(r"^\W{0,4}k\wnh\s?g\w{1,2}\w\s?[:;.,]?\s*|^\W{0,4}k[^:]{4,12}:\s*|^[^:]{2,90}\sdien\s?:\s*$")

_ALIGNED = 4.0  # points
_NO_LABEL = 0.8  # where "Kính gửi" is unreadable, what stands under it may be so too


@extractor("recipients", version=3)
def find(document: Document) -> Iterator[Candidate]:
    """One candidate per addressee, in order."""
    spans = list(_without_label(layout(document).addressees))
    sure = 1.0 if spans and is_address(layout(document).addressees[0].text) else _NO_LABEL
    for item in _each(spans):
        if is_aside(item.text) or len(item.text) < 3 or not any(c.isalpha() for c in item.text):
            continue
        text = re.sub(r"\s*\([^)]*g[oọ]i (?:chung|t[aắ]t)[^)]*\)?$", "", item.text, flags=re.IGNORECASE)
        where = tuple(span.evidence for span in item.spans)
        score = round(item.confidence * sure, 3)
        yield Candidate("recipients", tidy(text), item.text, where, score, item.spans[0].origin, item.bbox)


def _each(spans: list[Span]) -> Iterator[Item]:
    """The items; bodies set under each other without dashes are one each."""
    if len(spans) > 1 and all(_is_body(span) and _below(spans[0], span) for span in spans):
        for span in spans:
            yield from items([span])
    else:
        yield from items(spans)


def _is_body(span: Span) -> bool:
    ends = re.search(r"(?:,|-|\bvà|\bcủa)$", span.text.rstrip())
    begins = BODY_STARTS.match(fold(span.text).removeprefix("cac "))
    return span.text[:1].isupper() and begins is not None and ends is None


def _below(first: Span, span: Span) -> bool:
    return first.bbox is not None and span.bbox is not None and abs(span.bbox.x0 - first.bbox.x0) < _ALIGNED


def _without_label(spans: tuple[Span, ...]) -> Iterator[Span]:
    for i, span in enumerate(spans):
        if i == 0 and (label := _LABEL.match(fold(span.text))):
            if span.text[label.end() :].strip():
                yield span.part(label.end())
        elif is_aside(span.text):
            return
        else:
            yield span
