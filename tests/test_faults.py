"""Killed at any moment, in any order of events: the end is that of an undisturbed run, on both databases.

A few of all kill points are tried by default; CONGVAN_LONG=1 (`make fuzz`) tries every one.
"""

from __future__ import annotations

import itertools
import os
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, note
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy.exc import OperationalError

from models.document import Problem
from models.errors import TransientError
from pipeline import report as reports
from pipeline.store.queue import Rules, patiently
from pipeline.store.runs import Runs
from tests.killing import in_child
from tests.night import Fake, Place, counts, export

LONG = bool(os.environ.get("CONGVAN_LONG"))


def filled(folder: Path, url: str) -> Place:
    folder.mkdir(exist_ok=True)
    place = Place(folder, url, Rules(lease=5, pause=0.0, delay=0.0, deaths=50, attempts=50))
    place.fill(2)
    place.put("bad.txt", "bad=encrypted!8/x")
    place.put("copy.txt", (place.inbox / "001.txt").read_text())
    place.put("flaky.txt", "flaky=1!9/QĐ-UBND")
    return place


def sound(place: Place) -> str:
    """The end state, after looking for anything lost, doubled or not accounted for."""
    runs = place.runs()
    try:
        assert runs.check() == () == runs.structure()
        assert runs.holders() == {}
        assert all(run.finished for run in runs.ledger.runs(100))
        return export(runs)
    finally:
        runs.close()


def test_J1_killed_at_any_write_the_next_run_ends_as_if_nothing_had_been(
    tmp_path: Path, databases: Callable[[], str]
) -> None:
    reference = filled(tmp_path / "reference", databases())
    reference.runs().close()  # the tables are made before, not under fire
    total = in_child(reference.night, None)
    assert total and total > 60
    expected = sound(reference)
    postgres = reference.url.startswith("postgresql")
    step = 1 if LONG else total // (6 if postgres else 12) + 1
    tried = 0
    for deadly in range(1, total + 1, step):
        place = filled(tmp_path / str(deadly), databases())
        place.runs().close()
        assert in_child(place.night, deadly) is None, f"point {deadly} of {total} was not reached"
        report = place.night()
        assert report.adds_up and report.counts.seen >= 4
        assert sound(place) == expected, f"killed at {deadly} of {total}"
        shutil.rmtree(place.folder)
        tried += 1
    print(f"{tried} of {total} points")


def test_every_row_of_the_table_of_faults_has_a_test() -> None:
    root = Path(__file__).parents[1]
    rows = re.findall(r"^\| ([FTCJ]\d+) \|", (root / "docs" / "faults.md").read_text(), re.MULTILINE)
    assert rows == [
        f"{kind}{n}" for kind, last in (("F", 29), ("T", 12), ("C", 9), ("J", 12)) for n in range(1, last + 1)
    ]
    tested = set(
        re.findall(r"def test_([FTCJ]\d+)_", "".join(path.read_text() for path in root.glob("tests/test_*.py")))
    )
    assert set(rows) - tested == {"F29"}


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.integers(1, 6)),
        st.tuples(st.just("remove"), st.integers(1, 6)),
        st.tuples(st.just("run"), st.just(0)),
        st.tuples(st.just("kill"), st.integers(1, 140)),
        st.tuples(st.just("clock"), st.sampled_from((-86_400, -60, 60, 86_400))),
    ),
    min_size=2,
    max_size=8,
)


@hypothesis_settings(
    max_examples=100 if LONG else 6,
    deadline=None,
    database=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
@given(steps=STEPS)
def test_any_schedule_ends_as_if_nothing_had_been(tmp_path_factory: pytest.TempPathFactory, steps: Any) -> None:
    folder = tmp_path_factory.mktemp("schedule")
    place = Place(folder, f"sqlite:///{folder / 's.sqlite'}", Rules(lease=5, pause=0.0, delay=0.0, deaths=50))
    runs = place.runs()
    texts = {n: f"{'flaky=1!' if n == 3 else ''}{n}/QĐ-UBND|2024-03-05||{n + 1}/QĐ-UBND" for n in range(1, 7)}
    for action, value in steps:
        note(f"{action} {value}")
        if action == "add":
            place.put(f"{value}.txt", texts[value])
        elif action == "remove":
            (place.inbox / f"{value}.txt").unlink(missing_ok=True)
        elif action == "clock":
            runs.skew += value
        elif action == "kill":
            in_child(place.night, value)
        else:
            assert place.night(runs=runs).adds_up
    for n, text in texts.items():
        place.put(f"{n}.txt", text)
    runs.skew += 2 * 86_400
    for _ in range(3):
        report = place.night(runs=runs)
    assert counts(report) == {"seen": 6, "duplicate": 6}
    ended = sound(place)
    runs.close()
    calm = Place(tmp_path_factory.mktemp("calm"), f"sqlite:///{folder / 'calm.sqlite'}", place.rules)
    for n, text in texts.items():
        calm.put(f"{n}.txt", text)
    for _ in range(3):
        calm.night()
    assert sound(calm) == ended


def test_C6_a_locked_database_is_waited_for(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(2)
    place.runs().close()
    other = sqlite3.connect(tmp_path / "s.sqlite", isolation_level=None, check_same_thread=False)
    other.execute("begin immediate")
    threading.Timer(1.5, lambda: other.execute("rollback")).start()
    assert counts(place.night()) == {"seen": 2, "stored": 2}
    other.close()


def test_C6_trouble_is_tried_again_with_growing_pauses_and_then_told() -> None:
    calls: list[float] = []

    def never() -> None:
        calls.append(time.monotonic())
        raise TransientError("the database is away")

    with pytest.raises(TransientError):
        patiently(never, times=4, first=0.02)
    pauses = [later - sooner for sooner, later in itertools.pairwise(calls)]
    assert len(pauses) == 3 and pauses[2] > pauses[1] > pauses[0]


def test_C6_dropped_connections_are_made_again(tmp_path: Path, postgres_url: str, postgres_server: Any) -> None:
    place = Place(tmp_path, postgres_url)
    place.fill(3)
    runs = place.runs()
    runs.counts()
    name = postgres_url.rsplit("/", 1)[-1].split("?")[0]
    postgres_server.execute(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = '{name}'")
    patiently(runs.counts)
    assert counts(place.night(runs=runs)) == {"seen": 3, "stored": 3}
    runs.close()


def test_C6_full_disk_at_commit_leaves_nothing_half_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(1)
    runs = place.runs()
    real = Runs._note
    failures = [OperationalError("commit", {}, Exception("database or disk is full"))] * 2

    def note_(self: Runs, *arguments: Any, **named: Any) -> None:
        real(self, *arguments, **named)
        if failures:
            raise failures.pop()

    monkeypatch.setattr(Runs, "_note", note_)
    monkeypatch.setattr("pipeline.store.queue.time.sleep", lambda _s: None)
    assert counts(place.night(runs=runs)) == {"seen": 1, "stored": 1}
    assert runs.structure() == ()
    runs.close()


def test_C6_read_only_database_is_temporary_trouble(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    runs = place.runs()
    with runs._writes() as session:
        session.connection().exec_driver_sql("select 1")
    monkeypatch.setattr("pipeline.store.queue.time.sleep", lambda _s: None)
    with runs._engine.connect() as connection:
        connection.exec_driver_sql("pragma query_only = on")
    place.fill(1)
    with pytest.raises(TransientError):
        place.night(runs=runs)
    runs.close()


def test_C8_interrupted_run_keeps_its_books_and_goes_on(tmp_path: Path, database_url: str) -> None:
    place = Place(tmp_path, database_url)
    place.fill(4)
    runs = place.runs()

    def interrupt() -> None:
        if runs.counts()["letters"] == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        place.night(runs=runs, watch=interrupt)
    found = runs.run(runs.ledger.runs(1)[0].id)
    assert found and found[1] == "interrupted" and found[0].finished
    assert (found[0].counts.seen, found[0].counts.stored) == (2, 2)
    assert counts(place.night(runs=runs)) == {"seen": 4, "stored": 2, "duplicate": 2}
    runs.close()


def test_C8_stopped_workers_give_back_what_they_hold(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(2, "sleep=30!{n}/QĐ-UBND")
    runs = place.runs()

    def interrupt() -> None:
        if len(runs.holders()) == 2:
            raise KeyboardInterrupt

    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        place.night(jobs=2, runs=runs, watch=interrupt)
    assert time.monotonic() - began < 25
    assert runs.holders() == {}
    runs.close()


def test_C7_a_long_reader_does_not_stop_the_load(tmp_path: Path, database_url: str) -> None:
    place = Place(tmp_path, database_url)
    place.fill(3)
    place.night()
    reader = place.runs()
    letters = reader.letters()
    next(letters)
    with reader._reads() as session:
        session.connection().exec_driver_sql("select count(*) from letters").all()
        place.fill(3, first=20)
        assert counts(place.night()) == {"seen": 6, "stored": 3, "duplicate": 3}
    reader.close()


def test_J5_a_letter_with_an_unreadable_page_is_not_ok(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(1)
    real = Fake.read

    def partly(self: Fake, path: Path) -> Any:
        return tuple(replace(item, problems=(Problem("page_failed", "page 2", 2),)) for item in real(self, path))

    monkeypatch.setattr(Fake, "read", partly)
    place.night()
    runs = place.runs()
    assert [item.status for item in runs.letters()] == ["partial"]
    runs.close()


def test_a_report_that_cannot_be_written_does_not_undo_the_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(1)

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reports, "replace_file", full)
    assert counts(place.night()) == {"seen": 1, "stored": 1}
