"""Projects for other programs: one row per project, report and measure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from pipeline.same_project import Followed

COLUMNS = (
    "project_id", "project", "location", "start_year", "end_year", "decisions", "letter_id", "number", "date", "issuer",
    "section", "ordinal", "measure", "kind", "period", "source", "value", "vnd",
)  # fmt: skip
_WIDTHS = {"project": 50, "measure": 40, "section": 30, "issuer": 30, "decisions": 30, "vnd": 18, "project_id": 20}


def rows(projects: Iterable[Followed]) -> Iterator[tuple[object, ...]]:
    """Texts of `COLUMNS`: the project over all reports, the letter, and one of its figures; a row without any too."""
    for project in projects:
        whole = (project.key, project.name, project.location, project.start_year, project.end_year)
        decisions = "; ".join(f"{number} ({day})" if day else number for number, day in project.decisions)
        for report in project.reports:
            day = report.issued_on.isoformat() if report.issued_on else None
            of = (decisions, report.letter_id, report.number, day, report.issuer, report.section, report.label)
            for f in report.figures:
                yield (*whole, *of, f.measure, f.kind, f.period, f.source, f.value, f.vnd)
            if not report.figures:
                yield (*whole, *of, *[None] * 6)


def to_json(project: Followed) -> dict[str, object]:
    """A project with its years, and with each report and all its figures."""
    return {
        "id": project.key,
        "name": project.name,
        "location": project.location,
        "start_year": project.start_year,
        "end_year": project.end_year,
        "decisions": [{"number": number, "date": day} for number, day in project.decisions],
        "years": [{**asdict(year), "share": round(year.share, 4) if year.share else None} for year in project.years],
        "reports": [
            {
                "letter": report.letter_id,
                "number": report.number,
                "date": report.issued_on.isoformat() if report.issued_on else None,
                "issuer": report.issuer,
                "name": report.name,
                "section": report.section,
                "ordinal": report.label,
                "amounts": [asdict(figure) for figure in report.figures],
            }
            for report in project.reports
        ],
    }


def workbook(projects: Iterable[Followed]) -> bytes:
    """The rows as an XLSX workbook; đồng are numbers, everything else text that is never computed."""
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a fresh workbook always has a sheet; the type says otherwise
        sheet = book.create_sheet()
    sheet.title = "Dự án"
    sheet.append(list(COLUMNS))
    for row in rows(projects):
        sheet.append(["".join(c for c in v if c.isprintable()) if isinstance(v, str) else v for v in row])
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                # As a string cell, text that begins with "=" is shown and never computed.
                cell.data_type = "s"
    for index, name in enumerate(COLUMNS, start=1):
        sheet.cell(1, index).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTHS.get(name, 14)
    for (cell,) in sheet.iter_rows(min_row=2, min_col=len(COLUMNS), max_col=len(COLUMNS)):
        cell.number_format = "#,##0"
    sheet.freeze_panes = "A2"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
