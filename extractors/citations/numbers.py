"""Document numbers in running text, also glued, split and misread ones: where they stand and what they are."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from extractors.citations import loose, nouns, small
from extractors.vi import squashed
from extractors.vi.authorities import issuer_code
from extractors.vi.squashed import skeletons
from extractors.vi.symbols import CONTRACTS, TYPE_CODES, known_codes, repair_symbol, skeleton
from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber

# Patterns run on text without marks but with case (`flow.unmarked`): Đ is D, "Số" is "So".
_FIGURE = "0-9OolI"
_REST = r"[A-Za-z]{0,13}(?:&[A-Za-z]{1,8}|\d{1,3}[A-Z]{0,6})*"
# A dash with a space on each side mostly opens a new phrase: only a well-known issuer may follow it.
_DASH = (
    r"(?:-|\s?-\s?-\s?(?=[A-Z]{2})|_|\.(?=[A-Z]{2}|TTg|CP\b)|\s-(?=[A-Z]{2})|-\s(?=[A-Z]{2}|TTg)"
    r"|\s-\s(?=(?:UBND|HDND|TTg|CP|[BSV][A-Z]{2,})\b|[A-Z]{2,8}\s(?:ngay|cua)\s))"
)
_SYMBOL_TAIL = rf"{_REST}(?:{_DASH}[A-Z0-9][A-Za-z0-9]{{0,13}}(?:[&+][A-Za-z]{{1,8}})?){{0,6}}"
# A slash after the kind: "41/2001/TTLT/BTC-BYT", "12/QĐ/UB", "525/2012/NQLT/UBTVQH13-…"; usual before 2005.
_OLD_KIND = r"(?:TTLT|TTLB|NQLT|NQ|QD|CT|TT|TB|CV|KH|BC|TTr|HD|PL|CTr)\s?/\s?(?=[A-Z]{2})"
_SLASH = r"\s?[/\\|⁄]{1,2}\s?"
_YEAR = r"(?P<year>(?:19|2[0Oo])[0-9OolI]\s?[0-9OolI])"
# The pattern opens with a plain set of characters, what stands before is looked at after: several times faster.
_NUMBER = re.compile(
    r"(?P<serial>[0-9OIl](?:(?<=\d)|(?=\d))"
    r"(?:(?<![A-Z0-9/⁄.,:_-].)(?<![a-z|].)|(?<=[Ss]o.)|(?<=[Ss][oO0][:.].)|(?<=[a-z]{2}\..))"
    rf"(?:(?<=[Ss][oO0]\s\d)\d?\s(?=\d{{1,4}}\s?/)[{_FIGURE}]{{1,5}}|[{_FIGURE}]{{0,5}})[a-zA-D]?)"
    rf"(?:{_SLASH}{_YEAR}(?:{_SLASH}|\s?(?=[A-Z0O]{{2}}))"
    r"(?P<dated>[0OQ]H\s?(?:20(?=\d\d))?[\dIl|]{1,2}"
    rf"|(?:{_OLD_KIND}[A-Z]|[A-Z]|0(?=[A-Z]{{1,2}}\s?[-.–])){_SYMBOL_TAIL})"
    rf"|{_SLASH}(?P<symbol>(?:{_OLD_KIND}[A-Z]|[A-Z]|0(?=D{{1,2}}\s?[-.–])){_SYMBOL_TAIL})"
    rf"|\s?-\s?(?P<party>[A-Z][A-Za-z]{{0,4}}\s?/\s?[A-Z][A-Za-z]{{1,11}}\d{{0,3}}(?:-[A-Z]{{2,8}})?(?:/nb\b)?))"
)
# "số 1178 TC/TCDN ngày …": a blank for the slash, usual before 2005; the day must follow, or the body.
_SPACED = re.compile(
    r"[Ss][oO0][:.]?\s?(?P<serial>\d{1,5})\s(?P<symbol>[A-Z]{2,6}\s?/\s?[A-Z][A-Za-z0-9]{1,9})(?=,?\s(?:ngay|cua)\b)"
)
_STANDARD = re.compile(r"(?:[QT]C[VD][NB]|ISO|IEC|ASTM|TCXD)\w*\s*$")
_FORM = re.compile(
    r"(?:mau|bieu|phu luc|hop dong|\bhd|ma so|tai khoan|dien thoai"
    r"|chung thu(?: tham dinh gia)?|bien lai|giay chung nhan|hoa don|ho so|ban ve)"
    r"(?:\s+(?:bieu|kinh te|lao dong|thue|mua ban))*"
    r"(?:\s+so)?\s*:?\s*$",
    re.IGNORECASE,
)
_SMALL = frozenset("đươôâêă")
# Something unread or cut off between "số" and the serial: "số I 747/…" is 1747, "số Xí 07/2021/…" is not known.
_STRAY = re.compile(r"\b[Ss][oO0]\s*[:.]?\s*(?P<stray>[^\s:.,;]{1,4})\s*$")
_GLUED = re.compile(r"(?<=[A-Zg\d])(?:nga[yvj]|cua|ve|ban)")
_SPLIT_SERIAL = re.compile(rf"\b{nouns.NOUN}\s(?P<figures>\d{{1,2}})\s$", re.IGNORECASE)
# "5072/PT CKH, Cục …", "27/ĐH SP của …"; "KT." opens a signature.
_CUT_OFF = re.compile(
    r"\s(?P<rest>(?!(?:KT|TM|TL|TUQ|TP|CV|VN)\b)[A-Z]{2,8}(?:-[A-Z]{2,6}\d?)?)"
    r"(?=\s(?:ngay|cua|ky|ve|ban hanh)\b|[,;)]|\.?$|\.\s)"
)
_LABEL = re.compile(r"[Ss]\s?[oO0]\s?[:.]?\s*$")
_FIGURES = str.maketrans("OolI", "0011")


@dataclass(frozen=True, slots=True)
class FoundNumber:
    """One number in the text.

    Attributes:
        number: Canonical, repaired where the lists leave one answer.
        start: Offset of the serial.
        end: Offset after the symbol.
        labelled: Whether "số" stands before it.
        score: 0.0-1.0, lower where something had to be repaired.
    """

    number: DocumentNumber
    start: int
    end: int
    labelled: bool
    score: float


def find_numbers(text: str, plain: str) -> Iterator[FoundNumber]:
    """Every document number, left to right; standards, contracts, forms and bare fractions are left out."""
    found = {hit.start: hit for match in _NUMBER.finditer(plain) if (hit := _read(match, text, plain))}
    for mended in loose.find(text, plain):
        strict = found.get(mended.start)
        if _is_other(plain[max(mended.start - 30, 0) : mended.start]):
            continue
        if strict is None:
            better = not any(mended.start < at < mended.end for at in found)
        elif mended.end > strict.end and mended.joined:
            better = True
        else:
            unlisted = issuer_code(strict.number) is None and mended.end >= strict.end
            better = (
                unlisted
                and issuer_code(mended.number) is not None
                and _keeps_dashes(strict.number.symbol, mended.number.symbol)
            )
        if better:
            found[mended.start] = FoundNumber(
                mended.number, mended.start, mended.end, labelled=True, score=mended.score
            )
    for match in _SPACED.finditer(plain):
        if match.start("serial") not in found and (hit := _read_spaced(match, text)):
            found[hit.start] = hit
    for number, start, end in small.find(text):
        if start not in found and not _is_other(plain[max(start - 30, 0) : start]):
            labelled = _LABEL.search(plain, max(start - 6, 0), start) is not None
            found[start] = FoundNumber(number, start, end, labelled, 0.9)
    yield from sorted(found.values(), key=lambda hit: hit.start)


def _keeps_dashes(read: str, made: str) -> bool:
    """Whether every dash as read stays: readers lose dashes, they do not move them ("CT-NVT" is no "CTN-VT")."""
    dashes, further = (list(accumulate(map(len, skeletons(symbol)))) for symbol in (read, made))
    return set(dashes[:-1]) <= set(further)


def _read(match: re.Match[str], text: str, plain: str) -> FoundNumber | None:
    start, end = match.span()
    end = _unglued(plain, start, end)
    labelled = _LABEL.search(plain, max(start - 6, 0), start) is not None
    before = plain[max(start - 30, 0) : start]
    serial = _serial(match["serial"])
    if serial and not labelled and (split := _SPLIT_SERIAL.search(before)):
        serial, start = split["figures"] + serial, start - len(split["figures"]) - 1
    if serial and not labelled and (stray := _STRAY.search(before)):
        serial = _serial(stray["stray"] + serial) if set(stray["stray"]) <= set("0123456789OolI") else None
        labelled = True
    year = None
    if serial and len(serial) > 5 and not match["dated"]:
        serial, year = serial[:-4], _year(serial[-4:])  # the slash before the year is lost
        serial = serial if year else None
    if serial is None or _is_other(before):
        return None
    if match["party"]:
        number, score = _party(serial, text[match.start("party") : end])
    elif match["dated"]:
        year = _year(match["year"])
        number, score = _state(serial, text[match.start("dated") : end], year)
    else:
        number, score = _state(serial, text[match.start("symbol") : end], year)
    if number is None or not _is_plausible(number, labelled=labelled):
        return None
    if more := _rest(number, text, plain, end):
        number, end, score = more, end + 1 + len(more.symbol) - len(number.symbol), score * 0.8
    if match["serial"] != number.serial:
        score *= 0.9
    if re.match(r"\s?\|\s?/", plain[match.end("serial") :][:4]):
        score *= 0.6  # a speck before the slash, or a 1
    return FoundNumber(number, start, end, labelled, score)


def _is_other(before: str) -> bool:
    """Whether the words before a number say that it is a standard's, a form's, a contract's or an account's."""
    return _STANDARD.search(before) is not None or _FORM.search(before) is not None


def _rest(number: DocumentNumber, text: str, plain: str, end: int) -> DocumentNumber | None:
    """The number with the rest of a symbol cut in two by a blank, where no list knows what stands before the blank."""
    rest = _CUT_OFF.match(plain, end)
    if rest is None or number.party or squashed.is_listed(number.symbol):
        return None
    return dataclasses.replace(number, symbol=number.symbol + text[slice(*rest.span("rest"))])


def _unglued(plain: str, start: int, end: int) -> int:
    """Where the symbol ends if the next word has run into it: "QĐ-TTgngày", "NĐ-CPcủa"."""
    glued = _GLUED.search(plain, start, end)
    return glued.start() if glued else end


def _read_spaced(match: re.Match[str], text: str) -> FoundNumber | None:
    symbol = re.sub(r"\s+", "", text[match.start("symbol") : match.end("symbol")])
    try:
        number = DocumentNumber.parse(f"{match['serial']} {symbol}")
    except InvalidDocumentNumber:
        return None
    return FoundNumber(number, match.start("serial"), match.end(), True, 0.9)


def _serial(raw: str) -> str | None:
    digits = raw.replace(" ", "")
    if not any(c.isdigit() for c in digits):
        return None
    head, tail = (digits[:-1], digits[-1]) if digits[-1].isalpha() and digits[-1] not in "OolI" else (digits, "")
    head = head.translate(_FIGURES)
    return head + tail if head.isdigit() else None


def _year(raw: str) -> int | None:
    digits = raw.replace(" ", "").translate(_FIGURES)
    return int(digits) if digits.isdigit() and 1945 <= int(digits) <= 2099 else None


@lru_cache(maxsize=4096)
def _symbol(raw: str) -> tuple[str, float] | None:
    """The symbol repaired, and how sure; None for a word that is no symbol ("Người")."""
    compact = re.sub(r"-{2,}", "-", re.sub(r"\s+", "", raw).replace("_", "-"))
    if re.fullmatch(r"(?:[0OQ]|UBTV[QO0])H(?:20)?[\dIl|]{1,2}", compact):
        compact = re.sub(r"[Il|]", "1", compact)
        return ("UBTVQH" if compact.startswith("U") else "QH") + compact.rpartition("H")[2], 0.98
    compact = re.sub(r"\.(?=[A-ZĐ]{2}|TTg|CP$)", "-", compact).strip(".")
    if _is_word(compact):
        return None
    kind, slash, body = compact.partition("/")
    if slash:
        repair = repair_symbol(body)
        return f"{kind}{slash}{repair.symbol}", repair.score
    repair = repair_symbol(compact)
    unlisted = issuer_code(DocumentNumber("1", repair.symbol)) is None
    if unlisted and (whole := squashed.resolve(compact)) and _keeps_dashes(compact, whole[0]):
        return (whole[0], 0.8) if not whole[1] else (repair.symbol, repair.score)
    if (undoubled := squashed.undoubled(repair.symbol)) != repair.symbol:
        return undoubled, 0.8
    mended = squashed.with_unit(repair.symbol)
    return mended, repair.score if mended == repair.symbol else repair.score * 0.9


def _is_word(symbol: str) -> bool:
    """Whether the small letters are those of a word: three in a row, or one with a tone mark."""
    small = [c for c in symbol if c.islower()]
    return re.search(r"[a-z]{3}", symbol) is not None or any(c not in _SMALL and not c.isascii() for c in small)


def _state(serial: str, raw: str, year: int | None) -> tuple[DocumentNumber | None, float]:
    found = _symbol(raw)
    if found is None:
        return None, 0.0
    return _number(serial, found[0], year), found[1]


def _party(serial: str, raw: str) -> tuple[DocumentNumber | None, float]:
    kind, _, body = re.sub(r"\s+", "", raw).partition("/")
    if skeleton(kind) not in _type_skeletons():
        return None, 0.0
    repair = repair_symbol(f"{kind}/{body.replace('TƯ', 'TW')}")
    return _number(serial, repair.symbol, None, party=True), repair.score


@lru_cache(maxsize=1)
def _type_skeletons() -> frozenset[str]:
    return frozenset(skeleton(code) for code in TYPE_CODES)


def _number(serial: str, symbol: str, year: int | None, *, party: bool = False) -> DocumentNumber | None:
    number = DocumentNumber(serial, symbol, year, party)
    try:
        return DocumentNumber.parse(str(number))
    except InvalidDocumentNumber:
        return None


def _is_plausible(number: DocumentNumber, *, labelled: bool) -> bool:
    """One bare part counts only with "số" ("số 05/Cty") or as a known code ("43/CP"); contracts and forms never."""
    first, dash, _ = number.symbol.replace("/", "-").partition("-")
    if first in CONTRACTS or not number.serial.strip("0"):
        return False
    if first in TYPE_CODES and not dash and not number.party:
        return False  # "745/GM": the issuer is cut off
    if dash or number.party or number.year or re.fullmatch(r"(?:UBTV)?QH\d+", first):
        return True
    return len(first) > 1 and (labelled or first in known_codes())
