"""The rows of a project table: projects, sections, subtotals and totals, and which stand under which."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.tables.matrix import is_ordinal, is_section_mark, is_total
from extractors.tables.reading import ReadTable, Row

TOTAL, SECTION, PROJECT = "total", "section", "project"
_MARK = re.compile(r"(?P<mark>[IVX]{1,5}|[A-HĐ])(?P<rest>(?:\.\d{1,2})*)[.)]?(?:\s+(?P<title>\S.*))?")
_LEVEL_TOTAL, _LEVEL_PROJECT = -1, 10


@dataclass(frozen=True, slots=True)
class Entry:
    """One row with its part in the table.

    Attributes:
        index: 0-based among the body rows.
        kind: `TOTAL`, `SECTION` or `PROJECT`.
        level: Depth; a row stands under the nearest row above with a lower level.
        ordinal: As printed; None if it has none.
        name: Title of the section or project.
        section: Title of the section that a project stands in.
    """

    index: int
    row: Row
    kind: str
    level: int
    ordinal: str | None
    name: str
    section: str | None = None


def entries(table: ReadTable, ordinal: int, name: int) -> tuple[Entry, ...]:
    """The rows that are a project, section or total; `ordinal` and `name` are the columns that say so."""
    found: list[Entry] = []
    section: str | None = None
    for index, row in enumerate(table.rows):
        entry = _entry(index, row, ordinal, name, section)
        if entry is None:
            continue
        if entry.kind == SECTION:
            section = entry.name
        found.append(entry)
    return tuple(found)


def _entry(index: int, row: Row, ordinal: int, name: int, section: str | None) -> Entry | None:
    mark, title = row.texts[ordinal].strip(), row.texts[name].strip()
    opening = next((text for text in row.texts[: name + 1] if is_total(text)), None)
    if opening is not None:
        return Entry(index, row, TOTAL, _LEVEL_TOTAL, None, opening)
    if mark == title or not title:
        mark, title = _divided(mark or title)
    if not title:
        return None
    if is_section_mark(mark) and (match := _MARK.fullmatch(mark)):
        return Entry(index, row, SECTION, _section_level(match), mark.rstrip(".)"), title)
    if row.lone:
        return Entry(index, row, SECTION, 3, None, title)
    cell = row.cells[name]
    if cell is not None and cell.column == name and cell.column_span > 1 and mark in ("1", "l", "|"):
        # a title set across the columns of words is a section's; its "I" is read as a 1
        return Entry(index, row, SECTION, 1, "I", title)
    if mark and not is_ordinal(mark):
        return None
    depth = mark.strip(".").count(".")
    return Entry(index, row, PROJECT, _LEVEL_PROJECT + depth, mark.rstrip(".)") or None, title, section)


def _divided(text: str) -> tuple[str, str]:
    """Mark and title of a section that share one cell: "I Danh mục các dự án"."""
    match = _MARK.fullmatch(text)
    if match and match["title"]:
        return match["mark"] + match["rest"], match["title"]
    return "", text


def _section_level(match: re.Match[str]) -> int:
    roman = set(match["mark"]) <= set("IVX")
    return (1 if roman else 0) + match["rest"].count(".")


def children(found: tuple[Entry, ...], parent: Entry) -> tuple[Entry, ...]:
    """The entries directly under a section, or all sections and projects that a total adds up."""
    place = found.index(parent)
    if parent.kind == TOTAL:
        below = [entry for entry in found[place + 1 :] if entry.kind != TOTAL]
        below = below or [entry for entry in found[:place] if entry.kind != TOTAL]
    else:
        below = []
        for entry in found[place + 1 :]:
            if entry.level <= parent.level:
                break
            below.append(entry)
    top = min((entry.level for entry in below), default=0)
    return tuple(entry for entry in below if entry.level == top)
