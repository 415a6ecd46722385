"""Issuing bodies: the list with its sources, and what persons and confirmed letters say of them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import Response

from extractors.vi.authority_list import Authority, all_authorities
from extractors.vi.text import fold
from pipeline.store.bodies_said import NAMES, Act
from web import render
from web.access import Archivist, Reader, Visitor
from web.filters import Words

router = APIRouter(include_in_schema=False)
COLUMNS = ("code", "name", "kind", "parent", "valid_from", "valid_to", "successor", "source")
PART = 100
Name = Annotated[str, Form(min_length=1, max_length=200)]
ActId = Annotated[int, Path(ge=1, lt=2**31, examples=[1])]


def listed(q: str) -> list[Authority]:
    """Bodies of the list whose code or name holds the words, marks optional."""
    wanted = fold(q)
    return [row for row in all_authorities() if wanted in fold(f"{row.code or ''} {row.name}")]


def said(visitor: Visitor, q: str = "") -> list[Act]:
    """What was said of bodies, the latest first, what was undone too."""
    wanted = fold(q)
    return [act for act in visitor.view.bodies.acts() if wanted in fold(f"{act.subject} {list(act.detail.values())}")]


@router.get("/bodies")
def bodies_page(request: Request, visitor: Reader, q: Words = "") -> Response:
    """Bodies whose code or name holds the words; then what was said of bodies."""
    rows = listed(q)
    return render.page(
        request, "bodies.html", visitor, rows=rows[:PART], count=len(rows), acts=said(visitor, q), names=NAMES, q=q
    )


@router.get("/bodies.csv")
def bodies_csv(visitor: Reader, q: Words = "") -> Response:
    """The list."""
    return render.csv_file("bodies.csv", COLUMNS, ([getattr(row, name) for name in COLUMNS] for row in listed(q)))


@router.get("/bodies.json")
def bodies_json(visitor: Reader, q: Words = "") -> Response:
    """The list, and what was said."""
    rows = [{name: getattr(row, name) for name in COLUMNS} for row in listed(q)]
    return render.json_file({"listed": rows, "said": [asdict(act) for act in said(visitor, q)]})


@router.post("/bodies/merge")
def merge(visitor: Archivist, name: Name, into: Name) -> Response:
    """Two names mean one body."""
    merged(visitor, name, into)
    return render.go("/bodies#said")


@router.post("/bodies/add")
def add(visitor: Archivist, code: Annotated[str, Form(min_length=1, max_length=40)], name: Name) -> Response:
    """A code that no list knows is this body's."""
    added(visitor, code, name)
    return render.go("/bodies#said")


@router.post("/bodies/acts/{act}/undo")
def undo(visitor: Archivist, act: ActId) -> Response:
    """Take an act back."""
    undone(visitor, act)
    return render.go("/bodies#said")


@router.post("/bodies/learn")
def learn(visitor: Archivist) -> Response:
    """Take over what confirmed letters say, as every night does."""
    learnt(visitor)
    return render.go("/bodies#said")


def merged(visitor: Visitor, name: str, into: str) -> int:
    """Say that two names mean one body; the act's id."""
    who, now = visitor.account.name, visitor.office.now()
    act = visitor.view.bodies.merge(_clean(name), _clean(into), who=who, now=now)
    return _follow(visitor, "body_merged", act)


def added(visitor: Visitor, code: str, name: str) -> int:
    """Say whose a code is that no list knows; the act's id."""
    who, now = visitor.account.name, visitor.office.now()
    return _follow(visitor, "body_added", visitor.view.bodies.add(_clean(code), _clean(name), who=who, now=now))


def undone(visitor: Visitor, act: int) -> int:
    """Take an act back; the id of the undoing."""
    who, now = visitor.account.name, visitor.office.now()
    return _follow(visitor, "body_act_undone", visitor.view.bodies.undo(act, who=who, now=now))


def learnt(visitor: Visitor) -> tuple[str, ...]:
    """Take over what confirmed letters say; what is new."""
    found = visitor.view.bodies.learn(visitor.office.now())
    visitor.view.relink()
    return found


def _follow(visitor: Visitor, action: str, act: int) -> int:
    """Decide links anew and write the act into the audit log."""
    visitor.view.relink()
    visitor.office.accounts.note(visitor.office.now(), visitor.account.name, action, None, act=act)
    return act


def _clean(text: str) -> str:
    return text.replace("\x00", "").strip()
