"""The confidence of fields: what lowers it, what it never exceeds, and the fit itself on invented letters."""

from __future__ import annotations

import pytest

from benchmarks.calibrate import Case, cross_validated, fit
from models.letter import Field, IssuingBody, Witness
from pipeline import calibration
from pipeline.calibration import SIGNS, calibrated, is_odd


def field(value: object, confidence: float, *witnesses: Witness) -> Field[object]:
    return Field(value, str(value), confidence, 1, None, witnesses)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("place", "Số: 44 Hà Nội"),
        ("place", "VPCP Hà Nội"),
        ("subject", "hướng dẫn kê khai HUE TINH HOA của hàng"),
        ("subject", "hướng dẫn kê khai Kính gửi"),
        ("subject", "Về phòng bệnh ---- Ngày 24 tháng 9"),
        ("issuer", "Cục Thuế Hồ Chí Minh minh"),
        ("issuer", "Văn phòng T1PT"),
    ],
    ids=range(7),
)
def test_a_value_that_holds_what_belongs_elsewhere_is_for_review(name: str, text: str) -> None:
    value = IssuingBody(text) if name == "issuer" else text
    assert calibrated(name, field(value, 1.0)).confidence <= 0.8


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("place", "Thành phố Hồ Chí Minh"),
        ("place", "Bà Rịa - Vũng Tàu"),
        ("subject", "Về việc triển khai Nghị quyết của HĐND tỉnh và UBND tỉnh"),
        ("subject", "PHÊ DUYỆT DỰ ÁN ĐẦU TƯ XÂY DỰNG"),
        ("issuer", "Trường Trung học phổ thông số 2 Sông Lam"),
        ("signer", "Nguyễn Thị Hoa"),
    ],
    ids=range(6),
)
def test_usual_values_are_not_odd(name: str, text: str) -> None:
    assert not is_odd(name, text)


def test_figures_guessed_from_letters_are_doubted_though_the_text_is_printed() -> None:
    guessed = field("917/CT-TTHT", 0.35, Witness("text", "917/CT-TTHT", 0.35))
    assert calibrated("number", guessed).confidence < 0.9


def test_what_the_rules_doubt_is_never_accepted_by_the_fit() -> None:
    doubted = field("12/QĐ-UBND", 0.85, Witness("paddle", "12/QĐ-UBND", 0.99))
    assert calibrated("number", doubted).confidence <= 0.94


def test_foreign_words_lower_a_name() -> None:
    clean = calibrated("issuer", field(IssuingBody("Cục Thuế tỉnh An Giang"), 0.95)).confidence
    noisy = calibrated("issuer", field(IssuingBody("Cufc Thxế tỉnh An Giang"), 0.95)).confidence
    assert noisy < clean


def _cases() -> list[Case]:
    """Sixty letters in which "first" tells the truth four times of five."""
    found = []
    for i in range(60):
        right = i % 5 != 0
        signs = dict.fromkeys(SIGNS, 0.0) | {"bias": 1.0, "first": 2.0 if right == (i % 7 != 0) else -2.0}
        found.append(Case(f"0:{i}", "number", signs, 1.0, right, True, 0))
    return found


def test_the_fit_gives_right_values_the_higher_chance() -> None:
    weights = fit(_cases())["figures"]
    sure, unsure = ({**dict.fromkeys(SIGNS, 0.0), "bias": 1.0, "first": x} for x in (2.0, -2.0))
    assert calibration.probability(sure, weights) > calibration.probability(unsure, weights)


def test_every_letter_is_measured_once_by_a_fit_without_it() -> None:
    scored = cross_validated(_cases())
    assert sorted(case.letter for case, _ in scored) == sorted(case.letter for case in _cases())
