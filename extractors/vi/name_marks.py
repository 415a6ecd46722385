"""Personal names whose marks a reader lost: put back from the syllables that Vietnamese names are made of.

The second reader sees every letter under seals and signatures but few of the marks ("Trân Công Luân"). A mark is put
back only where the folded syllable is one that names use; what stays open keeps the letters as read.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from extractors.vi import provinces
from extractors.vi.names import HIGHLAND, SURNAMES
from extractors.vi.text import fold, modern_tones

# Syllables of given and middle names, the commoner form of each folded key first. Collected from general knowledge
# of Vietnamese names; the surnames of `names.py` are added to them.
_GIVEN = """
    Văn Thị Hữu Đức Công Quang Minh Ngọc Thanh Thành Xuân Đình Hồng Thu Hoài Kim Bá Duy Gia Hải Hoàng Huy Khắc
    Mạnh Nhật Phú Phúc Phước Quốc Sỹ Tấn Tất Thế Thiên Thiện Tiến Trọng Trung Tuấn Tùng Tường Vĩnh Việt Vinh
    Viết Anh Ánh An Ân Bảo Bình Bích Cảnh Căng Cẩm Chi Chí Chiến Chính Chinh Chung Chương Cường Cương Cúc Danh
    Dân Diễm Diệp Diệu Dũng Dung Dương Đại Đạo Đạt Đăng Điệp Điền Đông Đồng Đôn Giang Giáp Hà Hạ Hạnh Hân Hằng
    Hậu Hiên Hiền Hiến Hiển Hiếu Hiệp Hiệu Hoa Hòa Hóa Hoan Hoàn Hoạt Hợp Huân Huấn Huệ Hùng Hưng Hương Hường
    Hướng Huyền Huỳnh Kha Khải Khang Khánh Khiêm Khoa Khôi Khuê Khương Kiên Kiệt Kiều Kỳ Lạc Lam Lâm Lan Lân Lập
    Lệ Lễ Liên Liêm Liễu Linh Loan Long Lộc Lợi Luân Luận Luật Lực Lương Lượng Ly Lý Mai Mẫn Mến Mười My Mỹ Nam
    Nga Ngà Ngân Nghị Nghĩa Nghiêm Nghiệp Nguyên Nguyệt Nhã Nhàn Nhân Nhẫn Nhi Nhiên Nhung Như Ninh Oanh Phát
    Phi Phong Phụng Phượng Phương Quân Quảng Quế Quý Quỳnh Quyên Quyền Quyết Quyến Sang Sáng Sâm Sinh Sơn Sương
    Tài Tâm Tân Thạch Thái Thảo Thắng Thắm Thịnh Thi Thọ Thoa Thông Thống Thuận Thuần Thủy Thúy Thùy Thư Thường
    Thưởng Thức Thực Tích Tiệp Tín Tình Tính Tịnh Toại Toàn Toản Toán Tố Trà Trang Tri Trí Triết Triều Triển
    Trinh Trình Trịnh Trúc Trực Trường Tú Tuệ Tuyên Tuyến Tuyền Tuyết Từ Tường Út Uyên Vân Vệ Vi Vị Vũ Võ Vượng
    Vương Vy Xuyên Xuyến Ý Yên Yến Hào Hảo Hồ Hội Huynh Khảm Khanh Khoát Kính Lãm Lịch Lịnh Luyện Mậu Mừng Nhuận
    Nhượng Ngữ Ngôn Phấn Phan Quận Sự Tạo Thao Thân Thật Thìn Thoại Thuật Thuyết Tiếp Tịch Toan Tôn Trị Trưởng
    Truyền Tự Tước Ứng Vạn Vững Xứng Cơ Cử Dần Dậu Diện Diễn Du Dụng Dư Đàm Đảm Đằng Điểm Định Đính Đoàn Độ
    Đường Giao Giàu
""".split()
# Rarer ones: they make a name believable, but no damaged syllable is put back to them.
_RARER = """
    Bạch Bắc Bằng Biên Bội Bửu Ca Cát Chất Châu Chiêu Chuyên Chuẩn Chức Cần Cao Đan Đào Đắc Đệ Đoan Đổng Đường Giác Giản
    Hai Hanh Hành Hoành Hoạch Học Hồi Huyên Khởi Khuyên Khuyến Kết Lành Lai Lãng Lĩnh Lựu Lê Luyến Lưu Lương Miên Mộng
    Năm Năng Nương Ngoan Ngoạn Nhựt Nhạn Nguyễn Oánh Phùng Phiên Phố Quới Rạng Sa Sắc Song Sửu Tá Tám Tảo Tây Tế Thể
    Thạnh Thục Thơ Thơm Thới Thụy Thử Tiên Tiền Tốt Trạch Trân Trầm Tư Tý Tùy Uy Vàng Viễn Viện Vĩ Xương Tập Ba Bảy Chín
    Đỗ Phạm Trần Hoàng Vũ Ngô Tạ Khuông Khuy Nhĩ Niên Nữ Thêm Thương Tin Tụng Tuân Tuất Vinh Xá Xoan Ái Bát Bổng Hiệt
""".split()
_SURE = 0.85  # from here on a name may have any syllable
# Letters that PP-OCRv6 has no sign for: it writes the bare letter or leaves it out ("Hu" for "Hữu").
_UNSEEN = re.compile("[ảạằẳẵắặầẩẫấậẻẽẹềểễếệỉịỏọổỗốộờởỡớợủụừửữứựỳỷỹỵ]", re.IGNORECASE)


def _keys(form: str) -> set[str]:
    return {fold(form), fold(_UNSEEN.sub("", form))}


_FORMS: dict[str, tuple[str, ...]] = {}
for _form in (*_GIVEN, *sorted(s for s in SURNAMES if s.isalpha())):
    for _key in _keys(_form):
        if _form not in _FORMS.get(_key, ()):
            _FORMS[_key] = (*_FORMS.get(_key, ()), _form)
_MIDDLE = {"van": "Văn", "thi": "Thị"}
_COMMON_SURNAMES = (
    "Nguyễn Trần Lê Phạm Hoàng Huỳnh Phan Vũ Võ Đặng Bùi Đỗ Hồ Ngô Dương Lý Đào Đoàn Trịnh Đinh Lâm Mai Trương Hà Tạ "
    "Thái Cao Vương Lương Lưu Phùng Châu Tô Đàm Cù Hứa Kiều Quách Tống Triệu Văn Từ Thân Tăng"
).split()


_FAMILIAR = {fold(form) for form in (*_GIVEN, *_RARER, *SURNAMES)} | HIGHLAND


def is_familiar(name: str) -> bool:
    """Whether every word after the family name is one that names are made of: noise seldom is."""
    return all(fold(word) in _FAMILIAR for word in name.split()[1:])


def is_noise(name: str, confidence: float) -> bool:
    """Whether a doubtful line that has the form of a name is none: strange syllables, or the place on a seal's rim."""
    if name.isupper() and provinces.find(name):
        return True
    return confidence < _SURE and not is_familiar(name)


def restore(seen: str, others: Sequence[str] = ()) -> tuple[str, float] | None:
    """The name that `seen` stands for and how sure its marks are, 0.0-1.0; None if it can be no name.

    Args:
        seen: Two to five words whose letters are right and whose marks may be missing.
        others: Further readings of the same place; their marks decide between forms of a syllable.
    """
    words = seen.split()
    if not 2 <= len(words) <= 5 or any(not w.replace("-", "").isalpha() for w in words):
        return None
    if seen.islower():  # rare family names are common words too
        return None
    surname, surname_score = _surname(words[0], [o.split()[0] for o in others if len(o.split()) == len(words)])
    if surname is None:
        return None
    restored, score = [surname], surname_score
    for i, word in enumerate(words[1:], start=1):
        rivals = [o.split()[i] for o in others if len(o.split()) == len(words)]
        # Between surname and given name these two are what is meant, whatever else their letters could be.
        middle = _MIDDLE.get(fold(word)) if i < len(words) - 1 else None
        form, certainty = (middle, 0.9) if middle else _syllable(word, rivals)
        restored.append(form)
        score = min(score, certainty)
    return " ".join(restored), score


def _surname(word: str, rivals: list[str]) -> tuple[str | None, float]:
    folded = fold(word)
    forms = [s for s in _COMMON_SURNAMES if folded in _keys(s)] or [s for s in SURNAMES if folded in _keys(s)]
    if forms:
        return _nearest(word, forms, rivals)
    # Ornate capitals on name stamps are misread; the rest of the word tells the surname if only one fits.
    near = {s for s in _COMMON_SURNAMES if len(s) >= 4 and Levenshtein.distance(fold(s), folded) == 1}
    return (near.pop(), 0.6) if len(near) == 1 else (None, 0.0)


def _syllable(word: str, rivals: list[str]) -> tuple[str, float]:
    forms = _FORMS.get(fold(word), ())
    if not forms or (len(word) == 1 and rivals):  # one letter left of a word says nothing
        known = [r.capitalize() for r in rivals if fold(r) in _FORMS]
        return (known[0], 0.6) if known else (word[0].upper() + word[1:].lower(), 0.4)
    return _nearest(word, list(forms), rivals)


def _nearest(word: str, forms: list[str], rivals: list[str]) -> tuple[str, float]:
    """The form that the readings speak for; commoner forms come first in `forms` and win ties."""
    readings = [r.capitalize() for r in (*rivals, word)]
    for reading in readings:
        if reading != fold(reading).capitalize() and (modern_tones(reading) in forms or reading in forms):
            return (reading if reading in forms else modern_tones(reading)), 0.9
    costs = [_distance(word, form) + 0.06 * min(rank, 6) for rank, form in enumerate(forms)]
    best = min(costs)
    rivals_near = sum(cost < best + 0.1 for cost in costs) - 1
    return forms[costs.index(best)], (0.8 if best < 0.3 else 0.7) if not rivals_near else 0.6


def _distance(seen: str, form: str) -> float:
    """How far `seen` is from what the second reader would write for `form`; a mark left out costs little."""
    bared = _cost(seen.lower(), _UNSEEN.sub(lambda m: fold(m[0]), form).lower())
    dropped = _cost(seen.lower(), _UNSEEN.sub("", form).lower())
    return min(bared, dropped + 0.3)


def _cost(seen: str, written: str) -> float:
    if fold(seen) != fold(written):
        return float(Levenshtein.distance(seen, written))
    return sum(0.0 if a == b else 0.25 if a == fold(b) else 1.0 for a, b in zip(seen, written, strict=True))
