"""What rows say to a session without clearance: of what secret letters describe, no more than others do.

Rows that are loaded whole are masked as they are loaded. Where columns are asked for instead, as that is faster, the
question is marked with `SEEN` and its answers go through `link_as_seen`; a question without the mark is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from models.tables import CitationRow, DecisionRow

# Session.info: columns of decisions that only a secret letter describes, and the documents that secret letters are.
MASKS, CLOSED = "masked_decisions", "closed_decisions"
MASKED = ("number", "issuer", "issued_on", "doc_type", "title")
SEEN = {"as_seen": True}  # execution options of a question for columns whose answers are masked by who asks
_BARE = {DecisionRow: {*MASKED, "held"}, CitationRow: {"status", "candidates"}}


class Unmasked(Exception):
    """A question for columns that may say too much, and whose answers nobody masks: a fault of the program."""


def closed_decisions(session: Session) -> frozenset[str]:
    """Documents that this session must take for not held."""
    closed: frozenset[str] = session.info.get(CLOSED, frozenset())
    return closed


def link_as_seen(
    session: Session, status: str, decision_id: str | None, candidates: Sequence[str]
) -> tuple[str, tuple[str, ...]]:
    """State and candidates of a citation as this session may see them."""
    closed = closed_decisions(session)
    shown = "open" if status == "linked" and decision_id in closed else status
    return shown, tuple(key for key in candidates if key not in closed)


def refuse_bare(statement: Any) -> None:
    """See that a question asks for no column that has to be masked.

    Raises:
        Unmasked: if it does.
    """
    for part in getattr(statement, "selects", ()):  # of a union
        refuse_bare(part)
    for asked in getattr(statement, "column_descriptions", ()):
        if asked["name"] in _BARE.get(asked.get("entity"), ()) and asked["expr"] is not asked["entity"]:
            raise Unmasked(f"{asked['entity'].__name__}.{asked['name']} is asked for without its mask")


@event.listens_for(DecisionRow, "load")
def _mask_decision(row: DecisionRow, context: Any) -> None:
    for name, value in context.session.info.get(MASKS, {}).get(row.id, {}).items():
        set_committed_value(row, name, value)


@event.listens_for(CitationRow, "load")
def _mask_citation(row: CitationRow, context: Any) -> None:
    closed = closed_decisions(context.session)
    if not closed:
        return
    if row.decision_id in closed and row.status == "linked":
        set_committed_value(row, "status", "open")
    if closed & set(row.candidates):
        set_committed_value(row, "candidates", [key for key in row.candidates if key not in closed])
