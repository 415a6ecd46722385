"""Project rows of all letters, for following a project from report to report."""

from __future__ import annotations

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from extractors.tables.kinds import kind_of
from models.tables import AmountRow, LetterRow, ProjectRow
from pipeline.same_project import Figure, Followed, Report, follow
from pipeline.store.rows import search_text


def reports(session: Session) -> tuple[Report, ...]:
    """Every project row of every letter that the session may see, by day, letter and place in it."""
    figures: dict[tuple[str, int], list[Figure]] = defaultdict(list)
    for a in session.scalars(select(AmountRow).order_by(AmountRow.letter_id, AmountRow.project, AmountRow.ordinal)):
        figures[a.letter_id, a.project].append(
            Figure(a.measure, kind_of(a.measure), a.source, a.period, a.value, a.vnd)
        )
    query = select(ProjectRow, LetterRow).join(LetterRow, LetterRow.id == ProjectRow.letter_id)
    order = (LetterRow.issued_on.is_(None), LetterRow.issued_on, LetterRow.id, ProjectRow.ordinal)
    return tuple(
        Report(
            letter_id=row.letter_id,
            ordinal=row.ordinal,
            number=letter.number,
            issued_on=letter.issued_on,
            issuer=letter.issuer,
            host=letter.host,
            name=row.name,
            section=row.section,
            label=row.label,
            location=row.location,
            start_year=row.start_year,
            end_year=row.end_year,
            decisions=tuple((number, day) for number, day in row.decisions),
            figures=tuple(figures[row.letter_id, row.ordinal]),
        )
        for row, letter in session.execute(query.order_by(*order))
    )


def followed(session: Session, name: str = "", decision: str = "") -> tuple[Followed, ...]:
    """Projects over their reports, by name.

    Args:
        session: Decides what may be seen.
        name: Words that a name of the project must hold, marks optional; "" for all.
        decision: A number that one of its decisions must have or begin with; "" for all.
    """
    words, number = search_text(name), search_text(decision)
    return tuple(
        project
        for project in follow(reports(session))
        if any(words in search_text(report.name) for report in project.reports)
        and (not number or any(search_text(n).startswith(number) for n, _ in project.decisions))
    )
