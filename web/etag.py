"""ETags for every JSON answer of the programming interface: who has it already gets 304 and no body."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from fastapi import Request
from fastapi.responses import Response
from fastapi.routing import APIRoute


class Tagged(APIRoute):
    """A route whose answers to GET carry an ETag over their content."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler with the tag put on its answers."""
        answer = super().get_route_handler()

        async def tagged(request: Request) -> Response:
            response = await answer(request)
            plain = request.method == "GET" and response.status_code == 200 and "etag" not in response.headers
            return tag(response, request.headers) if plain and getattr(response, "body", None) else response

        return tagged


def tag(response: Response, asked: Mapping[str, str]) -> Response:
    """The answer with its ETag; 304 without content where the asker has it already."""
    mark = f'"{hashlib.sha256(response.body).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Cache-Control": "private, no-cache"}
    known = [part.strip().removeprefix("W/") for part in asked.get("if-none-match", "").split(",")]
    if mark in known or "*" in known:
        return Response(status_code=304, headers=headers)
    response.headers.update(headers)
    return response
