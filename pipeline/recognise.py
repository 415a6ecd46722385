"""Scan to Document: each page read from its text or its image, whichever is the letter."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass, field

import numpy as np

from extractors.vi.text import fold, in_old_encoding
from models.document import Document, Line, Page, Problem, Reading, Source
from models.errors import InputError, TransientError
from pipeline import ingest
from pipeline.engines import (
    citation_figures,
    copies,
    grid,
    grid_cells,
    head,
    loose_cells,
    marks,
    orientation,
    pdf,
    pdf_text,
    plain_text,
    stamps,
    tail,
)
from pipeline.engines.grid_cells import ReadGrids
from pipeline.engines.image import PageImage, Pixels, brightest, painted_over, prepare
from pipeline.engines.loose_cells import LooseTable
from pipeline.engines.paddle import Paddle
from pipeline.engines.strokes import Strokes
from pipeline.engines.tesseract import Tesseract
from pipeline.ingest import Limits

_UNKNOWN = 20  # a text with more than one unknown glyph in so many characters is not read


_LEAST_PIXELS = 32
A4 = (595.0, 842.0)


@dataclass(frozen=True, slots=True)
class Readers:
    """The engines, warm: one set per process."""

    words: Tesseract = field(default_factory=Tesseract)
    figures: Paddle = field(default_factory=Paddle)
    strokes: Strokes = field(default_factory=Strokes)


def recognise(source: Source, readers: Readers, limits: Limits) -> Document:
    """Read every page of a file.

    Raises:
        InputError: if the file cannot become a letter.
        TransientError: if no page could be read because an engine failed.
    """
    if source.media_type == ingest.TEXT:
        return Document(source, plain_text.read_pages(ingest.read_text(source)))
    work = _Work(source, readers, time.monotonic() + limits.seconds)
    if source.media_type == ingest.PDF:
        _read_pdf(work, limits)
    else:
        for frame in ingest.frames(source, limits):
            if frame.fault:
                work.lose(Page(frame.number, *A4), frame.fault)
                work.damaged += 1
            else:
                work.read_image(frame.number, frame.pixels, frame.dpi)
    return work.document()


class _Work:
    """The pages of one file as they are read."""

    def __init__(self, source: Source, readers: Readers, deadline: float) -> None:
        self.source = source
        self.readers = readers
        self.deadline = deadline
        self.pages: list[Page] = []
        self.readings: list[Reading] = []
        self.problems: list[Problem] = []
        self.loose: LooseTable | None = None  # the table without rules of the page before
        self.damaged = 0

    def lose(self, page: Page, why: str) -> None:
        """Keep a page that could not be read as an empty one; the letter is no longer whole."""
        self.problems.append(Problem("page_failed", why, page.number))
        self.pages.append(page)

    def read_image(self, number: int, pixels: Pixels, dpi: float, notices: tuple[Reading, ...] = ()) -> None:
        """Read one page image; an engine's failure costs the page, not the letter."""
        if time.monotonic() > self.deadline:
            raise InputError("timed_out", f"before page {number}")
        if is_blank(pixels):
            height, width = pixels.shape[:2]
            self.pages.append(Page(number, width * 72 / dpi, height * 72 / dpi, text_origin="blank"))
            return
        image = prepare(pixels, dpi, rotation=orientation.clockwise_turn(pixels))
        image = stamps.without_red_stamps(image) if number == 1 else image
        tables, self.loose = self._tables(image, number)
        boxes = [table.bbox.scaled(image.dpi / 72) for table in tables.grids if table.bbox] if tables else []
        boxes += [self.loose.box] if self.loose is not None else []
        try:
            lines = self.readers.words.recognise(painted_over(image, boxes) if boxes else image)
        except TransientError as error:
            if not boxes:
                self.lose(Page(number, image.width, image.height), str(error))
                return
            self.problems.append(Problem("text_failed", str(error), number))
            lines = ()
        if self.loose is not None:
            lines = loose_cells.with_table(lines, self.loose, image.dpi)
            self.readings += self.loose.readings
        lines = tuple(line for line in lines if not _is_notice(line.text, notices))
        self.readings += citation_figures.reread(image, lines, self.readers.figures, number)
        if number == 1:
            self.readings += head.reread_head(image, lines, self.readers.figures, self.readers.strokes)
            found = marks.read_marks(image, self.readers.figures)
            self.readings += found
            lines = marks.without_marks(lines, found)
        lines = copies.reread_copies(image, lines, self.readers.words, self.readers.figures)
        lines = tail.reread_signature(image, lines, self.readers.words, self.readers.figures)
        page = _page(number, image, lines)
        if tables is not None:
            page = grid_cells.with_tables(page, tables)
            self.readings += tables.readings
        self.pages.append(page)

    def _tables(self, image: PageImage, number: int) -> tuple[ReadGrids | None, LooseTable | None]:
        """The ruled tables of a page, else the one without rules; what fails is read as text with the rest."""
        before = self.loose.grid if self.loose is not None else None
        try:
            if drawn := grid.find_grids(image):
                return grid_cells.read_cells(image, drawn, self.readers.figures, number), None
            return None, loose_cells.read(image, self.readers.figures, number, before)
        except TransientError as error:
            self.problems.append(Problem("tables_failed", str(error), number))
            return None, None

    def document(self) -> Document:
        """What was read.

        Raises:
            TransientError: if every page failed, not all by their own fault.
            InputError: if there is nothing to read on any page.
        """
        failed = [problem for problem in self.problems if problem.code == "page_failed"]
        if self.pages and self.damaged == len(self.pages):
            raise InputError("damaged", failed[0].message)
        if self.pages and len(failed) == len(self.pages):
            raise TransientError(failed[-1].message)
        if not any(page.lines for page in self.pages):
            raise InputError("no_text_found", f"{len(self.pages)} pages")
        return Document(self.source, tuple(self.pages), tuple(self.readings), problems=tuple(self.problems))


def _read_pdf(work: _Work, limits: Limits) -> None:
    file = pdf.PdfFile(work.source, limits)
    text: pdf_text.PdfText | None = None
    try:
        work.readings += file.notices
        for number in range(1, len(file) + 1):
            signals = file.signals(number)
            typed: Page | None = None
            if signals.text_is_the_page or signals.text_may_be_converted:
                text = text or pdf_text.PdfText(file.data())
                typed = text.read(number)
            # what stays in old codes is no text: the font draws the right letters, so the page is drawn and read
            if typed is not None and not _is_unreadable(typed):
                page, notices = _without_notices(typed)
                work.pages.append(page)
                work.readings += notices
            else:
                notices = file.stamps(number) if signals.notice else ()
                work.readings += notices
                pixels, dpi = file.render(number, signals)
                work.read_image(number, pixels, dpi, notices)
    finally:
        file.close()
        if text is not None:
            text.close()


def _is_unreadable(page: Page) -> bool:
    """Whether the text layer holds codes instead of letters: of old fonts, or of fonts that tell no letters at all."""
    text = " ".join(line.text for line in page.lines)
    return in_old_encoding(text) or _UNKNOWN * text.count("(cid:") > len(text)


def _without_notices(page: Page) -> tuple[Page, tuple[Reading, ...]]:
    """A born-digital page without the lines in which a portal or a signature speaks of itself."""
    notices = [line for line in page.lines if pdf.is_notice(line.text)]
    if not notices:
        return page, ()
    kept = tuple(line for line in page.lines if line not in notices)
    text = " ".join(line.text for line in notices)
    readings = tuple(pdf.notice_readings(text, page.number, notices[0].bbox))
    return dataclasses.replace(page, lines=kept), readings


def _is_notice(text: str, notices: tuple[Reading, ...]) -> bool:
    """Whether an OCR line repeats what a stamp in the text layer says."""
    words = fold(text).split()
    return any(n.region == "widget" and len(words) > 1 and " ".join(words) in fold(n.text) for n in notices)


def is_blank(pixels: Pixels) -> bool:
    """Nothing darker than shadow on more than a trace of the page; a seal showing through is not text."""
    if min(pixels.shape[:2]) < _LEAST_PIXELS:
        return True  # a dot, a rule, a spacer: no line of print fits in
    y, x = pixels.shape[0] // 20 + 1, pixels.shape[1] // 20 + 1
    inner = brightest(np.ascontiguousarray(pixels[y:-y:3, x:-x:3]))
    return bool((inner < 110).mean() < 0.0006)


def _page(number: int, image: PageImage, lines: tuple[Line, ...]) -> Page:
    weight = sum(len(line.text) for line in lines)
    confidence = sum(line.confidence * len(line.text) for line in lines) / max(weight, 1)
    return Page(number, image.width, image.height, image.rotation, image.skew, "ocr", round(confidence, 3), lines)
