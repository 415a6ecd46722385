"""Short names of documents: defined in brackets ("Đề án 06"), cut down ("NQ 17", "Nghị quyết số 17")."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from extractors.citations import nouns
from extractors.citations.mentions import Found
from extractors.flow import Flow

_DEFINED = re.compile(
    r"[^;.\n()]{0,260}?\(\s*(?:(?:sau day|duoi day)?\s*(?:goi|viet)\s*(?:chung\s*)?(?:tat\s*)?la\s*:?\s*)?[“\"]?"
    r"(?P<alias>[A-Z][^()\n“”\"]{2,60}?)[”\"]?\s*\)",
    re.IGNORECASE,
)
_AFTER_WORD = re.compile(r"[\sa-z]")
_TYPES = frozenset(code for code in nouns.CODES.values() if code)


def find(flow: Flow, found: Sequence[Found]) -> Iterator[tuple[Found, int, int]]:
    """(full mention, start, end) of every later short mention; a name that fits no document of the letter is none."""
    free = Free((f.start, f.end) for f in found)
    spans = [*_alias_spans(flow, found), *_short_spans(flow, found), *_pointing_back(flow, found)]
    for mention, start, end in sorted(spans, key=lambda s: (s[1], -s[2])):
        if free.take(start, end):
            yield mention, start, end


class Free:
    """Spans of the text that no mention has taken yet."""

    def __init__(self, taken: Iterable[tuple[int, int]]) -> None:
        self._taken = sorted(taken)

    def take(self, start: int, end: int) -> bool:
        """Take the span if it is free; whether it was."""
        at = bisect_left(self._taken, (start, end))
        for near in self._taken[max(at - 2, 0) : at + 1]:
            if near[0] < end and start < near[1]:
                return False
        self._taken.insert(at, (start, end))
        return True


def _defined(flow: Flow, mention: Found) -> str | None:
    match = _DEFINED.match(flow.plain, mention.end)
    if match is None:
        return None
    alias = match["alias"].strip()
    # "Chương trình" alone would catch every programme: a figure must tell it apart.
    return alias if re.search(r"\d", alias) and "/" not in alias and len(alias.split()) <= 6 else None


def _alias_spans(flow: Flow, found: Sequence[Found]) -> Iterator[tuple[Found, int, int]]:
    owners: dict[str, list[Found]] = {}
    for mention in found:
        if alias := _defined(flow, mention):
            owners.setdefault(" ".join(alias.lower().split()), []).append(mention)
    if not owners:
        return
    names = sorted(owners, key=len, reverse=True)
    pattern = "|".join(r"\s+".join(map(re.escape, name.split())) for name in names)
    for match in re.finditer(rf"\b(?:{pattern})(?![\w/-])", flow.plain, re.IGNORECASE):
        before = [m for m in owners[" ".join(match[0].lower().split())] if m.end < match.start()]
        if before:
            yield before[-1], match.start(), match.end()


def _short_spans(flow: Flow, found: Sequence[Found]) -> Iterator[tuple[Found, int, int]]:
    """Cut-down mentions ("Nghị quyết 17", "NQ 17"): type and serial of one document given in full before."""
    known: dict[tuple[str, str], list[Found]] = {}
    serials = set()
    for mention in found:
        if mention.number and (kind := type_of(mention)):
            serial = mention.number.serial.lstrip("0")
            serials.add(serial)
            known.setdefault((kind, serial), []).append(mention)
    for figure in nouns.FIGURE.finditer(flow.plain):
        serial = figure[0].lstrip("0")
        if serial not in serials or not _AFTER_WORD.match(flow.plain, figure.start() - 1):
            continue
        noun = nouns.before(flow.plain, figure.start(), max(figure.start() - 30, 0))
        if noun is None or not noun.capital or noun.of or noun.code is None:
            continue
        fits = [f for f in known.get((noun.code, serial), ()) if f.end < noun.start]
        if fits and len({str(f.number) for f in fits}) == 1:
            yield fits[-1], noun.start, figure.end()


_BACK = re.compile(r"(?:neu|noi|ke)\s+tren\b")
_NOUN_BEFORE = re.compile(rf"\b(?P<noun>{nouns.NOUN})\s+$", re.IGNORECASE)


def _pointing_back(flow: Flow, found: Sequence[Found]) -> Iterator[tuple[Found, int, int]]:
    """The last document of its type before "Quyết định nêu trên"; "Quyết định này" means the letter itself."""
    for match in _BACK.finditer(flow.plain):
        noun = _NOUN_BEFORE.search(flow.plain, max(match.start() - 30, 0), match.start())
        kind = nouns.code_of(noun["noun"]) if noun else None
        before = [m for m in found if kind and m.number and m.end < match.start() and type_of(m) == kind]
        if noun and before:
            yield before[-1], noun.start(), match.end()


def type_of(mention: Found) -> str | None:
    """Type of a mention: its noun, else the symbol's first part."""
    from_symbol = symbol_type(mention)
    return mention.noun or from_symbol


def symbol_type(mention: Found) -> str | None:
    """Type that the symbol gives away: "QĐ" of "QĐ-TTg"; None for a letter's symbol."""
    if mention.number is None:
        return None
    first = re.split(r"[-/]", mention.number.symbol)[0]
    return first if first in _TYPES else None
