"""The blocks of a page that Decree 30 fixes: the two-column head, the signature beside Nơi nhận, rules under titles."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any

from reportlab.lib.enums import TA_CENTER
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph

from benchmarks.synthetic.content import Letter

LEFT_COLUMN, RIGHT_COLUMN = 66 * mm, 97 * mm


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place on a page where ink goes that is not printed, in PDF points, origin top left."""

    kind: str
    page: int
    x: float
    y: float
    width: float
    height: float


@dataclass(slots=True)
class Marks:
    """The places noted while a letter is set, in the order of the pages."""

    anchors: list[Anchor] = field(default_factory=list)

    def add(self, canvas: Canvas, kind: str, x: float, y: float, width: float, height: float) -> None:
        """Note a box given in the current flowable's coordinates (y upwards, its lower left corner)."""
        left, bottom = canvas.absolutePosition(x, y)
        top = canvas._pagesize[1] - bottom - height
        self.anchors.append(Anchor(kind, canvas.getPageNumber(), left, top, width, height))


def style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName="Serif", fontSize=size, leading=size * 1.28, **more)


class Rule(Flowable):  # type: ignore[misc]
    """A short centred line under a title."""

    def __init__(self, length: float) -> None:
        super().__init__()
        self.length = length

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        """Width and height that it takes."""
        self.width = width
        return width, 4

    def draw(self) -> None:
        """Print it, from its lower left corner."""
        self.canv.setLineWidth(0.7)
        self.canv.line((self.width - self.length) / 2, 1, (self.width + self.length) / 2, 1)


class Head(Flowable):  # type: ignore[misc]
    """Boxes 1 to 5b: the two columns on top of page 1."""

    def __init__(self, letter: Letter, by_hand: frozenset[str], marks: Marks) -> None:
        super().__init__()
        self.letter, self.by_hand, self.marks = letter, by_hand, marks
        about = ParagraphStyle("vv", style("v", 12, alignment=TA_CENTER), leading=14)
        self.about = None if letter.type_name else Paragraph(f"V/v {escape(letter.subject)}", about)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Width and height that it takes."""
        self.width = width
        self.names = len(self.letter.parent) + len(self.letter.issuer)
        self.about_height = self.about.wrap(LEFT_COLUMN - 6 * mm, height)[1] if self.about else 0
        self.line_y = 15 * max(self.names, 2) + 19
        self.height = self.line_y + 8 + self.about_height + 10
        return width, self.height

    def draw(self) -> None:
        """Print it, from its lower left corner."""
        c, top = self.canv, self.height
        left, right = LEFT_COLUMN / 2 - 3 * mm, self.width - RIGHT_COLUMN / 2
        y = top - 12
        for text, bold in [(t, False) for t in self.letter.parent] + [(t, True) for t in self.letter.issuer]:
            self._centred(left, y, text, "Serif-Bold" if bold else "Serif", 12.5)
            y -= 15
        c.setLineWidth(0.8)
        c.line(left - 11 * mm, y + 11, left + 11 * mm, y + 11)
        self._centred(right, top - 12, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Serif-Bold", 12.5)
        motto = "Độc lập - Tự do - Hạnh phúc"
        self._centred(right, top - 27, motto, "Serif-Bold", 13.5)
        half = pdfmetrics.stringWidth(motto, "Serif-Bold", 13.5) / 2
        c.line(right - half, top - 31, right + half, top - 31)
        self._number(left, top - self.line_y - 8)
        self._date(right, top - self.line_y - 8)
        if self.about:
            self.about.drawOn(c, left - LEFT_COLUMN / 2 + 3 * mm, top - self.line_y - 14 - self.about_height)
        self.marks.add(
            c, "under_subject", left - 25 * mm, top - self.line_y - self.about_height - 30 * mm, 50 * mm, 25 * mm
        )

    def _centred(self, x: float, y: float, text: str, font: str, size: float) -> None:
        width = pdfmetrics.stringWidth(text, font, size)
        widest = LEFT_COLUMN if x < self.width / 2 else RIGHT_COLUMN + 2 * mm
        self.canv.setFont(font, min(size, size * widest / width))
        self.canv.drawCentredString(x, y, text)

    def _number(self, centre: float, y: float) -> None:
        hand = "number" in self.by_hand
        gap = (5 + 3.2 * len(self.letter.serial)) * mm if hand else None
        pieces = [("Số: ", None), ("number" if hand else self.letter.serial, gap), (f"/{self.letter.symbol}", None)]
        self._pieces(pieces, centre, y, "Serif", 13)

    def _date(self, centre: float, y: float) -> None:
        day, month = ("day" in self.by_hand), ("month" in self.by_hand)
        pieces = [
            (f"{self.letter.place}, ngày ", None),
            ("day" if day else self.letter.day, 10 * mm if day else None),
            (" tháng ", None),
            ("month" if month else self.letter.month, 9 * mm if month else None),
            (f" năm {self.letter.year}", None),
        ]
        self._pieces(pieces, centre, y, "Serif-Italic", 13.5)

    def _pieces(self, pieces: list[tuple[str, float | None]], centre: float, y: float, font: str, size: float) -> None:
        """Print the pieces side by side; one with a gap is not printed but left blank and noted."""
        widths = [gap if gap is not None else pdfmetrics.stringWidth(text, font, size) for text, gap in pieces]
        x = centre - sum(widths) / 2
        self.canv.setFont(font, size)
        for (text, gap), width in zip(pieces, widths, strict=True):
            if gap is None:
                self.canv.drawString(x, y, text)
            else:
                self.marks.add(self.canv, text, x, y - 2, width, size)
            x += width


class Tail(Flowable):  # type: ignore[misc]
    """Boxes 7 to 9b: Nơi nhận on the left, titles, signature and name on the right."""

    def __init__(self, letter: Letter, marks: Marks) -> None:
        super().__init__()
        self.letter, self.marks = letter, marks
        item = style("copy", 11, leftIndent=2 * mm, firstLineIndent=-2 * mm)
        head = Paragraph("<b><i>Nơi nhận:</i></b>", style("copies", 12))
        ends = [";"] * (len(letter.copies) - 1) + ["."]
        rest = [Paragraph(f"- {escape(t)}{e}", item) for t, e in zip(letter.copies, ends, strict=True)]
        self.left = [head, *rest] if letter.copies else []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Width and height that it takes."""
        self.width = width
        self.heights = [p.wrap(72 * mm, height)[1] for p in self.left]
        self.height = max(sum(self.heights), 17 * len(self.letter.titles) + 38 * mm)
        return width, self.height

    def draw(self) -> None:
        """Print it, from its lower left corner."""
        y = self.height
        for paragraph, height in zip(self.left, self.heights, strict=True):
            y -= height
            paragraph.drawOn(self.canv, 0, y)
        centre, y = self.width - 42 * mm, self.height - 12
        for title in self.letter.titles:
            width = pdfmetrics.stringWidth(title, "Serif-Bold", 13.5)
            self.canv.setFont("Serif-Bold", min(13.5, 13.5 * 86 * mm / width))
            self.canv.drawCentredString(centre, y, title)
            y -= 17
        self.marks.add(self.canv, "signature", centre - 26 * mm, y - 23 * mm, 52 * mm, 22 * mm)
        self.canv.setFont("Serif-Bold", 13.5)
        self.canv.drawCentredString(centre, y - 30 * mm, self.letter.signer)
