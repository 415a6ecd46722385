"""The web application: one factory that puts the parts together."""

from __future__ import annotations

from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse, Response
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.staticfiles import StaticFiles
from starlette.types import Receive, Scope, Send

from models.errors import CongvanError, InputError, ParseError, TransientError
from pipeline.page_image import PageImages
from pipeline.store.store import Store
from web import render
from web.access import PasswordDue, Refused, login_path, unguarded
from web.gate import Gate
from web.i18n import error_told, language_of
from web.office import Ingest, Office, Settings
from web.problems import PROBLEM_JSON, problem
from web.routes import (
    account,
    admin,
    api,
    api_accounts,
    api_bench,
    api_bodies,
    api_operator,
    api_research,
    api_review,
    bench,
    bodies,
    graph,
    letters,
    lists,
    lookup,
    operator,
    pages,
    projects,
    review,
    saved,
    ways,
)

UPLOAD_PATHS = ("/operator/files", "/api/v1/operator/files")
PARTS = (
    account, admin, api, api_accounts, api_bench, api_bodies, api_operator, api_research, api_review, bench, bodies,
    graph, letters, lists, lookup, operator, pages, projects, review, saved, ways,
)  # fmt: skip


class _Kept(StaticFiles):
    """Static files that browsers keep: their addresses change with their content."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def kept(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                headers = message["headers"]
                assert isinstance(headers, list)
                headers.append((b"cache-control", b"public, max-age=31536000, immutable"))
            await send(message)

        await super().__call__(scope, receive, kept)  # type: ignore[arg-type]


def all_routes() -> list[APIRoute]:
    """Every route of every screen and of the programming interface."""
    return [route for part in PARTS for route in part.router.routes if isinstance(route, APIRoute)]


def create_app(
    store: Store, originals: PageImages, settings: Settings | None = None, ingest: Ingest | None = None
) -> FastAPI:
    """The application over a store.

    Args:
        store: Open and up to date.
        originals: Makes pictures of pages.
        settings: How it runs.
        ingest: What takes in files that are sent; without it nothing can be sent.
    """
    settings = settings or Settings()
    app = FastAPI(
        title="congvan",
        version="1",
        description="Official letters, the decisions they cite, and their review. Errors are problem+json (RFC 9457).",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    app.state.office = Office(store, originals, settings, ingest)
    if open_doors := unguarded(all_routes()):
        raise RuntimeError(f"routes without a role: {open_doors}")
    for part in PARTS:
        app.include_router(part.router)
    app.mount("/static", GZipMiddleware(_Kept(directory=render.STATIC), minimum_size=1000))
    _answer_errors(app)
    app.add_middleware(
        Gate,
        upload_paths=UPLOAD_PATHS,
        upload_bytes=settings.upload_bytes,
        secure=settings.secure,
        hosts=settings.hosts,
    )
    return app


def _answer_errors(app: FastAPI) -> None:
    """The one place where errors become answers: a page for people, problem+json for programs."""

    def answer(request: Request, status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
        wants_page = not request.url.path.startswith("/api/") and request.headers.get("x-fetch") != "1"
        # Programs get the words as they are raised, people and the pages' own scripts in their language.
        told = detail if request.url.path.startswith("/api/") else error_told(detail, language_of(request))
        if wants_page:
            title = HTTPStatus(status).phrase
            page: Response = render.page(request, "error.html", status=status, title=title, detail=told)
        else:
            page = problem(status, told)
        page.headers.update(headers or {})
        return page

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> Response:
        api = request.url.path.startswith("/api/")
        if error.status == 401 and not api and request.headers.get("x-fetch") != "1":
            return RedirectResponse(login_path(request), 303)
        headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {}
        return answer(request, error.status, error.detail, headers)

    @app.exception_handler(PasswordDue)
    async def due(request: Request, error: PasswordDue) -> Response:
        if request.url.path.startswith("/api/"):
            return problem(403, "change your first password before anything else")
        return RedirectResponse("/account", 303)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        return answer(request, error.status_code, str(error.detail), dict(error.headers or {}))

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> Response:
        wrong = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        return answer(request, 422, wrong)

    @app.exception_handler(CongvanError)
    async def ours(request: Request, error: CongvanError) -> Response:
        status = 503 if isinstance(error, TransientError) else 422 if isinstance(error, ParseError) else 409
        return answer(request, 404 if isinstance(error, InputError) else status, str(error))

    @app.exception_handler(Exception)
    async def bug(request: Request, error: Exception) -> Response:
        return answer(request, 500, "a fault of the program; it is in the log of the server")


__all__ = ["PROBLEM_JSON", "create_app"]
