"""The inside of table cells: rules and their remains taken away, letters close to them kept."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.geometry import BBox
from pipeline.engines.cell_crops import Crop, inside
from pipeline.engines.image import PageImage, Pixels

DPI = 300.0


def _cell(width: int, height: int, *, lean: int = 0) -> Pixels:
    """A cell with rules of 4 pixels about it, the upper one `lean` pixels lower at its right end."""
    page = np.full((height + 40, width + 40), 255, np.uint8)
    left, top, right, bottom = 20, 20, 20 + width, 20 + height
    for start, end in (
        ((left, top), (right, top + lean)),
        ((left, bottom), (right, bottom)),
        ((left, top), (left, bottom)),
        ((right, top), (right, bottom)),
    ):
        cv2.line(page, start, end, 0, 4)
    return page


def _inside(page: Pixels) -> Crop | None:
    height, width = page.shape
    return inside(PageImage(page, page, DPI), BBox(20, 20, width - 20, height - 20))


def test_a_stroke_close_to_a_rule_is_no_part_of_it() -> None:
    page = _cell(90, 42)
    cv2.ellipse(page, (97, 41), (5, 11), 0, 0, 360, 0, 3)  # a nought three pixels from the rule
    crop = _inside(page)
    assert crop is not None and not crop.cut and crop.ink.width >= 11


def test_a_text_that_runs_into_its_rule_is_cut() -> None:
    page = _cell(90, 42)
    cv2.rectangle(page, (60, 30), (109, 50), 0, -1)
    crop = _inside(page)
    assert crop is not None and crop.cut


def test_the_bars_of_capitals_are_no_fold() -> None:
    page = _cell(80, 120)
    for left in (32, 62):
        cv2.rectangle(page, (left, 65), (left + 28, 68), 0, -1)
        cv2.rectangle(page, (left + 12, 65), (left + 16, 90), 0, -1)
    crop = _inside(page)
    assert crop is not None and crop.ink.width > 50


def test_what_a_leaning_rule_leaves_in_a_wide_cell_is_no_text() -> None:
    page = _cell(760, 60, lean=5)
    assert _inside(page) is None
    cv2.rectangle(page, (40, 42), (52, 62), 0, -1)
    crop = _inside(page)
    assert crop is not None and crop.ink.width < 20 and crop.pixels.shape[1] < 60


@pytest.mark.parametrize("strokes", [1, 2, 3])
def test_upright_strokes_alone_are_a_roman_number(strokes: int) -> None:
    page = _cell(90, 60)
    for i in range(strokes):
        cv2.rectangle(page, (50 + 10 * i, 40), (53 + 10 * i, 60), 0, -1)
    crop = _inside(page)
    assert crop is not None and crop.bars() == strokes


def test_a_figure_is_no_roman_number() -> None:
    page = _cell(90, 60)
    cv2.putText(page, "17", (45, 62), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 3)
    crop = _inside(page)
    assert crop is not None and crop.bars() == 0
