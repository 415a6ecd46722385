"""The operator's page: the last run at a glance, what was set aside and why, sending files in."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi import Path as InPath
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from models.errors import REASONS
from pipeline.store.ledger import SourceState
from web import render
from web.access import Administrator, Archivist, Refused, Visitor

router = APIRouter(include_in_schema=False)
SET_ASIDE = ("quarantined", "failed", "retriable")
RUNS = 14
MOST_DUE = 20
MOST_FILES = 100_000
RUN_COLUMNS = ("path", "sha256", "outcome", "reason")
STATE_COLUMNS = ("name", "sha256", "status", "reason", "message", "attempts", "first_seen", "last_seen")
Became = Annotated[str, Query(pattern="^(|stored|duplicate|quarantined|failed|retriable)$")]
Reason = Annotated[str, Query(max_length=60)]
Digest = Annotated[str, InPath(pattern="^[0-9a-f]{64}$", examples=["ab" * 32])]


@router.get("/operator")
def operator_page(request: Request, visitor: Archivist) -> Response:
    """Last night at a glance."""
    view, office = visitor.view, visitor.office
    runs = view.browse.runs(RUNS)
    disk = shutil.disk_usage(_existing(office.settings.uploads or Path.cwd()))
    fastest = max((speed(run.counts.pages, run.started, run.finished) for run in runs), default=0.0)
    return render.page(
        request, "operator.html", visitor, runs=runs, counts=view.counts(), reasons=view.browse.reasons(),
        oldest=view.browse.oldest_waiting(), free=disk.free, disk=disk.total, speed=speed, fastest=fastest or 1.0,
        meanings=REASONS, queue=view.browse.queue(), due=view.ledger.states("retriable")[:MOST_DUE],
        uploads=office.settings.uploads is not None and office.ingest is not None, most=office.settings.upload_bytes,
    )  # fmt: skip


def _existing(folder: Path) -> Path:
    return folder if folder.exists() or folder.parent == folder else _existing(folder.parent)


def speed(pages: int, started: object, finished: object) -> float:
    """Pages per minute of a run; 0.0 where it cannot be told."""
    seconds = (finished - started).total_seconds() if finished and started else 0  # type: ignore[operator]
    return float(pages / seconds * 60) if seconds > 0 else 0.0


@router.get("/operator.json")
def operator_json(visitor: Archivist) -> Response:
    """The same for programs."""
    runs = visitor.view.browse.runs(RUNS)
    return render.json_file(
        {
            "counts": visitor.view.counts(),
            "queue": visitor.view.browse.queue(),
            "runs": [{**asdict(run), "counts": asdict(run.counts)} for run in runs],
            "reasons": [dict(zip(("status", "reason", "files"), row, strict=True))
                        for row in visitor.view.browse.reasons()],
        }
    )  # fmt: skip


@router.get("/operator/runs/{run}")
def run_page(request: Request, visitor: Archivist, run: int, outcome: Became = "") -> Response:
    """What became of each file of a run."""
    if not 0 < run < 2**31:
        raise Refused(404, "no such run")
    outcomes = visitor.view.browse.outcomes(run, outcome or None)
    return render.page(request, "run.html", visitor, run=run, outcomes=outcomes, outcome=outcome, meanings=REASONS)


@router.get("/operator/runs/{run}/files.csv")
def run_csv(visitor: Archivist, run: int, outcome: Became = "") -> Response:
    """The same for spreadsheets."""
    rows = ([one[name] for name in RUN_COLUMNS] for one in files_of_run(visitor, run, outcome))
    return render.csv_file("run.csv", RUN_COLUMNS, rows)


@router.get("/operator/runs/{run}/files.json")
def run_json(visitor: Archivist, run: int, outcome: Became = "") -> Response:
    """The same for programs."""
    return render.json_file(files_of_run(visitor, run, outcome))


def files_of_run(visitor: Visitor, run: int, outcome: str) -> list[dict[str, Any]]:
    """What became of each file of a run.

    Raises:
        Refused: 404 if no run can have this number.
    """
    if not 0 < run < 2**31:
        raise Refused(404, "no such run")
    return [asdict(one) for one in visitor.view.browse.outcomes(run, outcome or None, limit=MOST_FILES)]


@router.get("/operator/files/{sha256}")
def file_page(request: Request, visitor: Archivist, sha256: Digest) -> Response:
    """The log of one file: what became of it in each run, and what persons did to its letters."""
    state = visitor.view.ledger.state(sha256)
    if state is None:
        raise Refused(404, "no such file is known")
    letters = visitor.view.browse.letters_of_file(sha256)
    acts = [(key, act) for key in letters for act in visitor.view.desk.history(key)]
    return render.page(
        request, "file.html", visitor, state=state, runs=visitor.view.browse.file_log(sha256), letters=letters,
        acts=acts, meanings=REASONS, set_aside=state.status in SET_ASIDE,
    )  # fmt: skip


@router.get("/operator/set-aside")
def set_aside_page(request: Request, visitor: Archivist, reason: Reason = "") -> Response:
    """Files that are not in the store, with the reason and what to do."""
    states = _set_aside(visitor, reason)
    return render.page(request, "set_aside.html", visitor, states=states, reason=reason, meanings=REASONS)


@router.post("/operator/set-aside/{sha256}")
def settle(visitor: Archivist, sha256: str, action: Annotated[str, Form(pattern="^(release|discard)$")]) -> Response:
    """Have a file read again by the next run, or accept that it is no letter; no file is deleted."""
    settle_file(visitor, sha256, action)
    return render.go("/operator/set-aside")


def settle_file(visitor: Visitor, sha256: str, action: str) -> None:
    """Release or discard a file that is set aside.

    Raises:
        Refused: 404 if there is none.
    """
    if not visitor.view.settle(sha256, "retriable" if action == "release" else "discarded"):
        raise Refused(404, "no such file is set aside")
    visitor.office.accounts.note(visitor.office.now(), visitor.account.name, f"file_{action}", None, sha256=sha256)


@router.get("/operator/set-aside.csv")
def set_aside_csv(visitor: Archivist, reason: Reason = "") -> Response:
    """The same for spreadsheets."""
    states = _set_aside(visitor, reason)
    return render.csv_file(
        "set-aside.csv", STATE_COLUMNS, ([getattr(s, name) for name in STATE_COLUMNS] for s in states)
    )


@router.get("/operator/set-aside.json")
def set_aside_json(visitor: Archivist, reason: Reason = "") -> Response:
    """The same for programs."""
    states = _set_aside(visitor, reason)
    return render.json_file([{name: getattr(s, name) for name in STATE_COLUMNS} for s in states])


def _set_aside(visitor: Visitor, reason: str) -> list[SourceState]:
    return [s for s in visitor.view.ledger.states(*SET_ASIDE) if not reason or reason in (s.reason, s.status)]


@router.get("/operator/check")
def check_page(request: Request, visitor: Administrator) -> Response:
    """Faults within the store; looks at all of it, so clearance is needed."""
    if not visitor.account.cleared:
        raise Refused(403, "the check looks at every letter: this needs clearance")
    return render.page(request, "check.html", visitor, faults=visitor.view.check())


@router.post("/operator/files")
async def upload(request: Request, visitor: Archivist) -> Response:
    """Take files in; each is stored under its digest, read, and its outcome told."""
    outcomes = await taken_in(request, visitor)
    if request.headers.get("x-fetch") == "1":
        return render.json_file(outcomes)
    return render.go("/operator")


async def taken_in(request: Request, visitor: Visitor) -> list[dict[str, Any]]:
    """Keep and read the files of a request; what became of each.

    Raises:
        Refused: 409 if nothing can be sent in here, 422 without a file, 503 if reading is busy for too long.
    """
    office = visitor.office
    if office.settings.uploads is None or office.ingest is None:
        raise Refused(409, "sending files in is not set up here")
    form = await request.form(max_files=20, max_fields=5)
    files = [item for item in form.getlist("files") if isinstance(item, UploadFile) and item.filename]
    if not files:
        raise Refused(422, "choose at least one file")
    paths = [await run_in_threadpool(_keep, office.settings.uploads, item) for item in files]
    return await run_in_threadpool(_take_in, visitor, paths)


def _keep(folder: Path, item: UploadFile) -> Path:
    """The file under its digest and the harmless part of its name; what was sent never names a path."""
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    while block := item.file.read(1 << 20):
        digest.update(block)
    item.file.seek(0)
    name = re.sub(r"[^\w.-]+", "_", (item.filename or "").replace("\\", "/").rsplit("/", 1)[-1]).strip("._")[-80:]
    path = folder / digest.hexdigest()[:16] / (name or "file")
    path.parent.mkdir(exist_ok=True)
    part = path.with_name(path.name + ".part")
    with part.open("wb") as target:
        shutil.copyfileobj(item.file, target)
    part.replace(path)
    return path


def _take_in(visitor: Visitor, paths: list[Path]) -> list[dict[str, Any]]:
    office = visitor.office
    if office.ingest is None or not office.reading.acquire(timeout=300):
        raise Refused(503, "something else is being read: try again later")
    try:
        office.ingest(paths)
    finally:
        office.reading.release()
    outcomes: list[dict[str, Any]] = []
    for path in paths:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        office.accounts.note(office.now(), visitor.account.name, "file_sent", None, sha256=digest, name=path.name)
        state = visitor.view.ledger.state(digest)
        outcomes.append(
            {
                "name": path.name,
                "status": state.status if state else "set aside",
                "reason": state.reason if state else None,
                "message": state.message if state else None,
                "letters": list(visitor.view.browse.letters_of_file(digest)) if state else [],
            }
        )
    return outcomes
