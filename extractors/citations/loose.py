"""Numbers after "số" that a reader damaged past the strict pattern: slash or dash lost or misread, blanks, figures.

Only what the lists of types and bodies leave no doubt of is taken, or a code after a noun that cannot mean much else.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from extractors.vi import squashed
from extractors.vi.authorities import issuer_code
from extractors.vi.squashed import skeletons
from extractors.vi.symbols import CONTRACTS, TYPE_CODES, repair_symbol
from models.identifiers import DocumentNumber

# Patterns run on text without marks but with case.
_LABELLED = re.compile(
    r"(?:[Ss]\s?[oO0]\s?[:.]?\s?"
    r"|(?:van|dinh|[bc]ao|quyet|thi|trinh|hoach|luan|dan|dien|tu|trinh|Luat)\s)"
    r"(?P<serial>[0-9OoQIl|!SBZ]{1,7}(?:\s\d{1,4}(?=\s?[/-]))?)(?P<rest>(?:[\s/\\|⁄.,_~–—-]{0,3}"
    r"(?:(?:19|2[0Oo])[0-9OolI|S]{2})?[\s/\\|⁄.,_~–—-]{0,3}[A-Z0-9][A-Za-z0-9&]{0,13}){1,5})"
)
_YEAR = re.compile(r"(?P<year>(?:19|2[0Oo])[0-9OolI|S]{2})[\s/\\|⁄.,_~–—-]{0,3}(?=[A-Z])")
_TOKEN = re.compile(r"[A-Za-z0-9&]+")
_EDGE = re.compile(r"[\s/\\|⁄.,_~–—-]*")
_FIGURES = str.maketrans("OoQIl|!SBZ", "0001111582")
_BY_YEAR = frozenset({"NĐ", "TT", "TTLT", "NQLT"})
_NOUN = re.compile(
    r"\b(?:cong van|van ban|quyet dinh|thong bao|bao cao|to trinh|ke hoach|nghi quyet|huong dan|chi thi|nghi dinh"
    r"|thong tu|ket luan|cong dien|chuong trinh|luat(?: [\w ]{3,40})?)(?:\s+s\s?[o0])?\s*$",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?P<serial>\d{1,4})(?P<code>[A-Z]{3,10}(?:-[A-Z]{2,6}\d?)?)")
_TYPED = re.compile(r"[^\W\d_]{2,4}[-.][^\W\d_]{2,9}(?:-[^\W_]{2,9})?")
# A word, or a stop with a blank after it: the symbol has ended before.
_WORD = re.compile(r"[^\W\d_A-ZĐ]{3}|\b[^\W\d_a-zđ][^\W\d_A-ZĐ]\b|[.,]\s")
_PARTS = re.compile(r"[^\W\d]{2,9}(?:\s?[^\W\d]{2,9})(?:-[^\W_]{2,9})+")
_ENDS = re.compile(r"\s(?:ngay|cua|ve|de|ky)\b|[,;.)]|$")


class Loose(NamedTuple):
    """One number; offsets are those of the text, `joined`: only blanks within its words had to be taken out."""

    number: DocumentNumber
    start: int
    end: int
    score: float
    joined: bool = False


def find(text: str, plain: str) -> Iterator[Loose]:
    """One number at most at every label, the longest reading that fits."""
    for match in _LABELLED.finditer(plain):
        if not any(map(str.isdigit, match["serial"])):
            continue
        if plain[match.start()] not in "Ss" and not _NOUN.search(
            plain, max(match.start() - 30, 0), match.start("serial")
        ):
            continue
        if found := _read(match, text, plain):
            yield found


def _read(match: re.Match[str], text: str, plain: str) -> Loose | None:
    start = match.start("serial")
    for end in reversed([m.end() for m in _TOKEN.finditer(plain, start, match.end())]):
        for cut, at in _cuts(match["serial"], start, plain):
            serial, begin = text[start:cut].replace(" ", ""), _after(_EDGE, plain, at)
            year = _YEAR.match(plain, begin)
            raw = text[year.end() if year else begin : end]
            if not raw or not (whole := _symbol(raw)):
                continue
            if number := _number(serial, year["year"] if year else None, *whole):
                bare = re.sub(r"\s+", "", raw)
                joined = bare != raw and skeletons(bare) == skeletons(number.symbol)
                return Loose(number, start, end, 0.8, joined)
    return _unlisted(match, text, plain)


def _cuts(serial: str, start: int, plain: str) -> list[tuple[int, int]]:
    """Where serial ends and symbol begins: before letters of the symbol ("46STC"), or after them ("469S/STC")."""
    bare = start + len(serial.rstrip("OoQIl|!SBZ"))
    end = start + len(serial)
    if bare in (start, end):
        return [(end, end)]
    if plain[bare] in "Il|!" and plain[bare + 1 : bare + 2].isalpha():
        return [(bare, bare + 1)]  # nothing else stands between the two: the stroke is the slash
    return [(bare, bare), (end, end)]


def _after(pattern: re.Pattern[str], plain: str, at: int) -> int:
    match = pattern.match(plain, at)
    return match.end() if match else at


def _symbol(raw: str) -> tuple[str, bool] | None:
    """The symbol, and whether it is the Party's: by the lists, or as it stands but for blanks in a listed body."""
    if _WORD.search(raw):
        return None
    if whole := squashed.resolve(raw):
        return whole
    if _TYPED.fullmatch(raw):
        repaired = repair_symbol(re.sub(r"[.\s]+", "-", raw)).symbol
        return (repaired, False) if repaired.partition("-")[0] in TYPE_CODES - squashed.NO_TYPES else None
    bare = re.sub(r"\s+", "", raw)
    if bare == raw or not _PARTS.fullmatch(raw):
        return None
    symbol = repair_symbol(bare).symbol
    return (symbol, False) if issuer_code(DocumentNumber("1", symbol)) else None


def _number(serial: str, dated: str | None, symbol: str, party: bool) -> DocumentNumber | None:
    figures, year = serial.translate(_FIGURES), int(dated.translate(_FIGURES)) if dated else None
    if not figures.isdigit():
        return None
    kind = symbol.partition("-")[0]
    if year is None and not party and (len(figures) > 5 or (kind in _BY_YEAR and len(figures) > 4)):
        figures, year = figures[:-4], int(figures[-4:])  # "2722016/QĐ-TTg"
    if not figures.strip("0") or len(figures) > 5 or (year is not None and not 1945 <= year <= 2099):
        return None
    if year is None and kind in _BY_YEAR and not party:
        return None
    return DocumentNumber(figures, symbol, year, party)


def _unlisted(match: re.Match[str], text: str, plain: str) -> Loose | None:
    """A code that no list has, after a noun: only the slash is lost ("Công văn số 2999TTYT ngày …")."""
    code = _CODE.match(plain, match.start("serial"))
    if code is None or not _NOUN.search(plain, max(code.start() - 30, 0), code.start()):
        return None
    symbol = text[slice(*code.span("code"))]
    if not _ENDS.match(plain, code.end()) or symbol in TYPE_CODES or symbol.partition("-")[0] in CONTRACTS:
        return None
    return Loose(DocumentNumber(code["serial"], symbol), code.start(), code.end(), 0.6)
