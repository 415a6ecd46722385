"""Findings in project tables that a person should see: totals, sources, plans, years. Nothing is corrected."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from extractors.registry import extractor
from extractors.tables import disputes, sums
from extractors.tables.entries import PROJECT, TOTAL, Entry
from extractors.tables.kinds import ACCUMULATED, CARRIED_OVER, DISBURSED, INVESTMENT, PLANNED, kind_of
from extractors.tables.projects import project_of
from extractors.tables.reading import read_tables
from extractors.tables.roles import Measure
from extractors.tables.ruled import evidence_of
from extractors.tables.understanding import ProjectTable, understand
from extractors.vi.dates import find_dates
from extractors.vi.text import fold
from models.document import Candidate, Document
from models.letter import Flag

_HEAD_LINES = 15  # of page 1 that may hold the place-date line
# Every code that `flags` may give.
CODES = frozenset({
    "head_misaligned", "total_mismatch", "sources_mismatch", "disbursed_over_plan", "over_investment",
    "years_out_of_order",
})  # fmt: skip
_SHOWN = 4  # columns spelled out in one message


@extractor("table_checks", version=5)
def find(document: Document) -> Iterator[Candidate]:
    """Yield one flag per finding."""
    year = letter_year(document)
    for table in read_tables(document):
        understood = understand(table)
        evidence = evidence_of(document, table)
        found = [*(flags(understood, year) if understood else ()), *disputes.flags(document, table, understood)]
        for flag in found:
            yield Candidate("flag", flag, flag.message, evidence, 1.0, bbox=flag.bbox)


def letter_year(document: Document) -> int | None:
    """The year of the place-date line, the first full date of a letter; None if it is not among its first lines."""
    top = (line.text for page in document.pages[:1] for line in page.lines[:_HEAD_LINES])
    dates = (day for text in top if "ngay" in fold(text) for day in find_dates(text))
    return next((day.year for day in dates if day.year is not None), None)


def flags(table: ProjectTable, letter_year: int | None = None) -> Iterator[Flag]:
    """Every finding of one table, in the order of its rows; `letter_year` is that of the letter if known."""
    if table.aligned is not None:
        yield Flag("head_misaligned", table.aligned, table.table.pages[0], table.table.bbox)
    for parent in sums.parents(table):
        yield from _total(table, parent)
    for entry in table.entries:
        if entry.kind == PROJECT:
            yield from _sources(table, entry)
            yield from _plans(table, entry)
            yield from _investment(table, entry)
            yield from _years(table, entry, letter_year)


def _flag(code: str, message: str, entry: Entry) -> Flag:
    return Flag(code, message, entry.row.page, entry.row.bbox)


def _total(table: ProjectTable, parent: Entry) -> Iterator[Flag]:
    wrong = sums.mismatches(table, parent)
    if not wrong:
        return
    under = [e for e in table.entries if e.kind == PROJECT and (parent.kind == TOTAL or e.section == parent.name)]
    run = sums.matching_run(table, parent)
    label = parent.name if parent.kind == TOTAL else _label(parent)
    parts = () if run else sums.matching_parts(table, parent)
    if parts:
        text = f"{label} equals {', '.join(_label(part) for part in parts)} alone"
    elif run:
        section = [e for e in under if e.section == run[0].section]
        where = f" of section {run[0].section}" if run[0].section and parent.kind == TOTAL else ""
        text = f"{label} equals rows {_range(list(run))}{where}, not {_range(section)}"
    else:
        text = f"{label} is not the sum of the rows below"
    details = "; ".join(f"{_title(m)}: printed {_figure(p)}, rows add up to {_figure(s)}" for m, p, s in wrong[:_SHOWN])
    more = f"; and {len(wrong) - _SHOWN} more columns" if len(wrong) > _SHOWN else ""
    yield _flag("total_mismatch", f"{text}. {details}{more}", parent)


def _range(found: list[Entry]) -> str:
    first, last = found[0].ordinal or found[0].index + 1, found[-1].ordinal or found[-1].index + 1
    return f"{first}-{last}".replace("-", "–") if first != last else str(first)


def _label(entry: Entry) -> str:
    return f"{entry.ordinal or ''} {entry.name}".strip()


def _title(measure: Measure) -> str:
    return f"{measure.name} ({measure.source})" if measure.source else measure.name


def _figure(number: Decimal) -> str:
    """As a clerk writes it."""
    whole, _, rest = f"{number.normalize():,f}".partition(".")
    return whole.replace(",", ".") + (f",{rest}" if rest else "")


def _groups(table: ProjectTable) -> Iterator[tuple[Measure, list[Measure]]]:
    """Each total of all sources with the sources that stand beside it."""
    for total in table.measures:
        if total.source is None:
            parts = [m for m in table.measures if m.source is not None and m.name == total.name]
            if parts:
                yield total, parts


def _sources(table: ProjectTable, entry: Entry) -> Iterator[Flag]:
    for total, parts in _groups(table):
        printed = sums.value(entry, total)
        filled = [v for m in parts if (v := sums.value(entry, m)) is not None]
        if printed is None or not filled or sums.same(printed, sum(filled, Decimal(0)), len(filled) + 1):
            continue
        given = " + ".join(f"{m.source} {entry.row.texts[m.column]}" for m in parts if entry.row.texts[m.column])
        # A single source may be a part of the total by design ("Trong đó: NSTW"), never more than it.
        if len(filled) == 1 and len(parts) == 1 and filled[0] < printed:
            continue
        text = f"{entry.name}: {total.name}: the sources ({given}) do not add up to {entry.row.texts[total.column]}"
        yield _flag("sources_mismatch", text, entry)


def _plans(table: ProjectTable, entry: Entry) -> Iterator[Flag]:
    """Disbursed beyond the plan of the same period and source; a plan carried over may be spent too."""
    told: set[tuple[str, Decimal, str, Decimal]] = set()
    for paid in _of(table, DISBURSED):
        spent = sums.value(entry, paid)
        plans = [
            (plan, given)
            for plan in _of(table, PLANNED)
            if plan.period == paid.period and plan.source == paid.source and paid.period is not None
            if (given := sums.value(entry, plan)) is not None
        ]
        if spent is None or not plans:
            continue
        plan, given = max(plans, key=lambda each: each[1])
        sources = {m.source for m in _of(table, CARRIED_OVER)}
        own = paid.source if paid.source in sources else None
        carried = [v for m in _of(table, CARRIED_OVER) if m.source == own and (v := sums.value(entry, m)) is not None]
        finding = (paid.name, spent, plan.name, given)
        if spent > given + sum(carried, Decimal(0)) and finding not in told:  # the one source says it again
            told.add(finding)
            text = f"{entry.name}: {_title(paid)} {_figure(spent)} is more than {_title(plan)} {_figure(given)}"
            yield _flag("disbursed_over_plan", text, entry)


def _investment(table: ProjectTable, entry: Entry) -> Iterator[Flag]:
    """Accumulated, or accumulated and the plan of a later year, beyond the total investment from the same source."""
    for whole in _of(table, INVESTMENT):
        total = sums.value(entry, whole)
        for part in _of(table, ACCUMULATED):
            given = sums.value(entry, part)
            if total is None or given is None or part.source != whole.source or part.unit != whole.unit:
                continue
            if given > total:
                text = f"{entry.name}: {part.name} {_figure(given)} is more than {whole.name} {_figure(total)}"
                yield _flag("over_investment", text, entry)
                continue
            for plan in _of(table, PLANNED):
                more = sums.value(entry, plan)
                if more is not None and _follows(plan, part) and given + more > total:
                    parts = f"{part.name} {_figure(given)} and {plan.name} {_figure(more)}"
                    text = f"{entry.name}: {parts} are more than {whole.name} {_figure(total)}"
                    yield _flag("over_investment", text, entry)


def _follows(plan: Measure, part: Measure) -> bool:
    """Whether a plan of one year is for the year after what was accumulated, from the same source."""
    years = [m.period for m in (plan, part)]
    if plan.source != part.source or not all(year and year.isdigit() for year in years):
        return False
    return int(str(plan.period)) == int(str(part.period)) + 1


def _of(table: ProjectTable, kind: str) -> list[Measure]:
    return [measure for measure in table.measures if kind_of(measure.name) == kind]


def _years(table: ProjectTable, entry: Entry, letter_year: int | None) -> Iterator[Flag]:
    project = project_of(table, entry)
    if project.start_year and project.end_year and project.start_year > project.end_year:
        text = f"{entry.name}: begins in {project.start_year}, ends in {project.end_year}"
        yield _flag("years_out_of_order", text, entry)
    for number, day in project.decisions:
        if day and project.end_year and day.year > project.end_year:
            text = f"{entry.name}: decided on {day:%d/%m/%Y} ({number}), after its end in {project.end_year}"
            yield _flag("years_out_of_order", text, entry)
        if day and letter_year and day.year > letter_year:
            text = f"{entry.name}: decided on {day:%d/%m/%Y} ({number}), after the year of the letter, {letter_year}"
            yield _flag("years_out_of_order", text, entry)
