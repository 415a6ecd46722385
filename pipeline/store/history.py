"""What each run understood of each letter, and how two of them differ."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.document import Document
from models.letter import Letter
from models.tables import VersionRow
from pipeline import contract, record
from pipeline.store.rows import letter_id


@dataclass(frozen=True, slots=True)
class Version:
    """What one run understood of one letter, as the contract's JSON."""

    run: int
    letter_id: str
    sha256: str
    values: dict[str, Any]
    applied: bool


def remember(session: Session, run: int, letters: Sequence[Letter], read_by: str | None, *, applied: bool) -> None:
    """Keep what a run understood; with the reading where it has not been applied yet."""
    for letter in letters:
        row = VersionRow(run_id=run, letter_id=letter_id(letter), sha256=letter.source.sha256, read_by=read_by)
        row.record, row.applied = _pack(json.dumps(contract.to_json(letter), ensure_ascii=False)), applied
        reading = Document(letter.source, letter.pages, problems=letter.problems)
        row.reading = None if applied else _pack(record.dump(reading))
        session.merge(row)


def versions(session: Session, run: int) -> Iterator[Version]:
    """All that a run understood, by letter; read in chunks."""
    columns = (VersionRow.letter_id, VersionRow.sha256, VersionRow.record, VersionRow.applied)
    last = ""
    while True:
        query = select(*columns).where(VersionRow.run_id == run, VersionRow.letter_id > last)
        batch = session.execute(query.order_by(VersionRow.letter_id).limit(200)).all()
        for key, sha256, packed, applied in batch:
            yield Version(run, key, sha256, json.loads(zlib.decompress(packed)), applied)
        if not batch:
            return
        last = batch[-1][0]


def proposed_files(session: Session, run: int) -> list[str]:
    """Digests of the files whose letters a backfill has read but not applied."""
    query = select(VersionRow.sha256).where(VersionRow.run_id == run, VersionRow.applied.is_(False))
    return list(session.scalars(query.distinct().order_by(VersionRow.sha256)))


def proposal(session: Session, run: int, sha256: str) -> tuple[tuple[Letter, ...], str | None]:
    """The letters of one file as a backfill read them, and by which extractors."""
    query = select(VersionRow).where(VersionRow.run_id == run, VersionRow.sha256 == sha256)
    rows = session.scalars(query.order_by(VersionRow.letter_id)).all()
    return tuple(_letter(row) for row in rows), next((row.read_by for row in rows), None)


def mark_applied(session: Session, run: int, sha256: str) -> None:
    """The letters are stored; the reading is there now."""
    query = update(VersionRow).where(VersionRow.run_id == run, VersionRow.sha256 == sha256)
    session.execute(query.values(applied=True, reading=None), execution_options={"synchronize_session": False})


def _letter(row: VersionRow) -> Letter:
    letter = contract.from_json(json.loads(zlib.decompress(row.record)))
    reading = record.load(zlib.decompress(row.reading or b"").decode())
    return replace(letter, pages=reading.pages, source=replace(letter.source, size=reading.source.size))


def _pack(text: str) -> bytes:
    return zlib.compress(text.encode(), 6)
