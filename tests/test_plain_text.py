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


COLUMNS = """
     UBND TỈNH HÀ NAM                CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM
        SỞ XÂY DỰNG                       Độc lập - Tự do - Hạnh phúc

     Số: 15/SXD-QLN                    Hà Nam, ngày 02 tháng 3 năm 2021
  V/v rà soát nhà ở của
  người có công với cách mạng

              Kính gửi: Bộ Xây dựng

    Sở Xây dựng báo cáo như sau.

Nơi nhận:                                          KT. GIÁM ĐỐC
- Như trên;                                       PHÓ GIÁM ĐỐC
- Các phòng của Sở, Thanh tra Sở, Trung tâm Quy hoạch;
- Lưu: VT.
                                                  Trần Văn Bình
"""


def test_columns_side_by_side_come_one_after_the_other() -> None:
    (page,) = read_pages(COLUMNS)
    shown = [line.text for line in page.lines]
    assert shown[:8] == [
        "UBND TỈNH HÀ NAM",
        "SỞ XÂY DỰNG",
        "Số: 15/SXD-QLN",
        "V/v rà soát nhà ở của",
        "người có công với cách mạng",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "Hà Nam, ngày 02 tháng 3 năm 2021",
    ]
    assert shown[-7:] == [
        "Nơi nhận:",
        "- Như trên;",
        "- Các phòng của Sở, Thanh tra Sở, Trung tâm Quy hoạch;",
        "- Lưu: VT.",
        "KT. GIÁM ĐỐC",
        "PHÓ GIÁM ĐỐC",
        "Trần Văn Bình",
    ]


def test_a_table_set_with_blanks_stays_as_it_is() -> None:
    rows = ["STT    Tên dự án      Vốn", "1      Đường A        9.488", "2      Cầu B          1.200"]
    (page,) = read_pages("\n".join(rows))
    assert [line.text for line in page.lines] == [" ".join(row.split()) for row in rows]
