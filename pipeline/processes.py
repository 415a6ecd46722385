"""Names of processes that no later process shares, proof that one is dead, and what makes one a worker."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
import threading
from multiprocessing.connection import wait
from pathlib import Path

_STAT = "/proc/{pid}/stat"


def name(pid: int | None = None) -> str:
    """host/boot/pid/start time of a process, by default this one."""
    number = pid or os.getpid()
    return f"{socket.gethostname()}/{boot()}/{number}/{started(number) or 0}"


def boot() -> str:
    """Changes with every start of the machine; empty where the system does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()[:8]
    except OSError:
        return ""


def started(pid: int) -> str | None:
    """When the process was started, in ticks since boot; None if there is none or only its remains."""
    try:
        # the name in brackets may hold spaces and brackets itself
        fields = Path(_STAT.format(pid=pid)).read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def is_dead(process: str) -> bool:
    """Whether a process named by `name` is proven dead; false where it lives or runs on another machine."""
    host, began, pid, start = process.split("/")
    if host != socket.gethostname():
        return False
    if began != boot():
        return True
    if not Path("/proc/self/stat").exists():
        return _gone(int(pid))
    return started(int(pid)) != start


def _gone(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def prepare() -> None:
    """Make this process a worker: leader of a group, so that a stuck engine dies with the worker that started it."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Standard output is for data, and programs that a reader starts may print.
    os.dup2(2, 1)
    # Engines bring threads of their own; several workers with several threads each only get in each other's way.
    os.environ["OMP_THREAD_LIMIT"] = "1"
    _die_with_parent()


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is None:
        return

    def watch() -> None:
        wait([parent.sentinel])
        os.killpg(os.getpgrp(), signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()
