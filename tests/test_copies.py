"""The list "Nơi nhận" read a second time: when it is looked at, and what the second look replaces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from models.document import Line, Word
from models.geometry import BBox
from pipeline.engines.copies import reread_copies
from pipeline.engines.image import PageImage, Pixels
from pipeline.engines.paddle import Corners, Paddle
from pipeline.engines.tesseract import Tesseract
from tests.documents import line

IMAGE = PageImage(np.full((842, 595, 3), 255, np.uint8), np.full((842, 595), 255, np.uint8), 72.0)
BODY = line("Sở đề nghị các đơn vị báo cáo đúng thời hạn nêu trên để tổng hợp, trình cấp trên./.", 85, 560)
LABEL, FIRST, SECOND, FILED = "Nơi nhận:", "- Như trên;", "- Các phòng;", "- Lưu: VT, KHTC."


class Finder(Paddle):
    """A second reader that finds lines at set heights of the part of the page that it is shown."""

    def __init__(self, *tops: float) -> None:
        self.tops, self.asked = tops, 0

    def find_lines(self, area: Pixels) -> Sequence[Corners]:
        """Boxes of 60 by 12 points."""
        self.asked += 1
        return [np.array([[8, t], [68, t], [68, t + 12], [8, t + 12]], np.float32) for t in self.tops]


class Told(Tesseract):
    """A first reader that says the given texts one after the other."""

    def recognise(self, image: PageImage, *, mode: int = 3) -> tuple[Line, ...]:
        """The next text as one line."""
        text, box = TOLD.pop(0), BBox(0, 0, 60, 12)
        return (Line(text, text, box, 0.9, (Word(text, box, 0.9),)),) if text else ()


TOLD: list[str] = []


def items(*rows: tuple[str, float, float]) -> tuple[Line, ...]:
    """Lines of the list at the left margin: text, top, certainty."""
    return tuple(line(text, 85, top, confidence) for text, top, confidence in rows)


@pytest.mark.parametrize(
    ("rows", "tops", "told", "texts"),
    [
        ([(LABEL, 600, 0.9), (FIRST, 614, 0.9), (SECOND, 627, 0.9), (FILED, 640, 0.9)], (), (),
         [LABEL, FIRST, SECOND, FILED]),
        ([("kvi m dành", 606, 0.6), (SECOND, 627, 0.9), (FILED, 640, 0.9)], (40, 53), (LABEL, FIRST),
         [SECOND, FILED, LABEL, FIRST]),
        ([(LABEL, 600, 0.9), (SECOND, 627, 0.9), (FILED, 640, 0.9)], (16,), (FIRST,), [LABEL, SECOND, FILED, FIRST]),
        ([(LABEL, 600, 0.9), (FIRST, 614, 0.9), (SECOND, 627, 0.9)], (42,), (FILED,), [LABEL, FIRST, SECOND, FILED]),
        ([("kvi m dành", 606, 0.6), (SECOND, 627, 0.9), (FILED, 640, 0.9)], (40, 53), ("", ""),
         ["kvi m dành", SECOND, FILED]),
    ],
    ids=["clear", "label-and-first-in-one", "first-lost", "filing-line-lost", "nothing-found"],
)  # fmt: skip
def test_what_is_read_again(
    rows: list[tuple[str, float, float]], tops: tuple[float, ...], told: tuple[str, ...], texts: list[str]
) -> None:
    TOLD[:] = told
    finder = Finder(*tops)
    found = reread_copies(IMAGE, (BODY, *items(*rows)), Told(), finder)
    assert [each.text for each in found[1:]] == texts
    assert found[0] is BODY
    assert finder.asked == bool(tops)


def test_a_page_without_a_list_is_not_looked_at() -> None:
    finder = Finder(10)
    assert reread_copies(IMAGE, (BODY,), Told(), finder) == (BODY,)
    assert not finder.asked
