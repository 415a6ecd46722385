"""Random annexes: 5 to 40 columns, 3 to 60 rows, one to six pages, set in several faces and scanned at four levels.

What varies: depth and grouping of the head, a row of column numbers, section rows, cells merged down and across, face,
weight of the rules, paper across or upright, whether the head is printed again, and how much is ruled: all, only lines
across, only a line above and below the head, or nothing.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from pathlib import Path

import numpy as np
import pypdfium2 as pdfium
from reportlab.lib.colors import black
from reportlab.lib.enums import TA_CENTER, TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A3, A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as TableFlowable

from benchmarks.synthetic import degrade
from benchmarks.synthetic.degrade import Picture

WORDS = (
    "xây dựng nâng cấp cải tạo hệ thống đường trường học trạm y tế kênh thủy lợi cầu chợ xã phường huyện giai đoạn "
    "nhà văn hóa điện chiếu sáng cấp nước khu dân cư trung tâm công nghệ thông tin mở rộng sửa chữa tuyến"
).split()
LEVELS = ("clean", "colour", "photocopy", "bilevel")
FULL, ACROSS, HEAD, NONE = "full", "across", "head", "none"
_FONTS = Path("/usr/share/fonts/truetype")
FACES = {
    "Serif": "liberation2/LiberationSerif-{}.ttf",
    "Sans": "liberation2/LiberationSans-{}.ttf",
    "DejaVu": "dejavu/DejaVuSerifCondensed{}.ttf",
}
Merge = tuple[int, int, int, int]  # row, column, last row, last column


@dataclass(frozen=True, slots=True)
class Look:
    """How a table is set: `rules` is one of `FULL`, `ACROSS`, `HEAD`, `NONE`; `weight` in points."""

    face: str = "Serif"
    weight: float = 0.5
    rules: str = FULL
    repeat: bool = True
    upright: bool = False
    titled: bool = False
    padding: int = 2


@dataclass(frozen=True, slots=True)
class Annex:
    """A table to be set.

    Attributes:
        head: Rows of the head, with the row of column numbers.
        rows: Head and body, merged cells filled only at their top left.
        merges: Inclusive corners, rows counted with the head.
        texts: Columns of words on the left.
    """

    head: int
    rows: tuple[tuple[str, ...], ...]
    merges: tuple[Merge, ...]
    texts: int
    look: Look = field(default_factory=Look)

    @property
    def size(self) -> tuple[int, int]:
        """Body rows and columns."""
        return len(self.rows) - self.head, len(self.rows[0])


def register_faces() -> None:
    """Make the faces known to the PDF writer.

    Raises:
        FileNotFoundError: with the packages to install.
    """
    for name, pattern in FACES.items():
        regular, bold = ("Regular", "Bold") if "liberation" in pattern else ("", "-Bold")
        for face, path in ((name, pattern.format(regular)), (f"{name}-Bold", pattern.format(bold))):
            if not (_FONTS / path).exists():
                raise FileNotFoundError(f"{_FONTS / path}: install fonts-liberation2 and fonts-dejavu")
            pdfmetrics.registerFont(TTFont(face, str(_FONTS / path)))
        pdfmetrics.registerFontFamily(name, name, f"{name}-Bold", name, f"{name}-Bold")


def random_annex(rng: np.random.Generator, rules: str | None = None) -> Annex:
    """A random table; without `rules` one in eight has none and one in eight only some."""
    columns, body = int(rng.integers(5, 41)), int(rng.integers(3, 61))
    rules = rules or str(rng.choice([FULL] * 12 + [ACROSS, HEAD, NONE, NONE]))
    look = Look(
        face=str(rng.choice(list(FACES))),
        weight=float(rng.choice([0.35, 0.5, 0.75, 1.0])),
        rules=rules,
        repeat=bool(rng.random() < 0.7),
        upright=bool(columns <= 9 and rng.random() < 0.6),
        titled=bool(rng.random() < 0.6),
        padding=int(rng.choice([2, 2, 3, 5, 9, 14])) + (rules != FULL),
    )
    texts = 2 if columns < 12 else 3
    head, merges = _head(rng, columns, texts, deep=rules == FULL)
    if rng.random() < 0.3:
        head.append([str(place) for place in range(1, columns + 1)])
    rows = [*head, *_body(rng, columns, texts, body)]
    if rules == FULL:
        merges += _body_merges(rng, rows, len(head), texts)
    return Annex(len(head), tuple(map(tuple, rows)), tuple(m for m in merges if m[:2] != m[2:]), texts, look)


def _head(rng: np.random.Generator, columns: int, texts: int, *, deep: bool) -> tuple[list[list[str]], list[Merge]]:
    depth = int(rng.choice([1, 2, 2, 3])) if deep else 1
    head = [[""] * columns for _ in range(depth)]
    merges: list[Merge] = []

    def divide(level: int, start: int, stop: int) -> None:
        place = start
        while place < stop:
            width = min(int(rng.integers(1, 5 if level == 0 else 3)), stop - place)
            last = place + width - 1
            leaf = width == 1 or level == depth - 1
            for column in range(place, last + 1) if leaf else (place,):
                head[level][column] = _words(rng, 1 if level else 2)
            if leaf:
                merges.extend((level, column, depth - 1, column) for column in range(place, last + 1))
            else:
                merges.append((level, place, level, last))
                divide(level + 1, place, last + 1)
            place += width

    for column in range(texts):
        head[0][column] = "TT" if column == 0 else _words(rng, 2)
        merges.append((0, column, depth - 1, column))
    divide(0, texts, columns)
    return head, merges


def _body(rng: np.random.Generator, columns: int, texts: int, body: int) -> Iterator[list[str]]:
    ordinal = 0
    for index in range(body):
        if index % 9 == 4:
            yield ["I" * (1 + index // 9 % 3), _words(rng, 3), *[""] * (columns - 2)]
            continue
        ordinal += 1
        names = [_words(rng, int(rng.integers(2, 7))) for _ in range(texts - 1)]
        yield [str(ordinal), *names, *(_figure(rng, 5 if columns < 16 else 3.9) for _ in range(columns - texts))]


def _body_merges(rng: np.random.Generator, rows: list[list[str]], head: int, texts: int) -> list[Merge]:
    """Section titles across, names and shared figures down, a remark across figures.

    Those that go down stand early, so that no page ends within them.
    """
    columns, merges = len(rows[0]), []
    whole = rng.random() < 0.5
    for row in range(head, len(rows)):
        if not rows[row][0].isdigit():
            merges.append((row, 1, row, columns - 1 if whole else texts - 1))
    taken: set[int] = set()
    for _ in range(int(rng.integers(0, 4))):
        column, start = int(rng.integers(1, columns)), head + int(rng.integers(0, 6))
        stop = start + int(rng.integers(1, 3))
        plain = stop < len(rows) and all(row[0].isdigit() for row in rows[start : stop + 1])
        if plain and column not in taken and rows[start][column]:
            taken.add(column)
            merges.append((start, column, stop, column))
            for row in range(start + 1, stop + 1):
                rows[row][column] = ""
    row = head + int(rng.integers(0, len(rows) - head))
    start = int(rng.integers(texts, columns - 1))
    if rng.random() < 0.4 and rows[row][0].isdigit() and not taken & {start, start + 1}:
        rows[row][start : start + 2] = [_words(rng, 2), ""]
        merges.append((row, start, row, start + 1))
    return merges


def _words(rng: np.random.Generator, count: int) -> str:
    text = " ".join(rng.choice(WORDS, count))
    return text[0].upper() + text[1:]


def _figure(rng: np.random.Generator, largest: float) -> str:
    if rng.random() < 0.12:
        return str(rng.choice(["", "0", "-"]))
    return f"{int(10 ** rng.uniform(0, largest)):,}".replace(",", ".")


def set_pdf(annex: Annex) -> bytes:
    """The annex on as many pages as it needs."""
    columns, texts, look = len(annex.rows[0]), annex.texts, annex.look
    page = A4 if look.upright else landscape(A3 if columns > 24 else A4)
    size = 8.5 if columns <= 14 else 7.0 if columns <= 20 else 6.0
    room = page[0] - 60
    narrow = min(44.0, (room - 24 - 90 * (texts - 1)) / (columns - texts))
    wide = (room - 24 - narrow * (columns - texts)) / (texts - 1)
    widths = [24.0, *([wide] * (texts - 1)), *([narrow] * (columns - texts))]
    style: list[tuple[object, ...]] = [("VALIGN", (0, 0), (-1, -1), "MIDDLE"), *_rules(annex)]
    style += [("SPAN", (c, r), (last_c, last_r)) for r, c, last_r, last_c in annex.merges]
    style += [(f"{side}PADDING", (0, 0), (-1, -1), 2) for side in ("LEFT", "RIGHT")]
    style += [(f"{side}PADDING", (0, 0), (-1, -1), look.padding) for side in ("TOP", "BOTTOM")]
    cells = [[_cell(text, size, annex, r, c) for c, text in enumerate(row)] for r, row in enumerate(annex.rows)]
    table = TableFlowable(cells, colWidths=widths, style=style, repeatRows=annex.head if look.repeat else 0)
    buffer = io.BytesIO()
    margins = {"leftMargin": 28, "rightMargin": 28, "topMargin": 40, "bottomMargin": 40}
    SimpleDocTemplate(buffer, pagesize=page, invariant=1, **margins).build([*_title(annex), table])
    return buffer.getvalue()


def _rules(annex: Annex) -> list[tuple[object, ...]]:
    weight, last = annex.look.weight, annex.head - 1
    if annex.look.rules == FULL:
        return [("GRID", (0, 0), (-1, -1), weight, black)]
    if annex.look.rules == ACROSS:
        return [("LINEABOVE", (0, 0), (-1, -1), weight, black), ("LINEBELOW", (0, -1), (-1, -1), weight, black)]
    if annex.look.rules == HEAD:
        return [
            ("LINEABOVE", (0, 0), (-1, 0), weight, black),
            ("LINEBELOW", (0, last), (-1, last), weight, black),
            ("LINEBELOW", (0, -1), (-1, -1), weight, black),
        ]
    return []


def _title(annex: Annex) -> list[Flowable]:
    if not annex.look.titled:
        return []
    centred = ParagraphStyle("title", fontName=f"{annex.look.face}-Bold", fontSize=12, leading=15, alignment=TA_CENTER)
    right = ParagraphStyle("unit", fontName=annex.look.face, fontSize=10, leading=14, alignment=TA_RIGHT)
    title = Paragraph("BIỂU TỔNG HỢP KẾ HOẠCH VÀ GIẢI NGÂN VỐN ĐẦU TƯ CÔNG", centred)
    return [title, Spacer(0, 8), Paragraph("Đơn vị tính: triệu đồng", right), Spacer(0, 6)]


def _cell(text: str, size: float, annex: Annex, row: int, column: int) -> Paragraph:
    head = row < annex.head
    figure = text[:1].isdigit() or text == "-"
    alignment = TA_CENTER if head or column == 0 else TA_RIGHT if figure else TA_LEFT
    face = annex.look.face
    style = ParagraphStyle("cell", fontName=face, fontSize=size, leading=size * 1.15, alignment=alignment)
    return Paragraph(f"<b>{escape(text)}</b>" if head else escape(text), style)


def pictures(pdf: bytes, level: str, rng: np.random.Generator) -> Iterator[tuple[Picture, float]]:
    """The pages as a scanner of that level gives them, each with its dots per inch; some lie on their side."""
    dpi = 200 if level == "bilevel" else 300
    turned = int(rng.choice([0] * 8 + [90, 270]))
    document = pdfium.PdfDocument(pdf)
    for page in document:
        picture: Picture = np.ascontiguousarray(page.render(scale=dpi / 72).to_numpy()[:, :, :3])
        if level != "clean":
            picture = degrade.turn(picture, float(rng.uniform(-2, 2) if level == "bilevel" else rng.uniform(-0.6, 0.6)))
        if level == "colour":
            picture = degrade.scan_noise(picture, rng)
        elif level == "photocopy":
            picture = degrade.photocopy(picture, rng)
        elif level == "bilevel":
            picture = degrade.bilevel(picture, rng)
        yield degrade.rotate(picture, turned) if turned else picture, float(dpi)
