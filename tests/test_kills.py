"""Workers and the process that leads them killed at their writes, under both engines: nothing lost, nothing twice.

A few kill points are tried by default; CONGVAN_LONG=1 (`make fuzz`) tries every one.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from pipeline.execute import cluster
from pipeline.execute.cluster import Cluster
from pipeline.nightly import Night, Settings
from pipeline.report import Report
from pipeline.store.queue import Rules
from tests.killing import in_child
from tests.night import Place
from tests.test_faults import sound

LONG = bool(os.environ.get("CONGVAN_LONG"))
FILES = 6
AT_ONCE = 4  # workers that die in one night


def filled(folder: Path, url: str, lease: float = 5.0) -> Place:
    """Letters, one that is bad and one that fails at first; any number of deaths is forgiven."""
    folder.mkdir(exist_ok=True)
    place = Place(folder, url, Rules(lease=lease, pause=0.0, delay=0.0, deaths=500, attempts=500))
    place.fill(FILES)
    place.put("bad.txt", "bad=encrypted!90/x")
    place.put("flaky.txt", "flaky=1!91/QĐ-UBND")
    return place


def passed(place: Place) -> tuple[int, int]:
    """How many points workers have passed, and how many of them have died."""
    logs = [path.read_text() for path in place.flags.glob("points-*")]
    return sum(map(len, logs)), sum("x" in log for log in logs)


def schedules(calm: Callable[[], int]) -> Iterator[tuple[int, ...]]:
    """Points for the workers of one night after the other: all that `calm` counts, in two mixtures, or a few."""
    # A worker that dies late leaves less for the next: the first half of the points leaves enough for four.
    chosen = list(range(1, calm() // 2 + 1)) if LONG else [3, 19, 37, 50]
    for at_once in (AT_ONCE, AT_ONCE - 1) if LONG else (AT_ONCE,):
        # Deaths before anything is claimed stop a run if there are several in a row: neighbours are kept apart.
        step = -(-len(chosen) // at_once)
        for first in range(step):
            yield tuple(chosen[first::step])


def everything(place: Place) -> str:
    """The end state; how often a file was tried is no part of it."""
    assert place.night().adds_up
    return sound(place)


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The end of nights that nothing disturbs."""
    folder = tmp_path_factory.mktemp("calm")
    place = filled(folder / "archive", f"sqlite:///{folder / 'calm.sqlite'}")
    place.night()
    return everything(place)


def test_J1_worker_processes_killed_at_any_write(tmp_path: Path, databases: Callable[[], str], expected: str) -> None:
    def calm() -> int:
        place = filled(tmp_path / "calm", databases())
        place.deadly = (0,)
        assert place.night(jobs=1).adds_up
        return passed(place)[0]

    tried = 0
    for number, points in enumerate(schedules(calm)):
        place = filled(tmp_path / str(number), databases())
        place.deadly = points
        report = place.night(jobs=2)
        assert report.adds_up and report.counts.stored == FILES + 1
        assert everything(place) == expected, f"killed at {points}"
        tried += passed(place)[1]
        shutil.rmtree(place.folder)
    assert tried >= (100 if LONG else 3)
    print(f"{tried} workers killed")


def test_J1_leader_of_worker_processes_killed_at_any_write(
    tmp_path: Path, databases: Callable[[], str], expected: str
) -> None:
    total = 40
    if LONG:
        calm = filled(tmp_path / "calm", databases())
        calm.runs().close()
        total = in_child(lambda: calm.night(jobs=2), None) or 0
    tried = 0
    for deadly in range(1, total + 1) if LONG else (total // 2, total):
        place = filled(tmp_path / str(deadly), databases())
        place.runs().close()
        # How often the leader looks, and so writes, is not the same every time.
        tried += in_child(lambda p=place: p.night(jobs=2), deadly) is None  # type: ignore[misc]
        assert place.night(jobs=2).adds_up
        assert everything(place) == expected, f"leader killed at {deadly} of {total}"
        shutil.rmtree(place.folder)
    assert tried >= (total // 2 if LONG else 1)
    print(f"leader killed {tried} times, at up to {total} points")


@contextmanager
def machine(place: Place, jobs: int) -> Iterator[None]:
    """Workers as `congvan worker` has them, replaced when they die."""
    context = multiprocessing.get_context("forkserver")
    over = threading.Event()
    hands: list[multiprocessing.process.BaseProcess] = []

    def look_after() -> None:
        while not over.wait(0.05):
            hands[:] = [hand for hand in hands if hand.is_alive()]
            while len(hands) < jobs:
                hands.append(context.Process(target=cluster.work, args=(place.setup(),)))
                hands[-1].start()

    thread = threading.Thread(target=look_after)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for hand in hands:
            hand.kill()
            hand.join()


def cluster_night(place: Place) -> Report:
    """A night that leaves the reading to workers elsewhere."""
    runs = place.runs()
    settings = Settings((place.inbox,), place.folder / "state", stable=0.0)
    try:
        return Night(runs, settings, Cluster(runs, place.setup()), "v:1").run()
    finally:
        runs.close()


def prepared(folder: Path, url: str, deadly: Sequence[int] = ()) -> Place:
    """An archive with its tables and those of the queue."""
    place = filled(folder, url, lease=1.0)
    place.runs().close()
    with cluster._app(place.setup()).open() as app:
        cluster.ensure_schema(app)
    place.deadly = tuple(deadly)
    return place


def test_J1_workers_of_other_machines_killed_at_any_write(
    tmp_path: Path, fresh_postgres: Callable[[], str], expected: str
) -> None:
    def calm() -> int:
        place = prepared(tmp_path / "calm", fresh_postgres(), (0,))
        with machine(place, 1):
            assert cluster_night(place).adds_up
        return passed(place)[0]

    tried = 0
    for number, points in enumerate(schedules(calm)):
        place = prepared(tmp_path / str(number), fresh_postgres(), points)
        with machine(place, 2):
            report = cluster_night(place)
        assert report.adds_up and report.counts.stored == FILES + 1
        assert everything(place) == expected, f"killed at {points}"
        tried += passed(place)[1]
    assert tried >= (100 if LONG else 3)
    print(f"{tried} workers killed")


def test_J1_leader_of_other_machines_killed_at_any_write(
    tmp_path: Path, fresh_postgres: Callable[[], str], expected: str
) -> None:
    total = 60
    if LONG:
        calm = prepared(tmp_path / "calm", fresh_postgres())
        with machine(calm, 2):
            total = in_child(lambda: cluster_night(calm), None) or 0
    tried = 0
    for deadly in range(1, total + 1) if LONG else (total // 2,):
        place = prepared(tmp_path / str(deadly), fresh_postgres())
        with machine(place, 2):
            tried += in_child(lambda p=place: cluster_night(p), deadly) is None  # type: ignore[misc]
            assert cluster_night(place).adds_up
        assert everything(place) == expected, f"leader killed at {deadly} of {total}"
    assert tried >= (total // 2 if LONG else 1)
    print(f"leader killed {tried} times, at up to {total} points")
