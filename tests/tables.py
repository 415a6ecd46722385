"""Tables for tests: grids written as rows of text, with places as if they had been drawn."""

from __future__ import annotations

from pathlib import Path

from models.document import Cell, Document, Grid, Line, Page, Reading, Source, Word
from models.geometry import BBox

WIDTH, HEIGHT = 60.0, 20.0
SOURCE = Source("a.pdf", "0" * 64, "application/pdf", Path("a.pdf"), 1)


def drawn(
    rows: list[list[str]],
    spans: dict[tuple[int, int], tuple[int, int]] | None = None,
    *,
    page: int = 1,
    top: float = 100.0,
) -> Grid:
    """A ruled grid; `spans` gives (row span, column span) of merged cells, whose other places are left out."""
    spans = spans or {}
    covered = {
        (r + i, c + j) for (r, c), (h, w) in spans.items() for i in range(h) for j in range(w) if (i, j) != (0, 0)
    }
    cells = []
    for r, row in enumerate(rows):
        for c, text in enumerate(row):
            if (r, c) not in covered:
                height, width = spans.get((r, c), (1, 1))
                x, y = 50 + c * WIDTH, top + r * HEIGHT
                cells.append(Cell(text, r, c, height, width, BBox(x, y, x + width * WIDTH, y + height * HEIGHT)))
    columns = len(rows[0])
    box = BBox(50.0, top, 50 + columns * WIDTH, top + len(rows) * HEIGHT)
    return Grid(page, box, len(rows), columns, tuple(cells))


def line(text: str, left: float, top: float) -> Line:
    """A line of 10 points."""
    box = BBox(left, top, left + 5 * len(text), top + 10)
    return Line(text, text, box, 1.0, (Word(text, box),))


def words(*placed: tuple[str, float, float]) -> tuple[Line, ...]:
    """One line per (text, left, top), a word for each word of it."""
    lines = []
    for text, left, top in placed:
        parts, x = [], left
        for part in text.split():
            parts.append(Word(part, BBox(x, top, x + 4 * len(part), top + 8)))
            x += 4 * len(part) + 2
        lines.append(Line(text, text, BBox(left, top, x - 2, top + 8), 1.0, tuple(parts)))
    return tuple(lines)


def document(*pages: Page, readings: tuple[Reading, ...] = ()) -> Document:
    """The pages as a letter."""
    return Document(SOURCE, pages, readings)


def page(*grids: Grid, lines: tuple[Line, ...] = (), number: int = 1, origin: str = "pdf-text") -> Page:
    """An A4 page across."""
    return Page(number, 842, 595, text_origin=origin, lines=lines, grids=grids)
