"""Whether anything was written to the database since: what was read from it may be used again until then."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Engine, text


class State:
    """A name for the state of the database that changes whenever somebody writes, in this process or any other.

    SQLite counts on each connection the commits of all others, so one that never writes sees every one of them; equal
    snapshots of PostgreSQL see the same rows.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._watching: Any = None

    def now(self) -> str:
        """The state; ask before reading, so that what is read is at least as new as its name."""
        if self._engine.dialect.name != "sqlite":
            with self._engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
                return str(connection.scalar(text("select pg_current_snapshot()::text")))
        with self._lock:
            if self._watching is None:
                self._watching = self._engine.raw_connection()
                self._watching.detach()  # kept: another connection would count from the start
            return str(self._watching.cursor().execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._watching is not None:
                self._watching.close()
                self._watching = None
