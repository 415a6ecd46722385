"""Confidence that means something: how often a value with such signs is right, as fitted on labelled letters.

The rules of selection give every value a first confidence. What they do not weigh, namely how well its best reader saw
it, whether the words are Vietnamese at all and belong to that field, goes with it into a logistic model whose
coefficients stand in `calibration.toml`. `python -m benchmarks.calibrate` fits them and shows the curves.
"""

from __future__ import annotations

import dataclasses
import math
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from extractors.vi import provinces
from extractors.vi.syllables import valid_share
from extractors.vi.text import fold
from models.letter import Field, IssuingBody, Signatory
from pipeline.votes import shown

TABLE = Path(__file__).with_name("calibration.toml")
GROUPS = {
    "number": "figures", "date": "figures", "doc_type": "kind", "place": "words", "issuer": "words",
    "subject": "words", "signer": "words",
}  # fmt: skip
SIGNS = ("bias", "first", "read", "foreign", "listed")
_LEAST, _MOST = 0.02, 0.995
_DOUBTED, _DOUBTFUL = 0.9, 0.94
_ODD = 0.8  # of values that hold what belongs elsewhere on the page; labelled letters hold too few to fit it
_HEAD_WORDS = re.compile(r"\b(?:kinh gui|so:|doc lap|cong hoa|noi nhan|can cu)\b|_{3}|-{4}")
_TWICE = re.compile(r"\b(\w{3,})\s+\1\b")
_MIXED = re.compile(r"\b(?:[A-ZĐ]+\d+[A-ZĐ]+|[a-zà-ỹđ]+\d+)\w*")
_NOT_PLACE = re.compile(r"[\d:/]|\b[A-ZĐ]{3,}\b")
_SHOUT = re.compile(r"\b[A-ZĐÀ-Ỹ]{2,}(?:\s+[A-ZĐÀ-Ỹ]{2,}){2,}")


def calibrated(name: str, field: Field[Any]) -> Field[Any]:
    """The field with the probability that its value is right."""
    weights = _table().get(GROUPS[name])
    if weights is None:
        return field
    chance = min(probability(signs(name, field), weights), ceiling(name, field))
    return dataclasses.replace(field, confidence=round(chance, 4))


def ceiling(name: str, field: Field[Any]) -> float:
    """The most that a value may be believed, whatever the fit says.

    The fit saw letters that the rules were made with: where the rules doubt or a value holds what belongs elsewhere,
    a person looks.
    """
    if GROUPS[name] == "words" and is_odd(name, _words_of(field.value)):
        return _ODD
    return 1.0 if field.confidence >= _DOUBTED else _DOUBTFUL


def probability(values: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The logistic of the weighted signs."""
    score = sum(weights.get(key, 0.0) * value for key, value in values.items())
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, score))))


def signs(name: str, field: Field[Any]) -> dict[str, float]:
    """What speaks for and against a value, by the names of `SIGNS`.

    bias: 1; first: the first confidence as log odds, in which agreement and rivals are weighed already; read: the same
    of the reader that read it best; foreign: share of words that are no Vietnamese syllables; listed: a body or
    province of the lists.
    """
    text = shown(field.value)
    own = [w for w in field.witnesses if w.value == text]
    figures = GROUPS[name] == "figures"
    return {
        "bias": 1.0,
        "first": _logit(field.confidence),
        "read": _logit(max((w.confidence for w in own), default=field.confidence)) if figures else 0.0,
        "foreign": 0.0 if GROUPS[name] != "words" else 1.0 - valid_share(_words_of(field.value)),
        "listed": float(_is_listed(field.value, name)),
    }  # fmt: skip


def _logit(chance: float) -> float:
    held = max(_LEAST, min(_MOST, chance))
    return math.log(held / (1.0 - held))


def _is_listed(value: object, name: str) -> bool:
    if isinstance(value, IssuingBody):
        return value.authority is not None
    return name == "place" and provinces.find(str(value)) is not None


def _words_of(value: object) -> str:
    return value.name if isinstance(value, Signatory | IssuingBody) else str(value)


def is_odd(name: str, text: str) -> bool:
    """Whether a person must look, however sure the reader was.

    Words of the head's other parts, shouted words in running text, a word said twice, figures within a name.
    """
    folded = fold(text)
    if _HEAD_WORDS.search(folded):
        return True
    if name == "subject":
        return not text.isupper() and _SHOUT.search(text) is not None
    if _TWICE.search(folded) or _MIXED.search(text):
        return True
    return name == "place" and (bool(_NOT_PLACE.search(text)) or len(text.split()) > 6)


@cache
def _table() -> Mapping[str, Mapping[str, float]]:
    if not TABLE.exists():
        return {}
    return tomllib.loads(TABLE.read_text(encoding="utf-8"))
