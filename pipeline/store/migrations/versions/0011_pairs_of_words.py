"""On PostgreSQL, an index of each two words that stand together: what is typed in a row is found by it.

Its full-text index does not know where words stand, so it unpacks every text that holds them: a second and more where
the words are common, and a letter's number is three words in a row. SQLite's index knows the places. Both indexes are
kept up letter by letter, as reading one takes seconds, and not when somebody searches.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The cost keeps the planner from working them out for every letter where it could ask the index.
_POSTGRES_UP = (
    "CREATE FUNCTION letter_search_pairs(folded text) RETURNS text[] "
    "LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000 AS "
    "$$ SELECT coalesce(array_agg(word || ' ' || following), '{}') "
    "FROM (SELECT string_to_array(folded, ' ') AS words) AS split, "
    "unnest(words, words[2:]) AS pairs (word, following) "
    # An index of this kind refuses entries of 2,700 bytes; a word so long is noise.
    "WHERE octet_length(word) + octet_length(following) < 2000 $$",
    "SET LOCAL maintenance_work_mem = '256MB'",
    "CREATE INDEX letter_search_pairs_index ON letter_texts USING gin (letter_search_pairs(folded)) "
    "WITH (fastupdate = off)",
    # ANALYZE would work out the pairs of every letter it looks at; what is not counted is asked of the index.
    "ALTER INDEX letter_search_pairs_index ALTER COLUMN 1 SET STATISTICS 0",
    "ALTER INDEX letter_search_vector_index SET (fastupdate = off)",
)
_POSTGRES_DOWN = (
    "ALTER INDEX letter_search_vector_index RESET (fastupdate)",
    "DROP INDEX letter_search_pairs_index",
    "DROP FUNCTION letter_search_pairs(text)",
)


def upgrade() -> None:
    """Make the function and its index."""
    for statement in () if op.get_bind().dialect.name == "sqlite" else _POSTGRES_UP:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for statement in () if op.get_bind().dialect.name == "sqlite" else _POSTGRES_DOWN:
        op.execute(statement)
