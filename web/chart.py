"""Bars of planned against disbursed, as figures that a template turns into an SVG: no script draws it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.same_project import Year

WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 640.0, 220.0, 70.0, 30.0, 12.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar; `what` is planned or disbursed."""

    what: str
    x: float
    y: float
    width: float
    height: float
    vnd: int
    period: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A bar chart: bars, the periods under them, and lines of the scale with their đồng."""

    bars: tuple[Bar, ...]
    periods: tuple[tuple[float, str], ...]
    scale: tuple[tuple[float, int], ...]
    width: float = WIDTH
    height: float = HEIGHT
    left: float = LEFT


def chart_of(years: Sequence[Year]) -> Chart | None:
    """All sources together by period, or their sum where no report gives it; None if there is no amount."""
    amounts = _by_period(years)
    most = max((vnd for pair in amounts.values() for vnd in pair if vnd), default=0)
    if most <= 0:
        return None
    room, step = HEIGHT - BOTTOM - TOP, (WIDTH - LEFT) / len(amounts)
    bars, periods = [], []
    for place, (period, pair) in enumerate(amounts.items()):
        middle = LEFT + step * (place + 0.5)
        periods.append((round(middle, 1), period))
        wide = min(step * 0.35, 40.0)
        for what, vnd, x in (("planned", pair[0], middle - wide), ("disbursed", pair[1], middle)):
            if vnd is not None:
                tall = room * max(vnd, 0) / most
                y = HEIGHT - BOTTOM - tall
                bars.append(Bar(what, round(x, 1), round(y, 1), round(wide, 1), round(tall, 1), vnd, period))
    scale = tuple((round(HEIGHT - BOTTOM - room * part / 2, 1), most * part // 2) for part in range(3))
    return Chart(tuple(bars), tuple(periods), scale)


def _by_period(years: Sequence[Year]) -> dict[str, tuple[int | None, int | None]]:
    whole = {year.period: year for year in years if year.source is None}
    found: dict[str, tuple[int | None, int | None]] = {}
    for period in sorted({year.period for year in years}):
        parts = [whole[period]] if period in whole else [year for year in years if year.period == period]
        planned = [year.planned for year in parts if year.planned is not None]
        disbursed = [year.disbursed for year in parts if year.disbursed is not None]
        found[period] = (sum(planned) if planned else None, sum(disbursed) if disbursed else None)
    return found
