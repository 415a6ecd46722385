"""When do two names mean one issuing body? Keys for comparing; the name as written is what is stored and shown.

"Chủ tịch UBND tỉnh X" signs for "Ủy ban nhân dân tỉnh X", "Sở Y tế" under a provincial letterhead is that province's.
Two keys fit if they are equal; if one only begins like the other ("so y te", "so y te an giang") it may be the same
body, which is not enough for a link.
"""

from __future__ import annotations

import re

from extractors.vi import authorities
from extractors.vi.text import fold, normalise
from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber

_SHORT = {"ubnd": "uy ban nhan dan", "hdnd": "hoi dong nhan dan", "tp": "thanh pho", "tx": "thi xa"}
_ALIASES = {
    "thu tuong": "thu tuong chinh phu",
    "tong thanh tra chinh phu": "thanh tra chinh phu",
    "tong kiem toan nha nuoc": "kiem toan nha nuoc",
    "uy ban thuong vu": "uy ban thuong vu quoc hoi",
}
_OFFICE = re.compile(
    r"(?:quyen |q )?(?:pho )?(?:chu tich|bo truong|thu truong|thong doc|chanh an|vien truong|giam doc|tong giam doc|"
    r"cuc truong|tong cuc truong|vu truong|chi cuc truong|chanh van phong|chanh thanh tra|truong ban|truong phong|"
    r"chu nhiem|bi thu|hieu truong|tong bien tap|tu lenh) "
)
_BODY = re.compile(
    r"(?:uy ban|bo|so|hoi dong|van phong|cuc|tong cuc|chi cuc|vu|ban|thanh tra|ngan hang|vien|truong|toa an|kho bac|"
    r"bao hiem|cong an|phong|dai hoc|hoc vien|trung tam|tinh uy|thanh uy|huyen uy|dang uy|tong cong ty|tap doan|"
    r"quoc hoi|uy vien|chu nhiem) "
)
_GENERIC = re.compile(r"(?:uy ban|hoi dong) nhan dan (?:tinh|thanh pho)")
_PLACE = re.compile(r"\b((?:tinh|thanh pho) [a-z ]+)$")
_PROVINCIAL = re.compile(r"^(so .+?) (?:tinh|thanh pho) (.+)$")


LONGEST = 300  # characters that tell two bodies or laws apart; PostgreSQL's indexes take no key of 2,700 bytes


def body_key(name: str | None, parent: str | None = None, host: str | None = None) -> str | None:
    """The comparing key of an issuing body; None if there is no name.

    Args:
        name: As stored: "Sở Y tế tỉnh Kiên Giang".
        parent: The body above, which gives the place that a short name leaves out.
        host: Place of the letter that names the body, completing a bare "UBND tỉnh".
    """
    if not name or not (key := _expand(name[:LONGEST])):
        return None
    listed = authorities.by_name(name)
    if listed and not listed.is_local:
        return _expand(listed.name)  # "Bộ KH&ĐT", "Thủ tướng" and their full names are one
    if match := _PROVINCIAL.match(key):
        key = f"{match[1]} {match[2]}"
    if host and _GENERIC.fullmatch(key):
        kind = key.rsplit("nhan dan ", 1)[1]
        return f"{key}{host.removeprefix(kind)}" if host.startswith(kind) else key
    above = place(parent) if parent else None
    if above:
        where = re.sub(r"^(?:tinh|thanh pho) ", "", above)
        if not key.endswith(where):
            key = f"{key} {where if key.startswith('so ') else above}"
    return key


def place(name: str | None, parent: str | None = None) -> str | None:
    """The province or city in the name of a body or of the one above it: "tinh kien giang"; None if there is none."""
    for text in (name, parent):
        if text and (match := _PLACE.search(_expand(text))):
            return match[1]
    return None


def fits(one: str, other: str) -> bool:
    """The two keys are one body."""
    return one == other


def may_fit(one: str, other: str) -> bool:
    """One key is a shorter form of the other; both could be one body."""
    return one == other or one.startswith(f"{other} ") or other.startswith(f"{one} ")


def is_local(number: str) -> bool:
    """The symbol of `number` does not say whose it is: UBND and Sở numbers exist in every province."""
    try:
        return bool(number) and authorities.authority_of(DocumentNumber.parse(normalise(number))) is None
    except InvalidDocumentNumber:
        return True


def _expand(name: str) -> str:
    words = re.sub(r"[^\w]+", " ", fold(normalise(name)).replace("&", " va ")).split()
    key = " ".join(_SHORT.get(word, word) for word in words)
    while (match := _OFFICE.match(key)) and _BODY.match(key[match.end() :] + " "):
        key = key[match.end() :]
    return _ALIASES.get(key, key)
