"""Boxes on a page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BBox:
    """A rectangle in PDF points (1/72 inch), origin at the top left of the page as read, y grows down."""

    x0: float
    top: float
    x1: float
    bottom: float

    @property
    def width(self) -> float:
        """Width in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Height in points."""
        return self.bottom - self.top

    @property
    def x_mid(self) -> float:
        """Horizontal centre."""
        return (self.x0 + self.x1) / 2

    @property
    def y_mid(self) -> float:
        """Vertical centre."""
        return (self.top + self.bottom) / 2

    @property
    def area(self) -> float:
        """Area in square points, 0 for an inverted box."""
        return max(self.width, 0.0) * max(self.height, 0.0)

    def union(self, other: BBox) -> BBox:
        """The smallest box that holds both."""
        return BBox(
            min(self.x0, other.x0), min(self.top, other.top), max(self.x1, other.x1), max(self.bottom, other.bottom)
        )

    def overlap(self, other: BBox) -> float:
        """Shared area in square points."""
        width = min(self.x1, other.x1) - max(self.x0, other.x0)
        height = min(self.bottom, other.bottom) - max(self.top, other.top)
        return width * height if width > 0 and height > 0 else 0.0

    def v_overlap(self, other: BBox) -> float:
        """Shared height, as a share of the lower of the two boxes."""
        shared = min(self.bottom, other.bottom) - max(self.top, other.top)
        return max(shared, 0.0) / max(min(self.height, other.height), 1e-6)

    def scaled(self, factor: float) -> BBox:
        """The same box in another unit, e.g. pixels to points."""
        return BBox(self.x0 * factor, self.top * factor, self.x1 * factor, self.bottom * factor)

    def as_list(self) -> list[float]:
        """`[x0, top, x1, bottom]` rounded to a tenth of a point, as the contract prints it."""
        return [round(v, 1) for v in (self.x0, self.top, self.x1, self.bottom)]


def enclosing(boxes: Iterable[BBox | None]) -> BBox | None:
    """The smallest box around all given ones; None if there is none."""
    result: BBox | None = None
    for box in boxes:
        if box is not None:
            result = box if result is None else result.union(box)
    return result
