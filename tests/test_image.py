from __future__ import annotations

import cv2
import numpy as np
import pytest

from pipeline.engines.image import Pixels, even_background, find_skew, prepare, remove_specks, turn


def _page(dpi: int = 150) -> Pixels:
    """A page of grey text bars: rows of short dark words."""
    page = np.full((int(11.7 * dpi), int(8.3 * dpi)), 255, np.uint8)
    rng = np.random.default_rng(7)
    for top in range(dpi, page.shape[0] - dpi, dpi // 4):
        left = dpi
        while left < page.shape[1] - dpi:
            width = int(rng.integers(dpi // 8, dpi // 2))
            page[top : top + dpi // 12, left : left + width] = 20
            left += width + dpi // 12
    return page


def _tilt(page: Pixels, degrees: float) -> Pixels:
    height, width = page.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1)
    return np.asarray(cv2.warpAffine(page, matrix, (width, height), borderValue=255), np.uint8)


@pytest.mark.parametrize("degrees", [-9.0, -2.0, -0.6, 0.0, 1.3, 5.0, 10.0])
def test_F19_skew_is_found_to_a_tenth_of_a_degree(degrees: float) -> None:
    assert find_skew(_tilt(_page(), degrees), 150) == pytest.approx(degrees, abs=0.15)


def test_prepare_straightens_and_reports() -> None:
    image = prepare(_tilt(_page(), 3.0), 150)
    assert image.skew == pytest.approx(3.0, abs=0.15)
    assert abs(find_skew(image.clean, 150)) < 0.15
    assert image.width == pytest.approx(8.3 * 72, abs=1)


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_F19_turned_pages_are_turned_back_clockwise(degrees: int) -> None:
    page = np.zeros((2, 3), np.uint8)
    page[0, 0] = 9  # top left
    turned = turn(page, degrees)
    corner = {0: (0, 0), 90: (0, -1), 180: (-1, -1), 270: (-1, 0)}[degrees]
    assert turned[corner] == 9
    assert np.array_equal(turn(turned, 360 - degrees), page)


def test_uneven_paper_becomes_white() -> None:
    page = _page()
    shade = np.linspace(0.5, 1.0, page.shape[1])[None, :]
    shaded = (page * shade).astype(np.uint8)
    even = even_background(shaded)
    assert np.median(even) > 245
    assert even[page < 50].mean() < 90


def test_red_seal_fades_and_black_print_stays() -> None:
    colour = cv2.cvtColor(_page(), cv2.COLOR_GRAY2RGB)
    cv2.circle(colour, (600, 800), 120, (220, 30, 40), 8)
    image = prepare(np.asarray(colour, np.uint8), 150)
    ring = np.zeros(image.clean.shape, np.uint8)
    cv2.circle(ring, (600, 800), 120, 255, 4)
    print_ = _page() < 50
    assert image.clean[(ring > 0) & ~print_].mean() > 180
    assert image.clean[print_].mean() < 90
    assert image.colour[(ring > 0)].min() < 60  # what the second reader sees keeps the ink


def test_specks_go_and_dots_of_letters_stay() -> None:
    page = _page(200)
    clean = page.copy()
    rng = np.random.default_rng(3)
    for _ in range(4000):
        y, x = rng.integers(5, page.shape[0] - 5), rng.integers(5, page.shape[1] - 5)
        page[y, x] = 0
    beside = (slice(200, 203), slice(198, 201))  # a full stop just left of the first word
    page[beside] = 0
    result = remove_specks(page, 200)
    far = clean[30:150, 30:1500] == 255
    assert (result[30:150, 30:1500][far] < 128).mean() < 0.0005
    assert result[beside].mean() < 50
    assert (result[clean < 50] < 128).mean() > 0.99
