"""Tables without rules: text that stands in columns."""

from __future__ import annotations

from models.document import Grid, Page


def find_grids(page: Page) -> tuple[Grid, ...]:
    """Tables of a page whose columns are only aligned, outside the drawn ones."""
    return ()
