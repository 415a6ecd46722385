"""Small PDF files for tests, drawn with reportlab."""

from __future__ import annotations

import io
from pathlib import Path

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FONT = "/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf"
BODY = [
    "Thực hiện Quyết định số 153/QĐ-TTg ngày 30/01/2018 của Thủ tướng Chính phủ phê duyệt",
    "Chương trình mục tiêu công nghệ thông tin, Ủy ban nhân dân tỉnh đề nghị các đơn vị báo cáo",
    "kết quả triển khai thực hiện trước ngày 24/8/2024 để tổng hợp, trình cấp có thẩm quyền.",
]


def canvas(path: Path, password: str | None = None) -> Canvas:
    if "Serif" not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont("Serif", FONT))
    encrypt = StandardEncryption(password, canPrint=0) if password else None
    return Canvas(str(path), pagesize=A4, encrypt=encrypt)


def write(page: Canvas, lines: list[str], *, top: float = 780, left: float = 72, size: float = 13) -> None:
    page.setFont("Serif", size)
    for i, line in enumerate(lines):
        page.drawString(left, top - 20 * i, line)


def page_image(lines: list[str] | None = None, dpi: int = 100) -> ImageReader:
    """A white page picture, grey where `lines` would be read by an engine."""
    image = Image.new("L", (int(8.27 * dpi), int(11.69 * dpi)), 250)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return ImageReader(io.BytesIO(buffer.getvalue()))
