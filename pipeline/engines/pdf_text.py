"""Born-digital pages through pdfplumber: words with places, and the tables drawn on the page."""

from __future__ import annotations

import dataclasses
import io
import itertools
import logging
from collections.abc import Iterable
from typing import Any

from extractors.vi.text import join_lines, normalise
from models.document import Cell, Grid, Line, Page, Word
from models.errors import InputError
from models.geometry import BBox, enclosing
from pipeline.engines import legacy_fonts

ORIGIN = "pdf-text"
_COLUMN_GAP = 2.2  # line heights; a wider gap on one line separates two columns
_THICKEST_RULE = 3.0  # points
log = logging.getLogger("congvan")
logging.getLogger("pdfminer").setLevel(logging.ERROR)


class PdfText:
    """The text layer of one PDF."""

    def __init__(self, data: bytes) -> None:
        import pdfplumber  # noqa: PLC0415 - takes a quarter of a second, and scans have no text
        from pdfminer.encodingdb import EncodingDB  # noqa: PLC0415 - loaded by pdfplumber

        # pdfminer shows this code as a blank; it draws a hyphen, and in fonts of TCVN3 it draws ư
        EncodingDB.encodings["WinAnsiEncoding"][173] = legacy_fonts.SOFT_HYPHEN
        try:
            self._pdf = pdfplumber.open(io.BytesIO(data))
        except Exception as error:  # pdfminer raises whatever its parser stumbles on
            raise InputError("damaged", f"{type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Free the file's memory."""
        self._pdf.stream.close()  # its own `close` parses every page once more, and stumbles again over damaged ones

    def read(self, number: int) -> Page | None:
        """Page `number` (1-based): lines in reading order, each table cell's lines together.

        Text of fonts older than Unicode is converted; the lines' `raw` is what the file holds. None if the parser
        stumbles over the page: the program that draws pages forgives more.
        """
        try:
            original = self._pdf.pages[number - 1]
            _ = original.chars, original.rects  # parsed here
        except Exception as error:  # pdfminer raises whatever its parser stumbles on
            log.warning("the text layer of page %d cannot be parsed: %s: %s", number, type(error).__name__, error)
            return None
        merged = legacy_fonts.convert(original.chars)
        hidden = _overprinted_spaces(original.chars) | (merged or set())
        page = original.filter(lambda item: id(item) not in hidden) if hidden else original
        found = page.extract_words(
            x_tolerance=1.5, y_tolerance=2.5, keep_blank_chars=False, return_chars=merged is not None
        )
        pairs = [(_word(w), legacy_fonts.as_read(w.get("chars", ()))) for w in found]
        words = [w for w, _ in pairs if w.text]
        grids = tuple(_grids(page, number, words))
        boxes = [c.bbox for g in grids for c in g.cells if c.bbox is not None]
        lines = _cell_lines(words, boxes) if boxes else group_lines(words)
        if merged is not None:
            lines = _with_raw(lines, dict(pairs))
        width, height = float(page.width), float(page.height)
        original.close()
        return Page(number, width, height, text_origin=ORIGIN, lines=tuple(lines), grids=grids)


def _with_raw(lines: list[Line], raws: dict[Word, str]) -> list[Line]:
    return [dataclasses.replace(line, raw=" ".join(raws.get(w, w.text) for w in line.words)) for line in lines]


def _overprinted_spaces(chars: list[dict[str, Any]]) -> set[int]:
    """Ids of the blanks under which other characters stand.

    Number and day are typed over the gap that the letter leaves for them; its blanks would cut them into digits.
    """
    by_height: dict[int, list[dict[str, Any]]] = {}
    for char in chars:
        if char["text"].strip():
            by_height.setdefault(round((char["top"] + char["bottom"]) / 2 / 8), []).append(char)
    hidden = set()
    for char in chars:
        if char["text"].strip() or char["x1"] - char["x0"] <= 0:
            continue
        row = round((char["top"] + char["bottom"]) / 2 / 8)
        near = (c for key in (row - 1, row, row + 1) for c in by_height.get(key, ()))
        if any(_overprints(c, char) for c in near):
            hidden.add(id(char))
    return hidden


def _overprints(char: dict[str, Any], blank: dict[str, Any]) -> bool:
    middle = (char["top"] + char["bottom"]) / 2
    shared = min(char["x1"], blank["x1"]) - max(char["x0"], blank["x0"])
    return bool(blank["top"] < middle < blank["bottom"] and shared > 0.5 * (blank["x1"] - blank["x0"]))


def _word(found: dict[str, Any]) -> Word:
    box = BBox(float(found["x0"]), float(found["top"]), float(found["x1"]), float(found["bottom"]))
    return Word(normalise(found["text"]), box)


def _grids(page: Any, number: int, words: list[Word]) -> Iterable[Grid]:
    for table in page.filter(_may_be_rule).find_tables():
        rows = [[cell for cell in row.cells] for row in table.rows]
        # a single row counts if it may be the rest of a row that began on the page before
        if max(map(len, rows)) < (2 if len(rows) > 1 else 3):
            continue
        cells = list(_cells(rows, words))
        if sum(bool(c.text) for c in cells) >= min(2, len(rows)):
            yield Grid(number, BBox(*map(float, table.bbox)), len(rows), max(map(len, rows)), tuple(cells))


def _may_be_rule(drawn: dict[str, Any]) -> bool:
    """Leave out the shading behind words and cells: its edges would divide cells that no rule divides."""
    if drawn["object_type"] != "rect":
        return True
    thin = min(float(drawn["width"]), float(drawn["height"])) < _THICKEST_RULE
    return bool(thin or drawn.get("stroke"))


def _cells(rows: list[list[Any]], words: list[Word]) -> Iterable[Cell]:
    lefts = sorted({round(c[0], 1) for row in rows for c in row if c})
    tops = sorted({round(c[1], 1) for row in rows for c in row if c})
    for r, row in enumerate(rows):
        for c, found in enumerate(row):
            if found is None:
                continue
            box = BBox(*map(float, found))
            columns = sum(1 for x in lefts if box.x0 + 1 < x < box.x1 - 1) + 1
            spans = sum(1 for y in tops if box.top + 1 < y < box.bottom - 1) + 1
            text = join_lines(line.text for line in group_lines([w for w in words if _within(w, box)]))
            yield Cell(text, r, c, spans, columns, box)


def _within(word: Word, box: BBox) -> bool:
    assert word.bbox is not None
    return box.x0 <= word.bbox.x_mid <= box.x1 and box.top <= word.bbox.y_mid <= box.bottom


def _cell_lines(words: list[Word], boxes: list[BBox]) -> list[Line]:
    """Lines of the text around tables and of each cell, in the order of their tops."""
    left = list(words)
    groups: list[list[Line]] = []
    for block, box in enumerate(boxes):
        inside = [w for w in left if _within(w, box)]
        if inside:
            left = [w for w in left if not _within(w, box)]
            groups.append(group_lines(inside, block=block))
    groups += [[line] for line in group_lines(left)]
    return [line for group in sorted(groups, key=_place) for line in group]


def _place(group: list[Line]) -> tuple[float, float]:
    box = enclosing(line.bbox for line in group)
    assert box is not None
    return (round(box.top / 3), box.x0)


def group_lines(words: Iterable[Word], *, block: int = -1) -> list[Line]:
    """Words grouped to lines by height, cut where two columns stand side by side; top to bottom, left to right."""
    rows: list[list[Word]] = []
    for word in sorted(words, key=lambda w: (w.bbox.y_mid, w.bbox.x0) if w.bbox else (0, 0)):
        assert word.bbox is not None
        row = next((r for r in reversed(rows[-3:]) if _same_row(r, word.bbox)), None)
        if row is None:
            rows.append([word])
        else:
            row.append(word)
    return [_line(part, block) for row in rows for part in _columns(sorted(row, key=_left))]


def _left(word: Word) -> float:
    return word.bbox.x0 if word.bbox else 0.0


def _same_row(row: list[Word], box: BBox) -> bool:
    extent = enclosing(w.bbox for w in row[-4:])
    return extent is not None and abs(extent.y_mid - box.y_mid) < 0.45 * max(min(extent.height, box.height), 4.0)


def _columns(row: list[Word]) -> Iterable[list[Word]]:
    part = [row[0]]
    for before, word in itertools.pairwise(row):
        assert before.bbox is not None and word.bbox is not None
        if word.bbox.x0 - before.bbox.x1 > _COLUMN_GAP * max(word.bbox.height, 4.0):
            yield part
            part = []
        part.append(word)
    yield part


def _line(words: list[Word], block: int) -> Line:
    raw = " ".join(w.text for w in words)
    return Line(normalise(raw), raw, enclosing(w.bbox for w in words), 1.0, tuple(words), block)
