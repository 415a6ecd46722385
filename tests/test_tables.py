"""Grids to tables: heads, merged cells, continued pages, layout boxes, columns without rules."""

from __future__ import annotations

import pytest

from extractors.tables.aligned import find_grids
from extractors.tables.matrix import is_figure, is_number_row, is_total
from extractors.tables.reading import read_tables
from extractors.tables.wording import mend
from tests.tables import document, drawn, line, page, words

HEAD = [["TT", "Nội dung", "Kinh phí", "Kinh phí"], ["", "", "Giao", "Chi"]]
SPANS = {(0, 0): (2, 1), (0, 1): (2, 1), (0, 2): (1, 2)}
BODY = [["1", "Mua máy", "10", "5"], ["2", "Sửa nhà", "20", "7"]]


def test_a_merged_head_becomes_paths_and_the_number_row_no_body_row() -> None:
    grid = drawn([*HEAD, ["1", "2", "3", "4"], *BODY], SPANS)
    (table,) = read_tables(document(page(grid)))
    assert table.columns == (("TT",), ("Nội dung",), ("Kinh phí", "Giao"), ("Kinh phí", "Chi"))
    assert [row.texts for row in table.rows] == [tuple(row) for row in BODY]


@pytest.mark.parametrize("misread", ["5", "đi.", "I"])
def test_words_over_columns_of_figures_are_a_head_whatever_TT_is_read_as(misread: str) -> None:
    head = [[misread, "Tên dự án", "Kế hoạch", "", "Ghi chú"], ["", "", "Tổng số", "NSĐP", ""]]
    rows = [["I", "Mục mới", "", "", ""], ["1", "Cầu A", "120", "20", ""], ["2", "Kè B", "88", "8", "chậm"]]
    grid = drawn([*head, *rows], {(0, 0): (2, 1), (0, 1): (2, 1), (0, 2): (1, 2), (0, 4): (2, 1), (2, 1): (1, 4)})
    (table,) = read_tables(document(page(grid)))
    assert [row.texts[0] for row in table.rows] == ["I", "1", "2"]
    assert table.columns[3] == ("Kế hoạch", "NSĐP")


def test_merged_body_cells_are_repeated_where_they_reach() -> None:
    rows = [["Ngày", "Buổi", "Nơi"], ["3/5", "Sáng", "Xã A"], ["", "Chiều", "Xã B"], ["PHẦN HAI", "", ""]]
    (table,) = read_tables(document(page(drawn(rows, {(1, 0): (2, 1), (3, 0): (1, 3)}))))
    assert [row.texts for row in table.rows] == [
        ("3/5", "Sáng", "Xã A"),
        ("3/5", "Chiều", "Xã B"),
        ("PHẦN HAI",) * 3,
    ]
    assert table.rows[2].lone


def test_title_and_unit_stand_above() -> None:
    lines = (line("DANH MỤC MUA SẮM", 200, 50), line("Đơn vị tính: triệu đồng", 250, 80))
    (table,) = read_tables(document(page(drawn([["TT", "Tên"], ["1", "Máy"]]), lines=lines)))
    assert (table.title, table.unit) == ("DANH MỤC MUA SẮM", "triệu đồng")


def test_a_table_goes_on_over_pages_with_and_without_its_head() -> None:
    first = page(drawn([*HEAD, *BODY], SPANS, top=400), number=1)
    repeated = page(drawn([*HEAD, ["3", "Thuê xe", "5", "5"]], SPANS, page=2, top=40), number=2)
    bare = page(drawn([["", "của cơ quan", "", ""], ["4", "Điện", "1", "1"]], page=3, top=40), number=3)
    (table,) = read_tables(document(first, repeated, bare))
    assert table.pages == (1, 2, 3)
    assert [row.texts[1] for row in table.rows] == ["Mua máy", "Sửa nhà", "Thuê xe của cơ quan", "Điện"]


def test_another_table_on_the_next_page_stays_apart() -> None:
    first = page(drawn([*HEAD, *BODY], SPANS, top=400), number=1)
    titled = page(drawn([*HEAD, *BODY], SPANS, page=2, top=90), lines=(line("Phụ lục II", 300, 50),), number=2)
    assert len(read_tables(document(first, titled))) == 2


@pytest.mark.parametrize(
    "rows",
    [
        [["ỦY BAN NHÂN DÂN", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"], ["Số: 1/CV", "Độc lập - Tự do - Hạnh phúc"]],
        [["Nơi nhận:", "GIÁM ĐỐC"], ["- Như trên;", "Trần Văn B"]],
        [["", ""], ["HỎA TỐC", ""]],
    ],
    ids=["letterhead", "signatures", "stamp"],
)
def test_a_frame_that_only_arranges_the_letter_is_no_table(rows: list[list[str]]) -> None:
    assert read_tables(document(page(drawn(rows)))) == ()


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1", "2", "3", "4"), True),
        (("(1)", "(2)", "(3)=(1)+(2)"), True),
        (("A", "B", "1", "2", "3=1+2"), True),
        (("1", "Mua máy", "3"), False),
        (("5", "5", "5"), False),
        (("", "", "1"), False),
    ],
)
def test_number_rows(texts: tuple[str, ...], expected: bool) -> None:
    assert is_number_row(texts) is expected


@pytest.mark.parametrize("text", ["1.234,5", "0", "-", "12,5%", "(500)", "2.000.000"])
def test_figures(text: str) -> None:
    assert is_figure(text)


@pytest.mark.parametrize("text", ["", "2021-2023", "1.0a", "12/QĐ-UBND", "1.23.456"])
def test_no_figures(text: str) -> None:
    assert not is_figure(text)


def test_totals() -> None:
    assert is_total("TỔNG SỐ") and is_total("Cộng") and is_total("II. Tổng cộng")
    assert not any(map(is_total, ("Tổng đài tự động", "Công trình thủy lợi", "Cộng đồng dân cư", "Tổng công ty")))


def test_columns_without_rules() -> None:
    rows = [("1", "Sửa trường", "10", "5", "7"), ("2", "Đường liên", "200", "50", "8"), ("3", "Cầu", "30", "-", "9")]
    placed = [("TT", 50, 80), ("Tên", 80, 80), ("Vốn", 200, 80), ("Chi", 260, 80), ("Còn", 320, 80)]
    for i, row in enumerate(rows):
        placed += [(text, x, 100.0 + 20 * i) for text, x in zip(row, (50, 80, 200, 260, 320), strict=True)]
    placed.append(("thôn", 80, 129.0))  # the second name goes on below its figures
    (grid,) = find_grids(page(lines=words(*placed)))
    (table,) = read_tables(document(page(lines=words(*placed))))
    assert (grid.rows, grid.columns) == (4, 5)
    assert table.columns[2] == ("Vốn",)
    assert [row.texts[1] for row in table.rows] == ["Sửa trường", "Đường liên thôn", "Cầu"]


def test_running_text_with_figures_is_no_table() -> None:
    text = "Năm nay chi 12 13 14 đồng cho 15 xã và 16 phường"
    lines = words(*((text, 60, 60.0 + 12 * i) for i in range(10)))
    assert find_grids(page(lines=lines)) == ()


@pytest.mark.parametrize(
    ("read", "mended"),
    [
        ("TỔỐNG SỐ", "TỔNG SỐ"),
        ("Tống - số", "Tổng số"),
        ("NSbP", "NSĐP"),
        ("Đâu tư xây dưng", "Đầu tư xây dựng"),
        ("B. CÁP HUYỆN", "B. CẤP HUYỆN"),
        ("phương án", "phương án"),
        ("9.820", "9.820"),
    ],
)
def test_marks_of_set_phrases(read: str, mended: str) -> None:
    assert mend(read) == mended
    assert mend(mended) == mended
