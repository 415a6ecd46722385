"""Tables without rules by their ink: rows and pieces on drawn pages, prose left alone, what a reader gives up."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from models.errors import TransientError
from models.geometry import BBox
from pipeline.engines import crops, tesseract_inside
from pipeline.engines.image import PageImage, painted_over
from pipeline.engines.ink_pieces import rows_in_columns

COLUMNS = (150, 300, 900, 1200, 1500)


def _page(rows: list[tuple[str, ...]], *, tilt: float = 0.0, rules: bool = False) -> PageImage:
    """A page at 200 dpi; each row one line, each text at the left of its column."""
    page = np.full((2200, 1700), 255, np.uint8)
    for index, row in enumerate(rows):
        for left, text in zip(COLUMNS, row, strict=False):
            _write(page, text, left, 300 + 60 * index)
        if rules:
            cv2.line(page, (150, 265 + 60 * index), (1600, 265 + 60 * index), 0, 2)
    if tilt:
        matrix = cv2.getRotationMatrix2D((850, 1100), tilt, 1.0)
        page = np.asarray(cv2.warpAffine(page, matrix, (1700, 2200), borderValue=255), np.uint8)
    return PageImage(page, page, 200.0)


def _write(page: np.ndarray, text: str, left: int, base: int) -> None:
    if text == "-":
        cv2.line(page, (left, base - 8), (left + 7, base - 8), 0, 2)
    elif text:
        cv2.putText(page, text, (left, base), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 0, 2)


BODY = [(str(n), f"Duong lien xa so {n}", f"{n}.250", "-" if n == 3 else "38", "12.700") for n in range(1, 8)]


@pytest.mark.parametrize("tilt", [-0.4, 0.0, 0.4])
@pytest.mark.parametrize("rules", [False, True])
def test_each_place_is_one_piece(tilt: float, rules: bool) -> None:
    rows = rows_in_columns(_page(BODY, tilt=tilt, rules=rules))
    assert [len(row.pieces) for row in rows] == [5] * 7
    assert [[piece.dash for piece in row.pieces].index(True) for row in rows[2:3]] == [3]
    assert not any(piece.dash for row in rows[:2] for piece in row.pieces)


def test_head_and_section_belong_to_the_table_and_the_text_around_does_not() -> None:
    title = ("", "Bieu tong hop ke hoach va giai ngan von dau tu cong nam 2022 cua tinh")
    head = ("TT", "Ten du an", "Tong so", "NSTW", "NSDP")
    rows = [title, (), head, *BODY[:3], ("I", "Muc moi"), *BODY[3:], (), title]
    found = rows_in_columns(_page(rows))
    assert [len(row.pieces) for row in found] == [5, 5, 5, 5, 2, 5, 5, 5, 5]


def test_running_text_is_no_table() -> None:
    page = np.full((2200, 1700), 255, np.uint8)
    rng = np.random.default_rng(4)
    for line in range(25):
        left = 150
        while left < 1500:  # justified: blanks as wide as gaps between columns, now here, now there
            word = "a" * int(rng.integers(2, 7))
            _write(page, word, left, 200 + 45 * line)
            left += 16 * len(word) + int(rng.integers(10, 34))
    assert rows_in_columns(PageImage(page, page, 200.0)) == []


def test_a_few_rows_go_on_from_the_page_before() -> None:
    assert rows_in_columns(_page(BODY[:1])) == []
    assert len(rows_in_columns(_page(BODY[:1]), least=1)) == 1


def test_a_page_left_almost_empty_has_no_grain() -> None:
    grain = np.random.default_rng(1).integers(238, 256, (400, 400)).astype(np.uint8)
    grain[100:200, 100:200] = 0
    rest = painted_over(PageImage(grain, grain, 200.0), [BBox(100, 100, 200, 200)]).clean
    assert rest.min() == 255


class _Sleepy:
    """Gives up on wide pictures."""

    def table(self, pixels: np.ndarray, dpi: float, mode: int, timeout: float, characters: str = "") -> str:
        if pixels.shape[1] > 100:
            raise TransientError("did not end")
        return "5\t1\t1\t1\t1\t1\t0\t0\t9\t9\t90\t12\n"


def test_one_picture_that_is_given_up_costs_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tesseract_inside, "engine", lambda language: _Sleepy())
    narrow, wide = np.zeros((20, 50), np.uint8), np.zeros((20, 200), np.uint8)
    first, lost, last = crops.read_crops([narrow, wide, narrow], 300, mode=crops.LINE)
    assert lost is None and first is not None and last is not None and first[0].text == "12"
    with pytest.raises(TransientError):
        crops.read_crops([wide] * 9, 300, mode=crops.LINE)
