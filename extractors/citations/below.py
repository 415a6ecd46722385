"""A date that stands under its number: in a narrow table column the reader may join lines of neighbouring cells."""

from __future__ import annotations

from extractors import flow
from extractors.citations import dates
from extractors.citations.mentions import Found
from extractors.flow import Flow
from models.document import Document, Page
from models.geometry import BBox

_REACH = 2.4  # line heights


def dated(document: Document, text: Flow, mention: Found) -> Found:
    """The mention with the date printed under its number, if its paragraph ends there and it has none."""
    if mention.issued_on is not None or text.plain[mention.end : mention.end + 1] != "\n":
        return mention
    where = text.evidence(mention.number_start, mention.end)
    box = flow.box(document, where)
    if box is None:
        return mention
    match = dates.AFTER.match(" " + flow.unmarked(_under(document.page(where[0].page), box)))
    return mention._replace(issued_on=dates.read(match)) if match else mention


def _under(page: Page, box: BBox) -> str:
    """The words under a box, as wide as it and half as much again, row by row."""
    reach = BBox(box.x0 - 8, box.y_mid + 2, box.x1 + box.width * 0.5, box.bottom + _REACH * max(box.height, 8.0))
    found = [
        (w.bbox, w.text)
        for line in page.lines
        for w in line.words
        if w.bbox and any(map(str.isalnum, w.text))
        and reach.x0 <= w.bbox.x_mid <= reach.x1 and box.bottom - 2 <= w.bbox.y_mid <= reach.bottom
    ]  # fmt: skip
    rows: list[list[tuple[BBox, str]]] = []
    for word in sorted(found, key=lambda item: item[0].y_mid):
        if rows and word[0].y_mid - rows[-1][0][0].y_mid < 0.7 * box.height:
            rows[-1].append(word)
        else:
            rows.append([word])
    return " ".join(text for row in rows for _, text in sorted(row, key=lambda item: item[0].x0))
