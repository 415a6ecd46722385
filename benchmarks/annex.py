"""The annex of a report at four levels of scanning: structure, cells, figures, figures without a doubt, CPU per page.

python -m benchmarks.annex                 the four levels
python -m benchmarks.annex --seed 3        with other dust, folds and noise

CPU is user and system time of the program and of what it starts, once the engines are warm, for the first page and
the annex less that for the first page: what the annex page adds to a `congvan extract`. Measure on a quiet machine.
"""

from __future__ import annotations

import argparse

import numpy as np
import pypdfium2 as pdfium

from benchmarks.synthetic import content, degrade, layout
from benchmarks.synthetic.annex_table import header_spans, section_span
from benchmarks.synthetic.degrade import Picture
from benchmarks.table_generator import LEVELS, Annex
from benchmarks.tables import cpu, expected_places, f1, figure_hits, found_places, read_pages, text_hits
from extractors.tables.reading import read_tables
from pipeline.recognise import Readers

LETTER = "bc-325-ubnd"


def annex_of(table: content.Table) -> Annex:
    """The table as its places and texts, head included."""
    depth, spans = header_spans(table)
    columns = len(table.columns)
    head = tuple(("",) * columns for _ in range(depth))
    merges = list(spans)
    for row, cells in enumerate(table.rows):
        if merged := section_span(table, cells):
            merges.append((depth + row, merged[0], depth + row, merged[1]))
    texts = next(i for i, column in enumerate(table.columns) if column.numeric)
    return Annex(depth, (*head, *table.rows), tuple(m for m in merges if m[:2] != m[2:]), texts)


def scan(page: pdfium.PdfPage, level: str, rng: np.random.Generator) -> tuple[Picture, float]:
    """The page as a scanner of that level gives it, with its dots per inch."""
    dpi = 200.0 if level == "bilevel" else 300.0
    picture: Picture = np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[:, :, :3])
    if level == "colour":
        picture = degrade.scan_noise(picture, rng)
    elif level == "photocopy":
        picture = degrade.photocopy(picture, rng)
    elif level == "bilevel":
        picture = degrade.bilevel(degrade.turn(picture, 2.0), rng)
    return picture, dpi


def main() -> None:
    """Print the figures of each level."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    letter = content.load(LETTER)
    assert letter.annex is not None and letter.annex.table is not None
    annex = annex_of(letter.annex.table)
    first, *others = pdfium.PdfDocument(layout.render(letter)[0])
    pages = [page for page in others if page.get_width() > page.get_height()]
    readers = Readers()
    opening = scan(first, "clean", np.random.default_rng(0))
    read_pages([opening, scan(pages[0], "clean", np.random.default_rng(0))], readers)
    for level in LEVELS:
        rng = np.random.default_rng((options.seed, LEVELS.index(level)))
        scans = [scan(page, level, rng) for page in pages]
        opening = scan(first, level, rng)  # of the same resolution: one file has one
        began = cpu()
        read_pages([opening], readers)
        base = cpu() - began
        began = cpu()
        document = read_pages([opening, *scans], readers)
        spent = cpu() - began - base
        table = max(read_tables(document), key=lambda t: len(t.rows), default=None)
        want, have = expected_places(annex), found_places(table) if table else set()
        right, all_figures, sure_right, sure = figure_hits(annex, table, document)
        print(
            f"{level}: structure F1 {f1(len(want & have), len(want), len(have)):.4f}, "
            f"cell text F1 {f1(*text_hits(annex, table)):.4f}, figures {right}/{all_figures}, "
            f"without a doubt {sure_right}/{sure}, {spent / len(scans):.2f} CPU s a page"
        )


if __name__ == "__main__":
    main()
