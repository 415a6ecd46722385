"""The engine of one machine on both databases: claims, leases, deaths, time limits, and late results."""

from __future__ import annotations

import hashlib
import os
import signal
import threading
import time
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import event

from models.errors import MissingDependency
from pipeline import processes
from pipeline.config import Config
from pipeline.execute.engine import WorkersDie, work_off
from pipeline.execute.supervisor import Local
from pipeline.store.queue import Fault, Rules
from pipeline.store.runs import Entry, Runs, Stat
from pipeline.store.store import utc_now
from tests.night import Fake, Place, counts, reads, wait_for


@pytest.fixture
def place(tmp_path: Path, database_url: str) -> Place:
    return Place(tmp_path, database_url)


def queued(place: Place, runs: Runs, *names: str) -> int:
    """A run with some files queued."""
    run = runs.ledger.start("nightly", utc_now())
    paths = [place.inbox / name for name in names]
    digests = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    stats = [Stat(str(path), path.stat().st_size, 0, 0) for path in paths]
    runs.admit(run, 0, [Entry(stat, digest, None) for stat, digest in zip(stats, digests, strict=True)])
    return run


def test_a_claim_has_one_holder(place: Place) -> None:
    place.fill(1)
    runs = place.runs()
    run = queued(place, runs, "001.txt")
    job = runs.claim(run, "a")
    assert job is not None
    assert runs.claim(run, "b") is None
    assert runs.holders().keys() == {"a"}
    assert runs.renew(job)
    assert runs.release("a") == 1
    assert not runs.renew(job)
    assert runs.claim(run, "b") is not None
    runs.close()


def test_a_result_is_taken_only_from_the_holder(place: Place) -> None:
    place.fill(1)
    place.rules = Rules(lease=0.05, deaths=9)
    runs = place.runs()
    run = queued(place, runs, "001.txt")
    late = runs.claim(run, "a")
    assert late
    time.sleep(0.1)
    holder = runs.claim(run, "b")
    assert holder and holder.deaths == 1 and holder.token != late.token
    reader = Fake(place.flags)
    assert work_off(runs, holder, reader, "v:1")
    assert not work_off(runs, late, reader, "v:1")
    assert not runs.fault(late, Fault("failed", "ValueError", "late"))
    assert [line.count for line in runs.books(run)] == [1]
    assert runs.counts()["letters"] == 1
    runs.close()


def test_J1_letters_books_and_the_end_of_the_work_are_one_transaction(place: Place) -> None:
    place.fill(2)
    runs = place.runs()
    run = queued(place, runs, "001.txt", "002.txt")
    good, bad = runs.claim(run, "a"), runs.claim(run, "a")
    assert good and bad
    written: list[str] = []

    def statement(_connection: object, _cursor: object, text: str, *_: object) -> None:
        written.append(" ".join(text.split()[:3]).replace('"', "").upper())

    event.listen(runs._engine, "after_cursor_execute", statement)
    event.listen(runs._engine, "commit", lambda _connection: written.append("COMMIT"))
    letters = Fake(place.flags).read(Path(good.path))
    written.clear()
    assert runs.store_letters(good, letters, read_by="v:1", seconds=0.1)
    assert written[-1] == "COMMIT" and written.count("COMMIT") == 1
    for expected in ("DELETE FROM WORK", "INSERT INTO LETTERS", "INSERT INTO CITATIONS", "INSERT INTO RUN_OUTCOMES"):
        assert expected in written
    written.clear()
    assert runs.fault(bad, Fault("quarantined", "damaged", "cut off"))
    assert written[-1] == "COMMIT" and written.count("COMMIT") == 1
    assert {"DELETE FROM WORK", "INSERT INTO SOURCES", "INSERT INTO RUN_OUTCOMES"} <= set(written)
    runs.close()


def test_C5_eight_workers_claim_and_store_at_once(place: Place) -> None:
    place.fill(40, "{n}/QĐ-UBND|2024-03-05||900/QĐ-UBND|901/QĐ-UBND")
    runs = place.runs()
    run = queued(place, runs, *(f"{n:03}.txt" for n in range(1, 41)))
    failures: list[BaseException] = []

    def work(name: str) -> None:
        mine = place.runs()
        try:
            while job := mine.claim(run, name):
                work_off(mine, job, Fake(place.flags), "v:1")
        except BaseException as error:
            failures.append(error)
        finally:
            mine.close()

    threads = [threading.Thread(target=work, args=(str(i),)) for i in range(8)]
    for thread in threads:
        thread.start()
    runs.relink()  # at the same time
    for thread in threads:
        thread.join()
    runs.relink()
    assert not failures
    assert not runs.open_work(run)
    assert runs.close_run(run).stored == 40
    assert len(runs.letters_of(runs.find("900/QĐ-UBND")[0].id)) == 0
    assert len(runs.letters_citing(runs.find("900/QĐ-UBND")[0].id)) == 40
    assert runs.check() == () == runs.structure()
    runs.close()


def test_30_letters_3_workers_one_killed_one_stopped_past_its_lease(place: Place) -> None:
    place.rules = Rules(lease=1.0, pause=0.01, deaths=5)
    place.fill(30, "sleep=0.15!{n}/QĐ-UBND|2024-03-05||{m}/QĐ-UBND")
    place.put("010.txt", "once=sleep=2.5!10/QĐ-UBND|2024-03-05||11/QĐ-UBND")
    done = threading.Event()

    def disturb() -> None:
        wait_for(lambda: reads(place.flags, "010.txt"))
        (sleeper,) = reads(place.flags, "010.txt")
        os.kill(sleeper, signal.SIGSTOP)
        others: set[int] = set()

        def seen() -> bool:
            known = (pid for path in place.flags.glob("read-*") for pid in map(int, path.read_text().split()))
            others.update(pid for pid in known if pid != sleeper)
            return bool(others)

        wait_for(seen)
        os.kill(others.pop(), signal.SIGKILL)
        wait_for(lambda: len(reads(place.flags, "010.txt")) == 2)
        os.kill(sleeper, signal.SIGCONT)
        done.set()

    thread = threading.Thread(target=disturb)
    thread.start()
    report = place.night(jobs=3)
    thread.join()
    assert done.is_set()
    assert counts(report) == {"seen": 30, "stored": 30}
    runs = place.runs()
    assert runs.counts()["letters"] == 30
    stored = [entry.sha256 for entry in runs.entries(report.run, "stored")]
    assert len(stored) == len(set(stored)) == 30
    assert len(reads(place.flags, "010.txt")) == 2
    runs.close()


def test_J2_poison_document_is_set_aside_and_the_others_are_stored(place: Place) -> None:
    place.fill(6)
    place.put("003.txt", "kill!3/QĐ-UBND")
    report = place.night(jobs=2)
    assert counts(report) == {"seen": 6, "stored": 5, "quarantined": 1}
    assert [entry.reason for entry in report.trouble] == ["crashed_reader"]
    assert len(reads(place.flags, "003.txt")) == place.rules.deaths
    assert report.exit_code == 4


def test_a_document_that_killed_one_worker_is_read_by_the_next(place: Place) -> None:
    place.put("a.txt", "once=kill!1/QĐ-UBND")
    assert counts(place.night(jobs=1)) == {"seen": 1, "stored": 1}
    assert len(reads(place.flags, "a.txt")) == 2


def test_T3_hanging_reader_is_killed_at_the_time_limit(place: Place) -> None:
    place.fill(3)
    place.put("hang.txt", "hang!4/QĐ-UBND")
    place.rules = Rules(deaths=1, pause=0.01)
    report = place.night(jobs=2, seconds=4.0)
    assert counts(report) == {"seen": 4, "stored": 3, "quarantined": 1}
    assert report.trouble[0].reason == "timed_out"
    assert all(processes.started(pid) is None for pid in reads(place.flags, "hang.txt"))


def test_T1_missing_engine_stops_before_any_document(place: Place) -> None:
    place.fill(2)
    (place.flags / "missing").touch()
    with pytest.raises(MissingDependency):
        place.night(jobs=2)
    assert not list(place.flags.glob("read-*"))
    (place.flags / "missing").unlink()
    assert counts(place.night(jobs=2)) == {"seen": 2, "stored": 2}


def test_workers_that_die_at_once_stop_the_run(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(2)
    runs = place.runs()
    run = queued(place, runs, "001.txt", "002.txt")
    engine = Local(runs, replace(place.setup(), make_reader=DiesInWorkers(os.getpid())), 1)
    with pytest.raises(WorkersDie):
        engine.run(run, iter(()), lambda: None)
    assert not engine.hands
    runs.close()


@dataclass(frozen=True)
class DiesInWorkers:
    """Makes a reader in one process only; ends every other."""

    safe: int

    def __call__(self, config: Config) -> Fake:
        if os.getpid() != self.safe:
            os._exit(9)
        return Fake(Path())
