"""Sets a letter as a PDF in the layout of Decree 30/2020: boxes, sizes, rules under names, landscape annex."""

from __future__ import annotations

import io
import re
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
from benchmarks.synthetic.blocks import Anchor, Head, Marks, Rule, Tail, style
from benchmarks.synthetic.content import Letter, paragraphs

FONT_DIR = Path("/usr/share/fonts/truetype/liberation2")
FACES = {"Serif": "Regular", "Serif-Bold": "Bold", "Serif-Italic": "Italic", "Serif-BoldItalic": "BoldItalic"}
MARGINS = {"left": 30 * mm, "right": 17 * mm, "top": 18 * mm, "bottom": 18 * mm}


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
    marks = Marks()
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


def _marked_up(text: str) -> str:
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", escape(text, quote=False))


def _story(letter: Letter, by_hand: frozenset[str], size: float, marks: Marks) -> list[Flowable]:
    story: list[Flowable] = [Head(letter, by_hand, marks), Spacer(0, 10)]
    centred = style("centred", size, alignment=TA_CENTER)
    if letter.type_name:
        story += [
            Paragraph(f"<b>{letter.type_name}</b>", style("type", size + 0.5, alignment=TA_CENTER, spaceBefore=4))
        ]
        subject = ParagraphStyle("title", centred, leftIndent=12 * mm, rightIndent=12 * mm)
        story += [Paragraph(f"<b>{escape(letter.subject)}</b>", subject), Rule(50 * mm), Spacer(0, 8)]
    story += [Paragraph(f"<b>{line}</b>", centred) for line in letter.authority]
    story += _addressees(letter.recipients, size)
    body = _body(letter.body, size)
    # A signature never stands alone on a page: the last paragraph goes with it.
    story += [*body[:-1], KeepTogether([body[-1], Spacer(0, 8), Tail(letter, marks)])]
    return story + (_annex(letter, size) if letter.annex else [])


def _addressees(recipients: tuple[str, ...], size: float) -> list[Flowable]:
    if not recipients:
        return []
    left = style("to", size, leftIndent=24 * mm)
    if len(recipients) == 1:
        return [
            Paragraph(f"Kính gửi: {escape(recipients[0])}.", style("to1", size, alignment=TA_CENTER)),
            Spacer(0, 8),
        ]
    ends = [";"] * (len(recipients) - 1) + ["."]
    items = style("item", size, leftIndent=40 * mm, firstLineIndent=-2.6 * mm, alignment=TA_LEFT)
    lines = [Paragraph(f"- {escape(r)}{end}", items) for r, end in zip(recipients, ends, strict=True)]
    return [Paragraph("Kính gửi:", left), *lines, Spacer(0, 8)]


def _body(body: str, size: float) -> list[Flowable]:
    justified = style("body", size, alignment=TA_JUSTIFY, firstLineIndent=10 * mm, spaceBefore=5)
    flow: list[Flowable] = []
    for line in paragraphs(body):
        if line.startswith("# "):
            flow.append(
                Paragraph(f"<b>{escape(line[2:])}</b>", style("heading", size, alignment=TA_CENTER, spaceBefore=6))
            )
        elif line.startswith("^ "):
            flow.append(Paragraph(f"<i>{_marked_up(line[2:])}</i>", justified))
        else:
            flow.append(Paragraph(_marked_up(line), justified))
    return flow


def _annex(letter: Letter, size: float) -> list[Flowable]:
    annex = letter.annex
    assert annex is not None
    centred = style("annex", size, alignment=TA_CENTER)
    story: list[Flowable] = [NextPageTemplate("landscape" if annex.landscape else "portrait"), PageBreak()]
    story += [Paragraph(f"<b>{escape(line)}</b>", centred) for line in annex.heading]
    story += [Paragraph(f"<i>{escape(annex.recap)}</i>", centred), Rule(40 * mm), Spacer(0, 6)]
    story += _body(annex.body, size)
    if annex.table:
        unit = ParagraphStyle("unit", style("u", 10), alignment=2, spaceAfter=3)
        story += [Paragraph(f"<i>{escape(annex.table.unit)}</i>", unit), table_flowable(annex.table)]
    return story
