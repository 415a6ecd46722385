"""The nightly run on both databases: its books, faults that pass and faults that stay, cut off and taken up again."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import insert

from models.document import Source
from models.errors import ConfigError, LockedError
from models.letter import Letter
from models.tables import SourceRow
from pipeline import lock, processes
from pipeline import report as reports
from pipeline.arrivals import Arrivals, look
from pipeline.execute.engine import InProcess
from pipeline.integrity import faults
from pipeline.nightly import Night, Settings, rehearse, settings
from pipeline.store.queue import Rules
from tests.letters import letter
from tests.night import BODY, Place, counts, export, reads


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    return Place(tmp_path, database_url)


@pytest.fixture
def archive(tmp_path: Path) -> Place:
    """On SQLite only, where the database makes no difference."""
    return Place(tmp_path, f"sqlite:///{tmp_path / 'archive.sqlite'}")


def test_the_books_add_up_for_every_kind_of_file(place: Place) -> None:
    place.fill(3)
    place.put("bad.txt", "bad=encrypted!8/x")
    place.put("bug.txt", "bug!9/x")
    place.put("copy.txt", (place.inbox / "001.txt").read_text())
    place.put("never.txt", "flaky=99!10/QĐ-UBND")
    report = place.night()
    assert counts(report) == {
        "seen": 7, "stored": 3, "duplicate": 1, "quarantined": 1, "failed": 1, "retriable": 1,
    }  # fmt: skip
    assert report.adds_up and report.exit_code == 5
    reasons = {(line.outcome, line.reason): line.count for line in report.lines}
    assert reasons["quarantined", "encrypted"] == 1 and reasons["duplicate", "same_bytes"] == 1
    assert len(reads(place.flags, "never.txt")) == place.rules.tries
    assert report.links > 0 and report.faults == ()


def test_J9_over_nothing_and_over_done_files(archive: Place) -> None:
    report = archive.night()
    assert (report.exit_code, counts(report)) == (0, {})
    archive.fill(3)
    archive.night()
    before = {path: path.stat().st_mtime_ns for path in archive.inbox.iterdir()}
    again = archive.night()
    assert (again.exit_code, counts(again)) == (0, {"seen": 3, "duplicate": 3})
    assert again.trouble == () and len(reads(archive.flags, "001.txt")) == 1
    assert before == {path: path.stat().st_mtime_ns for path in archive.inbox.iterdir()}


def test_second_night_over_10000_known_files_takes_seconds(archive: Place) -> None:
    for n in range(10_000):
        path = archive.inbox / f"{n // 500:02}" / f"{n:05}.txt"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"%d" % n)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    runs = archive.runs()
    arrivals = Arrivals(runs, "v:1", 0.0)
    # As if they had been read before: reading 10,000 letters is not what is measured.
    for batch in arrivals.batches(sorted(archive.inbox.rglob("*.txt"))):
        rows = [_settled(entry.stat.path, entry.sha256) for entry in batch]
        with runs._writes() as session:
            session.execute(insert(SourceRow), rows)
    runs.remember_files(arrivals.fresh)
    runs.close()
    began = time.process_time()
    report = archive.night()
    assert time.process_time() - began < 5
    assert counts(report) == {"seen": 10_000, "quarantined": 10_000}
    assert report.trouble == ()


NOON = datetime(2026, 1, 1, 12)


def _settled(path: str, sha256: str) -> dict[str, object]:
    row = {"sha256": sha256, "name": os.path.basename(path), "path": path, "media_type": "text/plain", "size": 5}
    row |= {"pages": 0, "status": "quarantined", "reason": "encrypted", "attempts": 1}
    return row | {"first_seen": NOON, "last_seen": NOON}


def test_C1_growing_and_vanishing_files(archive: Place) -> None:
    done = archive.put("done.txt", "1/QĐ-UBND")
    growing, gone, calm = (archive.inbox / name for name in ("growing.txt", "gone.txt", "calm.txt"))
    for path in (growing, gone, calm):
        path.write_text("2/QĐ-UBND")
    calm.write_text("3/QĐ-UBND")

    def meanwhile(_seconds: float) -> None:
        growing.write_text("2/QĐ-UBND|2024-03-05")
        gone.unlink()

    runs = archive.runs()
    engine = InProcess(runs, archive.setup())
    chosen = Settings((archive.inbox,), archive.folder / "state", stable=5.0)
    report = Night(runs, chosen, engine, "v:1", sleep=meanwhile).run()
    assert counts(report) == {"seen": 3, "stored": 2, "retriable": 1}
    assert [(entry.reason, Path(entry.path)) for entry in report.trouble] == [("still_growing", growing)]
    assert done.read_text() == "1/QĐ-UBND"
    runs.close()
    assert counts(archive.night()) == {"seen": 3, "stored": 1, "duplicate": 2}


def test_C1_file_that_changes_while_it_is_read_is_not_stored_under_its_old_bytes(archive: Place) -> None:
    path = archive.put("a.txt", "1/QĐ-UBND")
    runs = archive.runs()
    run = runs.ledger.start("nightly", NOON)
    arrivals = Arrivals(runs, "v:1", 0.0)
    (batch,) = arrivals.batches([path])
    runs.admit(run, 0, batch)
    path.write_text("2/QĐ-UBND")
    engine = InProcess(runs, archive.setup())
    engine.run(run, iter(()), lambda: None)
    assert runs.counts()["letters"] == 0
    assert [entry.reason for entry in runs.entries(run)] == ["changed_while_read"]
    runs.close()


def test_C2_second_run_is_refused_at_once(archive: Place) -> None:
    archive.fill(1)
    code = (
        "import sys, time; from pathlib import Path; from pipeline import lock\n"
        "with lock.held(Path(sys.argv[1]), 'nightly'): print('held', flush=True); time.sleep(60)"
    )
    state = archive.folder / "state"
    holder = subprocess.Popen([sys.executable, "-c", code, str(state / "congvan.lock")], stdout=subprocess.PIPE)
    assert holder.stdout and holder.stdout.readline() == b"held\n"
    with pytest.raises(LockedError) as caught:
        archive.night()
    assert caught.value.exit_code == 6 and str(holder.pid) in str(caught.value)
    holder.kill()
    holder.wait()
    # C4: its holder is dead, so the lock is taken over
    assert counts(archive.night()) == {"seen": 1, "stored": 1}


def test_C2_other_machine_on_the_same_database_is_refused(tmp_path: Path, postgres_url: str) -> None:
    place = Place(tmp_path, postgres_url)
    other = place.runs()
    with other.exclusive(), pytest.raises(LockedError):
        place.night()
    place.night()
    other.close()


@pytest.mark.parametrize(
    ("process", "free"),
    [
        ("", True),
        (processes.name(1).rsplit("/", 1)[0] + "/1", True),  # the number is in use by another program
        (processes.name(), True),  # left by a dead one: the system gave us the lock
        ("another-machine/abc/77/5", False),
    ],
    ids=["nobody", "number reused", "dead", "another machine"],
)
def test_C4_a_lock_is_taken_over_only_from_the_dead(tmp_path: Path, process: str, free: bool) -> None:
    path = tmp_path / "state" / "congvan.lock"
    path.parent.mkdir()
    path.write_text(json.dumps({"process": process}) if process else "")
    if free:
        with lock.held(path, "nightly"):
            assert str(os.getpid()) in path.read_text()
        assert path.read_text() == ""
    else:
        with pytest.raises(LockedError, match="another machine"), lock.held(path, "nightly"):
            pass


def test_proof_of_death() -> None:
    assert not processes.is_dead(processes.name())
    host, boot, pid, started = processes.name().split("/")
    assert processes.is_dead(f"{host}/{boot}/{pid}/1")
    assert processes.is_dead(f"{host}/other/{pid}/{started}")
    assert not processes.is_dead(f"elsewhere/{boot}/{pid}/1")
    child = subprocess.Popen([sys.executable, "-c", "pass"])
    name = processes.name(child.pid)
    child.wait()
    assert processes.is_dead(name)


def test_C3_four_answers_for_four_cases(archive: Place) -> None:
    body = " ".join(f"từ{n}" for n in range(40))
    archive.put("first.txt", f"5/QĐ-UBND|2024-03-05|{BODY}| {body}")
    archive.night()
    archive.put("same-bytes.txt", f"5/QĐ-UBND|2024-03-05|{BODY}| {body}")
    archive.put("scanned-again.txt", f"5/QĐ-UBND|2024-03-05|{BODY}| {body} thêm")
    other = " ".join(f"khác{n}" for n in range(40))
    archive.put("reissued.txt", f"5/QĐ-UBND|2024-03-06|{BODY}| {other}")
    report = archive.night()
    reasons = {(line.outcome, line.reason): line.count for line in report.lines}
    assert reasons == {
        ("duplicate", None): 1, ("duplicate", "same_bytes"): 1,
        ("stored", "scanned_again"): 1, ("stored", "reissued"): 1,
    }  # fmt: skip


def test_C3_one_file_with_two_letters_is_told(archive: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    path = archive.put("two.txt", "1/QĐ-UBND")
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()

    def two(_reader: object, found: Path) -> tuple[Letter, ...]:
        source = Source(found.name, sha256, "text/plain", found, found.stat().st_size)
        return tuple(replace(letter(f"{n}/CV", "2024-03-05", BODY, first_page=n), source=source) for n in (1, 2))

    monkeypatch.setattr("tests.night.Fake.read", two)
    report = archive.night()
    assert [(line.outcome, line.reason) for line in report.lines] == [("stored", "several_letters")]
    assert report.counts.pages == 2


def test_J3_temporary_fault_everywhere_stops_and_condemns_nothing(place: Place) -> None:
    place.fill(7)
    (place.flags / "out").touch()
    place.rules = replace(place.rules, attempts=2)
    for _ in range(3):
        report = place.night()
        assert report.stopped and "in a row" in report.stopped and "is out" in report.stopped
        assert (report.exit_code, report.counts.quarantined, report.counts.failed) == (5, 0, 0)
        assert report.counts.seen == report.counts.retriable == place.rules.breaker
    (place.flags / "out").unlink()
    assert counts(place.night()) == {"seen": 7, "stored": 7}


def test_J4_temporary_fault_of_some_files_passes(place: Place) -> None:
    place.fill(20)
    for n in (3, 11, 12):
        place.put(f"{n:03}.txt", f"flaky=2!{n}/QĐ-UBND")
    assert counts(place.night()) == {"seen": 20, "stored": 20}


def test_a_file_that_never_stops_failing_fails_in_the_end(archive: Place) -> None:
    archive.rules = Rules(pause=0.0, tries=1, attempts=3, delay=0.0)
    archive.put("never.txt", "flaky=99!1/QĐ-UBND")
    archive.fill(1, first=50)
    assert [archive.night().counts.failed for _ in range(4)] == [0, 0, 1, 1]
    assert len(reads(archive.flags, "never.txt")) == 3
    assert archive.night(read_by="v:2").counts.failed == 0  # other extractors are another chance


def test_a_file_is_left_alone_until_it_is_due(archive: Place) -> None:
    archive.rules = Rules(pause=0.0, tries=1, delay=3600.0)
    archive.put("a.txt", "flaky=1!1/QĐ-UBND")
    assert counts(archive.night()) == {"seen": 1, "retriable": 1}
    second = archive.night()
    assert counts(second) == {"seen": 1, "retriable": 1} and len(second.waiting) == 1
    assert len(reads(archive.flags, "a.txt")) == 1
    runs = archive.runs()
    runs.skew = 3601.0
    assert counts(archive.night(runs=runs)) == {"seen": 1, "stored": 1}
    runs.close()


def test_C9_a_clock_that_jumps_back_changes_nothing(archive: Place) -> None:
    archive.fill(3)
    runs = archive.runs()
    first = archive.night(runs=runs)
    runs.skew = -86_400.0
    archive.fill(2, first=10)
    second = archive.night(runs=runs)
    assert second.run > first.run
    assert counts(second) == {"seen": 5, "stored": 2, "duplicate": 3}
    runs.close()


def test_J7_dry_run_writes_nothing_and_says_what_a_run_does(archive: Place) -> None:
    archive.fill(3)
    archive.night()
    archive.put("new.txt", "70/QĐ-UBND")
    archive.put("again.txt", (archive.inbox / "001.txt").read_text())
    before = _tree(archive.folder)
    runs = archive.runs()
    plan = rehearse(runs, (archive.inbox,), "v:1", 0.0)
    runs.close()
    assert _tree(archive.folder) == before
    planned = {Path(entry.stat.path).name: entry.outcome or "stored" for entry in plan}
    report = archive.night()
    assert counts(report) == {"seen": 5, "stored": 1, "duplicate": 4}
    assert planned == {
        "001.txt": "duplicate", "002.txt": "duplicate", "003.txt": "duplicate", "again.txt": "duplicate",
        "new.txt": "stored",
    }  # fmt: skip


def _tree(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_J10_reports_are_complete_and_escaped(archive: Place) -> None:
    archive.put("<script>alert(1)</script>.txt", "bad=damaged!1/x")
    archive.fill(2)
    report = archive.night()
    state = archive.folder / "state"
    page = (state / "reports" / "latest.html").read_text()
    assert "<script>" not in page and "&lt;script&gt;" in page
    record = json.loads((state / "reports" / f"run-{report.run:06d}.json").read_text())
    assert record["adds_up"] and record["counts"]["seen"] == 3 and record["exit_code"] == 4
    begin = "seen=3 stored=2 duplicate=0 quarantined=1 failed=0 retriable=0 pages=2 seconds="
    assert report.last_line.startswith(begin)
    metrics = (state / "metrics" / "congvan.prom").read_text()
    assert 'congvan_files{outcome="stored"} 2\n' in metrics and "congvan_books_balanced 1\n" in metrics
    assert not list(state.rglob(".*"))


def test_J10_a_full_disk_leaves_the_old_report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "congvan.prom"
    reports.replace_file(path, "old\n")

    def full(_file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        reports.replace_file(path, "new\n")
    assert path.read_text() == "old\n" and list(tmp_path.iterdir()) == [path]


def test_J11_many_files_in_one_folder_are_planned_in_batches(archive: Place) -> None:
    for n in range(1500):
        (archive.inbox / f"{n}.txt").write_bytes(b"%d" % n)
        os.utime(archive.inbox / f"{n}.txt", (1_700_000_000, 1_700_000_000))
    runs = archive.runs()
    batches = Arrivals(runs, "v:1", 0.0).batches(sorted(archive.inbox.iterdir()))
    assert len(next(batches)) == 400
    runs.close()


def _break(archive: Place, how: str) -> None:
    runs = archive.runs()
    with runs._writes() as session:
        connection = session.connection()
        statements: dict[str, str] = {
            "page": "delete from pages where letter_id = (select min(letter_id) from pages)",
            "link": "update citations set decision_id = null where decision_id is not null",
            "books": "update runs set stored = stored + 1 where command = 'nightly'",
            "index": "insert into letter_search(letter_search) values ('delete-all')",
        }
        connection.exec_driver_sql(statements[how])
    runs.close()


def _damage(archive: Place, how: str) -> None:
    path = archive.inbox / "001.txt"
    if how == "gone":
        path.unlink()
    elif how == "changed":
        path.write_bytes(path.read_bytes()[:-1] + b"X")
    elif how == "shorter":
        path.write_bytes(b"1")
    else:
        _break(archive, how)


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ("gone", "is gone from"),
        ("changed", "other bytes"),
        ("shorter", "has changed"),
        ("page", "pages stored of"),
        ("books", "do not add up"),
        ("index", "search index"),
    ],
)
def test_J12_integrity_check_names_each_fault(archive: Place, how: str, words: str) -> None:
    archive.fill(2)
    archive.night()
    runs = archive.runs()
    assert faults(runs) == ()
    _damage(archive, how)
    found = faults(runs)
    assert len(found) >= 1 and words in found[0]
    runs.close()


def test_the_check_is_weekly(archive: Place) -> None:
    archive.fill(1)
    assert archive.night().faults == ()
    assert archive.night().faults is None


def test_an_inbox_that_is_not_there_is_no_quiet_night(archive: Place) -> None:
    archive.inbox.rmdir()
    with pytest.raises(ConfigError, match="is not there"):
        archive.night()


def test_settings_come_from_the_environment(tmp_path: Path) -> None:
    chosen = settings({"CONGVAN_INBOX": "/a:/b", "CONGVAN_STATE": "/s", "CONGVAN_JOBS": "3"}, tmp_path, 8)
    assert (chosen.inbox, chosen.state, chosen.jobs) == ((Path("/a"), Path("/b")), Path("/s"), 3)
    assert settings({}, tmp_path, 8).jobs == 4
    for wrong in ({"CONGVAN_ENGINE": "ray"}, {"CONGVAN_JOBS": "many"}, {"CONGVAN_CHECK_DAYS": "-1"}):
        with pytest.raises(ConfigError):
            settings(wrong, tmp_path, 8)


@pytest.mark.parametrize("name", ["a\nb.txt", "-rf", "ký hiệu; rm.txt", "%00.txt", 'quo"te.txt', "UP.TXT", "noending"])
def test_F24_odd_names_are_taken_as_they_are(archive: Place, name: str) -> None:
    archive.put(name, "1/QĐ-UBND")
    assert counts(archive.night()) == {"seen": 1, "stored": 1}


def test_F24_a_name_that_is_no_text_is_told(archive: Place) -> None:
    bad = os.fsencode(archive.inbox) + b"/\xff\xfe.txt"
    with open(bad, "w") as file:
        file.write("1/QĐ-UBND")
    report = archive.night()
    assert counts(report) == {"seen": 1, "failed": 1} and report.trouble[0].reason == "bad_name"


def test_look_needs_no_right_to_read(archive: Place) -> None:
    assert look(archive.inbox / "nothing") is None


def test_both_databases_hold_the_same(tmp_path: Path, postgres_url: str) -> None:
    exports = []
    for name, url in (("a", f"sqlite:///{tmp_path / 's.sqlite'}"), ("b", postgres_url)):
        (tmp_path / name).mkdir()
        place = Place(tmp_path / name, url)
        place.fill(5)
        place.put("bad.txt", "bad=encrypted!8/x")
        place.night()
        runs = place.runs()
        exports.append(export(runs))
        runs.close()
    assert exports[0] == exports[1]
