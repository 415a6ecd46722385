"""`congvan serve` and `congvan review`: the screens on this machine.

The web layer stands above this one, so it is loaded by name and called through its factory.
"""

from __future__ import annotations

import gc
import importlib
import os
import socket
import webbrowser
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from models.errors import ConfigError
from pipeline.cli.app import App, pass_app, say
from pipeline.config import ROOT
from pipeline.ingest import Limits
from pipeline.intake import Intake, Report, find_files, plan
from pipeline.page_image import PageImages
from pipeline.store.store import Store, utc_now
from pipeline.versions import read_by

_LOOPBACK = ("127.0.0.1", "::1", "localhost")
START_SECONDS = 30
MOST_PROCESSES = 4  # by default; more help only where many look at once


def _options(command: Callable[..., Any]) -> Callable[..., Any]:
    for option in (
        click.option("--processes", type=click.IntRange(1, 64), default=None,
                     help=f"How many answer at once; default: one a core, at most {MOST_PROCESSES}."),
        click.option("--uploads", type=click.Path(file_okay=False, path_type=Path), help="Folder for files sent in."),
        click.option("--allowed-host", "hosts", multiple=True, help="Name under which it answers; may be repeated."),
        click.option("--behind-https", is_flag=True, help="A proxy in front of it speaks HTTPS."),
        click.option("--port", default=8765, show_default=True, type=click.IntRange(1, 65535)),
        click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on."),
    ):
        command = option(command)
    return command


@click.command()
@_options
@pass_app
def serve(app: App, /, **options: Any) -> None:
    """Serve the screens and the programming interface; on this machine alone unless --host says otherwise.

    The first start makes the account "admin" and prints its one-time password on standard error.
    """
    _run(app, "/", browser=False, **options)


@click.command()
@_options
@pass_app
def review(app: App, /, **options: Any) -> None:
    """Open the review queue in the browser; serves the screens as `serve` does."""
    _run(app, "/review", browser=True, **options)


def _run(
    app: App,
    start: str,
    *,
    browser: bool,
    host: str,
    port: int,
    behind_https: bool,
    hosts: tuple[str, ...],
    uploads: Path | None,
    processes: int | None,
) -> None:
    if host not in _LOOPBACK and not behind_https:
        raise ConfigError("other machines may reach it only through HTTPS: put a proxy in front, see docs/operator.md")
    make = partial(make_application, app, uploads=uploads, secure=behind_https, hosts=hosts)
    application = make()
    password = application.state.office.accounts.first_password(utc_now())
    address = f"http://{'127.0.0.1' if host in _LOOPBACK else host}:{port}{start}"
    if password:
        say(f"First start: log in as admin with the password {password} and change it; it is not shown again.")
    say(f"{address} (stop with Ctrl-C)")
    if browser:
        webbrowser.open(address)
    count = processes or min(len(os.sched_getaffinity(0)), MOST_PROCESSES)
    settings: dict[str, Any] = {
        "host": host, "port": port, "log_level": "warning", "server_header": False, "date_header": True,
        "proxy_headers": behind_https, "forwarded_allow_ips": "127.0.0.1",
    }  # fmt: skip
    if count == 1:
        uvicorn.run(_prepared(lambda: application), **settings)
        return
    # Each process makes the application for itself: connections to the database cannot be shared between them.
    application.state.office.open.close()
    # On a busy machine a process may take long to start; one that is thought dead is killed and begins anew, for ever.
    settings |= {"factory": True, "workers": count, "timeout_worker_healthcheck": START_SECONDS}
    config = uvicorn.Config(partial(_prepared, make), **settings)
    Multiprocess(config, [at_once(config.bind_socket())]).run()


def at_once(listening: socket.socket) -> socket.socket:
    """The socket, its connections sending what is written to them at once.

    The event loop asks for this where it opens the socket; where it is handed one, the body of each answer would wait
    for the other side to acknowledge its head, which takes up to 40 ms.
    """
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def make_application(
    app: App, *, uploads: Path | None = None, secure: bool = False, hosts: tuple[str, ...] = ()
) -> Any:
    """The application over the store, with this installation's limits and folders."""
    config, store = app.config, app.store()
    limits = Limits(config.max_bytes, config.max_pages, config.max_pixels, config.max_seconds)
    derived = ROOT / "data" / "processed"
    web, office = importlib.import_module("web.app"), importlib.import_module("web.office")
    settings = office.Settings(
        uploads=uploads or derived / "uploads", upload_bytes=config.max_bytes, secure=secure, hosts=hosts
    )
    application = web.create_app(store, PageImages(derived / "pages", limits), settings, partial(_take_in, app, store))
    return application


def _prepared(make: Callable[[], Any]) -> Any:
    """The application with what its first pages need at hand, so that nobody waits for it."""
    application = make()
    importlib.import_module("web.render").prepare()
    for view in (application.state.office.open, application.state.office.guarded):
        view.prepare()
    # What was imported stays to the end: looking it all through for garbage holds answers up by a tenth of a second.
    gc.collect()
    gc.freeze()
    return application


def _take_in(app: App, store: Store, paths: list[Path]) -> None:
    planned = list(plan(find_files(paths).files, store, read_by=read_by()))
    Intake(store, app.config, app.make_reader, read_by=read_by()).run(planned, Report())
