"""A count of changes of letters; its triggers are put on after every migration."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "letter_changes",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("n", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_changes")),
    )


def downgrade() -> None:
    """Drop it, and the triggers that write to it."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%!_changed!_by!_%' ESCAPE '!'"
        for name in connection.execute(sa.text(query)).scalars().all():
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP FUNCTION congvan_letters_changed() CASCADE")
    op.drop_table("letter_changes")
