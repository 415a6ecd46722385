"""REST under /api/v1: issuing bodies and what is said of them."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter
from pydantic import BaseModel, Field

from web.access import Archivist, Reader
from web.etag import Tagged
from web.filters import Words
from web.problems import problems
from web.routes.api import NO_NUL, Limit, Listed, Offset
from web.routes.bodies import COLUMNS, ActId, added, listed, merged, said, undone

router = APIRouter(prefix="/api/v1", tags=["bodies"], route_class=Tagged)

class Merge(BaseModel):
    """Two names of one body."""

    name: str = Field(min_length=1, max_length=200, pattern=NO_NUL, examples=["Đại học Xanh VN"])
    into: str = Field(min_length=1, max_length=200, pattern=NO_NUL, examples=["Trường Đại học Xanh"])


class Add(BaseModel):
    """A code that no list knows, and whose it is."""

    code: str = Field(min_length=1, max_length=40, pattern=NO_NUL, examples=["ĐHX"])
    name: str = Field(min_length=1, max_length=200, pattern=NO_NUL, examples=["Trường Đại học Xanh"])


class Done(BaseModel):
    """The number of an act; `undo` takes it."""

    act: int


@router.get("/bodies", responses=problems())
def all_bodies(visitor: Reader, q: Words = "", after: Offset = 0, limit: Limit = 50) -> Listed:
    """Bodies of the list whose code or name holds the words."""
    return Listed.part([{name: getattr(row, name) for name in COLUMNS} for row in listed(q)], after, limit)


@router.get("/bodies/acts", responses=problems())
def allsaid(visitor: Reader, q: Words = "", after: Offset = 0, limit: Limit = 50) -> Listed:
    """What persons and confirmed letters say of bodies, the latest first, what was undone too."""
    return Listed.part([asdict(act) for act in said(visitor, q)], after, limit)


@router.post("/bodies/merge", responses=problems(409))
def merge(visitor: Archivist, same: Merge) -> Done:
    """Two names mean one body; links are decided anew."""
    return Done(act=merged(visitor, same.name, same.into))


@router.post("/bodies/add", responses=problems(409))
def add(visitor: Archivist, body: Add) -> Done:
    """A code that no list knows is this body's; links are decided anew."""
    return Done(act=added(visitor, body.code, body.name))


@router.post("/bodies/acts/{act}/undo", responses=problems(409))
def undo(visitor: Archivist, act: ActId) -> Done:
    """Take an act back; links are decided anew."""
    return Done(act=undone(visitor, act))
