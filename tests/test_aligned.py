"""Tables without rules: rows and columns by white space alone, over pages, on a page that lies a little askew."""

from __future__ import annotations

import math

import pytest

from extractors.tables.aligned import continue_grid, find_grids
from extractors.tables.reading import read_tables
from models.document import Line, Page, Word
from models.geometry import BBox
from tests.tables import document

COLUMNS = (40.0, 80.0, 260.0, 340.0, 420.0, 500.0)
HEAD = ("TT", "Tên dự án", "Tổng số", "NSTW", "NSĐP", "Giải ngân")


def set_in_columns(rows: list[tuple[str, ...]], number: int = 1, *, tilt: float = 0.0, pitch: float = 22.0) -> Page:
    """A page of rows; words are 5 points wide a letter and 8 high; `tilt` in degrees, clockwise."""
    lines = []
    slope = math.tan(math.radians(tilt))
    for index, row in enumerate(rows):
        for left, text in zip(COLUMNS, row, strict=True):
            if text:
                x1, top = left + 5.0 * len(text), 60 + pitch * index
                down = slope * (left + x1) / 2
                box = BBox(left, top + down, x1, top + 8 + down)
                lines.append(Line(text, text, box, words=(Word(text, box),)))
    return Page(number, 842, 595, lines=tuple(lines))


BODY = [
    ("1", "Trường học A", "120", "100", "20", "7"),
    ("I", "Mục mới", "", "", "", ""),
    ("2", "Cầu B", "1.250", "1.000", "250", "0"),
    ("3", "Kè C", "88", "80", "8", "-"),
]


@pytest.mark.parametrize("tilt", [-0.5, 0.0, 0.4])
def test_rows_of_a_page_that_is_askew(tilt: float) -> None:
    (table,) = read_tables(document(set_in_columns([HEAD, *BODY], tilt=tilt)))
    assert [row.texts for row in table.rows] == BODY
    assert table.columns == tuple((text,) for text in HEAD)


def test_a_row_without_a_number_of_its_own_is_a_row() -> None:
    rows = [HEAD, BODY[0], ("", "Mục mới", "", "", "", ""), *BODY[2:]]
    (grid,) = find_grids(set_in_columns(rows))
    assert grid.rows == 5


def test_the_next_page_keeps_the_columns_and_its_few_rows() -> None:
    first = set_in_columns([HEAD, *BODY])
    rest = set_in_columns([("4", "Chợ D", "5", "", "5", "")], number=2)
    (table,) = read_tables(document(first, rest))
    assert table.pages == (1, 2) and table.rows[-1].texts == ("4", "Chợ D", "5", "", "5", "")


def test_words_that_keep_to_no_column_go_on_nothing() -> None:
    (grid,) = find_grids(set_in_columns([HEAD, *BODY]))
    wide = BBox(40, 60, 500, 68)
    prose = Page(2, 842, 595, lines=(Line("1 2 3", "1 2 3", wide, words=(Word("1", wide), Word("2", wide))),))
    assert continue_grid(prose, grid) is None


def test_a_rule_read_as_a_dash_is_no_column() -> None:
    page = set_in_columns([HEAD, *BODY])
    stray = BBox(64, 170, 79, 171)
    dirt = Line("—", "—", stray, words=(Word("—", stray),))
    (grid,) = find_grids(Page(1, 842, 595, lines=(*page.lines, dirt)))
    assert grid.columns == len(COLUMNS)


def _moved(page: Page, text: str, x0: float) -> Page:
    """The page with one of its words set from `x0` on."""
    lines = []
    for line in page.lines:
        if line.text == text and line.bbox is not None:
            box = BBox(x0, line.bbox.top, x0 + line.bbox.width, line.bbox.bottom)
            lines.append(Line(text, text, box, words=(Word(text, box),)))
        else:
            lines.append(line)
    return Page(page.number, page.width, page.height, lines=tuple(lines))


def test_a_heading_in_the_middle_of_a_wide_column_stands_over_the_short_words_at_its_side() -> None:
    (table,) = read_tables(document(_moved(set_in_columns([HEAD, *BODY]), "Tên dự án", 180)))
    assert table.columns == tuple((text,) for text in HEAD)
    assert [row.texts for row in table.rows] == BODY


def test_a_heading_with_nothing_below_it_is_an_empty_column() -> None:
    body = [(*row[:3], "", *row[4:]) for row in BODY]
    (table,) = read_tables(document(set_in_columns([HEAD, *body])))
    assert [row.texts for row in table.rows] == body


def test_column_numbers_beside_the_figures_make_no_columns() -> None:
    page = set_in_columns([HEAD, tuple(f"({n})" for n in range(1, 7)), *BODY])
    numbered = _moved(_moved(page, "(2)", 200), "(5)", 445)
    (table,) = read_tables(document(numbered))
    assert len(table.columns) == len(COLUMNS) and [row.texts for row in table.rows] == BODY


def test_a_head_as_far_from_the_body_as_its_rows_are_from_each_other() -> None:
    (table,) = read_tables(document(set_in_columns([HEAD, *BODY], pitch=52)))
    assert table.columns[1] == ("Tên dự án",)


def test_a_section_on_top_of_the_next_page_goes_on_with_the_table() -> None:
    first = set_in_columns([HEAD, *BODY])
    rest = set_in_columns([("II", "Mục cũ", "", "", "", ""), ("4", "Chợ D", "5", "", "5", "")], number=2)
    (table,) = read_tables(document(first, rest))
    assert table.pages == (1, 2) and len(table.rows) == len(BODY) + 2


def test_the_last_word_of_a_name_is_no_total() -> None:
    page = set_in_columns([HEAD, *BODY], pitch=40)
    box = BBox(80, 60 + 40 * 4 + 10, 100, 60 + 40 * 4 + 18)
    (grid,) = find_grids(Page(1, 842, 595, lines=(*page.lines, Line("công", "công", box, words=(Word("công", box),)))))
    assert grid.rows == len(BODY) + 1


def test_a_title_close_above_is_no_heading() -> None:
    page = set_in_columns([HEAD, *BODY])
    box = BBox(215, 46, 345, 54)
    parts = [Word(text, BBox(x, 46, x + 40, 54)) for text, x in (("DANH", 215.0), ("MỤC", 259.0), ("DỰ ÁN", 303.0))]
    title = Line("DANH MỤC DỰ ÁN", "DANH MỤC DỰ ÁN", box, words=tuple(parts))
    (table,) = read_tables(document(Page(1, 842, 595, lines=(title, *page.lines))))
    assert table.columns == tuple((text,) for text in HEAD)


def test_a_list_in_columns_of_words_is_a_table_by_its_ordinals() -> None:
    head = ("TT", "Họ và tên", "Đơn vị", "Nhiệm vụ", "", "")
    rows = [(str(n), f"Ông Lê Văn {n}", "Sở Tài chính", "Thành viên", "", "") for n in range(1, 5)]
    (table,) = read_tables(document(set_in_columns([head, *rows])))
    assert [row.texts for row in table.rows] == [row[:4] for row in rows]
    assert table.columns[1] == ("Họ và tên",)
    assert find_grids(set_in_columns([(row[0], row[1], "", "", "", "") for row in rows])) == ()


def test_a_total_without_an_ordinal_ends_the_table() -> None:
    (table,) = read_tables(document(set_in_columns([HEAD, *BODY, ("", "Tổng cộng", "1.458", "", "", "")])))
    assert table.rows[-1].texts == ("", "Tổng cộng", "1.458", "", "", "")


def test_a_heading_in_one_piece_stands_over_its_columns() -> None:
    page = set_in_columns([HEAD, *BODY])
    box = BBox(250, 44, 530, 52)
    wide = Line("Kế hoạch vốn năm 2023", "Kế hoạch vốn năm 2023", box, words=(Word("Kế hoạch vốn năm 2023", box),))
    page = Page(1, 842, 595, lines=(wide, *page.lines))
    (table,) = read_tables(document(page))
    assert table.columns[2:] == tuple(("Kế hoạch vốn năm 2023", leaf) for leaf in HEAD[2:])
    assert table.columns[1] == ("Tên dự án",)
    assert [row.texts for row in table.rows] == BODY


def test_figures_a_little_above_their_row_open_none() -> None:
    """As on a page askew, where two figures stand at the height of the first line of a name of two lines."""
    page = set_in_columns([HEAD, *BODY])
    up = {"Cầu B": 7.0, "1.250": 3.5, "1.000": 3.5}  # the row below the section
    moved = []
    for line in page.lines:
        box, shift = line.bbox, up.get(line.text, 0.0)
        assert box is not None
        box = BBox(box.x0, box.top - shift, box.x1, box.bottom - shift)
        moved.append(Line(line.text, line.text, box, words=(Word(line.text, box),)))
    below = BBox(80, 60 + 22 * 3 + 3, 110, 60 + 22 * 3 + 11)
    moved.append(Line("nâng", "nâng", below, words=(Word("nâng", below),)))
    (table,) = read_tables(document(Page(1, 842, 595, lines=tuple(moved))))
    assert [row.texts[0] for row in table.rows] == ["1", "I", "2", "3"]
    assert table.rows[2].texts == ("2", "Cầu B nâng", "1.250", "1.000", "250", "0")
