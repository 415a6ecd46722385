"""What readers do to the words of a citation, from slips seen on real pages, and body text that cites nothing.

A damage never takes away what tells one document from another: a lost or doubled figure is no damage but another
number.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable

Damage = Callable[[str, random.Random], str]

_SERIAL = r"(?<![\w/])\d{1,5}(?=/)"
_TYPES = "QĐ|NQ|NĐ|TTr|TTLT|TT|CT|KH|TB|BC|KL"


def _some(
    pattern: str, change: Callable[[re.Match[str]], str], text: str, rng: random.Random, share: float = 0.8
) -> str:
    """`change` made to most matches."""
    return re.sub(pattern, lambda m: change(m) if rng.random() < share else m[0], text)


def whole(text: str, rng: random.Random) -> str:
    """As written."""
    return text


def confused(text: str, rng: random.Random) -> str:
    """Letters of one shape: Đ as D, Ð, Ɖ or ĐĐ, Q as O or 0, UBND as UBNĐ, 0 and 1 in numbers as O, l or I."""
    text = _some(r"(?<=/)QĐ", lambda _: rng.choice(("QD", "QÐ", "QƉ", "OĐ", "0Đ", "QĐĐ")), text, rng)
    text = _some(r"(?<=/)NQ(?=-)", lambda _: rng.choice(("NO", "N0")), text, rng)
    text = _some(r"(?<=/)NĐ(?=-)", lambda _: rng.choice(("ND", "NÐ", "NĐĐ")), text, rng)
    text = _some(
        r"(?<=[-])(UBND|HĐND)", lambda m: rng.choice((m[0].replace("D", "Đ"), m[0].replace("Đ", "D"))), text, rng
    )
    text = _some(r"(?<=-)BKHĐT", lambda _: rng.choice(("BKHDT", "BKHÐT")), text, rng)
    return _some(r"(?<=số )\d{2,5}(?=/)", lambda m: _figure(m[0], rng), text, rng, 0.4)


def _figure(serial: str, rng: random.Random) -> str:
    """One 0 or 1 behind the first figure read as a letter."""
    spots = [at for at, c in enumerate(serial) if c in "01" and at]
    if not spots:
        return serial
    at = rng.choice(spots)
    return serial[:at] + {"0": "O", "1": rng.choice("lI")}[serial[at]] + serial[at + 1 :]


def glued(text: str, rng: random.Random) -> str:
    """Blanks lost: after "số", before "ngày" and "của", after the date; the slash between year and QH."""
    text = _some(r"số (?=\d)", lambda _: "số", text, rng, 0.6)
    text = _some(r"(?<=[A-Za-zĐ]) ngày (?=\d)", lambda _: "ngày ", text, rng, 0.5)
    text = _some(r" của (?=[A-ZĐỦ])", lambda _: rng.choice((" của", "của ")), text, rng, 0.3)
    return re.sub(r"(/20\d\d)/(?=QH)", r"\1", text)


def split(text: str, rng: random.Random) -> str:
    """Blanks where none are: in the serial, in the year, in "số", around slash and dash."""
    choice = rng.randrange(5)
    if choice == 0:
        return re.sub(r"(?<=số )(\d)(?=\d+/)", r"\1 ", text)
    if choice == 1:
        return _some(r"(?<=[A-Za-zĐ])-(?=[A-ZĐ])", lambda _: rng.choice(("- ", " -", " - ")), text, rng)
    if choice == 2:
        return re.sub(r"(?<=\d)/(?=[A-ZĐ12])", lambda _: rng.choice((" /", "/ ", " / ")), text)
    if choice == 3:
        return re.sub(r"(?<=/20\d)(?=\d/)", " ", text)
    return text.replace("số ", "s ố ")


def slash(text: str, rng: random.Random) -> str:
    """The slash between serial and symbol lost, doubled or read as a bar; lost only after "số"."""
    made = rng.choice((" ", "", "|", "//", "/⁄", "⁄", "\\", "l"))
    return re.sub(rf"(?<=số )(\d+)/(?=(?:{_TYPES})-)", lambda m: m[1] + made, text)


def dash(text: str, rng: random.Random) -> str:
    """The dash between type and issuer lost, doubled, long, or read as an underscore or a full stop."""
    made = rng.choice(("", "- -", "–", "—", "_", "."))
    return re.sub(rf"(?<=/)({_TYPES})-(?=[A-ZĐT])", lambda m: m[1] + made, text)


def broken(text: str, rng: random.Random) -> str:
    """Line and page ends inside the citation, also at slash and dash and before the figures of the date."""
    spots = [m.start() for m in re.finditer(r"(?<=[-/])(?=[A-ZĐ])|(?<= )(?=\d)|(?<= )(?=ng)|(?<=\d)(?=/[A-ZĐ])", text)]
    for at in sorted(rng.sample(spots, min(2, len(spots))), reverse=True):
        end = "\f" if rng.random() < 0.15 else "\n"
        text = text[:at].rstrip(" ") + end + text[at:]
    return text


def marks(text: str, rng: random.Random) -> str:
    """Tone marks lost or wrong on the words around the number."""
    for word, forms in {
        "số ": ("sô ", "só ", "sổ ", "so ", "số: "), "ngày": ("ngảy", "ngay", "ngàv", "ngày"), "của": ("cua", "cúa"),
        "tháng": ("thảng", "thang"), "năm": ("nám", "nãm"), "Quyết định": ("Quyêt định", "Quyết đinh"),
        "Nghị": ("Nghi", "Nghj"), "Thông": ("Thong", "Thộng"), "Căn cứ": ("Can cứ", "Căn cử"),
    }.items():  # fmt: skip
        text = _some(re.escape(word), lambda _, forms=forms: rng.choice(forms), text, rng, 0.6)  # type: ignore[misc]
    return text


def two(text: str, rng: random.Random) -> str:
    """Two of the damages above, one after the other."""
    for damage in rng.sample((confused, glued, slash, dash, marks), 2):
        text = damage(text, rng)
    return text


DAMAGES: dict[str, Damage] = {
    "none": whole, "confused letters": confused, "glued": glued, "split": split, "slash": slash, "dash": dash,
    "line and page breaks": broken, "marks": marks, "two at once": two,
}  # fmt: skip

SENTENCES = (
    "Kế hoạch đầu tư công trung hạn giai đoạn {y}-{y5} đạt {a},{d}% với tổng vốn {n}.{m}.{m},{a} triệu đồng.",
    "Mọi chi tiết xin liên hệ số điện thoại 09{a}.{m}.{m} hoặc 024/38{a}.{a}78 trước 17h00 ngày {d}/{mo}/{y}.",
    "Thiết bị đạt QCVN {m}:{y}/BTTTT, TCVN {m}{d}:{y}/BXD và ISO/IEC 27001:{y}.",
    "Hợp đồng số {a}/HĐ-XD ngày {d}/{mo}/{y} và hợp đồng kinh tế số {a}/{y}/HĐKT được thanh lý.",
    "Thủ tục {d}.000{m}.000.00.00.H{a} thực hiện trong {a}/20 ngày làm việc, tỷ lệ {d}/{d} phiếu.",
    "Theo quy định tại khoản {d} Điều {a} và điểm a khoản {d} Điều {d} của Quy chế này, thời hạn là 0{d} ngày.",
    "Biểu mẫu số 0{d}/BC-ĐTC và mẫu số 0{d}a/ĐKT ban hành kèm theo Quy chế này.",
    "Năm học {y}/{y5}, lớp 12/A{d} có 42/{a} học sinh đạt loại khá; tốc độ {a} km/h, giá {a}.000 đ/kg.",
    "Tài khoản số {m}1.0.{m}{m} tại Kho bạc Nhà nước; mã số thuế 01{m}{m}-00{d}.",
    "Sở Nội vụ chủ trì, phối hợp với Sở Tài chính và/hoặc UBND các huyện, thành phố triển khai trong Quý IV/{y}.",
    "Quyết định này có hiệu lực kể từ ngày ký; Chánh Văn phòng chịu trách nhiệm thi hành Quyết định này.",
    "Diện tích {n}.{m} m2/hộ, mật độ {m} người/km2, địa chỉ: số {d}/{a} đường Nguyễn Trãi, phường {d}.",
    "Luật Đầu tư công và các văn bản hướng dẫn thi hành được phổ biến tới cán bộ, công chức.",
    "Hồ sơ gửi về Văn phòng trước ngày {a} tháng {mo} năm {y}, bản mềm gửi qua thư điện tử a.b@tinh.gov.vn.",
    "Gói thầu số 0{d}/XL thi công từ Km{a}+{m} đến Km{a}+{m}/QL.1A, mác bê tông M{m}/B{a}.",
    "Thửa đất số {m}, tờ bản đồ số {a}, tỷ lệ 1/{n}000, giấy chứng nhận số BK {m}{m} cấp năm {y}.",
    "Xe biển số 5{d}F-{m}.{a}, số khung RL4{m}/VN, đăng ký lần đầu ngày {d}/{mo}/{y}.",
    "Hồ sơ mã H{a}.15-{y}{mo:02}{d:02}-{m}{d} nộp qua Cổng dịch vụ công, phí {a}.000 đồng/lần.",
    "Cuộc họp lúc {d}h{a} ngày {d}/{mo}/{y} tại phòng {m}-A{d}/nhà B, dự kiến {d}/{a} đại biểu vắng mặt.",
    "Tổ dân phố số {d}/KP{d}, ấp {d}, quốc lộ {a}B, kênh T{d}/N{d}, cống số {a}/K{d}.",
    "Tỷ lệ hộ nghèo giảm từ {d},{d}%/năm xuống {d},{d}%/năm; thu nhập {a} triệu đồng/người/năm.",
    "Hóa đơn số 000{m}{d} ký hiệu AA/{a}E, phiếu xuất kho số {m}, vận đơn số VN{m}{m}.",
    "Hiệu lực của giấy phép lái xe hạng B2/C là {a} tháng; thẻ BHYT mã DN{d}{m}{m}.",
    "Thời gian: từ 7 giờ {a} phút đến 11 giờ {a} phút các ngày thứ 2, 4, 6 trong tháng {mo}/{y}.",
    "Bảng {d}.{d}/Phụ lục II nêu {m} chỉ tiêu, trong đó {a}/{m} chỉ tiêu đạt và vượt kế hoạch năm {y}.",
    "Đề nghị các đơn vị báo cáo theo Mẫu C{a}-HD, Biểu 0{d}/CK-NSNN, Phụ lục số {d}/PL trước ngày {d}/{mo}.",
    "Công suất {m} MW/h, điện áp {a}/0,4 kV-{m} kVA, cáp CU/XLPE/PVC {d}x{a} mm2, ống HDPE D{m}/PN10.",
    "Thông báo tuyển dụng, kế hoạch công tác, báo cáo tổng kết và quyết định khen thưởng gửi về trước ngày {a}.",
)  # fmt: skip


def sentence(rng: random.Random) -> str:
    """A sentence of body text with figures of its own, and no document cited."""
    year = rng.randint(2005, 2025)
    return rng.choice(SENTENCES).format(
        y=year, y5=year + 1, a=rng.randint(10, 99), d=rng.randint(1, 9), m=rng.randint(100, 999), n=rng.randint(1, 9),
        mo=rng.randint(1, 12),
    )  # fmt: skip


# What another maker of damages would do: to any character of number and date, wherever it stands.
_NUMBER = re.compile(
    r"\d{1,5}[a-z]?(?:/(?:19|20)\d\d)?(?:/|-(?=[A-Za-zĐ]{1,4}/))[A-ZĐƯ][\wĐđƯư&]*(?:[-/][A-ZĐƯa-z0-9]+){0,3}"
)


def _in_numbers(change: Callable[[str, random.Random], str]) -> Damage:
    """`change` made to every number of the text."""

    def damage(text: str, rng: random.Random) -> str:
        return _NUMBER.sub(lambda m: change(m[0], rng), text)

    return damage


def _swap(table: dict[str, str], share: float) -> Callable[[str, random.Random], str]:
    def change(number: str, rng: random.Random) -> str:
        return "".join(rng.choice(table[c]) if c in table and rng.random() < share else c for c in number)

    return change


def _drop(pattern: str, keep: int = 0) -> Callable[[str, random.Random], str]:
    """One match of `pattern` lost, of those after the first `keep`."""

    def change(number: str, rng: random.Random) -> str:
        spots = list(re.finditer(pattern, number))[keep:]
        if not spots:
            return number
        spot = rng.choice(spots)
        return number[: spot.start()] + number[spot.end() :]

    return change


def _insert(pattern: str, what: str) -> Callable[[str, random.Random], str]:
    def change(number: str, rng: random.Random) -> str:
        spots = [m.start() for m in re.finditer(pattern, number)]
        if not spots:
            return number
        at = rng.choice(spots)
        return number[:at] + what + number[at:]

    return change


def _double(number: str, rng: random.Random) -> str:
    """A letter, slash or dash printed twice; never a figure."""
    spots = [at for at, c in enumerate(number) if not c.isdigit()]
    at = rng.choice(spots)
    return number[:at] + number[at] + number[at:]


def _anywhere_broken(end: str) -> Damage:
    def damage(text: str, rng: random.Random) -> str:
        spots = [m.start() for m in re.finditer(r" (?=\S)", text)]
        for match in _NUMBER.finditer(text):
            spots += [match.start() + m.end() for m in re.finditer(r"[-/](?=\D)", match[0])]
        for at in sorted(rng.sample(spots, min(3, len(spots))), reverse=True):
            text = text[:at].rstrip(" ") + end + text[at:].lstrip(" ")
        return text

    return damage


def _stopped(number: str, rng: random.Random) -> str:
    """The first slash or dash read as another small mark, half of the time."""
    return re.sub(r"[/-](?=\D)", lambda m: rng.choice(".,_~") if rng.random() < 0.5 else m[0], number, count=1)


def _cut(text: str, rng: random.Random) -> str:
    """The symbol cut at its dash at a line's end."""
    return _NUMBER.sub(lambda m: re.sub(r"-(?=[A-ZĐ])", "-\n", m[0], count=1), text)


def _unmarked(text: str, rng: random.Random) -> str:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    return bare.replace("đ", "d").replace("Đ", "D")


def _blanks(text: str, rng: random.Random) -> str:
    """Blanks lost between words, a third of them."""
    return re.sub(r"(?<=\w) (?=\w)", lambda m: "" if rng.random() < 0.2 else m[0], text)


def _several(text: str, rng: random.Random) -> str:
    for name in rng.sample([n for n in HARSH if n not in ("none", "three at once", "blanks lost")], 3):
        text = HARSH[name](text, rng)
    return text


HARSH: dict[str, Damage] = {
    "none": whole,
    "0 and O": _in_numbers(_swap({"0": "Oo", "O": "0", "Q": "O0"}, 0.7)),
    "1, l and I": _in_numbers(_swap({"1": "lI|", "I": "l1"}, 0.7)),
    "Đ, D and Ð": _in_numbers(_swap({"Đ": "DÐƉ", "D": "Đ"}, 0.8)),
    "other look-alikes": _in_numbers(_swap({"S": "5", "B": "8", "5": "S", "8": "B"}, 0.3)),
    "slash lost": _in_numbers(_drop("/")),
    "dash lost": _in_numbers(_drop("-")),
    "blank in number": _in_numbers(_insert(r"(?<=[/-])(?=\w)|(?<=\w)(?=[/-])", " ")),
    "blank in serial": _in_numbers(_insert(r"(?<=^\d)(?=\d)|(?<=^\d\d)(?=\d)", " ")),
    "blank in symbol": _in_numbers(_insert(r"(?<=[A-ZĐ][A-ZĐ])(?=[A-ZĐ][A-ZĐ])", " ")),
    "blanks lost": _blanks,
    "doubled": _in_numbers(_double),
    "small letters": _in_numbers(lambda n, rng: n.lower()),
    "capitals": lambda text, rng: text.upper(),
    "stop for slash or dash": _in_numbers(_stopped),
    "line ends": _anywhere_broken("\n"),
    "page ends": _anywhere_broken("\f"),
    "hyphen at line end": _cut,
    "no marks": _unmarked,
    "three at once": _several,
}  # fmt: skip
