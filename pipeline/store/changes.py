"""Counting changes of letters: the database itself counts, so that nothing that writes can forget to.

Triggers stand on every table but those named here: a new table is watched unless somebody says that no answer about
letters depends on it. Log-ins, locks and the books of nightly runs are left out, so that they make no answer old.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import Connection, inspect, text

from models.tables import ChangeRow
from pipeline.store.research_tables import METADATA

# No list, record, graph or count about letters is read from these.
UNWATCHED = frozenset((
    "accounts", "web_sessions", "api_tokens", "login_attempts", "audit_log", "letter_locks", "saved_queries",
    "saved_hits", "review_samples", "runs", "run_outcomes", "run_tallies", "work", "seen_files", "letter_versions",
    "stale_links", "letter_changes",
))  # fmt: skip
# What names the state of the letters: equal answers mean that nothing was changed between them.
QUESTION = "SELECT coalesce(min(id), 0), count(*), coalesce(sum(id), 0), coalesce(sum(n), 0) FROM letter_changes"
_VERBS = ("INSERT", "UPDATE", "DELETE")
_LEFT = 500  # transactions after which those that ended are taken out


def watched() -> tuple[str, ...]:
    """Tables whose changes count."""
    return tuple(sorted(METADATA.tables.keys() - UNWATCHED))


def watch(connection: Connection) -> None:
    """Put the triggers on all watched tables; again after every migration, as one may make a table anew."""
    present = set(inspect(connection).get_table_names())
    if ChangeRow.__tablename__ not in present:
        return
    tables = [table for table in watched() if table in present]
    for statement in _sqlite(tables) if connection.dialect.name == "sqlite" else _postgresql(tables):
        connection.execute(text(statement))


def _sqlite(tables: list[str]) -> Iterator[str]:
    count = "INSERT INTO letter_changes (id, n) VALUES (0, 1) ON CONFLICT (id) DO UPDATE SET n = n + 1"
    for table in tables:
        for verb in _VERBS:
            name = f"{table}_changed_by_{verb.lower()}"
            yield f"DROP TRIGGER IF EXISTS {name}"
            yield f"CREATE TRIGGER {name} AFTER {verb} ON {table} BEGIN {count}; END"


def _postgresql(tables: list[str]) -> Iterator[str]:
    # Rows of transactions that all others see are taken out now and then; one that is being taken out is passed over.
    yield f"""
        CREATE OR REPLACE FUNCTION congvan_letters_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        DECLARE mine bigint := pg_current_xact_id()::text::bigint;
        BEGIN
            INSERT INTO letter_changes AS known (id, n) VALUES (mine, 1) ON CONFLICT (id) DO UPDATE SET n = known.n + 1;
            IF mine % {_LEFT} = 0 THEN
                DELETE FROM letter_changes WHERE id IN (
                    SELECT id FROM letter_changes
                    WHERE id < pg_snapshot_xmin(pg_current_snapshot())::text::bigint FOR UPDATE SKIP LOCKED
                );
            END IF;
            RETURN NULL;
        END $$"""
    for table in tables:
        yield f"DROP TRIGGER IF EXISTS {table}_changed ON {table}"
        yield (
            f"CREATE TRIGGER {table}_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION congvan_letters_changed()"
        )
