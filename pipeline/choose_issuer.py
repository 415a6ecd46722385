"""The issuing body: the letterhead, borne out by the symbol; without one the body that the symbol stands for."""

from __future__ import annotations

import re

from extractors.own_symbols import initials
from extractors.vi.numbers import skeleton
from extractors.vi.text import fold
from models.document import Candidate
from models.letter import Field, IssuingBody
from pipeline.votes import as_field, best, with_confidence

_LOCAL = re.compile(r"\b(?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong|thi tran|dac khu)\b")


def choose_issuer(
    candidates: list[Candidate], symbol: Field[str] | None, place: Field[str] | None
) -> Field[IssuingBody] | None:
    """The letterhead's body wins; list, symbol and the place of the date line raise or lower its confidence."""
    printed = best(c for c in candidates if c.origin != "symbol")
    implied = best(c for c in candidates if c.origin == "symbol")
    winner = printed or implied
    if winner is None:
        return None
    field: Field[IssuingBody] = as_field(winner, candidates)
    if printed is None:
        return with_confidence(field, winner.score if winner.score > 0.9 else 0.85)
    confirmed = _confirms(_body(printed), implied, symbol)
    if confirmed and _body(printed).authority and _fits_place(_body(printed), place):
        return with_confidence(field, 0.985)  # three witnesses: print, list and symbol
    confidence = min(0.97, winner.score + 0.1) if confirmed else min(0.85, winner.score)
    return with_confidence(field, confidence)


def _fits_place(body: IssuingBody, place: Field[str] | None) -> bool:
    """Whether a local body is of the place that the date line names; bodies of the centre fit anywhere."""
    local = _LOCAL.search(fold(body.name))
    return local is None or (place is not None and fold(place.value) in fold(body.name[local.end() :]))


def _body(candidate: Candidate) -> IssuingBody:
    assert isinstance(candidate.value, IssuingBody)
    return candidate.value


def _confirms(body: IssuingBody, implied: Candidate | None, symbol: Field[str] | None) -> bool:
    """Whether the symbol stands for the same body: by the list, or by the initials of its name."""
    if implied is not None and fold(_body(implied).name)[:30] == fold(body.name)[:30]:
        return True
    if symbol is None:
        return False
    parts = {skeleton(part) for part in re.split(r"[-/]", symbol.value)}
    if body.code and skeleton(body.code) in parts:
        return True
    letters = skeleton(initials(body.name))
    known = {letters[i:j] for i in (0, 1) for j in range(i + 2, len(letters) + 1)}
    return bool(parts & known) or ("ubnd" in parts and fold(body.name).startswith("uy ban nhan dan"))
