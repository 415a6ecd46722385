"""The bench beyond fields: tables cell by cell, where letters begin, files that are none, documents that are one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from extractors.tables.checks import CODES
from extractors.tables.reading import ReadTable
from models.document import Cell, Page
from models.geometry import BBox
from models.letter import Flag, Letter
from pipeline.said_tables import SaidCell, reach
from pipeline.store.said_cells import Sheet
from web import acts, record, render
from web.access import Archivist, Refused, Visitor
from web.findings import told
from web.i18n import language_of

router = APIRouter(include_in_schema=False)
Place = Annotated[int, Form(ge=0, le=100_000)]
TableNumber = Annotated[int, Path(ge=0, le=10_000)]
DISPUTED = "figure_disputed"


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell on the screen: its text, who said it, what the program reads there, and its box on the page.

    Attributes:
        covers: Columns that it spans, where the cells beside it are one with it.
    """

    row: int
    column: int
    text: str
    read: str
    who: str
    cell: Cell | None
    covers: int


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row on the screen; `findings` are what does not add up in it."""

    page: int
    cells: tuple[GridCell, ...]
    findings: tuple[Flag, ...]


@router.get("/review/{letter_id}/tables/{table}")
def table_page(request: Request, visitor: Archivist, letter_id: str, table: TableNumber) -> Response:
    """A table as a grid under its scan; every cell may be corrected, and totals are checked again at once."""
    letter = record.stored_letter(visitor, letter_id).letter
    sheet = visitor.view.desk.tables(letter_id)
    if table >= len(sheet.read):
        raise Refused(404, "this letter has no such table")
    holder = visitor.view.desk.take(letter_id, visitor.account.name, visitor.office.now())
    shown = sheet.read[table]
    pages = [page for page in letter.pages if page.number in shown.pages]
    return render.page(
        request, "table.html", visitor, letter=letter, letter_id=letter_id, table=shown, number=table,
        many=len(sheet.read), rows=_grid(letter, sheet, table), pages=pages, holder=holder,
        findings=_findings(letter, shown), stale=[cell for cell in sheet.stale if cell.table == table],
        pictured=letter.source.media_type != "text/plain", boxes=_boxes(shown, pages),
    )  # fmt: skip


def _grid(letter: Letter, sheet: Sheet, number: int) -> list[GridRow]:
    table = sheet.read[number]
    flags = _findings(letter, table)
    said: dict[tuple[int, int], tuple[str, str]] = {}
    for (at, above, left), (text, who) in sheet.said.items():
        if at == number:
            cell = SaidCell(at, above, left, table.rows[above].texts[left], text)
            said |= dict.fromkeys(reach(table, cell), (text, who))
    grid = []
    for i, row in enumerate(table.rows):
        cells: list[GridCell] = []
        for j, text in enumerate(row.texts):
            if j and row.cells[j] is not None and row.cells[j] is row.cells[j - 1]:
                last = cells.pop()
                cells.append(GridCell(i, last.column, last.text, text, last.who, last.cell, last.covers + 1))
                continue
            now, who = said.get((i, j), (text, ""))
            cells.append(GridCell(i, j, now, text, who, row.cells[j], 1))
        own = tuple(flag for flag in flags if flag.page == row.page and _in_row(flag, row.bbox))
        grid.append(GridRow(row.page, tuple(cells), own))
    return grid


def _in_row(flag: Flag, box: BBox | None) -> bool:
    return flag.bbox is not None and box is not None and box.top <= flag.bbox.y_mid <= box.bottom


def _findings(letter: Letter, table: ReadTable) -> list[Flag]:
    """What does not add up in a table, and figures that two readers read differently."""
    kinds = (*CODES, DISPUTED)
    return [f for f in letter.flags if f.code in kinds and (f.page is None or f.page in table.pages)]


def _boxes(table: ReadTable, pages: list[Page]) -> dict[int, list[tuple[int, int, Cell]]]:
    boxes: dict[int, list[tuple[int, int, Cell]]] = {page.number: [] for page in pages}
    for i, row in enumerate(table.rows):
        for j, cell in enumerate(row.cells):
            if cell is not None and cell.bbox is not None and row.page in boxes:
                boxes[row.page].append((i, j, cell))
    return boxes


@router.post("/review/{letter_id}/tables/{table}/cells")
def say_cell(
    request: Request, visitor: Archivist, letter_id: str, table: TableNumber, row: Place, column: Place,
    value: Annotated[str, Form(max_length=4000)] = "",
) -> Response:  # fmt: skip
    """Correct one cell; what no longer adds up, or adds up now, is told."""
    acts.say_cell(visitor, letter_id, (table, row, column), value)
    if request.headers.get("x-fetch") != "1":
        return render.go(f"/review/{letter_id}/tables/{table}")
    return render.json_file(_told(visitor, letter_id, table, language_of(request)))


def _told(visitor: Visitor, letter_id: str, table: int, language: str) -> dict[str, object]:
    letter = record.stored_letter(visitor, letter_id).letter
    sheet = visitor.view.desk.tables(letter_id)
    rows = _grid(letter, sheet, table)
    return {
        "findings": [told(flag.message, language) for flag in _findings(letter, sheet.read[table])],
        "wrong": [at for at, row in enumerate(rows) if row.findings],
        "said": [f"{c.row}-{c.column}" for row in rows for c in row.cells if c.who],
    }


@router.post("/review/{letter_id}/split")
def split(visitor: Archivist, letter_id: str, page: Annotated[int, Form(ge=1, le=100_000)]) -> Response:
    """Another letter begins on this page."""
    return render.go(f"/review/{acts.split_letter(visitor, letter_id, page)}")


@router.post("/review/{letter_id}/join")
def join(visitor: Archivist, letter_id: str) -> Response:
    """This is part of the letter before it in the file."""
    return render.go(f"/review/{acts.join_letter(visitor, letter_id)}")


@router.post("/review/{letter_id}/quarantine")
def quarantine(request: Request, visitor: Archivist, letter_id: str) -> Response:
    """This file is no letter of ours: take it out of the store and set it aside."""
    _, following = visitor.view.desk.neighbours(letter_id, visitor.account.name, visitor.office.now())
    sha256 = acts.quarantine_letter(visitor, letter_id)
    beside = following is not None and visitor.view.letter(following) is not None
    target = f"/review/{following}" if beside else f"/operator/files/{sha256}"
    return render.json_file({"next": target}) if request.headers.get("x-fetch") == "1" else render.go(target)


@router.post("/decisions/{decision_id}/merge")
def merge(visitor: Archivist, decision_id: str, into: Annotated[str, Form(max_length=200)] = "") -> Response:
    """A document known only from citations is another one, told by number, number and year, or id."""
    acts.merge_documents(visitor, decision_id, into)
    found = visitor.view.find(into.strip())
    return render.go(f"/decisions/{found[0].id}" if found else "/wanted")
