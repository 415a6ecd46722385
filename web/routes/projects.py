"""Projects over all letters that report on them: planned against disbursed by year, as charts, tables and files."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import Response

from pipeline import export_projects as exports
from pipeline.same_project import Followed
from web import render
from web.access import Reader, Refused, Visitor
from web.chart import chart_of
from web.filters import Short, Words

router = APIRouter(include_in_schema=False)
PART = 20
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LetterId = Annotated[str, Path(pattern=r"^[0-9a-f]{16}-[0-9]{1,6}$")]


def one(visitor: Visitor, letter_id: str, ordinal: int) -> Followed:
    """The project that a row of a letter speaks of.

    Raises:
        Refused: 404 if there is none for this visitor.
    """
    for project in visitor.view.projects():
        if any((report.letter_id, report.ordinal) == (letter_id, ordinal) for report in project.reports):
            return project
    raise Refused(404, "no letter has such a project")


@router.get("/projects")
def projects_page(
    request: Request,
    visitor: Reader,
    q: Words = "",
    decision: Short = "",
    offset: Annotated[int, Query(ge=0, le=100_000)] = 0,
) -> Response:
    """Projects with a small chart each."""
    found = visitor.view.projects(q, decision)
    part = [(project, chart_of(project.years)) for project in found[offset : offset + PART]]
    following = offset + PART if len(found) > offset + PART else None
    return render.page(
        request, "projects.html", visitor, part=part, total=len(found), q=q, decision=decision, following=following
    )


@router.get("/projects.csv")
def projects_csv(visitor: Reader, q: Words = "", decision: Short = "") -> Response:
    """Every figure."""
    return render.csv_file("projects.csv", exports.COLUMNS, exports.rows(visitor.view.projects(q, decision)))


@router.get("/projects.json")
def projects_json(visitor: Reader, q: Words = "", decision: Short = "") -> Response:
    """Projects with their years and reports."""
    return render.json_file([exports.to_json(project) for project in visitor.view.projects(q, decision)])


@router.get("/projects.xlsx")
def projects_xlsx(visitor: Reader, q: Words = "", decision: Short = "") -> Response:
    """Every figure as a workbook."""
    return render.download("projects.xlsx", exports.workbook(visitor.view.projects(q, decision)), XLSX)


@router.get("/projects/{letter_id}/{row}.csv")
def project_csv(visitor: Reader, letter_id: LetterId, row: Annotated[int, Path(ge=0, le=100_000)]) -> Response:
    """Every figure of one project."""
    return render.csv_file("project.csv", exports.COLUMNS, exports.rows([one(visitor, letter_id, row)]))


@router.get("/projects/{letter_id}/{row}.json")
def project_json(visitor: Reader, letter_id: LetterId, row: Annotated[int, Path(ge=0, le=100_000)]) -> Response:
    """One project with its years and reports."""
    return render.json_file(exports.to_json(one(visitor, letter_id, row)))


@router.get("/projects/{letter_id}/{row}")
def project_page(
    request: Request, visitor: Reader, letter_id: LetterId, row: Annotated[int, Path(ge=0, le=100_000)]
) -> Response:
    """One project: the chart, the table under it, and what each letter reports."""
    project = one(visitor, letter_id, row)
    return render.page(request, "project.html", visitor, project=project, chart=chart_of(project.years))
