"""Figures with how sure they are."""

from __future__ import annotations

from math import sqrt

_Z = 1.96  # 95 %


def interval(wrong: int, checked: int) -> tuple[float, float] | None:
    """95 % interval (Wilson) of a share, 0.0-1.0; None if nothing was checked."""
    if checked <= 0:
        return None
    share = wrong / checked
    middle = share + _Z**2 / (2 * checked)
    spread = _Z * sqrt(share * (1 - share) / checked + _Z**2 / (4 * checked**2))
    scale = 1 + _Z**2 / checked
    return max((middle - spread) / scale, 0.0), min((middle + spread) / scale, 1.0)
