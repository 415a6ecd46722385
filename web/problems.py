"""problem+json (RFC 9457), and how the interface's description names it."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict

PROBLEM_JSON = "application/problem+json"


class Problem(BaseModel):
    """What went wrong, for programs."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"type": "about:blank", "title": "Not Found", "status": 404, "detail": "no letter has it"}]
        }
    )

    type: str
    title: str
    status: int
    detail: str


def problem(status: int, detail: str) -> Response:
    """An error as problem+json."""
    body = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return Response(json.dumps(body, ensure_ascii=False), status, media_type=PROBLEM_JSON)


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Errors of a route for the description of the interface; those of every route included."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    every = (*statuses, 400, 401, 403, 422, 503)
    return {
        status: {"description": HTTPStatus(status).phrase, "model": Problem, "content": {PROBLEM_JSON: schema}}
        for status in sorted(set(every))
    }
