"""What a list shows, as its address says it; the same for pages, exports and the programming interface."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query

from models.errors import InvalidDate
from models.letter import RELATIONS
from pipeline.corrections import day
from pipeline.store.browse import Filter
from pipeline.store.search import Selection

LONGEST = 400
Words = Annotated[str, Query(max_length=LONGEST, description="Full text; marks are optional, quotes make a phrase.")]
Short = Annotated[str, Query(max_length=200)]
After = Annotated[str, Query(max_length=80, description="Continues a list: `next` of the page before.")]


def chosen(
    q: Words = "",
    issuer: Short = "",
    type: Short = "",
    year: Annotated[str, Query(pattern=r"^(|(19|20)\d\d)$", description="Year of issue.")] = "",
    relation: Annotated[str, Query(pattern=f"^(|{'|'.join(RELATIONS)})$")] = "",
    since: Annotated[str, Query(max_length=20, description="2024-12-31 or 31/12/2024.")] = "",
    until: Annotated[str, Query(max_length=20)] = "",
    status: Annotated[str, Query(pattern="^(|ok|partial|review)$")] = "",
) -> Filter:
    """The filter of a request; an empty choice is no choice.

    Raises:
        InvalidDate: if a date is none.
    """
    first, last = (day(text) if text else None for text in (since, until))
    selection = Selection(issuer or None, type or None, first, last, status or None)
    return Filter(q.strip(), int(year) if year else None, relation or None, selection)


def query_of(wanted: Filter, **changes: object) -> str:
    """The filter as the query of an address, with some choices changed; empty ones are left out."""
    selection = wanted.selection
    values: dict[str, object] = {
        "q": wanted.words,
        "issuer": selection.issuer,
        "type": selection.doc_type,
        "year": wanted.year,
        "relation": wanted.relation,
        "since": selection.since,
        "until": selection.until,
        "status": selection.status,
    }
    return urlencode({name: value for name, value in {**values, **changes}.items() if value})


__all__ = ["After", "InvalidDate", "Short", "Words", "chosen", "query_of"]
