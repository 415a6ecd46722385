"""What a list shows, as its address says it; the same for pages, exports and the programming interface."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Query

from models.errors import InvalidDate
from models.letter import RELATIONS
from pipeline.corrections import day
from pipeline.query import FIELDS, understood
from pipeline.store.browse import Filter
from pipeline.store.selection import Selection

LONGEST = 400
Words = Annotated[str, Query(max_length=LONGEST, description="Full text; marks are optional, quotes make a phrase.")]
Typed = Annotated[
    str,
    Query(
        max_length=LONGEST,
        description="Full text; marks are optional, quotes make a phrase, a colon a field: số:4045 năm:2022. "
        f"Fields are {', '.join(f'{field.name_vi} ({field.name_en})' for field in FIELDS)}.",
    ),
]
Short = Annotated[str, Query(max_length=200)]
Day = Annotated[str, Query(max_length=20, description="2024-12-31 or 31/12/2024.")]
After = Annotated[str, Query(max_length=80, description="Continues a list: `next` of the page before.")]


def sent(
    q: Typed = "",
    issuer: Short = "",
    type: Short = "",
    year: Annotated[str, Query(pattern=r"^(|(19|20)\d\d)$", description="Year of issue.")] = "",
    relation: Annotated[str, Query(pattern=f"^(|{'|'.join(RELATIONS)})$")] = "",
    since: Day = "",
    until: Day = "",
    status: Annotated[str, Query(pattern="^(|ok|partial|review)$")] = "",
    successors: Annotated[
        str, Query(pattern="^(|1)$", description="1: also letters of the bodies that took over from `issuer`.")
    ] = "",
    cited: Annotated[
        str, Query(pattern="^(|held|wanted)$", description="Letters that cite a document that is held, or one wanted.")
    ] = "",
    number: Short = "",
    subject: Short = "",
    signer: Short = "",
    citing: Annotated[str, Query(max_length=200, description="Number, or number and year, of what they cite.")] = "",
) -> Filter:
    """The filter of a request as it was sent, fields still among the words; an empty choice is no choice.

    Raises:
        InvalidDate: if a date is none.
    """
    first, last = (day(text) if text else None for text in (since, until))
    searching = (number or None, subject or None, signer or None, citing or None)
    selection = Selection(issuer or None, type or None, first, last, status or None, bool(successors), *searching)
    return Filter(q.strip(), int(year) if year else None, relation or None, selection, cited or None)


Sent = Annotated[Filter, Depends(sent)]


def chosen(sent: Sent) -> Filter:
    """The filter of a request.

    Raises:
        InvalidDate: if a date is none.
        InvalidQuery: if the words cannot be understood.
    """
    return understood(sent)


@dataclass(frozen=True, slots=True)
class AsKnown:
    """A day of the law, and a day of the archive: what was in force on one, as far as was known on the other."""

    on: date | None = None
    known_on: date | None = None


NOW = AsKnown()


def as_known(on: Day = "", known_on: Day = "") -> AsKnown:
    """The days of a request.

    Raises:
        InvalidDate: if one is none.
    """
    return AsKnown(*(day(text) if text else None for text in (on, known_on)))


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
        "successors": "1" if selection.successors else None,
        "cited": wanted.cited,
        "number": selection.number,
        "subject": selection.subject,
        "signer": selection.signer,
        "citing": selection.citing,
    }
    return urlencode({name: value for name, value in {**values, **changes}.items() if value})


__all__ = [
    "NOW", "After", "AsKnown", "Day", "InvalidDate", "Sent", "Short", "Words", "as_known", "chosen", "query_of",
]  # fmt: skip
