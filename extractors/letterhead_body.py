"""The body that a letterhead names, with its parent and place: lines that belong together, joint bodies."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence

from extractors.body_names import Names
from extractors.spans import Span
from extractors.vi import authorities
from extractors.vi.text import fold
from models.letter import IssuingBody

BODY_STARTS = re.compile(
    r"^(?:"
    r"uy ban|ubnd|hdnd|hoi dong|so|bo|cuc|tong cuc|vu|vien|hoc vien|truong|dai hoc|ban|chi cuc|"
    r"trung tam|van phong|phong|cong ty|tong cong ty|tap doan|ngan hang|benh vien|dang uy|dang bo|"
    r"chi bo|tinh uy|thanh uy|huyen uy|quan uy|thi uy|cong an|quan khu|bo chi huy|toa an|kho bac|"
    r"chinh phu|thu tuong|quoc hoi|chu tich|thanh tra|bao hiem|lien doan|hoi|doan|mat tran|kiem toan|"
    r"nha xuat ban|tap chi|bao|dai|hat kiem lam|xi nghiep|doi|tram|lien hiep|hiep hoi|quy|to|cum|"
    r"tieu ban|thue|thong ke (?:tinh|thanh pho|tp|co so)|"
    r"bch|bcd|bql|ubmttq|ub mttq|mttq|tong lien doan|cong doan|tong hoi|thuong truc|lien so|lien nganh|"
    r"vuon quoc gia|khu bao ton|bao tang|thu vien|nha may|nha hat|cang vu|hop tac xa|lam truong|bo tu lenh|su doan|"
    r"tinh doan|thanh doan|huyen doan|trung uong|khoa|chi nhanh|lien minh|toa soan|quoc hoi khoa|hoc vien|"
    r"dai su quan|tong lanh su quan|cang|san bay|lu doan|trung doan|binh doan|quan doan|quan chung|hai doan|don|"
    r"bo doi bien phong|trai giam|trai tam giam|nong truong|khu quan ly|phan vien|phan hieu|so giao dich|nha khach|"
    r"nha thieu nhi|lien chi hoi"
    r")\b"
)
# A kind of body that no line of a letterhead is by itself: "CHI CỤC / THUẾ KHU VỰC …", "TRƯỜNG / ĐẠI HỌC …".
_BARE_KIND = re.compile(
    r"^(?:so|bo|cuc|tong cuc|chi cuc|vu|vien|hoc vien|truong|ban|hoi|quy|doan|cong ty|tong cong ty|tap doan|trung tam|"
    r"benh vien|ban quan ly|ban chi dao|ban chap hanh|hoi dong|phong|chi nhanh|to|nha may|lien doan|hiep hoi|cong an|"
    r"chu tich|bo chi huy|bo tu lenh|ban chi huy|"
    r"(?:tong )?cong ty (?:co phan|cp|tnhh|trach nhiem huu han)(?: mtv| mot thanh vien)?)$"
)
# A line that ends so goes on below, whatever the next line begins with.
_OPEN_END = re.compile(r"(?:\b(?:va|cua|thuoc|quan ly|phuc vu|tai|du an|tinh|thanh pho|huyen|quan|xa|phuong)|,|-)$")
_ENDS_WITH_LEVEL = re.compile(r"\b(?:tinh|thanh pho|huyen|quan|xa|phuong)$")
_UNIT_STARTS = re.compile(
    r"(?:trung tam|van phong|ban quan ly|chi cuc|benh vien|thanh tra|cong ty|chi nhanh|hat kiem lam|"
    r"truong (?:thpt|thcs|tieu hoc|dai hoc|cao dang|trung|mam non|chinh tri))\b"
)
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


def body_of_letterhead(spans: Sequence[Span], names: Names) -> IssuingBody | None:
    """The lowest body of the lines, with its parent; None where they are a blank form or none."""
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
    # A chairman issues documents of his own beside his committee's.
    parent = names.mend(bodies[-2]) if len(bodies) > 1 else None
    if holder := re.match(r"CH[ỦU] T[ỊI]CH (?!N[ƯU])", bodies[-1]):
        body = _body(names.mend(bodies[-1][holder.end() :]), parent)
        return dataclasses.replace(body, name=f"Chủ tịch {body.name}")
    return _body(names.mend(bodies[-1]), parent)


def _goes_on(above: str, text: str) -> bool:
    """Whether a line is the rest of the body above it, also one that could begin a body.

    "ỦY BAN THƯỜNG VỤ / QUỐC HỘI", "CHI CỤC / THUẾ KHU VỰC …", "SỞ TÀI NGUYÊN VÀ MÔI / TRƯỜNG".
    """
    if not BODY_STARTS.match(fold(text)) or (_OPEN_END.search(fold(above)) and not _is_unit(above, text)):
        return True
    return len(text.split()) == 1 or _is_listed(f"{above} {text}") or _BARE_KIND.match(fold(above)) is not None


def _is_unit(above: str, text: str) -> bool:
    """Whether a line names a unit of the body above, which ends with its level: "VĂN PHÒNG UBND TỈNH / TRUNG TÂM …"."""
    return _ENDS_WITH_LEVEL.search(fold(above)) is not None and _UNIT_STARTS.match(fold(text)) is not None


def _is_listed(name: str) -> bool:
    """Whether a body of the centre has exactly this name."""
    listed = authorities.by_name(name)
    return listed is not None and not listed.is_local and _same_name(listed.name, name)


def _joint(spans: Sequence[Span]) -> list[str]:
    """The bodies of a joint letterhead, beside each other or as "BỘ NỘI VỤ - BỘ Y TẾ"; [] where one body signs."""
    if len(spans) == 2 and all(BODY_STARTS.match(fold(span.text)) for span in spans) and _side_by_side(*spans):
        return [span.text for span in spans]
    bodies = re.split(r"\s+-\s+(?=[A-ZĐ])|\s*;\s*", " ".join(span.text for span in spans))
    joint: list[str] = []
    for body in bodies:
        if joint and not BODY_STARTS.match(fold(body)):
            joint[-1] = f"{joint[-1]} - {body}"  # "BỘ LAO ĐỘNG - THƯƠNG BINH VÀ XÃ HỘI" is one
        else:
            joint.append(body)
    if len(joint) < 2 or not all(BODY_STARTS.match(fold(body)) for body in joint) or _is_below(joint[1], joint[0]):
        return []
    return joint


def _is_below(own: str, parent: str) -> bool:
    """Whether the second body is one of the first's: the dash between them is a speck."""
    unit = re.match(r"(?:so|ban|phong|chi cuc|trung tam|truong|benh vien|van phong|thanh tra)\b", fold(own))
    return unit is not None and _LOCAL_PARENT.match(fold(authorities.full_name(parent))) is not None


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
            if fold(own) == "van phong":  # an office of the committee, not of the place
                name = f"{own} {authorities.full_name(parent)}"
            else:
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
