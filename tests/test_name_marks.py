from __future__ import annotations

import pytest

from extractors.vi.name_marks import restore
from extractors.vi.titles import restore_title


@pytest.mark.parametrize(
    ("seen", "name"),
    [
        ("Nguyn Văn Hòa", "Nguyễn Văn Hòa"),
        ("Trân Thi Ngoc", "Trần Thị Ngọc"),
        ("Huynh Hu Nghĩa", "Huỳnh Hữu Nghĩa"),
        ("Ha Van Phuc", "Hà Văn Phúc"),
        ("Grân Minh Tâm", "Trần Minh Tâm"),  # ornate T of a name stamp
        ("Lê Hoang Nam", "Lê Hoàng Nam"),
        ("Pham Quc Tun", "Phạm Quốc Tuấn"),
    ],
)
def test_marks_come_back(seen: str, name: str) -> None:
    restored = restore(seen)
    assert restored is not None and restored[0] == name


def test_another_reading_decides_between_forms() -> None:
    assert restore("Lê Thi Hanh", ["Lê Thị Hạnh"]) == ("Lê Thị Hạnh", 0.9)


def test_unsure_marks_are_told() -> None:
    restored = restore("Vũ Thi Hung")
    assert restored is not None and restored[1] < 0.8


@pytest.mark.parametrize("seen", ["GIÁM ĐỐC 1", "xin chào", "Văn", "Sở Y tế tỉnh An Giang", "$ Nguyễn", "Xyz Abc"])
def test_what_is_no_name(seen: str) -> None:
    assert restore(seen) is None


@pytest.mark.parametrize(
    ("seen", "title"),
    [
        ("GIAMDOC", "GIÁM ĐỐC"),
        ("PHÓ GIÁM ĐÓC", "PHÓ GIÁM ĐỐC"),
        ("KT.CHU TICH", "KT. CHỦ TỊCH"),
        ("HEUTRUONG", "HIỆU TRƯỞNG"),
        ("TRUONG", None),
        ("SỞ Y TẾ", None),
        ("Nguyễn Văn Hòa", None),
    ],
)
def test_titles(seen: str, title: str | None) -> None:
    assert restore_title(seen) == title
