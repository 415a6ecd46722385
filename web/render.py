"""Pages from templates: everything escaped, in the reader's language."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from extractors.vi import document_types
from extractors.vi.text import fold, normalise
from pipeline.export import disarm
from pipeline.store.search import query_terms
from web.access import Visitor
from web.findings import told
from web.i18n import counted, language_of, speaker
from web.workbench import words_of

HERE = Path(__file__).parent
STATIC = HERE / "static"


@cache
def _environment() -> Environment:
    # StrictUndefined: a misspelt name is an error, not an empty page.
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"day": day, "moment": moment, "lit": lit, "told": told, "words_of": words_of}
    environment.filters["percent"] = lambda x: f"{round(100 * x)} %"
    environment.globals |= {"asset": asset, "type_name": type_name}
    return environment


def prepare() -> None:
    """Translate all templates into code now, not while somebody waits for the first page."""
    for name in _environment().list_templates():
        _environment().get_template(name)


def page(
    request: Request, template: str, visitor: Visitor | None = None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """The template filled in."""
    language, here = language_of(request), request.url
    text = _environment().get_template(template).render(
        _=speaker(language), counted=partial(counted, language=language), language=language, visitor=visitor,
        path=here.path, here=here.path + (f"?{here.query}" if here.query else ""), **values,
    )  # fmt: skip
    return HTMLResponse(text, status)


def go(path: str) -> RedirectResponse:
    """To another page of ours after a form was sent."""
    return RedirectResponse(path, 303)


def csv_file(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> StreamingResponse:
    """Rows as CSV for spreadsheets, streamed; cells that would run as a formula are disarmed."""

    def lines() -> Iterable[str]:
        yield "\ufeff"  # spreadsheets take CSV for another encoding without it
        buffer = io.StringIO()
        writer = csv.writer(buffer, lineterminator="\r\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([disarm(cell) for cell in row])
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
        yield buffer.getvalue()

    return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=_attached(name))


def json_file(value: object, status: int = 200) -> Response:
    """JSON with Vietnamese as it is."""
    return Response(json.dumps(value, ensure_ascii=False, default=str), status, media_type="application/json")


def download(name: str, data: bytes, media_type: str) -> Response:
    """A file to keep; `name` is one of ours, never one that was sent in."""
    return Response(data, media_type=media_type, headers=_attached(name))


def _attached(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}"'}


def day(value: date | None) -> str:
    """05/03/2024."""
    return value.strftime("%d/%m/%Y") if value else ""


def moment(value: datetime | None) -> str:
    """2024-03-05 14:07, UTC as stored."""
    return value.strftime("%Y-%m-%d %H:%M") if value else ""


def lit(text: str | None, words: str) -> Markup:
    """The text escaped, with what was searched for marked; marks are optional in `words`."""
    shown = normalise(text or "")
    wanted = _any_of(words)
    folded = fold(shown) if wanted else ""
    if wanted is None or len(folded) != len(shown):
        return escape(shown)
    parts, last = [], 0
    for match in wanted.finditer(folded):
        start, end = match.span()
        parts.append(f"{escape(shown[last:start])}<mark>{escape(shown[start:end])}</mark>")
        last = end
    return Markup("".join([*parts, escape(shown[last:])]))


@lru_cache(256)
def _any_of(words: str) -> re.Pattern[str] | None:
    """What finds each of the words in a folded text; None if there is no word."""
    parts = [r"\W+".join(map(re.escape, term.split())) for term in query_terms(words)]
    return re.compile(rf"\b(?:{'|'.join(parts)})\b") if parts else None


def type_name(code: str | None) -> str:
    """The printed name of a document type; the code itself if it is not listed."""
    known = document_types.by_code(code) if code else None
    return known.name if known else (code or "")


@cache
def asset(name: str) -> str:
    """Address of a static file; changes with its content, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"
