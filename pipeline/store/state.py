"""Whether letters were changed since: what was read from the database may be used again until then."""

from __future__ import annotations

import threading
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pipeline.store.changes import QUESTION
from pipeline.store.database import database_trouble


class State:
    """A name for the state of the letters that changes whenever somebody changes one, in this process or any other.

    SQLite counts on each connection the commits of all others, whatever they wrote: while there is none, nobody needs
    to ask for the count of changes.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._watching: Any = None
        self._commits: int | None = None
        self._name = ""

    def now(self) -> str:
        """The state; ask before reading, so that what is read is at least as new as its name.

        Raises:
            TransientError: if the database cannot be reached.
        """
        with self._lock, database_trouble():
            try:
                return self._asked()
            except self._engine.dialect.loaded_dbapi.OperationalError:
                self._let_go()  # the server was started anew; if it is not there, the second try says so
                return self._asked()

    def _asked(self) -> str:
        if self._watching is None:
            self._watching = self._engine.raw_connection()
            self._watching.detach()  # kept: another connection would count from the start
            if self._engine.dialect.name != "sqlite":
                self._watching.dbapi_connection.autocommit = True
        cursor = self._watching.cursor()
        if self._engine.dialect.name == "sqlite":
            commits = cursor.execute("PRAGMA data_version").fetchone()[0]
            if commits == self._commits:
                return self._name
            self._commits = commits
        self._name = _named(cursor.execute(QUESTION).fetchone())
        return self._name

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            self._let_go()

    def _let_go(self) -> None:
        if self._watching is not None:
            self._watching.dbapi_connection.close()
            self._watching.invalidate()
            self._watching = self._commits = None


def state_within(session: Session) -> str:
    """The state that this session sees."""
    return _named(session.connection().exec_driver_sql(QUESTION).one())


def _named(counts: Any) -> str:
    return ":".join(map(str, counts))
