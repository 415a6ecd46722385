"""Who is asking, and may they? Every route names the role it needs; one that names none is refused at start."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import quote

from fastapi import Depends, Request
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile

from pipeline.store.accounts import Account
from pipeline.store.scope import View
from web.office import Office

COOKIE = "congvan_session"
SAFE = ("GET", "HEAD", "OPTIONS")
# Scope that a token needs for each role that a route asks for.
TOKEN_SCOPES = {"reader": "read", "archivist": "review", "administrator": "operate"}
# Reached without logging in.
PUBLIC = {"/login", "/language/{code}", "/api/v1/openapi.json", "/health", "/feeds/{secret}.atom"}


class Refused(Exception):
    """No: 401 who are you, 403 not with this role, 429 later, and so on."""

    def __init__(self, status: int, detail: str) -> None:
        self.status = status
        self.detail = detail
        super().__init__(detail)


class PasswordDue(Exception):
    """Logged in, but the first password must be changed before anything else."""


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who is asking.

    Attributes:
        view: The store as this person may see it; routes have no other.
        csrf: What this session's forms must carry; empty for a token.
    """

    account: Account
    csrf: str
    office: Office

    @property
    def view(self) -> View:
        """The store as this person may see it."""
        return self.office.view(self.account.cleared)


def office_of(request: Request) -> Office:
    """The parts of the application."""
    office: Office = request.app.state.office
    return office


@dataclass(frozen=True, slots=True)
class Needs:
    """Dependency of a route: a visitor with this role at least, whose unsafe requests are their own."""

    role: str
    even_if_password_due: bool = False

    async def __call__(self, request: Request) -> Visitor:
        """The visitor.

        Raises:
            Refused: not logged in, not this role, or a request that another site may have made.
            PasswordDue: if the password must be changed first.
        """
        office = office_of(request)
        scheme, _, secret = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and request.url.path.startswith("/api/"):
            return await run_in_threadpool(self._by_token, office, secret.strip())
        cookie = request.cookies.get(COOKIE, "")
        session = await run_in_threadpool(office.sessions.get, cookie, office.now()) if cookie else None
        if session is None:
            raise Refused(401, "log in first")
        if not session.account.may(self.role):
            raise Refused(403, f"this needs the role {self.role}")
        if session.account.must_change and not self.even_if_password_due:
            raise PasswordDue
        if request.method not in SAFE and not await _own(request, session.csrf):
            raise Refused(403, "this form is too old or came from elsewhere: load the page again")
        return Visitor(session.account, session.csrf, office)

    def _by_token(self, office: Office, secret: str) -> Visitor:
        found = office.accounts.by_token(secret, office.now())
        if found is None:
            raise Refused(401, "this token is unknown, expired or revoked")
        account, scopes = found
        if account.must_change or not account.may(self.role) or TOKEN_SCOPES[self.role] not in scopes:
            raise Refused(403, f"this needs the role {self.role} and a token with {TOKEN_SCOPES[self.role]!r}")
        return Visitor(account, "", office)


Reader = Annotated[Visitor, Depends(Needs("reader"))]
Archivist = Annotated[Visitor, Depends(Needs("archivist"))]
Administrator = Annotated[Visitor, Depends(Needs("administrator"))]
Anyone = Annotated[Visitor, Depends(Needs("reader", even_if_password_due=True))]


async def _own(request: Request, csrf: str) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    sent: object = request.headers.get("x-csrf-token")
    if sent is None and request.headers.get("content-type", "").startswith(
        ("application/x-www-form-urlencoded", "multipart/form-data")
    ):
        sent = (await request.form()).get("csrf")
    if sent is None or isinstance(sent, UploadFile):
        return False
    return hmac.compare_digest(str(sent).encode(), csrf.encode())


def role_of(route: APIRoute) -> str | None:
    """The role that a route needs; None if it needs none."""
    for dependency in route.dependant.dependencies:
        if isinstance(dependency.call, Needs):
            return dependency.call.role
    return None


def unguarded(routes: Iterable[APIRoute]) -> list[str]:
    """Paths that neither name a role nor are meant for everyone."""
    return [route.path for route in routes if role_of(route) is None and route.path not in PUBLIC]


def safe_path(target: str | None) -> str:
    """`target` if it is a path of this application, else the start page: nobody is sent elsewhere."""
    if not target or not target.startswith("/") or target.startswith("//") or "\\" in target:
        return "/"
    return target if target.isprintable() and "\n" not in target else "/"


def login_path(request: Request) -> str:
    """Where to log in, and to come back to this page afterwards."""
    here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/login?next={quote(here, safe='')}" if request.method == "GET" else "/login"
