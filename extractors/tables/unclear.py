"""Figures that a person should look at though no second reader contradicts: cut, no figures, written oddly."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from extractors.tables.matrix import is_figure
from extractors.tables.reading import ReadTable, Row
from models.document import Document
from models.letter import Flag

_FIGURES, _CLEAR_ONES = 0.6, 0.3  # of the filled cells of a column of figures: like figures at all, and clear ones
_CLEAR = 0.5  # the least certainty of a figure that is no word to ask about
_MOST = 3  # times as many figures are written the usual way
_GROUPS = {"dots": re.compile(r"\d{1,3}(?:\.\d{3})+"), "commas": re.compile(r"\d{1,3}(?:,\d{3})+")}
_BLANK_INSIDE = re.compile(r"\d[.,]?\s+[.,]?\d")
_LONGEST = 12  # letters of a figure
_ZERO_FIRST = re.compile(r"0\d")
_HALF = {"dots": re.compile(r"[\d.]+\.\d{1,2}"), "commas": re.compile(r"[\d,]+,\d{1,2}")}  # a group cut short
_UNGROUPED = re.compile(r"\d{4,}")


def flags(document: Document, table: ReadTable) -> Iterator[tuple[int, int, Flag]]:
    """Row and column of each doubtful figure with its flag; whole columns of words are left out, and the first."""
    scanned = {page.number for page in document.pages if page.text_origin == "ocr"}
    columns = [column for column in range(1, len(table.columns)) if _holds_figures(table.rows, column)]
    texts = {column: [row.texts[column] for row in table.rows] for column in columns}
    everywhere = _way([text for column in columns for text in texts[column]])
    yield from _unread(table)
    for index, row in enumerate(table.rows):
        for column in columns:
            cell, text = row.cells[column], row.texts[column]
            if cell is None or not text or cell.row_span > 1 or cell.column != column:
                continue
            why = None
            if row.page in scanned and not is_figure(text):
                why = "no figure, though its column holds figures"
            elif row.page in scanned and _ZERO_FIRST.match(text):
                why = "no figure begins so"
            elif row.page in scanned and _BLANK_INSIDE.search(text):
                why = "a blank inside, one figure or two"
            elif row.page in scanned and cell.confidence <= _CLEAR:
                why = "not clear on the page"
            elif usual := _other_than(text, _way(texts[column]) or everywhere):
                why = f"the figures beside it have {usual} between the thousands"
            elif (own := _way(texts[column])) and _HALF[own].fullmatch(text):
                why = f"a group between {own} has too few figures"
            elif own is None and _is_mixed(texts[column]) and _grouped(text):
                why = "its column has dots and commas between the thousands"
            if why is not None:
                yield index, column, Flag("figure_unclear", f"read as {text}: {why}", row.page, cell.bbox)


def _unread(table: ReadTable) -> Iterator[tuple[int, int, Flag]]:
    for index, row in enumerate(table.rows):
        for column, cell in enumerate(row.cells):
            if cell is not None and not cell.text and not cell.confidence:
                yield index, column, Flag("cell_unread", "the reader did not end on this cell", row.page, cell.bbox)


def _holds_figures(rows: Sequence[Row], column: int) -> bool:
    texts = [row.texts[column] for row in rows if row.texts[column] and not row.lone]
    if not texts or sum(map(is_figure, texts)) < _CLEAR_ONES * len(texts):
        return False
    return sum(is_figure(text) or _is_like_a_figure(text) for text in texts) >= _FIGURES * len(texts)


def _is_like_a_figure(text: str) -> bool:
    """Whether a figure may have been read as this: short, with digits, and no date and no years."""
    return len(text) <= _LONGEST and sum(map(str.isdigit, text)) >= len(text) / 3 and not re.search(r"\d\s?[-/]", text)


def _way(texts: Sequence[str]) -> str | None:
    """How nearly all large figures are written, one of `_GROUPS`; None if they are few or mixed."""
    found = Counter(name for text in texts for name, pattern in _GROUPS.items() if pattern.fullmatch(text))
    others = sum(bool(_UNGROUPED.fullmatch(text)) for text in texts)
    usual = max(found, key=lambda name: found[name], default=None)
    if usual is None or found[usual] < _MOST * max(1, found.total() - found[usual] + others):
        return None
    return usual


def _other_than(text: str, usual: str | None) -> str | None:
    """`usual` if a large figure is not written that way."""
    if usual is None or _GROUPS[usual].fullmatch(text):
        return None
    return usual if _UNGROUPED.fullmatch(text) or _grouped(text) else None


def _grouped(text: str) -> bool:
    return any(pattern.fullmatch(text) for pattern in _GROUPS.values())


def _is_mixed(texts: Sequence[str]) -> bool:
    """Whether a column groups thousands both ways: what a dot or a comma means in it cannot be told."""
    return all(any(pattern.fullmatch(text) for text in texts) for pattern in _GROUPS.values())
