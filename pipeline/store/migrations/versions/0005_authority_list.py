"""Bodies of one code and name stand once for each span of time; the list is loaded anew, so the table is made anew."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_REST = ("kind", "parent", "valid_from", "valid_to", "successor", "source")


def _columns(*, source_known: bool) -> list[sa.Column[object]]:
    kinds = {"valid_from": sa.Date(), "valid_to": sa.Date()}
    needed = {"kind"} | ({"source"} if source_known else set())
    return [sa.Column(name, kinds.get(name, sa.Text()), nullable=name not in needed) for name in _REST]


def upgrade() -> None:
    """Make the table with its new key."""
    op.drop_table("authorities")
    op.create_table(
        "authorities",
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        *_columns(source_known=True),
        sa.PrimaryKeyConstraint("ordinal", name=op.f("pk_authorities")),
    )
    op.create_index(op.f("ix_authorities_key"), "authorities", ["key"], unique=False)
    op.create_index(op.f("ix_authorities_code"), "authorities", ["code"], unique=False)


def downgrade() -> None:
    """Make the table as it was."""
    op.drop_table("authorities")
    op.create_table(
        "authorities",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        *_columns(source_known=False),
        sa.PrimaryKeyConstraint("code", "name", name=op.f("pk_authorities")),
    )
    op.create_index(op.f("ix_authorities_key"), "authorities", ["key"], unique=False)
