"""Accounts and the audit log, for administrators."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from pipeline.store.accounts import ROLES, AuditEntry
from web import render
from web.access import Administrator, Visitor

router = APIRouter(include_in_schema=False)


def _page(request: Request, visitor: Visitor, told: tuple[str, str] | None = None) -> Response:
    people = visitor.office.accounts.all()
    return render.page(request, "accounts.html", visitor, people=people, roles=ROLES, told=told)


@router.get("/admin/accounts")
def accounts(request: Request, visitor: Administrator) -> Response:
    """Who may log in."""
    return _page(request, visitor)


@router.post("/admin/accounts")
def create(
    request: Request,
    visitor: Administrator,
    name: Annotated[str, Form(max_length=100)] = "",
    role: Annotated[str, Form(max_length=20)] = "reader",
) -> Response:
    """A new account; its first password is shown once."""
    password = visitor.office.accounts.create(name.strip(), role, visitor.account.name, visitor.office.now())
    return _page(request, visitor, (name.strip(), password))


@router.post("/admin/accounts/{name}")
def change(
    visitor: Administrator,
    name: str,
    role: Annotated[str, Form(max_length=20)] = "reader",
    cleared: Annotated[bool, Form()] = False,
    active: Annotated[bool, Form()] = False,
) -> Response:
    """Set role, clearance and whether it may log in."""
    accounts, now = visitor.office.accounts, visitor.office.now()
    accounts.change(name, role=role, cleared=cleared, active=active, by=visitor.account.name, now=now)
    return render.go("/admin/accounts")


@router.post("/admin/accounts/{name}/password")
def reset(request: Request, visitor: Administrator, name: str) -> Response:
    """A new first password, shown once."""
    password = visitor.office.accounts.reset_password(name, visitor.account.name, visitor.office.now())
    return _page(request, visitor, (name, password))


@router.get("/admin/audit")
def audit(
    request: Request, visitor: Administrator, before: Annotated[int | None, Query(ge=1, le=2**31)] = None
) -> Response:
    """Who did what; only letters that this administrator may see are named."""
    entries = visitor.office.accounts.audit(before=before, limit=101)
    shown = [entry for entry in entries if _visible(visitor, entry)]
    following = entries[99].id if len(entries) > 100 else None
    return render.page(request, "audit.html", visitor, entries=shown[:100], following=following)


def _visible(visitor: Visitor, entry: AuditEntry) -> bool:
    """Whether this administrator may know of the letter or file that an entry is about."""
    if entry.letter_id is not None:
        return visitor.view.letter(entry.letter_id) is not None
    sha256 = entry.detail.get("sha256")
    return sha256 is None or visitor.view.ledger.state(sha256) is not None
