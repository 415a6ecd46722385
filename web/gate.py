"""What stands before every page: limits on what is sent, and the headers that every answer carries."""

from __future__ import annotations

import asyncio
import json

from starlette.types import ASGIApp, Message, Receive, Scope, Send

# Scripts, styles and pictures come from here alone; nothing inline runs, nobody frames us, forms go nowhere else.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", CONTENT_SECURITY_POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)
SMALL = 1 << 20  # bytes of any form or API call
PIECE_SECONDS = 30.0  # longest wait for the next piece of what is being sent


class _TooLarge(Exception):
    pass


class _TooSlow(Exception):
    pass


class Gate:
    """ASGI middleware; `upload_paths` alone may take `upload_bytes`, everything else `SMALL`."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        upload_paths: tuple[str, ...],
        upload_bytes: int,
        secure: bool,
        hosts: tuple[str, ...] = (),
        piece_seconds: float = PIECE_SECONDS,
    ) -> None:
        self.app = app
        self.upload_paths = upload_paths
        self.upload_bytes = upload_bytes
        self.hosts = hosts
        self.piece_seconds = piece_seconds
        strict = [(b"strict-transport-security", b"max-age=31536000")] if secure else []
        self.headers = [*_HEADERS, *strict]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, measured."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def answer(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                names = {name.lower() for name, _ in message["headers"]}
                extra = [pair for pair in self.headers if pair[0] not in names]
                if b"cache-control" not in names:
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*message["headers"], *extra]}
            await send(message)

        headers = dict(scope["headers"])
        if self.hosts and headers.get(b"host", b"").decode("latin-1").rsplit(":", 1)[0] not in self.hosts:
            await _refuse(answer, 400, "unknown host")
            return
        if b"%00" in scope.get("raw_path", b"") + scope.get("query_string", b""):
            await _refuse(answer, 400, "no text holds a null character")
            return
        most = self.upload_bytes if scope["path"] in self.upload_paths else SMALL
        declared = headers.get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > most:
            await _refuse(answer, 413, f"at most {most} bytes may be sent here")
            return
        try:
            await self.app(scope, self._measured(receive, most), answer)
        except _TooLarge:
            if not started:
                await _refuse(answer, 413, f"at most {most} bytes may be sent here")
        except _TooSlow:
            if not started:
                await _refuse(answer, 408, "sending took too long")

    def _measured(self, receive: Receive, most: int) -> Receive:
        total, ended = 0, False

        async def measured() -> Message:
            nonlocal total, ended
            if ended:
                return await receive()
            try:
                message = await asyncio.wait_for(receive(), self.piece_seconds)
            except TimeoutError as error:
                raise _TooSlow from error
            total += len(message.get("body", b""))
            ended = not message.get("more_body", False)
            if total > most:
                raise _TooLarge
            return message

        return measured


async def _refuse(send: Send, status: int, detail: str) -> None:
    titles = {400: "Bad Request", 408: "Request Timeout", 413: "Content Too Large"}
    problem = {"type": "about:blank", "title": titles[status], "status": status, "detail": detail}
    body = json.dumps(problem).encode()
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, (b"connection", b"close")]})
    await send({"type": "http.response.body", "body": body})
