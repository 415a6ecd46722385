"""REST under /api/v1: operation. Tokens need the scope `review`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from web.access import Archivist, Refused
from web.etag import Tagged
from web.problems import problems
from web.routes.api import Limit, Listed, Offset
from web.routes.operator import SET_ASIDE, Became, Digest, files_of_run, settle_file, taken_in

router = APIRouter(prefix="/api/v1/operator", tags=["operation"], route_class=Tagged)
RunId = Annotated[int, Path(ge=1, lt=2**31, examples=[1])]
_STATE = ("name", "sha256", "status", "reason", "message", "attempts")


class Settled(BaseModel):
    """A person's word on a file set aside: read it again, or accept that it is no letter."""

    action: Literal["release", "discard"]


@router.get("/runs", responses=problems())
def runs(visitor: Archivist, limit: Annotated[int, Query(ge=1, le=100)] = 14) -> Listed:
    """The latest runs, newest first."""
    items = [
        {
            **asdict(run),
            "started": run.started.isoformat(),
            "finished": run.finished.isoformat() if run.finished else None,
        }
        for run in visitor.view.browse.runs(limit)
    ]
    return Listed(items=items, next=None)


@router.get("/runs/{run}/files", responses=problems(404))
def files(
    visitor: Archivist, run: RunId, outcome: Became = "", after: Offset = 0, limit: Limit = 200
) -> Listed:
    """What became of each file of a run."""
    return Listed.part(files_of_run(visitor, run, outcome), after, limit)


@router.get("/queue", responses=problems())
def queue(visitor: Archivist) -> dict[str, int]:
    """Files that wait to be read (queued), are being read (claimed), or are tried again later (waiting)."""
    return visitor.view.browse.queue()


@router.get("/set-aside", responses=problems())
def set_aside(visitor: Archivist, after: Offset = 0, limit: Limit = 200) -> Listed:
    """Files that are not in the store, with the reason."""
    states = visitor.view.ledger.states(*SET_ASIDE)
    return Listed.part([{name: getattr(state, name) for name in _STATE} for state in states], after, limit)


@router.post("/set-aside/{sha256}", responses=problems(404, 413), status_code=204, response_class=Response)
def settle(visitor: Archivist, sha256: Digest, settled: Settled) -> None:
    """Release a file to the next run, or discard it; no file is deleted."""
    settle_file(visitor, sha256, settled.action)


@router.get("/files/{sha256}", responses=problems(404))
def file(visitor: Archivist, sha256: Digest) -> dict[str, Any]:
    """One file: its state, its letters, and what became of it in each run, the latest first."""
    state = visitor.view.ledger.state(sha256)
    if state is None:
        raise Refused(404, "no such file is known")
    log = [{"run": run.id, "at": run.started.isoformat(), "outcome": one.outcome, "reason": one.reason}
           for run, one in visitor.view.browse.file_log(sha256)]  # fmt: skip
    said = {name: getattr(state, name) for name in _STATE}
    return {**said, "letters": list(visitor.view.browse.letters_of_file(sha256)), "log": log}


_FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["files"],
                "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
            }
        }
    },
}


@router.post("/files", responses=problems(409, 413), openapi_extra={"requestBody": _FILES})
async def send(request: Request, visitor: Archivist) -> Listed:
    """Take files in; each is read at once, and its outcome told."""
    return Listed(items=await taken_in(request, visitor), next=None)
