"""Rows of ruled tables that no rule parts, on drawn pages; the reader of figures is a list of what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import cv2
import pytest

from pipeline.engines.grid import DrawnGrid, find_grids
from pipeline.engines.image import Pixels
from pipeline.engines.paddle import Paddle, Reread
from pipeline.engines.tall_rows import divided
from tests.test_grid import XS, _image, _page, _table

YS = (300, 420, 900)  # a head, and one tall row below it


class _Says:
    """A reader that says what it is told to, picture by picture."""

    def __init__(self, *texts: str) -> None:
        self.texts = list(texts)

    def read_words(self, crops: Sequence[Pixels], *, narrowest: int = 0) -> tuple[Reread, ...]:
        return tuple(Reread(self.texts.pop(0), 0.9) for _ in crops)


def _write(page: Pixels, text: str, column: int, y: int) -> None:
    cv2.putText(page, text, (XS[column] + 30, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 0, 3)


def _divided(page: Pixels, *said: str) -> DrawnGrid:
    (grid,) = find_grids(_image(page))
    assert grid.rows == 2
    return divided(_image(page), grid, cast(Paddle, _Says(*said)))


def _three_rows() -> Pixels:
    page = _table(_page(), ys=YS)
    for n, y in enumerate((500, 640, 780), start=1):
        _write(page, str(n), 0, y)
        _write(page, "Nang cap tuyen tu", 1, y - 22)
        _write(page, "duong lien xa", 1, y + 22)
        _write(page, f"{n}.250", 2, y)
    return page


def test_a_tall_row_has_as_many_rows_as_ordinals() -> None:
    grid = _divided(_three_rows(), "1", "2", "3")
    assert (grid.rows, grid.columns, len(grid.boxes)) == (4, 4, 16)
    tops = [round(box.bbox.top) for box in grid.boxes if box.column == 0]
    assert 532 < tops[2] < 598 and 672 < tops[3] < 738  # in the white between the names


def test_figures_at_one_height_open_a_row_without_an_ordinal() -> None:
    page = _three_rows()
    for column, text in ((1, "Cong"), (2, "3.750"), (3, "3.750")):
        _write(page, text, column, 870)
    assert _divided(page, "1", "2", "3", "3.750", "3.750").rows == 5


@pytest.mark.parametrize("said", [("So", "thu", "tu"), ("1", "-", "-")], ids=["a heading", "one ordinal"])
def test_lines_that_are_no_ordinals_part_nothing(said: tuple[str, ...]) -> None:
    assert _divided(_three_rows(), *said).rows == 2


def test_rules_that_stop_at_a_title_across_divide_the_rows_beside_it() -> None:
    page = _three_rows()
    page[424:596, XS[2] - 3 : XS[2] + 4] = 255  # the first two rows run over two columns
    page[722:896, XS[2] - 3 : XS[2] + 4] = 255
    spans = {(box.row, box.column): box.column_span for box in _divided(page, "1", "2", "3").boxes}
    assert (spans[1, 1], spans[2, 1], spans[3, 1]) == (2, 1, 2)


def test_a_rule_lost_between_two_ordinals_is_drawn_again() -> None:
    page = _table(_page(), ys=(300, 420, 560, 700, 840))
    for n, y in enumerate((500, 640, 780), start=1):
        _write(page, str(n), 0, y)
    page[557:564, XS[0] + 3 : XS[1] - 2] = 255
    (grid,) = find_grids(_image(page))
    assert len(grid.boxes) == 15
    assert len(divided(_image(page), grid, cast(Paddle, _Says("1", "2"))).boxes) == 16
    assert len(divided(_image(page), grid, cast(Paddle, _Says("1", "cu"))).boxes) == 15
