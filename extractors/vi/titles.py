"""Offices as signature blocks print them, for lines of which a reader kept only the letters."""

from __future__ import annotations

import re

from rapidfuzz import fuzz, process

from extractors.vi.text import fold

# Heads and their deputies, by kind of body; general knowledge of Vietnamese administration and Decree 30/2020.
_HEADS = """
    BỘ TRƯỞNG|CHỦ TỊCH|GIÁM ĐỐC|TỔNG GIÁM ĐỐC|HIỆU TRƯỞNG|CỤC TRƯỞNG|TỔNG CỤC TRƯỞNG|VỤ TRƯỞNG|VIỆN TRƯỞNG|TRƯỞNG PHÒNG|
    TRƯỞNG BAN|CHÁNH VĂN PHÒNG|CHÁNH THANH TRA|CHÁNH ÁN|CHỦ NHIỆM|BÍ THƯ|TỔNG BIÊN TẬP|CHI CỤC TRƯỞNG|TRƯỞNG ĐOÀN|
    TRƯỞNG KHOA|KIỂM TOÁN TRƯỞNG|THỐNG ĐỐC|TỔNG THANH TRA|TỔNG KIỂM TOÁN NHÀ NƯỚC|ĐỘI TRƯỞNG|TỔ TRƯỞNG|TƯ LỆNH|
    CHỈ HUY TRƯỞNG|ĐỒN TRƯỞNG|CHÍNH ỦY|TỔNG THƯ KÝ|ĐẠI SỨ|TRƯỞNG BỘ MÔN|TRẠM TRƯỞNG|HẠT TRƯỞNG
""".replace("\n", "").split("|")
_OTHERS = ("THỨ TRƯỞNG", "THỦ TƯỚNG", "PHÓ THỦ TƯỚNG", "PHÓ BÍ THƯ", "ỦY VIÊN", "KẾ TOÁN TRƯỞNG", "THỦ TRƯỞNG ĐƠN VỊ",
           "THẨM PHÁN", "CHẤP HÀNH VIÊN", "KIỂM SÁT VIÊN", "TỔNG LÃNH SỰ", "CHÍNH TRỊ VIÊN")  # fmt: skip
_TITLES = tuple(
    title for head in (h.strip() for h in _HEADS) for title in (head, f"PHÓ {head}")
) + _OTHERS  # fmt: skip
# Letters that the second reader has no sign for and leaves out ("PHÓ CH TCH").
_UNSEEN = re.compile("[ẢẠẰẲẴẮẶẦẨẪẤẬẺẼẸỀỂỄẾỆỈỊỎỌỔỖỐỘỜỞỠỚỢỦỤỪỬỮỨỰỲỶỸỴ]")
_KEYS = {re.sub(r"[^a-z]", "", fold(_UNSEEN.sub("", title))): title for title in _TITLES}
_KEYS |= {re.sub(r"[^a-z]", "", fold(title)): title for title in _TITLES}
_CAPACITY = re.compile(r"^\W*(?:(TM|KT|TL|TUQ|Q)\s?[.,:]|(T/M|K/T|T/L)(?=\s))\s*", re.IGNORECASE)
_NEAR = 88.0  # a letter lost in ten; below that two offices are mistaken for each other


def restore_title(seen: str) -> str | None:
    """The office that the letters of `seen` spell, with marks and spaces ("KT.GIAM DOC"); None if none is near."""
    capacity = _CAPACITY.match(seen)
    letters = re.sub(r"[^a-z]", "", fold(seen[capacity.end() :] if capacity else seen))
    title = _KEYS.get(letters)
    if title is None and len(letters) >= 6:
        match = process.extractOne(letters, _KEYS.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR)
        title = _KEYS[match[0]] if match else None
    if title is None:
        return None
    if capacity is None:
        return title
    return f"{capacity[1].upper()}. {title}" if capacity[1] else f"{capacity[2].upper()} {title}"


def ends_title(text: str) -> bool:
    """Whether capitals are the end of an office of which a seal hides the beginning ("ĂN PHÒNG", "Ủ TỊCH")."""
    letters = re.sub(r"[^a-z]", "", fold(text))
    return text.isupper() and len(letters) >= 4 and any(key.endswith(letters) for key in _KEYS)
