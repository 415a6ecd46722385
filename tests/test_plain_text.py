from __future__ import annotations

import pytest

from pipeline.engines.plain_text import read_pages, strip_markup


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("Số: **6552**/BKHĐT-PTHTĐT", "Số: 6552/BKHĐT-PTHTĐT"),
        ("**KT. BỘ TRƯỞNG", "KT. BỘ TRƯỞNG"),
        ("(Kèm theo văn bản số ~~655~~ 2/BKHĐT)", "(Kèm theo văn bản số 6552/BKHĐT)"),
        ("email: [a@example.vn](mailto:a@example.vn)", "email: a@example.vn"),
        ("**<http://example.vn>**.", "http://example.vn."),
        ("## PHỤ LỤC", "PHỤ LỤC"),
        ("giá 5 * 3 * 2", "giá 5 * 3 * 2"),
        ("ten_tep_dinh_kem", "ten_tep_dinh_kem"),
    ],
)
def test_strip_markup(raw: str, shown: str) -> None:
    assert strip_markup(raw) == shown


def test_pages_are_split_at_form_feeds() -> None:
    assert [p.number for p in read_pages("một\fhai")] == [1, 2]


def test_tab_table_becomes_a_grid_and_its_cells_lines() -> None:
    (page,) = read_pages("Phụ lục\nSTT\tTên\tNăm\tVốn\n1\tDự án A\t2021\t9.488\nII Mục hai\n2\tB\t\t-\nHết")
    (grid,) = page.grids
    assert (grid.rows, grid.columns) == (4, 4)
    assert [c.text for c in grid.cells if c.row == 1] == ["1", "Dự án A", "2021", "9.488"]
    assert "Dự án A" in [line.text for line in page.lines]


def test_indented_lines_are_no_table() -> None:
    (page,) = read_pages("\tSố: 601/THH-CĐS\n\tHà Nội, ngày 12 tháng 05 năm 2021")
    assert not page.grids
    assert [line.text for line in page.lines] == ["Số: 601/THH-CĐS", "Hà Nội, ngày 12 tháng 05 năm 2021"]
