"""Random annexes through the whole reader: how many cells are found in their place, and how many read right.

python -m benchmarks.tables --count 200                     structure of ruled tables only, from the image
python -m benchmarks.tables --count 200 --cells             whole reader, all kinds of rules
python -m benchmarks.tables --count 200 --cells --out FILE  the same, what is in FILE already is not read again
python -m benchmarks.tables --level photocopy --seed 3 --rules none
"""

from __future__ import annotations

import argparse
import json
import resource
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.table_generator import FULL, LEVELS, Annex, pictures, random_annex, register_faces, set_pdf
from extractors.tables.reading import ReadTable, read_tables
from extractors.vi.text import normalise
from models.document import Cell, Document, Grid, Page, Source
from models.errors import TransientError
from pipeline import ingest
from pipeline.engines import grid, orientation
from pipeline.engines.image import prepare
from pipeline.ingest import Limits
from pipeline.normalise import normalise as normalise_document
from pipeline.recognise import Readers, recognise

Places = set[tuple[int, int, bool, bool]]


@dataclass(frozen=True, slots=True)
class Score:
    """What became of one table.

    Attributes:
        size: Body rows and columns; `found` likewise as read, None if no table was found.
        places: Right, expected and found places, each with whether it is one cell with its neighbours.
        texts: Right, expected and found texts.
        figures: Right and expected figures; then of those read without a doubt how many are right, and how many.
        cpu: Seconds with those of child processes.
    """

    index: int
    rules: str
    pages: int
    size: tuple[int, int]
    found: tuple[int, int] | None
    places: tuple[int, int, int]
    texts: tuple[int, int, int] = (0, 0, 0)
    figures: tuple[int, int, int, int] = (0, 0, 0, 0)
    cpu: float = 0.0


def score(index: int, seed: int, level: str, rules: str | None, readers: Readers | None) -> Score:
    """One table set, scanned and read; without `readers` only its drawn structure."""
    rng = np.random.default_rng((seed, index))
    annex = random_annex(rng, rules)
    pages = list(pictures(set_pdf(annex), level, rng))
    began = cpu()
    document = _drawn(pages) if readers is None else read_pages(pages, readers)
    table = max(read_tables(document), key=lambda t: len(t.rows) * len(t.columns), default=None)
    spent = round(cpu() - began, 2)
    want, have = expected_places(annex), found_places(table) if table else set()
    places = (len(want & have), len(want), len(have))
    found = (len(table.rows), len(table.columns)) if table else None
    if readers is None:
        return Score(index, annex.look.rules, len(pages), annex.size, found, places, cpu=spent)
    texts, figures = text_hits(annex, table), figure_hits(annex, table, document)
    return Score(index, annex.look.rules, len(pages), annex.size, found, places, texts, figures, spent)


def cpu() -> float:
    """Seconds of processor so far, with those of ended child processes."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _drawn(pages: Iterable[tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], float]]) -> Document:
    """The grids alone, each cell holding "?"."""
    read = []
    for number, (pixels, dpi) in enumerate(pages, start=1):
        image = prepare(pixels, dpi, rotation=orientation.clockwise_turn(pixels))
        grids = tuple(_bare(g, number, 72 / image.dpi) for g in grid.find_grids(image))
        read.append(Page(number, image.width, image.height, grids=grids))
    return Document(Source("annex", "", "application/pdf", Path("annex"), 0), tuple(read))


def _bare(drawn: grid.DrawnGrid, page: int, scale: float) -> Grid:
    cells = tuple(Cell("?", b.row, b.column, b.row_span, b.column_span, b.bbox.scaled(scale)) for b in drawn.boxes)
    return Grid(page, drawn.bbox.scaled(scale), drawn.rows, drawn.columns, cells)


def read_pages(
    pages: Iterable[tuple[np.ndarray[tuple[int, ...], np.dtype[np.uint8]], float]], readers: Readers
) -> Document:
    """The pages as a scanned PDF through the reader, as `congvan extract` does it."""
    images = [(Image.fromarray(pixels), dpi) for pixels, dpi in pages]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "annex.pdf"
        first, dpi = images[0]
        first.save(path, save_all=True, append_images=[i for i, _ in images[1:]], resolution=dpi, quality=90)
        limits = Limits()
        return normalise_document(recognise(ingest.identify(path, limits), readers, limits))


def expected_places(annex: Annex) -> Places:
    """Each body place as (row, column, one cell with the left, one cell with the place above)."""
    owner = {(r, c): (r, c) for r in range(len(annex.rows)) for c in range(len(annex.rows[0]))}
    for top, left, bottom, right in annex.merges:
        owner |= {(r, c): (top, left) for r in range(top, bottom + 1) for c in range(left, right + 1)}
    return {
        (r - annex.head, c, c > 0 and owner[r, c] == owner[r, c - 1], r > annex.head and owner[r, c] == owner[r - 1, c])
        for r, c in owner
        if r >= annex.head
    }


def found_places(table: ReadTable) -> Places:
    """The same of a table that was read."""
    return {
        (r, c, c > 0 and _is(cell, row.cells[c - 1]), r > 0 and _is(cell, table.rows[r - 1].cells[c]))
        for r, row in enumerate(table.rows)
        for c, cell in enumerate(row.cells)
    }


def _is(cell: Cell | None, other: Cell | None) -> bool:
    return cell is not None and cell is other


def _wanted(annex: Annex) -> dict[tuple[int, int], str]:
    return {(r, c): t for r, row in enumerate(annex.rows[annex.head :]) for c, t in enumerate(row) if t}


def _starts(table: ReadTable | None) -> Iterator[tuple[tuple[int, int], str, Cell | None]]:
    """Filled body cells of a table at their top left place."""
    for r, row in enumerate(table.rows if table else ()):
        for c, text in enumerate(row.texts):
            cell = row.cells[c]
            above = table.rows[r - 1].cells[c] if table and r else None
            if text and not (c and _is(cell, row.cells[c - 1])) and not _is(cell, above):
                yield (r, c), text, cell


def text_hits(annex: Annex, table: ReadTable | None) -> tuple[int, int, int]:
    """Filled body cells that are right, that should be there, and that were read."""
    want = _wanted(annex)
    have = {place: text for place, text, _ in _starts(table)}
    right = sum(normalise(have.get(place, "")) == normalise(text) for place, text in want.items())
    return right, len(want), len(have)


def figure_hits(annex: Annex, table: ReadTable | None, document: Document) -> tuple[int, int, int, int]:
    """Figures that are right and that should be there; of those that no reader doubts, right ones and all."""
    want = {p: t for p, t in _wanted(annex).items() if p[1] >= annex.texts and t[0].isdigit()}
    disputed = {(r.page, r.bbox) for r in document.readings if r.region == "figure"}
    right = sure_right = sure = 0
    for (row, column), text, cell in _starts(table):
        if (row, column) in want and table is not None:
            hit = text == want[row, column]
            certain = cell is not None and (table.rows[row].page, cell.bbox) not in disputed
            right, sure, sure_right = right + hit, sure + certain, sure_right + (hit and certain)
    return right, len(want), sure_right, sure


def f1(right: int, want: int, have: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * right / max(want + have, 1)


def known(out: Path | None, run: dict[str, object]) -> dict[int, Score]:
    """Scores of earlier runs with the same settings."""
    found = {}
    for line in out.read_text().splitlines() if out and out.exists() else ():
        item = json.loads(line)
        if item.pop("run") == run:
            item |= {name: tuple(item[name]) for name in ("size", "places", "texts", "figures")}
            item["found"] = tuple(item["found"]) if item["found"] else None
            found[item["index"]] = Score(**item)
    return found


def report(scores: list[Score], what: str) -> None:
    """Print one line of figures."""
    places = np.sum([s.places for s in scores], axis=0)
    whole = sum(s.places[0] == s.places[1] == s.places[2] for s in scores)
    line = f"{what}: {len(scores)} tables, {sum(s.pages for s in scores)} pages"
    line += f", structure F1 {f1(*map(int, places)):.4f}"
    texts, figures = (np.sum([getattr(s, name) for s in scores], axis=0) for name in ("texts", "figures"))
    if texts[1]:
        line += f", cell text F1 {f1(*map(int, texts)):.4f} of {texts[1]}, figures {figures[0] / figures[1]:.4f}"
        line += f", figures without a doubt {figures[2] / max(figures[3], 1):.4f} of {figures[3]}"
    print(f"{line}; {whole} without a fault; {sum(s.cpu for s in scores):.0f} CPU s")


def main() -> None:
    """Print the figures of a run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--first", type=int, default=0, help="index of the first table")
    parser.add_argument("--level", choices=LEVELS, default="colour")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cells", action="store_true", help="through the whole reader")
    parser.add_argument("--rules", help="full, across, head or none; default a mixture")
    parser.add_argument("--out", type=Path, help="keep the score of each table here")
    options = parser.parse_args()
    register_faces()
    readers = Readers() if options.cells else None
    rules = options.rules if options.cells else FULL
    run: dict[str, object] = {"level": options.level, "seed": options.seed, "cells": options.cells, "rules": rules}
    scores = known(options.out, run)
    for index in range(options.first, options.first + options.count):
        if index not in scores:
            try:
                scores[index] = score(index, options.seed, options.level, rules, readers)
            except TransientError as error:  # a crowded machine; the next run with the same --out reads it again
                print(f"table {index}: {error}; left out", flush=True)
                continue
            if options.out:
                with options.out.open("a") as file:
                    file.write(json.dumps({"run": run, **asdict(scores[index])}) + "\n")
        s = scores[index]
        if s.places[0] < max(s.places[1:]):
            print(f"table {index} ({s.rules}, {s.pages} pages): {s.size} read as {s.found}, {s.places}", flush=True)
    found = [s for index, s in sorted(scores.items()) if options.first <= index < options.first + options.count]
    for kind in sorted({s.rules for s in found}):
        report([s for s in found if s.rules == kind], f"{options.level}, rules {kind}")
    report(found, f"{options.level}, all")


if __name__ == "__main__":
    main()
