"""What cited documents do to each other, as letters say."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "stated_acts",
        sa.Column("letter_id", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.Integer(), nullable=False),
        sa.Column("citation", sa.Integer(), nullable=False),
        sa.Column("relation", sa.String(length=24), nullable=False),
        sa.Column("source_id", sa.String(length=20), nullable=True),
        sa.Column("target_id", sa.String(length=20), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_stated_acts_letter_id_letters"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("letter_id", "actor", "citation", "relation", name=op.f("pk_stated_acts")),
    )
    ends = ["source_id", "target_id"]
    op.create_index("ix_stated_acts_source", "stated_acts", [*ends, "relation", "letter_id"], unique=False)
    op.create_index("ix_stated_acts_target", "stated_acts", [*reversed(ends), "relation", "letter_id"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("stated_acts")
