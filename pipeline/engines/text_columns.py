"""Text that keeps its columns side by side by blanks, as `pdftotext -layout` prints it: one column after the other.

Only the two places where Decree 30/2020 sets two columns are looked at: the head, known by the motto at its right, and
the end, known by "Nơi nhận" at its left. Tables are left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractors.items import has_bullet
from extractors.spans import MOTTO
from extractors.vi.document_types import by_title
from extractors.vi.text import fold

_CELL = re.compile(r"\S+(?:\s{1,2}\S+)*")  # three blanks part two cells
_COPIES = re.compile(r"^\W{0,4}n[o0]i\s?nhan\b")
_ADDRESS = re.compile(r"^\W{0,4}kinh\s?gui\b")
_ROWS = 40  # of the longer of the two places
_SLACK = 8  # characters by which a column's widest line begins before the others
_Cell = tuple[int, str]


def columns_apart(lines: Sequence[str]) -> list[str]:
    """The lines with the left column of head and end before the right one; all others as they are."""
    rows = [_cells(line) for line in lines]
    result = list(lines)
    for place in (_tail(rows), _head(rows)):  # from below, so that indices stay true
        if place is not None:
            start, stop, edge = place
            sides = [_sides(row, edge) for row in rows[start:stop]]
            result[start:stop] = [*(left for left, _ in sides), "", *(right for _, right in sides), ""]
    return result


def _cells(line: str) -> list[_Cell]:
    return [(match.start(), match[0]) for match in _CELL.finditer(line.expandtabs(8))]


def _head(rows: Sequence[list[_Cell]]) -> tuple[int, int, int] | None:
    """First row, row after the last, and where the right column begins; None where the head is not in columns."""
    for i, row in enumerate(rows[:_ROWS]):
        if len(row) == 2 and MOTTO.search(fold(row[1][1])):
            edge = row[1][0] - _SLACK
            start = i
            while start and len(rows[start - 1]) == 1 and rows[start - 1][0][0] < edge and i - start < 3:
                start -= 1
            return start, _stop(rows, i, edge, row[1][0] + len(row[1][1]) // 2), edge
    return None


def _tail(rows: Sequence[list[_Cell]]) -> tuple[int, int, int] | None:
    """As `_head`, for "Nơi nhận" with the signature beside it."""
    for i, row in enumerate(rows):
        if row and _COPIES.match(fold(row[0][1])):
            beside = [cells[1] for cells in rows[i : i + 8] if len(cells) == 2]
            if beside:
                begin, text = min(beside)
                return i, _stop(rows, i, begin - _SLACK, begin + len(text) // 2), begin - _SLACK
    return None


def _stop(rows: Sequence[list[_Cell]], start: int, edge: int, middle: int) -> int:
    """The row after the last that keeps to its column; the addressees and what runs across end the place.

    A line of the left column may reach under the right one, but not beyond its `middle`.
    """
    last = start
    for i, row in enumerate(rows[start : start + _ROWS], start=start):
        if not row:
            continue
        begin, text = row[0]
        across = len(row) == 1 and begin < edge and begin + len(text) > middle and not has_bullet(text)
        is_title = len(row) == 1 and text.isupper() and by_title(text, slips=0) is not None
        if across or (i > start and (is_title or _ADDRESS.match(fold(text)))):
            break
        last = i
    return last + 1


def _sides(row: list[_Cell], edge: int) -> tuple[str, str]:
    if len(row) == 2:  # a long date may begin before the motto does
        return row[0][1], row[1][1]
    left = [text for begin, text in row if begin < edge]
    return "   ".join(left), "   ".join(text for begin, text in row if begin >= edge)
