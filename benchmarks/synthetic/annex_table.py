"""The table of an annex: header paths merged upwards and sideways, section rows, figures set right."""

from __future__ import annotations

from html import escape

from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Paragraph
from reportlab.platypus import Table as TableFlowable

from benchmarks.synthetic.content import Table

SIZE = 7.8
Span = tuple[int, int, int, int]


def header_spans(table: Table) -> tuple[int, dict[Span, str]]:
    """How many header rows there are, and each merged header cell as (row, column, last row, last column)."""
    depth = max(len(column.header) for column in table.columns)
    spans: dict[Span, str] = {}
    for level in range(depth):
        start = 0
        while start < len(table.columns):
            path = table.columns[start].header[: level + 1]
            end = start
            while end + 1 < len(table.columns) and table.columns[end + 1].header[: level + 1] == path:
                end += 1
            if len(path) == level + 1:
                leaf = all(len(c.header) == level + 1 for c in table.columns[start : end + 1])
                spans[(level, start, depth - 1 if leaf else level, end)] = path[-1]
            start = end + 1
    return depth, spans


def section_span(table: Table, cells: tuple[str, ...]) -> tuple[int, int] | None:
    """First and last column of the merged title of a section or total row; None for an ordinary row."""
    if cells[0].isdigit():
        return None
    first_figure = next(i for i, column in enumerate(table.columns) if column.numeric)
    return 1, first_figure - 1


def table_flowable(table: Table) -> TableFlowable:
    """The table ready to be put on a page; the header is repeated where the page ends."""
    depth, spans = header_spans(table)
    grid: list[list[object]] = [[""] * len(table.columns) for _ in range(depth)]
    style: list[tuple[object, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.5, black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("LEFTPADDING", (0, 0), (-1, -1), 1.2),
        ("RIGHTPADDING", (0, 0), (-1, -1), 1.2),
        ("TOPPADDING", (0, 0), (-1, -1), 1.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2.5),
    ]
    for (row, column, last_row, last_column), text in spans.items():
        grid[row][column] = _cell(text, bold=True, alignment=TA_CENTER)
        style.append(("SPAN", (column, row), (last_column, last_row)))
    for i, row_cells in enumerate(table.rows):
        merged = section_span(table, row_cells)
        grid.append([_body_cell(table, j, text, merged is not None) for j, text in enumerate(row_cells)])
        if merged:
            style.append(("SPAN", (merged[0], depth + i), (merged[1], depth + i)))
    widths = [column.width * mm for column in table.columns]
    return TableFlowable(grid, colWidths=widths, style=style, repeatRows=depth)


def _body_cell(table: Table, column: int, text: str, bold: bool) -> object:
    if table.columns[column].numeric:
        return _cell(text, bold, TA_RIGHT)
    return _cell(text, bold, TA_LEFT if column in (1, 2) else TA_CENTER)


def _cell(text: str, bold: bool, alignment: int) -> Paragraph:
    style = ParagraphStyle("cell", fontName="Serif", fontSize=SIZE, leading=SIZE * 1.15, alignment=alignment)
    return Paragraph(f"<b>{escape(text)}</b>" if bold else escape(text), style)
