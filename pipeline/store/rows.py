"""A letter's own row, and the keys by which it is known and found; `rows_below` has the rows below it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from extractors.vi.text import fold, normalise
from models.document import Document
from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber
from models.letter import Citation, Field, IssuingBody, Letter, Signatory, Witness
from models.tables import LetterRow
from pipeline import contract, record
from pipeline.bodies import LONGEST, body_key, place

# (contract name, ordinal) -> contract value
Confirmed = Mapping[tuple[str, int], Any]
# Columns of a letter's row that follow from its fields.
DERIVED = (
    "link_key", "number", "number_folded", "number_sure", "number_year", "issued_on", "issuer", "issuer_key", "host",
    "doc_type", "subject", "secrecy", "review", "reviewed",
)  # fmt: skip
SURE_NUMBER = 0.8


def letter_id(letter: Letter) -> str:
    """Digest of the bytes and first page: the same for the same letter in every store."""
    return f"{letter.source.sha256[:16]}-{_first_page(letter)}"


def digest(letter: Letter, recorded: str | None = None) -> str:
    """Changes when anything that was read or understood of the letter changes; `recorded` if made already."""
    bare = {**contract.to_json(letter), "source": letter.source.sha256}
    text = json.dumps(bare, sort_keys=True, ensure_ascii=False) + (recorded or recording(letter))
    return hashlib.sha256(text.encode()).hexdigest()


def number_key(text: str | None) -> str | None:
    """The key that letters and citations of one number share; None where there is no serial."""
    if not text:
        return None
    try:
        number = DocumentNumber.parse(normalise(text))
    except InvalidDocumentNumber:
        compact = re.sub(r"\s+", "", normalise(text)).casefold()
        return re.sub(r"^0+(?=\d)", "", compact) if re.match(r"\d", compact) else None
    return number.key if number.serial else None


def number_year(text: str | None) -> int | None:
    """The year inside a number ("30/2020/NĐ-CP")."""
    match = re.match(r"\s*\w+/((?:19|20)\d\d)/", text or "")
    return int(match[1]) if match else None


def folded_number(text: str | None) -> str | None:
    """The number as a person may type it: no marks, no spaces, no leading zeros."""
    key = number_key(text)
    return fold(key) if key else None


def search_text(text: str) -> str:
    """Folded words, everything else a space: "17/NQ-CP" becomes "17 nq cp" in the text and in the query alike."""
    return " ".join(re.findall(r"\w+", fold(normalise(text))))


def citation_key(citation: Citation) -> str | None:
    """The link key of a citation: its number, or the name of a law cited by name; None if it has neither."""
    if citation.number is not None:
        return number_key(str(citation.number))
    return f"title:{search_text(citation.title)[:LONGEST]}" if citation.title else None


def letter_row(letter: Letter, confirmed: Confirmed, now: datetime, recorded: str | None = None) -> LetterRow:
    """The letter itself, its columns filled from confirmed values where there are any."""
    final = apply_confirmed(letter, confirmed)
    number = final.number.value if final.number else None
    issuer = final.issuer.value if final.issuer else None
    pages = [page.number for page in letter.pages] or [1]
    return LetterRow(
        id=letter_id(letter),
        source_sha256=letter.source.sha256,
        first_page=min(pages),
        last_page=max(pages),
        decision_id=None,
        link_key=number_key(number) or f"letter:{letter_id(letter)}",
        digest=digest(letter, recorded),
        status="partial" if letter.problems else "ok",
        number=number,
        number_folded=folded_number(number),
        number_sure=bool(final.number and final.number.confidence >= SURE_NUMBER and "number" not in final.review),
        number_year=number_year(number),
        issued_on=final.issued_on.value if final.issued_on else None,
        issuer=issuer.name if issuer else None,
        issuer_key=body_key(issuer.name, issuer.parent) if issuer else None,
        host=place(issuer.name, issuer.parent) if issuer else None,
        doc_type=final.doc_type.value if final.doc_type else None,
        subject=final.subject.value if final.subject else None,
        secrecy=final.secrecy.value if final.secrecy else None,
        review=list(final.review),
        reviewed=not final.review,
        stored_at=now,
    )


def apply_confirmed(letter: Letter, confirmed: Confirmed) -> Letter:
    """The letter with what persons said in place of what was read; those fields need no review."""
    changes: dict[str, Any] = {}
    # From the last item of a list to the first, so that taking one out does not shift those still to come.
    for (name, ordinal), value in sorted(confirmed.items(), key=lambda item: item[0], reverse=True):
        attribute = contract.SCALARS.get(name, name)
        old = changes.get(attribute, getattr(letter, attribute))
        if name in contract.SCALARS:
            changes[attribute] = _confirm(name, old, value)
        else:
            new = _confirm(name, old[ordinal] if ordinal < len(old) else None, value)
            changes[attribute] = (*old[:ordinal], *((new,) if new else ()), *old[ordinal + 1 :])
    said = {name for name, _ in confirmed}
    changes["review"] = tuple(name for name in letter.review if name not in said)
    return dataclasses.replace(letter, **changes)


def _confirm(name: str, old: Field[Any] | None, value: Any) -> Field[Any] | None:
    if value is None:
        return None
    final = contract.value_from_json(name, value)
    witness = Witness("person", plain(final), 1.0)
    if old is None:
        return Field(final, "", 1.0, witnesses=(witness,))
    return dataclasses.replace(old, value=final, confidence=1.0, witnesses=(*old.witnesses, witness))


def plain(value: object) -> str:
    """A field value in words."""
    if isinstance(value, IssuingBody | Signatory):
        return value.name
    parts = contract.value_to_json(value)
    return " ".join(str(part) for part in parts.values() if part) if isinstance(parts, dict) else str(parts)


def _first_page(letter: Letter) -> int:
    return min((page.number for page in letter.pages), default=1)


def recording(letter: Letter) -> str:
    """The reading of the letter's pages as recorded, to be read again under other rules."""
    return record.dump(Document(letter.source, letter.pages, problems=letter.problems))
