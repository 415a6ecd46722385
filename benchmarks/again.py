"""How long a night takes that finds nothing new: many known files, the installed command, originals watched.

    python -m benchmarks.again [--files 10000]

The first night takes the files in with a stand-in for the reader; the second is `congvan nightly` as a timer starts it,
start of the program included. That no original was written, touched or moved is checked by bytes, size and time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.peers import CONGVAN, machine
from benchmarks.scaling import Sleeper
from pipeline.config import Config
from pipeline.execute.engine import InProcess, Setup
from pipeline.nightly import Night, Settings
from pipeline.store.runs import Runs

ROOT = Path(__file__).resolve().parents[1]
BAR = 5.0  # seconds


def fill(folder: Path, files: int) -> str:
    """A store that knows so many files of an inbox; its URL."""
    inbox = folder / "inbox"
    inbox.mkdir()
    for n in range(1, files + 1):
        path = inbox / f"{n:06d}.txt"
        path.write_bytes(b"%d" % n)
        os.utime(path, (1_700_000_000, 1_700_000_000))
    url = f"sqlite:///{folder}/store.sqlite"
    runs = Runs.of(url, bring_up_to_date=True)
    config = Config(database=url)
    engine = InProcess(runs, Setup(config, lambda _config: Sleeper(0.0), read_by="bench:1"))
    report = Night(runs, Settings((inbox,), folder / "state"), engine, "bench:1").run()
    runs.close()
    assert report.counts.stored == files, report.last_line
    return url


def looks(inbox: Path) -> list[tuple[str, int, int, bytes]]:
    """Every original as it is: name, size, time, bytes."""
    return sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns, p.read_bytes()) for p in inbox.iterdir())


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "again.md")
    options = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="congvan-again-") as name:
        folder = Path(name)
        url = fill(folder, options.files)
        before = looks(folder / "inbox")
        settings = {"CONGVAN_STATE": str(folder / "state"), "CONGVAN_DATABASE": url, "PYTHONPATH": str(ROOT)}
        environ = {**os.environ, **settings}
        rows = []
        for night in ("the first after, with its integrity check", "any other"):
            began, cpu = time.monotonic(), os.times()
            command = [CONGVAN, "nightly", "--inbox", str(folder / "inbox")]
            done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
            after = os.times()
            used = after.children_user + after.children_system - cpu.children_user - cpu.children_system
            last = done.stderr.rstrip().rsplit("\n", 1)[-1]
            rows.append(f"| {night} | {time.monotonic() - began:.1f} | {used:.1f} | {done.returncode} | `{last}` |")
            assert done.returncode == 0, done.stderr
        assert looks(folder / "inbox") == before, "an original was touched"
    said = "\n".join(["| night | wall s | CPU s | exit | last line |", "|---|---|---|---|---|", *rows])
    print(said)
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(
        f"# A night with nothing new: {options.files} known files\n\n{said}\n\nNo original was written or touched.\n\n"
        f"- Bar: {BAR:.0f} s\n- Command: `python -m benchmarks.again --files {options.files}`\n- Machine: {where}\n"
        f"- Date: {dt.date.today():%Y-%m-%d}\n"
    )


if __name__ == "__main__":
    main()
