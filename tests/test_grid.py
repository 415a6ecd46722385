"""Rules on page images to rows, columns and merged cells."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.engines.grid import find_grids
from pipeline.engines.image import PageImage, Pixels, painted_over

XS, YS = (200, 320, 900, 1300, 1700), (300, 420, 480, 600, 720)


def _page(dpi: float = 200) -> Pixels:
    return np.full((round(11.7 * dpi), round(8.3 * dpi) + 200), 255, np.uint8)


def _table(page: Pixels, xs: tuple[int, ...] = XS, ys: tuple[int, ...] = YS, width: int = 2) -> Pixels:
    for x in xs:
        cv2.line(page, (x, ys[0]), (x, ys[-1]), 0, width)
    for y in ys:
        cv2.line(page, (xs[0], y), (xs[-1], y), 0, width)
    return page


def _image(clean: Pixels, dpi: float = 200) -> PageImage:
    return PageImage(cv2.cvtColor(clean, cv2.COLOR_GRAY2RGB).astype(np.uint8), clean, dpi)


def test_a_plain_grid() -> None:
    (grid,) = find_grids(_image(_table(_page())))
    assert (grid.rows, grid.columns, len(grid.boxes)) == (4, 4, 16)
    first = grid.boxes[0].bbox
    assert abs(first.x0 - 200) < 3 and abs(first.bottom - 420) < 3


def test_merged_cells() -> None:
    page = _table(_page())
    cv2.line(page, (905, 360), (1295, 360), 255, 1)  # nothing there: stays white
    cv2.line(page, (1300, 302), (1300, 418), 255, 6)  # first row: columns 3 and 4 merged
    cv2.line(page, (203, 480), (317, 480), 255, 6)  # first column: rows 2 and 3 merged
    (grid,) = find_grids(_image(page))
    spans = {(b.row, b.column): (b.row_span, b.column_span) for b in grid.boxes}
    assert spans[0, 2] == (1, 2) and spans[1, 0] == (2, 1)
    assert len(grid.boxes) == 14


@pytest.mark.parametrize("degrees", [-1.0, 0.3, 1.0])
def test_a_tilted_grid_with_broken_rules(degrees: float) -> None:
    page = _table(_page())
    for x in range(230, 1700, 140):
        page[:, x : x + 6] = 255
    matrix = cv2.getRotationMatrix2D((900, 500), degrees, 1.0)
    turned = cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=(255.0,)).astype(np.uint8)
    (grid,) = find_grids(_image(turned))
    assert (grid.rows, grid.columns, len(grid.boxes)) == (4, 4, 16)


def test_letters_under_each_other_are_no_rule() -> None:
    ys = tuple(range(300, 901, 40))
    page = _table(_page(), (200, 320, 1700), ys)
    for y in ys[:-1]:
        cv2.putText(page, "HHHH IIII", (350, y + 33), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)
    (grid,) = find_grids(_image(page))
    assert (grid.rows, grid.columns) == (len(ys) - 1, 2)


def test_one_low_row_between_two_section_rows_keeps_its_columns() -> None:
    page = _table(_page(), XS, (300, 420, 460, 500, 540))
    for x in XS[1:-1]:
        page[424:458, x - 3 : x + 4] = 255
        page[504:538, x - 3 : x + 4] = 255
    (grid,) = find_grids(_image(page))
    assert sorted(b.row for b in grid.boxes) == [0, 0, 0, 0, 1, 2, 2, 2, 2, 3]


@pytest.mark.parametrize("mark", ["underline", "frame", "seal", "nothing"])
def test_other_strokes_are_no_table(mark: str) -> None:
    page = _page()
    if mark == "underline":
        cv2.line(page, (300, 300), (700, 300), 0, 2)
        cv2.line(page, (900, 300), (1300, 300), 0, 2)
    elif mark == "frame":
        cv2.rectangle(page, (200, 200), (1600, 500), 0, 3)
    elif mark == "seal":
        cv2.circle(page, (900, 1500), 140, 0, 4)
        cv2.line(page, (760, 1500), (1040, 1500), 0, 3)
        cv2.line(page, (900, 1360), (900, 1640), 0, 3)
    assert find_grids(_image(page)) == ()


def test_the_rest_of_the_page_is_read_without_the_table() -> None:
    page = _table(_page())
    cv2.putText(page, "VI", (300, 200), cv2.FONT_HERSHEY_SIMPLEX, 2, 0, 4)
    image = _image(page)
    rest = painted_over(image, [grid.bbox for grid in find_grids(image)]).clean
    assert rest[290:730].min() == 255
    assert rest[:290].min() == 0


def test_a_line_of_text_beside_the_end_of_a_rule_is_no_rule() -> None:
    page = _table(_page(), (200, 320, 420, 520, 1000, 1700), (300, 420, 480, 600))
    page[417:424, 1003:1698] = page[417:424, 323:418] = 255  # merged with what is below; a text at that height
    cv2.rectangle(page, (326, 419), (414, 421), 0, -1)  # bold letters with serifs that touch
    for x in range(326, 414, 12):
        cv2.rectangle(page, (x, 402), (x + 8, 421), 0, -1)
    (grid,) = find_grids(_image(page))
    assert (1, 1) not in {(box.row, box.column) for box in grid.boxes}


def test_dotted_lines_part_the_rows_of_a_ruled_table() -> None:
    page = _table(_page(), XS, (300, 420, 720))
    for y in (520, 620):
        for x in range(205, 1698, 6):
            cv2.rectangle(page, (x, y), (x + 2, y + 1), 0, -1)
    (grid,) = find_grids(_image(page))
    assert (grid.rows, grid.columns, len(grid.boxes)) == (4, 4, 16)


@pytest.mark.parametrize("degrees", [0.0, 0.4])
def test_dashed_rules(degrees: float) -> None:
    page = _page()
    for x in XS:
        for y in range(YS[0], YS[-1], 12):
            page[y : y + 7, x : x + 2] = 0
    for y in YS:
        for x in range(XS[0], XS[-1], 12):
            page[y : y + 2, x : x + 7] = 0
    matrix = cv2.getRotationMatrix2D((900, 500), degrees, 1.0)
    turned = cv2.warpAffine(page, matrix, page.shape[::-1], borderValue=(255.0,)).astype(np.uint8)
    (grid,) = find_grids(_image(turned))
    assert (grid.rows, grid.columns, len(grid.boxes)) == (4, 4, 16)
