"""The name under a seal: what cuts of the same rows agree upon, and what is noise whoever reads it."""

from __future__ import annotations

import numpy as np
import pytest

from extractors.vi.name_marks import is_familiar, is_noise
from models.geometry import BBox
from pipeline.engines.image import PageImage
from pipeline.engines.name_sweep import agreed, sweep
from pipeline.engines.paddle import Paddle, Reread


def _seen(*rows: tuple[str, float]) -> list[Reread | None]:
    return [Reread(text, confidence, BBox(0, 5 * i, 180, 5 * i + 18)) for i, (text, confidence) in enumerate(rows)]


@pytest.mark.parametrize(
    ("rows", "name"),
    [
        ([("HANV Thi Ngoc Lan", 0.93), ("Vü ThNgoc Lan", 0.91), ("Vd Tn Ngoc Lan", 0.7)], "HANV Thi Ngoc Lan"),
        ([("ab", 0.6), ("D Thành Trung", 0.94), ("Thành Trung", 0.9)], "D Thành Trung"),
        ([("Lê Quang Binh", 0.96), ("", 0.0), ("Lê Quang Binh", 0.95)], None),  # not neighbours
        ([("HA NOI", 0.95), ("HA NOI", 0.95)], None),
        ([("Ha Xe", 0.9), ("Ha Xe", 0.9)], None),  # no name ends in it
        ([("Trân Văn Minh", 0.9), ("Lê Quốc Hùng", 0.9)], None),
        ([], None),
    ],
    ids=["rim in front", "first letter lost", "one cut only", "rim", "strange", "two names", "nothing"],
)
def test_two_neighbouring_cuts_must_agree(rows: list[tuple[str, float]], name: str | None) -> None:
    found = agreed(_seen(*rows))
    assert (found[0].text if found else None) == name


def test_an_empty_block_costs_no_reading() -> None:
    class Never(Paddle):
        def read_words(self, crops: object) -> tuple[Reread, ...]:
            assert crops == []
            return ()

    white = np.full((1000, 800, 3), 255, np.uint8)
    assert sweep(PageImage(white, white[..., 0], 100.0), BBox(300, 100, 420, 114), Never()) == ()


@pytest.mark.parametrize(
    ("name", "confidence", "noise"),
    [
        ("Hà Xè", 0.65, True),
        ("HÀ NỘI", 0.95, True),
        ("HÀ GIANG", 0.95, True),
        ("Hà Giang", 0.95, False),
        ("Vũ Thị Ngọc Lan", 0.4, False),
        ("Y Bình Niê", 0.5, False),
        ("Lý Ái Xèng", 0.93, False),
        ("Lý Ái Xèng", 0.5, True),
    ],
)
def test_a_doubtful_name_of_strange_syllables_is_noise(name: str, confidence: float, noise: bool) -> None:
    assert is_noise(name, confidence) is noise


def test_familiar_names_need_no_marks() -> None:
    assert is_familiar("Tran Cong Luan") and not is_familiar("Hà Xè")
