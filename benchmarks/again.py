"""How long a night takes that finds nothing new: many known files, the installed command, originals watched.

    python -m benchmarks.again [--files 10000] [--database postgresql+psycopg://…]

The letters of `benchmarks.archive` are loaded in bulk under the digests of real files. A first night looks at all the
files and checks the store; the second and third are the ones to measure: `congvan nightly` as a timer starts it, start
of the program included. That no original was written, touched or moved is checked by bytes, size and time.
"""

from __future__ import annotations

import argparse
import datetime as dt
import os
import subprocess
import tempfile
import time
from pathlib import Path

from sqlalchemy import func, literal

from benchmarks.archive import Archive
from benchmarks.peers import CONGVAN, machine
from benchmarks.store import grow
from pipeline.store.database import open_engine, upgrade
from pipeline.store.research_tables import METADATA
from pipeline.store.runs import Runs

ROOT = Path(__file__).resolve().parents[1]
BAR = 5.0  # seconds


def fill(folder: Path, url: str, files: int) -> None:
    """An inbox of so many files, and a store in which a letter of each is held and linked."""
    inbox = folder / "inbox"
    inbox.mkdir()
    archive = Archive()
    for n in range(files):
        path = inbox / f"{n}.txt"
        path.write_text(f"{archive.seed} {n}")  # of which the archive's letters have their digests
        os.utime(path, (1_700_000_000, 1_700_000_000))
    engine = open_engine(url)
    upgrade(engine)
    grow(engine, archive, files)
    with engine.begin() as connection:
        held = METADATA.tables["sources"]
        name = func.replace(held.c.name, ".pdf", ".txt")
        connection.execute(held.update().values(name=name, path=literal(f"{inbox}/").concat(name)))
    engine.dispose()
    runs = Runs.of(url)
    runs.relink()
    runs.close()


def looks(inbox: Path) -> list[tuple[str, int, int, bytes]]:
    """Every original as it is: name, size, time, bytes."""
    return sorted((p.name, p.stat().st_size, p.stat().st_mtime_ns, p.read_bytes()) for p in inbox.iterdir())


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--database", help="an empty one; SQLite in a temporary folder if not given")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results" / "again.md")
    options = parser.parse_args()
    where = machine()
    with tempfile.TemporaryDirectory(prefix="congvan-again-") as name:
        folder = Path(name)
        url = options.database or f"sqlite:///{folder}/store.sqlite"
        fill(folder, url, options.files)
        before = looks(folder / "inbox")
        settings = {"CONGVAN_STATE": str(folder / "state"), "CONGVAN_DATABASE": url, "PYTHONPATH": str(ROOT)}
        environ = {**os.environ, **settings}
        rows = []
        for night in ("first: all hashed, integrity checked", "second", "third"):
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
        f"- Database: {url.split(':')[0]}\n- Bar: {BAR:.0f} s\n"
        f"- Command: `python -m benchmarks.again --files {options.files}`\n- Machine: {where}\n"
        f"- Date: {dt.date.today():%Y-%m-%d}\n"
    )


if __name__ == "__main__":
    main()
