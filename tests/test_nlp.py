"""Tokens and names with spaCy: numbers whole, offsets kept, names found whatever became of their marks."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.vi import nlp


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="aĐế 12/-.,@&\n\t", max_size=60))
def test_every_character_is_kept(text: str) -> None:
    assert nlp.pipeline()(text).text == text


@pytest.mark.parametrize(
    "token", ["15/2021/TT-BTC", "198-KL/TW", "05/3/2020", "1.234.567,89", "KH&ĐT", "a.b@tinh.gov.vn"]
)
def test_stays_whole(token: str) -> None:
    assert token in [t.text for t in nlp.pipeline()(f"Theo {token}, Sở báo cáo")]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Sở Y tế và UBND tỉnh Cà Mau", [("Sở Y tế", "SYT"), ("UBND tỉnh Cà Mau", "UBND")]),
        ("gửi Bộ KH&ĐT; Bo Tai chinh", [("Bộ KH&ĐT", "BKHĐT"), ("Bo Tai chinh", "BTC")]),
        ("Uỷ ban nhân dân thành phố Huế", [("Uỷ ban nhân dân thành phố Huế", "UBND")]),
        ("các đơn vị có liên quan", []),
    ],
)
def test_agencies(text: str, names: list[tuple[str, str]]) -> None:
    assert [(n.text, n.code) for n in nlp.agencies(text)] == names


def test_document_types() -> None:
    assert [n.code for n in nlp.document_types("NGHỊ QUYẾT và Tờ trình")] == ["NQ", "TTr"]
