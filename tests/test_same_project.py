from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from models.identifiers import DocumentNumber
from models.letter import Amount, Letter, Project
from pipeline.same_project import Figure, Report, follow, is_same, plain_name
from pipeline.store.store import Store
from tests.databases import fresh_url
from tests.letters import letter

ROAD = "Nâng cấp đường liên xã Tân Hòa - Phú Lộc"


def report(
    name: str, letter_id: str = "a", decision: str | None = None, day: str | None = None, **more: object
) -> Report:
    decisions = ((decision, day),) if decision else ()
    return Report(letter_id, 0, None, None, None, "An Giang", name, decisions=decisions, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ROAD, "Dự án: Nâng cấp đường liên xã Tân Hoà – Phú Lộc"),
        ("Xây dựng trường THCS Long Bình", "XD trường trung học cơ sở Long Bình (giai đoạn 2)"),
        (ROAD, ROAD + ", huyện Châu Thành"),
        ("Nâng cấp đường 947 đoạn từ Quốc lộ 91 đến cầu Đào", "NC đường 947 (đoạn từ QL 91 đến cầu Đào)"),
    ],
    ids=["prefix", "short forms", "where it is", "brackets"],
)
def test_one_project_by_name(one: str, other: str) -> None:
    assert is_same(report(one), report(other, "b"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xây dựng trường mầm non xã Tân An", "Xây dựng trường mầm non xã Tân Phú"),
        ("Xây dựng trường tiểu học Long Bình", "Xây dựng trường tiểu học Long Bình B"),
        ("Cải tạo cầu số 1 tuyến kênh Đông", "Cải tạo cầu số 2 tuyến kênh Đông"),
        ("Mở rộng đường vành đai giai đoạn I", "Mở rộng đường vành đai giai đoạn II"),
        ("Cải tạo chợ xã Hòa Bình", "Cải tạo chợ xã Hòa Ninh"),
        ("Hạ tầng khu tái định cư (giai đoạn 1)", "Hạ tầng khu tái định cư (giai đoạn 2)"),
    ],
    ids=["commune", "letter", "figure", "roman", "one letter of a place", "remark"],
)
def test_two_projects_by_name(one: str, other: str) -> None:
    assert not is_same(report(one), report(other, "b"))


def test_a_shared_decision_lets_a_name_be_misread() -> None:
    read, misread = "Cải tạo chợ trung tâm xã Hòa Bình", "Cải tạo chợ frung tâm xã Hòa Bính mới"
    assert is_same(report(read, "a", "12/QĐ-UBND"), report(misread, "b", "12/QĐ-UBND", "2022-01-05"))
    assert not is_same(report(read), report(misread, "b"))


def test_other_decisions_and_other_places_keep_rows_apart() -> None:
    first = report(ROAD, "a", "12/QĐ-UBND", "2021-02-03")
    assert not is_same(first, report(ROAD, "b", "13/QĐ-UBND", "2022-02-03"))
    assert not is_same(first, report(ROAD, "b", "12/QĐ-UBND", "2022-02-03"))
    assert not is_same(report(ROAD, "a", location="Huyện Tịnh Biên"), report(ROAD, "b", location="TP. Long Xuyên"))


def test_rows_of_one_letter_are_one_project_only_by_decision() -> None:
    assert not is_same(report(ROAD), report(ROAD))
    assert is_same(report(ROAD, "a", "12/QĐ-UBND"), report(ROAD, "a", "12/QĐ-UBND"))


def test_plain_name_of_nothing_but_a_remark() -> None:
    assert plain_name("(dự phòng)") == "(du phong)"


def figure(measure: str, kind: str, period: str, vnd: int) -> Figure:
    return Figure(measure, kind, None, period, str(vnd), vnd)


def test_years_line_up_and_the_latest_report_speaks() -> None:
    first = Report(
        "a", 0, "1/BC", date(2022, 1, 5), None, "An Giang", ROAD,
        figures=(figure("Kế hoạch năm 2021", "planned", "2021", 50), figure("KH 2022", "planned", "2022", 80)),
    )  # fmt: skip
    second = Report(
        "b", 3, "7/BC", date(2023, 1, 5), None, "An Giang", ROAD,
        figures=(
            figure("Kế hoạch năm 2022", "planned", "2022", 70),
            figure("Tổng kế hoạch năm 2022", "planned", "2022", 75),
            figure("Giải ngân năm 2022", "disbursed", "2022", 60),
            figure("Lũy kế giải ngân đến 2022", "accumulated", "2022", 110),
        ),
    )  # fmt: skip
    (project,) = follow([second, first])
    assert project.key == "a/0" and [r.letter_id for r in project.reports] == ["a", "b"]
    assert [(y.period, y.planned, y.planned_by, y.disbursed, y.disagreed) for y in project.years] == [
        ("2021", 50, "a", None, False),
        ("2022", 75, "b", 60, True),
    ]
    assert project.years[1].share == pytest.approx(0.8)


def test_projects_of_other_provinces_are_others() -> None:
    here, there = report(ROAD), Report("b", 0, None, None, None, "Lâm Đồng", ROAD)
    assert len(follow([here, there])) == 2


def reported(number: str, day: str, *amounts: Amount) -> Letter:
    made = letter(number, day, "Ủy ban nhân dân tỉnh An Giang")
    project = Project(
        ROAD, "A", "1", None, 2021, 2023, ((DocumentNumber("280", "QĐ-UBND"), date(2021, 2, 3)),), amounts
    )
    return Letter(**{**{f: getattr(made, f) for f in made.__dataclass_fields__}, "projects": (project,)})


def test_the_store_follows_a_project(tmp_path: Path) -> None:
    store = Store.open(fresh_url(tmp_path))
    now = datetime(2026, 1, 2)
    store.save(
        reported("2/BC-UBND", "2022-07-01", Amount("Kế hoạch năm 2022", "9.488", None, "2022", 9_488_000_000)), now=now
    )
    store.save(
        reported("9/BC-UBND", "2023-01-15", Amount("Giải ngân năm 2022", "9.000", None, "2022", 9_000_000_000)), now=now
    )
    (project,) = store.projects("nang cap duong", "280/QĐ")
    assert [(y.planned, y.disbursed) for y in project.years] == [(9_488_000_000, 9_000_000_000)]
    assert project.decisions == (("280/QĐ-UBND", "2021-02-03"),)
    assert store.projects(decision="281/QĐ-UBND") == () == store.projects("cầu")
    store.close()
