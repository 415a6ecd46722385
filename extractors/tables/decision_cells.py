"""Where the decisions of projects stand: the columns of their numbers, and which mentions lie in them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extractors import flow
from extractors.tables.reading import ReadTable, read_tables
from extractors.tables.roles import column_roles, decision_columns
from models.document import Cell, Document, Evidence
from models.geometry import BBox

_AROUND = 1.0  # points

Asked = Callable[[Sequence[Evidence]], bool | None]


def asked(document: Document) -> Asked:
    """Tells of a mention whether it stands in a column of decisions on projects.

    False if it stands in a table that is of no projects, None if that cannot be told.
    """
    tables = [(table, "name" in column_roles(table), decision_columns(table)) for table in read_tables(document)]

    def answer(evidence: Sequence[Evidence]) -> bool | None:
        if not evidence:
            return None
        box, page = flow.box(document, evidence), evidence[0].page
        for table, of_projects, columns in tables:
            if page not in table.pages:
                continue
            place = _column_at(table, page, box) if box else _column_of(table, document.line(evidence[0]).text)
            if place is not None:
                return False if not of_projects else True if place in columns else None
        return None

    return answer if tables else lambda _: None


def _column_at(table: ReadTable, page: int, box: BBox) -> int | None:
    """The column of the body cell around the middle of a box."""
    for row in table.rows:
        if row.page == page and row.bbox is not None and _holds(row.bbox, box):
            return next((c for c, cell in enumerate(row.cells) if _is_around(cell, box)), None)
    return None


def _is_around(cell: Cell | None, box: BBox) -> bool:
    return cell is not None and cell.bbox is not None and _holds(cell.bbox, box)


def _holds(outer: BBox, box: BBox) -> bool:
    across = outer.x0 - _AROUND <= box.x_mid <= outer.x1 + _AROUND
    return across and outer.top - _AROUND <= box.y_mid <= outer.bottom + _AROUND


def _column_of(table: ReadTable, text: str) -> int | None:
    """The same for a table that came as text, by what the cell says."""
    return next((row.texts.index(text) for row in table.rows if text in row.texts), None)
