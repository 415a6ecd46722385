"""Nơi nhận: the items of the list at the bottom left, to the filing line "Lưu: VT"."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.items import Item, has_bullet, items
from extractors.layout import layout
from extractors.registry import extractor
from extractors.vi.syllables import valid_share
from models.document import Candidate, Document

EXAMPLES = {
    "Số: 1/A-B\nKính gửi: Bộ Y tế\nNơi nhận:\n- Như trên;\n- Các Sở: Tài chính,\nY tế;\n- Lưu: VT, KT (02b).": [
        "Như trên",
        "Các Sở: Tài chính, Y tế",
        "Lưu: VT, KT (02b)",
    ],
    "Số: 1/A-B\nKính gửi: Bộ Y tế": [],
}


@extractor("copies", version=1)
def find(document: Document) -> Iterator[Candidate]:
    """One candidate per item, in order; sub-headings ("Gửi bản điện tử:") are none."""
    for item in items(layout(document).copies):
        if _is_item(item):
            where = tuple(span.evidence for span in item.spans)
            raw = " ".join(span.text for span in item.spans)
            yield Candidate("copies", item.text, raw, where, item.confidence, item.spans[0].origin, item.bbox)


def _is_item(item: Item) -> bool:
    first = item.spans[0].text
    if sum(c.isalnum() for c in item.text) < 3:
        return False
    if not has_bullet(first) and first.rstrip().endswith(":"):
        return False
    return item.confidence > 0.3 or valid_share(item.text) >= 0.5
