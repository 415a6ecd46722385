"""Nights after a night that was cut off: files that went or moved meanwhile, databases that were full."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from models.errors import ConfigError, TransientError
from pipeline.cli.app import App
from pipeline.cli.main import run
from pipeline.config import Config
from pipeline.execute.supervisor import Local
from pipeline.nightly import Night, Settings, look_through
from pipeline.store.queue import Queue
from pipeline.store.runs import Runs
from tests.night import Fake, Make, Place, counts, reads


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    return Place(tmp_path, database_url)


def test_C1_files_that_went_while_they_waited_do_not_stop_later_nights(place: Place) -> None:
    place.fill(9)
    (place.flags / "out").touch()
    assert place.night().stopped  # all nine wait for the next night
    (place.flags / "out").unlink()
    for n in range(1, 8):
        (place.inbox / f"{n:03}.txt").unlink()
    (place.inbox / "moved").mkdir()
    (place.inbox / "008.txt").rename(place.inbox / "moved" / "8.txt")
    place.put("009.txt", "90/QĐ-UBND")  # other bytes
    report = place.night()
    assert counts(report) == {"seen": 2, "stored": 2}
    assert report.exit_code == 0
    assert counts(place.night()) == {"seen": 2, "duplicate": 2}


def test_C1_files_that_go_in_mid_run_are_no_trouble_of_the_machine(place: Place) -> None:
    place.fill(9)
    names = [f"{n:03}.txt" for n in range(3, 9)]  # the ninth is the largest and the first

    def take_away() -> None:
        if reads(place.flags, "001.txt") and (place.inbox / names[0]).exists():
            for name in names:
                (place.inbox / name).rename(place.folder / name)

    report = place.night(watch=take_away)
    assert report.stopped is None
    assert counts(report) == {"seen": 9, "stored": 3, "retriable": 6}
    for name in names:
        (place.folder / name).rename(place.inbox / name)
    assert counts(place.night()) == {"seen": 9, "stored": 6, "duplicate": 3}
    runs = place.runs()
    assert runs.counts()["letters"] == 9
    runs.close()


def test_J3_a_folder_that_is_not_there_stops_the_run(place: Place) -> None:
    for n in range(9):
        place.put(f"share/{n}.txt", f"{n + 1}/QĐ-UBND")

    def unmount() -> None:
        if reads(place.flags, "0.txt") and (place.inbox / "share").exists():
            (place.inbox / "share").rename(place.folder / "away")

    report = place.night(watch=unmount)
    assert report.stopped and "is it mounted" in report.stopped
    (place.folder / "away").rename(place.inbox / "share")
    assert place.night().counts.retriable == 0
    runs = place.runs()
    assert runs.counts()["letters"] == 9
    runs.close()


@dataclass(frozen=True)
class Full:
    """Makes readers in workers whose first results the database cannot take."""

    flags: Path
    times: int

    def __call__(self, config: Config) -> Fake:
        stored = Queue.store_letters

        def store(queue: Queue, *args: Any, **more: Any) -> bool:
            with (self.flags / "full").open("a") as file:
                file.write(".")
            if os.path.getsize(self.flags / "full") <= self.times:
                raise TransientError("database or disk is full")
            return stored(queue, *args, **more)

        Queue.store_letters = store  # type: ignore[method-assign]
        return Fake(self.flags)


def test_C6_a_worker_that_cannot_write_is_not_held_against_its_file(place: Place) -> None:
    place.fill(2)
    runs = place.runs()
    setup = replace(place.setup(), make_reader=Full(place.flags, place.rules.deaths + 1))
    chosen = Settings((place.inbox,), place.folder / "state", stable=0.0)
    kept = Queue.store_letters
    try:
        report = Night(runs, chosen, Local(runs, setup, 1), "v:1").run()
    finally:
        Queue.store_letters = kept  # type: ignore[method-assign]
        runs.close()
    assert counts(report) == {"seen": 2, "stored": 2}


def test_C6_books_that_cannot_be_closed_are_counted_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(2)
    closed = Runs.close_run

    def full(*_: object) -> None:
        raise TransientError("database or disk is full")

    monkeypatch.setattr(Runs, "close_run", full)
    monkeypatch.setattr("pipeline.nightly.patiently", lambda act: act())
    for name, value in (("STATE", str(tmp_path / "state")), ("STABLE_SECONDS", "0"), ("ENGINE", "inprocess")):
        monkeypatch.setenv(f"CONGVAN_{name}", value)
    app = App(Config(database=place.url), Make(place.flags))
    assert run(["nightly", "--inbox", str(place.inbox)], app) == 5
    *_, said, last = capsys.readouterr().err.strip().splitlines()
    assert said == "stopped: database or disk is full"
    assert last.startswith("seen=2 stored=2 duplicate=0 ")
    monkeypatch.setattr(Runs, "close_run", closed)
    assert run(["nightly", "--inbox", str(place.inbox)], app) == 0
    assert run(["check"], app) == 0


def test_F25_an_inbox_that_nobody_may_look_into(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(_path: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "exists", forbidden)
    with pytest.raises(ConfigError, match="cannot be looked into: Permission denied"):
        look_through((tmp_path,))
