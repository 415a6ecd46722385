from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.identifiers import DocumentNumber
from models.letter import Amount, Letter, Project, Table
from pipeline.cli.app import App
from pipeline.cli.letter_tables import print_tables
from pipeline.cli.main import run
from pipeline.config import Config
from pipeline.export_projects import COLUMNS
from pipeline.store.store import Store
from tests.letters import letter
from tests.test_cli import fake

NAME = "=Nâng cấp đường liên xã Tân Hòa"  # a name that a spreadsheet would compute
DECISION = (DocumentNumber("280", "QĐ-UBND"), date(2021, 2, 3))


def reported(number: str, day: str, *amounts: Amount) -> Letter:
    made = letter(number, day, "Ủy ban nhân dân tỉnh An Giang")
    project = Project(NAME, "A", "1", "Tân Châu", 2021, 2023, (DECISION,), amounts)
    table = Table((1,), (("TT",), ("Kế hoạch", "NSTW")), (("1", "9.488"), ("2", "")), "Biểu số 1", "triệu đồng")
    return replace(made, projects=(project,), tables=(table,))


@pytest.fixture
def app(tmp_path: Path) -> App:
    app = App(Config(database=f"sqlite:///{tmp_path / 'c.sqlite'}"), fake)
    store = Store.open(app.config.database)
    store.save(reported("2/BC-UBND", "2022-07-01", Amount("Kế hoạch năm 2022", "9.488", None, "2022", 9_488_000_000)))
    store.save(reported("9/BC-UBND", "2023-01-15", Amount("Giải ngân năm 2022", "9.000", None, "2022", 9_000_000_000)))
    store.relink()
    store.close()
    return app


def test_planned_stands_beside_disbursed(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["projects", "--name", "nang cap", "--decision", "280/QĐ"], app) == 0
    printed = capsys.readouterr()
    assert "9.488.000.000" in printed.out and "9.000.000.000" in printed.out and "94,9" in printed.out
    assert printed.err.strip() == "1 projects"


def test_projects_as_json(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["projects", "--format", "json"], app) == 0
    (project,) = map(json.loads, capsys.readouterr().out.splitlines())
    assert project["years"][0]["planned"] == 9_488_000_000
    assert project["years"][0]["share"] == pytest.approx(0.9486)
    assert [report["number"] for report in project["reports"]] == ["2/BC-UBND", "9/BC-UBND"]
    assert project["decisions"] == [{"number": "280/QĐ-UBND", "date": "2021-02-03"}]


def test_nothing_found_is_no_error(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["projects", "--name", "bệnh viện", "--format", "json"], app) == 0
    assert capsys.readouterr().out == ""


def test_export_disarms_formulas(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "projects", "--format", "csv"], app) == 0
    header, *found = csv.reader(io.StringIO(capsys.readouterr().out))
    assert tuple(header) == COLUMNS and len(found) == 2
    assert found[0][1] == "'" + NAME
    assert [row[-1] for row in found] == ["9488000000", "9000000000"]


def test_export_as_json_and_workbook(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["export", "projects", "--format", "json"], app) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert (first["kind"], first["vnd"], first["project"]) == ("planned", 9_488_000_000, NAME)
    out = tmp_path / "du-an.xlsx"
    assert run(["export", "projects", "--format", "xlsx", "--out", str(out)], app) == 0
    sheet = load_workbook(out)["Dự án"]
    assert sheet["B2"].value == NAME and sheet["B2"].data_type == "s"
    assert sheet.cell(2, len(COLUMNS)).value == 9_488_000_000
    assert run(["export", "projects", "--format", "xlsx"], app) == 2


def test_show_prints_tables(app: App, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", "2/BC-UBND", "--format", "table"], app) == 0
    printed = capsys.readouterr().out
    assert "Biểu số 1" in printed and "triệu đồng" in printed and "9.488" in printed and "NSTW" in printed


def test_a_figure_beside_its_equal_is_printed_too(capsys: pytest.CaptureFixture[str]) -> None:
    columns = tuple((f"Cột {n}",) for n in range(10))
    row = ("1", "Cầu B", "Cầu B", "70.000", "70.000", *[""] * 5)
    print_tables((Table((1,), columns, (row,)),))
    printed = capsys.readouterr().out
    assert printed.count("70.000") == 2 and printed.count("Cầu B") == 1
