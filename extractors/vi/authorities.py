"""The authority list: bodies of the State and the Party, their codes, names and aliases, through time."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache

from rapidfuzz import fuzz, process

from extractors.vi import provinces
from extractors.vi.authority_list import LOCAL_KINDS, Authority, alias_codes, all_authorities, issuers
from extractors.vi.symbols import TYPE_CODES, Repair, repair_symbol, skeleton
from extractors.vi.text import fold, modern_tones
from models.identifiers import DocumentNumber

__all__ = [
    "LOCAL_KINDS", "Authority", "Repair", "all_authorities", "authority_of", "by_code", "by_name", "full_name",
    "issuer_code", "issuer_of", "name_key", "repair_symbol", "skeleton",
]  # fmt: skip

# Holders of an office speak for the body that they head.
_HOLDERS = re.compile(
    r"^(?:(?:dong chi|ong|ba|q\.?|quyen)\s+)?(?:pho\s+)?"
    r"(?:chu tich(?! nuoc)|bo truong|thu truong|giam doc|tong giam doc|hieu truong|cuc truong|vu truong"
    r"|vien truong|truong ban|chanh(?=\s+(?:van phong|thanh tra)\b)|tong cuc truong|thong doc|tong bien tap|bi thu"
    r"|truong phong|chanh an|truong(?=\s+(?:ban|phong|cong an|chi cuc|doan|tieu ban)\b))\s+"
    r"(?=(?:uy ban|hoi dong|ubnd|hdnd|bo|so|cuc|vu|vien|tong cuc|truong|ban|van phong|ngan hang|thanh tra"
    r"|tinh uy|huyen uy|thanh uy|dang uy|cong an|toa an|phong|trung tam|cong ty|hoc vien|benh vien|chi cuc"
    r"|kho bac|dai hoc|lien doan|hoi)\b)"
)
_EXPANSIONS = (
    (re.compile(r"\b(?:UBND|ubnd|Ubnd)\b"), "Ủy ban nhân dân"),
    (re.compile(r"\b(?:HĐND|HDND|HĐNĐ|hđnd)\b"), "Hội đồng nhân dân"),
    (re.compile(r"\b(?:TP|Tp|T\.P)[. ]\s*(?=[A-ZĐÀ-Ỹ])"), "thành phố "),
    (re.compile(r"\bTP(?=HCM\b)"), "thành phố "),
    (re.compile(r"\bHCM\b"), "Hồ Chí Minh"),
    (re.compile(r"\bTAND\b(?!TC)"), "Tòa án nhân dân"),
    (re.compile(r"\bVKSND\b(?!TC)"), "Viện kiểm sát nhân dân"),
    (re.compile(r"\b(?:MTTQ)\b"), "Mặt trận Tổ quốc"),
)  # fmt: skip
_LEVELS = "tỉnh|thành phố|huyện|quận|thị xã|thị trấn|xã|phường|đặc khu"
_OFFICE = re.compile(r"\b(?:so |phong (?!\w+$)|truong (?:tieu|trung|mam|thpt|thcs|dai)|trung tam|tram|doi |ban )")
_BELOW = re.compile(rf"\b(?:{_LEVELS})\b", re.IGNORECASE)


def by_code(code: str, on: date | None = None, province: str | None = None) -> Authority | None:
    """The body that signs with `code`, of that day and place; None if no body or several bodies do.

    A date outside every known span does not lose the body: what a letter prints outranks the list's dates.
    """
    rows = issuers().get(code) or issuers().get(alias_codes("code").get(code, ""), ())
    if not rows:
        rows = _by_folded_code().get(fold(code), ())
    if not rows:
        return None
    fitting = [row for row in rows if on is None or row.is_valid(on)] or list(rows)
    names = {row.name for row in fitting}
    if len(names) > 1:
        return None
    row = fitting[-1]
    return row.at(_full_place(province, on)) if row.is_local and province else row


def by_name(text: str, on: date | None = None, province: str | None = None) -> Authority | None:
    """The body that `text` names, an office-holder folded to the body; None if it is not a listed kind of body.

    Args:
        text: "Bộ KH&ĐT", "Chủ tịch UBND tỉnh Kiên Giang", "Sở Y tế", "UBND tỉnh" ...
        on: Day of the document, to tell bodies of one name apart.
        province: Place of the host letter, for "UBND tỉnh" and "Sở Y tế" without a place.
    """
    return _by_name(full_name(text), on, province)


@lru_cache(maxsize=4096)
def _by_name(text: str, on: date | None, province: str | None) -> Authority | None:
    key = name_key(text)
    rows = _by_key().get(key)
    if rows:
        row = next((r for r in rows if on is None or r.is_valid(on)), rows[0])
        return row.at(_full_place(province, on)) if row.is_local and province else row
    return _local_by_name(text, key, on, province) or _similar(key, on)


def _local_by_name(text: str, key: str, on: date | None, province: str | None) -> Authority | None:
    """A local body's name and a place: "Sở Y tế tỉnh Kiên Giang", "Ủy ban nhân dân huyện X"."""
    for local, row in _locals():
        if not key.startswith(local + " "):
            continue
        rest = text[_prefix_length(text, local) :].strip(" ,-")
        if place := _place(rest, on, province):
            return row.at(place)
    return None


def full_name(text: str) -> str:
    """The name of the body with abbreviations written out and the office-holder's title taken off."""
    text = text.strip(" .,;:-")
    if match := _HOLDERS.match(fold(text)):
        text = text[match.end() :]
    for pattern, full in _EXPANSIONS:
        text = pattern.sub(full, text)
    text = re.sub(r"\s+", " ", text)
    return text[:1].upper() + text[1:]


def name_key(text: str) -> str:
    """Comparison key of a name: folded, one tone placement, punctuation dropped."""
    return re.sub(r"[\s,.;:\-–&]+", " ", fold(modern_tones(text))).strip()


def issuer_of(number: DocumentNumber, *, on: date | None = None, province: str | None = None) -> str | None:
    """Full name of the body that the symbol gives away; None where it does not, or where the place is not known."""
    authority = authority_of(number, on=on, province=province)
    return authority.name if authority else None


def authority_of(number: DocumentNumber, *, on: date | None = None, province: str | None = None) -> Authority | None:
    """The body that the symbol gives away; a local body only if `province` says where."""
    code = issuer_code(number)
    found = by_code(code, on, province) if code else None
    return None if found is None or (found.is_local and not found.place) else found


@lru_cache(maxsize=4096)
def issuer_code(number: DocumentNumber) -> str | None:
    """The listed code of the issuer in a symbol: "BTTTT" of "BTTTT-THH", "TTg" of "QĐ-TTg"; None if none is listed."""
    symbol = re.sub(r"\s+", "", number.symbol)
    if number.party or "/" in symbol:
        tail = symbol.rpartition("/")[2]
        return next((code for code in (tail, tail.partition("-")[0]) if by_code(code)), None)
    if match := re.fullmatch(r"(UBTVQH|QH)\d{1,2}", symbol):
        return match[1]
    parts = symbol.split("-")
    if parts[0] in TYPE_CODES and len(parts) > 1:
        # The longest run of parts that is a code: QĐ-BCĐ-X before QĐ-BCĐ.
        parts = parts[1:]
    for length in (2, 1):
        code = "-".join(parts[:length])
        if len(parts) >= length and code not in ("VP", "CT", "TT", "TB") and by_code(code):
            return code
    return None


def _similar(key: str, on: date | None) -> Authority | None:
    if len(key) < 8:
        return None
    found = process.extractOne(key, _by_key().keys(), scorer=fuzz.ratio, score_cutoff=93)
    if found is None:
        return None
    rows = _by_key()[found[0]]
    return next((r for r in rows if on is None or r.is_valid(on)), rows[0])


def _place(rest: str, on: date | None, province: str | None) -> str | None:
    """The place "tỉnh Kiên Giang", from its name with or without "tỉnh", or from "tỉnh" and the host's province."""
    if province and fold(rest) in ("tinh", "thanh pho"):
        full = _full_place(province, on)
        return full if fold(full).startswith(fold(rest)) else None  # in a tỉnh "thành phố" is one below it
    if found := provinces.find(rest, on):
        return found.full_name
    match = _BELOW.match(rest)
    if match is None or fold(match[0]) == "tinh" or len(rest) <= match.end() + 1:
        return None
    if len(rest.split()) > 6 or _OFFICE.search(fold(rest)):
        return None
    if rest.isupper():  # as letterheads print it
        return f"{match[0].lower()} {rest[match.end() :].strip().title()}"
    return rest[0].lower() + rest[1:]


def _full_place(province: str | None, on: date | None) -> str:
    found = provinces.find(province, on) if province else None
    return found.full_name if found else (province or "")


def _prefix_length(text: str, folded_prefix: str) -> int:
    """How much of `text` the words of `folded_prefix` take up, punctuation between them included."""
    end = 0
    for word in folded_prefix.split(" "):
        end = fold(text).index(word, end) + len(word)
    return end


@cache
def _by_key() -> dict[str, list[Authority]]:
    result: dict[str, list[Authority]] = {}
    for rows in issuers().values():
        for row in rows:
            result.setdefault(name_key(row.name), []).append(row)
    for alias, code in alias_codes("name").items():
        for row in issuers().get(code, ()):
            result.setdefault(name_key(full_name(alias)), []).append(row)
            result.setdefault(name_key(alias), []).append(row)
    return result


@cache
def _locals() -> tuple[tuple[str, Authority], ...]:
    """Local bodies by name, the longest first."""
    rows = [(name_key(row.name), row) for rows in issuers().values() for row in rows if row.is_local]
    return tuple(sorted(rows, key=lambda pair: -len(pair[0])))


@cache
def _by_folded_code() -> dict[str, tuple[Authority, ...]]:
    result: dict[str, tuple[Authority, ...]] = {}
    for code, rows in issuers().items():
        result[fold(code)] = (*result.get(fold(code), ()), *rows)
    return result
