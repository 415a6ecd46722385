"""Letters whose number and day do not fit those of their office."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from pipeline.cli.main import run
from pipeline.series import Issued, misfits


def row(*pairs: tuple[int, str], symbol: str = "SYT-NVY", office: str = "syt") -> list[Issued]:
    return [
        Issued(f"{office}-{serial}-{day}", office, "Sở Y tế", f"{serial}/{symbol}", date.fromisoformat(day))
        for serial, day in pairs
    ]


GROWING = row((12, "2024-01-05"), (80, "2024-02-01"), (81, "2024-02-01"), (140, "2024-03-11"), (200, "2024-05-02"))


def test_a_row_that_grows_has_no_misfit() -> None:
    assert not list(misfits(GROWING))


def test_a_serial_with_a_lost_figure_stands_out_with_its_neighbours() -> None:
    lost = row((14, "2024-03-10"))  # 140 read as 14
    (found,) = misfits([*GROWING, *lost])
    assert found.letter == lost[0]
    assert found.before is not None and found.before.number == "12/SYT-NVY"
    assert found.after is not None and found.after.number == "80/SYT-NVY"


def test_a_number_given_a_little_late_is_no_misfit() -> None:
    assert not list(misfits([*GROWING, *row((79, "2024-02-09"))]))


def test_rows_of_other_offices_symbols_and_years_are_apart() -> None:
    others = [
        *row((14, "2024-03-10"), office="stc"), *row((14, "2024-03-10"), symbol="SYT-TCCB"),
        *row((14, "2023-12-10")), *row((300, "2023-12-10")),
    ]  # fmt: skip
    assert not list(misfits([*GROWING, *others]))


def test_few_letters_prove_nothing() -> None:
    assert not list(misfits(row((10, "2024-05-01"), (20, "2024-01-01"), (30, "2024-06-01"))))


def test_a_long_row_with_scattered_errors() -> None:
    start = date(2024, 1, 1)
    right = row(*((10 * i, (start + timedelta(days=3 * i)).isoformat()) for i in range(1, 101)))
    wrong = row((55, "2024-09-01"), (905, "2024-02-02"), (333, "2024-11-30"))
    assert {m.letter.number for m in misfits([*right, *wrong])} == {w.number for w in wrong}


def test_the_command_names_the_letter_and_its_neighbours(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    days = {12: "05/01", 80: "01/02", 14: "10/03", 140: "11/03", 200: "02/05", 230: "09/05"}
    for serial, when in days.items():
        day, month = when.split("/")
        text = (
            f"UBND TỈNH QUẢNG TRỊ\nSỞ Y TẾ\nSố: {serial}/SYT-NVY\nQuảng Trị, ngày {day} tháng {month} năm 2024\n"
            "V/v báo cáo số liệu\nKính gửi: Bộ Y tế\nSở Y tế báo cáo.\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
            "GIÁM ĐỐC\nNguyễn Văn An\n"
        )
        (tmp_path / f"{serial}.txt").write_text(text, encoding="utf-8")
    url = f"sqlite:///{tmp_path}/a.db"
    assert run(["--database", url, "ingest", *map(str, sorted(tmp_path.glob("*.txt")))]) == 0
    capsys.readouterr()
    assert run(["--database", url, "misfits", "--format", "json"]) == 0
    (found,) = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert (found["number"], found["number_before"], found["number_after"]) == (
        "14/SYT-NVY", "12/SYT-NVY", "80/SYT-NVY"
    )  # fmt: skip
