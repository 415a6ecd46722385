"""Tables of a letter on a terminal: as a grid where they fit, else row by row with the heading of each cell."""

from __future__ import annotations

from rich import box
from rich.table import Table as Grid
from rich.text import Text

from extractors.tables.matrix import is_figure
from models.letter import Table
from pipeline.cli.app import clean, console, shorten

_MOST_COLUMNS = 9


def print_tables(tables: tuple[Table, ...]) -> None:
    """Print each table under its title and unit."""
    for number, table in enumerate(tables, start=1):
        pages = ", ".join(map(str, table.pages))
        unit = f" ({clean(table.unit)})" if table.unit else ""
        console().print(Text(f"Table {number}, page {pages}: {clean(table.title) or '(no title)'}{unit}", style="bold"))
        if len(table.columns) <= _MOST_COLUMNS:
            _print_grid(table)
        else:
            _print_rows(table)


def _heading(path: tuple[str, ...]) -> str:
    return " / ".join(clean(part) for part in path)


def _print_grid(table: Table) -> None:
    grid = Grid(box=box.HORIZONTALS, show_lines=True, header_style="bold", padding=(0, 1, 0, 0))
    for path in table.columns:
        grid.add_column(_heading(path), overflow="fold")
    for row in table.rows:
        grid.add_row(*map(clean, row))
    console().print(grid)


def _print_rows(table: Table) -> None:
    """Words that are merged across stand once; a figure may well stand beside its equal."""
    for row in table.rows:
        parts, before = [], None
        for path, text in zip(table.columns, row, strict=True):
            if text and (text != before or is_figure(text)):
                heading = " / ".join(shorten(clean(part), 30) for part in path[-2:])
                parts.append(f"{heading}: {clean(text)}" if heading else clean(text))
            before = text
        console().print(Text("- " + " · ".join(parts)))
