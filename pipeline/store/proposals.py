"""What runs understood of letters: versions, and what a backfill read that waits to be applied."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import ConfirmedRow, LetterRow, WorkRow
from pipeline import contract
from pipeline.store import history
from pipeline.store.planning import Entry, Planning, Stat
from pipeline.store.queue import BACKFILL
from pipeline.store.restore import restore
from pipeline.store.rows import apply_confirmed, letter_id
from pipeline.store.store import utc_now


class Proposals(Planning):
    """Keeps readings beside those stored, until they are applied."""

    def versions(self, run: int) -> Iterator[history.Version]:
        """What a run understood of each letter."""
        with self._reads() as session:
            yield from history.versions(session, run)

    def proposed_files(self, run: int) -> list[str]:
        """Digests of the files that a backfill has read but not applied."""
        with self._reads() as session:
            return history.proposed_files(session, run)

    def stored_json(self, sha256: str) -> dict[str, dict[str, Any]]:
        """The stored letters of a file by id, as the contract's JSON."""
        with self._reads() as session:
            ids = session.scalars(select(LetterRow.id).where(LetterRow.source_sha256 == sha256)).all()
            return {item.id: contract.to_json(item.letter) for item in restore(session, ids)}

    def proposed_json(self, run: int, sha256: str) -> dict[str, dict[str, Any]]:
        """The letters of a file as a backfill read them, with what persons confirmed, as the contract's JSON."""
        with self._reads() as session:
            letters, _ = history.proposal(session, run, sha256)
            named = [(letter_id(letter), letter) for letter in letters]
            return {key: contract.to_json(apply_confirmed(item, confirmed(session, key))) for key, item in named}

    def left_over(self, run: int) -> list[Entry]:
        """The files that a stopped backfill did not get to."""
        with self._reads() as session:
            query = select(WorkRow).where(WorkRow.run_id == run, WorkRow.purpose == BACKFILL)
            rows = session.scalars(query.order_by(WorkRow.ordinal))
            return [Entry(Stat(row.path, row.size, 0, 0), row.sha256, None) for row in rows]

    def apply_proposal(self, run: int, sha256: str) -> tuple[str, ...]:
        """Store the letters of one file as a backfill read them, in one transaction; confirmed values stay."""
        with self._writes() as session:
            letters, read_by = history.proposal(session, run, sha256)
            ids = self._save_all(session, letters, read_by, utc_now())
            history.mark_applied(session, run, sha256)
            return ids


def confirmed(session: Session, key: str) -> dict[tuple[str, int], Any]:
    """What persons said about a letter."""
    query = select(ConfirmedRow).where(ConfirmedRow.letter_id == key)
    return {(row.field, row.ordinal): row.value for row in session.scalars(query)}
