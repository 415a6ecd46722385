"""Lines joined to running text, with the way back from an offset to the line."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from extractors.spans import Span
from models.document import Evidence
from models.geometry import BBox, enclosing


@dataclass(frozen=True, slots=True)
class Running:
    """Text of several spans, one blank between lines; `starts` are the offsets at which each span begins."""

    text: str
    starts: tuple[int, ...]
    spans: tuple[Span, ...]

    def evidence(self, start: int, end: int) -> tuple[Evidence, ...]:
        """The lines that the half-open stretch of text touches."""
        found = []
        for i in range(self.index(start), len(self.spans)):
            begin, span = self.starts[i], self.spans[i]
            if begin >= end:
                break
            first, last = max(start, begin) - begin, min(end, begin + len(span.text)) - begin
            if first < last:
                found.append(Evidence(span.page, span.line, span.start + first, span.start + last))
        return tuple(found)

    def bbox(self, start: int, end: int) -> BBox | None:
        """Box around those lines."""
        last = self.index(max(start, end - 1))
        return enclosing(span.bbox for span in self.spans[self.index(start) : last + 1])

    def confidence(self, start: int) -> float:
        """The reader's certainty where the stretch begins."""
        return self.spans[self.index(start)].confidence if self.spans else 0.0

    def origin(self, start: int) -> str:
        """The reader of the line where the stretch begins."""
        return self.spans[self.index(start)].origin

    def index(self, offset: int) -> int:
        """Index of the span that holds the offset."""
        return max(0, bisect_right(self.starts, offset) - 1)


def running(spans: Iterable[Span]) -> Running:
    """The spans' texts in the order given."""
    kept = tuple(spans)
    starts, at = [], 0
    for span in kept:
        starts.append(at)
        at += len(span.text) + 1
    return Running(" ".join(span.text for span in kept), tuple(starts), kept)
