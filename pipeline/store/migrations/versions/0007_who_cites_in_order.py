"""Who cites a document, in the order of the letters' ids: the first few are found without sorting all."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Put the letter into the index."""
    op.create_index("ix_citations_decision_letter", "citations", ["decision_id", "letter_id"], unique=False)
    op.drop_index("ix_citations_decision_id", table_name="citations")


def downgrade() -> None:
    """Take it out again."""
    op.create_index("ix_citations_decision_id", "citations", ["decision_id"], unique=False)
    op.drop_index("ix_citations_decision_letter", table_name="citations")
