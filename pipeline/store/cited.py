"""What is cited under a number, read for linking: citations that say the same are read as one.

A law is cited by a hundred thousand letters in a few ways. The database counts them; one by one only those are read
whose letter matters: new ones, those of letters that carry the number themselves, those that name no body, and those
of letters in which a person chose.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, String, Subquery, case, cast, func, or_, select
from sqlalchemy.orm import Session

from models.tables import CitationRow, LetterRow
from pipeline.link import RULES, Reference
from pipeline.store.bodies_said import Bodies
from pipeline.store.desk_tables import ChoiceRow

Place = tuple[str, int]  # letter, place of the citation in it
State = tuple[str, str | None, tuple[str, ...]]  # status, document, candidates


@dataclass(frozen=True, slots=True)
class Cited:
    """Citations by link key, and what is stored of them now, by the place of each or of the first that says the same.

    `alike` holds how those places were read that stand for more than one citation.
    """

    groups: dict[str, list[Reference]] = field(default_factory=lambda: defaultdict(list))
    now: dict[Place, State] = field(default_factory=dict)
    alike: dict[Place, tuple[Any, ...]] = field(default_factory=dict)


def cited_under(session: Session, keys: Sequence[str], bodies: Bodies) -> Cited:
    """Everything cited under the keys."""
    found = Cited()
    said = _said(keys)
    place = func.min(said.c.letter_id.concat("/").concat(cast(said.c.ordinal, String)))
    columns = _columns(said)
    query = select(place, func.count(), func.min(said.c.confidence), *columns).group_by(*columns)
    for first, count, confidence, *form in session.execute(query):
        key, number, issuer_key, issued_on, issuer, doc_type, title, year, citing_on, *_, status, home, several = form
        letter_id, _, ordinal = first.rpartition("/")
        here = (letter_id, int(ordinal))
        found.groups[key].append(
            Reference(
                *here, number, bodies.key(issuer_key, number), issued_on, issuer, doc_type, title, year, confidence,
                citing_on, count,
            )
        )  # fmt: skip
        found.now[here] = (status, home, tuple(json.loads(several)) if several else ())
        if count > 1:
            found.alike[here] = tuple(form)
    return found


def all_places(session: Session, cited: Cited, chosen: Iterable[Place]) -> dict[Place, list[Place]]:
    """Every citation that these places stand for, by place."""
    forms = {cited.alike[place]: place for place in chosen if place in cited.alike}
    found: dict[Place, list[Place]] = defaultdict(list)
    if forms:
        said = _said(sorted({form[0] for form in forms}))
        query: Select[Any] = select(said.c.letter_id, said.c.ordinal, *_columns(said))
        for letter_id, ordinal, *form in session.execute(query):
            if first := forms.get(tuple(form)):
                found[first].append((letter_id, ordinal))
    return found


def _columns(said: Subquery) -> list[Any]:
    return [column for column in said.c if column.name not in ("letter_id", "ordinal", "confidence")]


def _said(keys: Sequence[str]) -> Subquery:
    """Citations with all that linking looks at; citations that agree in every column but the last three say the same.

    The day of the citing letter counts where the citation has none, or where it is the earlier one.
    """
    names = ("link_key", "number", "issuer_key", "issued_on", "issuer", "doc_type", "title", "number_year")
    citing_on = case((CitationRow.issued_on <= LetterRow.issued_on, None), else_=LetterRow.issued_on)
    chosen = select(ChoiceRow.letter_id).where(ChoiceRow.kind == "link")
    apart = or_(
        CitationRow.decision_id.is_(None),
        CitationRow.issuer_key.is_(None),
        CitationRow.link_key == LetterRow.link_key,
        CitationRow.letter_id.in_(chosen),
    )
    return (
        select(
            *(getattr(CitationRow, name) for name in names),
            citing_on.label("citing_on"),
            (CitationRow.confidence >= RULES.sure).label("sure"),
            case((apart, CitationRow.letter_id)).label("apart"),
            CitationRow.status,
            CitationRow.decision_id,
            case((CitationRow.status == "ambiguous", cast(CitationRow.candidates, String))).label("several"),
            CitationRow.letter_id,
            CitationRow.ordinal,
            CitationRow.confidence,
        )
        .join(LetterRow, LetterRow.id == CitationRow.letter_id)
        .where(CitationRow.link_key.in_(keys))
        .subquery()
    )
