"""REST under /api/v1: reading. Everything that the screens show, for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from pipeline import contract, export
from pipeline import register as registers
from pipeline.lookup import MOST_CHARACTERS, look_up, look_up_rows
from pipeline.store.browse import Filter
from pipeline.store.graph import Walk
from web import record
from web.access import Reader, Refused
from web.etag import Tagged
from web.filters import After, Words, chosen
from web.problems import problems
from web.routes.graph import graph_json, neighbourhood, walk
from web.routes.lists import entries
from web.routes.lookup import item, row_item

router = APIRouter(prefix="/api/v1", tags=["read"], route_class=Tagged)
LetterId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}-[0-9]{1,6}$", examples=["0123456789abcdef-1"])]
DecisionId = Annotated[str, Path(pattern=r"^d[0-9a-f]{15}$", examples=["d0123456789abcde"])]
Limit = Annotated[int, Query(ge=1, le=200)]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Continues a list: `next` of the part before.")]
Chosen = Annotated[Filter, Depends(chosen)]
IfNoneMatch = Annotated[str | None, Header(max_length=400, description="ETag of what you have already.")]
NO_NUL = r"^[^\x00]*$"


class Listed(BaseModel):
    """A part of a list; pass `next` as `after` for the following part, None at the end."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"letter_id": "0123456789abcdef-1"}], "next": None, "total": 1}]}
    )

    items: list[dict[str, Any]]
    next: str | None
    total: int | None = None

    @classmethod
    def part(cls, every: Sequence[dict[str, Any]], after: int, limit: int) -> Listed:
        """The part of a whole list that begins at place `after`."""
        following = str(after + limit) if len(every) > after + limit else None
        return cls(items=list(every[after : after + limit]), next=following, total=len(every))


class Me(BaseModel):
    """Whose token or session this is."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "lan", "role": "reader", "cleared": False}]})

    name: str
    role: str
    cleared: bool


class Pasted(BaseModel):
    """Text whose citations are looked up."""

    text: str = Field(max_length=MOST_CHARACTERS, pattern=NO_NUL, examples=["Căn cứ Nghị quyết số 17/NQ-CP năm 2019"])


@router.get("/me", responses=problems())
def me(visitor: Reader) -> Me:
    """The account behind the token."""
    account = visitor.account
    return Me(name=account.name, role=account.role, cleared=account.cleared)


@router.get("/counts", responses=problems())
def counts(visitor: Reader) -> dict[str, int]:
    """How many letters, files, citations and documents there are for this reader."""
    return visitor.view.counts()


@router.get("/letters", responses=problems())
def letters(visitor: Reader, wanted: Chosen, after: After = "", limit: Limit = 50) -> Listed:
    """Letters in short: the best first if `q` is given, else the newest first."""
    page = visitor.view.browse.letters(wanted, after=after or None, limit=limit)
    hits = [{**asdict(hit), "issued_on": hit.issued_on and hit.issued_on.isoformat()} for hit in page.hits]
    return Listed(items=hits, next=page.after, total=page.total)


@router.get("/letters/{letter_id}", responses={**problems(404), 304: {"description": "Not Modified"}})
def letter(visitor: Reader, letter_id: LetterId, if_none_match: IfNoneMatch = None) -> dict[str, Any]:
    """One letter as the contract has it. As every GET here it carries an ETag: send it back and get 304."""
    stored = record.stored_letter(visitor, letter_id)
    return {"id": stored.id, "decision": stored.decision_id, **contract.to_json(stored.letter)}


@router.get("/documents", responses=problems())
def documents(
    visitor: Reader, ref: Annotated[str, Query(min_length=1, max_length=200, examples=["17/NQ-CP 2019"])]
) -> Listed:
    """Documents called so: an id, a number, or a number and a year."""
    return Listed(items=[export.node_json(node) for node in visitor.view.find(ref)], next=None)


@router.get("/documents/{decision_id}", responses=problems(404))
def document(visitor: Reader, decision_id: DecisionId) -> dict[str, Any]:
    """One document with the letters that it is: none if it is only cited."""
    nodes = [node for node in visitor.view.find(decision_id) if node.id == decision_id]
    if not nodes:
        raise Refused(404, "no document has this id")
    return {**export.node_json(nodes[0]), "letters": [s.id for s in visitor.view.letters_of(decision_id)]}


@router.get("/documents/{decision_id}/graph", responses=problems(404))
def graph(visitor: Reader, decision_id: DecisionId, far: Annotated[Walk, Depends(walk)]) -> dict[str, Any]:
    """What a document cites and who cites it."""
    return graph_json(neighbourhood(visitor, decision_id, far))


@router.get("/wanted", responses=problems())
def wanted(
    visitor: Reader,
    q: Words = "",
    after: Offset = 0,
    limit: Limit = 50,
) -> Listed:
    """Cited but not held, the most cited first."""
    found = visitor.view.browse.wanted(q, offset=after, limit=limit + 1)
    items = [{**export.node_json(one.node), "letters": one.letters} for one in found[:limit]]
    return Listed(items=items, next=str(after + limit) if len(found) > limit else None)


@router.get("/register", responses=problems())
def register(
    visitor: Reader,
    wanted: Chosen,
    after: Offset = 0,
    limit: Limit = 50,
) -> Listed:
    """The incoming register; its ten columns are called as the decree calls them."""
    headings = [heading for heading, _ in registers.COLUMNS]
    scans = visitor.view.scans(wanted.narrowed())
    rows = entries(visitor, scans[after : after + limit])
    items: list[dict[str, Any]] = [dict(zip(headings, row.cells(), strict=True)) for row in rows]
    return Listed(items=items, next=str(after + limit) if len(scans) > after + limit else None, total=len(scans))


@router.post("/lookup", responses=problems(413))
def lookup(visitor: Reader, pasted: Pasted) -> Listed:
    """The citations in a text: status 200 found, 300 several fit, 404 unknown, 429 beyond the limit."""
    return Listed(items=[item(found) for found in look_up(pasted.text, visitor.view.find)], next=None)


@router.post("/lookup/rows", responses=problems(413))
def lookup_rows(visitor: Reader, pasted: Pasted) -> Listed:
    """The same for a column of a spreadsheet, an answer for each row: also 400, a row without a number."""
    return Listed(items=[row_item(row) for row in look_up_rows(pasted.text, visitor.view.find)], next=None)
