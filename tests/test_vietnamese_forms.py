"""Dates, number lines, kinds, names and syllables: str in, value out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.vi.dates import find_dates, head_date, slot
from extractors.vi.document_types import by_code, by_title, title_prefix
from extractors.vi.names import capacity, is_person_name, is_title, strip_degrees
from extractors.vi.numbers import read_number_line
from extractors.vi.persons import persons
from extractors.vi.syllables import is_syllable, valid_share

_TEXT = st.text(alphabet="aăâeêioôơuưyđàảãáạốờữ ABĐSố:/-.,0123456789ngàythángnăm\u200b\u00a0", max_size=60)


@pytest.mark.parametrize(
    ("text", "serial", "symbol", "year"),
    [
        ("Số: 15/QĐ-BNV", "15", "QĐ-BNV", None),
        ("Số:05/2021/TT-BYT", "05", "TT-BYT", 2021),
        ("Số: 39/2019/QH14", "39", "QH14", 2019),
        ("Số 198-KL/TW", "198", "KL/TW", None),
        ("Số: 141-CV/VPTW/nb", "141", "CV/VPTW/nb", None),
        ("Số: 435/LĐCP", "435", "LĐCP", None),
        ("S0:2047SYT-NVY", "2047", "SYT-NVY", None),
        ("Sô: 08 iCT-UBND", "08", "CT-UBND", None),
        ("S6:2275/SYT-NVY", "2275", "SYT-NVY", None),
        ("Số: 12a/BC-SYT", "12a", "BC-SYT", None),
        ("Số: /QĐ-UBND", "", "QĐ-UBND", None),
    ],
)
def test_number_lines(text: str, serial: str, symbol: str, year: int | None) -> None:
    line = read_number_line(text)
    assert line is not None
    assert (line.serial.raw if serial.endswith("a") else line.serial.digits, line.symbol, line.year) == (
        serial,
        symbol,
        year,
    )


@pytest.mark.parametrize("text", ["Kính gửi: Bộ Y tế", "Căn cứ Luật", ""])
def test_no_number_line(text: str) -> None:
    assert read_number_line(text) is None


@pytest.mark.parametrize(
    ("text", "place", "day", "month", "year"),
    [
        ("Hà Nội, ngày 14 tháng 11 năm 2018", "Hà Nội", "14", "11", 2018),
        ("Lạng Sơn, ngày20 tháng 02 năm 2025", "Lạng Sơn", "20", "02", 2025),
        ("Kiên Giang, ngày 7/04/2021", "Kiên Giang", "7", "04", 2021),
        ("Hà Nội, ngày    tháng 3 năm 2021", "Hà Nội", "", "3", 2021),
        ("Hà Nội, ngày A7 tháng 1O năm 2021", "Hà Nội", "17", "10", 2021),
    ],
)
def test_head_dates(text: str, place: str, day: str, month: str, year: int) -> None:
    found = head_date(text)
    assert found is not None
    assert (found.place, found.day.digits, found.month.digits, found.year) == (place, day, month, year)


def test_dates_in_running_text_keep_their_order_and_may_lack_the_year() -> None:
    text = "từ ngày 05 tháng 3 năm 2020 đến 10/4 và 12/4/2021, theo Quyết định 15/2020/QĐ-BNV"
    assert [(d.day, d.month, d.year) for d in find_dates(text)] == [(5, 3, 2020), (10, 4, None), (12, 4, 2021)]


def test_letters_taken_for_figures_are_never_sure() -> None:
    assert slot("2M") == slot("2M", a_is="4") and not slot("2M").sure
    assert slot("6 &").digits == "" and slot("15").sure


@pytest.mark.parametrize(
    ("title", "code"),
    [("QUYẾT ĐỊNH", "QĐ"), ("QUYÉT ĐỊN H", "QĐ"), ("GIẦY MỜI", "GM"), ("THÔNG BÁO", "TB"), ("TỜ TRÌNH", "TTr")],
)
def test_titles(title: str, code: str) -> None:
    kind = by_title(title)
    assert kind is not None and kind.code == code


def test_what_is_no_title() -> None:
    assert by_title("ỦY BAN NHÂN DÂN") is None
    assert by_code("XYZ") is None
    assert title_prefix("BÁO CÁO Tổng kết năm học") is not None


@pytest.mark.parametrize("name", ["Trần Văn Bình", "Lê Hoa", "Nguyễn Thị Minh Khai", "TÔN ĐỨC AN"])
def test_person_names(name: str) -> None:
    assert is_person_name(name)


@pytest.mark.parametrize("text", ["PHÓ GIÁM ĐỐC", "Bộ Y tế", "xin chào", "T1 HỌC", "RƯƠN"])
def test_no_person_names(text: str) -> None:
    assert not is_person_name(text) or is_title(text)


def test_degrees_are_not_part_of_the_name() -> None:
    assert strip_degrees("TS-LS. Trần Văn Bình") == "Trần Văn Bình"
    assert strip_degrees("PGS.TS. Lê Hoa") == "Lê Hoa"


@pytest.mark.parametrize(
    ("line", "form"),
    [
        ("KT.GIÁM ĐỐC", "KT. GIÁM ĐỐC"),
        ("TM. ỦY BAN NHÂN DÂN", "TM. ỦY BAN NHÂN DÂN"),
        ("TUQ. BỘ TRƯỞNG", "TUQ. BỘ TRƯỞNG"),
        ("T/M BAN THƯỜNG VỤ", "T/M BAN THƯỜNG VỤ"),
        ("TL CHỦ TỊCH", "TL. CHỦ TỊCH"),
        ("PHÓ CHỦ TỊCH", None),
        ("Trần Văn Bình", None),
    ],
)
def test_capacities(line: str, form: str | None) -> None:
    assert capacity(line) == form


def test_syllables() -> None:
    assert all(is_syllable(w) for w in ("Nguyễn", "nghiêng", "quyết", "tuyển", "khuya", "gì", "yêu"))
    assert not any(is_syllable(w) for w in ("xyz", "uauL", "ESTTR", "brown"))
    assert valid_share("Quyết định có hiệu lực") == 1.0


@given(_TEXT)
def test_readers_of_forms_never_raise(text: str) -> None:
    head_date(text)
    read_number_line(text)
    list(find_dates(text))
    by_title(text)
    capacity(text)


def test_persons_in_running_text() -> None:
    text = "Mọi thông tin xin liên hệ BS. Trần Văn Bình, Phòng Nghiệp vụ Y - Sở Y tế tỉnh Cao Bằng; hoặc bà Lê Thị Hoa."
    found = list(persons(text))
    assert [person.name for person in found] == ["Trần Văn Bình", "Lê Thị Hoa"]
    assert all(text[person.start : person.end] == person.name for person in found)
