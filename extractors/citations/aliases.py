"""Short names of documents: defined in brackets ("Đề án 06"), cut down ("NQ 17", "Nghị quyết số 17")."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.citations import nouns
from extractors.citations.mentions import Found
from extractors.flow import Flow

_DEFINED = re.compile(
    r"[^;.\n()]{0,260}?\(\s*(?:(?:sau day|duoi day)?\s*(?:goi|viet)\s*(?:chung\s*)?(?:tat\s*)?la\s*:?\s*)?[“\"]?"
    r"(?P<alias>[A-Z][^()\n“”\"]{2,60}?)[”\"]?\s*\)",
    re.IGNORECASE,
)
_SYMBOL_TYPES = {"QH": "L"}


def find(flow: Flow, found: Sequence[Found]) -> Iterator[tuple[Found, int, int]]:
    """(full mention, start, end) of every later short mention; a name that fits no document of the letter is none."""
    taken = [(f.start, f.end) for f in found]
    aliases: list[tuple[str, Found]] = []
    for mention in found:
        alias = _defined(flow, mention)
        if alias:
            aliases.append((alias, mention))
    spans = list(_alias_spans(flow, aliases)) + list(_short_spans(flow, found))
    used: list[tuple[int, int]] = []
    for mention, start, end in sorted(spans, key=lambda s: s[1]):
        if not any(a < end and start < b for a, b in [*taken, *used]):
            used.append((start, end))
            yield mention, start, end


def _defined(flow: Flow, mention: Found) -> str | None:
    match = _DEFINED.match(flow.plain, mention.end)
    if match is None:
        return None
    alias = match["alias"].strip()
    # "Chương trình" alone would catch every programme: a figure or a second capital must tell it apart.
    return alias if re.search(r"\d", alias) and "/" not in alias and len(alias.split()) <= 6 else None


def _alias_spans(flow: Flow, aliases: list[tuple[str, Found]]) -> Iterator[tuple[Found, int, int]]:
    for alias, mention in aliases:
        pattern = r"\s+".join(map(re.escape, alias.split()))
        for match in re.finditer(rf"\b{pattern}(?![\w/-])", flow.plain, re.IGNORECASE):
            if match.start() > mention.end:
                yield mention, match.start(), match.end()


def _short_spans(flow: Flow, found: Sequence[Found]) -> Iterator[tuple[Found, int, int]]:
    known = {f.number.serial.lstrip("0") for f in found if f.number}
    if not known:
        return
    for match in nouns.SHORT.finditer(flow.plain):
        serial = match["serial"].lstrip("0")
        if serial not in known or not match["noun"][0].isupper():
            continue
        code = nouns.code_of(match["noun"])
        fits = [
            f for f in found
            if f.number and f.number.serial.lstrip("0") == serial and code and type_of(f) == code and f.end < match.start()
        ]  # fmt: skip
        if fits and len({str(f.number) for f in fits}) == 1:
            yield fits[-1], match.start(), match.end()


def type_of(mention: Found) -> str | None:
    """Type of a mention: its noun, else the symbol's first part."""
    from_symbol = symbol_type(mention)
    return mention.noun or from_symbol


def symbol_type(mention: Found) -> str | None:
    """Type that the symbol gives away: "QĐ" of "QĐ-TTg"; None for a letter's symbol."""
    if mention.number is None:
        return None
    first = re.split(r"[-/]", mention.number.symbol)[0]
    return first if first in _types() else None


def _types() -> frozenset[str]:
    return frozenset(code for code in nouns.CODES.values() if code)
