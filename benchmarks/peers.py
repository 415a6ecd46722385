"""CPU seconds, wall time and memory a page beside other programs, on the same colour scans, in one interleaved run.

    python -m benchmarks.peers [--rounds 2] [--peers congvan,kreuzberg,...] [--out benchmarks/results]

Every program runs as its users start it, start-up and loading of models included: one command for all files where it
takes several. All on one core's worth of threads (OMP_THREAD_LIMIT=1). Those that are no part of this project are
installed into a virtual environment of their own, `data/processed/bench/peers`, which may be thrown away.
"""

from __future__ import annotations

import argparse
import datetime as dt
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks import chart
from benchmarks.scans import colour_scans, page_count

ROOT = Path(__file__).resolve().parents[1]
BENCH = ROOT / "data" / "processed" / "bench"
PEERS = BENCH / "peers"
CONGVAN = str(Path(sys.executable).parent / "congvan")
WANTED = ("ocrmypdf==17.13.0", "kreuzberg==4.10.4")
_KREUZBERG = """
import sys
from kreuzberg import ExtractionConfig, OcrConfig, TesseractConfig, extract_file_sync
# the language twice: with one of them missing it reads English without a word
tesseract = TesseractConfig(language="vie")
ocr = OcrConfig(backend="tesseract", language="vie", tesseract_config=tesseract)
config = ExtractionConfig(force_ocr=True, use_cache=False, ocr=ocr)
for path in sys.argv[1:]:
    print(extract_file_sync(path, config=config).content)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one command took: seconds, seconds, megabytes of the whole family of processes at their highest."""

    cpu: float
    wall: float
    megabytes: float


@dataclass(frozen=True, slots=True)
class Contender:
    """A program and the commands with which it reads some files; `said` judges whether it has."""

    name: str
    commands: Callable[[Sequence[Path], Path], list[list[str]]]
    said: Callable[[str], bool] = lambda text: "CỘNG HÒA" in text


@dataclass(slots=True)
class Measured:
    """The costs of one program, one for each round."""

    contender: Contender
    costs: list[Cost] = field(default_factory=list)


def run(command: Sequence[str], out: Path) -> Cost:
    """Run a command, its output to a file; its cost with that of all processes it started.

    Raises:
        RuntimeError: if it fails otherwise than by setting a file aside.
    """
    environ = {**os.environ, "OMP_THREAD_LIMIT": "1", "PYTHONPATH": str(ROOT)}
    began = time.monotonic()
    with out.open("ab") as file, (out.with_suffix(".err")).open("ab") as errors:
        process = subprocess.Popen(command, stdout=file, stderr=errors, env=environ, start_new_session=True)
        family = _Family(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    highest = family.stop()
    if process.returncode:
        tail = out.with_suffix(".err").read_text(errors="replace")[-600:]
        raise RuntimeError(f"{command[:3]} ended with {process.returncode}: {tail}")
    return Cost(usage.ru_utime + usage.ru_stime, time.monotonic() - began, highest)


class _Family(threading.Thread):
    """Looks now and then how much memory a session of processes holds; shared pages count once."""

    def __init__(self, session: int) -> None:
        super().__init__(daemon=True)
        self._session, self._highest, self._over = session, 0.0, threading.Event()
        self.start()

    def run(self) -> None:
        """Look until told to stop."""
        while not self._over.wait(0.25):
            self._highest = max(self._highest, sum(map(_megabytes, _session_members(self._session))))

    def stop(self) -> float:
        """The most that was seen."""
        self._over.set()
        self.join()
        return self._highest


def _session_members(session: int) -> list[int]:
    members = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[3]) == session:
                members.append(int(entry.name))
    return members


def _megabytes(pid: int) -> float:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    except OSError:
        pass
    return 0.0


def _extract(files: Sequence[Path], _folder: Path) -> list[list[str]]:
    return [[CONGVAN, "extract", *map(str, files)]]


def _ingest(files: Sequence[Path], folder: Path) -> list[list[str]]:
    store = f"sqlite:///{folder / 'bench.sqlite'}"
    return [[CONGVAN, "--database", store, "ingest", "--jobs", "1", *map(str, files)]]


def _ocrmypdf(files: Sequence[Path], folder: Path) -> list[list[str]]:
    program = [str(PEERS / "bin" / "ocrmypdf"), "--deskew", "-l", "vie", "-j1", "--output-type", "pdf", "-q"]
    return [[*program, "--sidecar", "-", str(path), str(folder / path.name)] for path in files]


def _kreuzberg(files: Sequence[Path], _folder: Path) -> list[list[str]]:
    return [[str(PEERS / "bin" / "python"), "-c", _KREUZBERG, *map(str, files)]]


def _tesseract(files: Sequence[Path], folder: Path) -> list[list[str]]:
    """Pages as pictures, then one command for all of them: the least that anybody can do."""
    pages = folder / "pages"
    pages.mkdir(exist_ok=True)
    listing = folder / "pages.txt"
    names = [f"{pages / path.stem}-{n}.pgm" for path in files for n in range(1, page_count(path) + 1)]
    listing.write_text("".join(f"{name}\n" for name in names))
    drawn = [["pdftoppm", "-r", "300", "-gray", str(path), str(pages / path.stem)] for path in files]
    return [*drawn, ["tesseract", str(listing), "-", "-l", "vie", "--dpi", "300"]]


def _all_fields(text: str) -> bool:
    """Whether letters came out with the fields that all of the samples have."""
    letters = [json.loads(line) for line in text.splitlines()]
    needed = ("number", "date", "issuer", "signer", "doc_type")
    return bool(letters) and all(sum(bool(letter[name]) for name in needed) >= 4 for letter in letters)


CONTENDERS = (
    Contender("congvan extract", _extract, _all_fields),
    Contender("congvan ingest", _ingest, lambda _text: True),
    Contender("kreuzberg (Tesseract, vie)", _kreuzberg),
    Contender("OCRmyPDF --deskew", _ocrmypdf),
    Contender("Tesseract alone", _tesseract),
)


def install() -> None:
    """The peers into their own environment, once."""
    if (PEERS / "bin" / "ocrmypdf").exists() and (PEERS / "bin" / "kreuzberg-done").exists():
        return
    subprocess.run([sys.executable, "-m", "venv", str(PEERS)], check=True)
    subprocess.run([str(PEERS / "bin" / "python"), "-m", "pip", "install", "-q", *WANTED], check=True)
    (PEERS / "bin" / "kreuzberg-done").touch()
    if shutil.which("gs") is None:
        print("OCRmyPDF needs Ghostscript: apt-get install ghostscript", file=sys.stderr)


def compete(contenders: Sequence[Contender], files: Sequence[Path], rounds: int) -> list[Measured]:
    """Every program on all files, one after the other, another first in each round."""
    measured = [Measured(contender) for contender in contenders]
    for number in range(rounds):
        shift = number % len(measured)
        for one in [*measured[shift:], *measured[:shift]]:
            with tempfile.TemporaryDirectory(prefix="congvan-bench-") as name:
                folder = Path(name)
                out = folder / "said.txt"
                parts = [run(command, out) for command in one.contender.commands(files, folder)]
                if not one.contender.said(out.read_text(errors="replace")):
                    raise RuntimeError(f"{one.contender.name} did not read the letters")
            cost = Cost(sum(p.cpu for p in parts), sum(p.wall for p in parts), max(p.megabytes for p in parts))
            one.costs.append(cost)
            print(f"round {number + 1}: {one.contender.name}: {cost.cpu:.1f} CPU s", file=sys.stderr, flush=True)
    return measured


def table(measured: Sequence[Measured], pages: int) -> str:
    """The results as Markdown: the median of the rounds."""
    ours = statistics.median(cost.cpu for cost in measured[0].costs)
    out = ["| program | CPU s a page | wall s a page | pages per CPU second | peak MB | CPU of congvan extract × |"]
    out.append("|---|---|---|---|---|---|")
    for one in measured:
        cpu, wall, megabytes = (
            statistics.median(getattr(cost, name) for cost in one.costs) for name in ("cpu", "wall", "megabytes")
        )
        figures = f"{cpu / pages:.2f} | {wall / pages:.2f} | {pages / cpu:.2f} | {megabytes:.0f} | {cpu / ours:.2f}"
        out.append(f"| {one.contender.name} | {figures} |")
    return "\n".join(out)


def machine() -> str:
    """The processor, the number of cores, and how busy it was."""
    info = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":", 1)[1].strip() for line in info.splitlines() if "model name" in line), "unknown")
    busy = os.getloadavg()[0]
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, load {busy:.1f} at the start"


def main() -> None:
    """Measure, print, and write the table and the chart."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--peers", default="", help="parts of names, separated by commas; all if left out")
    parser.add_argument("--copies", type=int, default=2, help="how often each letter is read in a round")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    chosen = [c for c in CONTENDERS if any(part in c.name.lower() for part in options.peers.lower().split(","))]
    where = machine()
    install()
    originals = colour_scans(BENCH / "scans")
    files = [copy for n in range(options.copies) for copy in _copies(originals, n)]
    pages = sum(map(page_count, files))
    measured = compete(chosen, files, options.rounds)
    said = table(measured, pages)
    print(said)
    if len(chosen) == len(CONTENDERS):
        options.out.mkdir(parents=True, exist_ok=True)
        (options.out / "peers.md").write_text(_page(said, where, len(files), pages, options.rounds))
        bars = [(m.contender.name, pages / statistics.median(c.cpu for c in m.costs)) for m in measured]
        (options.out / "peers.svg").write_text(chart.bars("Pages per CPU second, 300-dpi colour scans", bars))


def _copies(originals: Sequence[Path], number: int) -> list[Path]:
    """The files under other names and with other bytes, so that none is known already."""
    if number == 0:
        return list(originals)
    folder = BENCH / "scans" / f"copy{number}"
    folder.mkdir(exist_ok=True)
    for path in originals:
        (folder / path.name).write_bytes(path.read_bytes() + b"\n%% copy %d\n" % number)
    return [folder / path.name for path in originals]


def _page(said: str, where: str, files: int, pages: int, rounds: int) -> str:
    versions = ", ".join(WANTED)
    return f"""# Speed beside other programs

{said}

Pages per CPU second, start-up and loading of models included; the median of {rounds} interleaved rounds over {files}
files with {pages} pages, 300-dpi colour scans made from the sample letters (`benchmarks/scans.py`). One thread each.
congvan gives the fields of the letter, its citations and tables; the others give text (OCRmyPDF also a searchable PDF).

![chart](peers.svg)

- Command: `make bench` (`python -m benchmarks.peers --rounds {rounds}`)
- Machine: {where}
- Date: {dt.date.today():%Y-%m-%d}
- Peers: {versions}; Tesseract as Debian ships it, its data for all of them
"""


if __name__ == "__main__":
    main()
