"""On PostgreSQL, one index of words and of words in a row, in the place of its full-text index.

That index does not know where words stand, so whatever was typed in a row, as a letter's number is, had every text
unpacked that holds the words: a second and more where they are common. SQLite's index knows the places.

The index has each word, each two that stand together, and from a figure on three and four of them ("17 2024 nd cp").
It is kept up letter by letter, as reading one takes seconds, and not when somebody searches. The texts themselves lie
beside the table, so that counting letters does not read past them.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

# The cost keeps the planner from working the terms out for every letter where it could ask the index. Figures come
# before letters in this collation, and an index of this kind refuses entries of 2,700 bytes: a word so long is noise.
_TERMS = """
CREATE FUNCTION letter_search_terms(folded text) RETURNS text[] LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE COST 10000
AS $$
    SELECT coalesce(array_agg(term), '{}')
    FROM (SELECT string_to_array(folded, ' ') AS words) AS split,
        unnest(words, words[2:], words[3:], words[4:]) AS at (a, b, c, d),
        unnest(CASE WHEN a COLLATE "C" < 'A'
            THEN ARRAY[a, a || ' ' || b, a || ' ' || b || ' ' || c, a || ' ' || b || ' ' || c || ' ' || d]
            ELSE ARRAY[a, a || ' ' || b] END) AS term
    WHERE octet_length(term) < 2000
$$
"""
_POSTGRES_UP = (
    "DROP INDEX letter_search_vector_index",
    "ALTER TABLE letter_texts DROP COLUMN letter_search_vector",
    "ALTER TABLE letter_texts SET (toast_tuple_target = 128)",
    "ALTER TABLE letter_texts ALTER COLUMN folded TYPE text USING folded || ''",  # written anew, each text beside it
    _TERMS,
    "SET LOCAL maintenance_work_mem = '256MB'",
    "CREATE INDEX letter_search_index ON letter_texts USING gin (letter_search_terms(folded)) WITH (fastupdate = off)",
    # ANALYZE would work out the terms of every letter it looks at; what is not counted is asked of the index.
    "ALTER INDEX letter_search_index ALTER COLUMN 1 SET STATISTICS 0",
)
_POSTGRES_DOWN = (
    "DROP INDEX letter_search_index",
    "DROP FUNCTION letter_search_terms(text)",
    "ALTER TABLE letter_texts RESET (toast_tuple_target)",
    "ALTER TABLE letter_texts ADD COLUMN letter_search_vector tsvector "
    "GENERATED ALWAYS AS (to_tsvector('simple'::regconfig, folded)) STORED",
    "CREATE INDEX letter_search_vector_index ON letter_texts USING gin (letter_search_vector)",
)


def upgrade() -> None:
    """Make the function and its index."""
    for statement in () if op.get_bind().dialect.name == "sqlite" else _POSTGRES_UP:
        op.execute(statement)


def downgrade() -> None:
    """The full-text index again."""
    for statement in () if op.get_bind().dialect.name == "sqlite" else _POSTGRES_DOWN:
        op.execute(statement)
