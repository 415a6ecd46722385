"""One run at a time: a lock file that is taken over only when its holder is proven dead."""

from __future__ import annotations

import contextlib
import fcntl
import json
import logging
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import ConfigError, LockedError
from pipeline import processes

log = logging.getLogger("congvan")


@contextmanager
def held(path: Path, purpose: str) -> Iterator[None]:
    """Hold the lock file at `path`; it stays there, empty, when let go.

    The operating system lets go of it when this process dies, whatever way, so on this machine an old lock needs no
    clean-up and a number used by another process can't mislead. Where the folder is shared between machines and the
    file names a process of another machine, only a person can tell.

    Raises:
        LockedError: if another run holds it.
    """
    file = _open(path)
    try:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise LockedError(f"another run holds {path}: {_holder(file)}") from error
        _take_over(file, path)
        _write(file, json.dumps({"process": processes.name(), "purpose": purpose}))
        try:
            yield
        finally:
            _write(file, "")
    finally:
        os.close(file)


def _open(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        raise ConfigError(f"the lock file {path} cannot be made: {error.strerror}; set CONGVAN_STATE") from error


def _take_over(file: int, path: Path) -> None:
    """Look whose name stands in a lock that the system gave us."""
    holder = _holder(file)
    process = holder.get("process", "")
    if not process:
        return
    host = process.split("/")[0]
    if host == socket.gethostname():
        # the system gave us the lock, so whoever wrote this is gone, even where its number is in use again
        log.warning("took over the lock of %s, which is dead", process)
        return
    raise LockedError(f"{path} names {process} on another machine; if that run is dead, remove the file")


def _holder(file: int) -> dict[str, str]:
    with contextlib.suppress(OSError, ValueError):
        text = os.pread(file, 4096, 0).decode("utf-8", errors="replace")
        found = json.loads(text) if text.strip() else {}
        if isinstance(found, dict):
            return {str(key): str(value) for key, value in found.items()}
    return {}


def _write(file: int, text: str) -> None:
    os.ftruncate(file, 0)
    os.pwrite(file, text.encode(), 0)
