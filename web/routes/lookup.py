"""Paste text, get the documents that it cites."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from pipeline import contract, export
from pipeline.lookup import MOST_CHARACTERS, LookedUp, look_up
from web import render
from web.access import Reader

router = APIRouter(include_in_schema=False)
Pasted = Annotated[str, Form(max_length=MOST_CHARACTERS)]


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


@router.post("/lookup.json")
def lookup_json(visitor: Reader, text: Pasted = "") -> Response:
    """The same for programs."""
    return render.json_file([item(found) for found in look_up(text, visitor.view.find)])
