"""The shape of the relational store: SQLAlchemy mapped classes, the same on SQLite and PostgreSQL.

Keys follow from the content (digest of the bytes, place in the letter), never from a counter, so the same letters
give the same rows in whatever order they come. Rows below a letter are keyed by the letter and their place in it.
"""

from __future__ import annotations

from models.letter_tables import (
    AmountRow,
    AuthorityRow,
    CellRow,
    CitationRow,
    ConfirmedRow,
    DecisionRow,
    FieldRow,
    FindingRow,
    LetterRow,
    MentionRow,
    PageRow,
    ProjectRow,
    ReadingRow,
    SourceRow,
    StaleRow,
    StatedActRow,
    TableRow,
    TextRow,
)
from models.run_tables import (
    ChangeRow,
    OutcomeRow,
    RunRow,
    SeenFileRow,
    TallyRow,
    VersionRow,
    WorkRow,
)
from models.table_base import Base

__all__ = [
    "AmountRow",
    "AuthorityRow",
    "Base",
    "CellRow",
    "ChangeRow",
    "CitationRow",
    "ConfirmedRow",
    "DecisionRow",
    "FieldRow",
    "FindingRow",
    "LetterRow",
    "MentionRow",
    "OutcomeRow",
    "PageRow",
    "ProjectRow",
    "ReadingRow",
    "RunRow",
    "SeenFileRow",
    "SourceRow",
    "StaleRow",
    "StatedActRow",
    "TableRow",
    "TallyRow",
    "TextRow",
    "VersionRow",
    "WorkRow",
]
