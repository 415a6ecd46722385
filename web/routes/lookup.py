"""Paste text, get the documents that it cites."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from pipeline import contract, export
from pipeline.lookup import MOST_CHARACTERS, LookedUp, LookedUpRow, look_up, look_up_rows
from web import render
from web.access import Reader

router = APIRouter(include_in_schema=False)
Pasted = Annotated[str, Form(max_length=MOST_CHARACTERS)]
ROW_COLUMNS = ("pasted", "number", "date", "status", "decision_id", "document", "document_date", "issuer", "state")
STATUS = {200: "found", 300: "several", 400: "no number", 404: "unknown", 429: "beyond the limit"}


def item(found: LookedUp) -> dict[str, Any]:
    """One answer for programs."""
    citation = contract.citation_to_json(found.citation)
    names = ("number", "date", "doc_type", "issuer", "relation", "confidence")
    words = found.citation.mentions[0].text if found.citation.mentions else ""
    return {
        **{name: citation[name] for name in names},
        "text": words,
        "start": found.start,
        "end": found.end,
        "status": found.status,
        "documents": [export.node_json(node) for node in found.documents],
    }


@router.get("/lookup")
def lookup_page(request: Request, visitor: Reader) -> Response:
    """The form."""
    return render.page(request, "lookup.html", visitor, text="", found=None)


@router.post("/lookup")
def lookup(request: Request, visitor: Reader, text: Pasted = "") -> Response:
    """The citations of the text with what the store knows of each."""
    return render.page(request, "lookup.html", visitor, text=text, found=look_up(text, visitor.view.find))


@router.post("/lookup/rows.csv")
def lookup_rows(visitor: Reader, text: Pasted = "") -> Response:
    """A column of numbers, row by row, to be pasted beside it; a row that several documents fit names them all."""
    return render.csv_file("lookup.csv", ROW_COLUMNS, map(_cells, look_up_rows(text, visitor.view.find)))


def _cells(row: LookedUpRow) -> list[object]:
    nodes = row.documents
    return [
        row.text, row.number, row.issued_on, STATUS[row.status], "; ".join(node.id for node in nodes),
        "; ".join(node.number or "" for node in nodes), "; ".join(str(node.issued_on or "") for node in nodes),
        "; ".join(node.issuer or "" for node in nodes), "; ".join("held" if node.held else "wanted" for node in nodes),
    ]  # fmt: skip


def row_item(row: LookedUpRow) -> dict[str, Any]:
    """One row for programs."""
    return {
        "text": row.text,
        "number": str(row.number) if row.number else None,
        "date": row.issued_on.isoformat() if row.issued_on else None,
        "status": row.status,
        "documents": [export.node_json(node) for node in row.documents],
    }


@router.post("/lookup.json")
def lookup_json(visitor: Reader, text: Pasted = "") -> Response:
    """The same for programs."""
    return render.json_file([item(found) for found in look_up(text, visitor.view.find)])
