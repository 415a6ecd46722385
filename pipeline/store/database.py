"""Opening the database: one code for SQLite and PostgreSQL, and bringing its tables up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from models.errors import ConfigError, MissingDependency, TransientError
from pipeline.store.authorities import load_authorities
from pipeline.store.folded import NAME as FOLDED
from pipeline.store.folded import fold_or_none
from pipeline.store.research_tables import METADATA

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 30
# Tables, triggers and columns of the full-text index have no counterpart in the mapped classes.
SEARCH_PREFIX = "letter_search"
QUEUE_PREFIX = "procrastinate_"


def open_engine(url: str) -> Engine:
    """An engine for `url`; makes the folder of a SQLite file.

    Raises:
        ConfigError: if `url` is no database URL.
        MissingDependency: if the driver is not installed.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed)
    except (ArgumentError, NoSuchModuleError) as error:
        raise ConfigError(
            f"not a database URL: {url!r}; for example sqlite:///data/processed/congvan.sqlite"
        ) from error
    except ModuleNotFoundError as error:
        raise MissingDependency(
            f"the driver of this database is missing: pip install '.[postgres]' ({error})"
        ) from error
    except OSError as error:
        raise ConfigError(f"the folder of the database cannot be made: {error}") from error
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_immediate)
    elif engine.dialect.name == "postgresql":
        event.listen(engine, "connect", _prepare_postgresql)
    return engine


def reading_from(engine: Engine, isolation: str) -> Engine:
    """The engine for those who only read; PostgreSQL is told how far questions are kept apart from writers."""
    postgres = engine.dialect.name == "postgresql"
    return engine.execution_options(reading=True, **({"isolation_level": isolation} if postgres else {}))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transaction handling would begin late and not at all for DDL: we begin ourselves, below.
    connection.isolation_level = None
    connection.create_function(FOLDED, 1, fold_or_none, deterministic=True)
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "synchronous=NORMAL",
        "foreign_keys=ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _prepare_postgresql(connection: Any, _record: object) -> None:
    # Questions here take milliseconds: to compile them first, or to share them out among processes, as the server does
    # for what it thinks long, takes more.
    with connection.cursor() as cursor:
        cursor.execute("SET jit = off")
        cursor.execute("SET max_parallel_workers_per_gather = 0")
    connection.commit()


def _begin_immediate(connection: Connection) -> None:
    # A plain BEGIN that later writes fails at once when another process wrote in between; IMMEDIATE waits its turn.
    readonly = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("BEGIN" if readonly else "BEGIN IMMEDIATE")


@contextmanager
def database_trouble() -> Iterator[None]:
    """Turn what the database says about locks, disks and connections into the errors of this program."""
    try:
        yield
    except OperationalError as error:
        raise TransientError(f"the database cannot be reached or written, run again: {error.orig}") from error


def _alembic(connection: Connection) -> AlembicConfig:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Bring the tables to the newest revision; the revisions before and after.

    Raises:
        ConfigError: if the database was made by a newer version of this program.
    """
    with database_trouble(), engine.begin() as connection:
        before = revision(connection)
        newest = head()
        if before != newest:
            known = {script.revision for script in _scripts().walk_revisions()}
            if before is not None and before not in known:
                raise ConfigError(f"the database is of a newer version ({before}): update congvan")
            command.upgrade(_alembic(connection), "head")
            load_authorities(connection)
        return before, newest


def reload_authorities(engine: Engine) -> int:
    """Bring the stored authority list up to date; how many bodies."""
    with database_trouble(), engine.begin() as connection:
        return load_authorities(connection)


def revision(connection: Connection) -> str | None:
    """The revision of the database's tables; None if it has none of ours."""
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    """The newest revision that this program knows."""
    newest = _scripts().get_current_head()
    if newest is None:
        raise ConfigError("no migrations found: the installation is incomplete")
    return newest


def _scripts() -> ScriptDirectory:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config)


def include_object(_object: object, name: str | None, _kind: str, _reflected: bool, _compare_to: object) -> bool:
    """For Alembic: leave alone what the mapped classes do not know, the full-text index and the queue's own tables."""
    return not (name or "").startswith((SEARCH_PREFIX, QUEUE_PREFIX))


def differences(engine: Engine) -> list[Any]:
    """Where the tables differ from the mapped classes; empty if a migration says all of it."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_object": include_object})
        return list(compare_metadata(context, METADATA))
