"""Memory of one worker over a PDF of 1,000 scanned pages and over 2,000 letters in one run.

    python -m benchmarks.memory [pages] [letters] [--pages 1000] [--letters 2000] [--out benchmarks/results]

The real reader and the real store, in a process of its own for each half; the worker is not replaced in between, as
it would be after 500 files. Most pages are scans of few lines, so that a thousand take minutes and not an hour; every
25th is a whole page of a letter at 300 dpi in colour, which is what the peak comes from. The letters are born digital
and text, turn by turn. "Flat" compares the last quarter of the run with its second. Each half is measured by itself
if asked for, and kept under data/processed/bench until the other is there.
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
import pypdfium2
from PIL import Image

from benchmarks import chart
from benchmarks.peers import BENCH, machine
from benchmarks.scans import colour_scans
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
WHOLE = 25  # every so many pages one as letters are
KINDS = {"pages": "pages of one PDF", "letters": "letters in one run"}


def resident() -> float:
    """Megabytes that this process holds now."""
    status = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS"))


def scanned_pages(path: Path, count: int) -> None:
    """A PDF of `count` pages: bilevel ones at 200 dpi with a few words, fifty different, and whole pages between."""
    rng = np.random.default_rng(1)
    few = []
    for drawn in range(min(count, 50)):
        page = np.full((2339, 1654), 255, np.uint8)
        for line in range(4):
            words = f"Page {drawn + 1} line {line + 1} figure {rng.integers(10_000, 99_999)}"
            cv2.putText(page, words, (200, 300 + 90 * line), cv2.FONT_HERSHEY_DUPLEX, 1.6, 0, 3)
        few.append(Image.fromarray(page).convert("1"))
    few[0].save(path, save_all=True, append_images=few[1:], resolution=200.0)
    short = pypdfium2.PdfDocument(path.read_bytes())
    whole = [pypdfium2.PdfDocument(scan) for scan in colour_scans(BENCH / "scans")]
    turns = [(each, page) for each in whole for page in range(len(each))]
    long = pypdfium2.PdfDocument.new()
    for number in range(count):
        spread, at = divmod(number, WHOLE)
        scan, leaf = turns[spread % len(turns)] if at == WHOLE - 1 else (short, number % len(few))
        long.import_pages(scan, [leaf])
    long.save(path)


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


def measure(what: str, count: int) -> None:
    """Measure one half and keep its samples."""
    with tempfile.TemporaryDirectory(prefix="congvan-memory-") as name:
        folder = Path(name) / what
        folder.mkdir()
        if what == "pages":
            scanned_pages(folder / "long.pdf", count)
        else:
            letter_files(folder, count)
        kept = {"count": count, "date": f"{dt.date.today():%Y-%m-%d}", "samples": measured(what, folder)}
    BENCH.mkdir(parents=True, exist_ok=True)
    (BENCH / f"memory-{what}.json").write_text(json.dumps(kept))


def publish(out: Path) -> str:
    """The table and the chart of what was measured last."""
    found = {what: BENCH / f"memory-{what}.json" for what in KINDS}
    runs = {what: json.loads(path.read_text()) for what, path in found.items() if path.exists()}
    rows = [told(KINDS[what], run["count"], run["samples"]) for what, run in runs.items()]
    head = "| what | count | peak MB | MB in the second quarter | MB in the last | growth | seconds |"
    text = "\n".join([head, "|---|---|---|---|---|---|---|", *rows])
    out.mkdir(parents=True, exist_ok=True)
    curves = {
        f"{KINDS[what]} ({run['count']})": [(at / run["samples"][-1][0] * 100, size) for at, size in run["samples"]]
        for what, run in runs.items()
    }
    (out / "memory.svg").write_text(chart.lines("Megabytes of one worker", "% of the pages or letters", curves))
    counts = " ".join(f"--{what} {run['count']}" for what, run in runs.items())
    page = f"# Memory of one worker\n\n{text}\n\n![chart](memory.svg)\n\n- Command: `python -m benchmarks.memory"
    page += f" {' '.join(runs)} {counts}`\n- Machine: {machine()}\n- Date: {max(r['date'] for r in runs.values())}\n"
    page += f"- Bilevel pages of four lines at 200 dpi, every {WHOLE}th a whole letter's at 300 dpi in colour; letters "
    page += "born digital and as text, turn by turn. No worker was replaced.\n"
    (out / "memory.md").write_text(page)
    return text


def main() -> None:
    """Measure what is asked for, print, and write the table and the chart."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="pages, letters; both by default")
    parser.add_argument("--pages", type=int, default=1000)
    parser.add_argument("--letters", type=int, default=2000)
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    parser.add_argument("--work", choices=["pages", "letters"], help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        watched(options.work, options.folder)
        return
    for what in options.what or KINDS:
        measure(what, getattr(options, what))
    print(publish(options.out))


if __name__ == "__main__":
    main()
