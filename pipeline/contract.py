"""A letter as the contract's JSON and back. What `congvan extract` and `show` print, and what scripts rely on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from models.document import Page, Problem, Source
from models.errors import InvalidDocumentNumber, ParseError
from models.geometry import BBox
from models.identifiers import DocumentNumber
from models.letter import (
    Act,
    Amount,
    Citation,
    Contact,
    Field,
    Flag,
    IssuingBody,
    Letter,
    Mention,
    Pinpoint,
    Project,
    Signatory,
    Table,
    Witness,
)

SCHEMA = "congvan.letter/1"
Json = dict[str, Any]
T = TypeVar("T")

# contract name -> attribute of Letter; the order in which they are printed
SCALARS = {
    "number": "number", "serial": "serial", "symbol": "symbol", "doc_type": "doc_type", "date": "issued_on",
    "place": "place", "issuer": "issuer", "subject": "subject", "signer": "signer", "urgency": "urgency",
    "secrecy": "secrecy",
}  # fmt: skip
LISTS = ("recipients", "copies", "deadlines", "contacts")


def to_json(letter: Letter) -> Json:
    """The letter in the shape of the contract, ready for `json.dumps`."""
    result: Json = {"schema": SCHEMA, "source": _source_to_json(letter)}
    for name, attribute in SCALARS.items():
        field = getattr(letter, attribute)
        result[name] = field_to_json(field) if field is not None else None
    for name in LISTS:
        result[name] = [field_to_json(field) for field in getattr(letter, name)]
    result["citations"] = [citation_to_json(citation) for citation in letter.citations]
    result["tables"] = [_table_to_json(table) for table in letter.tables]
    result["projects"] = [_project_to_json(project) for project in letter.projects]
    result["review"] = list(letter.review)
    result["flags"] = [
        {"code": f.code, "message": f.message, "page": f.page, "bbox": box_to_json(f.bbox)} for f in letter.flags
    ]
    result["problems"] = [asdict(problem) for problem in letter.problems]
    return result


def from_json(record: Json) -> Letter:
    """The letter that `to_json` printed, except for the lines of its pages.

    Raises:
        ParseError: if a newer program printed it.
    """
    if record.get("schema", SCHEMA) != SCHEMA:
        raise ParseError(f"printed by another version: {record['schema']!r}, this program reads {SCHEMA!r}")
    fields: dict[str, Any] = {
        attribute: field_from_json(name, record[name]) for name, attribute in SCALARS.items() if record.get(name)
    }
    fields |= {name: tuple(field_from_json(name, item) for item in record.get(name, ())) for name in LISTS}
    source, pages = _source_from_json(record["source"])
    return Letter(
        source=source,
        pages=pages,
        citations=tuple(citation_from_json(item) for item in record.get("citations", ())),
        tables=tuple(_table_from_json(item) for item in record.get("tables", ())),
        projects=tuple(_project_from_json(item) for item in record.get("projects", ())),
        review=tuple(record.get("review", ())),
        flags=tuple(Flag(f["code"], f["message"], f["page"], box_from_json(f["bbox"])) for f in record["flags"]),
        problems=tuple(Problem(**problem) for problem in record.get("problems", ())),
        **fields,
    )


def field_to_json(field: Field[Any]) -> Json:
    """FIELD of the contract."""
    return {
        "value": value_to_json(field.value),
        "raw": field.raw,
        "confidence": round(field.confidence, 4),
        "page": field.page,
        "bbox": box_to_json(field.bbox),
        "witnesses": [asdict(witness) for witness in field.witnesses],
    }


def field_from_json(name: str, item: Json) -> Field[Any]:
    """The field called `name` in the contract."""
    return Field(
        value=value_from_json(name, item["value"]),
        raw=item["raw"],
        confidence=item["confidence"],
        page=item["page"],
        bbox=box_from_json(item["bbox"]),
        witnesses=tuple(Witness(**witness) for witness in item["witnesses"]),
    )


def value_to_json(value: object) -> Any:
    """A field's value: text, ISO date, or an object for an issuing body, signatory or contact."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, IssuingBody | Signatory | Contact):
        return asdict(value)
    return value


_FROM_JSON: dict[str, Callable[[Any], object]] = {
    "date": date.fromisoformat,
    "deadlines": date.fromisoformat,
    "issuer": lambda value: IssuingBody(**value),
    "signer": lambda value: Signatory(**value),
    "contacts": lambda value: Contact(**value),
}


def value_from_json(name: str, value: Any) -> Any:
    """The value of the field called `name` in the contract."""
    parse = _FROM_JSON.get(name)
    return parse(value) if parse else value


def box_to_json(box: BBox | None) -> list[float] | None:
    """`[x0, top, x1, bottom]` in points, or None."""
    return box.as_list() if box else None


def box_from_json(value: list[float] | None) -> BBox | None:
    """The box that `box_to_json` printed."""
    return BBox(*value) if value else None


def citation_to_json(citation: Citation) -> Json:
    """One citation with all its mentions."""
    number = citation.number
    return {
        "number": str(number) if number else None,
        "serial": number.serial if number else None,
        "symbol": number.symbol if number else None,
        "doc_type": citation.doc_type,
        "date": citation.issued_on.isoformat() if citation.issued_on else None,
        "issuer": citation.issuer,
        "issuer_origin": citation.issuer_origin,
        "title": citation.title,
        "relation": citation.relation,
        "confidence": round(citation.confidence, 4),
        "pinpoints": [asdict(pinpoint) for pinpoint in citation.pinpoints],
        "mentions": [mention_to_json(mention) for mention in citation.mentions],
        "witnesses": [asdict(witness) for witness in citation.witnesses],
        "status": citation.status,
        "target": citation.target,
        "candidates": list(citation.candidates),
        **({"acts": [_act_to_json(act) for act in citation.acts]} if citation.acts else {}),
    }


def _act_to_json(act: Act) -> Json:
    said = act.issued_on.isoformat() if act.issued_on else None
    return {"relation": act.relation, "number": str(act.number), "date": said}


def citation_from_json(item: Json) -> Citation:
    """The citation that `citation_to_json` printed."""
    return Citation(
        number=number_from_text(item["number"]) if item["number"] else None,
        relation=item["relation"],
        confidence=item["confidence"],
        mentions=tuple(mention_from_json(mention) for mention in item["mentions"]),
        doc_type=item["doc_type"],
        issued_on=_date(item["date"]),
        issuer=item["issuer"],
        issuer_origin=item.get("issuer_origin"),
        title=item["title"],
        pinpoints=tuple(Pinpoint(**pinpoint) for pinpoint in item.get("pinpoints", ())),
        status=item["status"],
        target=item["target"],
        candidates=tuple(item["candidates"]),
        witnesses=tuple(Witness(**witness) for witness in item.get("witnesses", ())),
        acts=tuple(
            Act(act["relation"], number_from_text(act["number"]), _date(act["date"])) for act in item.get("acts", ())
        ),
    )


def mention_to_json(mention: Mention) -> Json:
    """The exact words with their place."""
    return {**asdict(mention), "bbox": box_to_json(mention.bbox)}


def mention_from_json(item: Json) -> Mention:
    """The mention that `mention_to_json` printed."""
    return Mention(**{**item, "bbox": box_from_json(item["bbox"])})


def _source_to_json(letter: Letter) -> Json:
    numbers = [page.number for page in letter.pages] or [1]
    return {
        "name": letter.source.name,
        "sha256": letter.source.sha256,
        "media_type": letter.source.media_type,
        "size": letter.source.size,
        "page_range": [min(numbers), max(numbers)],
        "pages": [
            {
                "page": page.number,
                "width": round(page.width, 1),
                "height": round(page.height, 1),
                "rotation": page.rotation,
                "skew": round(page.skew, 2),
                "text_origin": page.text_origin,
                "confidence": round(page.confidence, 3),
            }
            for page in letter.pages
        ],
    }


def _source_from_json(item: Json) -> tuple[Source, tuple[Page, ...]]:
    source = Source(item["name"], item["sha256"], item["media_type"], Path(item["name"]), item.get("size", 0))
    pages = tuple(Page(number=page["page"], **{k: v for k, v in page.items() if k != "page"}) for page in item["pages"])
    return source, pages


def _table_to_json(table: Table) -> Json:
    return {
        "title": table.title,
        "unit": table.unit,
        "pages": list(table.pages),
        "columns": [list(path) for path in table.columns],
        "rows": [list(row) for row in table.rows],
        "bbox": box_to_json(table.bbox),
    }


def _table_from_json(item: Json) -> Table:
    return Table(
        pages=tuple(item["pages"]),
        columns=tuple(tuple(path) for path in item["columns"]),
        rows=tuple(tuple(row) for row in item["rows"]),
        title=item["title"],
        unit=item["unit"],
        bbox=box_from_json(item.get("bbox")),
    )


def _project_to_json(project: Project) -> Json:
    return {
        **asdict(project),
        "decisions": [
            {"number": str(number), "date": day.isoformat() if day else None} for number, day in project.decisions
        ],
        "amounts": [asdict(amount) for amount in project.amounts],
    }


def _project_from_json(item: Json) -> Project:
    decisions = tuple((number_from_text(decision["number"]), _date(decision["date"])) for decision in item["decisions"])
    amounts = tuple(Amount(**amount) for amount in item["amounts"])
    return Project(**{**item, "decisions": decisions, "amounts": amounts})


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def number_from_text(text: str) -> DocumentNumber:
    """The number that `str` printed; one outside the grammar is divided at its first slash."""
    try:
        return DocumentNumber.parse(text)
    except InvalidDocumentNumber:
        serial, _, symbol = text.partition("/")
        return DocumentNumber(serial, symbol)
