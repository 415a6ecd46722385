"""REST under /api/v1: saved searches, projects over years, chains of amendment, paths between documents."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response
from pydantic import BaseModel, Field

from pipeline import export_projects
from web.access import Reader
from web.etag import Tagged
from web.filters import Short, Words
from web.problems import problems
from web.routes.api import NO_NUL, Chosen, DecisionId, LetterId, Limit, Listed, Offset
from web.routes.projects import one as project_of
from web.routes.saved import EVER, Key, fresh_json, keep, own, refreshed, saved_json
from web.routes.ways import Known, Way, chain_json, chain_of, path_between, path_json

router = APIRouter(prefix="/api/v1", tags=["research"], route_class=Tagged)
After = Annotated[int, Query(ge=0, le=1_000_000, description="Continues a list: `next` of the part before.")]
Row = Annotated[int, Path(ge=0, le=100_000, examples=[0], description="Place of the row in the letter, from 0.")]


class ToKeep(BaseModel):
    """A search to be kept; what is asked stands in the address, as in `GET /letters`."""

    name: str = Field(min_length=1, max_length=100, pattern=NO_NUL, examples=["Quyết định về đầu tư công"])
    cites: str = Field("", max_length=200, pattern=NO_NUL, examples=["17/NQ-CP 2019"])


class Kept(BaseModel):
    """A saved search; `found` letters in all, `new` of them since its owner last looked."""

    id: int
    name: str
    asks: dict[str, Any]
    found: int
    new: int
    created_at: str
    checked_at: str
    seen_at: str


@router.get("/saved", responses=problems())
def saved(visitor: Reader) -> Listed:
    """Your saved searches, run anew."""
    return Listed(items=[saved_json(query) for query in refreshed(visitor)], next=None)


@router.post("/saved", responses=problems(409, 413), status_code=201)
def keep_search(visitor: Reader, wanted: Chosen, asked: ToKeep) -> Kept:
    """Keep a search; what it finds now counts as seen."""
    return Kept(**saved_json(own(visitor, keep(visitor, asked.name, wanted, asked.cites), refresh=False)))


@router.get("/saved/{key}", responses=problems(404))
def saved_search(visitor: Reader, key: Key) -> Kept:
    """One saved search, run anew."""
    return Kept(**saved_json(own(visitor, key)))


@router.get("/saved/{key}/letters", responses=problems(404))
def found(
    visitor: Reader, key: Key, everything: bool = False, after: Offset = 0, limit: Limit = 50
) -> Listed:
    """What a saved search found since you last looked, or ever; the latest found first."""
    query = own(visitor, key)
    since, total = (EVER, query.found) if everything else (None, query.new)
    fresh = visitor.view.saved.found(query.id, since=since, offset=after, limit=limit + 1)
    following = str(after + limit) if len(fresh) > limit else None
    return Listed(items=[fresh_json(each) for each in fresh[:limit]], next=following, total=total)


@router.post("/saved/{key}/seen", responses=problems(404))
def seen(visitor: Reader, key: Key) -> Kept:
    """All that was found up to now has been seen."""
    visitor.view.saved.looked(own(visitor, key, refresh=False).id, visitor.office.now())
    return Kept(**saved_json(own(visitor, key, refresh=False)))


@router.delete("/saved/{key}", responses=problems(404), status_code=204, response_class=Response)
def remove(visitor: Reader, key: Key) -> None:
    """Forget a saved search; its feed closes."""
    own(visitor, key, refresh=False)
    visitor.office.accounts.withdraw_feed(visitor.account, key, visitor.office.now())
    visitor.view.saved.remove(key, visitor.account.name)


@router.get("/projects", responses=problems())
def projects(visitor: Reader, q: Words = "", decision: Short = "", after: After = 0, limit: Limit = 50) -> Listed:
    """Projects by name, with their years and what each letter reports of them."""
    every = visitor.view.projects(q, decision)
    following = str(after + limit) if len(every) > after + limit else None
    items = [export_projects.to_json(project) for project in every[after : after + limit]]
    return Listed(items=items, next=following, total=len(every))


@router.get("/projects/{letter_id}/{row}", responses=problems(404))
def project(visitor: Reader, letter_id: LetterId, row: Row) -> dict[str, Any]:
    """The project that a row of a letter speaks of, over all letters."""
    return export_projects.to_json(project_of(visitor, letter_id, row))


@router.get("/documents/{decision_id}/chain", responses=problems(404))
def chain(visitor: Reader, decision_id: DecisionId, known: Known) -> dict[str, Any]:
    """What changed a document and what it changed, as in force on one day and as known on another."""
    return chain_json(chain_of(visitor, decision_id, known))


@router.get("/path", responses=problems(404, 409))
def path(visitor: Reader, way: Way) -> dict[str, Any]:
    """The shortest way between two documents along citations."""
    return path_json(path_between(visitor, way))
