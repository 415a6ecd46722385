"""REST under /api/v1: accounts, for administrators. Tokens need the scope `operate`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from pipeline.store.accounts import Account
from web.access import Administrator, Refused, Visitor
from web.etag import Tagged
from web.problems import problems
from web.routes.api import NO_NUL

router = APIRouter(prefix="/api/v1/accounts", tags=["accounts"], route_class=Tagged)
Name = Annotated[str, Path(pattern=r"^[\w.@-]{2,64}$", examples=["lan"])]
Role = Annotated[str, Field(pattern="^(reader|archivist|administrator)$", examples=["reader"])]


class Person(BaseModel):
    """Who may log in, and what they may do."""

    name: str
    role: str
    cleared: bool
    active: bool


class NewPerson(BaseModel):
    """Somebody who may log in from now on."""

    name: str = Field(min_length=2, max_length=64, pattern=NO_NUL, examples=["lan"])
    role: Role = "reader"


class Rights(BaseModel):
    """What an account may do from now on."""

    role: Role
    cleared: bool = False
    active: bool = True


class FirstPassword(BaseModel):
    """To be changed at the first log-in; told once."""

    name: str
    password: str


def _person(account: Account) -> Person:
    return Person(name=account.name, role=account.role, cleared=account.cleared, active=account.active)


def _known(visitor: Visitor, name: str) -> Account:
    for account in visitor.office.accounts.all():
        if account.name == name:
            return account
    raise Refused(404, "no account has this name")


@router.get("", responses=problems())
def accounts(visitor: Administrator) -> list[Person]:
    """All accounts by name."""
    return [_person(account) for account in visitor.office.accounts.all()]


@router.post("", responses=problems(409, 413), status_code=201)
def create(visitor: Administrator, new: NewPerson) -> FirstPassword:
    """Make an account."""
    password = visitor.office.accounts.create(new.name, new.role, visitor.account.name, visitor.office.now())
    return FirstPassword(name=new.name, password=password)


@router.put("/{name}", responses=problems(404, 409, 413))
def change(visitor: Administrator, name: Name, rights: Rights) -> Person:
    """Set role, clearance, and whether it may log in; an administrator always stays."""
    _known(visitor, name)
    visitor.office.accounts.change(name, **rights.model_dump(), by=visitor.account.name, now=visitor.office.now())
    return _person(_known(visitor, name))


@router.post("/{name}/password", responses=problems(404))
def reset(visitor: Administrator, name: Name) -> FirstPassword:
    """Give an account a new first password; its sessions end."""
    _known(visitor, name)
    password = visitor.office.accounts.reset_password(name, visitor.account.name, visitor.office.now())
    return FirstPassword(name=name, password=password)
