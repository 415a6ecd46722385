from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.vi.text import fold, join_lines, modern_tones, normalise

# Plain st.text() hardly ever makes these; the traps are marks without a letter and characters that vanish.
VIETNAMESE = "aàảãáạăằẵắặâầấậeèéẹêềếệoòóọôồốộơờớợuùúụưừứựyỳýỵđĐÐðƉ" + "̛̣́̀̂̆" + "\u200b\u00a0\u00ad –—‑０９ \t"
texts = st.text(alphabet=st.one_of(st.sampled_from(VIETNAMESE), st.characters(exclude_categories=["Cs"])), max_size=40)


@given(texts)
def test_normalise_is_idempotent_and_composed(text: str) -> None:
    once = normalise(text)
    assert normalise(once) == once
    assert unicodedata.is_normalized("NFC", once)


@given(texts)
def test_normalise_does_not_see_how_a_letter_was_composed(text: str) -> None:
    assert normalise(unicodedata.normalize("NFD", text)) == normalise(unicodedata.normalize("NFC", text))


@given(texts)
def test_fold_keeps_offsets(text: str) -> None:
    shown = normalise(text)
    assert len(fold(shown)) == len(shown)
    assert fold(fold(shown)) == fold(shown)


@given(texts)
def test_a_long_text_folds_as_its_characters_do(text: str) -> None:
    assert fold(text * 300) == "".join(map(fold, text)) * 300


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("QÐ–TTg", "QĐ-TTg"),
        ("Ủy  ban\u00a0nhân dân", "Ủy ban nhân dân"),
        ("17\u200b/NQ‑CP", "17/NQ-CP"),
        ("Ủy ban", "Ủy ban"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_fold_is_for_comparing() -> None:
    assert fold("Uỷ ban Đặc khu") == "uy ban dac khu"


@pytest.mark.parametrize(
    ("old", "new"), [("hoà", "hòa"), ("Uỷ ban", "Ủy ban"), ("THUỶ", "THỦY"), ("quý", "quý"), ("hoàn", "hoàn")]
)
def test_modern_tones(old: str, new: str) -> None:
    assert modern_tones(old) == new


@pytest.mark.parametrize(
    ("lines", "whole"),
    [
        (("280/QĐ-", "UBND ngày", "20/01/2022"), "280/QĐ-UBND ngày 20/01/2022"),
        (("2021-", "2023"), "2021-2023"),
        (("đến ngày 31/", "01/2022"), "đến ngày 31/01/2022"),
        (("khởi công -", "hoàn thành"), "khởi công - hoàn thành"),
        (("Quyết định đầu tư/", "Quyết định chủ trương"), "Quyết định đầu tư/ Quyết định chủ trương"),
        (("", "Trạm y tế"), "Trạm y tế"),
    ],
)
def test_wrapped_codes_are_whole(lines: tuple[str, ...], whole: str) -> None:
    assert join_lines(lines) == whole
