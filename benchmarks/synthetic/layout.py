"""Sets a letter as a PDF in the layout of Decree 30/2020: boxes, sizes, rules under names, landscape annex."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    KeepTogether,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
)

from benchmarks.synthetic.annex_table import table_flowable
from benchmarks.synthetic.content import Letter, paragraphs

FONT_DIR = Path("/usr/share/fonts/truetype/liberation2")
FACES = {"Serif": "Regular", "Serif-Bold": "Bold", "Serif-Italic": "Italic", "Serif-BoldItalic": "BoldItalic"}
MARGINS = {"left": 30 * mm, "right": 17 * mm, "top": 18 * mm, "bottom": 18 * mm}
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
class _Marks:
    anchors: list[Anchor] = field(default_factory=list)

    def add(self, canvas: Canvas, kind: str, x: float, y: float, width: float, height: float) -> None:
        """Note a box given in the current flowable's coordinates (y upwards, its lower left corner)."""
        left, bottom = canvas.absolutePosition(x, y)
        top = canvas._pagesize[1] - bottom - height
        self.anchors.append(Anchor(kind, canvas.getPageNumber(), left, top, width, height))


def register_fonts() -> None:
    """Make Liberation Serif, which has the widths of Times New Roman, known to the PDF writer.

    Raises:
        FileNotFoundError: with the package to install.
    """
    for name, face in FACES.items():
        path = FONT_DIR / f"LiberationSerif-{face}.ttf"
        if not path.exists():
            raise FileNotFoundError(f"{path}: install fonts-liberation2")
        pdfmetrics.registerFont(TTFont(name, str(path)))
    pdfmetrics.registerFontFamily("Serif", "Serif", "Serif-Bold", "Serif-Italic", "Serif-BoldItalic")


def render(letter: Letter, by_hand: frozenset[str] = frozenset(), size: float = 13.5) -> tuple[bytes, list[Anchor]]:
    """The letter as PDF and the places for handwriting, signature, seal and stamps.

    Args:
        letter: What to set.
        by_hand: Which of "number", "day", "month" stay blank, for a pen to fill in.
        size: Type size of the body in points.
    """
    register_fonts()
    marks = _Marks()
    buffer = io.BytesIO()
    template = BaseDocTemplate(buffer, pagesize=A4, invariant=1, title=letter.number, author="", **_margins())
    template.addPageTemplates([_page("portrait", A4), _page("landscape", landscape(A4))])
    template.build(_story(letter, by_hand, size, marks))
    return buffer.getvalue(), marks.anchors


def _margins() -> dict[str, float]:
    return {f"{side}Margin": value for side, value in MARGINS.items()}


def _page(name: str, pagesize: tuple[float, float]) -> PageTemplate:
    width, height = pagesize
    side = MARGINS["left"] if name == "portrait" else 13 * mm
    right = MARGINS["right"] if name == "portrait" else 13 * mm
    frame = Frame(
        side, MARGINS["bottom"], width - side - right, height - MARGINS["top"] - MARGINS["bottom"], 0, 0, 0, 0
    )
    return PageTemplate(name, [frame], onPage=_page_number, pagesize=pagesize)


def _page_number(canvas: Canvas, _template: Any) -> None:
    if canvas.getPageNumber() > 1:
        canvas.setFont("Serif", 13)
        canvas.drawCentredString(canvas._pagesize[0] / 2, canvas._pagesize[1] - 12 * mm, str(canvas.getPageNumber()))


def _style(name: str, size: float, **more: Any) -> ParagraphStyle:
    return ParagraphStyle(name, fontName="Serif", fontSize=size, leading=size * 1.28, **more)


def _marked_up(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text, quote=False))


def _story(letter: Letter, by_hand: frozenset[str], size: float, marks: _Marks) -> list[Flowable]:
    story: list[Flowable] = [_Head(letter, by_hand, marks), Spacer(0, 10)]
    centred = _style("centred", size, alignment=TA_CENTER)
    if letter.type_name:
        story += [
            Paragraph(f"<b>{letter.type_name}</b>", _style("type", size + 0.5, alignment=TA_CENTER, spaceBefore=4))
        ]
        subject = ParagraphStyle("title", centred, leftIndent=12 * mm, rightIndent=12 * mm)
        story += [Paragraph(f"<b>{escape(letter.subject)}</b>", subject), _Rule(50 * mm), Spacer(0, 8)]
    story += [Paragraph(f"<b>{line}</b>", centred) for line in letter.authority]
    story += _addressees(letter.recipients, size)
    body = _body(letter.body, size)
    # A signature never stands alone on a page: the last paragraph goes with it.
    story += [*body[:-1], KeepTogether([body[-1], Spacer(0, 8), _Tail(letter, marks)])]
    return story + (_annex(letter, size) if letter.annex else [])


def _addressees(recipients: tuple[str, ...], size: float) -> list[Flowable]:
    if not recipients:
        return []
    left = _style("to", size, leftIndent=24 * mm)
    if len(recipients) == 1:
        return [
            Paragraph(f"Kính gửi: {escape(recipients[0])}.", _style("to1", size, alignment=TA_CENTER)),
            Spacer(0, 8),
        ]
    ends = [";"] * (len(recipients) - 1) + ["."]
    items = _style("item", size, leftIndent=40 * mm, firstLineIndent=-2.6 * mm, alignment=TA_LEFT)
    lines = [Paragraph(f"- {escape(r)}{end}", items) for r, end in zip(recipients, ends, strict=True)]
    return [Paragraph("Kính gửi:", left), *lines, Spacer(0, 8)]


def _body(body: str, size: float) -> list[Flowable]:
    justified = _style("body", size, alignment=TA_JUSTIFY, firstLineIndent=10 * mm, spaceBefore=5)
    flow: list[Flowable] = []
    for line in paragraphs(body):
        if line.startswith("# "):
            flow.append(
                Paragraph(f"<b>{escape(line[2:])}</b>", _style("heading", size, alignment=TA_CENTER, spaceBefore=6))
            )
        elif line.startswith("^ "):
            flow.append(Paragraph(f"<i>{_marked_up(line[2:])}</i>", justified))
        else:
            flow.append(Paragraph(_marked_up(line), justified))
    return flow


def _annex(letter: Letter, size: float) -> list[Flowable]:
    annex = letter.annex
    assert annex is not None
    centred = _style("annex", size, alignment=TA_CENTER)
    story: list[Flowable] = [NextPageTemplate("landscape" if annex.landscape else "portrait"), PageBreak()]
    story += [Paragraph(f"<b>{escape(line)}</b>", centred) for line in annex.heading]
    story += [Paragraph(f"<i>{escape(annex.recap)}</i>", centred), _Rule(40 * mm), Spacer(0, 6)]
    story += _body(annex.body, size)
    if annex.table:
        unit = ParagraphStyle("unit", _style("u", 10), alignment=2, spaceAfter=3)
        story += [Paragraph(f"<i>{escape(annex.table.unit)}</i>", unit), table_flowable(annex.table)]
    return story


class _Rule(Flowable):  # type: ignore[misc]
    """A short centred line under a title."""

    def __init__(self, length: float) -> None:
        super().__init__()
        self.length = length

    def wrap(self, width: float, _height: float) -> tuple[float, float]:
        self.width = width
        return width, 4

    def draw(self) -> None:
        self.canv.setLineWidth(0.7)
        self.canv.line((self.width - self.length) / 2, 1, (self.width + self.length) / 2, 1)


class _Head(Flowable):  # type: ignore[misc]
    """Boxes 1 to 5b: the two columns on top of page 1."""

    def __init__(self, letter: Letter, by_hand: frozenset[str], marks: _Marks) -> None:
        super().__init__()
        self.letter, self.by_hand, self.marks = letter, by_hand, marks
        style = ParagraphStyle("vv", _style("v", 12, alignment=TA_CENTER), leading=14)
        self.about = None if letter.type_name else Paragraph(f"V/v {escape(letter.subject)}", style)

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.names = len(self.letter.parent) + len(self.letter.issuer)
        self.about_height = self.about.wrap(LEFT_COLUMN - 6 * mm, height)[1] if self.about else 0
        self.line_y = 15 * max(self.names, 2) + 19
        self.height = self.line_y + 8 + self.about_height + 10
        return width, self.height

    def draw(self) -> None:
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


class _Tail(Flowable):  # type: ignore[misc]
    """Boxes 7 to 9b: Nơi nhận on the left, titles, signature and name on the right."""

    def __init__(self, letter: Letter, marks: _Marks) -> None:
        super().__init__()
        self.letter, self.marks = letter, marks
        item = _style("copy", 11, leftIndent=2 * mm, firstLineIndent=-2 * mm)
        head = Paragraph("<b><i>Nơi nhận:</i></b>", _style("copies", 12))
        ends = [";"] * (len(letter.copies) - 1) + ["."]
        rest = [Paragraph(f"- {escape(t)}{e}", item) for t, e in zip(letter.copies, ends, strict=True)]
        self.left = [head, *rest] if letter.copies else []

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        self.width = width
        self.heights = [p.wrap(72 * mm, height)[1] for p in self.left]
        self.height = max(sum(self.heights), 17 * len(self.letter.titles) + 38 * mm)
        return width, self.height

    def draw(self) -> None:
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
