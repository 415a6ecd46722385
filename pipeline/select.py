"""Document to Letter: one value per field out of the candidates, by rules that are stated here and nowhere else.

Readers that fail differently are witnesses: a value that two of them read is nearly certain, a value of one reader of
handwriting is not and goes to review. Values that lost stay with the field as witnesses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from extractors.own_symbols import initials
from extractors.vi import provinces
from extractors.vi.numbers import skeleton
from models.document import Candidate, Document
from models.letter import Citation, Field, Flag, IssuingBody, Letter, Project, Signatory, Table
from pipeline.calibration import calibrated
from pipeline.choose_date import choose_date
from pipeline.choose_issuer import choose_issuer
from pipeline.choose_number import choose_number
from pipeline.votes import as_field, best, with_confidence, witnesses

T = TypeVar("T")
# What is not named in `review` is accepted unseen. Cross-validated no value from 0.9 up was wrong; the step above it is
# for offices that no labelled letter is of.
ACCEPT = 0.95
# The least score of an item that may pass unseen. Looser than ACCEPT: an item is long, and one wrong mark is no harm.
_LEAST = {
    "recipients": 0.85, "copies": 0.75, "urgency": 0.7, "secrecy": 0.9, "deadlines": 0.9, "contacts": 0.9,
}  # fmt: skip
_FAINT = 0.5
_REVIEWED = ("number", "doc_type", "date", "place", "issuer", "subject", "signer")


Confidence = Callable[[str, Field[Any]], Field[Any]]


def select(document: Document, confidence: Confidence = calibrated) -> Letter:
    """The letter that the candidates speak for; `confidence` turns a field's first confidence into a probability."""
    by_field: dict[str, list[Candidate]] = {}
    for candidate in document.candidates:
        by_field.setdefault(candidate.field, []).append(candidate)
    number, serial, symbol, flags = choose_number(by_field)
    issued_on = choose_date(by_field)
    place = _place(by_field.get("place", []))
    issuer = choose_issuer(by_field.get("issuer", []), symbol, place)
    doc_type = _doc_type(by_field.get("doc_type", []), issuer)
    subject = _single(by_field.get("subject", []))
    signer = _signer(by_field.get("signer", []))
    chosen: dict[str, Field[Any] | None] = {
        name: confidence(name, field) if field is not None else None
        for name, field in {
            "number": number, "doc_type": doc_type, "date": issued_on, "place": place, "issuer": issuer,
            "subject": subject, "signer": signer,
        }.items()
    }  # fmt: skip
    review = [name for name in _REVIEWED if not _accepted(chosen[name], required=name != "place")]
    review += _doubtful(by_field, is_letter=doc_type is not None and doc_type.value == "CV")
    return Letter(
        source=document.source,
        pages=document.pages,
        number=chosen["number"],
        serial=serial,
        symbol=symbol,
        doc_type=chosen["doc_type"],
        issued_on=chosen["date"],
        place=chosen["place"],
        issuer=chosen["issuer"],
        subject=chosen["subject"],
        recipients=_list(by_field.get("recipients", [])),
        copies=_list(by_field.get("copies", [])),
        signer=chosen["signer"],
        urgency=_single(by_field.get("urgency", [])),
        secrecy=_single(by_field.get("secrecy", [])),
        deadlines=_distinct(by_field.get("deadlines", [])),
        contacts=_distinct(by_field.get("contacts", [])),
        citations=_values(by_field, "citation", Citation),
        tables=_values(by_field, "table", Table),
        projects=_values(by_field, "project", Project),
        review=tuple(review),
        flags=(*flags, *_values(by_field, "flag", Flag)),
        problems=document.problems,
    )


def _accepted(field: Field[Any] | None, *, required: bool) -> bool:
    """Whether a value may pass unseen; a letter without one that every letter has never does."""
    if field is None:
        return not required
    return field.confidence >= ACCEPT


def _doubtful(by_field: dict[str, list[Candidate]], *, is_letter: bool) -> list[str]:
    """Lists and marks with an uncertain item, and those that are missing where nearly every letter has them."""
    found = [
        name for name, least in _LEAST.items() if any(candidate.score < least for candidate in by_field.get(name, []))
    ]
    missing = [name for name in ("recipients", "copies") if not by_field.get(name) and (is_letter or name == "copies")]
    return [name for name in _LEAST if name in found or name in missing]


def _values(by_field: dict[str, list[Candidate]], name: str, kind: type[T]) -> tuple[T, ...]:
    return tuple(c.value for c in by_field.get(name, []) if isinstance(c.value, kind))


def _doc_type(candidates: list[Candidate], issuer: Field[IssuingBody] | None) -> Field[str] | None:
    """The printed title wins; a "V/v" without title is a công văn, whatever the symbol's first letters may mean.

    Letters that begin the body's own initials (CT of a Cục Thuế, not of a chỉ thị) speak of no kind.
    """
    own = skeleton(initials(issuer.value.name)) if issuer is not None else ""
    titled = [c for c in candidates if c.origin != "symbol"]
    winner = best(titled) or best(candidates)
    if winner is None:
        return None
    agree = {c.origin == "symbol" for c in candidates if c.value == winner.value}
    disagree = any(c.value != winner.value and not own.startswith(skeleton(str(c.value))) for c in candidates)
    confidence = 0.995 if len(agree) == 2 else 0.75 if disagree else 0.97 if titled else 0.92
    return with_confidence(as_field(winner, candidates), confidence)


def _single(candidates: list[Candidate]) -> Field[str] | None:
    winner = best(candidates)
    if winner is None:
        return None
    origins = {c.origin for c in candidates if c.value == winner.value}
    confidence = winner.score if len(origins) < 2 else max(winner.score, 0.97)
    return with_confidence(as_field(winner, candidates), confidence)


def _place(candidates: list[Candidate]) -> Field[str] | None:
    """A province's name read as such is nearly certain, however faint the print."""
    field = _single(candidates)
    if field is not None and provinces.find(field.value) and field.confidence >= _FAINT:
        return with_confidence(field, max(field.confidence, 0.98))
    return field


def _signer(candidates: list[Candidate]) -> Field[Signatory] | None:
    winner = best(candidates)
    return as_field(winner, candidates) if winner else None


def _list(candidates: Iterable[Candidate]) -> tuple[Field[str], ...]:
    return tuple(as_field(c, ()) for c in candidates)


def _distinct(candidates: Iterable[Candidate]) -> tuple[Field[Any], ...]:
    """Each value once, at its first place; further places are witnesses."""
    groups: dict[object, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(candidate.value, []).append(candidate)
    fields = []
    for group in groups.values():
        first = as_field(group[0], ())
        fields.append(with_confidence(first, max(c.score for c in group), witnesses(group[1:])))
    return tuple(fields)
