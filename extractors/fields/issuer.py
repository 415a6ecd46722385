"""Cơ quan ban hành: the letterhead with its parent; where it is missing, the symbol with the signature and the body."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractors.body_names import Names, names_of
from extractors.issuer_in_body import named_by_symbol
from extractors.layout import Layout, Span, layout
from extractors.own_symbols import known_symbols
from extractors.registry import extractor
from extractors.vi import authorities, provinces
from extractors.vi.dates import head_date
from extractors.vi.numbers import read_number_line
from extractors.vi.text import fold
from models.document import Candidate, Document
from models.geometry import enclosing
from models.identifiers import DocumentNumber
from models.letter import IssuingBody

EXAMPLES = {
    "ỦY BAN NHÂN DÂN\nTỈNH KIÊN GIANG\nSố: 325/BC-UBND": ["Ủy ban nhân dân tỉnh Kiên Giang"],
    "UBND TỈNH AN GIANG\nSỞ Y TẾ\nSố: 15/SYT-NVY": ["Sở Y tế tỉnh An Giang"],
    "BỘ TƯ PHÁP\nVĂN PHÒNG\nSố: 935/VP-TCKT": ["Văn phòng Bộ Tư pháp"],
    "BỘ GIÁO DỤC VÀ ĐÀO TẠO\nTRƯỜNG ĐẠI HỌC SÔNG LAM\nSố: 15/QĐ-ĐHSL": ["Trường Đại học Sông Lam"],
    "UBND TỈNH GIA LAI\nSỞ TÀI NGUYÊN VÀ MÔI\nTRƯỜNG\nSố: 9/STNMT-ĐĐ": ["Sở Tài nguyên và Môi trường tỉnh Gia Lai"],
    "CỤC THUẾ\nTHUẾ TỈNH AN GIANG\nSố: 9/AGI-NVDTPC": ["Thuế tỉnh An Giang"],
    "UBND HUYỆN SÔNG LAM\nTRƯỜNG THCS BẾN ĐÒ\nSố: 9/KH-THCSBĐ": ["Trường THCS Bến Đò"],
    "BỘ Y TẾ - BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI\nSố: 9/2007/TTLT-BYT-BLĐTBXH": [
        "Bộ Y tế - Bộ Lao động - Thương binh và Xã hội",
        "Bộ Y tế",
    ],
    "Số: 655/BKHĐT-TH\nHà Nội, ngày 16 tháng 8 năm 2023": ["Bộ Kế hoạch và Đầu tư"],
    "Đây không phải là một văn bản": [],
}
_STARTS = re.compile(
    r"^(?:"
    r"uy ban|ubnd|hdnd|hoi dong|so|bo|cuc|tong cuc|vu|vien|hoc vien|truong|dai hoc|ban|chi cuc|"
    r"trung tam|van phong|phong|cong ty|tong cong ty|tap doan|ngan hang|benh vien|dang uy|dang bo|"
    r"chi bo|tinh uy|thanh uy|huyen uy|quan uy|thi uy|cong an|quan khu|bo chi huy|toa an|kho bac|"
    r"chinh phu|thu tuong|quoc hoi|chu tich|thanh tra|bao hiem|lien doan|hoi|doan|mat tran|kiem toan|"
    r"nha xuat ban|tap chi|bao|dai|hat kiem lam|xi nghiep|doi|tram|lien hiep|hiep hoi|quy|to|cum|"
    r"tieu ban|thue|bch|bcd|bql|ubmttq|ub mttq|mttq|tong lien doan|cong doan|tong hoi|thuong truc|lien so|lien nganh|"
    r"vuon quoc gia|khu bao ton|bao tang|thu vien|nha may|nha hat|cang vu|hop tac xa|lam truong|bo tu lenh|su doan|"
    r"tinh doan|thanh doan|huyen doan|trung uong|khoa|chi nhanh|lien minh|toa soan|quoc hoi khoa|hoc vien"
    r")\b"
)
# A kind of body that no line of a letterhead is by itself: "CHI CỤC / THUẾ KHU VỰC …", "TRƯỜNG / ĐẠI HỌC …".
_BARE_KIND = re.compile(
    r"^(?:so|bo|cuc|tong cuc|chi cuc|vu|vien|hoc vien|truong|ban|hoi|quy|doan|cong ty|tong cong ty|tap doan|trung tam|"
    r"benh vien|ban quan ly|ban chi dao|ban chap hanh|hoi dong|phong|chi nhanh|to|nha may|lien doan|hiep hoi|cong an)$"
)
_ONLY_NAMED = 0.6  # of a body that the symbol abbreviates and the text names
_BORNE_OUT = 0.95  # of a body that the symbol stands for and the text names
# A line that ends so goes on below, whatever the next line begins with.
_OPEN_END = re.compile(r"(?:\b(?:va|cua|thuoc|quan ly|phuc vu|tai|du an|tinh|thanh pho|huyen|quan|xa|phuong)|,|-)$")
_UNIT_OF_PARENT = re.compile(r"^(?:van phong|thanh tra|phong|vu|to|ban quan ly|hoi dong)\b[\w ]{0,22}$")
_LOCAL_PARENT = re.compile(
    r"^(?:uy ban nhan dan|ubnd|hoi dong nhan dan|hdnd)\s+"
    r"(?P<level>tinh|thanh pho|tp\.?|huyen|quan|thi xa|xa|phuong|thi tran|dac khu)\s+"
)
_BLANK_FORM = re.compile(r"^\W*(?:ten )?(?:co quan|cq|don vi|to chuc)\b[\s,]*(?:to chuc|ban hanh|don vi|\W|$)")
_PARTY_COMMITTEE = re.compile(r"^(?:(?:tinh|thanh|huyen|quan|thi) uy|dang uy|ban chap hanh trung uong)\b")
# Schools and companies have names of their own, which the parent's place is no part of.
_NAMED = re.compile(r"^(?:truong|cong ty|tong cong ty|nha may|hop tac xa)\b")
_PLACED = re.compile(r"\b(?:tinh|thanh pho|huyen|quan|thi xa|xa|phuong|thi tran)\b")


@extractor("issuer", version=2)
def find(document: Document) -> Iterator[Candidate]:
    """The body of the letterhead; the body that the symbol stands for."""
    parts = layout(document)
    names = names_of(document, parts)
    body = _from_letterhead(parts.letterhead, names) if parts.letterhead else None
    if body and (parts.number or parts.place_date or _STARTS.match(fold(body.name))):
        where = tuple(span.evidence for span in parts.letterhead)
        raw = " / ".join(span.text for span in parts.letterhead)
        score = min(span.confidence for span in parts.letterhead) * (1.0 if body.authority else 0.85)
        yield Candidate(
            "issuer",
            body,
            raw,
            where,
            round(score, 3),
            parts.letterhead[0].origin,
            enclosing(s.bbox for s in parts.letterhead),
        )
    yield from _from_symbol(document, parts)


def _from_letterhead(spans: Sequence[Span], names: Names) -> IssuingBody | None:
    bodies: list[str] = []
    for span in spans:
        text = names.whole(re.sub(r"^[^A-ZĐÀ-Ỹ]+|[^\wÀ-ỹ)]+$", "", span.text))
        if not text:
            continue
        if bodies and _goes_on(bodies[-1], text):
            bodies[-1] = f"{bodies[-1]} {text}"
        else:
            bodies.append(text)
    if not bodies or _BLANK_FORM.match(fold(bodies[-1])):
        return None
    if joint := _joint(spans):
        return IssuingBody(" - ".join(names.mend(body) for body in joint))
    own = names.mend(bodies[-1])
    parent = names.mend(bodies[-2]) if len(bodies) > 1 else None
    return _body(own, parent)


def _goes_on(above: str, text: str) -> bool:
    """Whether a line is the rest of the body above it, also one that could begin a body.

    "ỦY BAN THƯỜNG VỤ / QUỐC HỘI", "CHI CỤC / THUẾ KHU VỰC …", "SỞ TÀI NGUYÊN VÀ MÔI / TRƯỜNG".
    """
    if not _STARTS.match(fold(text)) or _OPEN_END.search(fold(above)):
        return True
    return len(text.split()) == 1 or _is_listed(f"{above} {text}") or _BARE_KIND.match(fold(above)) is not None


def _is_listed(name: str) -> bool:
    """Whether a body of the centre has exactly this name."""
    listed = authorities.by_name(name)
    return listed is not None and not listed.is_local and _same_name(listed.name, name)


def _joint(spans: Sequence[Span]) -> list[str]:
    """The bodies of a joint letterhead, beside each other or as "BỘ NỘI VỤ - BỘ Y TẾ"; [] where one body signs."""
    if len(spans) == 2 and all(_STARTS.match(fold(span.text)) for span in spans) and _side_by_side(*spans):
        return [span.text for span in spans]
    bodies = re.split(r"\s+-\s+(?=[A-ZĐ])|\s*;\s*", " ".join(span.text for span in spans))
    joint: list[str] = []
    for body in bodies:
        if joint and not _STARTS.match(fold(body)):
            joint[-1] = f"{joint[-1]} - {body}"  # "BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI" is one
        else:
            joint.append(body)
    return joint if len(joint) > 1 and all(_STARTS.match(fold(body)) for body in joint) else []


def _side_by_side(one: Span, other: Span) -> bool:
    if one.bbox is None or other.bbox is None:
        return False
    return abs(one.bbox.y_mid - other.bbox.y_mid) < 0.5 * one.bbox.height


def _body(own: str, parent: str | None) -> IssuingBody:
    name = own
    if parent and not _PLACED.search(fold(own)) and not _NAMED.match(fold(own)):
        local = _LOCAL_PARENT.match(fold(authorities.full_name(parent)))
        if local:
            place = authorities.full_name(parent)[local.start("level") :]
            name = f"{own} {place[0].lower()}{place[1:]}"
        elif _UNIT_OF_PARENT.match(fold(own)) and fold(own).split()[0] in ("van", "thanh"):
            name = f"{own} {parent}"
    if parent and _PARTY_COMMITTEE.match(fold(parent)) and not _PARTY_COMMITTEE.match(fold(own)):
        name = _of_committee(own, parent)
    listed = authorities.by_name(name)
    if listed and _same_name(listed.name, name):
        # A place that the list does not know is taken over as it was given: keep our spelling of it.
        return IssuingBody(name if listed.is_local else listed.name, listed.code, parent, listed.code)
    return IssuingBody(authorities.full_name(name) if name == own else name, None, parent, None)


def _of_committee(own: str, parent: str) -> str:
    """An office or commission of a Party committee: "Ban Tổ chức Tỉnh ủy An Giang", "Ban Tổ chức Trung ương"."""
    if not fold(parent).startswith("ban chap hanh"):
        return f"{own} {parent}"
    centre = "Trung ương Đảng" if fold(own) == "van phong" else "Trung ương"
    return f"{own} {centre}" if "trung uong" not in fold(own) else own


def _same_name(listed: str, read: str) -> bool:
    """Whether a listed name is what was read, the place included: similar is not enough for another province."""
    return authorities.name_key(listed) == authorities.name_key(authorities.full_name(read))


def _from_symbol(document: Document, parts: Layout) -> Iterator[Candidate]:
    on = next((date_of for span in parts.place_date if (date_of := head_date(span.text))), None)
    place = on.place if on else None
    province = provinces.find(place) if place else None
    symbols = known_symbols(document, parts)
    for span in parts.number:
        line = read_number_line(span.text)
        if line is None:
            continue
        number = DocumentNumber("1", symbols.repair(line.symbol)[0], line.year, line.party)
        found = authorities.authority_of(number, province=province.name if province else None)
        if found is None and not number.party:
            first = number.symbol.split("-")[0]
            unit = next((a for a in authorities.all_authorities() if a.code == first), None)
            found = unit if unit and _named_in(parts, unit.name) else None
        if found is not None:
            body = IssuingBody(found.name, found.code, None, found.code)
            score = _BORNE_OUT if _named_in(parts, found.name) else 0.7
            yield Candidate("issuer", body, line.symbol, (span.evidence,), score, "symbol", span.bbox)
        elif not parts.letterhead and (named := named_by_symbol(parts, number.symbol)):
            where = (span.evidence, *named.evidence)
            yield Candidate("issuer", IssuingBody(named.name), named.name, where, _ONLY_NAMED, "symbol", span.bbox)


def _named_in(parts: Layout, name: str) -> bool:
    """Whether the body speaks of that unit: a code alone may be a department of somebody else."""
    key = fold(name)
    return any(key in fold(span.text) for span in parts.body)
