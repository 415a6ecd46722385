from __future__ import annotations

import csv
import io
import json
import os
import time
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from models.document import Document
from models.errors import InputError, MissingDependency, TransientError
from models.letter import Field, Letter
from pipeline.cli.app import App
from pipeline.cli.main import run
from pipeline.config import Config, load
from pipeline.intake import Intake, Report, fingerprint, plan
from tests.letters import cites, letter

UBND = "Ủy ban nhân dân tỉnh An Giang"


class FakeReader:
    """Reads files whose content names what shall happen: a letter, or a fault."""

    def check(self) -> None:
        pass

    def read(self, path: Path) -> tuple[Letter, ...]:
        match path.read_text(encoding="utf-8").split():
            case ["letter", number, day, *cited]:
                made = letter(number, day, UBND, *(cites(c, "2020-01-02", UBND) for c in cited), subject="về việc thử")
                return (replace(made, source=replace(fingerprint(path), media_type="text/plain")),)
            case ["bad", reason]:
                raise InputError(reason)
            case ["later"]:
                raise TransientError("engine timed out")
            case ["stop"]:
                raise KeyboardInterrupt
            case ["die"]:
                os._exit(9)
            case ["grow", *_]:
                made = letter("8/QĐ-UBND", "2020-01-02", UBND)
                read = (replace(made, source=fingerprint(path)),)
                with path.open("a") as file:
                    file.write(" and more")
                return read
            case ["cut", *_]:
                path.write_text("letter 8/QĐ-UBND 2020-01-02")
                raise InputError("damaged")
            case ["hang"]:
                time.sleep(600)
                raise AssertionError("nobody ended this")
            case _:
                raise RuntimeError("a bug of the reader")

    def recognise(self, path: Path) -> Document:
        return Document(fingerprint(path), self.read(path)[0].pages)

    def understand(self, document: Document) -> tuple[Letter, ...]:
        return self.read(document.source.path)


class BareMachine(FakeReader):
    def check(self) -> None:
        raise MissingDependency("tesseract is not installed: apt-get install tesseract-ocr tesseract-ocr-vie")

    def read(self, path: Path) -> tuple[Letter, ...]:
        raise AssertionError("no document may be touched")


def fake(_config: Config) -> FakeReader:
    return FakeReader()


def bare(_config: Config) -> BareMachine:
    return BareMachine()


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(Config(database=f"sqlite:///{tmp_path / 'store' / 'c.sqlite'}"), fake)


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    (folder / "more").mkdir(parents=True)
    (folder / "a.txt").write_text("letter 1/QĐ-UBND 2020-01-02")
    (folder / "b.txt").write_text("letter 2/BC-UBND 2020-03-04 1/QĐ-UBND 9/QĐ-UBND")
    (folder / "more" / "c.txt").write_text("letter 1/QĐ-UBND 2020-01-02")
    (folder / ".hidden").write_text("letter 3/QĐ-UBND 2020-01-02")
    (folder / "~$d.docx").write_text("x")
    (folder / "link.txt").symlink_to(folder / "a.txt")
    os.mkfifo(folder / "pipe")
    return folder


def last_line(capsys: pytest.CaptureFixture[str]) -> str:
    return capsys.readouterr().err.rstrip("\n").rsplit("\n", 1)[-1]


def counted(line: str) -> dict[str, int]:
    return {name: int(value) for name, value in (part.split("=") for part in line.split()[:-1])}


def test_ingest_counts_and_the_second_run_opens_no_engine(
    app: App, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["ingest", str(inbox)], app) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert "1 hidden, 1 link, 1 special, 1 temporary" in told.err
    counts = counted(told.err.rstrip().rsplit("\n", 1)[-1])
    assert counts == {
        "seen": 3, "stored": 2, "duplicate": 1, "quarantined": 0, "failed": 0, "retriable": 0, "pages": 2,
    }  # fmt: skip
    assert run(["ingest", str(inbox)], App(app.config, bare)) == 0
    assert last_line(capsys).startswith("seen=3 stored=0 duplicate=3 quarantined=0 failed=0 retriable=0 pages=0")


@pytest.mark.parametrize(
    ("content", "code", "field"),
    [
        ("bad encrypted", 4, "quarantined"),
        ("bug", 4, "failed"),
        ("later", 5, "retriable"),
        ("letter 1/QĐ-UBND 2020-01-02", 0, "stored"),
    ],
)
def test_exit_codes_of_ingest(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str, code: int, field: str
) -> None:
    (tmp_path / "one.txt").write_text(content)
    (tmp_path / "two.txt").write_text("letter 5/QĐ-UBND 2020-01-02")
    files = [str(tmp_path / name) for name in ("one.txt", "two.txt")]
    assert run(["ingest", "--jobs", "1", *files], app) == code
    counts = counted(last_line(capsys))
    assert counts[field] >= 1 and counts["seen"] == 2 and counts["stored"] >= 1
    assert run(["ingest", "--jobs", "1", *files], app) == code


def test_quarantined_files_are_listed_with_reason_and_cure(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "locked.pdf").write_text("bad encrypted")
    run(["ingest", str(tmp_path / "locked.pdf")], app)
    capsys.readouterr()
    assert run(["quarantine", "list", "--format", "json"], app) == 0
    item = json.loads(capsys.readouterr().out)
    assert (item["name"], item["reason"]) == ("locked.pdf", "encrypted") and "password" in item["message"]
    assert run(["quarantine", "show", "locked.pdf"], app) == 0
    assert run(["quarantine", "show", "nothing"], app) == 1


def test_temporary_trouble_stops_the_run_before_it_condemns_all(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [tmp_path / f"{i}.txt" for i in range(9)]
    for number, path in enumerate(files):
        path.write_text(f"later {''.ljust(number)}")
    assert run(["ingest", "--jobs", "1", *map(str, files)], app) == 5
    assert counted(last_line(capsys))["retriable"] == 5


def test_ctrl_c_keeps_what_was_done_and_the_count_is_the_last_line(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.txt").write_text("letter 1/QĐ-UBND 2020-01-02")
    (tmp_path / "b.txt").write_text("stop")
    assert run(["ingest", "--jobs", "1", str(tmp_path / "a.txt"), str(tmp_path / "b.txt")], app) == 130
    assert counted(last_line(capsys))["stored"] == 1
    assert run(["show", "1/QĐ-UBND"], app) == 0


def test_a_missing_dependency_touches_no_document(app: App, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", str(inbox)], App(app.config, bare)) == 3
    told = capsys.readouterr().err
    assert "apt-get install tesseract-ocr" in told and told.rstrip().rsplit("\n", 1)[-1].startswith("seen=")
    assert run(["extract", str(inbox / "a.txt")], App(app.config, bare)) == 3


def test_workers_share_the_files_and_a_dying_one_costs_only_its_own(
    app: App, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (inbox / "poison.txt").write_text("die")
    assert run(["ingest", "--jobs", "2", str(inbox)], app) == 4
    counts = counted(last_line(capsys))
    assert (counts["stored"], counts["duplicate"], counts["quarantined"]) == (2, 1, 1)
    run(["quarantine", "list", "--format", "json"], app)
    assert json.loads(capsys.readouterr().out)["reason"] == "crashed_reader"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_J2_ingest_survives_a_file_that_kills_its_reader(
    app: App, inbox: Path, jobs: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("poison.txt", "zz.txt"):
        (inbox / name).write_text("die" + " " * len(name))
    assert run(["ingest", "--jobs", jobs, str(inbox)], app) == 4
    counts = counted(last_line(capsys))
    assert (counts["seen"], counts["stored"], counts["duplicate"], counts["quarantined"]) == (5, 2, 1, 2)


def test_T3_ingest_ends_a_reader_that_hangs(
    app: App, inbox: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (inbox / "hang.txt").write_text("hang")
    monkeypatch.setattr("pipeline.execute.local.OVERTIME", 25.0)  # the start of the workers is in it
    assert run(["ingest", "--jobs", "2", str(inbox)], App(replace(app.config, max_seconds=0.0), fake)) == 4
    counts = counted(last_line(capsys))
    assert (counts["seen"], counts["stored"], counts["duplicate"], counts["quarantined"]) == (4, 2, 1, 1)
    run(["quarantine", "list", "--format", "json"], app)
    assert json.loads(capsys.readouterr().out)["reason"] == "timed_out"


@pytest.mark.parametrize("content", ["grow", "cut"])
def test_C1_ingest_leaves_a_file_that_is_being_copied(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    path = tmp_path / "a.txt"
    path.write_text(content)
    assert run(["ingest", "--jobs", "1", str(path)], app) == 5
    counts = counted(last_line(capsys))
    assert (counts["stored"], counts["quarantined"], counts["retriable"]) == (0, 0, 1)
    assert run(["quarantine", "list", "--format", "json"], app) == 0
    assert capsys.readouterr().out == "", "nothing is held against bytes that were never the file's"
    path.write_text("letter 8/QĐ-UBND 2020-01-02")
    assert run(["ingest", "--jobs", "1", str(path)], app) == 0
    assert counted(last_line(capsys))["stored"] == 1


def test_C2_ingest_counts_what_another_run_took_in_meanwhile(app: App, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("letter 8/QĐ-UBND 2020-01-02")
    store, report = app.store(), Report()
    planned = list(plan([path], store))
    assert run(["ingest", str(path)], app) == 0
    Intake(store, app.config, fake).run(planned, report)
    assert (report.counts.stored, report.counts.duplicate) == (0, 1)
    assert store.counts()["letters"] == 1
    store.close()


def test_F24_ingest_tells_of_a_name_that_is_no_text(
    app: App, inbox: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with open(os.fsencode(inbox) + b"/caf\xe9.txt", "w") as file:
        file.write("letter 7/QĐ-UBND 2020-01-02")
    for arguments in (["--dry-run"], [], ["--format", "json"]):
        assert run(["ingest", *arguments, str(inbox)], app) == 4
        told = capsys.readouterr()
        assert "rename" in told.err and counted(told.err.rstrip().rsplit("\n", 1)[-1])["failed"] == 1


def test_a_dry_run_writes_nothing(app: App, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["ingest", "--dry-run", str(inbox)], App(app.config, bare)) == 0
    assert counted(last_line(capsys))["stored"] == 2
    assert not Path(app.config.database.removeprefix("sqlite:///")).exists()
    run(["ingest", "--limit", "1", str(inbox)], app)
    assert counted(last_line(capsys))["stored"] == 1
    assert run(["ingest", "--dry-run", "--format", "json", str(inbox)], app) == 0
    outcomes = [json.loads(line)["outcome"] for line in capsys.readouterr().out.splitlines()]
    assert sorted(outcomes) == ["duplicate", "duplicate", "stored"]


def test_extract_prints_json_lines_and_nothing_else(app: App, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (inbox / "bad.txt").write_text("bad damaged")
    assert run(["extract", str(inbox / "bad.txt"), str(inbox / "a.txt")], app) == 4
    told = capsys.readouterr()
    (record,) = map(json.loads, told.out.splitlines())
    assert record["schema"] == "congvan.letter/1" and record["number"]["value"] == "1/QĐ-UBND"
    assert "damaged" in told.err
    assert not Path(app.config.database.removeprefix("sqlite:///")).exists()
    assert run(["extract", "--format", "table", str(inbox / "a.txt")], app) == 0


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["show", "77/QĐ-UBND"], 1),
        (["links", "nonsense"], 1),
        (["nonsense"], 2),
        (["ingest"], 2),
        (["ingest", "/no/such/file"], 2),
        (["search", "--from", "yesterday"], 2),
        (["--database", "nonsense://x", "status"], 2),
        (["--help"], 0),
        (["check"], 0),
    ],
)
def test_exit_codes(app: App, arguments: list[str], code: int) -> None:
    assert run(arguments, app) == code


def test_links_in_every_format(app: App, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ingest", str(inbox)], app)
    capsys.readouterr()
    assert run(["links", "2/BC-UBND"], app) == 0
    tree = capsys.readouterr().out
    assert "✓ references  1/QĐ-UBND · 02/01/2020" in tree and "○ references  9/QĐ-UBND" in tree
    assert run(["links", "1/QĐ-UBND 2020", "--direction", "cited-by", "--format", "json"], app) == 0
    graph = json.loads(capsys.readouterr().out)
    assert [edge["status"] for edge in graph["edges"]] == ["linked"]
    assert run(["links", "--format", "csv"], app) == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out)))
    assert [row["number"] for row in rows] == ["1/QĐ-UBND", "9/QĐ-UBND"]
    assert run(["links", "--format", "graphml"], app) == 0
    assert capsys.readouterr().out.count("<edge ") == 2
    assert run(["links"], app) == 0
    assert "2 citations in 1 letters, 1 linked" in capsys.readouterr().err
    assert run(["wanted", "--format", "json"], app) == 0
    assert json.loads(capsys.readouterr().out)["number"] == "9/QĐ-UBND"


def test_register_has_the_ten_columns_and_disarms_formulas(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = app.store()
    evil = '=HYPERLINK("http://example.vn";"x")'
    store.save(replace(letter("1/QĐ-UBND", "2020-01-02", UBND), subject=Field(evil, evil, 0.9), doc_type=None))
    store.close()
    assert run(["register", "--format", "csv"], app) == 0
    (row,) = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert len(row) == 10 and row["Số, ký hiệu văn bản"] == "1/QĐ-UBND"
    assert row["Tên loại và trích yếu nội dung"].startswith("'=")
    book = tmp_path / "register.xlsx"
    assert run(["register", "--format", "xlsx", "--out", str(book)], app) == 0
    sheet = load_workbook(book).active
    assert sheet is not None
    headings = [cell.value for cell in sheet[2]]
    assert headings[:4] == ["Ngày đến", "Số đến", "Tác giả", "Số, ký hiệu văn bản"] and len(headings) == 10
    assert (sheet["F4"].value, sheet["F4"].data_type) == (evil, "s")
    assert run(["register", "--format", "xlsx"], app) == 2
    assert run(["register"], app) == 0
    assert all(len(line) <= 100 for line in capsys.readouterr().out.splitlines())


def test_reading_commands_print_json(app: App, inbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["ingest", str(inbox)], app)
    capsys.readouterr()
    for arguments in (["show", "1/QĐ-UBND"], ["search", "thu"], ["register"], ["status"], ["export", "letters"]):
        assert run([*arguments, "--format", "json"], app) == 0
        assert all(json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert run(["show", "2/BC-UBND", "--format", "table"], app) == 0
    assert run(["export", "letters", "--format", "csv"], app) == 0


def test_check_finds_a_lost_original(app: App, inbox: Path) -> None:
    run(["ingest", str(inbox)], app)
    assert run(["check"], app) == 0
    (inbox / "b.txt").unlink()
    assert run(["check"], app) == 7


def test_evaluate_scores_labels(app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.txt").write_text("letter 01/QĐ-UBND 2020-01-02 7/QĐ-UBND")
    gold = tmp_path / "gold"
    gold.mkdir()
    labels = {
        "file": "a.txt", "number": "1/qđ-ubnd", "date": "2020-01-03", "issuer": ["UBND tỉnh An Giang", "x"],
        "citations": [{"number": "7/QĐ-UBND", "date": "2020-01-02", "relation": "references"}, {"number": "8/QĐ-BTC"}],
    }  # fmt: skip
    (gold / "a.json").write_text(json.dumps(labels))
    assert run(["evaluate", "--gold", str(gold), "--root", str(tmp_path), "--json"], app) == 0
    figures = json.loads(capsys.readouterr().out)
    assert {name: f["right"] for name, f in figures["fields"].items()} == {"number": 1, "date": 0, "issuer": 1}
    assert figures["citations"]["hit"] == 1 and figures["citations"]["recall"] == 0.5
    assert run(["evaluate", "--gold", str(gold), "--root", str(tmp_path), "--misses"], app) == 0
    assert "citation\t8/QĐ-BTC" in capsys.readouterr().out


def test_settings_come_from_the_environment_and_the_option_wins(tmp_path: Path) -> None:
    assert load({}).database.startswith("sqlite:///")
    assert load({"CONGVAN_DATABASE": "postgresql://u@h/d"}).database == "postgresql+psycopg://u@h/d"
    assert load({"CONGVAN_DATABASE": "x"}, database=str(tmp_path / "y.sqlite")).database.endswith("/y.sqlite")
    assert load({"CONGVAN_MAX_PAGES": "7"}).max_pages == 7
