"""Nơi nhận: the items of the list at the bottom left, to the filing line "Lưu: VT"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.items import Item, has_bullet, items
from extractors.layout import layout
from extractors.registry import extractor
from extractors.spans import is_copies_label
from extractors.vi.syllables import valid_share
from extractors.vi.text import fold
from models.document import Candidate, Document

EXAMPLES = {
    "Số: 1/A-B\nKính gửi: Bộ Y tế\nNơi nhận:\n- Như trên;\n- Các Sở: Tài chính,\nY tế;\n- Lưu: VT, KT (02b).": [
        "Như trên",
        "Các Sở: Tài chính, Y tế",
        "Lưu: VT, KT (02b)",
    ],
    "Số: 1/A-B\nKính gửi: Bộ Y tế": [],
}

_NO_LABEL = 0.7  # where "Nơi nhận" or the filing line is unreadable, other items may be so too
_FILED = re.compile(r"^\W*luu\b")


@extractor("copies", version=2)
def find(document: Document) -> Iterator[Candidate]:
    """One candidate per item, in order; sub-headings ("Gửi bản điện tử:") are none."""
    parts = layout(document)
    pages = {span.page for span in parts.copies}
    labelled = any(is_copies_label(s) for sheet in parts.sheets if sheet.number in pages for s in sheet.spans)
    found = [item for item in items(parts.copies) if _is_item(item)]
    # Nearly every list ends with "Lưu: …": without it more may be missing.
    whole = labelled and any(_FILED.search(fold(item.text)) for item in found)
    for item in found:
        where = tuple(span.evidence for span in item.spans)
        raw = " ".join(span.text for span in item.spans)
        score = round(item.confidence * (1.0 if whole else _NO_LABEL), 3)
        yield Candidate("copies", item.text, raw, where, score, item.spans[0].origin, item.bbox)


def _is_item(item: Item) -> bool:
    first = item.spans[0].text
    if sum(c.isalnum() for c in item.text) < 3:
        return False
    if not has_bullet(first) and first.rstrip().endswith(":"):
        return False
    return item.confidence > 0.3 or valid_share(item.text) >= 0.5
