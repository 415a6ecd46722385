"""The README's picture: a scanned page with the places of its fields, beside the record made of it.

Usage: python -m benchmarks.picture data/raw/tb-415-ubnd.jpg docs/images/letter.jpg
"""

from __future__ import annotations

import sys
import textwrap
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

from models.letter import Citation, Letter
from pipeline import ingest
from pipeline.engines import pdf
from pipeline.ingest import Limits
from pipeline.run import Reader

FONTS = Path("/usr/share/fonts/truetype/liberation2")
HEIGHT = 1100
SHOWN = 0.7  # share of the page that is kept
FIELDS = (
    ("number", "số, ký hiệu", "#c0392b"), ("issued_on", "ngày", "#2980b9"), ("issuer", "cơ quan", "#8e44ad"),
    ("doc_type", "loại", "#16a085"), ("subject", "trích yếu", "#d35400"), ("urgency", "độ khẩn", "#c0392b"),
    ("signer", "người ký", "#27ae60"),
)  # fmt: skip
CITED = "#7f8c8d"


def page_image(path: Path) -> Image.Image:
    """The first page, as scanned."""
    limits = Limits()
    source = ingest.identify(path, limits)
    if source.media_type == ingest.PDF:
        file = pdf.PdfFile(source, limits)
        return Image.fromarray(file.render(1, file.signals(1))[0]).convert("RGB")
    return Image.fromarray(next(iter(ingest.frames(source, limits))).pixels).convert("RGB")


def shown(value: Any) -> str:
    """A field's value in words."""
    if hasattr(value, "position"):
        return f"{value.name}\n{value.capacity or ''} / {value.position or ''}"
    return str(getattr(value, "name", value))


def cited(citation: Citation) -> str:
    """One citation in a line."""
    day = f" · {citation.issued_on:%d/%m/%Y}" if citation.issued_on else ""
    return f"{citation.relation}: {citation.number}{day}\n{citation.issuer or ''}"


def draw(letter: Letter, page: Image.Image) -> Image.Image:
    """Page and record side by side."""
    scale = HEIGHT / page.height
    page = page.resize((round(page.width * scale), HEIGHT))
    to_pixels = HEIGHT / letter.pages[0].height
    picture = Image.new("RGB", (page.width + 560, HEIGHT), "white")
    picture.paste(page, (0, 0))
    pen = ImageDraw.Draw(picture)
    label = ImageFont.truetype(str(FONTS / "LiberationSans-Bold.ttf"), 15)
    text = ImageFont.truetype(str(FONTS / "LiberationSans-Regular.ttf"), 17)
    left, top = page.width + 24, 22
    for name, vietnamese, colour in FIELDS:
        field = getattr(letter, name)
        if field is None:
            continue
        if field.page == 1 and field.bbox is not None:
            pen.rectangle([v * to_pixels for v in field.bbox.as_list()], outline=colour, width=3)
        pen.text((left, top), f"{vietnamese}   {field.confidence:.2f}", fill=colour, font=label)
        lines = [part for line in shown(field.value).split("\n") for part in textwrap.wrap(line, 54)]
        pen.multiline_text((left, top + 20), "\n".join(lines), fill="black", font=text, spacing=5)
        top += 32 + 23 * len(lines)
    for citation in letter.citations:
        for mention in citation.mentions:
            if mention.page == 1 and mention.bbox is not None:
                pen.rectangle([v * to_pixels for v in mention.bbox.as_list()], outline=CITED, width=2)
        pen.text((left, top), "căn cứ, viện dẫn", fill=CITED, font=label)
        lines = [part for line in cited(citation).split("\n") for part in textwrap.wrap(line, 54)]
        pen.multiline_text((left, top + 20), "\n".join(lines), fill="black", font=text, spacing=5)
        top += 32 + 23 * len(lines)
    return picture


def main(source: str, target: str) -> None:
    """Read, draw, save."""
    letter = Reader().read(Path(source))[0]
    picture = draw(letter, page_image(Path(source)))
    picture.crop((0, 0, picture.width, round(picture.height * SHOWN))).save(target, quality=82)


if __name__ == "__main__":
    main(*sys.argv[1:3])
