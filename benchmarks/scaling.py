"""How throughput grows with workers: real reading with 1 and 2 on this machine, a stand-in with 1 to 64 on PostgreSQL.

    python -m benchmarks.scaling real [--copies 4]            on a quiet machine: CPU-bound
    python -m benchmarks.scaling simulate [--seconds 2] [--workers 1,2,4,8,16,32,64] [--database URL]

In the simulation each "reading" only sleeps, as if it were done on another host, and gives a letter of ordinary size;
so it is claims, heartbeats and storing that are measured, on one PostgreSQL with durable commits. Without --database
it starts a server of its own.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import hashlib
import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from multiprocessing.synchronize import Barrier
from pathlib import Path

from benchmarks import chart
from benchmarks.peers import BENCH, machine
from benchmarks.scans import colour_scans, page_count
from models.document import Source
from models.letter import Letter
from pipeline.config import Config
from pipeline.execute.engine import Setup, process
from pipeline.execute.supervisor import Local
from pipeline.nightly import Night, Settings
from pipeline.run import Reader
from pipeline.store.queue import Rules
from pipeline.store.runs import Entry, Runs, Stat
from pipeline.store.store import utc_now
from tests.letters import cites, letter
from tests.postgres import DURABLE, Server, programs

ROOT = Path(__file__).resolve().parents[1]
_BODY = "Ủy ban nhân dân tỉnh An Giang"
_TEXT = "Căn cứ quy định hiện hành, cơ quan có ý kiến như sau về việc triển khai thực hiện nhiệm vụ được giao. " * 25


def real_reader(_config: Config) -> Reader:
    """The real thing, made in the worker."""
    return Reader()


@dataclass(frozen=True, slots=True)
class Sleeper:
    """Stands for a reader on another host: waits, then gives a letter with six citations."""

    seconds: float

    def check(self) -> None:
        """Nothing is needed."""

    def read(self, path: Path) -> tuple[Letter, ...]:
        """A letter whose number is the file's."""
        data = path.read_bytes()
        time.sleep(self.seconds)
        n = int(data)
        cited = [cites(f"{(n * 7 + k) % 5000 + 1}/QĐ-UBND", "2024-03-05", _BODY) for k in range(6)]
        found = letter(f"{n}/CV-UBND", "2024-03-06", _BODY, *cited, text=_TEXT)
        return (replace(found, source=Source(path.name, _digest(data), "text/plain", path, len(data))),)


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def real(copies: int) -> str:
    """The wall time of a nightly run over the same scans with one and with two workers, starting them included."""
    originals = colour_scans(BENCH / "scans")
    rows, walls = [], {}
    for jobs in (1, 2):
        with tempfile.TemporaryDirectory(prefix="congvan-scaling-") as name:
            inbox = Path(name) / "inbox"
            inbox.mkdir()
            for n in range(copies):
                for path in originals:
                    target = inbox / f"{n}-{path.name}"
                    target.write_bytes(path.read_bytes() + b"\n%% copy %d\n" % n)
                    os.utime(target, (1_700_000_000, 1_700_000_000))
            url = f"sqlite:///{name}/scaling.sqlite"
            runs = Runs.of(url, bring_up_to_date=True)
            engine = Local(runs, Setup(Config(database=url), real_reader, Rules(), "bench:1"), jobs)
            began = time.monotonic()
            report = Night(runs, Settings((inbox,), Path(name) / "state", 0.0), engine, "bench:1").run()
            walls[jobs] = time.monotonic() - began
            runs.close()
        pages = copies * sum(map(page_count, originals))
        assert report.counts.stored == copies * len(originals)
        rows.append(f"| {jobs} | {walls[jobs]:.1f} | {pages / walls[jobs]:.2f} | {walls[1] / walls[jobs]:.2f} |")
    return "\n".join(["| workers | wall s | pages/s | times one worker |", "|---|---|---|---|", *rows])


def _work(url: str, run: int, seconds: float, ready: Barrier) -> None:
    setup = Setup(Config(database=url), lambda _config: Sleeper(seconds), poll=0.5)
    queue = Runs.of(url)
    queue.counts()  # connected
    ready.wait()
    while queue.open_work(run):
        if not process(queue, setup, Sleeper(seconds), run):
            time.sleep(setup.poll)
    queue.close()


def throughput(url: str, folder: Path, workers: int, seconds: float, each: int) -> float:
    """Letters a second that so many workers store, from the first claim to the last result."""
    runs = Runs.of(url, bring_up_to_date=True)
    run = runs.ledger.start("nightly", utc_now())
    known = runs.counts()["letters"]
    entries = []
    for n in range(known + 1, known + 1 + workers * each):
        path = folder / f"{n}.txt"
        path.write_bytes(b"%d" % n)
        entries.append(Entry(Stat(str(path), path.stat().st_size, 0, 0), _digest(b"%d" % n), None))
    runs.admit(run, 0, entries)
    context = multiprocessing.get_context("forkserver")
    ready = context.Barrier(workers + 1)
    hands = [context.Process(target=_work, args=(url, run, seconds, ready)) for _ in range(workers)]
    for hand in hands:
        hand.start()
    ready.wait()
    began = time.monotonic()
    for hand in hands:
        hand.join()
    elapsed = time.monotonic() - began
    stored = runs.close_run(run).stored
    runs.close()
    if stored != len(entries):
        raise SystemExit(f"{stored} of {len(entries)} were stored")
    return stored / elapsed


@contextlib.contextmanager
def database(url: str | None) -> Iterator[str]:
    """The one named, or a server of our own that commits durably."""
    if url:
        yield url
        return
    bin_ = programs()
    if bin_ is None:
        raise SystemExit("needs Debian's package postgresql, or --database URL")
    with tempfile.TemporaryDirectory(prefix="congvan-pg-", dir="/tmp", ignore_cleanup_errors=True) as name:
        server = Server(Path(name), bin_, DURABLE)
        server.start()
        try:
            server.execute("create database scaling")
            yield server.url("scaling")
        finally:
            server.stop()


def simulate(options: argparse.Namespace) -> tuple[str, list[tuple[float, float]]]:
    """Throughput against workers, with what it would be if the store cost nothing."""
    rows, points = [], []
    with database(options.database) as url, tempfile.TemporaryDirectory(prefix="congvan-scaling-") as name:
        for workers in map(int, options.workers.split(",")):
            rate = throughput(url, Path(name), workers, options.seconds, options.each)
            ideal = workers / options.seconds if options.seconds else float("nan")
            rows.append(f"| {workers} | {rate:.2f} | {ideal:.2f} | {rate / ideal:.0%} |")
            print(rows[-1], flush=True)
            points.append((float(workers), rate))
    head = ["| workers | letters/s | without a store | share |", "|---|---|---|---|"]
    return "\n".join([*head, *rows]), points


def main() -> None:
    """Measure, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["real", "simulate"])
    parser.add_argument("--copies", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=2.0, help="that the stand-in takes for a letter")
    parser.add_argument("--workers", default="1,2,4,8,16,32,64")
    parser.add_argument("--each", type=int, default=6, help="letters for each worker")
    parser.add_argument("--database")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    os.environ["OMP_THREAD_LIMIT"] = "1"
    where, day = machine(), f"{dt.date.today():%Y-%m-%d}"
    options.out.mkdir(parents=True, exist_ok=True)
    foot = f"\n\n- Machine: {where}\n- Date: {day}\n- Command: `python -m benchmarks.scaling {options.what}`"
    if options.what == "real":
        said = real(options.copies)
        (options.out / "scaling-real.md").write_text(f"# One and two workers on this machine\n\n{said}{foot}\n")
    else:
        said, points = simulate(options)
        foot += (
            f"\n- The stand-in takes {options.seconds:.2f} s a letter; all workers and the server share this machine.\n"
        )
        title = "# 1 to 64 workers with a stand-in reader on PostgreSQL"
        (options.out / "scaling.md").write_text(f"{title}\n\n{said}\n\n![chart](scaling.svg){foot}")
        ideal = [(n, n / options.seconds) for n, _ in points] if options.seconds else points
        drawn = {"stored": points, "without a store": ideal}
        (options.out / "scaling.svg").write_text(chart.lines("Letters a second", "workers", drawn))
    print(said)


if __name__ == "__main__":
    main()
