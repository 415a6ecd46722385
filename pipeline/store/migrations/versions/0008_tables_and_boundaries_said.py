"""Cells of tables and boundaries of letters as persons say; acts on several letters at once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables and the column."""
    op.create_table(
        "said_cells",
        sa.Column("letter_id", sa.String(length=24), nullable=False),
        sa.Column("table", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("column", sa.Integer(), nullable=False),
        sa.Column("read", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("letter_id", "table", "row", "column", name=op.f("pk_said_cells")),
    )
    op.create_table(
        "said_starts",
        sa.Column("source_sha256", sa.String(length=64), nullable=False),
        sa.Column("starts", sa.JSON(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("source_sha256", name=op.f("pk_said_starts")),
    )
    op.add_column("citation_choices", sa.Column("issued_on", sa.Date(), nullable=True))
    op.add_column("citation_choices", sa.Column("issuer", sa.Text(), nullable=True))
    op.add_column("corrections", sa.Column("batch", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Drop them."""
    op.drop_column("corrections", "batch")
    op.drop_column("citation_choices", "issuer")
    op.drop_column("citation_choices", "issued_on")
    op.drop_table("said_starts")
    op.drop_table("said_cells")
