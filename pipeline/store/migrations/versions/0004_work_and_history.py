"""Work to be done with its claims, what runs understood of letters, and files known by path."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "work",
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("deaths", sa.Integer(), nullable=False),
        sa.Column("due", sa.Double(), nullable=False),
        sa.Column("token", sa.String(length=32), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("claimed_at", sa.Double(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("failed_at", sa.Double(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=True),
        sa.Column("message", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_work")),
    )
    op.create_index("ix_work_run_state", "work", ["run_id", "state"], unique=False)
    op.create_table(
        "seen_files",
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=False),
        sa.Column("inode", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("path", name=op.f("pk_seen_files")),
    )
    op.create_table(
        "run_tallies",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name=op.f("fk_run_tallies_run_id_runs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("run_id", "outcome", "reason", name=op.f("pk_run_tallies")),
    )
    op.create_table(
        "letter_versions",
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("letter_id", sa.String(length=24), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("record", sa.LargeBinary(), nullable=False),
        sa.Column("reading", sa.LargeBinary(), nullable=True),
        sa.Column("read_by", sa.Text(), nullable=True),
        sa.Column("applied", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["runs.id"], name=op.f("fk_letter_versions_run_id_runs"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("run_id", "letter_id", name=op.f("pk_letter_versions")),
    )
    op.create_index(op.f("ix_letter_versions_sha256"), "letter_versions", ["sha256"], unique=False)
    # Plain ADD COLUMN: rebuilding the table, as batch mode does on SQLite, would cascade away what points to it.
    op.add_column("runs", sa.Column("stopped", sa.Text(), nullable=True))
    op.add_column("run_outcomes", sa.Column("pages", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("run_outcomes", sa.Column("seconds", sa.Double(), nullable=True))
    op.add_column("run_outcomes", sa.Column("at", sa.Double(), nullable=True))


def downgrade() -> None:
    """Undo."""
    for column in ("at", "seconds", "pages"):
        op.drop_column("run_outcomes", column)
    op.drop_column("runs", "stopped")
    op.drop_table("letter_versions")
    op.drop_table("run_tallies")
    op.drop_table("seen_files")
    op.drop_table("work")
