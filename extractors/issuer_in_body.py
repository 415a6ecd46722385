"""The issuing body of a page without its letterhead, named in the text and abbreviated in the symbol."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.layout import Layout
from extractors.own_symbols import initials
from extractors.running import running
from extractors.vi.document_types import by_code
from extractors.vi.numbers import skeleton
from extractors.vi.text import fold
from models.document import Evidence

_KIND = re.compile(
    r"\b(?:Sở|Cục|Chi cục|Tổng cục|Trường|Đại học|Học viện|Viện|Ban|Trung tâm|Công ty|Tổng công ty|Tập đoàn|Bệnh viện|"
    r"Phòng|Hội|Hiệp hội|Liên đoàn|Kho bạc|Bảo hiểm|Công an|Tòa án|Viện kiểm sát|Ủy ban|Thanh tra|Ngân hàng|Quỹ|Bộ|"
    r"Văn phòng)\b"
)
_NAME = re.compile(r"(?:[\wÀ-ỹ&-]+\s+){1,11}[\wÀ-ỹ&-]+")
# What the symbol leaves out: "(Ban Quản lý dự án) đầu tư xây dựng tỉnh Cà Mau".
_PLACE = re.compile(
    r"^(?:\s+[a-zđà-ỹ]+){0,5}?\s+(?:tỉnh|thành phố|huyện|quận|thị xã|xã|phường)(?:\s+[A-ZĐÀ-Ỹ][\wà-ỹ]*){1,3}"
)
_LEAST = 3  # letters of a code; two agree by chance


@dataclass(frozen=True, slots=True)
class Named:
    """A body's name and its first place in the text."""

    name: str
    evidence: tuple[Evidence, ...]


def named_by_symbol(parts: Layout, symbol: str) -> Named | None:
    """The only body in the text whose initials are a part of the symbol, with its place; None where none or several."""
    codes = {skeleton(part) for part in re.split(r"[-/]", symbol) if not by_code(part)}
    codes = {code for code in codes if len(code) >= _LEAST}
    text = running(parts.body)
    found: dict[str, Named] = {}
    for kind in _KIND.finditer(text.text):
        match = _NAME.match(text.text, kind.start())
        if match and (name := _spelt(match[0], codes)):
            place = _PLACE.match(match[0][len(name) :])
            name += place[0] if place else ""
            found.setdefault(fold(name), Named(name, text.evidence(kind.start(), kind.start() + len(name))))
    longest = max(found, key=len, default=None)
    if longest is None or not all(name in longest for name in found):  # "(Trường) Đại học Tây Sơn"
        return None
    return found[longest]


def _spelt(text: str, codes: set[str]) -> str | None:
    """The shortest beginning of `text` whose initials are one of the codes; "Trường" in front may be left out."""
    words = text.split()
    for count in range(2, len(words) + 1):
        name = " ".join(words[:count])
        letters = skeleton(initials(name))
        if letters in codes or (words[0] == "Trường" and letters[1:] in codes):
            return name
    return None
