"""Bodies, codes and provinces: the right body of the day and place, repairs only where there is one answer."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.vi import provinces
from extractors.vi.authorities import all_authorities, by_code, by_name, issuer_of, repair_symbol
from extractors.vi.authority_list import alias_codes, issuers
from models.identifiers import DocumentNumber


@pytest.mark.parametrize(
    ("read", "right"),
    [
        ("BTTT-KHTC", "BTTTT-KHTC"),
        ("BT-TT-THH", "BTTTT-THH"),
        ("BKHDĐT-PTHTĐT", "BKHĐT-PTHTĐT"),
        ("BKHDT-TH", "BKHĐT-TH"),
        ("QD-TTg", "QĐ-TTg"),
        ("QÐ-TTg", "QĐ-TTg"),
        ("OĐ-UBND", "QĐ-UBND"),
        ("QĐUBND", "QĐ-UBND"),
        ("TTrSNV", "TTr-SNV"),
        ("NO-CP", "NQ-CP"),
        ("TB- VPCP", "TB-VPCP"),
        ("CV-TTG", "CV-TTg"),
        ("NQ/TU", "NQ/TU"),
        ("LĐCP", "LĐCP"),
        ("QĐ-ĐHXYZ", "QĐ-ĐHXYZ"),
        ("SYT-NVY", "SYT-NVY"),
        ("QH14", "QH14"),
        ("UBND-KTTH", "UBND-KTTH"),
    ],
)
def test_repair(read: str, right: str) -> None:
    repair = repair_symbol(read)
    assert repair.symbol == right
    assert repair.changed == (read != right)


def test_every_code_survives_repair() -> None:
    for code in issuers():
        assert repair_symbol(code).symbol == code
        assert repair_symbol(f"QĐ-{code}").symbol == f"QĐ-{code}"


def test_near_miss_is_a_suggestion_only() -> None:
    repair = repair_symbol("TT-BNNPINT")
    assert (repair.symbol, repair.changed, repair.suggestion) == ("TT-BNNPINT", False, "TT-BNNPTNT")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Bộ KH&ĐT", "Bộ Kế hoạch và Đầu tư"),
        ("Bộ trưởng Bộ Y tế", "Bộ Y tế"),
        ("Chủ tịch UBND tỉnh Cà Mau", "Ủy ban nhân dân tỉnh Cà Mau"),
        ("Uỷ ban nhân dân TP. Huế", "Ủy ban nhân dân thành phố Huế"),
        ("UBND tỉnh", "Ủy ban nhân dân tỉnh Lạng Sơn"),
        ("Giám đốc Sở Y tế", "Sở Y tế tỉnh Lạng Sơn"),
        ("Công an tỉnh", "Công an tỉnh Lạng Sơn"),
        ("UBND huyện Gò Quao", "Ủy ban nhân dân huyện Gò Quao"),
        ("Bộ trưởng, Chủ nhiệm Văn phòng Chính phủ", "Văn phòng Chính phủ"),
        ("Thường trực Tỉnh ủy", "Thường trực Tỉnh ủy Lạng Sơn"),
        ("Bộ Y tê", "Bộ Y tế"),
    ],
)
def test_by_name(text: str, name: str) -> None:
    found = by_name(text, province="Lạng Sơn")
    assert found is not None
    assert found.name == name


def test_a_name_of_nobody_is_none() -> None:
    assert by_name("Công ty TNHH Một thành viên Bình Minh") is None


@pytest.mark.parametrize(
    ("number", "issuer"),
    [
        ("153/QĐ-TTg", "Thủ tướng Chính phủ"),
        ("30/2020/NĐ-CP", "Chính phủ"),
        ("39/2019/QH14", "Quốc hội"),
        ("11/2016/TT-BYT", "Bộ Y tế"),
        ("4626/QĐ-BNN-LN", "Bộ Nông nghiệp và Phát triển nông thôn"),
        ("280/QĐ-UBND", None),
        ("435/LĐCP", None),
        ("27/QĐ-ĐHXYZ", None),
    ],
)
def test_issuer_of_symbol(number: str, issuer: str | None) -> None:
    assert issuer_of(DocumentNumber.parse(number)) == issuer


def test_local_issuer_needs_the_place() -> None:
    number = DocumentNumber.parse("280/QĐ-UBND")
    assert issuer_of(number, province="tỉnh Kiên Giang") == "Ủy ban nhân dân tỉnh Kiên Giang"
    assert issuer_of(DocumentNumber.parse("05-NQ/TU"), province="Huế") == "Thành ủy Huế"


def test_bodies_of_the_day() -> None:
    merged = by_code("BKHĐT")
    assert merged is not None
    assert not merged.is_valid(date(2025, 3, 1))
    assert merged.successor == "BTC"
    department = by_code("CĐSQG", date(2025, 6, 1))
    assert department is not None
    assert department.parent == "BKHCN"


def test_provinces_through_the_merger() -> None:
    old = provinces.find("tỉnh Kiên Giang")
    assert old is not None
    assert old.successor == "An Giang"
    assert old.valid_to == date(2025, 6, 30)
    hue = provinces.find("Huế", date(2023, 1, 1))
    assert hue is None or hue.full_name in ("thành phố Huế", "tỉnh Thừa Thiên Huế")
    city = provinces.find("Đồng Nai", date(2026, 5, 1))
    assert city is not None
    assert city.full_name == "thành phố Đồng Nai"
    assert provinces.find("Bình Minh") is None


def test_every_row_has_a_source_and_every_alias_a_target() -> None:
    assert all(row.source for row in all_authorities())
    for kind in ("name", "code", "ocr"):
        assert all(code in issuers() for code in alias_codes(kind).values())


@given(st.text(alphabet="QĐDOTBNPCUH0125-/ gr", max_size=16))
def test_repair_is_stable(text: str) -> None:
    once = repair_symbol(text).symbol
    assert repair_symbol(once).symbol == once
