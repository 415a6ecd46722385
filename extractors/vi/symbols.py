"""OCR slips in symbols: type and issuer repaired against the lists, the drafting unit left as read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from extractors.vi.authority_list import alias_codes, issuers
from extractors.vi.text import fold, normalise

# Abbreviations of document types that stand before the issuer's code in a symbol (Decree 30/2020, annex III,
# the Party's guidance 36-HD/VPTW, and offices' own: TM thư mời, GCN, BBH, QyĐ ...).
TYPE_CODES = frozenset(
    {
        "NQ", "QĐ", "CT", "QC", "QyĐ", "QyC", "TC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "DA", "BC", "BB", "BBH", "TTr",
        "HĐ", "CĐ", "BGN", "BTT", "GUQ", "GM", "GGT", "GNP", "PG", "PC", "PB", "SY", "TrS", "SL", "NĐ", "TT", "TTLT",
        "NQLT", "VBHN", "KL", "CV", "TM", "L", "PL", "LCT", "BCKT", "BCTĐ", "TBKL", "QĐi", "TGM", "GP", "GCN", "ĐL",
    }
)  # fmt: skip
CONTRACTS = frozenset({"HĐ", "HĐKT", "HĐLĐ", "HĐMB", "HĐTV", "HĐXD", "HĐTC", "HĐMBHH"})
_SKELETON = str.maketrans({"0": "o", "q": "o", "1": "i", "l": "i", "|": "i", "!": "i", "5": "s", "8": "b", "2": "z"})
_NOISE = re.compile(r"[\s\-./&_,]+")

_JOINT = frozenset({"TTLT", "NQLT", "CTLT"})

REPAIR_FROM, SUGGEST_FROM, MARGIN = 90.0, 80.0, 2.0  # measured on 1,000 synthetic errors and 200 unlisted codes


@dataclass(frozen=True, slots=True)
class Repair:
    """What became of a symbol.

    Attributes:
        symbol: The symbol to use; as given unless `changed`.
        score: 0.0-1.0; 1.0 where the symbol was right as read.
        changed: Whether `symbol` differs from what was read.
        suggestion: A likely symbol that was not certain enough to use; None if there is none.
    """

    symbol: str
    score: float
    changed: bool
    suggestion: str | None = None


@lru_cache(maxsize=4096)
def repair_symbol(symbol: str) -> Repair:
    """Repair the OCR slips of one symbol: type and issuer against the list, the drafting unit left as read."""
    compact = re.sub(r"-{2,}", "-", re.sub(r"\s+", "", normalise(symbol))).strip("-")
    head, slash, tail = compact.partition("/")
    if slash:
        return _repair_party(symbol, head, tail)
    parts = compact.split("-")
    kind = _type(parts[0])
    if kind is None and len(parts) > 1 and parts[0] not in known_codes() and parts[1] in known_codes():
        kind = _near_type(parts[0])
    if kind is None and len(parts) <= 2 and (split := _lost_dash(parts[0])):
        kind, parts = split[0], [split[0], split[1], *parts[1:]]
    if kind is not None and len(parts) > 1 and (parts[0] not in issuers() or _is_slip(parts[1])):
        issuer, used, score, suggestion = _issuer(tuple(parts[1:]), after_kind=True)
        if kind in _JOINT:  # every part is a body
            parts[1 + used :] = [_issuer((part,), after_kind=True)[0] for part in parts[1 + used :]]
        made = "-".join((kind, issuer, *parts[1 + used :]))
        hint = "-".join((kind, suggestion, *parts[1 + used :])) if suggestion else None
    else:
        issuer, used, score, suggestion = _issuer(tuple(parts))
        made = "-".join((issuer, *parts[used:]))
        hint = "-".join((suggestion, *parts[used:])) if suggestion else None
    return Repair(made, score, made != symbol, hint)


def skeleton(text: str) -> str:
    """Key under which shapes that readers confuse are equal: Q, O and 0; l, I and 1; S and 5; B and 8; Đ and D."""
    return _NOISE.sub("", fold(text)).translate(_SKELETON)


def _repair_party(symbol: str, head: str, tail: str) -> Repair:
    kind = _type(head) or head
    body, _, score, suggestion = _issuer((tail,))
    made = f"{kind}/{body}"
    return Repair(made, score, made != symbol, f"{kind}/{suggestion}" if suggestion else None)


def _type(part: str) -> str | None:
    if part in TYPE_CODES:
        return part
    return _type_skeletons().get(skeleton(part)) or _type_skeletons().get(_runs(part) if 3 <= len(part) <= 4 else "")


def _is_slip(part: str) -> bool:
    """Whether a part after "TTr" or "CT", types and bodies both, is a body's code misread: then they are the type."""
    code = _code_skeletons().get(skeleton(part))
    return code is not None and len(code) > 3 and code != part


def _near_type(part: str) -> str | None:
    """The only type of three letters or more that is one letter away ("TTIr"); asked only before a sure issuer."""
    near = [kind for kind in TYPE_CODES if len(kind) >= 3 and OSA.distance(skeleton(part), skeleton(kind)) == 1]
    return near[0] if len(part) >= 4 and len(near) == 1 else None


def _lost_dash(part: str) -> tuple[str, str] | None:
    """Type and issuer of "QĐUBND", if there is exactly one cut into the two and the whole is no code itself."""
    if part in known_codes() or skeleton(part) in _code_skeletons() or len(part) < 4:
        return None
    cuts = []
    for at in range(1, len(part) - 1):
        kind = part[:at] if part[:at] in TYPE_CODES else _type_skeletons().get(skeleton(part[:at]))
        rest = part[at:] if part[at:] in known_codes() else _code_skeletons().get(skeleton(part[at:]))
        if kind and rest:
            cuts.append((kind, rest))
    return cuts[0] if len(cuts) == 1 else None


def _issuer(parts: tuple[str, ...], *, after_kind: bool = False) -> tuple[str, int, float, str | None]:
    """Issuer's code, parts of the symbol that it takes up, score, suggestion."""
    first = parts[0]
    if first in known_codes() or re.fullmatch(r"(?:QH|UBTVQH)\d{1,2}", first):
        return first, 1, 1.0, None
    if len(parts) > 1 and (code := alias_codes("ocr").get("-".join(parts[:2]))):
        return code, 2, 0.95, None
    if code := alias_codes("ocr").get(first) or _code_skeletons().get(skeleton(first)):
        return code, 1, 0.97, None
    if (code := _run_codes().get(_runs(first))) and len(first) >= 4 and abs(len(first) - len(code)) == 1:
        return code, 1, 0.9, None
    if after_kind and len(first) == 4 and (code := _short_codes().get(_runs(first)) or _without_stroke(first)):
        return code, 1, 0.85, None  # "BYTT"; "BOQP", whose Q was read twice; "BTIC", whose T was
    return _fuzzy(first)


def _fuzzy(part: str) -> tuple[str, int, float, str | None]:
    key = skeleton(part)
    best = process.extract(key, _code_skeletons().keys(), scorer=fuzz.ratio, limit=2, score_cutoff=SUGGEST_FROM)
    if not best or len(key) < 4:
        return part, 1, 0.8, None
    code, score = _code_skeletons()[best[0][0]], best[0][1]
    if len(best) > 1 and score - best[1][1] < MARGIN:
        return part, 1, 0.6, None
    if score >= REPAIR_FROM:
        return code, 1, score / 100, None
    return part, 1, 0.7, code


def _runs(text: str) -> str:
    """Skeleton with runs of one letter drawn together: readers miscount them (BTTT for BTTTT, DĐ for Đ)."""
    return re.sub(r"(.)\1+", r"\1", skeleton(text))


@cache
def known_codes() -> frozenset[str]:
    """Every code of an issuer, other spellings included."""
    return frozenset(issuers()) | frozenset(alias_codes("code"))


@cache
def _code_skeletons() -> dict[str, str]:
    """Skeleton to code, only where exactly one code has it."""
    canonical = {**{code: code for code in issuers()}, **alias_codes("code")}
    return _unique((skeleton(code), target) for code, target in sorted(canonical.items()) if len(code) > 1)


@cache
def _type_skeletons() -> dict[str, str]:
    # NO, N0 and NQ share a skeleton; HD (hướng dẫn) outranks HĐ (hợp đồng), which no office numbers this way.
    return _unique((skeleton(code), code) for code in sorted(TYPE_CODES - {"HĐ", "DA", "BTT"}))


@cache
def _run_codes() -> dict[str, str]:
    return _unique((_runs(code), code) for code in sorted(issuers()) if len(code) >= 4)


def _without_stroke(part: str) -> str | None:
    """The code of three letters that is left when a mere stroke is taken out."""
    bare = re.sub(r"(?<=[A-ZĐ])[IlJ1](?=[A-ZĐ])", "", part)
    return bare if len(bare) == 3 and bare in issuers() else None


@cache
def _short_codes() -> dict[str, str]:
    """Codes of three letters of which none repeats the one before it."""
    return _unique((skeleton(code), code) for code in sorted(issuers()) if len(skeleton(code)) == 3 == len(_runs(code)))


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    seen: dict[str, set[str]] = {}
    for key, value in pairs:
        seen.setdefault(key, set()).add(value)
    return {key: next(iter(values)) for key, values in seen.items() if len(values) == 1}
