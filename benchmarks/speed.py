"""CPU seconds of the whole pipeline beside those of Tesseract alone on the same prepared pages.

    python -m benchmarks.speed [FILE ...]          default: the scanned samples in data/raw

The sides run one after the other on every file. The pipeline and the library of Tesseract run in this process with
warm models; the program of Tesseract is started for each page, as its users do.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import cv2

from pipeline import ingest
from pipeline.engines import orientation, pdf
from pipeline.engines.image import PageImage, prepare
from pipeline.engines.tesseract import Tesseract
from pipeline.ingest import Limits
from pipeline.recognise import is_blank
from pipeline.run import Reader

T = TypeVar("T")
ROOT = Path(__file__).resolve().parents[1]


def cpu_seconds() -> float:
    """User and system time of this process and its ended children."""
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def measured(work: Callable[[], T]) -> tuple[T, float]:
    """What `work` gives back, and the CPU seconds it took."""
    before = cpu_seconds()
    result = work()
    return result, cpu_seconds() - before


def page_images(path: Path, limits: Limits) -> list[PageImage]:
    """The prepared pages of a file that the pipeline would read as images."""
    source = ingest.identify(path, limits)
    if source.media_type == ingest.TEXT:
        return []
    if source.media_type != ingest.PDF:
        raw = [(f.pixels, f.dpi) for f in ingest.frames(source, limits)]
    else:
        file = pdf.PdfFile(source, limits)
        pages = [(n, file.signals(n)) for n in range(1, len(file) + 1)]
        raw = [file.render(n, signals) for n, signals in pages if not signals.text_is_the_page]
        file.close()
    return [prepare(p, dpi, rotation=orientation.clockwise_turn(p)) for p, dpi in raw if not is_blank(p)]


def main(arguments: list[str]) -> None:
    """Print one line per file and the ratio over all."""
    cv2.setNumThreads(1)
    files = [Path(a) for a in arguments] or sorted((ROOT / "data/raw").iterdir())
    reader, tesseract, limits = Reader(), Tesseract(), Limits()
    reader.read(files[0])  # loads the models
    program = Tesseract(inside=False)
    totals = [0.0, 0.0, 0.0]
    pages = 0
    print(f"{'file':34} {'pages':>5} {'pipeline':>9} {'library':>9} {'ratio':>6} {'program':>9} {'ratio':>6}")
    for path in files:
        images = page_images(path, limits)
        if not images:
            continue
        costs = [
            measured(lambda path=path: reader.read(path))[1],  # type: ignore[misc]
            measured(lambda images=images: [tesseract.recognise(image) for image in images])[1],  # type: ignore[misc]
            measured(lambda images=images: [program.recognise(image) for image in images])[1],  # type: ignore[misc]
        ]
        totals, pages = [total + cost for total, cost in zip(totals, costs, strict=True)], pages + len(images)
        _print(path.name[:34], len(images), costs)
    if pages:
        _print("all", pages, totals)
        each = [total / pages for total in totals]
        print(f"CPU seconds a scanned page: pipeline {each[0]:.2f}, library {each[1]:.2f}, program {each[2]:.2f}")


def _print(name: str, pages: int, costs: Sequence[float]) -> None:
    whole, library, program = costs
    ratios = f"{whole:9.2f} {library:9.2f} {whole / library:6.2f} {program:9.2f} {whole / program:6.2f}"
    print(f"{name:34} {pages:5} {ratios}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
