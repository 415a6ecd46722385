"""REST under /api/v1: tables cell by cell, where letters begin, files that are none, documents that are one."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from web import acts, record
from web.access import Archivist
from web.problems import problems
from web.routes.api import NO_NUL, DecisionId, LetterId
from web.routes.api_review import Place

router = APIRouter(prefix="/api/v1", tags=["review"])


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
