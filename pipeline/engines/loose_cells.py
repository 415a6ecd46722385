"""Tables without rules: what stands in columns by its ink is read piece by piece, as the cells of ruled tables are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from extractors.tables import aligned
from extractors.tables.matrix import is_figure, is_section_mark
from extractors.vi.text import join_lines
from models.document import Grid, Line, Page, Reading, Word
from models.geometry import BBox, enclosing
from pipeline.engines import ink_pieces
from pipeline.engines.cell_crops import Crop
from pipeline.engines.cell_text import CellText, read_texts
from pipeline.engines.image import PageImage
from pipeline.engines.paddle import Paddle

_AROUND = 0.01  # inches around a piece that belong to it
_WHITE = 0.1  # inches of white above and below
_BLOCK = 2000  # number of the first row as a block of lines
_DASH = CellText((Line("-", "-", None, 0.99),))


@dataclass(frozen=True, slots=True)
class LooseTable:
    """A table without rules as it was read.

    Attributes:
        box: On the page, in pixels.
        lines: One for each piece, in points.
        readings: The second reading of figures on which the readers differ.
        grid: As the extractors will find it, for the page after.
    """

    box: BBox
    lines: tuple[Line, ...]
    readings: tuple[Reading, ...]
    grid: Grid


def read(image: PageImage, figures: Paddle, number: int, before: Grid | None) -> LooseTable | None:
    """The table of a page whose columns are only aligned; None if there is none.

    Args:
        image: The page.
        figures: The second reader.
        number: That of the page.
        before: The table at the end of the page before, which may go on in a few rows.

    Raises:
        TransientError: if Tesseract fails.
    """
    rows = ink_pieces.rows_in_columns(image, least=1 if before else ink_pieces.ROWS)
    pieces = [(index, piece) for index, row in enumerate(rows) for piece in row.pieces]
    if not pieces:
        return None
    crops = [None if piece.dash else _crop(image, piece.box) for _, piece in pieces]
    lines: list[Line] = []
    readings: list[Reading] = []
    texts = read_texts(crops, image.dpi, figures)
    heads = _heads([index for index, _ in pieces], texts)
    again = read_texts([crops[i] for i in heads], image.dpi, figures, range(len(heads)))
    for i, text in zip(heads, again, strict=True):
        texts[i] = text if sum(map(str.isalpha, text.text)) > 1 else texts[i]
    for (index, piece), text in zip(pieces, texts, strict=True):
        line = _line(piece.box.scaled(72 / image.dpi), _DASH if piece.dash else text, _BLOCK + index)
        if line is not None:
            lines.append(line)
            if text.second is not None:
                readings.append(Reading("digits", "figure", text.second, number, line.bbox, line.confidence))
    grid = _grid(Page(number, image.width, image.height, lines=tuple(lines)), before)
    box = enclosing(piece.box for _, piece in pieces)
    return LooseTable(box, tuple(lines), tuple(readings), grid) if grid is not None and box is not None else None


def _heads(rows: Sequence[int], texts: Sequence[CellText]) -> list[int]:
    """Short pieces among the words of the first row that has some: headings, where no figures are to be expected."""
    for row in sorted(set(rows)):
        own = [i for i, other in enumerate(rows) if other == row]
        short = [i for i in own if is_figure(texts[i].text) or is_section_mark(texts[i].text)]
        if short:
            return short if 2 * len(short) < len(own) else []
    return []


def _grid(page: Page, before: Grid | None) -> Grid | None:
    going_on = aligned.continue_grid(page, before) if before is not None else None
    return going_on or next(iter(aligned.find_grids(page)), None)


def with_table(lines: Sequence[Line], table: LooseTable, dpi: float) -> tuple[Line, ...]:
    """The lines of a page with those of the table in front of the first that stands below it."""
    top = table.box.top * 72 / dpi
    above = [i for i, line in enumerate(lines) if line.bbox is not None and line.bbox.y_mid < top]
    start = above[-1] + 1 if above else 0
    return (*lines[:start], *table.lines, *lines[start:])


def _crop(image: PageImage, box: BBox) -> Crop:
    """A piece on white, so that nothing beside it is read with it."""
    around, white = max(2, round(_AROUND * image.dpi)), round(_WHITE * image.dpi)
    left, top = max(0, round(box.x0) - around), max(0, round(box.top) - around)
    inner = image.clean[top : round(box.bottom) + around, left : round(box.x1) + around]
    pixels = np.pad(inner, ((white, white), (around, around)), constant_values=255)
    ink = BBox(2.0 * around, float(white + around), inner.shape[1], float(white + inner.shape[0] - around))
    return Crop(pixels, left - around, top - white, ink)


def _line(box: BBox, text: CellText, block: int) -> Line | None:
    """What a piece says as one word of one line: it stands in one column."""
    words = join_lines(line.text for line in text.lines)
    if not words:
        return None
    raw = " ".join(line.raw for line in text.lines)
    return Line(words, raw, box, text.confidence, (Word(words, box, text.confidence),), block)
