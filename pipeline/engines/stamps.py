"""Red office stamps taken off the head of a page before its words are read.

The stamp of arrival is put where there is room, often over the number or the subject. In the brightest colour its ink
fades to grey, which still joins the letters under it. Only coloured ink inside a red frame of such a stamp's size is
taken away, the figures that a pen filled in included: letterheads printed in red stay.
"""

from __future__ import annotations

import dataclasses

import cv2
import numpy as np
from numpy.typing import NDArray

from pipeline.engines.image import PageImage, Pixels, as_pixels, brightest, darkest

_TOP = 0.55  # share of the page in which stamps of arrival stand
_WIDTH, _HEIGHT = (90.0, 230.0), (36.0, 130.0)  # points
_REDDER = 40  # of 255 over the other colours
_BRIGHT, _FRINGE = 110, 185  # what is darker in every colour is print under the stamp, or the edge of it
_LEAST = 0.002  # share of the part looked at


def red_ink(pixels: Pixels) -> NDArray[np.bool_]:
    """Where ink is red: stamps and seals, hardly ever print."""
    red, green, blue = cv2.split(pixels)
    redder = cv2.subtract(red, cv2.max(green, blue))  # 0 where another colour is stronger
    red_enough: NDArray[np.bool_] = (as_pixels(redder) > _REDDER) & (as_pixels(cv2.min(green, blue)) < 200)
    return red_enough


def without_red_stamps(image: PageImage) -> PageImage:
    """The page with the coloured ink of stamps of arrival gone from the picture for words; the colour picture stays."""
    rows = int(image.colour.shape[0] * _TOP)
    top = image.colour[:rows]
    ink = red_ink(top)
    if ink.mean() < _LEAST:
        return image
    gone = np.zeros(ink.shape, np.uint8)
    scale = image.dpi / 72
    joined = cv2.morphologyEx(ink.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
    outlines, _ = cv2.findContours(joined, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        box = cv2.minAreaRect(outline)
        width, height = max(box[1]) / scale, min(box[1]) / scale
        if _WIDTH[0] < width < _WIDTH[1] and _HEIGHT[0] < height < _HEIGHT[1]:
            cv2.fillConvexPoly(gone, cv2.boxPoints(box).astype(np.int32), 1)
    if not gone.any():
        return image
    coloured = (brightest(top).astype(np.int16) - darkest(top) > _REDDER) & (gone > 0)
    around = cv2.dilate(coloured.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    clean = image.clean.copy()
    clean[:rows][(coloured & (clean[:rows] > _BRIGHT)) | (around & (clean[:rows] > _FRINGE))] = 255
    return dataclasses.replace(image, clean=clean)
