"""Project tables: rows to projects, amounts in đồng, and what does not add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from extractors.citations import in_text
from extractors.tables import checks, projects, ruled
from models.document import Candidate, Document, Line, Page, Reading
from models.geometry import BBox
from models.letter import Citation, Flag, Project, Table
from pipeline.engines.plain_text import read_pages
from tests.tables import SOURCE, document, drawn, line, page

HEAD = [
    ["TT", "Tên dự án", "Địa điểm", "Thời gian KC-HT", "Số quyết định", "Kế hoạch năm 2022", "", "Giải ngân năm 2022"],
    ["", "", "", "", "", "Tổng số", "NSĐP", ""],
]
SPANS = {(0, c): (2, 1) for c in (0, 1, 2, 3, 4, 7)} | {(0, 5): (1, 2)}
ROWS = [
    ["", "TỔNG SỐ", "", "", "", "300", "300", "60"],
    ["I", "Dự án chuyển tiếp", "", "", "", "", "", ""],
    ["1", "Trường học A", "Xã X", "2021-2023", "12/QĐ-UBND ngày 05/3/2021", "100", "100", "50"],
    ["2", "Cầu B", "Xã Y", "2022", "", "200", "200", "10"],
    ["3", "Kè C", "Xã Z", "2022-23", "", "50", "50", "70"],
]


UNIT = line("Đơn vị tính: triệu đồng", 300, 84)


def _letter(rows: list[list[str]], *readings: Reading) -> Document:
    return document(page(drawn([*HEAD, *rows], SPANS), lines=(UNIT,)), readings=readings)


def _projects(found: Document) -> list[Project]:
    return [c.value for c in projects.find(found) if isinstance(c.value, Project)]


def _flags(found: Document) -> list[Flag]:
    return [c.value for c in checks.find(found) if isinstance(c.value, Flag)]


def test_rows_become_projects() -> None:
    school, bridge, dyke = _projects(_letter(ROWS))
    assert (school.ordinal, school.name, school.section) == ("1", "Trường học A", "Dự án chuyển tiếp")
    assert (school.location, school.start_year, school.end_year) == ("Xã X", 2021, 2023)
    assert [(str(number), day) for number, day in school.decisions] == [("12/QĐ-UBND", date(2021, 3, 5))]
    assert [(a.measure, a.source, a.period, a.vnd) for a in school.amounts] == [
        ("Kế hoạch năm 2022", None, "2022", 100_000_000),
        ("Kế hoạch năm 2022", "NSĐP", "2022", 100_000_000),
        ("Giải ngân năm 2022", None, "2022", 50_000_000),
    ]
    assert (bridge.start_year, bridge.end_year, dyke.end_year) == (2022, None, 2023)


def test_a_total_of_some_rows_is_shown_with_the_rows_that_fit() -> None:
    found = _flags(_letter(ROWS))
    assert [flag.code for flag in found] == ["total_mismatch", "disbursed_over_plan"]
    assert "rows 1–2 of section Dự án chuyển tiếp, not 1–3" in found[0].message
    assert "Kè C" in found[1].message


def test_sums_that_fit_raise_nothing() -> None:
    right = [["", "Cộng", "", "", "", "300", "300", "60"], *ROWS[1:4]]
    assert _flags(_letter(right)) == []


def test_sources_and_years() -> None:
    wrong = [["1", "Trường học A", "", "2024-2023", "", "100", "120", "50"]]
    assert [flag.code for flag in _flags(_letter(wrong))] == ["sources_mismatch", "years_out_of_order"]


def test_a_disputed_figure_is_shown_unless_the_sums_confirm_it() -> None:
    right = [["", "Cộng", "", "", "", "300", "300", "60"], *ROWS[1:4]]
    cells = _letter(right).pages[0].grids[0].cells
    bridge = next(c for c in cells if c.text == "200" and c.column == 5)
    place = next(c for c in cells if c.text == "Cầu B")
    told = Reading("digits", "figure", "260", 1, bridge.bbox, 0.5)
    assert _flags(_letter(right, told)) == []
    other = Reading("digits", "figure", "7", 1, place.bbox, 0.5)
    (flag,) = _flags(_letter(right, other))
    assert flag.code == "figure_disputed" and flag.bbox == place.bbox


def test_an_odd_figure_is_shown_though_no_reader_contradicts_it() -> None:
    rows = [["TT", "Nội dung", "Kinh phí"], *([str(i), f"Việc {i}", f"{i}.000"] for i in range(1, 15))]
    rows[2][2], rows[4][2], rows[6][2] = "2,000", "4000", "a("
    found = {flag.message.split(":")[0] for flag in _flags(document(page(drawn(rows), origin="ocr")))}
    assert found == {"read as 2,000", "read as 4000", "read as a("}


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({2: "2.00"}, {"read as 2.00"}),
        ({2: "2.0 00", 5: "05"}, {"read as 2.0 00", "read as 05"}),
        ({i: f"{i},000" for i in range(1, 8)}, {f"read as {i}{mark}000" for i in range(1, 15) for mark in ".,"}),
    ],
    ids=["a group cut short", "a blank inside and a nought in front", "a column written both ways"],
)
def test_figures_that_nobody_writes_so_are_shown(changed: dict[int, str], told: set[str]) -> None:
    rows = [["TT", "Nội dung", "Kinh phí"], *([str(i), f"Việc {i}", f"{i}.000"] for i in range(1, 15))]
    for row, text in changed.items():
        rows[row][2] = text
    found = {flag.message.split(":")[0] for flag in _flags(document(page(drawn(rows), origin="ocr")))}
    assert found == {text for text in told if any(text == f"read as {row[2]}" for row in rows)}


def test_a_cell_that_the_reader_gave_up_is_shown() -> None:
    grid = drawn([["TT", "Nội dung", "Kinh phí"], *([str(i), f"Việc {i}", f"{i}.000"] for i in range(1, 5))])
    cells = tuple(replace(c, text="", confidence=0.0) if c.text == "Việc 2" else c for c in grid.cells)
    (flag,) = _flags(document(page(replace(grid, cells=cells), origin="ocr")))
    assert flag.code == "cell_unread"


def test_no_sum_confirms_a_figure_that_its_cell_cuts() -> None:
    rows = [["", "Cộng", "", "", "", "300", "300", "60"], *ROWS[1:4]]
    grid = drawn([*HEAD, *rows], SPANS)
    cells = tuple(replace(c, confidence=0.4) if c.text == "50" else c for c in grid.cells)
    found = _flags(document(page(replace(grid, cells=cells), lines=(UNIT,), origin="ocr")))
    assert [flag.code for flag in found] == ["figure_unclear"]


@pytest.mark.parametrize(("figure", "shown"), [("50", 0), ("500", 1)])
def test_a_figure_that_is_not_clear_is_shown_unless_the_sums_confirm_it(figure: str, shown: int) -> None:
    rows = [["", "Cộng", "", "", "", "300", "300", "60"], *ROWS[1:4]]
    rows[2] = [*rows[2][:7], figure]
    grid = drawn([*HEAD, *rows], SPANS)
    cells = tuple(replace(c, confidence=0.5) if c.text == figure else c for c in grid.cells)
    found = _flags(document(page(replace(grid, cells=cells), lines=(UNIT,), origin="ocr")))
    assert [flag.code for flag in found].count("figure_unclear") == shown


TEXT = (
    "PHỤ LỤC\nĐơn vị tính: tỷ đồng\n"
    "STT\tTên dự án\tĐịa điểm XD\tSố quyết định\tKế hoạch năm 2021\t\tGiải ngân năm 2021\t\t\n"
    "\t\t\t\tTổng số\tNSTW\tNSĐP\tTổng số\tNSTW\tNSĐP\n"
    "I Dự án mới\n"
    "1\tTrạm bơm D\tXã K\t7/QĐ-UBND ngày 1/2/2021\t1,5\t1,5\t0\t0\t\t\n"
    "2\tChợ E\tXã L\t\t2\t2\t1\t1\t\t\n"
)


def test_a_head_that_lost_its_merged_cells_is_aligned_by_count() -> None:
    found = Document(SOURCE, read_pages(TEXT))
    pump, market = _projects(found)
    assert pump.section == "Dự án mới"
    assert [(a.measure, a.source, a.vnd) for a in pump.amounts] == [
        ("Kế hoạch năm 2021", None, 1_500_000_000),
        ("Kế hoạch năm 2021", "NSĐP", 1_500_000_000),
        ("Giải ngân năm 2021", None, 0),
        ("Giải ngân năm 2021", "NSĐP", 0),
    ]
    assert market.amounts[0].vnd == 2_000_000_000
    assert [flag.code for flag in _flags(found)] == ["head_misaligned"]


def test_the_headings_of_an_aligned_head_stand_above_their_data() -> None:
    tables = (c.value for c in ruled.find(Document(SOURCE, read_pages(TEXT))))
    (table,) = (table for table in tables if isinstance(table, Table))
    paths = [path for path, text in zip(table.columns, table.rows[-1], strict=True) if text == "2"]
    assert paths[-2:] == [("Kế hoạch năm 2021", "Tổng số"), ("Kế hoạch năm 2021", "NSĐP")]


def test_other_tables_are_no_projects() -> None:
    rows = [["STT", "Họ và tên", "Chức vụ"], ["1", "Ông An", "Trưởng ban"], ["2", "Bà Bình", "Ủy viên"]]
    found: list[Candidate] = list(projects.find(document(page(drawn(rows)))))
    assert found == []
    assert list(projects.find(document(Page(1, 595, 842)))) == []


def test_accumulated_and_planned_within_the_investment() -> None:
    head = [["TT", "Tên dự án", "TMĐT", "Lũy kế giải ngân đến hết năm 2021", "Kế hoạch năm 2022"]]
    rows = [["1", "Trường A", "100", "60", "40"], ["2", "Cầu B", "100", "60", "50"], ["3", "Kè C", "100", "120", "1"]]
    unit = line("Đơn vị tính: triệu đồng", 300, 84)
    found = _flags(document(page(drawn([*head, *rows]), lines=(unit,))))
    assert [flag.code for flag in found] == ["over_investment", "over_investment"]
    assert "Cầu B" in found[0].message and "50" in found[0].message and "Kè C" in found[1].message


def test_a_decision_after_the_letter() -> None:
    day = line("Tân Hòa, ngày 05 tháng 3 năm 2020", 60, 20)
    unit = line("Đơn vị tính: triệu đồng", 300, 84)
    rows = [["1", "Trường A", "Xã X", "2021-2023", "12/QĐ-UBND ngày 05/3/2021", "100", "100", "50"]]
    found = _flags(document(page(drawn([*HEAD, *rows], SPANS), lines=(day, unit))))
    assert [flag.code for flag in found] == ["years_out_of_order"]
    assert "after the year of the letter, 2020" in found[0].message


def test_a_total_of_some_parts_names_them() -> None:
    rows = [
        ["", "TỔNG SỐ", "", "", "", "150", "150", "57"],
        *[["1", "Trường A", "", "", "", "100", "100", "50"], ["2", "Cầu B", "", "", "", "200", "200", "10"]],
        ["3", "Kè C", "", "", "", "50", "50", "7"],
    ]
    (flag,) = _flags(_letter(rows))
    assert flag.code == "total_mismatch" and "equals 1 Trường A, 3 Kè C alone" in flag.message


@pytest.mark.parametrize(("title", "count"), [("", 0), ("DANH MỤC DỰ ÁN NĂM 2023", 1)], ids=["untitled", "projects"])
def test_contents_are_projects_only_where_something_else_says_so(title: str, count: int) -> None:
    head = ["TT", "Nội dung", "Dự toán năm 2023", "Thực hiện năm 2023"]
    lines = (line(title, 60, 70), UNIT) if title else (UNIT,)
    found = document(
        page(drawn([head, ["1", "Mua máy chủ", "1.250", "1.249"], ["2", "Tập huấn", "", ""]]), lines=lines)
    )
    assert sum(bool(p.amounts) for p in _projects(found)) == count


def test_a_unit_of_money_speaks_of_every_column_that_counts_nothing_else() -> None:
    head = ["TT", "Dự án", "Khởi công", "Hoàn thành", "Quy mô (km)", "Thực hiện năm 2023", "Tỷ lệ (%)"]
    rows = [["1", "Đường A", "12/3/2021", "2024", "12,5", "7.000", "70"]]
    (road,) = _projects(document(page(drawn([head, *rows]), lines=(UNIT,))))
    assert (road.start_year, road.end_year) == (2021, 2024)
    assert [(a.measure, a.vnd) for a in road.amounts] == [("Thực hiện năm 2023", 7_000_000_000)]


def test_more_spent_than_planned_is_told_once_for_all_sources() -> None:
    head = ["TT", "Dự án", "Kế hoạch năm 2023", "", "Giải ngân năm 2023", ""]
    below = ["", "", "Tổng số", "NSĐP", "Tổng số", "NSĐP"]
    spans = {(0, 0): (2, 1), (0, 1): (2, 1), (0, 2): (1, 2), (0, 4): (1, 2)}
    found = document(page(drawn([head, below, ["1", "Đường A", "18", "18", "20", "20"]], spans), lines=(UNIT,)))
    assert [flag.code for flag in _flags(found)] == ["disbursed_over_plan"]


def test_all_columns_of_decisions_are_read_and_cited_as_such() -> None:
    head = ["TT", "Dự án", "QĐ chủ trương đầu tư", "Quyết định phê duyệt", "Căn cứ", "Kế hoạch năm 2023"]
    row = ["1", "Cầu A", "12/NQ-HĐND ngày 03/4/2021", "9/QĐ-UBND của UBND tỉnh", "15/2021/NĐ-CP", "20"]
    boxes = [BBox(52 + 60 * c, 124, 108 + 60 * c, 134) for c in range(len(row))]
    cells = (Line(text, text, box) for text, box in zip(row, boxes, strict=True))
    found = document(page(drawn([head, row]), lines=(UNIT, line("Quyết định phê duyệt", 231, 104), *cells)))
    (bridge,) = _projects(found)
    assert [str(number) for number, _ in bridge.decisions] == ["12/NQ-HĐND", "9/QĐ-UBND"]
    cited = {str(c.value.number): c.value.relation for c in in_text.find(found) if isinstance(c.value, Citation)}
    assert cited["12/NQ-HĐND"] == cited["9/QĐ-UBND"] == "investment_decision" != cited["15/2021/NĐ-CP"]
