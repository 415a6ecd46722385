"""Names of bodies from capitals: words that only marks tell apart, and places written short."""

from __future__ import annotations

import pytest

from extractors.body_names import Names


@pytest.mark.parametrize(
    ("capitals", "name"),
    [
        ("TỔNG CỤC HẢI QUAN", "Tổng cục Hải quan"),
        ("QUÂN KHU 7", "Quân khu 7"),
        ("UBND QUẬN BÌNH THẠNH", "Ủy ban nhân dân quận Bình Thạnh"),
        ("UBND HUYỆN VŨ THƯ", "Ủy ban nhân dân huyện Vũ Thư"),
        ("UBND HUYỆN ĐAN PHƯỢNG", "Ủy ban nhân dân huyện Đan Phượng"),
        ("TRƯỜNG THPT LÊ HỒNG PHONG", "Trường THPT Lê Hồng Phong"),
        ("CỤC THUÉ TỈNH AN GIANG", "Cục Thuế tỉnh An Giang"),
        ("CỤC THUE TP. HO CHÍ MINH", "Cục Thuế thành phố Hồ Chí Minh"),
        ("UY BAN NHAN DAN TINH KIEN GIANG", "Ủy ban nhân dân tỉnh Kiên Giang"),
    ],
    ids=range(9),
)
def test_capitals_become_the_name_of_running_text(capitals: str, name: str) -> None:
    assert Names("", "").mend(capitals) == name
