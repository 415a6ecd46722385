"""The letter's date: day, month and year voted apart, bound together by the calendar and by signing times."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from extractors.vi.dates import calendar_date
from models.document import Candidate
from models.letter import Citation, Field
from pipeline.votes import PRINTED, Vote, certainty, figures, tally, witnesses

Fields = dict[str, list[Candidate]]
_LONG_STROKE = 0.5  # weight of a day over 31 whose tens are taken for the long-stroked 1
_LOST_FIGURE = 0.15
_YOUNGER = 0.1
_MISREAD = timedelta(days=31)  # a cited document may be younger by so much if a day was misread
_NEAR = 12  # days before a signing time in which a damaged date is sought


def choose_date(by_field: Fields) -> Field[date] | None:
    """The best combination that is a day of the calendar and not after the last signing time.

    Where no day is readable but a signing time is known, the only day shortly before it that fits what was read is
    taken, for review. Otherwise nothing: a guessed day is worse than none.
    """
    days, months = (figures(tally(by_field.get(name, []), _digits)) for name in ("day", "month"))
    years = tally(by_field.get("year", []), _digits)
    if not years:
        return None
    bound = max((c.value for c in by_field.get("not_after", []) if isinstance(c.value, date)), default=None)
    cited = tuple(_cited(by_field))
    ranked = sorted(
        ((weight * _plausible(day, cited), day) for weight, day in _combinations(days, months, years, bound)),
        key=lambda pair: -pair[0],
    )
    if ranked:
        chosen = ranked[0][1]
        sure = min(_sure(days, chosen.day), _sure(months, chosen.month), certainty(years))
        if bound is not None and bound - chosen > timedelta(days=60):
            sure = min(sure, 0.8)
        if _plausible(chosen, cited) < 1.0:
            sure = min(sure, 0.6)
    else:
        found = _before_signing(by_field, bound)
        if found is None:
            return None
        chosen, sure = found, 0.6
    first = max(
        (c for c in by_field.get("date", []) if c.value == chosen),
        key=lambda c: c.score,
        default=years[0].first,
    )
    page = first.evidence[0].page if first.evidence else 1
    others = witnesses([*by_field.get("date", []), *by_field.get("not_after", [])])
    return Field(chosen, first.raw, round(sure, 4), page, first.bbox, others)


def _plausible(day: date, cited: tuple[date, ...]) -> float:
    """1.0, or less for a letter that would cite a slightly later document: one of the dates is misread."""
    return _YOUNGER if any(timedelta(0) < other - day <= _MISREAD for other in cited) else 1.0


def _cited(by_field: Fields) -> Iterator[date]:
    for candidate in by_field.get("citation", []):
        if isinstance(candidate.value, Citation) and candidate.value.issued_on and candidate.value.confidence >= 0.9:
            yield candidate.value.issued_on


def _digits(candidate: Candidate) -> str | None:
    text = str(candidate.value)
    return str(int(text)) if text.isdigit() and int(text) > 0 else None


def _combinations(
    days: list[Vote], months: list[Vote], years: list[Vote], bound: date | None
) -> Iterator[tuple[float, date]]:
    for year in years:
        for month_weight, month in _figures(months, 12):
            for day_weight, day in _figures(days, 31):
                found = calendar_date(str(day), str(month), int(year.value))
                if found and (bound is None or found <= bound):
                    yield day_weight * month_weight * year.weight, found


def _figures(votes: list[Vote], limit: int) -> Iterator[tuple[float, int]]:
    for vote in votes:
        number = int(vote.value)
        if number <= limit:
            yield vote.weight, number
        elif limit == 31 and len(vote.value) == 2 and vote.value[0] in "47":
            # "45" cannot be a day; a 1 with its long upstroke is read as 4 or 7.
            yield _LONG_STROKE * vote.weight, 10 + number % 10
        if limit == 31 and len(vote.value) == 1 and not vote.origins & PRINTED:
            # The figure before it may be lost; this only tells where another witness rules the single figure out.
            yield from ((_LOST_FIGURE * vote.weight, tens + number) for tens in (10, 20, 30) if tens + number <= 31)


def _sure(votes: list[Vote], value: int) -> float:
    own = [vote for vote in votes if int(vote.value) == value]
    if not own or own[0] is not votes[0]:
        return 0.4
    sure = certainty(votes)
    # The first figure of two is lost against the word before it: a single one by one reader may be half a day.
    lone = (
        not votes[0].alone and len(votes[0].first.raw.strip()) < 2 and not votes[0].origins & (PRINTED | {"tesseract"})
    )
    return min(sure, 0.8) if lone else sure


def _before_signing(by_field: Fields, bound: date | None) -> date | None:
    """The only day up to the signing time that fits the figures that were read."""
    if bound is None:
        return None
    days, months, years = ({str(c.value) for c in by_field.get(name, [])} for name in ("day", "month", "year"))
    months |= {c.raw for c in by_field.get("month", [])}
    fitting = set()
    for back in range(_NEAR + 1):
        day = bound - timedelta(days=back)
        if str(day.year) in years and _fits(day.day, days) and _fits(day.month, months):
            fitting.add(day)
    return fitting.pop() if len(fitting) == 1 else None


def _fits(number: int, readings: set[str]) -> bool:
    """Whether any reading is the number, or shows one of its two figures in its place."""
    padded = f"{number:02d}"
    for reading in readings:
        if reading.isdigit() and int(reading) == number:
            return True
        if len(reading) == 2 and any(a == b and a.isdigit() for a, b in zip(reading, padded, strict=True)):
            return True
    return False
