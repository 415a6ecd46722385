from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.document import Reading
from models.geometry import BBox
from pipeline.engines.image import PageImage, Pixels
from pipeline.engines.marks import read_marks, without_marks
from pipeline.engines.paddle import Paddle
from tests.faulty_engines import line

pytestmark = pytest.mark.engine


def _page(text: str, colour: tuple[int, int, int], degrees: float) -> PageImage:
    """An A4 page at 200 dpi with `text` in a double frame, as a rubber stamp leaves it."""
    page = np.full((2339, 1654, 3), 255, np.uint8)
    stamp = np.full((300, 700, 3), 255, np.uint8)
    (width, height), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_TRIPLEX, 1.3, 3)
    left, top = 350 - width // 2, 150 + height // 2
    cv2.putText(stamp, text, (left, top), cv2.FONT_HERSHEY_TRIPLEX, 1.3, colour, 3)
    for grow in (22, 30):
        cv2.rectangle(stamp, (left - grow, top - height - grow), (left + width + grow, top + grow), colour, 3)
    matrix = cv2.getRotationMatrix2D((350, 150), degrees, 1)
    page[400:700, 200:900] = cv2.warpAffine(stamp, matrix, (700, 300), borderValue=(255, 255, 255))
    pixels: Pixels = page
    return PageImage(pixels, np.asarray(page.max(axis=2), np.uint8), 200.0)


@pytest.mark.parametrize(("text", "mark"), [("HOA TOC", "HỎA TỐC"), ("KHAN", "KHẨN"), ("TOI MAT", "TỐI MẬT")])
@pytest.mark.parametrize("degrees", [0.0, 7.0, -12.0])
def test_boxed_marks_are_read_in_any_ink_and_tilt(text: str, mark: str, degrees: float) -> None:
    found = read_marks(_page(text, (214, 40, 50), degrees), Paddle())
    assert [(r.region, r.text) for r in found] == [("stamp", mark)]


def test_other_boxes_are_left_alone() -> None:
    assert read_marks(_page("CONG VAN", (0, 0, 0), 0.0), Paddle()) == ()


def test_noise_made_of_a_mark_is_dropped_and_its_neighbours_stay() -> None:
    noise, letter = line("[na xốc]", 150), line("Số: 15/QĐ-BNV", 100)
    mark = Reading("paddle", "stamp", "HỎA TỐC", 1, BBox(70, 140, 180, 170), 0.9)
    assert without_marks((letter, noise), (mark,)) == (letter,)
