"""Red stamps of arrival: their ink goes, print under them and letterheads in red stay."""

from __future__ import annotations

import cv2
import numpy as np

from pipeline.engines.image import PageImage, Pixels, brightest
from pipeline.engines.stamps import without_red_stamps

RED, BLUE = (206, 28, 40), (30, 50, 170)


def _page(*, framed: bool) -> PageImage:
    page: Pixels = np.full((1170, 827, 3), 250, np.uint8)
    cv2.putText(page, "PARTY", (60, 80), cv2.FONT_HERSHEY_SIMPLEX, 1.0, RED, 3)
    cv2.putText(page, "CONG VAN", (110, 250), cv2.FONT_HERSHEY_SIMPLEX, 1.0, (0, 0, 0), 3)
    cv2.putText(page, "DEN", (120, 262), cv2.FONT_HERSHEY_SIMPLEX, 1.0, RED, 3)
    cv2.putText(page, "17", (220, 262), cv2.FONT_HERSHEY_SIMPLEX, 1.0, BLUE, 2)
    if framed:
        cv2.rectangle(page, (90, 200), (290, 300), RED, 3)
    return PageImage(page, brightest(page), 100.0)


def test_ink_inside_a_red_frame_goes_and_print_stays() -> None:
    image = _page(framed=True)
    cleaned = without_red_stamps(image)
    inside = (slice(200, 301), slice(90, 291))
    assert (cleaned.clean[inside] < 100).sum() == (image.clean[inside] < 100).sum()  # print
    grey = (cleaned.clean[inside] > 150) & (cleaned.clean[inside] < 240)
    assert grey.mean() < 0.02 < ((image.clean[inside] > 150) & (image.clean[inside] < 240)).mean()
    assert np.array_equal(cleaned.clean[:120], image.clean[:120])  # a head in red
    assert np.array_equal(cleaned.colour, image.colour)


def test_red_ink_without_a_frame_is_left_alone() -> None:
    image = _page(framed=False)
    assert without_red_stamps(image) is image
