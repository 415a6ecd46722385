"""The full-text index over the folded text: FTS5 on SQLite, tsvector with GIN on PostgreSQL.

Neither database folds Vietnamese by itself (both leave đ, PostgreSQL also tears numbers at Đ), so the program folds
the text before it comes here, and both give the same answers.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_SQLITE_UP = (
    "CREATE VIRTUAL TABLE letter_search USING fts5("
    "folded, content='letter_texts', content_rowid='id', tokenize='unicode61')",
    "CREATE TRIGGER letter_search_insert AFTER INSERT ON letter_texts BEGIN "
    "INSERT INTO letter_search(rowid, folded) VALUES (new.id, new.folded); END",
    "CREATE TRIGGER letter_search_delete AFTER DELETE ON letter_texts BEGIN "
    "INSERT INTO letter_search(letter_search, rowid, folded) VALUES ('delete', old.id, old.folded); END",
    "CREATE TRIGGER letter_search_update AFTER UPDATE ON letter_texts BEGIN "
    "INSERT INTO letter_search(letter_search, rowid, folded) VALUES ('delete', old.id, old.folded); "
    "INSERT INTO letter_search(rowid, folded) VALUES (new.id, new.folded); END",
)
_SQLITE_DOWN = (
    "DROP TRIGGER letter_search_insert",
    "DROP TRIGGER letter_search_delete",
    "DROP TRIGGER letter_search_update",
    "DROP TABLE letter_search",
)
_POSTGRES_UP = (
    "ALTER TABLE letter_texts ADD COLUMN letter_search_vector tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, folded)) STORED",
    "CREATE INDEX letter_search_vector_index ON letter_texts USING gin (letter_search_vector)",
)
_POSTGRES_DOWN = (
    "DROP INDEX letter_search_vector_index",
    "ALTER TABLE letter_texts DROP COLUMN letter_search_vector",
)


def upgrade() -> None:
    """Make the index."""
    for statement in _SQLITE_UP if op.get_bind().dialect.name == "sqlite" else _POSTGRES_UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop the index."""
    for statement in _SQLITE_DOWN if op.get_bind().dialect.name == "sqlite" else _POSTGRES_DOWN:
        op.execute(statement)
