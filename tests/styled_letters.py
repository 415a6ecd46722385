"""Letters in the styles of many kinds of offices, as text and as pages with places; names and numbers are invented."""

from __future__ import annotations

from dataclasses import dataclass

from models.document import Document
from tests.documents import from_text, scanned

STATE = ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc")
PARTY = ("ĐẢNG CỘNG SẢN VIỆT NAM",)
_WIDE = 5.6  # points a character, as `scanned` sets them
_ROW = 16.0


@dataclass(frozen=True, slots=True)
class Style:
    """One letter as its office sets it, and what is to be read out of it.

    Attributes:
        head: Lines of the left column, the parent's first.
        number: The number line as printed.
        dated: The place-date line as printed.
        title: Lines of the type's name and the subject under it; () for a công văn.
        about: Lines under the number from "V/v" on.
        to: Lines of the addressees, "Kính gửi" first.
        body: Paragraphs.
        copies: Lines of "Nơi nhận", its label first.
        signed: Lines of the signature block.
        want: Expected values by field; a missing field is not looked at.
    """

    name: str
    head: tuple[str, ...]
    number: str
    dated: str
    want: dict[str, str | None]
    title: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    to: tuple[str, ...] = ()
    body: tuple[str, ...] = ("Thực hiện chương trình công tác năm, cơ quan thông báo để các đơn vị biết, thực hiện./.",)
    copies: tuple[str, ...] = ("Nơi nhận:", "- Như trên;", "- Lưu: VT.")
    signed: tuple[str, ...] = ()
    motto: tuple[str, ...] = STATE


def as_text(style: Style) -> Document:
    """The letter as a plain text, block after block."""
    blocks = (
        (*style.head, style.number, *style.about), (*style.motto, style.dated), style.title, style.to, style.body,
        style.copies, style.signed,
    )  # fmt: skip
    return from_text("\n\n".join("\n".join(block) for block in blocks if block))


def as_page(style: Style) -> Document:
    """The letter as one page in two columns, as Decree 30/2020 places its parts."""
    return scanned(page_lines(style))


def page_lines(style: Style) -> list[tuple[str, float, float]]:
    """The lines with their left edge and top."""
    lines: list[tuple[str, float, float]] = []

    def put(text: str, middle: float, top: float) -> None:
        lines.append((text, middle - len(text) * _WIDE / 2, top))

    for i, text in enumerate(style.head):
        put(text, 160, 50 + i * _ROW)
    for i, text in enumerate(style.motto):
        put(text, 420, 50 + i * _ROW)
    row = 50 + max(len(style.head), len(style.motto)) * _ROW + 8
    put(style.number, 160, row)
    put(style.dated, 420, row)
    for i, text in enumerate(style.about, start=1):
        put(text, 160, row + i * _ROW)
    y = row + (len(style.about) + 2) * _ROW
    for text in style.title:
        put(text, 308, y)
        y += _ROW
    y += 10 if style.title else 0
    for i, text in enumerate(style.to):
        lines.append((text, 150 if i == 0 else 190, y))
        y += _ROW
    y += 10
    for paragraph in style.body:
        for i, text in enumerate(_wrapped(paragraph, 80)):
            lines.append((text, 113 if i == 0 else 85, y))
            y += _ROW
    y += 14
    for i, text in enumerate(style.copies):
        lines.append((text, 85, y + i * 14))
    gap = 0.0
    for i, text in enumerate(style.signed):
        gap += 60 if i and i == len(style.signed) - 1 and not text.isupper() else 0
        put(text, 430, y + i * _ROW + gap)
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    rows, row = [], ""
    for word in text.split():
        if row and len(row) + 1 + len(word) > width:
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}".strip()
    return [*rows, row]
