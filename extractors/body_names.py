"""Names in capitals as running text writes them: the letter's own body, the authority list, the provinces."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import OSA

from extractors.layout import Layout
from extractors.vi import authorities, provinces
from extractors.vi.syllables import has_marks
from extractors.vi.text import fold, modern_tones
from models.document import Document

_LEVEL = (
    r"huyen uy|quan uy|thi uy|tinh uy|thanh uy|dang uy|tinh|thanh pho|tp|huyen|quan|thi xa|xa|phuong|thi tran|dac khu"
)
_GENERIC = (
    "Ủy ban nhân dân", "Hội đồng nhân dân", "Hội đồng", "Sở", "Bộ", "Cục", "Tổng cục", "Vụ", "Viện", "Học viện",
    "Trường",
    "Đại học", "Cao đẳng", "Trung học phổ thông", "Trung học cơ sở", "Tiểu học", "Mầm non", "Ban", "Chi cục",
    "Trung tâm",
    "Văn phòng", "Phòng", "Công ty", "Tổng công ty", "Ngân hàng", "Bệnh viện", "Đảng ủy", "Tỉnh ủy", "Thành ủy",
    "Huyện ủy",
    "Công an", "Tòa án nhân dân", "Viện kiểm sát nhân dân", "Kho bạc Nhà nước", "Bảo hiểm xã hội", "Thanh tra", "Y tế",
    "Chỉ đạo", "Quản lý", "Giáo dục", "Đào tạo", "Đa khoa", "Nội trú", "Dân tộc nội trú", "Chuyên khoa", "cổ phần",
    "một thành viên", "trách nhiệm hữu hạn", "Quận ủy", "Thị ủy", "Chi bộ", "Đảng bộ", "miền Bắc", "miền Trung",
    "miền Nam", "miền Tây", "miền Đông", "khu vực", "Tỉnh đoàn", "Thành đoàn", "Huyện đoàn",
    "Khoa học", "Công nghệ", "Tài chính", "Nội vụ", "Tư pháp", "Xây dựng",
    "Thuế", "Hải quan", "Thống kê", "Kiểm lâm", "Quản lý thị trường", "Thi hành án dân sự", "Dự trữ Nhà nước",
    "Kiểm toán Nhà nước", "Chăn nuôi và Thú y", "Trồng trọt và Bảo vệ thực vật", "Khuyến nông", "Thủy lợi", "Đường bộ",
    "Hàng hải", "Hàng không", "Ngoại vụ", "Quân khu", "Bộ Chỉ huy quân sự", "Bộ đội Biên phòng",
    "Giao thông vận tải", "Nông nghiệp", "Môi trường", "Tài nguyên", "Văn hóa", "Thể thao", "Du lịch", "Công thương",
    "Lao động", "Kế hoạch", "Đầu tư", "Thông tin", "Truyền thông", "Dân tộc", "Tôn giáo", "Chính phủ", "Quốc hội",
    "tỉnh", "thành phố", "huyện", "quận", "thị xã", "thị trấn", "xã", "phường", "và",
)  # fmt: skip
_PHRASES = {fold(phrase): phrase for phrase in _GENERIC}
# Without marks they are words too, as in Lê Hồng Phong and Hải quan.
_WORDS_OF_THEIR_OWN = frozenset({"quan", "phong", "vien", "xa", "so", "bo", "vu", "tinh", "phuong", "truong"})
_ACRONYM = re.compile(r"^(?:UBND|HĐND|THPT|THCS|TNHH|MTV|CDNN|GDĐT|GD&ĐT|PTDTNT|PTDTBT|QLDA|TW|BQL|KCN|\w*\d\w*)$")


@dataclass(frozen=True, slots=True)
class Names:
    """Words of the body as (folded, written) runs, for looking names up."""

    folded: str
    written: str

    def mend(self, capitals: str) -> str:
        """A name in capitals in sentence case, with the marks that the body or the lists give it."""
        text = re.sub(r"\s+", " ", re.sub(r"[_|]+", " ", capitals)).strip(" -.,;:")
        if found := self._in_body(text):
            return found
        listed = authorities.by_name(text)
        same = listed is not None and fold(listed.name) == fold(authorities.full_name(text))
        if listed is not None and same and not _has_capitals(listed.name):
            return listed.name
        return _sentence_case(text)

    def whole(self, line: str) -> str:
        """A line of a letterhead that is a listed body but for one letter or its blanks ("SỞ Y TÉẺ", "SỐY TẾ")."""
        key = re.sub(r"[^a-z]", "", fold(line))
        if len(key) < 5:
            return line
        if name := _listed().get(key):
            return name.upper()
        near = [
            name
            for known, name in _listed().items()
            if abs(len(known) - len(key)) <= 1 and OSA.distance(known, key) <= 1
        ]
        return near[0].upper() if len(near) == 1 and len(key) >= 6 else line

    def _in_body(self, text: str) -> str | None:
        """The commonest spelling of the same words in the body that is not all capitals."""
        key = re.escape(fold(text))
        spellings: Counter[str] = Counter()
        for match in re.finditer(rf"(?<!\w){key}(?!\w)", self.folded):
            spelling = self.written[match.start() : match.end()]
            if not spelling.isupper() and spelling[0].isupper():
                spellings[spelling] += 1
        # One sighting may be misread itself: marks that agree with the capitals count more.
        ranked = sorted(spellings.items(), key=lambda item: (-(item[0].casefold() == text.casefold()), -item[1]))
        if not ranked or len(text.split()) < 2:
            return None
        best, count = ranked[0]
        return best if count > 1 or best.casefold() == text.casefold() else None


def _has_capitals(name: str) -> bool:
    """Whether words in capitals were carried over from the letterhead."""
    return any(sum(map(str.isupper, w)) > 1 and not _ACRONYM.match(w) for w in name.split())


@cache
def _listed() -> dict[str, str]:
    """Names of bodies by their letters alone."""
    names = {row.name for row in authorities.all_authorities()}
    return {re.sub(r"[^a-z]", "", fold(name)): name for name in sorted(names)}


def names_of(document: Document, parts: Layout) -> Names:
    """The running text of a letter, one blank between lines."""
    written = " ".join(span.text for span in (*parts.body, *parts.subject, *parts.addressees))
    return Names(fold(written), written)


def _sentence_case(text: str) -> str:
    words = text.split()
    result: list[str] = []
    i = 0
    after_level = False
    while i < len(words):
        taken, phrase = _phrase(words, i)
        if phrase is not None:
            result.append(phrase)
            after_level = fold(phrase) in _LEVEL.split("|")
            i += taken
            continue
        count, province = _province(words, i)
        if province is not None and (after_level or i > 0):
            result.append(province)
            i += count
            after_level = False
            continue
        word = words[i]
        if _ACRONYM.match(word):
            result.append(word)
        elif after_level or i == 0 or _opens_name(result):
            result.append(word.capitalize())
        else:
            result.append(word.lower())
        i += 1
    joined = " ".join(result)
    return joined[:1].upper() + joined[1:]


def _province(words: list[str], at: int) -> tuple[int, str | None]:
    """How many words name a province, and it; "TP." in front is written out."""
    for count in (5, 4, 3, 2, 1):
        part = words[at : at + count]
        if len(part) == count and part[0][0].isalnum() and (found := provinces.find(" ".join(part))):
            city = re.match(r"tp\b", fold(part[0])) is not None
            return count, f"thành phố {found.name}" if city else found.name
    return 0, None


def _phrase(words: list[str], at: int) -> tuple[int, str | None]:
    for count in (4, 3, 2, 1):
        part = words[at : at + count]
        phrase = _PHRASES.get(fold(" ".join(part)))
        if phrase and len(part) == count and (count > 1 or _may_be(part[0], phrase, first=at == 0)):
            return count, phrase
    return 0, None


def _may_be(word: str, phrase: str, *, first: bool) -> bool:
    """Whether a lone word is the phrase: QUÂN is not quận, VŨ not vụ, PHONG within a name not phòng.

    Marks may be lost, but seldom are other ones read; "thuế" is told from nothing else that a body's name holds.
    """
    if modern_tones(word.casefold()) == phrase.casefold() or fold(word) == "thue":
        return True
    return not has_marks(word) and (first or fold(word) not in _WORDS_OF_THEIR_OWN)


def _opens_name(before: list[str]) -> bool:
    """Whether the next word begins the name proper: after the kind of body, or inside a name of title case."""
    last = before[-1].split()[-1]
    if fold(before[-1]) in _PHRASES:
        return before[-1] != "và"
    return (
        last[:1].isupper()
        and len(before) > 1
        and before[0] in ("Trường", "Công ty", "Bệnh viện", "Ngân hàng", "Đại học")
    )
