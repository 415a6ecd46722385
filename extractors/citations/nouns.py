"""The noun before a document number: "Quyết định số", "các Nghị định của Chính phủ: số", "Luật Đầu tư công số"."""

from __future__ import annotations

import re
from dataclasses import dataclass

# Noun without marks to the code of `evaluation`'s and the decree's lists; None for the generic words.
CODES: dict[str, str | None] = {
    "nghi quyet lien tich": "NQLT", "nghi quyet": "NQ", "nghi dinh": "NĐ", "quyet dinh": "QĐ",
    "thong tu lien tich": "TTLT", "thong tu": "TT", "thong tri": "TT", "chi thi": "CT",
    "thong bao ket luan": "TB", "thong bao": "TB", "ket luan": "KL", "bao cao": "BC", "ke hoach": "KH",
    "to trinh": "TTr", "giay moi": "GM", "thu moi": "TM", "huong dan": "HD", "chuong trinh hanh dong": "CTr",
    "chuong trinh": "CTr", "cong dien": "CĐ", "quy che phoi hop": "QC", "quy che": "QC", "quy dinh": "QyĐ",
    "de an": "ĐA",
    "du an": "DA", "phuong an": "PA", "bien ban hop": "BB", "bien ban": "BB", "cong van": "CV",
    "van ban hop nhat": "VBHN",
    "van ban": None, "bo luat": "BL", "luat": "L", "phap lenh": "PL", "sac lenh": "SL", "phieu chuyen": "PC",
    "phieu trinh": "PT", "giay phep": "GP", "thong cao": "TC", "thu": None, "cong thu": None, "lenh": None,
    "tai lieu": None,
    "ban an": None, "cv": "CV", "vb": None, "qd": "QĐ", "nq": "NQ", "nd": "NĐ", "tt": "TT", "ct": "CT", "kh": "KH",
    "tb": "TB",
}  # fmt: skip
# "thư", not the first word of the Prime Minister's title, of a deputy minister's or of a procedure.
_NO_LETTER = r"(?!\s(?:tuong|truong|tuc|do|khoa|vien|quy|ky)\b)"
_WORDS = "|".join(
    r"\s?".join(noun.split(" ")) + (_NO_LETTER if noun == "thu" else "")
    for noun in sorted(CODES, key=lambda n: (-len(n), n))
)
NOUN = rf"(?:{_WORDS})"
_NEAR = re.compile(
    rf"\b(?P<noun>{NOUN})\s*(?:\(\w{{1,4}}\)\s*|(?:khan|hoa toc|thuong khan"
    rf"|mat)\s*)?[,.:]?\s*(?:s\s?[o0]{{1,2}})?\s*[:.]?\s*$",
    re.IGNORECASE,
)
_ANY = re.compile(rf"\b{NOUN}\b", re.IGNORECASE)
_LABELLED = re.compile(r"\bs\s?[o0]\s*[:.]?\s*$", re.IGNORECASE)
FIGURE = re.compile(r"\d{1,4}(?![\d/.,-]{0,40}\d|[\w/%-])")  # bounded: a page of figures would take minutes
_REACH, _FAR_REACH = 40, 170


@dataclass(frozen=True, slots=True)
class Noun:
    """A noun with its offset; `of` is the span of the words between it and "số" ("của Chính phủ", a law's name)."""

    code: str | None
    start: int
    of: tuple[int, int] | None = None
    capital: bool = True


_COMPACT = {noun.replace(" ", ""): code for noun, code in CODES.items()}


def code_of(noun: str) -> str | None:
    """The code of a noun as the patterns match it."""
    return _COMPACT["".join(noun.lower().split())]


def before(plain: str, at: int, floor: int) -> Noun | None:
    """The noun that governs the number at offset `at`, looking back no further than `floor`."""
    begin = max(at - _REACH, floor)
    if match := _NEAR.search(plain, begin, at):
        start = match.start("noun")
        return Noun(code_of(match["noun"]), start, capital=plain[start].isupper())
    begin = max(at - _FAR_REACH, floor)
    if not _LABELLED.search(plain, max(at - 6, floor), at):
        return None
    capitals = [m for m in _ANY.finditer(plain, begin, at) if m[0][0].isupper()]
    if not capitals or re.search(r"[;.]\s|\d/", plain[capitals[-1].end() : at]):
        return None
    last = capitals[-1]
    return Noun(code_of(last[0]), last.start(), (last.end(), at))
