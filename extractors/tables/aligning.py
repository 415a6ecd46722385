"""Heads that do not stand above their data: text tables whose merged cells were lost are aligned by count."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.tables.matrix import is_figure
from extractors.tables.reading import ReadTable
from extractors.tables.roles import SOURCES, Measure, measure
from extractors.vi import money
from extractors.vi.text import fold


@dataclass(frozen=True, slots=True)
class Alignment:
    """Measures found by counting.

    Attributes:
        measures: One per column of figures.
        assumed: What the printed head cannot settle, in words; None if nothing.
    """

    measures: tuple[Measure, ...]
    assumed: str | None


def align(table: ReadTable, identity: int) -> Alignment | None:
    """Deal the figure columns out to the headings in order; None if the counts do not come out even.

    Args:
        table: One that came as text.
        identity: How many columns on the left say what the row is; their headings do stand above them.
    """
    columns = _figure_columns(table, identity)
    names = _measure_names(table, identity)
    if not columns or not names or len(columns) % len(names):
        return None
    share = len(columns) // len(names)
    sources = _sources(table, share)
    if sources is None:
        return None
    english = [money.is_english(row.texts[column] for row in table.rows) for column in columns]
    found = []
    for place, column in enumerate(columns):
        name = measure(column, (names[place // share],), table.unit, english[place])
        found.append(Measure(column, name.name, sources[place % share], name.period, name.unit, name.english))
    return Alignment(tuple(found), _assumption(table, columns, share, sources))


def _figure_columns(table: ReadTable, identity: int) -> list[int]:
    """Columns right of the identity columns that hold figures; empty ones at the end belong to the lost head."""
    result = []
    for column in range(identity, len(table.columns)):
        texts = [row.texts[column] for row in table.rows if row.texts[column]]
        if texts and all(is_figure(text) for text in texts):
            result.append(column)
    return result


def _measure_names(table: ReadTable, identity: int) -> list[str]:
    """The headings over figures in printed order: a group's own subheading where it opens with a column of words."""
    if not table.head:
        return []
    groups = [text for text in table.head[0] if text]
    if len(groups) < identity:
        return []
    names = groups[identity:]
    below = [text for row in table.head[1:2] for text in row if text]
    # The last identity column may be the first part of a group: "Quyết định đầu tư" = "Số quyết định" + "TMĐT".
    own = []
    for text in below[1:] if below and not _is_source(below[0]) else []:
        if _is_source(text) or _is_total(text):
            break
        own.append(text)
    return own + names


def _source_key(text: str) -> str | None:
    plain = fold(text).strip(" .,:;()")
    return next((key for key, pattern in SOURCES.items() if pattern.fullmatch(plain)), None)


def _is_source(text: str) -> bool:
    return _source_key(text) is not None


def _is_total(text: str) -> bool:
    return fold(text).startswith(("tong so", "tong cong"))


def _sources(table: ReadTable, share: int) -> list[str | None] | None:
    """The source of each figure of a group; None if their number fits no reading of the head."""
    printed: list[str] = []
    for row in table.head[1:]:
        for text in row:
            key = _source_key(text)
            if key and key not in printed:
                printed.append(key)
    if share == 1:
        return [None]
    if share == len(printed) + 1:
        return [None, *printed]
    if share == 2 and "NSĐP" in printed:
        return [None, "NSĐP"]
    return None


def _assumption(table: ReadTable, columns: list[int], share: int, sources: list[str | None]) -> str | None:
    """What had to be assumed beyond the order of the headings."""
    count = len(columns)
    text = f"the head does not stand above the data; {count} columns of figures were dealt out in order, {share} each"
    if share != 2 or sources[1] is None:
        return text
    pairs = [
        (row.texts[a], row.texts[b]) for row in table.rows for a, b in zip(columns[::2], columns[1::2], strict=True)
    ]
    equal = sum(a == b for a, b in pairs if a or b)
    filled = sum(1 for a, b in pairs if a or b)
    return f"{text}; the second is taken for {sources[1]}: it equals the total in {equal} of {filled} pairs"
