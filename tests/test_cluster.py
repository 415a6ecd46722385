"""The engine of several machines: workers as separate processes, one killed, one stopped past its lease."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.execute import cluster
from pipeline.execute.cluster import Cluster
from pipeline.nightly import Night, Settings
from pipeline.report import Report
from pipeline.store import database
from pipeline.store.queue import Rules
from tests.night import Place, counts, reads, wait_for


@pytest.fixture
def place(tmp_path: Path, postgres_url: str) -> Place:
    return Place(tmp_path, postgres_url, Rules(lease=2.0, pause=0.01, deaths=3))


@contextmanager
def workers(place: Place, count: int) -> Iterator[list[multiprocessing.process.BaseProcess]]:
    """Worker processes as `congvan worker` starts them, but not replaced when they die."""
    context = multiprocessing.get_context("forkserver")
    started = [context.Process(target=cluster.work, args=(place.setup(),)) for _ in range(count)]
    for process in started:
        process.start()
    try:
        yield list(started)
    finally:
        for process in started:
            process.kill()
            process.join()


def night(place: Place, **more: float) -> Report:
    runs = place.runs()
    settings = Settings((place.inbox,), place.folder / "state", stable=0.0)
    try:
        return Night(runs, settings, Cluster(runs, place.setup(), **more), "v:1").run()  # type: ignore[arg-type]
    finally:
        runs.close()


def prepare(place: Place) -> None:
    runs = place.runs()
    with cluster._app(place.setup()).open() as app:
        cluster.ensure_schema(app)
        cluster.ensure_schema(app)
    runs.close()


def test_30_letters_3_cluster_workers_one_killed_one_stopped_past_its_lease(place: Place) -> None:
    place.fill(30, "sleep=0.1!{n}/QĐ-UBND|2024-03-05||{m}/QĐ-UBND")
    place.put("010.txt", "once=sleep=4!10/QĐ-UBND|2024-03-05||11/QĐ-UBND")
    prepare(place)

    def disturb() -> None:
        wait_for(lambda: reads(place.flags, "010.txt"), 60)
        (sleeper,) = reads(place.flags, "010.txt")
        os.kill(sleeper, signal.SIGSTOP)
        others = {pid for path in place.flags.glob("read-*") for pid in map(int, path.read_text().split())} - {sleeper}
        if others:
            os.kill(others.pop(), signal.SIGKILL)
        wait_for(lambda: len(reads(place.flags, "010.txt")) == 2, 60)
        os.kill(sleeper, signal.SIGCONT)

    with workers(place, 3):
        thread = threading.Thread(target=disturb)
        thread.start()
        report = night(place)
        thread.join()
    assert counts(report) == {"seen": 30, "stored": 30}
    runs = place.runs()
    assert runs.counts()["letters"] == 30
    assert len({entry.sha256 for entry in runs.entries(report.run, "stored")}) == 30
    assert database.differences(runs._engine) == []
    runs.close()


def test_faults_are_the_same_as_on_one_machine(place: Place) -> None:
    place.put("a.txt", "flaky=1!1/QĐ-UBND")
    place.put("b.txt", "bad=encrypted!2/QĐ-UBND")
    place.put("c.txt", "bug!3/QĐ-UBND")
    place.put("d.txt", "4/QĐ-UBND")
    prepare(place)
    with workers(place, 1):
        report = night(place)
    assert counts(report) == {"seen": 4, "stored": 2, "quarantined": 1, "failed": 1}
    assert report.exit_code == 4


def test_a_run_without_workers_stops_and_condemns_nothing(place: Place) -> None:
    place.fill(2)
    report = night(place, patience=0.5)
    assert report.stopped and "congvan worker" in report.stopped
    assert counts(report) == {}
    assert report.exit_code == 5
    with workers(place, 1):
        assert counts(night(place)) == {"seen": 2, "stored": 2}
