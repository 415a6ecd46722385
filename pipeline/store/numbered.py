"""Stored letters as offices numbered them."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import LetterRow
from pipeline.series import Issued


def numbered(session: Session) -> Iterator[Issued]:
    """Every letter with number, day and body, confirmed values first; each document once, however often scanned."""
    columns = (LetterRow.id, LetterRow.issuer_key, LetterRow.issuer, LetterRow.number, LetterRow.issued_on)
    query = select(*columns).where(*(column.is_not(None) for column in columns[1:])).order_by(LetterRow.id)
    seen = set()
    for letter_id, key, issuer, number, day in session.execute(query):
        if number and day and key and issuer and (key, number, day) not in seen:
            seen.add((key, number, day))
            yield Issued(letter_id, key, issuer, number, day)
