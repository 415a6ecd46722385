"""Logging in and out, the own password, language and keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import RedirectResponse, Response

from models.errors import ConfigError
from pipeline.store.accounts import SCOPES
from web import render
from web.access import COOKIE, Anyone, Reader, Refused, office_of, safe_path
from web.i18n import LANGUAGES
from web.office import Office

router = APIRouter(include_in_schema=False)
_YEAR = 365 * 24 * 3600


@router.get("/health")
def health() -> dict[str, str]:
    """Whether the program answers; says nothing about what it holds."""
    return {"status": "ok"}


@router.get("/login")
def login_page(request: Request, next: Annotated[str, Query()] = "/") -> Response:
    """The form."""
    return render.page(request, "login.html", next=safe_path(next), wrong="")


@router.post("/login")
def log_in(
    request: Request,
    name: Annotated[str, Form(max_length=200)] = "",
    password: Annotated[str, Form(max_length=1000)] = "",
    next: Annotated[str, Form()] = "/",
) -> Response:
    """Check name and password. Another site cannot log anyone in: browsers say where a form came from."""
    office = office_of(request)
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise Refused(403, "this form came from elsewhere")
    # PostgreSQL keeps no null characters; a name with one is a wrong name.
    name = name.replace("\x00", "")
    address = request.client.host if request.client else ""
    if office.sessions.too_many_guesses(name, address, office.now()):
        page = render.page(request, "login.html", status=429, next=safe_path(next), wrong="later")
        page.headers["Retry-After"] = "900"
        return page
    account = office.sessions.log_in(name, password, address, office.now())
    if account is None:
        return render.page(request, "login.html", status=401, next=safe_path(next), wrong="wrong")
    response = render.go(safe_path(next))
    _remember(response, office, office.sessions.begin(account, office.now()))
    return response


def _remember(response: Response, office: Office, secret: str) -> None:
    response.set_cookie(COOKIE, secret, httponly=True, samesite="lax", secure=office.settings.secure, path="/")


@router.post("/logout")
def log_out(request: Request, visitor: Anyone) -> Response:
    """End this session."""
    visitor.office.sessions.end(request.cookies.get(COOKIE, ""))
    response = render.go("/login")
    response.delete_cookie(COOKIE, path="/")
    return response


@router.get("/language/{code}")
def language(request: Request, code: str, next: Annotated[str, Query()] = "/") -> RedirectResponse:
    """Switch between Vietnamese and English."""
    response = render.go(safe_path(next))
    if code in LANGUAGES:
        secure = office_of(request).settings.secure
        response.set_cookie("lang", code, max_age=_YEAR, samesite="lax", secure=secure, httponly=True)
    return response


@router.get("/account")
def own_account(request: Request, visitor: Anyone) -> Response:
    """Password and keys."""
    tokens = visitor.office.accounts.tokens(visitor.account)
    return render.page(request, "account.html", visitor, tokens=tokens, scopes=SCOPES, secret="", wrong="")


@router.post("/account/password")
def change_password(
    request: Request,
    visitor: Anyone,
    old: Annotated[str, Form(max_length=1000)] = "",
    new: Annotated[str, Form(max_length=1000)] = "",
) -> Response:
    """Set a new password; all other sessions end, this one begins anew."""
    office = visitor.office
    wrong = ""
    address = request.client.host if request.client else ""
    if office.sessions.too_many_guesses(visitor.account.name, address, office.now()):
        raise Refused(429, "too many wrong passwords: try again in 15 minutes")
    account = office.sessions.log_in(visitor.account.name, old, address, office.now())
    if account is None:
        wrong = "The old password is not right."
    else:
        try:
            office.accounts.change_password(account, new, office.now())
        except ConfigError:
            wrong = "The new password is too short."
    if wrong or account is None:
        tokens = office.accounts.tokens(visitor.account)
        values = {"tokens": tokens, "scopes": SCOPES, "secret": "", "wrong": wrong}
        return render.page(request, "account.html", visitor, status=422, **values)
    response = render.go("/")
    _remember(response, office, office.sessions.begin(account, office.now()))
    return response


@router.post("/account/tokens")
def make_token(
    request: Request,
    visitor: Reader,
    name: Annotated[str, Form(max_length=100)] = "",
    scopes: Annotated[list[str] | None, Form()] = None,
) -> Response:
    """A new key; shown once."""
    accounts = visitor.office.accounts
    secret = accounts.make_token(
        visitor.account, name.replace("\x00", "").strip() or "-", scopes or [], visitor.office.now()
    )
    tokens = accounts.tokens(visitor.account)
    return render.page(request, "account.html", visitor, tokens=tokens, scopes=SCOPES, secret=secret, wrong="")


@router.post("/account/tokens/{token}/revoke")
def revoke_token(visitor: Reader, token: int) -> Response:
    """Make one of the own keys useless."""
    visitor.office.accounts.revoke_token(visitor.account, token, visitor.office.now())
    return render.go("/account")
