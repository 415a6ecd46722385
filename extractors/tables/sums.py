"""What the rows of a project table add up to, against what is printed."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import combinations

from extractors.tables.entries import PROJECT, SECTION, Entry, children
from extractors.tables.roles import Measure
from extractors.tables.understanding import ProjectTable
from extractors.vi import money

_MOST_PARTS = 10  # rows of which every choice is tried


def value(entry: Entry, measure: Measure) -> Decimal | None:
    """The figure printed in a row; None for a blank or a dash."""
    return money.figure(entry.row.texts[measure.column], english=measure.english)


def below(found: tuple[Entry, ...], parent: Entry, measure: Measure) -> Decimal | None:
    """The sum of what stands under a row, blank rows by what stands under them; None if nothing is filled in."""
    parts = [_own_or_below(found, entry, measure) for entry in children(found, parent)]
    filled = [part for part in parts if part is not None]
    return sum(filled, Decimal(0)) if filled else None


def parts(found: tuple[Entry, ...], parent: Entry, measure: Measure) -> tuple[Entry, ...]:
    """The rows whose figures a row adds up: those directly under it, blank sections by what stands under them."""
    below = ((entry,) if _adds(entry, measure) else parts(found, entry, measure) for entry in children(found, parent))
    return tuple(entry for group in below for entry in group)


def _adds(entry: Entry, measure: Measure) -> bool:
    return entry.kind == PROJECT or value(entry, measure) is not None


def _own_or_below(found: tuple[Entry, ...], entry: Entry, measure: Measure) -> Decimal | None:
    own = value(entry, measure)
    return own if own is not None or entry.kind == PROJECT else below(found, entry, measure)


def same(printed: Decimal, added: Decimal, terms: int) -> bool:
    """Equal but for the rounding of the terms to the last digit printed."""
    exponent = max(int(printed.as_tuple().exponent), -3)
    step = Decimal(1).scaleb(exponent)
    return abs(printed - added) <= (step * terms / 2 if exponent < 0 else 0)


def mismatches(table: ProjectTable, parent: Entry) -> list[tuple[Measure, Decimal, Decimal]]:
    """The columns of a total or section row whose figure is not the sum below, as (measure, printed, sum)."""
    wrong = []
    terms = len(children(table.entries, parent))
    for measure in table.measures:
        printed, added = value(parent, measure), below(table.entries, parent, measure)
        if printed is not None and added is not None and not same(printed, added, terms):
            wrong.append((measure, printed, added))
    return wrong


def matching_run(table: ProjectTable, parent: Entry) -> tuple[Entry, ...]:
    """The shortest-numbered run of projects of one section that the printed figures do add up to; () if there is none.

    Every column that the row fills must agree, and at least one of them not be zero.
    """
    projects = [entry for entry in table.entries if entry.kind == PROJECT]
    filled = [(m, printed) for m in table.measures if (printed := value(parent, m)) is not None]
    if not any(printed for _, printed in filled):
        return ()
    for start in range(len(projects)):
        for stop in range(start + 1, len(projects) + 1):
            run = projects[start:stop]
            if run[-1].section != run[0].section:
                break
            if all(same(printed, _sum(run, m), len(run)) for m, printed in filled):
                return tuple(run)
    return ()


def matching_parts(table: ProjectTable, parent: Entry) -> tuple[Entry, ...]:
    """The one choice of the rows directly below that the printed figures do add up to; () if none or several fit.

    At least two columns that are not zero must agree: one figure is met by chance.
    """
    parts = children(table.entries, parent)
    filled = [(m, printed) for m in table.measures if (printed := value(parent, m)) is not None]
    if len(parts) > _MOST_PARTS or sum(bool(printed) for _, printed in filled) < 2:
        return ()
    values = {
        (part.index, m.column): _own_or_below(table.entries, part, m) or Decimal(0) for part in parts for m, _ in filled
    }
    fitting = [
        chosen
        for size in range(1, len(parts))
        for chosen in combinations(parts, size)
        if all(same(p, sum((values[e.index, m.column] for e in chosen), Decimal(0)), size) for m, p in filled)
    ]
    return fitting[0] if len(fitting) == 1 else ()


def _sum(run: Sequence[Entry], measure: Measure) -> Decimal:
    return sum((value(entry, measure) or Decimal(0) for entry in run), Decimal(0))


def parents(table: ProjectTable) -> list[Entry]:
    """The rows that claim to add others up: totals, and sections with figures."""
    return [
        entry
        for entry in table.entries
        if entry.kind != PROJECT and (entry.kind != SECTION or any(value(entry, m) is not None for m in table.measures))
    ]
