"""The body that a sentence names as the issuer of a cited document, as stated."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from extractors.flow import unmarked
from extractors.vi import nlp, provinces
from extractors.vi.authorities import LOCAL_KINDS, by_name, full_name
from extractors.vi.authority_list import alias_codes, all_authorities, issuers

_HOLDER = (
    r"(?:(?:dong chi|quyen|q\.)\s+)?(?:pho\s+)?(?:chu\s+tich(?!\s+nuoc)|bo\s+truong|thu truong|giam\s+doc"
    r"|tong giam\s+doc|hieu truong"
    r"|cuc truong|vu truong|vien truong|truong ban|chanh(?=\s+(?:van phong|thanh tra)\b)|tong cuc truong"
    r"|thong doc|bi thu|truong phong|chanh an|truong(?=\s+(?:ban|phong|cong an|chi cuc|doan|tieu ban)\b))\s+"
)
_HEADS = (
    r"(?:bo|so|cuc|tong cuc|vu|vien|truong|hoc vien|dai hoc|ban|uy ban|hoi dong|hoi nghi|van phong|trung tam|cong ty"
    r"|tong cong ty|tap doan|ngan hang|chi cuc|phong|cong an|dang uy|huyen uy|quan uy|thanh uy|tinh uy|thuong truc|hoi"
    r"|lien doan|lien hiep|quy|benh vien|kho bac|toa an|doan|thanh tra|chi nhanh|chi bo|ubnd|hdnd|tand|vksnd|bch|bcd"
    r"|ubmttq|bql"
    r"|doi"
    r"|lien doan|hiep hoi|bao hiem|co quan|to cong tac|to|ban thuong vu|ban chap hanh|ban can su|dang bo|trung uong)\b"
)
# Small letters only: "tai" ends a name, "Tai chinh" is part of one.
_STOP = re.compile(
    r"\s+(?:(?<!bao )v[e8]|ban hanh|phe duyet|phe chuan|quy dinh|huong dan|sua doi|cong bo|v/v|thanh lap|kien toan"
    r"|giao|bo sung"
    r"|dieu chinh|trien khai|thuc hien|ngay|ky|(?<!thien )(?<!cap cao )tai|gui|de nghi|bao cao|trinh|de|cho"
    r"|lien quan|doi voi"
    r"|cong nhan|bai bo"
    r"|thay the|giai trinh|hoi ve|xin y kien"
    r"|duoc|da|se|trong|tren|theo|nhu|nay|hop|tiep tuc|uy quyen|yeu cau|(?<!Ban )chi dao|chap thuan"
    r"|co (?:cong van|van ban|to trinh|bao cao)|la"
    r"|khoa\s+[IVX]{1,5}"
    r"|khi|thay|nham|bo tri|xin|ket luan|xac nhan|thong bao|va (?:cac|cong van|van ban|chi thi|y kien|thong)"
    r"|va (?:Nghi|Quyet|Cong van|Van ban|Thong|Chi thi|Luat|To trinh|Ke hoach))\b(?=\s|[,;:.]|$)"
    r"|[;:()\n“”\"\[\]]|(?<!TP)(?<!Tp)\.(?=\s+[A-Z]|\s*$)|,(?!\s[a-z]|\s(?:Chu nhiem|The thao|Chinh sach))"
    r"|,\s(?:do|trong|de|nham|ve|theo|cac|tai|va|kinh|tran trong|nay|cu the|yeu cau|giao|moi|can cu|thuc hien|xin|thong"
    r"|sau|neu|khi|gui|bao|cung)\b"
    r"|\s[-–]\s(?!(?:Xa hoi|Ngan sach|Tai chinh|Ke hoach|Thuong binh|Ky thuat|Kien truc|Quan tri|Nghiep vu|Gia dinh"
    r"|Khen thuong|Bien che|Phap che|Do thi|Cong nghe|Vung Tau|Hue)\b)"
)
_HEAD = re.compile(rf"(?:{_HOLDER})?{_HEADS}", re.IGNORECASE)
_HOLDER_OF_CODE = re.compile(rf"(?i:{_HOLDER})[A-Z]{{2,}}")  # "Bộ trưởng BTC": the symbol says it in full
_OF_HEAD = re.compile(rf"\bcua\s+(?P<name>(?:{_HOLDER})?{_HEADS})", re.IGNORECASE)
# What stands before a body that acts: "của", a comma, a new sentence.
_GOVERNS = re.compile(r"(?:\bcua|[,;.:(]|\n|\bva|\bdo|^)\s*$", re.IGNORECASE)
_BELOW = r"(?:huyen|quan|thi xa|thi tran|xa|phuong|dac khu|thanh pho)"
_LONGEST = 260
_NOISE = str.maketrans("`'’*_|~¬", "        ")  # specks between words


@dataclass(frozen=True, slots=True)
class Stated:
    """An issuer as a sentence names it; `end` is the offset after its words."""

    name: str
    end: int
    listed: bool


def stated(text: str, plain: str, at: int, *, on: date | None = None, province: str | None = None) -> Stated | None:
    """The body whose name begins at offset `at`; None if no body's name begins there."""
    window = text[at : at + _LONGEST]
    found = _stated(window, on, province)
    return Stated(found[0], at + found[1], found[2]) if found else None


@lru_cache(maxsize=8192)
def _stated(window: str, on: date | None, province: str | None) -> tuple[str, int, bool] | None:
    plain = unmarked(window.translate(_NOISE))
    if match := _listed().match(plain):
        end = match.end("body")
        name = by_name(window[match.start("body") : end], on, province)
        if name is not None:
            return name.name, end, True
    stop = _STOP.search(plain, 3)
    if stop and stop[0].strip() in ("-", "–") and "khu vuc" in plain[: stop.start()].lower():
        stop = _STOP.search(plain, stop.end())  # "Chi cục Thuế khu vực Hương Sơn - Vũ Ninh"
    end = stop.start() if stop else len(plain)
    if end == len(plain) == _LONGEST:
        end = plain.rfind(" ", 0, 170)
    words = re.sub(r"\s+", " ", window[:end].translate(_NOISE)).strip(" ,.-")
    if len(words.split()) < 2:
        return None
    named = by_name(words, on, province)
    if named is None and (not _HEAD.match(plain) or _HOLDER_OF_CODE.fullmatch(unmarked(words))):
        return None
    return (named.name if named else full_name(words)), end, named is not None


def before(text: str, plain: str, start: int, end: int, *, province: str | None = None) -> Stated | None:
    """The body named last in `text[start:end]`, its name reaching up to `end`; None if there is none."""
    last = None
    near = False
    for match in _any_head().finditer(plain, start, end):
        if not plain[match.start()].isupper() or text[match.start() : match.start() + 4] in ("Quy ", "Viên"):
            continue
        if not _GOVERNS.search(plain, max(match.start() - 8, 0), match.start()):
            continue  # "của trường trực thuộc Sở X năm 2025 tại …": X issued nothing here
        near = near or end - match.start() < 80
        found = stated(text[:end], plain, match.start(), province=province)
        if found and found.end >= end - 2:
            last = last if last and last.listed and last.end >= found.end else found
    return last or (near and _listed_last(text[start:end], end, province)) or _free(text, plain, start, end)


def _listed_last(words: str, end: int, province: str | None) -> Stated | None:
    """The last listed body of the words, where the patterns above stumbled over what stands around it."""
    names = [
        name
        for name in nlp.agencies(words)
        if len(words) - name.end <= 12 and _GOVERNS.search(unmarked(words[: name.start]))
    ]
    body = by_name(names[-1].text, province=province) if names else None
    return Stated(body.name, end, listed=True) if body else None


def _free(text: str, plain: str, start: int, end: int) -> Stated | None:
    """Words of an unlisted body's long name, known by where they end: "đề nghị của Hội đồng thẩm định … tại"."""
    heads = [m for m in _OF_HEAD.finditer(plain, start, end) if plain[m.start("name")].isupper()]
    if not heads or end - heads[-1].start("name") > 160:
        return None
    words = text[heads[-1].start("name") : end].strip(" ,")
    if re.search(r"[;:]|\.\s", words) or len(words.split()) < 3:
        return None
    return Stated(full_name(words), end, listed=False)


@cache
def _listed() -> re.Pattern[str]:
    """Every listed name and alias with its place, from the start of the text."""
    central: set[str] = set()
    local: set[str] = set()
    for row in all_authorities():
        if row.code in issuers() and row.kind not in ("unit", "generic_unit"):
            # Every body has a Party committee: "Đảng ủy" alone is as good as local.
            (local if row.kind in LOCAL_KINDS or row.name == "Đảng ủy" else central).add(row.name)
    central |= set(alias_codes("name"))
    local |= {"UBND", "HĐND", "Văn phòng UBND", "Văn phòng HĐND", "Thành ủy", "Tỉnh uỷ"}
    place = (
        rf"(?:\s+(?:tinh|thanh pho|tp\.?)\s*(?:{provinces.pattern()})|\s+(?:{provinces.pattern()})"
        rf"|\s+(?-i:{_BELOW}(?:\s[A-Z0-9][a-zA-Z0-9]*){{1,4}})(?:,?\s+(?:tinh|thanh pho"
        rf"|tp\.?)\s*(?:{provinces.pattern()}))?"
        r"|\s+(?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong))\b"
    )
    # "Cục Thuế tỉnh Cà Mau" is not the national department: its place is part of its name.
    # Nor is the "Ban Bí thư Trung ương Đoàn" the Party's.
    branch = (
        r"(?!\s+(?:(?:chi nhanh|khu vuc)\b|(?:tinh|tp\.?|thanh pho|huyen|quan|thi xa)\s+(?-i:[A-Z])"
        r"|(?:trung uong\s+|t\.?w\s+)?(?-i:Doan|Hoi|Lien)\b))"
    )
    # "Thanh tra Sở Y tế" and "Đảng ủy Khối các cơ quan" are not the province's: a further name is part of the name.
    alone = r"(?-i:(?!\s+(?!Ve\b|V/v|Ban\s+hanh|Quy\s+dinh|Phe\s+duyet)[A-Z][a-z]))"
    # The centre first: "Tòa án nhân dân tối cao" is no court of the letter's own province.
    body = rf"(?:(?:{_names(central)})\b{branch}|(?:{_names(local)})(?!\s+(?:toi cao|cap cao)\b)(?:{place}|{alone}))"
    return re.compile(rf"(?P<body>(?:{_HOLDER})?{body})(?![a-zA-Z])", re.IGNORECASE)


def _names(names: set[str]) -> str:
    ordered = sorted({unmarked(name) for name in names}, key=lambda name: (-len(name), name))
    return "|".join(
        r"\s*".join(re.escape(part) for part in name.split(" ")).replace(r",\s*", r",?\s*") for name in ordered
    )


@cache
def _any_head() -> re.Pattern[str]:
    return re.compile(
        rf"\b(?:{_HOLDER})?(?:{_HEADS.replace('|quy|', '|')}|chinh phu|thu tuong|quoc hoi)", re.IGNORECASE
    )
