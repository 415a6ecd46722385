"""Saved queries with what they have found, and what persons say about bodies."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "saved_queries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("question", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("seen_at", sa.DateTime(), nullable=False),
        sa.Column("checked_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_queries")),
    )
    op.create_index(op.f("ix_saved_queries_owner"), "saved_queries", ["owner"], unique=False)
    op.create_table(
        "saved_hits",
        sa.Column("query_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.String(length=24), nullable=False),
        sa.Column("found_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["saved_queries.id"], name=op.f("fk_saved_hits_query_id_saved_queries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("query_id", "letter_id", name=op.f("pk_saved_hits")),
    )
    op.create_index("ix_saved_hits_found", "saved_hits", ["query_id", "found_at"], unique=False)
    op.create_table(
        "authority_acts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=8), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["undoes"], ["authority_acts.id"], name=op.f("fk_authority_acts_undoes_authority_acts")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authority_acts")),
    )
    op.create_index(op.f("ix_authority_acts_subject"), "authority_acts", ["subject"], unique=False)


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("authority_acts")
    op.drop_table("saved_hits")
    op.drop_table("saved_queries")
