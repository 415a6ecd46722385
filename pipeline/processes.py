"""Names of processes that no later process shares, and proof that one is dead."""

from __future__ import annotations

import os
import socket
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
