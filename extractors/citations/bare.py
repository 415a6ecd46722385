"""Documents cited by a serial without a symbol: "Công văn số 2589 ngày 12/5/2022 của Sở Tài chính"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.citations import nouns
from extractors.citations.aliases import Free
from extractors.citations.host import Host
from extractors.citations.mentions import Found, date_and_issuer
from extractors.flow import Flow
from models.identifiers import DocumentNumber

# The noun is looked for before the label: far fewer places than the other way round.
_SERIAL = re.compile(
    r"[Ss][o0]\s{0,2}[:.]?\s{0,2}(?P<serial>\d{1,5})(?=[\s,;(]{1,3}(?:ngay|cua)\b)",
)
_NOUN = re.compile(rf"\b(?P<noun>{nouns.NOUN})\s+$", re.IGNORECASE)
# "Nghị định 34/2016": only the Government issues decrees, so the symbol is known.
_DECREE = re.compile(
    r"\b(?:Nghi dinh|NDH?)\s+(?:s[o0]\s*)?(?P<serial>\d{1,3})/(?P<year>(?:19|20)\d\d)(?![\d/]|\s?[/|-])"
)
_NO_NUMBER = frozenset({"L", "BL", "PL", "HP", "BB", "DA", "ĐA", "CTr", "QC"})


def find(flow: Flow, found: Sequence[Found], host: Host) -> Iterator[Found]:
    """Mentions that lack a symbol but have a day: less could be anything. Decrees with a year get theirs."""
    free = Free((m.start, m.end) for m in found)
    full = {(m.noun, m.number.serial.lstrip("0")) for m in found if m.number}
    for match in _DECREE.finditer(flow.plain):
        if free.take(*match.span()):
            number = DocumentNumber(match["serial"], "NĐ-CP", int(match["year"]))
            yield _completed(flow, match, number, "NĐ", host)._replace(score=0.8)
    for match in _SERIAL.finditer(flow.plain):
        noun = _NOUN.search(flow.plain, max(match.start() - 40, 0), match.start())
        kind = nouns.code_of(noun["noun"]) if noun else None
        short = (kind, match["serial"].lstrip("0")) in full
        if noun is None or kind is None or kind in _NO_NUMBER or short:
            continue
        mention = _completed(flow, match, None, kind, host)._replace(start=noun.start())
        if mention.issued_on and free.take(mention.start, mention.end):
            words = re.sub(r"\s+", " ", flow.text[noun.start() : match.end()])
            yield mention._replace(title=words)


def _completed(flow: Flow, match: re.Match[str], number: DocumentNumber | None, kind: str, host: Host) -> Found:
    start, serial, end = match.start(), match.start("serial"), match.end()
    mention = Found(number, start, serial, end, end, 0.8, kind, True, read=flow.text[serial:end])
    return date_and_issuer(flow, mention, host)
