"""What the citing letter says of itself in its head: own number, body, place, year. Enough to read its citations."""

from __future__ import annotations

import dataclasses
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise

from extractors.body_names import names_of
from extractors.citations.numbers import find_numbers
from extractors.flow import Flow, unmarked
from extractors.items import items
from extractors.layout import layout
from extractors.letterhead_body import body_of_letterhead
from extractors.own_symbols import known_symbols
from extractors.vi import provinces
from extractors.vi.authorities import by_code, by_name, issuer_code
from extractors.vi.symbols import TYPE_CODES, known_codes, repair_symbol
from extractors.vi.text import fold
from models.document import Document, Line
from models.identifiers import DocumentNumber

_HEAD_LINES = 16
_SURE = 0.95  # how well the letterhead must bear out its own symbol
_LONGEST_LINE = 48  # characters of a number line with specks beside it
# On text without marks: "So:", "Sa:", "So20f…"; not "SO Y TE", which is Sở Y tế, nor "Số liệu".
_NUMBER_LINE = re.compile(
    r"\W{0,3}(?:Nghi quyet|Bo luat|Luat|Phap lenh) so\s?:|"
    r"\W{0,3}[Ss]\s?[oaq0]\s?(?:[:;.,]|[\d{(/#|]|[lIf](?![a-z]))"
)
_SYMBOL = re.compile(
    r"(?:/\s?(?P<symbol>[A-Z][A-Za-z&]{0,11}(?:\s?[-.]\s?[A-Z0-9][A-Za-z0-9&]{0,12}){0,4})"
    r"|(?P<dashed>[A-Z][A-Za-z&]{1,11}(?:-[A-Z0-9][A-Za-z0-9&]{1,12}){1,4}))"
)
_PLACE_LINE = re.compile(r"(?P<place>[A-ZĐÀ-Ỹ][\w. -]{2,25}),\s*ng[aà]y", re.IGNORECASE)
_BODY = re.compile(
    r"(?:truong|vien|hoc vien|trung tam|hoi dong|ban|uy ban|cong ty|benh vien|phong|chi cuc|hoi|so|cuc|van phong|doan"
    r"|quy)\b"
)
# Not the words "môi trường", "xã hội", "hải quan" in the names of provincial and central bodies.
_BELOW_PROVINCE = re.compile(
    r"\b(?:huyen|(?<!hai )(?<!co )quan(?! (?:ly|su|khu|doi|doan|chung|the|tri))|thi xa|xa(?! hoi)|(?<!dia )phuong"
    r"|thi tran|(?<!moi )(?<!thi )(?<!hien )(?<!cong )truong(?! vu))\b"
)
_MOTTO = re.compile(r"cong h[oò]a xa hoi|doc lap|dang cong san")


@dataclass(frozen=True, slots=True)
class Host:
    """The citing letter.

    Attributes:
        number: Own number as read; its serial may be wrong or "" where it is handwritten. None if there is no line.
        code: Issuer's code in the own symbol, also of a body that no list knows ("ĐHTĐ"); None if not seen.
        issuer: Own body in sentence case; None if the letterhead does not tell.
        province: Name of the province the letter comes from; None for a central body.
        is_below: Whether the letter comes from a district, commune or school: "UBND" may then mean two bodies.
        place: District or commune of the letterhead: "huyện Gò Quao"; None for other bodies.
    """

    number: DocumentNumber | None = None
    code: str | None = None
    issuer: str | None = None
    province: str | None = None
    is_below: bool = False
    place: str | None = None


def read(document: Document, text: Flow) -> Host:
    """The head of the first page; `text` is the whole letter, to find its body's name in small letters."""
    if not document.pages:
        return Host()
    worded = (line for line in document.pages[0].lines if sum(map(str.isalpha, line.text)) > 3)
    lines = list(islice(worded, _HEAD_LINES))
    number, at = _own_number(lines)
    if number is None:
        # Where the page's own line was not found, the second reader may have been shown one of the body.
        witnesses = [r.text for r in document.readings if r.region == "number" and len(r.text) < _LONGEST_LINE]
        number = next((n for text in witnesses if (n := _number_in(text))), None)
    own: str | None = None
    if number is not None:
        symbols = known_symbols(document, layout(document))
        symbol, fit = symbols.repair(number.symbol)
        number = dataclasses.replace(number, symbol=symbol) if fit >= _SURE else number
        own = next((part for part in symbol.split("-") if len(part) > 2 and part in symbols.own), None)
    code = own if own and number and issuer_code(number) is None else _own_code(number)
    above = lines[: at if at is not None else 6]
    province = _province(above, lines, code)
    issuer = _issuer(above, code, province, text)
    head = " ".join(fold(x.text) for x in above[:5] if not _MOTTO.search(fold(x.text)))
    below = _BELOW_PROVINCE.search(head)
    return Host(number, code, issuer, province, below is not None, _place_below(above))


def own_body(document: Document) -> str | None:
    """The letter's own body as its letterhead names it, also one that no list knows and the text does not name."""
    parts = layout(document)
    body = body_of_letterhead(parts.letterhead, names_of(document, parts)) if parts.letterhead else None
    return body.name if body else None


def addressed(document: Document, courtesy: str) -> str | None:
    """The only addressee of the letter, where "Quý Công ty" can mean it; None where there are several or others."""
    found = list(items(layout(document).addressees))
    name = re.sub(r"\s*\(.*$", "", re.sub(r"^\W*\w+\s+\w+\s*[:;.,]\s*", "", found[0].text)) if len(found) == 1 else ""
    kind = fold(courtesy).partition(" ")[2]
    return name if kind and ";" not in name and fold(name).startswith(kind) else None


def _place_below(above: list[Line]) -> str | None:
    """District or commune of the letterhead, read with its People's Committee: "huyện Gò Quao"."""
    own = [line.text for line in _left_column(above) if is_capital(line.text)]
    for name in [*own, *map(" ".join, pairwise(own))]:
        body = by_name(name)
        if body and body.place and provinces.find(body.place) is None:
            return body.place
    return None


def _own_number(lines: list[Line]) -> tuple[DocumentNumber | None, int | None]:
    for i, line in enumerate(lines):
        if _NUMBER_LINE.match(unmarked(line.text)) and (number := _number_in(line.text)):
            # Text without a letterhead is a passage pasted or cut out: "số 12/…" may begin any line of it.
            labelled = re.match(r"\W*S[ốô]\W*:", line.text)
            if line.bbox is None and not labelled and not any(is_capital(above.text) for above in lines[:i]):
                return None, None
            return number, i
    return None, None


def _number_in(text: str) -> DocumentNumber | None:
    plain = unmarked(text)
    if found := next(find_numbers(text, plain), None):
        return found.number
    match = _SYMBOL.search(plain)
    if match is None:
        return None
    span = match.span("symbol") if match["symbol"] else match.span("dashed")
    symbol = re.sub(r"\s+", "", text[slice(*span)]).replace(".", "-")
    return DocumentNumber("", repair_symbol(symbol).symbol)


def _own_code(number: DocumentNumber | None) -> str | None:
    if number is None:
        return None
    if code := issuer_code(number):
        return code
    return unlisted_code(number)


def unlisted_code(number: DocumentNumber) -> str | None:
    """The part of a symbol where an issuer's code stands: last after the type, first without one."""
    if number.party:
        return number.symbol.rpartition("/")[2]
    parts = number.symbol.split("-")
    if parts[0] in TYPE_CODES or (len(parts) > 1 and parts[0] not in known_codes() and parts[1] in known_codes()):
        return "-".join(parts[1:]) or None
    return parts[0]


def _province(above: list[Line], lines: list[Line], code: str | None) -> str | None:
    body = by_code(code) if code else None
    central = body is not None and not body.is_local
    head = fold(" ".join(line.text for line in above if not _MOTTO.search(fold(line.text))))
    if (match := _named_place().search(head)) and (found := provinces.find(match["name"])):
        return found.name
    if central:
        return None
    for line in lines:
        match = _PLACE_LINE.search(line.text)
        if match and (found := provinces.find(match["place"].strip(" .,-"))):
            return found.name
    return None


@cache
def _named_place() -> re.Pattern[str]:
    kind = r"\b(?:tinh|t[iỉĩ]nh|thanh pho|tp\.?)\s*"
    return re.compile(rf"{kind}(?P<name>{provinces.pattern()})\b")


def _issuer(above: list[Line], code: str | None, province: str | None, text: Flow) -> str | None:
    listed = by_code(code, province=province) if code else None
    if listed and not listed.is_local:
        return listed.name
    own = [line.text for line in _left_column(above) if is_capital(line.text) and not _MOTTO.search(fold(line.text))]
    for start in reversed(range(len(own))):
        # The body itself stands lowest, maybe on two lines; its parents above it.
        name = " ".join(own[start:])
        if fold(name).strip() == "van phong" and start and (parent := by_name(own[start - 1], province=province)):
            return f"Văn phòng {parent.name}"
        if (body := by_name(name, province=province)) and (not body.is_local or body.place):
            return body.name
    return listed.name if listed and listed.place else _cased(own, text)


def is_capital(text: str) -> bool:
    """Whether a line is set in capitals, as letterheads are."""
    letters = [c for c in text if c.isalpha()]
    return sum(map(str.isupper, letters)) > 0.7 * len(letters)


def _left_column(lines: list[Line]) -> list[Line]:
    boxes = [line.bbox for line in lines if line.bbox]
    if not boxes:
        return lines
    middle = (min(b.x0 for b in boxes) + max(b.x1 for b in boxes)) / 2
    return [line for line in lines if line.bbox and line.bbox.x_mid < middle]


def _cased(own: list[str], text: Flow) -> str | None:
    """The letterhead's last lines as the body text writes them in small letters; None if it never names the body."""
    runs = [(start, end) for start in range(len(own)) for end in range(len(own), start, -1)]
    for start, end in runs:
        key = fold(re.sub(r"\W+", " ", " ".join(own[start:end]))).strip()
        if len(key) < 8 or not _BODY.match(key):
            continue
        pattern = r"\W+".join(map(re.escape, key.split()))
        forms = Counter(
            re.sub(r"\s+", " ", text.text[m.start() : m.end()])
            for m in re.finditer(pattern, text.plain, re.IGNORECASE)
            if sum(map(str.islower, text.text[m.start() : m.end()])) > len(key) / 3
        )
        if forms:
            best = forms.most_common(1)[0][0]
            return best[0].upper() + best[1:]
    return None
