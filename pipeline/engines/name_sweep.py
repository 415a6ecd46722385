"""The signer's name looked for row by row, where no reader has found a line of it.

A seal's rim and a signature run into the printed name, and whoever looks for lines takes all of it for one blot. Under
the signing title, in its column, the name can stand in a few places only: each is shown to the second reader as if a
line stood there. What counts is what two neighbouring cuts agree upon.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import cv2
import numpy as np
from rapidfuzz import fuzz

from extractors.vi.name_marks import is_familiar
from extractors.vi.names import strip_degrees
from extractors.vi.syllables import is_syllable
from extractors.vi.text import fold, normalise
from models.geometry import BBox
from pipeline.engines.head import cut
from pipeline.engines.image import PageImage, Pixels, as_pixels, darkest
from pipeline.engines.paddle import Paddle, Reread

_STEP, _HEIGHT, _HALF_WIDTH = 5.0, 18.0, 92.0  # points
_FROM, _TO = 26.0, 140.0  # below the title: signatures take a third of an inch to nearly two
_LEAST, _SURER = 0.7, 0.85  # of each cut, and of the better of two
_AGREED = 80.0  # of the letters; two cuts seldom lose the same ones
_PRINT = 95  # what is lighter on a grey copy is a seal or a pen
_INK = 0.012  # share of a cut that a name fills at the least


def sweep(image: PageImage, title: BBox, paddle: Paddle) -> tuple[Reread, ...]:
    """What may be the name under a title, the surest first; () where no two cuts agree."""
    boxes = _boxes(title, image)
    crops = [cut(image, box) for box in boxes]
    for prepared in (crops, [only_print(crop) for crop in crops]):
        inked = [i for i, crop in enumerate(prepared) if (darkest(crop) < 128).mean() > _INK]
        read = dict(zip(inked, paddle.read_words([prepared[i] for i in inked]), strict=True))
        seen = [Reread(r.text, r.confidence, box) if (r := read.get(i)) else None for i, box in enumerate(boxes)]
        if found := agreed(seen):
            return found
    return ()


def agreed(seen: Sequence[Reread | None]) -> tuple[Reread, ...]:
    """The cuts that look like a name and that their neighbour bears out; more words first, then the surer."""
    found: dict[int, Reread] = {}
    for (i, first), (j, second) in pairwise(enumerate(seen)):
        if first is None or second is None or not (_is_like_name(first) and _is_like_name(second)):
            continue
        if max(first.confidence, second.confidence) < _SURER:
            continue
        if fuzz.ratio(_letters(first.text), _letters(second.text)) >= _AGREED:
            found |= {i: first, j: second}
    return tuple(sorted(found.values(), key=lambda r: (-len(r.text.split()), -r.confidence)))


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalpha())


def _is_like_name(seen: Reread) -> bool:
    """Two to five capitalised words, the last of them one that names end in."""
    words = strip_degrees(normalise(seen.text)).split()
    if seen.confidence < _LEAST or not 2 <= len(words) <= 5 or any(not word[0].isupper() for word in words[1:]):
        return False
    last = words[-1]
    return last.isalpha() and not last.isupper() and is_syllable(last) and is_familiar(f"X {last}")


def _boxes(title: BBox, image: PageImage) -> list[BBox]:
    left, right = max(title.x_mid - _HALF_WIDTH, 0.0), min(title.x_mid + _HALF_WIDTH, image.width)
    tops = np.arange(title.bottom + _FROM, min(title.bottom + _TO, image.height - _HEIGHT), _STEP)
    return [BBox(left, float(top), right, float(top) + _HEIGHT) for top in tops]


def only_print(crop: Pixels) -> Pixels:
    """The crop with all that is lighter than print taken away."""
    grey = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    return as_pixels(np.where(grey < _PRINT, grey, 255)[..., None].repeat(3, axis=2))
