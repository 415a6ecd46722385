"""Memory of one worker over a PDF of 1,000 scanned pages and over 2,000 letters in one run.

    python -m benchmarks.memory [--pages 1000] [--letters 2000] [--out benchmarks/results]

The real reader and the real store, in a process of its own for each half; the worker is not replaced in between, as
it would be after 500 files. The pages are scans of few lines, so that a thousand take minutes and not an hour; the
letters are born digital and text, turn by turn. "Flat" compares the second half of the run with its first quarter on.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from benchmarks import chart
from benchmarks.peers import machine
from benchmarks.synthetic import content, layout, seed_text
from pipeline.config import Config
from pipeline.execute.engine import InProcess, Setup
from pipeline.ingest import Limits
from pipeline.nightly import Night, Settings
from pipeline.run import Reader
from pipeline.store.queue import Rules
from pipeline.store.runs import Runs

ROOT = Path(__file__).resolve().parents[1]
LETTER = "cv-601-thh"


def resident() -> float:
    """Megabytes that this process holds now."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def scanned_pages(path: Path, count: int) -> None:
    """A PDF of `count` bilevel pages at 200 dpi with a few printed words each, fifty of them different."""
    rng = np.random.default_rng(1)
    pages = []
    for number in range(min(count, 50)):
        page = np.full((2339, 1654), 255, np.uint8)
        for line in range(4):
            words = f"Page {number + 1} line {line + 1} figure {rng.integers(10_000, 99_999)}"
            cv2.putText(page, words, (200, 300 + 90 * line), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
        pages.append(Image.fromarray(page).convert("1"))
    more = [pages[number % len(pages)] for number in range(1, count)]
    pages[0].save(path, save_all=True, append_images=more, resolution=200.0)


def letter_files(folder: Path, count: int) -> None:
    """Letters with numbers of their own, every other one a born-digital PDF."""
    letter = content.load(LETTER)
    for n in range(count):
        one = replace(letter, serial=str(n + 1))
        if n % 2:
            (folder / f"{n:05}.txt").write_text(seed_text.as_text(one), encoding="utf-8")
        else:
            (folder / f"{n:05}.pdf").write_bytes(layout.render(one)[0])
        os.utime(next(folder.glob(f"{n:05}.*")), (1_700_000_000, 1_700_000_000))


def read_pages(folder: Path) -> None:
    """Read one long file; memory against pages is sampled by time."""
    Reader(Limits(pages=5_000, seconds=36_000)).read(folder / "long.pdf")


def read_letters(folder: Path) -> None:
    """Take all letters in, as a worker does."""
    url = f"sqlite:///{folder.parent / 'memory.sqlite'}"
    runs = Runs.of(url, bring_up_to_date=True)
    setup = Setup(Config(database=url), lambda _config: Reader(), Rules(), "bench:1")
    chosen = Settings((folder,), folder.parent / "state", stable=0.0)
    report = Night(runs, chosen, InProcess(runs, setup), "bench:1").run()
    print(report.last_line, file=sys.stderr)
    if report.counts.stored < report.counts.seen:
        raise SystemExit("not all letters were stored")


def watched(work: str, folder: Path) -> None:
    """In the measured process: do the work, print a sample a second."""
    samples: list[tuple[float, float]] = []
    began, over = time.monotonic(), threading.Event()

    def look() -> None:
        while not over.wait(1.0):
            samples.append((time.monotonic() - began, resident()))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    {"pages": read_pages, "letters": read_letters}[work](folder)
    over.set()
    thread.join()
    print(json.dumps(samples))


def measured(work: str, folder: Path) -> list[tuple[float, float]]:
    """Samples of a process that does the work."""
    command = [sys.executable, "-m", "benchmarks.memory", "--work", work, "--folder", str(folder)]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
    return [(float(at), float(size)) for at, size in json.loads(done.stdout.splitlines()[-1])]


def told(name: str, count: int, samples: Sequence[tuple[float, float]]) -> str:
    """One row: peak, and the medians of the second and the last quarter."""
    sizes = [size for _, size in samples]
    quarter = max(len(sizes) // 4, 1)
    early, late = statistics.median(sizes[quarter : 2 * quarter]), statistics.median(sizes[-quarter:])
    seconds = samples[-1][0]
    return (
        f"| {name} | {count} | {max(sizes):.0f} | {early:.0f} | {late:.0f} | {late / early - 1:+.1%} | {seconds:.0f} |"
    )


def main() -> None:
    """Measure both, print, and write the table and the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--work", choices=["pages", "letters"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        watched(options.work, options.folder)
        return
    where = machine()
    with tempfile.TemporaryDirectory(prefix="congvan-memory-") as name:
        pages, letters = Path(name) / "pages", Path(name) / "letters"
        pages.mkdir()
        letters.mkdir()
        scanned_pages(pages / "long.pdf", options.pages)
        letter_files(letters, options.letters)
        runs = {"pages of one PDF": measured("pages", pages), "letters in one run": measured("letters", letters)}
    counts = (options.pages, options.letters)
    rows = [told(name, count, samples) for (name, samples), count in zip(runs.items(), counts, strict=True)]
    head = "| what | count | peak MB | MB in the second quarter | MB in the last | growth | seconds |"
    text = "\n".join([head, "|---|---|---|---|---|---|---|", *rows])
    print(text)
    options.out.mkdir(parents=True, exist_ok=True)
    shares = {name: [(at / line[-1][0] * 100, size) for at, size in line] for name, line in runs.items()}
    (options.out / "memory.svg").write_text(chart.lines("Megabytes of one worker", "% of the run", shares))
    page = f"# Memory of one worker\n\n{text}\n\n![chart](memory.svg)\n\n- Command: `python -m benchmarks.memory"
    page += f" --pages {counts[0]} --letters {counts[1]}`\n- Machine: {where}\n- Date: {dt.date.today():%Y-%m-%d}\n"
    page += "- Bilevel pages of four lines at 200 dpi; letters born digital and as text, turn by turn. "
    page += "No worker was replaced.\n"
    (options.out / "memory.md").write_text(page)


if __name__ == "__main__":
    main()
