"""A grid as a matrix: which cell covers each place, so that merged cells can be asked for anywhere they reach."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from extractors.vi.text import fold
from models.document import Cell, Grid

Covering = tuple[tuple[Cell | None, ...], ...]

_NUMBER_CELL = re.compile(r"\(?(?:\d{1,2}|[A-Za-zĐđ])\)?\s*(?:\(?\s*=.*)?")
_FIGURE = re.compile(r"-?\(?\d{1,3}(?:[.,]\d{3})*(?:[.,]\d+)?\)?%?|-|\d+(?:[.,]\d+)?%?")
_ORDINAL = re.compile(r"\(?\d{1,3}(?:\.\d{1,2}){0,3}[.)]?|[a-zđ]{1,2}[.)]?")
_SECTION = re.compile(r"(?:[IVX]{1,5}|[A-HĐ])(?:\.\d{1,2})?[.)]?(?:\s+\S.*)?")
_TOTAL = re.compile(
    r"(?:[a-z0-9ivx]{1,3}[.)]?\s+)?"
    r"(?:tong (?:so|cong)\b(?! (?:tien|luong|nguoi|ho|ty)\b).*|(?:tong|cong)(?: chung)?(?: \(.*\))?\s*:?)"
)


@dataclass(frozen=True, slots=True)
class Matrix:
    """A grid with the cell that covers each row and column; None where nothing is drawn or printed."""

    grid: Grid
    covering: Covering

    @property
    def rows(self) -> int:
        """Rows, head included."""
        return self.grid.rows

    @property
    def columns(self) -> int:
        """Columns as drawn."""
        return self.grid.columns

    def cell(self, row: int, column: int) -> Cell | None:
        """The cell that covers the place."""
        return self.covering[row][column]

    def text(self, row: int, column: int) -> str:
        """The text of the covering cell; "" if there is none."""
        cell = self.covering[row][column]
        return cell.text if cell is not None else ""

    def texts(self, row: int) -> tuple[str, ...]:
        """A row, each merged cell repeated wherever it reaches."""
        return tuple(self.text(row, column) for column in range(self.columns))

    def starts(self, row: int) -> tuple[Cell, ...]:
        """The cells whose top left corner is in the row, left to right."""
        return tuple(
            cell
            for column, cell in enumerate(self.covering[row])
            if cell is not None and cell.row == row and cell.column == column
        )


def matrix_of(grid: Grid) -> Matrix:
    """The covering cells of a grid; where two overlap the later one wins."""
    places: list[list[Cell | None]] = [[None] * grid.columns for _ in range(grid.rows)]
    for cell in grid.cells:
        for row in range(cell.row, min(cell.row + cell.row_span, grid.rows)):
            for column in range(cell.column, min(cell.column + cell.column_span, grid.columns)):
                places[row][column] = cell
    return Matrix(grid, tuple(map(tuple, places)))


def is_figure(text: str) -> bool:
    """Whether a cell holds one figure, a percentage or a dash, and nothing else."""
    return bool(_FIGURE.fullmatch(text.replace(" ", "")))


def is_total(text: str) -> bool:
    """Whether a cell says that its row is a total."""
    return bool(_TOTAL.fullmatch(fold(text)))


def is_section_mark(text: str) -> bool:
    """Whether a first cell opens a section: "II", "A.", "I Danh mục các dự án ..."."""
    return bool(_SECTION.fullmatch(text))


def is_ordinal(text: str) -> bool:
    """Whether a first cell numbers a row: "1", "2.", "1.1", "a)"."""
    return bool(_ORDINAL.fullmatch(text))


def is_number_row(texts: tuple[str, ...]) -> bool:
    """Whether a row only numbers the columns: "1 2 3 ...", "(1) (2) (3)", "A B 1 2 3=1+2"."""
    filled = [text.strip() for text in texts if text.strip()]
    fit = sum(bool(_NUMBER_CELL.fullmatch(t)) for t in filled)
    if len(filled) < max(3, round(0.6 * len(texts))) or fit < 0.9 * len(filled):
        return False
    numbers = [int(m[0]) for t in filled if (m := re.match(r"\(?(\d{1,2})", t)) and (m := re.search(r"\d+", m[0]))]
    steps = [after - before for before, after in pairwise(numbers)]
    back = sum(step < 0 for step in steps)  # a figure of many may be misread
    return len(numbers) >= 2 and numbers[0] <= 3 and steps.count(1) >= 0.7 * len(steps) and back <= 0.1 * len(steps)


def alike(first: tuple[str, ...], second: tuple[str, ...]) -> bool:
    """Whether two rows are the same words but for misreadings: a head printed again."""
    a, b = fold(" ".join(first)), fold(" ".join(second))
    return bool(a) and SequenceMatcher(None, a, b, autojunk=False).ratio() > 0.8
