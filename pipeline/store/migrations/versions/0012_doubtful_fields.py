"""Indexes of the review screens: doubtful fields, and fields by what was understood where that is short.

The index of all understood texts goes: nothing asked it, and PostgreSQL refuses a letter with an entry of 2,700 bytes.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make both, drop the old one."""
    op.drop_index("ix_letter_fields_field_text", table_name="letter_fields")
    short = sa.text("length(text) <= 300")
    op.create_index(
        "ix_letter_fields_short", "letter_fields", ["field", "text"], sqlite_where=short, postgresql_where=short
    )
    op.create_index(
        "ix_letter_fields_doubtful",
        "letter_fields",
        ["letter_id", "field", "confidence"],
        sqlite_where=sa.text("review = 1"),
        postgresql_where=sa.text("review"),
    )


def downgrade() -> None:
    """The old one again."""
    op.drop_index("ix_letter_fields_doubtful", table_name="letter_fields")
    op.drop_index("ix_letter_fields_short", table_name="letter_fields")
    op.create_index("ix_letter_fields_field_text", "letter_fields", ["field", "text"], unique=False)
