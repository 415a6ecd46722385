"""REST under /api/v1: tables cell by cell, where letters begin, files that are none, documents that are one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from web import acts, record
from web.access import Archivist
from web.etag import Tagged
from web.problems import problems
from web.routes.api import NO_NUL, DecisionId, LetterId, Limit, Listed
from web.routes.api_review import Place

router = APIRouter(prefix="/api/v1", tags=["review"], route_class=Tagged)
After = Annotated[int, Query(ge=0, lt=2**31, description="Continues a list: `next` of the part before.")]


class CellSaid(BaseModel):
    """What stands in a table cell; rows and columns of the body count from 0."""

    table: Place
    row: Place
    column: Place
    value: str = Field("", max_length=acts.LONGEST_CELL, pattern=NO_NUL, examples=["9.488"])


class Begins(BaseModel):
    """The page on which another letter begins."""

    page: int = Field(ge=1, le=100_000, examples=[3])


class Same(BaseModel):
    """The document that this one is: number, number and year, or id."""

    into: str = Field(min_length=1, max_length=200, pattern=NO_NUL, examples=["17/NQ-CP 2019"])


class Now(BaseModel):
    """The letter that is there now."""

    letter_id: str


@router.post("/review/{letter_id}/cells", responses=problems(404, 409, 413))
def say_cell(visitor: Archivist, letter_id: LetterId, said: CellSaid) -> dict[str, Any]:
    """Correct a table cell; the letter's findings as they are then."""
    acts.say_cell(visitor, letter_id, (said.table, said.row, said.column), said.value)
    letter = record.stored_letter(visitor, letter_id).letter
    return {"letter_id": letter_id, "flags": [{"code": f.code, "message": f.message} for f in letter.flags]}


@router.post("/review/{letter_id}/split", responses=problems(404, 409, 413))
def split(visitor: Archivist, letter_id: LetterId, begins: Begins) -> Now:
    """Let another letter begin on a page inside this one."""
    return Now(letter_id=acts.split_letter(visitor, letter_id, begins.page))


@router.post("/review/{letter_id}/join", responses=problems(404, 409))
def join(visitor: Archivist, letter_id: LetterId) -> Now:
    """Make a letter part of the one before it in its file."""
    return Now(letter_id=acts.join_letter(visitor, letter_id))


@router.post("/review/{letter_id}/quarantine", responses=problems(404, 409))
def quarantine(visitor: Archivist, letter_id: LetterId) -> dict[str, str]:
    """Take a letter's file out of the store and set it aside; its digest."""
    return {"sha256": acts.quarantine_letter(visitor, letter_id)}


@router.post("/documents/{decision_id}/merge", responses=problems(404, 409, 413))
def merge(visitor: Archivist, decision_id: DecisionId, same: Same) -> dict[str, list[str]]:
    """Say that a document known only from citations is another one; the letters that cite it."""
    return {"letters": list(acts.merge_documents(visitor, decision_id, same.into))}


class Alike(BaseModel):
    """How many letters with the same misread body there are, as `GET .../alike` told."""

    count: int = Field(ge=1, le=100_000, examples=[37])


class Drawn(BaseModel):
    """A box on a page, in points from its top left, and quarter turns clockwise that bring its words upright."""

    page: int = Field(ge=1, le=100_000, examples=[1])
    box: list[float] = Field(min_length=4, max_length=4, examples=[[60.0, 110.0, 280.0, 130.0]])
    turns: int = Field(0, ge=0, le=3)


@router.get("/review/{letter_id}/alike", responses=problems(404))
def alike(visitor: Archivist, letter_id: LetterId) -> Listed:
    """Other letters in which the same words were read for the body, and nobody has said anything about it yet."""
    record.stored_letter(visitor, letter_id)
    found = visitor.view.desk.alike(letter_id, "issuer")
    return Listed(items=[{"letter_id": key} for key in found], next=None, total=len(found))


@router.post("/review/{letter_id}/alike", responses=problems(404, 409, 413))
def say_alike(visitor: Archivist, letter_id: LetterId, said: Alike) -> dict[str, int]:
    """Give all of them the body of this letter; one undo takes it back."""
    return {"letters": acts.say_alike(visitor, letter_id, said.count)}


@router.post("/review/{letter_id}/reread", responses=problems(404, 409, 413))
def reread(visitor: Archivist, letter_id: LetterId, drawn: Drawn) -> dict[str, str]:
    """Read a region of a page again; nothing is stored."""
    box = ",".join(map(str, drawn.box))
    return {"text": acts.read_again(visitor, letter_id, drawn.page, box, drawn.turns)}


@router.get("/review/corrections", responses=problems())
def corrections(visitor: Archivist, after: After = 0, limit: Limit = 50) -> Listed:
    """Every value that persons confirmed or changed, the oldest first."""
    every = [{**asdict(act), "at": act.at.isoformat()} for act in visitor.view.desk.corrections() if act.id > after]
    following = str(every[limit - 1]["id"]) if len(every) > limit else None
    return Listed(items=every[:limit], next=following, total=len(every))
