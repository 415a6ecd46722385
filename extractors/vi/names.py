"""Persons and offices as signature blocks print them: names, degrees, titles, capacities."""

from __future__ import annotations

import re

from extractors.vi.syllables import is_syllable
from extractors.vi.text import fold, modern_tones

# Family names that cover nearly all bearers, with those of the larger ethnic minorities.
SURNAMES = frozenset(
    """
    Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Trịnh Đinh Lâm Phùng Mai
    Tô Trương Hà Tạ Thái Quách Chu Châu Tăng Cao Vương Tống Triệu Lương Lưu Kiều Quan La Lục Nông Hứa Vi Ma Bế
    Giàng Lò Cà Lường Quàng Cầm Bạc Sầm Đèo Thào Vàng Sùng Mùa Hạng Lầu Cứ Hờ Ly Rơ Ksor Siu Rah Y Hơ Thạch
    Sơn Danh Kim Chau Đàm Đồng Giang Khổng Khúc Kha Khương Lã Lại Mạc Nghiêm Ninh Ông Phí Phó Phù Quản Sử Tất
    Thân Thiều Tiêu Tôn Tôn-Thất Từ Ứng Uông Văn Viên Vòng Vưu Âu Ấu An Bá Bành Biện Cái Cấn Cù Cung Cự Diệp
    Doãn Dư Đái Đậu Điền Đới Hàn Hán Hàng Hầu Hình Hoa Hùng Khuất Lạc Lều Lô Lỗ Lồ Long Lộ Lỡ Luyện Mã Mẫn
    Mông Ngạc Nghị Ngân Nhan Nhâm Nhữ Ô Phi Phương Quang Sa Sái Tán Tào Tân Thẩm Thi Thôi Thượng Tiết Tiền
    Tòng Trà Trang Tri Trưng Tưởng Tường Ty Viêm Vạn Xa Yên Nhiêu Bàng Bàn Phàn Tẩn Chảo Lù Ngải Lâu Hạ Lừ Mùi
    Xồng Vừ Cử Cụt Moong Lữ Cam Trình Chử Ngụy Đồ Tằng Ung Trầm Tiếp Bạch Giáp Liêu Lăng Lư Mạch Ngọ Chung Tề Điểu
    Cáp Chế Đàng Kỷ Khuông Lìu Voòng Chíu Pờ Lỳ Sừng Chang Già Tráng Sình Phàng Điêu Mè Lãnh Liêng Cil Blong Alăng Bríu
    Bling Arất Katơr Cháng Thền Xìn Củ Hảng Khoàng Thích Vy Vì Lang Tao Chá Thò Mua Chớ Nay Kiên Neáng Não Ngôn
    Lèng Lỷ Hỷ Ngũ Diêu Sý Phản Gò Vù Toán Xeo Kpă Khiếu Thiệu Cồ Cổ Ưng Vĩnh Bửu Nhạc Khâu
    Hù Sú Lềnh Trạc Chìu Nình Hoắc
    """.split()
)
# Clans of the Central Highlands, whose names have syllables of their own: "Y Thanh Niê Kđăm".
HIGHLAND = frozenset(
    "nie mlo eban kbuor bya kdam ksor rcom rmah kpa ayun hwing knul adrong krong bdap hlong "
    "alang briu bling arat kator blong kpuih puih ronong ploong".split()
)
_FOLDED_SURNAMES = frozenset(fold(name) for name in SURNAMES)
_MODERN_SURNAMES = frozenset(modern_tones(name) for name in SURNAMES)

_DEGREES = re.compile(
    r"^(?:(?:GS|PGS|TSKH|TS|ThS|Th\.S|ThS|LS|BS|BSCK|BS\.?CK[I1l]{1,3}|CK[I1l]{1,2}|DS|KS|CN|KTS|NGND|NGƯT|TTND|TTƯT|"
    r"HT|ĐĐ|NT|BSNT|DSCK[I1l]{1,2}|NSND|NSƯT|Thạc sĩ|Tiến sĩ|Bác sĩ|Kỹ sư|Luật sư|Dược sĩ|"
    r"Đại tướng|Thượng tướng|Trung tướng|Thiếu tướng|Đại tá|Thượng tá|Trung tá|Thiếu tá|"
    r"Đại úy|Thượng úy|Trung úy|Thiếu úy|Chuẩn đô đốc|"
    r"Ông|Bà|Đồng chí|Đ/c)"
    r"(?:[.\s;:,-]+|$))+",
    re.IGNORECASE,
)
# A rank of which marks were lost; two words of a name are left at least.
_RANK = re.compile(
    r"(?:(?:dai|thuong|trung|thieu) ta|(?:dai|thuong|trung|thieu) uy|(?:dai|thuong|trung|thieu) tuong)\s(?=\w+\s\w)"
)
# "K’ Brểu", "H’ Yâo": the mark of birth and its apostrophe, however that was read.
# A blank lost before a capital, or read as a stop: "PhanVăn Tâm", "Trần:Tháng Lợi".
_GLUED = re.compile(r"([^\W\d_])[:;,·*]?(?=([^\W\d_])([^\W\d_]))")
_OF_BIRTH = re.compile(r"^([KH])\s?['’‘´`ˆ”“\"]\s?(?=[A-ZĐÀ-Ỹ])")
_CAPACITY = re.compile(
    r"^\W{0,3}(?P<mark>T\s?/?\s?M|K\s?/?\s?T|T\s?/?\s?L|TUQ|T\.U\.Q|Q|QUYỀN)\s?[.,:;/]\s*(?P<title>\S.*)$|^(?P<full>(?:T/M|K/T|T/L)\s.*|QUYỀN\s.*)$"
)
# Written by hand before the printed title, the mark may be small and without its full stop.
_LOOSE_CAPACITY = re.compile(
    r"^\W{0,3}(?P<mark>TM|KT|TL|TUQ|[KTkt][Tt]|[Tt][lm])(?:\s*[./,]\s*|\s+)(?P<title>[A-ZĐÀ-Ỹ]{2}.*)$"
)
# Words that make a line of a signature block a title; without marks, as one string of letters.
_TITLE = re.compile(
    r"(?:PHO|THU|QUYEN)?(?:CHUTICH|CHANHVANPHONG|CHANHTHANHTRA|CHANHAN|VIENTRUONG|BOTRUONG|TRUONG|GIAMDOC|CUCTRUONG|"
    r"TONGGIAMDOC|TONGCUCTRUONG|VUTRUONG|BITHU|THUTUONG|CHUNHIEM|HIEUTRUONG|THONGDOC|TONGTHANHTRA|TONGKIEMTOAN|"
    r"TONGBIENTAP|UYVIEN|CHUTOA|THAMPHAN|CHIHUY|TULENH|CHINHUY|THUKY|DAIDIEN|KETOANTRUONG|TRUONGPHONG|TRUONGBAN|"
    r"DAISU|LANHSU|CHAPHANHVIEN|KIEMSATVIEN|CHINHTRIVIEN|QUANDOC|HIEUPHO|"
    r"DOITRUONG|CHITRUONG|PHOCHANH|CHUTRI|TONGTHUKY|VANPHONG|THUTRUONG|UYBANNHANDAN|BANTHUONGVU|HOIDONG|BANCHAPHANH|CHINHPHU)"
)
_TITLE_WORDS = re.compile(r"[^A-Z]+")


def strip_degrees(name: str) -> str:
    """The name without academic and military titles in front ("TS-LS. Trần Văn Bình" gives "Trần Văn Bình")."""
    name = _GLUED.sub(_parted, name)
    bare = _OF_BIRTH.sub(r"\1'", _DEGREES.sub("", name.strip(" .,;:-_'\"")).strip(" .,;:-_'\""))
    rank = _RANK.match(fold(bare))
    return bare[rank.end() :] if rank and len(fold(bare)) == len(bare) else bare


def _parted(joint: re.Match[str]) -> str:
    begins = joint[1].islower() and joint[2].isupper() and joint[3].islower()
    return f"{joint[1]} " if begins else joint[0]


def is_person_name(text: str, *, surname: bool = True) -> bool:
    """Whether `text` is a Vietnamese name of two to five words in title case or capitals.

    Args:
        text: Without degrees.
        surname: Require a known family name in front; marks may be damaged.
    """
    words = text.split()
    if not 2 - ("'" in words[0] if words else 0) <= len(words) <= 5:
        return False
    # "K'Brêu", "H'Yim": the mark of birth stands before a name of its own; "Tôn-Thất" is two syllables.
    pieces = [piece for w in words for piece in re.split("['’]", w)] if "'" in text or "’" in text else words
    if any(not w.replace("-", "").isalpha() for w in pieces):
        return False
    if not all(w[0].isupper() and (w[1:].islower() or w.isupper() or len(w) == 1) for w in pieces):
        return False
    if len({w.isupper() for w in pieces if len(w) > 1}) > 1:
        return False
    of_a_clan = any(fold(w) in HIGHLAND for w in words[1:])  # "Y Djang Niê": the given name is no Vietnamese syllable
    if pieces is words and not of_a_clan and not all(is_syllable(w.replace("-", "")) for w in words):
        return False
    return not surname or pieces is not words or fold(words[0]) in _FOLDED_SURNAMES


def known_surname(word: str) -> bool:
    """Whether `word` is a family name exactly as written, tone placement aside."""
    return modern_tones(word.capitalize()) in _MODERN_SURNAMES


def capacity(line: str) -> str | None:
    """The line in the decree's form if it tells for whom is signed ("KT.GIÁM ĐỐC" gives "KT. GIÁM ĐỐC")."""
    if match := _CAPACITY.match(line):
        if match["full"]:
            return match["full"].strip()
        mark = re.sub(r"[\s/.]", "", match["mark"]).upper()
        mark = "Q" if mark == "QUYỀN" else mark
        return f"{mark}. {match['title'].strip()}" if _caps(match["title"]) else None
    if (match := _LOOSE_CAPACITY.match(line)) and _caps(match["title"]):
        return f"{match['mark'].upper()}. {match['title'].strip()}"
    return None


def is_title(line: str) -> bool:
    """Whether a line in capitals names an office ("PHÓ CHỦ TỊCH", "CHÁNH VĂN PHÒNG")."""
    return _caps(line) and _TITLE.search(_TITLE_WORDS.sub("", fold(line).upper())) is not None


def _caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 4 and sum(c.isupper() for c in letters) >= 0.85 * len(letters)
