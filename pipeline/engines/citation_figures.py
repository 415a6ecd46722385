"""Numbers and days of cited documents read a second time, where the reader of printed words was unsure of its figures.

Asked for are only those whose words it doubts or whose shape is no number's; what the second reader says is recorded
as a reading beside the lines, and `extractors/citations/second.py` weighs the two.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors import flow
from extractors.citations import dates, nouns
from extractors.citations.numbers import find_numbers
from models.document import Evidence, Line, Reading
from models.geometry import BBox, enclosing
from pipeline.engines.head import cut
from pipeline.engines.image import PageImage
from pipeline.engines.paddle import ORIGIN, Paddle

REGION = "citation"
# Of 156 numbers of citations on real pages the two readers differed in 17 of 86 below this, in 2 of 70 above.
_UNSURE = 0.85
_MOST = 8  # pictures of one page, the least sure first; a letter has two on average
_LABEL = re.compile(rf"\b{nouns.NOUN}\s+s\s?[o0]{{1,2}}\s?[:.]?\s?", re.IGNORECASE)
_SYMBOL = re.compile(r"\S{0,14}\s?\S{0,10}?[/\\|]\s?[A-Z0-9][A-Za-z0-9./-]*[A-Z]\w*")
_DAY = re.compile(r"[\s,(]{1,3}n?ga[yvj]\b.{4,34}?(?:19|20)\d\d", re.IGNORECASE)
_OWN = re.compile(r"\W{0,3}s[o0]?\W{0,3}", re.IGNORECASE)  # a number line of its own is read with the head
_BESIDE, _ABOVE = 2.0, 2.5  # points: the reader likes a little paper around the figures


@dataclass(frozen=True, slots=True)
class _Doubt:
    """Words of a line that should be read again: their box, and how sure the first reader was."""

    box: BBox
    sure: float


def reread(image: PageImage, lines: Sequence[Line], paddle: Paddle, page: int) -> tuple[Reading, ...]:
    """What the second reader makes of doubtful citations on the page; the box is that of the words it looked at."""
    doubts = sorted((doubt for line in lines for doubt in _doubts(line)), key=lambda doubt: doubt.sure)
    found = []
    for box in (doubt.box for doubt in doubts[:_MOST]):
        around = BBox(box.x0 - _BESIDE, box.top - _ABOVE, box.x1 + _BESIDE, box.bottom + _ABOVE)
        (seen,) = paddle.read_words([cut(image, around)])  # together, all would be padded to the width of the longest
        if seen.text:
            found.append(Reading(ORIGIN, REGION, seen.text, page, box, seen.confidence))
    return tuple(found)


def _doubts(line: Line) -> Iterator[_Doubt]:
    if line.bbox is None or not line.words or not any(map(str.isdigit, line.text)):
        return
    plain = flow.unmarked(line.text)
    read = {hit.end: hit.start for hit in find_numbers(line.text, plain)}
    spans = {end: (start, end, True) for end, start in read.items() if not _OWN.fullmatch(plain[:start])}
    for label in _LABEL.finditer(plain):
        if match := _SYMBOL.match(plain, label.end()):
            ends = [end for end in read if label.end() < end <= match.end() + 2]
            end = ends[0] if ends else match.end()
            spans[end] = (label.end(), end, bool(ends) and read[end] == label.end())
    for start, end, clean in sorted(spans.values()):
        yield from _doubt(line, plain, start, end, clean=clean)


def _doubt(line: Line, plain: str, start: int, end: int, *, clean: bool) -> Iterator[_Doubt]:
    """The words of a number, with those of its day where this is what cannot be read; none where all is sure."""
    said, day = _DAY.match(plain, end), dates.AFTER.match(plain, end)
    whole = max(said.end() if said else end, day.end() if day else end)
    dated = day is not None and dates.read(day) is not None
    if whole > end and (not dated or _sure(line, end, whole) < _UNSURE):
        end = whole
    elif clean and _sure(line, start, end) >= _UNSURE:
        return
    box = enclosing(word.bbox for word in flow.words(line, Evidence(0, 0, start, end)))
    if box is not None:
        yield _Doubt(box, _sure(line, start, end))


def _sure(line: Line, start: int, end: int) -> float:
    """The lowest confidence of the words with figures between two offsets."""
    words = flow.words(line, Evidence(0, 0, start, end))
    return min((word.confidence for word in words if any(map(str.isdigit, word.text))), default=0.0)
