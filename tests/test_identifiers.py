from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidDocumentNumber
from models.identifiers import DocumentNumber

NUMBERS = [
    ("15/QĐ-BNV", "15", "QĐ-BNV", None),
    ("30/2020/NĐ-CP", "30", "NĐ-CP", 2020),
    ("39/2019/QH14", "39", "QH14", 2019),
    ("55/2005/TTLT-BNV-VPCP", "55", "TTLT-BNV-VPCP", 2005),
    ("601/THH-CĐS", "601", "THH-CĐS", None),
    ("435/LĐCP", "435", "LĐCP", None),
    ("05/UBND-VX", "05", "UBND-VX", None),
    ("/QĐ-UBND", "", "QĐ-UBND", None),
    ("12a/KH-UBND", "12a", "KH-UBND", None),
    ("45/EVN-KD+KT", "45", "EVN-KD+KT", None),
    ("19/2001/CT/UB", "19", "CT/UB", 2001),
    ("1178 TC/TCDN", "1178", "TC/TCDN", None),
]


@pytest.mark.parametrize(("text", "serial", "symbol", "year"), NUMBERS)
def test_parse(text: str, serial: str, symbol: str, year: int | None) -> None:
    number = DocumentNumber.parse(text)
    assert (number.serial, number.symbol, number.year) == (serial, symbol, year)
    assert str(number) == text


def test_party_numbers_have_a_dash_first() -> None:
    number = DocumentNumber.parse("198-KL/TW")
    assert number.party
    assert str(number) == "198-KL/TW"


def test_spaces_do_not_matter() -> None:
    assert str(DocumentNumber.parse("15 / 2021 / TT - BTC")) == "15/2021/TT-BTC"


@pytest.mark.parametrize("text", ["24/8/2024", "2021-2025", "0936 306 313", "QCVN 102:2016/BTTTT", "", "Số: 5/QĐ-BNV"])
def test_look_alikes_are_refused(text: str) -> None:
    with pytest.raises(InvalidDocumentNumber):
        DocumentNumber.parse(text)


def test_key_ignores_case_and_leading_zeros() -> None:
    assert DocumentNumber.parse("02/NQ-CP").key == DocumentNumber.parse("2/NQ-CP").key


@given(
    st.integers(1, 99999).map(str),
    st.sampled_from(["QĐ-UBND", "NQ-CP", "BKHĐT-PTHTĐT", "TTr-SNV"]),
    st.one_of(st.none(), st.integers(1990, 2030)),
)
def test_parse_reads_what_str_writes(serial: str, symbol: str, year: int | None) -> None:
    number = DocumentNumber(serial, symbol, year)
    assert DocumentNumber.parse(str(number)) == number
