"""The letter's own number, repeated in its annexes, footers and drafts: never a citation."""

from __future__ import annotations

import re

from extractors.citations.host import Host, is_capital
from extractors.citations.mentions import Found
from extractors.flow import Flow
from extractors.vi.symbols import skeleton
from models.identifiers import DocumentNumber

_ATTACHED = re.compile(
    r"\W*\(?\W*(?:(?:ban hanh|gui)\s+)?(?:kem theo|dinh kem|kem)(?:\s+theo)?\s*:?\s*$"
    r"|\(\s*(?:ban hanh\s+)?(?:kem theo|dinh kem)\W*$",
    re.IGNORECASE,
)
_LETTERHEAD = 400  # characters above a number line in which its letterhead stands
_LABEL = re.compile(r"[Ss]\s?[oO0aq]\s?[:.;,]?\W{0,3}$")


def is_own(flow: Flow, mention: Found, host: Host) -> bool:
    """Whether a mention is the letter's own number: a number line, an annex's reference back, or simply the same."""
    if mention.number is None:
        return False
    begin, end = flow.paragraph(mention.start)
    lead = flow.plain[begin : mention.start]
    if _is_number_line(flow, mention, lead):
        return True
    if _is_annex_line(flow, mention, begin, end, host):
        return True
    return host.number is not None and same(mention.number, host.number) and mention.number.serial != ""


def same(one: DocumentNumber, other: DocumentNumber) -> bool:
    """Equal but for case, marks and leading zeros."""
    return (
        one.serial.lstrip("0") == other.serial.lstrip("0")
        and one.year == other.year
        and skeleton(one.symbol) == skeleton(other.symbol)
    )


def _is_number_line(flow: Flow, mention: Found, lead: str) -> bool:
    """Under a letterhead ("Số: 12/QĐ-UBND"): a label at the head of the line, capitals before it, no date after it."""
    if mention.has_noun or mention.issued_on is not None:
        return False
    head = lead + flow.plain[mention.start : mention.number_start]
    match = _LABEL.search(head)
    if match is None:
        return False
    if head[match.start()] == "s" and flow.plain[mention.end : mention.end + 1] != "\n":
        return False
    before = [c for c in head[: match.start()] if c.isalpha()]
    if sum(map(str.isupper, before)) < 0.8 * len(before):
        return False
    begin = mention.start - len(lead)
    return (
        bool(before)
        or ":" in match[0]
        or any(map(is_capital, flow.text[max(begin - _LETTERHEAD, 0) : begin].split("\n")))
    )


def _is_annex_line(flow: Flow, mention: Found, begin: int, end: int, host: Host) -> bool:
    """Under an annex's title ("(Kèm theo Quyết định số …)"): the host, whatever was read of its serial."""
    lead = flow.plain[begin : mention.start]
    match = _ATTACHED.search(lead)
    if match is None:
        return False
    bracketed = "(" in match[0] and (flow.plain[begin:end].rstrip(" .;").endswith(")") or end - begin < 260)
    alone = not any(c.islower() for c in lead[: match.start()])
    if not (bracketed and alone):
        return False
    if host.number is None or mention.number is None:
        # "(Đính kèm …)" may also name an enclosure; only an own number to compare with would tell.
        return "dinh" not in match[0].lower()
    return _agrees(mention.number.symbol, host.number.symbol)


def _agrees(symbol: str, own: str) -> bool:
    """Equal, or one cut short by the reader."""
    a, b = skeleton(symbol), skeleton(own)
    return a == b or (
        len(a) > 2 and len(b) > 2 and (a.startswith(b) or b.startswith(a) or a.endswith(b) or b.endswith(a))
    )
