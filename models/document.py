"""A file as read: pages, lines and words with their places. Immutable and engine-neutral."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from models.geometry import BBox


@dataclass(frozen=True, slots=True)
class Source:
    """One input file, identified by its bytes.

    Attributes:
        name: File name without folders; never used to decide anything.
        sha256: Hex digest of the bytes.
        media_type: Recognised from the content.
        path: Where the bytes are.
        size: Bytes.
    """

    name: str
    sha256: str
    media_type: str
    path: Path
    size: int


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `bbox` as in `Line`."""

    text: str
    bbox: BBox | None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Line:
    """One recognised line.

    Attributes:
        text: Normalised text; what extractors read.
        raw: The engine's own string, never edited; what the reviewer sees.
        bbox: PDF points, origin top-left of the upright page, y grows down; None for text input.
        confidence: 0.0-1.0 from the engine; 1.0 for a born-digital text layer.
        words: Words from left to right; empty for text input.
        block: Number of the layout block on the page; lines of one paragraph share it. -1 if not known.
    """

    text: str
    raw: str
    bbox: BBox | None
    confidence: float = 1.0
    words: tuple[Word, ...] = ()
    block: int = -1


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a grid: text and place; `row`/`column` 0-based, spans at least 1."""

    text: str
    row: int
    column: int
    row_span: int = 1
    column_span: int = 1
    bbox: BBox | None = None
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Grid:
    """A table as drawn on one page, before anything is understood of it."""

    page: int
    bbox: BBox | None
    rows: int
    columns: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """One page, upright.

    Attributes:
        number: 1-based.
        width: Points, after turning upright.
        height: Points, after turning upright.
        rotation: Degrees clockwise that the page was turned by to stand upright: 0, 90, 180 or 270.
        skew: Degrees that were taken out after turning; positive is clockwise.
        text_origin: "ocr", "pdf-text", "text", or "blank".
        confidence: Mean word confidence, 0.0-1.0.
        lines: In reading order.
        grids: Ruled tables found on the page.
    """

    number: int
    width: float
    height: float
    rotation: int = 0
    skew: float = 0.0
    text_origin: str = "ocr"
    confidence: float = 1.0
    lines: tuple[Line, ...] = ()
    grids: tuple[Grid, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a further reader says about a part of a page; a witness, never body text.

    Attributes:
        origin: "paddle", "digits", "signature", "portal" ...: who says so.
        region: What was read: "number", "place_date", "head", "figure", "widget", "signing_time", "stamp".
        text: As read.
        page: 1-based.
        bbox: Where, in points; None if not known.
        confidence: 0.0-1.0.
    """

    origin: str
    region: str
    text: str
    page: int
    bbox: BBox | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that went wrong without stopping the document: a failed page, a crashed extractor."""

    code: str
    message: str
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value was read: half-open span in `pages[page-1].lines[line].text`; `page` 1-based, `line` 0-based."""

    page: int
    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Candidate:
    """One reading of a field.

    Attributes:
        field: Name as in the contract: "number", "date", "issuer" ...
        value: A value type of `models.letter` or a plain str/date; normalised.
        raw: As read.
        evidence: Never empty for text of the body; empty only where the witness has no line (see `reading`).
        score: 0.0-1.0, how well form and place fit, times the reader's own confidence.
        origin: "tesseract", "paddle", "pdf-text", "text", "signature", "recap", "symbol", "file-name" ...
        bbox: Where on the page; None for text input.
    """

    field: str
    value: object
    raw: str
    evidence: tuple[Evidence, ...]
    score: float
    origin: str = "tesseract"
    bbox: BBox | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One letter's pages with everything that was read and found on them.

    Attributes:
        source: The file.
        pages: In order; a file with two letters gives two documents whose pages keep the file's page numbers.
        readings: Further witnesses.
        candidates: Added by the extractors.
        problems: What went wrong.
    """

    source: Source
    pages: tuple[Page, ...]
    readings: tuple[Reading, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    problems: tuple[Problem, ...] = ()

    def page(self, number: int) -> Page:
        """The page with the file's page number `number`; raises KeyError if it is not part of this letter."""
        for page in self.pages:
            if page.number == number:
                return page
        raise KeyError(number)

    def line(self, evidence: Evidence) -> Line:
        """The line that `evidence` points to."""
        return self.page(evidence.page).lines[evidence.line]
