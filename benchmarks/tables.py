"""Random annexes through the reader of tables: how many cells are found in their place, and how many read right.

python -m benchmarks.tables --count 200                 structure only
python -m benchmarks.tables --count 20 --cells          and the text of the cells
python -m benchmarks.tables --count 50 --level photocopy --seed 3
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph, SimpleDocTemplate
from reportlab.platypus import Table as TableFlowable

from benchmarks.synthetic import degrade
from benchmarks.synthetic.layout import register_fonts
from extractors.tables.reading import ReadTable, read_tables
from extractors.vi.text import normalise
from models.document import Cell, Document, Grid, Page, Source
from pipeline.engines import grid, grid_cells
from pipeline.engines.image import PageImage, Pixels, prepare
from pipeline.engines.paddle import Paddle
from pipeline.engines.tesseract import Tesseract

WORDS = (
    "xây dựng nâng cấp cải tạo hệ thống đường trường học trạm y tế kênh thủy lợi cầu chợ xã phường huyện giai đoạn "
    "nhà văn hóa điện chiếu sáng cấp nước khu dân cư trung tâm công nghệ thông tin mở rộng sửa chữa tuyến"
).split()
LEVELS = ("clean", "colour", "photocopy", "bilevel")
Merge = tuple[int, int, int, int]  # row, column, last row, last column


@dataclass(frozen=True, slots=True)
class Annex:
    """A table to be set.

    Attributes:
        head: Rows of the head.
        rows: Head and body, merged cells filled only at their top left.
        merges: Inclusive corners, rows counted with the head.
        ruled: False to set it without rules.
    """

    head: int
    rows: tuple[tuple[str, ...], ...]
    merges: tuple[Merge, ...]
    ruled: bool


def random_annex(rng: np.random.Generator, *, ruled: bool = True) -> Annex:
    """5 to 40 columns and 3 to 60 body rows of words and figures, with grouped heads, sections and merged cells."""
    columns, body = int(rng.integers(5, 41)), int(rng.integers(3, 61))
    texts = _text_columns(columns)
    head, merges, groups = [["TT", *(_words(rng, 2) for _ in range(columns - 1))], [""] * columns], [], texts
    while groups < columns:
        width = min(int(rng.integers(1, 4)), columns - groups)
        if width > 1:
            merges.append((0, groups, 0, groups + width - 1))
            head[1][groups : groups + width] = [_words(rng, 1) for _ in range(width)]
            head[0][groups + 1 : groups + width] = [""] * (width - 1)
        else:
            merges.append((0, groups, 1, groups))
        groups += width
    merges += [(0, column, 1, column) for column in range(texts)]
    rows = [*head]
    ordinal = 0
    for index in range(body):
        if index % 9 == 4:
            rows.append(["I" * (1 + index // 9 % 3), _words(rng, 4), *[""] * (columns - 2)])
            merges.append((len(rows) - 1, 1, len(rows) - 1, texts - 1)) if texts > 2 else None
            continue
        ordinal += 1
        names = [_words(rng, int(rng.integers(2, 7))) for _ in range(texts - 1)]
        rows.append([str(ordinal), *names, *(_figure(rng, 5 if columns < 16 else 3.9) for _ in range(columns - texts))])
    if body < 20 and texts > 2 and rng.random() < 0.6:
        start = 2 + int(rng.integers(0, 2))
        if all(row[0].isdigit() for row in rows[start : start + 2]):
            merges.append((start, 2, start + 1, 2))
            rows[start + 1][2] = ""
    return Annex(2, tuple(map(tuple, rows)), tuple(m for m in merges if m[:2] != m[2:]), ruled)


def _text_columns(columns: int) -> int:
    return 2 if columns < 12 else 3


def _words(rng: np.random.Generator, count: int) -> str:
    text = " ".join(rng.choice(WORDS, count))
    return text[0].upper() + text[1:]


def _figure(rng: np.random.Generator, largest: float) -> str:
    if rng.random() < 0.12:
        return str(rng.choice(["", "0", "-"]))
    return f"{int(10 ** rng.uniform(0, largest)):,}".replace(",", ".")


def set_pdf(annex: Annex) -> bytes:
    """The annex on as many pages as it needs, across, the head repeated."""
    columns = len(annex.rows[0])
    texts = _text_columns(columns)
    page = landscape(A3 if columns > 22 else A4)
    size = 8.5 if columns <= 14 else 7.0 if columns <= 22 else 6.5
    room = page[0] - 60
    narrow = min(44.0, (room - 22 - 90 * (texts - 1)) / (columns - texts))
    wide = (room - 22 - narrow * (columns - texts)) / (texts - 1)
    widths = [22.0, *([wide] * (texts - 1)), *([narrow] * (columns - texts))]
    style: list[tuple[object, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), ("SPAN", (0, 0), (0, annex.head - 1))]
    if annex.ruled:
        style.append(("GRID", (0, 0), (-1, -1), 0.5, black))
    style += [("SPAN", (c, r), (last_c, last_r)) for r, c, last_r, last_c in annex.merges]
    style += [(f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT", "TOP", "BOTTOM")]
    cells = [
        [_paragraph(text, size, r < annex.head, c) for c, text in enumerate(row)] for r, row in enumerate(annex.rows)
    ]
    table = TableFlowable(cells, colWidths=widths, style=style, repeatRows=annex.head)
    buffer = io.BytesIO()
    margins = {"leftMargin": 28, "rightMargin": 28, "topMargin": 40, "bottomMargin": 40}
    SimpleDocTemplate(buffer, pagesize=page, **margins).build([table])
    return buffer.getvalue()


def _paragraph(text: str, size: float, head: bool, column: int) -> Paragraph:
    alignment = TA_CENTER if head or column == 0 else TA_RIGHT if text[:1].isdigit() or text == "-" else TA_LEFT
    style = ParagraphStyle("cell", fontName="Serif", fontSize=size, leading=size * 1.15, alignment=alignment)
    return Paragraph(f"<b>{escape(text)}</b>" if head else escape(text), style)


def pages(pdf: bytes, level: str, rng: np.random.Generator) -> Iterator[PageImage]:
    """The pages as a scanner of that level gives them, prepared for reading."""
    dpi = 200 if level == "bilevel" else 300
    document = pdfium.PdfDocument(pdf)
    for page in document:
        picture: Pixels = np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[:, :, :3])
        if level != "clean":
            picture = degrade.turn(picture, float(rng.uniform(-2, 2) if level == "bilevel" else rng.uniform(-0.6, 0.6)))
        if level == "colour":
            picture = degrade.scan_noise(picture, rng)
        elif level == "photocopy":
            picture = degrade.photocopy(picture, rng)
        elif level == "bilevel":
            picture = degrade.bilevel(picture, rng)
        yield prepare(picture, float(dpi))


def read(images: list[PageImage], figures: Paddle | None, words: Tesseract | None) -> ReadTable | None:
    """The largest table on the pages; without `figures` only its structure."""
    read_pages = []
    for number, image in enumerate(images, start=1):
        drawn = grid.find_grids(image)
        page = Page(number, image.width, image.height)
        if figures is not None and words is not None:
            lines = words.recognise(image, mode=11) if not drawn else ()
            page = Page(number, image.width, image.height, lines=lines)
            page = grid_cells.with_tables(page, grid_cells.read_cells(image, drawn, figures, number))
        else:
            page = Page(number, image.width, image.height, grids=tuple(_bare(g, number, 72 / image.dpi) for g in drawn))
        read_pages.append(page)
    source = Source("annex", "", "application/pdf", Path("annex"), 0)
    found = read_tables(Document(source, tuple(read_pages)))
    return max(found, key=lambda t: len(t.rows), default=None)


def _bare(drawn: grid.DrawnGrid, page: int, scale: float) -> Grid:
    """A grid whose cells hold a mark instead of their text: "?" where nothing is known."""
    cells = tuple(
        Cell("?", b.row, b.column, b.row_span, b.column_span, b.bbox.scaled(scale)) for b in drawn.boxes
    )
    return Grid(page, drawn.bbox.scaled(scale), drawn.rows, drawn.columns, cells)


Places = set[tuple[int, int, bool, bool]]


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
        (r, c, c > 0 and cell is row.cells[c - 1], r > 0 and cell is table.rows[r - 1].cells[c])
        for r, row in enumerate(table.rows)
        for c, cell in enumerate(row.cells)
    }


def text_hits(annex: Annex, table: ReadTable) -> tuple[int, int, int]:
    """Filled body cells that are right, that should be there, and that were read."""
    body = annex.rows[annex.head :]
    want = {(r, c): text for r, row in enumerate(body) for c, text in enumerate(row) if text}
    have = {
        (r, c): text
        for r, row in enumerate(table.rows)
        for c, text in enumerate(row.texts)
        if text and (c == 0 or row.cells[c] is not row.cells[c - 1])
        and (r == 0 or row.cells[c] is None or row.cells[c] is not table.rows[r - 1].cells[c])
    }
    right = sum(normalise(have.get(place, "")) == normalise(text) for place, text in want.items())
    return right, len(want), len(have)


def f1(right: int, want: int, have: int) -> float:
    """Harmonic mean of precision and recall."""
    return 2 * right / max(want + have, 1)


def main() -> None:
    """Print the figures of a run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--level", choices=LEVELS, default="colour")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--cells", action="store_true", help="read the cells too")
    parser.add_argument("--borderless", action="store_true", help="set the tables without rules; needs --cells")
    options = parser.parse_args()
    register_fonts()
    figures, words = (Paddle(), Tesseract()) if options.cells else (None, None)
    structure, texts, whole = np.zeros(3, int), np.zeros(3, int), 0
    began = time.process_time()
    for index in range(options.count):
        rng = np.random.default_rng((options.seed, index))
        annex = random_annex(rng, ruled=not options.borderless)
        table = read(list(pages(set_pdf(annex), options.level, rng)), figures, words)
        want = expected_places(annex)
        have = found_places(table) if table is not None else set()
        structure += (len(want & have), len(want), len(have))
        whole += want == have
        if want != have:
            size = (len(annex.rows) - annex.head, len(annex.rows[0]))
            got = (len(table.rows), len(table.columns)) if table is not None else None
            print(f"table {index}: {size} read as {got}")
        if options.cells and table is not None:
            texts += text_hits(annex, table)
    score = f1(*map(int, structure))
    print(f"{options.count} tables, {options.level}: structure F1 {score:.4f}, {whole} without a fault")
    if options.cells:
        print(f"cell text F1 {f1(*map(int, texts)):.4f} of {int(texts[1])} cells")
    print(f"{time.process_time() - began:.0f} CPU seconds of this process")


if __name__ == "__main__":
    main()
