"""The letter's number: serial and symbol voted apart, since no reader reads both best; recaps are witnesses."""

from __future__ import annotations

import re

from extractors.vi.numbers import skeleton
from extractors.vi.syllables import has_marks
from extractors.vi.text import fold
from models.document import Candidate
from models.identifiers import DocumentNumber
from models.letter import Field, Flag
from pipeline.votes import Vote, as_field, certainty, shown, tally, witnesses

Fields = dict[str, list[Candidate]]


def choose_number(
    by_field: Fields,
) -> tuple[Field[str] | None, Field[str] | None, Field[str] | None, tuple[Flag, ...]]:
    """Number, serial, symbol, and a flag where an annex repeats the number differently.

    Serial: the value that weighs most over all readers. Symbol: the best confirmed form of the skeleton that weighs
    most. The year and the Party's form follow the symbol's reading.
    """
    numbers, serials, recaps = (by_field.get(name, []) for name in ("number", "serial", "recap"))
    symbol_votes = tally(by_field.get("symbol", []), lambda c: skeleton(str(c.value)))
    if not symbol_votes:
        return None, None, None, ()
    symbol = _best_form([c for c in by_field["symbol"] if skeleton(str(c.value)) == symbol_votes[0].value])
    model = _model(numbers, symbol)
    own_recaps = [c for c in recaps if _number(c) and skeleton(_number(c).symbol) == skeleton(str(symbol.value))]
    votes = tally((*numbers, *serials, *own_recaps), _serial)
    if not votes:
        return None, None, as_field(symbol, by_field["symbol"]), ()
    year, party, spaced = (model.year, model.party, model.spaced) if model else (None, False, False)
    number = DocumentNumber(votes[0].value, str(symbol.value), year, party, spaced)
    sure = certainty(votes)
    if not votes[0].value:
        sure = min(sure, 0.5)
    certain_symbol = _symbol_certainty(symbol_votes, symbol)
    field = _as_number(votes, number, min(sure, certain_symbol), (*numbers, *serials, *recaps))
    serial = Field(number.serial, votes[0].first.raw, sure, field.page, field.bbox, ())
    flags = tuple(_mismatches(number, sure, own_recaps))
    return field, serial, _symbol_field(symbol, certain_symbol, by_field["symbol"]), flags


def _number(candidate: Candidate) -> DocumentNumber:
    assert isinstance(candidate.value, DocumentNumber)
    return candidate.value


def _serial(candidate: Candidate) -> str | None:
    if isinstance(candidate.value, DocumentNumber):
        return candidate.value.serial
    text = str(candidate.value)
    return text if re.fullmatch(r"\d{1,6}[a-zđ]?", text) else None


def _best_form(candidates: list[Candidate]) -> Candidate:
    """Among forms of one skeleton the best confirmed; of two alike the one whose letters carry marks.

    The second reader has no Đ: its D says nothing against one that another reader saw.
    """
    found = max(candidates, key=lambda c: (round(c.score, 1), has_marks(str(c.value)), c.score))
    if found.origin != "paddle" or has_marks(str(found.value)):
        return found
    marked = [c for c in candidates if c.origin != "paddle" and fold(str(c.value)) == fold(str(found.value))]
    return max(marked, key=lambda c: c.score, default=found)


def _model(numbers: list[Candidate], symbol: Candidate) -> DocumentNumber | None:
    fitting = [c for c in numbers if skeleton(_number(c).symbol) == skeleton(str(symbol.value))] or numbers
    return _number(max(fitting, key=lambda c: c.score)) if fitting else None


def _symbol_certainty(votes: list[Vote], symbol: Candidate) -> float:
    if certainty(votes) > 0.9:
        return certainty(votes)
    return min(0.97, 0.4 + 0.6 * symbol.score) if len(votes) == 1 else min(0.9, 0.4 + 0.5 * symbol.score)


def _as_number(votes: list[Vote], number: DocumentNumber, sure: float, others: tuple[Candidate, ...]) -> Field[str]:
    first = votes[0].first
    page = first.evidence[0].page if first.evidence else 1
    return Field(str(number), first.raw, round(sure, 4), page, first.bbox, witnesses(others))


def _symbol_field(symbol: Candidate, sure: float, others: list[Candidate]) -> Field[str]:
    field: Field[str] = as_field(symbol, others)
    return Field(field.value, field.raw, round(sure, 4), field.page, field.bbox, field.witnesses)


def _mismatches(number: DocumentNumber, sure: float, recaps: list[Candidate]) -> list[Flag]:
    """An annex that surely names another serial than the head: told, never corrected."""
    found = []
    for recap in recaps:
        other = _number(recap)
        differs = other.serial.lstrip("0") != number.serial.lstrip("0")
        if differs and sure >= 0.8 and recap.score >= 0.8 and other.serial:
            page = recap.evidence[0].page if recap.evidence else None
            message = f"the head has {number}, an annex repeats it as {shown(recap.value)}"
            found.append(Flag("number_mismatch", message, page, recap.bbox))
    return found[:1]
