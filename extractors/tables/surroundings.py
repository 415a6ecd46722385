"""What stands above a table: its title and the unit of its figures."""

from __future__ import annotations

import re

from extractors.vi.text import fold
from models.document import Grid, Line, Page
from models.geometry import BBox

_REACH = 170.0  # points above the table in which its title stands
_UNIT = re.compile(
    r"(?:don vi(?: tinh)?|dvt)\s*[:;.]?\s*\(?((?:1[.]?000 |nghin |ngan |tram |trieu |ty |ti )*(?:dong|vnd|usd|d)\b)"
)
_BARE_UNIT = re.compile(r"\(?((?:nghin |ngan |trieu |ty |ti |1[.]?000 )dong)\)?")
_LEGEND = re.compile(r"\(?(?:ban hanh )?(?:kem|dinh) (?:theo|kem)|\(?tinh den|\(tiep theo|\(?kem ")
_TITLE_WORDS = re.compile(r"(?:bang|bieu|phu luc|danh (?:muc|sach)|tong hop|ke hoach|lich|bao cao|mau)\b")


def lines_above(page: Page, box: BBox | None, grids: tuple[Grid, ...]) -> tuple[Line, ...]:
    """Lines outside every table that stand above `box` within reach, top to bottom."""
    if box is None:
        return ()
    below = max((g.bbox.bottom for g in grids if g.bbox and g.bbox.bottom <= box.top + 2), default=0.0)
    found = [
        line
        for line in page.lines
        if line.bbox is not None
        and max(below - 2, box.top - _REACH) <= line.bbox.y_mid < box.top
        and not any(g.bbox is not None and g.bbox.overlap(line.bbox) > 0.5 * line.bbox.area for g in grids)
    ]
    return tuple(sorted(found, key=lambda line: (line.bbox.top, line.bbox.x0) if line.bbox else (0.0, 0.0)))


def text_lines_above(page: Page, grid: Grid) -> tuple[Line, ...]:
    """The same for text without places: the lines before the one that holds the first cell of the table."""
    first = [cell.text for cell in grid.cells][:3]
    texts = [line.text for line in page.lines]
    for index in range(len(texts)):
        if texts[index : index + len(first)] == first:
            return page.lines[max(0, index - 6) : index]
    return ()


def unit_in(text: str) -> str | None:
    """The unit that a unit line states: "triệu đồng"; None if it states none in money."""
    match = _UNIT.search(fold(text))
    return text[match.start(1) : match.end(1)].strip(" .,;:()") if match else None


def unit_in_heading(text: str) -> str | None:
    """The unit that a heading carries: "Kế hoạch năm 2022 (triệu đồng)"."""
    match = _BARE_UNIT.search(fold(text))
    return text[match.start(1) : match.end(1)] if match else unit_in(text)


def unit_above(lines: tuple[Line, ...]) -> str | None:
    """The unit line nearest to the table."""
    return next((unit for line in reversed(lines) if (unit := unit_in(line.text))), None)


def title_above(lines: tuple[Line, ...]) -> str | None:
    """The title: the lines in capitals nearest above, else the one line that names a table; None if neither."""
    kept = [line.text for line in lines if not _UNIT.search(fold(line.text)) and not line.text.isdigit()]
    while kept and (_LEGEND.match(fold(kept[-1])) or kept[-1].endswith(")") or len(kept[-1]) < 4):
        kept.pop()
    title: list[str] = []
    while kept and _is_capitals(kept[-1]) and len(title) < 5:
        title.insert(0, kept.pop())
    if title:
        return " ".join(title)
    return kept[-1].rstrip(":") if kept and _TITLE_WORDS.match(fold(kept[-1])) else None


def _is_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and sum(c.isupper() for c in letters) > 0.75 * len(letters)
