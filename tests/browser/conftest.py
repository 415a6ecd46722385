"""A real server in a thread and Debian's Chromium against it; skipped where there is no Chromium."""

from __future__ import annotations

import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, Request, sync_playwright

from tests.web_world import NOW, World, world
from web.access import COOKIE

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    if not Path(CHROMIUM).exists():
        pytest.skip("needs Chromium: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGS)
        yield browser
        browser.close()


@dataclass(frozen=True)
class Site:
    """The served application; `problems` collects what the browser complains about."""

    url: str
    world: World
    browser: Browser
    problems: list[str]

    def page(self, role: str | None, *, width: int = 1280, scheme: str = "light") -> Page:
        """A page of somebody with this role, logged in."""
        context = self.browser.new_context(
            base_url=self.url, viewport={"width": width, "height": 900}, color_scheme=scheme, locale="vi-VN"
        )
        if role:
            secret = self.world.office.sessions.begin(self.world.account(role), NOW)
            context.add_cookies([{"name": COOKIE, "value": secret, "url": self.url}])
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: self.problems.append(str(error)))
        page.on("console", lambda message: self.problems.append(message.text) if message.type == "error" else None)
        page.on("requestfailed", lambda request: self._failed(request))
        return page

    def _failed(self, request: Request) -> None:
        # A download, and a page that is left before it is complete, count as aborted.
        if "ERR_ABORTED" not in (request.failure or ""):
            self.problems.append(f"failed: {request.url}")


@pytest.fixture
def site(tmp_path: Path, chromium: Browser) -> Iterator[Site]:
    here = world(tmp_path)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(uvicorn.Config(here.app, host="127.0.0.1", port=port, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    served = Site(f"http://127.0.0.1:{port}", here, chromium, [])
    yield served
    for context in chromium.contexts:
        context.close()
    server.should_exit = True
    thread.join(10)
    here.store.close()
