"""Figures by Vietnamese writing."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.vi import money


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("53.652", "53652"),
        ("1.234.567,8", "1234567.8"),
        ("12,5", "12.5"),
        ("12.5", "12.5"),
        ("0", "0"),
        ("(500)", "-500"),
        ("-500", "-500"),
        ("1 500", "1500"),
    ],
)
def test_figures(text: str, value: str) -> None:
    assert money.figure(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "-", "1.23.4", "2021-2023", "12a", "1,234.5"])
def test_no_figures(text: str) -> None:
    assert money.figure(text) is None


def test_a_blank_a_dash_and_a_nought_differ() -> None:
    assert money.in_dong("0", "triệu đồng") == 0
    assert money.in_dong("-", "triệu đồng") is None
    assert money.in_dong("", "triệu đồng") is None


@pytest.mark.parametrize(
    ("text", "unit", "dong"),
    [
        ("9.488", "triệu đồng", 9_488_000_000),
        ("29,7", "tỷ đồng", 29_700_000_000),
        ("634.630,937", "Triệu đồng", 634_630_937_000),
        ("5", "1.000 đồng", 5_000),
        ("5", "USD", None),
        ("5", None, None),
        ("0,5", "đồng", None),
    ],
)
def test_amounts(text: str, unit: str | None, dong: int | None) -> None:
    assert money.in_dong(text, unit) == dong


def test_a_column_is_english_only_if_it_cannot_be_vietnamese() -> None:
    assert money.is_english(["1,234.5", "2,000"])
    assert not money.is_english(["9.488", "12,5"])
    assert not money.is_english(["1.234.567", "12.5"])
    assert money.figure("2,000", english=True) == 2000
