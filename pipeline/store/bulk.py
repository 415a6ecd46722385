"""Very many rows at once: core inserts on SQLite, COPY on PostgreSQL, and a whole store from one to the other."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Integer, Table, func, select, text

from models.errors import ConfigError
from models.tables import ChangeRow
from pipeline.store.database import database_trouble, head, revision
from pipeline.store.research_tables import METADATA

_BATCH = 5_000
# Kept up row by row this index costs more than all else; built at the end it takes a fraction.
_SLOW_INDEX = text(
    "SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 'letter_search_index'"
)
_NOT_COUNTED = text("ALTER INDEX letter_search_index ALTER COLUMN 1 SET STATISTICS 0")  # as the migration does

Row = Mapping[str, Any]


def insert_rows(connection: Connection, table: Table, rows: Iterable[Row]) -> int:
    """Insert rows that all name the same columns; how many there were."""
    waiting = iter(rows)
    first = next(waiting, None)
    if first is None:
        return 0
    names = list(first)
    dialect = connection.dialect
    convert = [table.columns[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names]
    values = (
        tuple(change(row[name]) if change else row[name] for name, change in zip(names, convert, strict=True))
        for row in itertools.chain([first], waiting)
    )
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(name) for name in names)
    if connection.dialect.name == "sqlite":
        statement = f"INSERT INTO {quote(table.name)} ({columns}) VALUES ({', '.join('?' * len(names))})"
        return sum(_execute(connection, statement, batch) for batch in _batches(values))
    return _copy_in(connection, f"COPY {quote(table.name)} ({columns}) FROM STDIN", values)


def copy_store(source: Engine, target: Engine, told: Callable[[str, int], None] = lambda _name, _count: None) -> int:
    """Copy everything from one store into another that is empty, in one transaction; how many rows.

    Raises:
        ConfigError: if the target holds letters or files, or the two are of different versions.
    """
    total = 0
    with database_trouble(), source.connect() as reading, target.begin() as writing:
        _fit(reading, writing)
        postgres = writing.dialect.name == "postgresql"
        slow = writing.scalar(_SLOW_INDEX) if postgres else None
        if slow:
            writing.execute(text("DROP INDEX letter_search_index"))
        for table in METADATA.sorted_tables:
            if table is ChangeRow.__table__:
                continue  # each store counts its own
            writing.execute(table.delete())
            count = insert_rows(writing, table, _rows(reading, table))
            total += count
            told(table.name, count)
            if postgres:
                _set_sequence(writing, table)
        if slow:
            writing.execute(text("SET LOCAL maintenance_work_mem = '256MB'"))
            writing.execute(text(slow))
            writing.execute(_NOT_COUNTED)
    if target.dialect.name == "postgresql":
        with target.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    return total


def _fit(reading: Connection, writing: Connection) -> None:
    for connection, what in ((reading, "source"), (writing, "target")):
        if revision(connection) != head():
            raise ConfigError(f"the {what} is of another version: run `congvan db upgrade` on it first")
    for name in ("sources", "letters", "runs"):
        if writing.execute(select(METADATA.tables[name]).limit(1)).first() is not None:
            raise ConfigError("the target is not empty: copy into a new database")


def _rows(connection: Connection, table: Table) -> Iterator[Row]:
    # By key: rows that point to older rows of their own table come after them.
    query = select(table).order_by(*table.primary_key.columns)
    result = connection.execution_options(stream_results=True, yield_per=_BATCH).execute(query)
    yield from (dict(row) for row in result.mappings())


def _execute(connection: Connection, statement: str, batch: Sequence[tuple[Any, ...]]) -> int:
    connection.exec_driver_sql(statement, list(batch))
    return len(batch)


def _copy_in(connection: Connection, statement: str, values: Iterable[tuple[Any, ...]]) -> int:
    count = 0
    cursor: Any = connection.connection.cursor()
    with cursor.copy(statement) as copy:
        for row in values:
            copy.write_row(row)
            count += 1
    return count


def _set_sequence(connection: Connection, table: Table) -> None:
    """Have the database go on counting where the copied rows end."""
    (key, *more) = table.primary_key.columns
    if more or not isinstance(key.type, Integer):
        return
    sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, key.name)))
    last = connection.scalar(select(func.max(key)))
    if sequence and last:
        connection.execute(select(func.setval(sequence, last)))


def _batches(values: Iterable[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    waiting = iter(values)
    while batch := list(itertools.islice(waiting, _BATCH)):
        yield batch
