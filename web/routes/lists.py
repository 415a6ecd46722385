"""Lists beside the search: documents wanted, the register."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from pipeline import export
from pipeline import register as registers
from pipeline.store.browse import Filter
from web import render
from web.access import Reader, Visitor
from web.filters import Words, chosen, query_of

router = APIRouter(include_in_schema=False)
Chosen = Annotated[Filter, Depends(chosen)]
Offset = Annotated[int, Query(ge=0, le=100_000)]
WANTED_COLUMNS = ("decision_id", "number", "doc_type", "date", "issuer", "title", "letters")
PART = 50
EVERYTHING = 1_000_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@router.get("/wanted")
def wanted_page(request: Request, visitor: Reader, q: Words = "", offset: Offset = 0) -> Response:
    """Cited but not held, the most cited first."""
    found = visitor.view.browse.wanted(q, offset=offset, limit=PART + 1)
    following = offset + PART if len(found) > PART else None
    return render.page(request, "wanted.html", visitor, found=found[:PART], q=q, following=following)


def _wanted_rows(visitor: Visitor, q: str) -> list[list[object]]:
    found = visitor.view.browse.wanted(q, limit=EVERYTHING)
    return [
        [w.node.id, w.node.number, w.node.doc_type, w.node.issued_on, w.node.issuer, w.node.title, w.letters]
        for w in found
    ]


@router.get("/wanted.csv")
def wanted_csv(visitor: Reader, q: Words = "") -> Response:
    """The whole list."""
    return render.csv_file("wanted.csv", WANTED_COLUMNS, _wanted_rows(visitor, q))


@router.get("/wanted.json")
def wanted_json(visitor: Reader, q: Words = "") -> Response:
    """The whole list."""
    return render.json_file([dict(zip(WANTED_COLUMNS, row, strict=True)) for row in _wanted_rows(visitor, q)])


def entries(visitor: Visitor, scans: Sequence[Sequence[str]]) -> Iterator[registers.Entry]:
    """Rows of the register for these documents, each given by its scans; read as they are taken."""
    for start in range(0, len(scans), PART):
        keys = [key for group in scans[start : start + PART] for key in group]
        yield from registers.entries(visitor.view.heads(keys))


def _every_entry(visitor: Visitor, wanted: Filter) -> Iterator[registers.Entry]:
    return entries(visitor, visitor.view.scans(wanted.narrowed()))


@router.get("/register")
def register_page(request: Request, visitor: Reader, wanted: Chosen, offset: Offset = 0) -> Response:
    """The incoming register, ten columns."""
    headings = [heading for heading, _ in registers.COLUMNS]
    scans = visitor.view.scans(wanted.narrowed())
    rows = list(entries(visitor, scans[offset : offset + PART]))
    following = offset + PART if len(scans) > offset + PART else None
    return render.page(
        request, "register.html", visitor, rows=rows, count=len(scans), headings=headings, wanted=wanted,
        query_of=query_of, offset=offset, following=following, part=PART,
    )  # fmt: skip


@router.get("/register.csv")
def register_csv(visitor: Reader, wanted: Chosen) -> Response:
    """The register for spreadsheets."""
    headings = [heading for heading, _ in registers.COLUMNS]
    return render.csv_file("register.csv", headings, (row.cells() for row in _every_entry(visitor, wanted)))


@router.get("/register.json")
def register_json(visitor: Reader, wanted: Chosen) -> Response:
    """The register for programs."""
    headings = [heading for heading, _ in registers.COLUMNS]
    return render.json_file([dict(zip(headings, row.cells(), strict=True)) for row in _every_entry(visitor, wanted)])


@router.get("/register.xlsx")
def register_xlsx(visitor: Reader, wanted: Chosen) -> Response:
    """The register as a workbook, ready to print."""
    return render.download("register.xlsx", registers.workbook(_every_entry(visitor, wanted)), XLSX)


@router.get("/links.csv")
def links_csv(visitor: Reader) -> Response:
    """Every citation of every letter."""
    return render.csv_file("links.csv", export.EDGE_COLUMNS, map(export.edge_row, list(visitor.view.edges())))


@router.get("/links.graphml")
def links_graphml(visitor: Reader) -> Response:
    """The whole graph."""
    text = export.graphml(visitor.view.documents(), visitor.view.edges())
    return render.download("links.graphml", text.encode(), "application/xml")
