"""Symbols whose dashes, slashes or blanks a reader lost, doubled or moved: told apart by the lists of types and bodies.

"QĐUBND", "SCT VX", "KL.BTTTT": all separators are taken out and the one way is looked for to cut the rest into a type,
a listed body and a listed unit. Where two ways lead to different symbols, none is taken.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from extractors.vi.authority_list import alias_codes, all_authorities, issuers
from extractors.vi.symbols import TYPE_CODES, known_codes, skeleton

_PARTY_KINDS = frozenset({"party_body", "local_party_body"})
_JOINT = ("TTLT", "NQLT")
# Who issues documents of a type that not everybody may issue.
_MAKERS = {"NĐ": ("CP",), "TT": ("ministry", "ministry_level", "TANDTC", "VKSNDTC", "KTNN")}
# "HĐ" is a contract, the others are nobody's documents or too short to be told from a slip.
NO_TYPES = frozenset({"HĐ", "DA", "BTT", "L", "PL", "GP", "GCN", "SL"})


@lru_cache(maxsize=4096)
def resolve(raw: str) -> tuple[str, bool] | None:
    """The only symbol that `raw` can be without its separators, and whether it is the Party's ("KL/TW"); else None."""
    key = skeleton(raw)
    if len(key) < 4:
        return None
    found = {(raw, cut) for cut in _cuts(key)}
    found = found or {(shorter, cut) for shorter in _undoubled(raw) for cut in _cuts(skeleton(shorter))}
    ways = {cut for _, cut in found}
    if len(ways) > 1:
        ways = {cut for read, cut in found if skeletons(read) == skeletons(cut[0])}
    return next(iter(ways)) if len(ways) == 1 else None


def skeletons(symbol: str) -> list[str]:
    """The matching key of each part of a symbol."""
    return [skeleton(part) for part in re.split(r"[-/]", symbol)]


def _cuts(key: str) -> set[tuple[str, bool]]:
    """Every way to cut a skeleton into listed parts, fewest parts first: a longer body outranks body and unit."""
    whole = _whole()
    found: set[tuple[str, bool]] = set()
    if key in whole:
        return set(whole[key])
    for at in range(4, len(key) - 1):
        for symbol, party in whole.get(key[:at], ()) if (unit := _units().get(key[at:])) else ():
            if not party and symbol.count("-") == 1 and symbol.partition("-")[0] in TYPE_CODES:
                found.add((f"{symbol}-{unit}", False))
    return found


def _undoubled(raw: str) -> set[str]:
    """`raw` with one of two equal neighbours left out, for every such pair of letters."""
    spots = re.finditer(r"(?P<run>([^\W\d])\2+)", raw)
    return {raw[: m.start()] + raw[m.start() + 1 :] for m in spots if len(m["run"]) < 4}


@cache
def _whole() -> dict[str, frozenset[tuple[str, bool]]]:
    """Skeleton to symbols of type and body, body and unit, or two bodies of a joint document."""
    made: dict[str, set[tuple[str, bool]]] = {}
    party = {row.code for row in all_authorities() if row.kind in _PARTY_KINDS}
    bodies = sorted(code for code in issuers() if len(code) > 1)
    for kind in sorted(TYPE_CODES - NO_TYPES):
        for code in bodies:
            if kind in _MAKERS and not {code, issuers()[code][0].kind} & set(_MAKERS[kind]):
                continue
            symbol = (f"{kind}/{code}", True) if code in party else (f"{kind}-{code}", False)
            made.setdefault(skeleton(kind + code), set()).add(symbol)
    for alias, code in alias_codes("code").items():
        for kind in ("QĐ", "TT", "BC", "TB", "KH", "NQ", "TTr", "CT"):
            made.setdefault(skeleton(kind + alias), set()).add((f"{kind}-{code}", False))
    for code in bodies:
        for unit in set(_units().values()):
            if code not in party and code not in TYPE_CODES:
                made.setdefault(skeleton(code + unit), set()).add((f"{code}-{unit}", False))
    ministries = [row.code for row in all_authorities() if row.kind in ("ministry", "ministry_level", "national_body")]
    for kind in _JOINT:
        for one in ministries:
            for other in ministries:
                made.setdefault(skeleton(f"{kind}{one}{other}"), set()).add((f"{kind}-{one}-{other}", False))
    return {key: frozenset(symbols) for key, symbols in made.items()}


@cache
def _units() -> dict[str, str]:
    """Skeleton to code of units, where exactly one has it."""
    found: dict[str, set[str]] = {}
    for row in all_authorities():
        if row.kind in ("unit", "generic_unit") and row.code and len(row.code) > 1:
            found.setdefault(skeleton(row.code), set()).add(row.code)
    return {key: next(iter(codes)) for key, codes in found.items() if len(codes) == 1}


def with_unit(symbol: str) -> str:
    """`symbol` with the unit put right that its last part is a slip of: "VPCP-HTOT", "BTC-TTR"; else as it stands."""
    head, dash, last = symbol.rpartition("-")
    first = head.rpartition("-")[2]
    if not dash or first in TYPE_CODES or first not in issuers() or last in issuers() or last in _units().values():
        return symbol
    forms = {_units()[skeleton(form)] for form in (last, *_undoubled(last)) if skeleton(form) in _units()}
    return f"{head}-{next(iter(forms))}" if len(forms) == 1 else symbol


def undoubled(symbol: str) -> str:
    """`symbol` with one doubled letter taken out of its body's code, where the code is then listed: "QĐ-STTP"."""
    parts = symbol.split("-")
    at = 1 if parts[0] in TYPE_CODES and len(parts) > 1 else 0
    if parts[at] in known_codes() or (at == 0 and len(parts) == 1):
        return symbol
    forms = sorted(form for form in _undoubled(parts[at]) if form in issuers() and len(form) > 2)
    return "-".join([*parts[:at], forms[0], *parts[at + 1 :]]) if len(forms) == 1 else symbol


def is_listed(symbol: str) -> bool:
    """Whether the last part of a symbol is a listed body, other spellings included, or a listed unit."""
    parts = symbol.split("-")
    return parts[-1] in known_codes() or (len(parts) > 1 and parts[-1] in _units().values())
