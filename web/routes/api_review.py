"""REST under /api/v1: review. Tokens need the scope `review`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from web import record
from web.access import Archivist
from web.acts import act_on_citation, letter_to_act_on, note_act, say_field
from web.etag import Tagged
from web.figures import interval
from web.office import SAMPLE_DAYS
from web.problems import problems
from web.routes.api import NO_NUL, LetterId, Limit, Listed

router = APIRouter(prefix="/api/v1", tags=["review"], route_class=Tagged)
Place = Annotated[int, Field(ge=0, le=100_000, examples=[0])]


class FieldSaid(BaseModel):
    """What a person says about a field."""

    field: str = Field(max_length=40, pattern=NO_NUL, examples=["number"])
    action: Literal["take", "correct", "absent"]
    ordinal: Place = 0
    value: str = Field("", max_length=4000, pattern=NO_NUL, examples=["15/QĐ-UBND"])


class CitationSaid(BaseModel):
    """What a person says about a citation; `value` is the id of the document, or the right number."""

    ordinal: Place
    action: Literal["choose", "reject", "renumber"]
    value: str = Field("", max_length=4000, pattern=NO_NUL)


class Done(BaseModel):
    """What still waits in the letter."""

    letter_id: str
    review: list[str]


def _done(visitor: Archivist, letter_id: str) -> Done:
    return Done(letter_id=letter_id, review=list(record.stored_letter(visitor, letter_id).letter.review))


@router.get("/review/queue", responses=problems())
def queue(visitor: Archivist, limit: Limit = 50) -> Listed:
    """Letters that wait for a person, the riskiest first."""
    waiting = visitor.view.desk.queue(visitor.office.now(), limit=limit)
    items = [{**asdict(one), "issued_on": one.issued_on and one.issued_on.isoformat(), "since": one.since.isoformat()}
             for one in waiting]  # fmt: skip
    return Listed(items=items, next=None, total=visitor.view.desk.waiting())


@router.get("/review/accuracy", responses=problems())
def accuracy(visitor: Archivist) -> dict[str, Any]:
    """What the sample of values accepted without review found in the last 30 days, with its 95 % interval."""
    rate = visitor.view.desk.error_rate(visitor.office.now() - SAMPLE_DAYS)
    return {**asdict(rate), "interval": interval(rate.wrong, rate.checked)}


@router.post("/review/{letter_id}/fields", responses=problems(404, 409, 413))
def say(visitor: Archivist, letter_id: LetterId, said: FieldSaid) -> Done:
    """Take a value as it is, correct it, or say that the letter has none."""
    letter = letter_to_act_on(visitor, letter_id)
    say_field(visitor, letter_id, letter, (said.field, said.ordinal), said.action, said.value)
    return _done(visitor, letter_id)


@router.post("/review/{letter_id}/citations", responses=problems(404, 409, 413))
def say_citation(visitor: Archivist, letter_id: LetterId, said: CitationSaid) -> Done:
    """Choose the document that is meant, correct the number, or say that this is no citation."""
    letter_to_act_on(visitor, letter_id)
    act_on_citation(visitor, letter_id, said.ordinal, said.action, said.value)
    return _done(visitor, letter_id)


@router.post("/review/{letter_id}/confirm", responses=problems(404, 409))
def confirm(visitor: Archivist, letter_id: LetterId) -> Done:
    """Confirm the letter as it stands."""
    letter_to_act_on(visitor, letter_id)
    visitor.view.desk.confirm_letter(letter_id, who=visitor.account.name, now=visitor.office.now())
    note_act(visitor, letter_id, "letter_confirmed")
    return _done(visitor, letter_id)


@router.post("/review/{letter_id}/undo", responses=problems(404, 409))
def undo(visitor: Archivist, letter_id: LetterId) -> Done:
    """Take back the own latest act on this letter."""
    letter_to_act_on(visitor, letter_id)
    act = visitor.view.desk.undo(letter_id, who=visitor.account.name, now=visitor.office.now())
    if act:
        note_act(visitor, letter_id, "undone", act=act.id)
    return _done(visitor, letter_id)


@router.get("/review/{letter_id}/history", responses=problems(404))
def history(visitor: Archivist, letter_id: LetterId) -> Listed:
    """All that persons did to a letter, newest first."""
    record.stored_letter(visitor, letter_id)
    acts = [{**asdict(act), "at": act.at.isoformat()} for act in visitor.view.desk.history(letter_id)]
    return Listed(items=acts, next=None)
