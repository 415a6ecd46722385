"""Killing at exact moments: every write of this process, or of the workers that others start, is a point to die at."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable
from multiprocessing import forkserver
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


class Points:
    """Counts the moments at which something has just been or is about to be written, and kills at one of them.

    `log` gets a letter at each point, so that they can be counted from outside, and "x" for a death.
    """

    def __init__(self, deadly: int | None, log: Path | None = None) -> None:
        self.deadly, self.passed, self.log = deadly, 0, log

    def point(self, *_: Any) -> None:
        self.passed += 1
        dies = self.passed == self.deadly
        if self.log:
            with self.log.open("a") as file:
                file.write("x" if dies else ".")
        if dies:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(self, _connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE")):
            self.point()

    def install(self) -> None:
        event.listen(Engine, "after_cursor_execute", self.statement)
        event.listen(Engine, "commit", self.point)
        event.listen(Session, "after_commit", self.point)
        real = os.replace

        def replaced(*arguments: Any) -> None:
            self.point()
            real(*arguments)
            self.point()

        os.replace = replaced  # type: ignore[assignment]


def in_child(act: Callable[[], Any], deadly: int | None) -> int | None:
    """Do something in a forked process; how many points it passed, None if it was killed at one."""
    reading, writing = os.pipe()
    # The one server that workers are forked from is this process's child; the forked process may ask it too.
    server: Any = forkserver._forkserver
    server.ensure_running()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            server.ensure_running = lambda: None
            points = Points(deadly)
            points.install()
            act()
            os.write(writing, str(points.passed).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(writing)
    _, status = os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return int(text) if text else None


def arm_worker(flags: Path, deadly: tuple[int, ...]) -> None:
    """In a worker process: the n-th to start dies at the n-th of the deadly points (0: only counts), others live."""
    if multiprocessing.parent_process() is None:
        return
    for n, point in enumerate(deadly):
        try:
            (flags / f"armed-{n}").open("x").close()
        except FileExistsError:
            continue
        Points(point or None, flags / f"points-{n}").install()
        return
