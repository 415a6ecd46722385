"""Symbols as an office writes them ("QĐ-UBND", "SYT-NVY"), and the repair of their damaged readings.

A symbol is repaired from what the same letter shows elsewhere: the initials of its letterhead, the symbols of the
documents it cites, and the codes of kinds of documents and of authorities. Nothing is repaired to what is only near.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from extractors.layout import Layout
from extractors.vi import authorities
from extractors.vi.document_types import by_code
from extractors.vi.numbers import skeleton
from extractors.vi.symbols import repair_symbol
from extractors.vi.text import fold
from models.document import Document

_CITED = re.compile(r"(?<=/)[A-ZĐ][A-Za-zĐđƯư]*(?:-[A-ZĐ][A-Za-zĐđƯư0-9&]*)*")
_PIECE = 4  # letters that are no chance
_LISTED = 0.9  # as measured for repairs against the authority list
_SMALL_WORDS = frozenset({"va", "cua", "cac", "ve"})


@dataclass(frozen=True, slots=True)
class Symbols:
    """The parts of symbols that this letter knows.

    Attributes:
        own: Initials of the letterhead.
        cited: Parts of symbols in the body with their counts.
        printed: The page is real text: what is near to something known is no misreading of it.
    """

    own: tuple[str, ...]
    cited: tuple[tuple[str, int], ...]
    printed: bool = False

    def repair(self, symbol: str) -> tuple[str, float]:
        """The symbol with each part as known, and how well it is confirmed (0.0-1.0)."""
        parts = re.split(r"([-/])", symbol)
        fixed, fits = [], []
        for i, part in enumerate(parts):
            if part in ("-", "/") or not part:
                fixed.append(part)
                continue
            new, fit = self._part(part, first=i == 0, issuer=i == 0 or (i == 2 and by_code(parts[0]) is not None))
            fixed.append(new)
            fits.append(fit)
        made, fit = "".join(fixed), min(fits, default=0.0) if len(fits) < 2 else (min(fits) + max(fits)) / 2
        if max(fits, default=0.0) < 1.0 or not self._issuer_is_own(made):
            listed = repair_symbol(made)
            if listed.changed and listed.score >= _LISTED:
                return listed.symbol, max(fit, 0.9 * listed.score)
        return made, fit

    def _issuer_is_own(self, symbol: str) -> bool:
        """Whether a part of the symbol is made of the letterhead's initials."""
        return any(self._is_own(skeleton(part)) for part in re.split(r"[-/]", symbol))

    def _is_own(self, key: str) -> bool:
        """Whether a part is all of the letterhead's initials, or the beginning or end of them ("KSBT" of TTKSBT)."""
        known = [skeleton(own) for own in self.own]
        return key in known or (len(key) >= _PIECE and any(own.startswith(key) or own.endswith(key) for own in known))

    def _part(self, part: str, *, first: bool, issuer: bool) -> tuple[str, float]:
        if first and (kind := by_code(part)) and fold(kind.code) == fold(part):
            return kind.code, 1.0
        key = skeleton(part)
        for known in self.own:
            if skeleton(known) == key:
                return known, 1.0
        if len(key) >= _PIECE and any(known.endswith(part) for known in self.own):
            return part, 1.0
        beginnings = (known[: len(part)] for known in self.own if len(known) > len(part))
        begun = [begin for begin in beginnings if skeleton(begin) == key]
        if not self.printed and len(key) >= 3 and not authorities.by_code(part) and len(set(begun)) == 1:
            return begun[0], 1.0 if begun[0] == part else 0.95  # "DLS" under ĐOÀN LUẬT SƯ TỈNH …
        if (begun and len(key) >= 4) or authorities.by_code(part):
            return part, 1.0
        same = [(count, known) for known, count in self.cited if skeleton(known) == key]
        if same:
            return max(same)[1], 0.95
        if self.printed or not issuer:
            return part, 0.6 if part.isupper() or part.isalnum() else 0.4
        if first and not repair_symbol(part).changed and (code := _near_kind(part)):
            return code, 0.7
        near = [known for known in self.own if len(known) >= 5 and Levenshtein.distance(skeleton(known), key) == 1]
        if len(near) == 1:
            return near[0], 0.7
        return part, 0.6 if part.isupper() or part.isalnum() else 0.4


def _near_kind(part: str) -> str | None:
    """A kind's code of which one letter was read twice ("QĐĐ", "TTIr")."""
    doubled = {part[:i] + part[i + 1 :] for i in range(len(part)) if _is_again(part, i)}
    kinds = {
        kind.code for text in doubled if len(text) >= 2 and (kind := by_code(text)) and fold(text) == fold(kind.code)
    }
    return kinds.pop() if len(kinds) == 1 else None


def _is_again(part: str, at: int) -> bool:
    """Whether a letter repeats the one beside it or is a mere stroke: "TAT" (a court's) is no TT with an A too many."""
    neighbours = part[max(at - 1, 0) : at] + part[at + 1 : at + 2]
    return part[at] in "IlLiJ1|" or fold(part[at]) in fold(neighbours)


def known_symbols(document: Document, parts: Layout) -> Symbols:
    """What the letter tells about its own office's symbols."""
    heads = [" ".join(span.text for span in parts.letterhead[i:]) for i in range(len(parts.letterhead))]
    joint = re.split(r"\s+-\s+", heads[0]) if heads and " - " in heads[0] else []
    own = tuple(initials(name) for name in (*heads, *joint))
    cited: Counter[str] = Counter()
    for span in (*parts.body, *parts.annexes[:200]):
        for found in _CITED.findall(span.text):
            cited.update(found.split("-"))
    printed = bool(document.pages) and document.pages[0].text_origin in ("pdf-text", "text")
    return Symbols(tuple(x for name in own for x in _variants(name) if len(x) > 1), tuple(cited.items()), printed)


def initials(name: str) -> str:
    """Initial letters of a body's name as symbols use them: "SỞ GIÁO DỤC VÀ ĐÀO TẠO" gives "SGDĐT"."""
    letters = []
    for word in re.findall(r"[^\W_]+", name):
        if word.isdigit():
            letters.append(word)
        elif fold(word) not in _SMALL_WORDS:
            whole = word.isupper() and word in ("UBND", "HĐND", "THPT", "THCS")
            letters.append(word if whole else _letter(word[0].upper()))
    return "".join(letters)


def _letter(capital: str) -> str:
    """A letter as symbols print it: without tones, Đ and Ư kept ("ÁN" gives A)."""
    return capital if capital in "ĐƯ" else fold(capital).upper()


def _variants(name: str) -> Iterable[str]:
    """The initials, and without those of the generic word in front (TRƯỜNG ĐẠI HỌC … is ĐH…)."""
    yield name
    if len(name) > 3:
        yield name[1:]
