"""Letters that arrive as text: Markdown remnants taken off, tab tables kept as grids, old fonts' codes converted."""

from __future__ import annotations

import re

from extractors.vi import legacy
from extractors.vi.text import normalise
from models.document import Cell, Grid, Line, Page
from pipeline.engines.text_columns import columns_apart

_MARKUP = (
    (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"),  # links and pictures: the words stay
    (re.compile(r"<((?:https?://|mailto:)[^>]+)>"), r"\1"),
    (re.compile(r"\*{1,3}(?=\S)(.+?)(?<=\S)\*{1,3}"), r"\1"),
    (re.compile(r"(?<!\w)_{1,2}(?=\S)(.+?)(?<=\S)_{1,2}(?!\w)"), r"\1"),
    (re.compile(r"~~(.+?)~~\s?"), r"\1"),
    (re.compile(r"^\s*#{1,6}\s+"), ""),
    (re.compile(r"^\s*>\s+"), ""),
    (re.compile(r"\*{2,}|~~"), ""),
)
_TABLE_COLUMNS = 4  # fewer tabs than this on a line are indentation or two columns side by side


def strip_markup(text: str) -> str:
    """One line without emphasis, strike-through, headings and link targets; the words and their order stay."""
    for pattern, replacement in _MARKUP:
        text = pattern.sub(replacement, text)
    return text


def read_pages(text: str) -> tuple[Page, ...]:
    """The pages of a text, split at form feeds; every cell of a tab table is a line of its own."""
    encoding = legacy.detect(text)
    return tuple(_page(number, part, encoding) for number, part in enumerate(text.split("\f"), start=1))


def _page(number: int, text: str, encoding: str | None) -> Page:
    # Emphasis may run over a line end ("**KT. BỘ TRƯỞNG\nTHỨ TRƯỞNG**"): unpaired marks go with the last rule above.
    lines: list[Line] = []
    grids: list[Grid] = []
    table: list[tuple[str, ...]] = []
    for block, raw in enumerate(columns_apart(text.split("\n"))):
        read = tuple(strip_markup(cell) for cell in raw.split("\t"))
        parts = tuple(normalise(legacy.convert_line(cell, encoding) if encoding else cell) for cell in read)
        if len(parts) >= _TABLE_COLUMNS and (table or sum(map(bool, parts)) >= 2):
            table.append(parts)
        elif table and sum(map(bool, parts)) == 1 and re.match(r"[IVXA-H]+[.\s]", parts[0]):
            table.append(parts)  # a section row that lost its empty cells
        else:
            grids += _grid(number, table)
            table = []
        raws = (raw,) if len(parts) == 1 else read if encoding else parts
        lines += [Line(cell, said, None, block=block) for cell, said in zip(parts, raws, strict=True) if cell]
    grids += _grid(number, table)
    return Page(number, 595.0, 842.0, text_origin="text", lines=tuple(lines), grids=tuple(grids))


def _grid(page: int, rows: list[tuple[str, ...]]) -> list[Grid]:
    if len(rows) < 2:
        return []
    columns = max(map(len, rows))
    cells = tuple(Cell(text, r, c) for r, row in enumerate(rows) for c, text in enumerate(row) if text)
    return [Grid(page, None, len(rows), columns, cells)]
