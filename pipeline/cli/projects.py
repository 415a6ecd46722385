"""Commands about projects: one followed over its reports, and all of them for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from models.errors import ConfigError
from pipeline import export_projects as exports
from pipeline.cli.app import App, clean, console, emit_csv, emit_json, formats, grid, pass_app, say, shorten
from pipeline.same_project import Followed, Year

_name = click.option("--name", default="", help="Words of the project's name; marks optional.")
_decision = click.option("--decision", default="", help="Number of a decision on the project, or how it begins.")


@click.command()
@_name
@_decision
@formats("table", "json")
@pass_app
def projects(app: App, name: str, decision: str, form: str) -> None:
    """Print projects over all reports that speak of them: planned against disbursed by year, in đồng.

    Rows of several letters are one project if name and decision agree. The latest letter speaks for a year; "*"
    marks a year on which letters differ.
    """
    found = app.store().projects(name, decision)
    if form == "json":
        for project in found:
            emit_json(exports.to_json(project))
        return
    for project in found:
        _print(project)
    say(f"{len(found)} projects")


def _print(project: Followed) -> None:
    table = grid("Năm!", "Nguồn vốn", "Kế hoạch!", "Giải ngân!", "%!", title=shorten(clean(project.name), 95))
    for column in table.columns[2:]:
        column.justify = "right"
    for year in project.years:
        table.add_row(*_cells(year))
    where = [clean(project.location), _span(project.start_year, project.end_year)]
    decisions = [f"{clean(number)}{f' ngày {day}' if day else ''}" for number, day in project.decisions]
    letters = [clean(report.number) or report.letter_id for report in project.reports]
    table.caption = " · ".join(filter(None, [*where, ", ".join(decisions), "theo " + ", ".join(letters)]))
    table.caption_justify = "left"
    console().print(table)


def _cells(year: Year) -> tuple[str, ...]:
    share = f"{100 * year.share:.1f}".replace(".", ",") if year.share is not None else ""
    mark = "*" if year.disagreed else ""
    return clean(year.period) + mark, clean(year.source), _dong(year.planned), _dong(year.disbursed), share


def _dong(amount: int | None) -> str:
    return f"{amount:,}".replace(",", ".") if amount is not None else ""


def _span(start: int | None, end: int | None) -> str:
    return "-".join(str(year) for year in (start, end) if year)


@click.command("projects")
@_name
@_decision
@formats("csv", "xlsx", "json")
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write the workbook to this file.")
@pass_app
def export_projects(app: App, name: str, decision: str, form: str, out: Path | None) -> None:
    """Projects of all letters, one row per project, letter and measure; json has one object per row."""
    found = app.store().projects(name, decision)
    if form == "xlsx":
        if out is None:
            raise ConfigError("a workbook needs a file: --out du-an.xlsx")
        out.write_bytes(exports.workbook(found))
        say(f"{len(found)} projects written to {out}")
    elif form == "csv":
        emit_csv(exports.COLUMNS, exports.rows(found))
    else:
        for row in exports.rows(found):
            emit_json(dict(zip(exports.COLUMNS, row, strict=True)))
