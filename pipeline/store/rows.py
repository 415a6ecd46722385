"""A letter as rows: what goes into which column."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from extractors.vi.text import fold, normalise
from models.document import Document
from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber
from models.letter import Citation, Field, IssuingBody, Letter, Signatory, Witness
from models.tables import (
    AmountRow,
    Base,
    CellRow,
    CitationRow,
    FieldRow,
    FindingRow,
    LetterRow,
    MentionRow,
    PageRow,
    ProjectRow,
    ReadingRow,
    StatedActRow,
    TableRow,
    TextRow,
)
from pipeline import contract, record
from pipeline.bodies import body_key, place

# (contract name, ordinal) -> contract value
Confirmed = Mapping[tuple[str, int], Any]
# Columns of a letter's row that follow from its fields.
DERIVED = (
    "link_key", "number", "number_folded", "number_sure", "number_year", "issued_on", "issuer", "issuer_key", "host",
    "doc_type", "subject", "secrecy", "review", "reviewed",
)  # fmt: skip
SURE_NUMBER = 0.8
_RECORDED = ("serial", "symbol", "issuer_origin", "pinpoints", "witnesses", "acts")


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
    return f"title:{search_text(citation.title)}" if citation.title else None


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


def below(letter: Letter, host: str | None, recorded: str) -> list[Base]:
    """Every row below the letter's own."""
    key = letter_id(letter)
    rows: list[Base] = [
        ReadingRow(letter_id=key, record=zlib.compress(recorded.encode(), 6)),
        TextRow(letter_id=key, folded=search_text(_words(letter))),
    ]
    for page in letter.pages:
        text = "\n".join(line.text for line in page.lines)
        columns = {f.name: getattr(page, f.name) for f in dataclasses.fields(page) if f.name not in ("lines", "grids")}
        rows.append(PageRow(letter_id=key, text=text, **columns))
    rows += _fields(key, letter)
    for ordinal, citation in enumerate(letter.citations):
        rows += _citation(key, ordinal, citation, host)
    rows += _acts(key, letter.citations)
    return [*rows, *of_tables(letter)]


def of_tables(letter: Letter) -> list[Base]:
    """The rows of its tables, of the projects in them, and of what was found amiss."""
    key = letter_id(letter)
    return [*_tables(key, letter), *_projects(key, letter), *_findings(key, letter)]


def write(session: Session, rows: Iterable[Base]) -> None:
    """Insert rows in bulk, table by table, each after the tables that it points to."""
    groups: dict[str, list[Base]] = defaultdict(list)
    for row in rows:
        groups[row.__tablename__].append(row)
    for table in Base.metadata.sorted_tables:
        if group := groups.get(table.name):
            names = [name for name in table.columns.keys() if name in vars(group[0])]  # noqa: SIM118
            session.execute(insert(table), [{name: getattr(row, name) for name in names} for row in group])


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


def _words(letter: Letter) -> str:
    heads = [letter.number, letter.issuer, letter.subject, letter.signer, *letter.recipients]
    parts = [plain(field.value) for field in heads if field]
    parts += [line.text for page in letter.pages for line in page.lines]
    return "\n".join(parts)


def _fields(key: str, letter: Letter) -> Iterable[FieldRow]:
    single = {name: getattr(letter, attribute) for name, attribute in contract.SCALARS.items()}
    named: list[tuple[str, Sequence[Field[Any]]]] = [(name, (field,)) for name, field in single.items() if field]
    named += [(name, getattr(letter, name)) for name in contract.LISTS]
    for name, fields in named:
        for ordinal, field in enumerate(fields):
            columns = contract.field_to_json(field)
            yield FieldRow(
                letter_id=key,
                field=name,
                ordinal=ordinal,
                text=plain(field.value),
                review=name in letter.review,
                **{**columns, "confidence": field.confidence},
            )


def _citation(key: str, ordinal: int, citation: Citation, host: str | None) -> Iterable[Base]:
    item = contract.citation_to_json(citation)
    number = item["number"]
    yield CitationRow(
        letter_id=key,
        ordinal=ordinal,
        link_key=citation_key(citation),
        number=number,
        number_year=number_year(number),
        issued_on=citation.issued_on,
        issuer=citation.issuer,
        issuer_key=body_key(citation.issuer, None, host),
        doc_type=citation.doc_type,
        title=citation.title,
        relation=citation.relation,
        confidence=citation.confidence,
        status="open",
        decision_id=None,
        candidates=[],
        record={name: item[name] for name in _RECORDED if name in item},
    )
    for place_, mention in enumerate(item["mentions"]):
        columns = {name: mention[name] for name in ("text", "page", "bbox", "line")}
        yield MentionRow(
            letter_id=key,
            citation=ordinal,
            ordinal=place_,
            span_start=mention["start"],
            span_end=mention["end"],
            **columns,
        )


def _acts(key: str, citations: Sequence[Citation]) -> Iterable[StatedActRow]:
    """What cited documents do to each other, as the letter says; each pair once."""
    places: dict[DocumentNumber | None, list[int]] = defaultdict(list)
    for ordinal, citation in enumerate(citations):
        places[citation.number].append(ordinal)
    for ordinal, citation in enumerate(citations):
        for act in citation.acts:
            found = [at for at in places[act.number] if act.issued_on in (None, citations[at].issued_on)]
            if len(found) == 1 and found[0] != ordinal:
                yield StatedActRow(letter_id=key, actor=ordinal, citation=found[0], relation=act.relation)


def _tables(key: str, letter: Letter) -> Iterable[Base]:
    for ordinal, table in enumerate(letter.tables):
        yield TableRow(
            letter_id=key,
            ordinal=ordinal,
            title=table.title,
            unit=table.unit,
            pages=list(table.pages),
            columns=[list(path) for path in table.columns],
            rows=len(table.rows),
            bbox=contract.box_to_json(table.bbox),
        )
        for row, cells in enumerate(table.rows):
            for column, text in enumerate(cells):
                yield CellRow(letter_id=key, table=ordinal, row=row, column=column, text=text)


def _projects(key: str, letter: Letter) -> Iterable[Base]:
    for ordinal, project in enumerate(letter.projects):
        yield ProjectRow(
            letter_id=key,
            ordinal=ordinal,
            name=project.name,
            section=project.section,
            label=project.ordinal,
            location=project.location,
            start_year=project.start_year,
            end_year=project.end_year,
            decisions=[[str(number), day.isoformat() if day else None] for number, day in project.decisions],
        )
        for place_, amount in enumerate(project.amounts):
            yield AmountRow(letter_id=key, project=ordinal, ordinal=place_, **dataclasses.asdict(amount))


def _findings(key: str, letter: Letter) -> Iterable[FindingRow]:
    for ordinal, flag in enumerate(letter.flags):
        box = contract.box_to_json(flag.bbox)
        yield FindingRow(
            letter_id=key, kind="flag", ordinal=ordinal, code=flag.code, message=flag.message, page=flag.page, bbox=box
        )
    for ordinal, problem in enumerate(letter.problems):
        columns = dataclasses.asdict(problem)
        yield FindingRow(letter_id=key, kind="problem", ordinal=ordinal, bbox=None, **columns)
