"""PDF/A-2b of scanned pages: each page its picture, and under it, unseen, the words that were read on it.

Every page is one picture in sRGB or grey and a layer of invisible text in one embedded font, so that what the norm
forbids (fonts from elsewhere, transparency, scripts, forms, encryption) cannot get in.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np
import pikepdf
from pikepdf import Array, Dictionary, Name, Stream, String
from PIL import Image

from models.document import Line, Page, Word
from pipeline.engines import blank_font, srgb
from pipeline.engines.image import Pixels, turn
from pipeline.engines.sheets import Sheet

PRODUCER = "congvan"
_QUALITY = 88
_COLOURLESS = 12  # of 255: colours that differ by no more are grey
_COLOURED = 0.0002  # share of pixels that make a page one in colour
_FALL = 0.2  # of the line's height that lies below the base line


@dataclass(frozen=True, slots=True)
class About:
    """What the file says of itself.

    Attributes:
        made: Time in UTC of what is described; the same input gives the same bytes.
    """

    title: str
    author: str | None
    identifier: str
    made: datetime


def write(path: Path, sheets: Iterable[tuple[Sheet, Page]], about: About) -> int:
    """Write the pages, each with what was read on it; gives back their number."""
    with pikepdf.new() as pdf:
        font = _font(pdf)
        for sheet, page in sheets:
            _add_page(pdf, font, sheet, page)
        _describe(pdf, about)
        count = len(pdf.pages)
        pdf.save(
            path,
            min_version="1.7",
            object_stream_mode=pikepdf.ObjectStreamMode.disable,
            deterministic_id=True,
        )
    return count


def _add_page(pdf: pikepdf.Pdf, font: pikepdf.Object, sheet: Sheet, page: Page) -> None:
    picture, upright = _picture(pdf, sheet, page.rotation)
    width, height = (upright.shape[1] * 72 / sheet.dpi, upright.shape[0] * 72 / sheet.dpi)
    # Read at another density the same page may differ by a pixel; words keep to the page that was read.
    scale = (width / page.width, height / page.height) if page.width and page.height else (1.0, 1.0)
    text = "\n".join(_text(page))
    matrix = _tilted(page.skew, width, height, scale)
    content = f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Page Do Q\n"
    if text:
        content += f"q {matrix} cm BT 3 Tr\n{text}\nET Q\n"
    resources = Dictionary(XObject=Dictionary(Page=picture), Font=Dictionary(Words=font))
    box = Array([0, 0, round(width, 3), round(height, 3)])
    made = Dictionary(Type=Name.Page, MediaBox=box, Resources=resources, Contents=pdf.make_stream(content.encode()))
    pdf.pages.append(pikepdf.Page(pdf.make_indirect(made)))


def _picture(pdf: pikepdf.Pdf, sheet: Sheet, rotation: int) -> tuple[Stream, Pixels]:
    """The upright page as a picture of the file, and as pixels."""
    upright = turn(sheet.pixels, rotation)
    if sheet.jpeg is not None and rotation == 0:
        with Image.open(io.BytesIO(sheet.jpeg)) as image:
            return _image(pdf, sheet.jpeg, image.size, grey=image.mode == "L", code=Name.DCTDecode), upright
    pixels = _without_needless_colour(upright)
    size = (pixels.shape[1], pixels.shape[0])
    if pixels.ndim == 2 and _is_bilevel(pixels):
        bits = np.packbits(pixels > 127, axis=1).tobytes()
        return _image(pdf, bits, size, grey=True, bits=1), upright
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    return _image(pdf, buffer.getvalue(), size, grey=pixels.ndim == 2, code=Name.DCTDecode), upright


def _image(
    pdf: pikepdf.Pdf, data: bytes, size: tuple[int, int], *, grey: bool, code: Name | None = None, bits: int = 8
) -> Stream:
    stream = pdf.make_stream(data)
    stream.Type, stream.Subtype = Name.XObject, Name.Image
    stream.Width, stream.Height = size
    stream.ColorSpace = Name.DeviceGray if grey else Name.DeviceRGB
    stream.BitsPerComponent = bits
    if code is not None:
        stream.Filter = code
    return stream


def _without_needless_colour(pixels: Pixels) -> Pixels:
    """Grey where the scan has no colours but those of noise."""
    if pixels.ndim == 2:
        return pixels
    sample = pixels[::3, ::3].astype(np.int16)
    coloured = (sample.max(axis=2) - sample.min(axis=2) > _COLOURLESS).mean()
    return np.asarray(Image.fromarray(pixels).convert("L")) if coloured < _COLOURED else pixels


def _is_bilevel(pixels: Pixels) -> bool:
    return bool(((pixels == 0) | (pixels == 255)).all())


def _tilted(skew: float, width: float, height: float, scale: tuple[float, float]) -> str:
    """The matrix that lays words of the straightened page on the page as tilted as it came, clockwise by `skew`."""
    cos, sin = math.cos(math.radians(skew)), math.sin(math.radians(skew))
    x, y = width / 2, height / 2
    values = (
        cos * scale[0], -sin * scale[0], sin * scale[1], cos * scale[1],
        x - cos * x - sin * y, y + sin * x - cos * y,
    )  # fmt: skip
    return " ".join(f"{value:.5f}" for value in values)


def _text(page: Page) -> Iterator[str]:
    """Operators that set every word of the page in its place."""
    for line in page.lines:
        words = line.words or (Word(line.text, line.bbox),)
        for number, word in enumerate(words):
            if set_word := _word(word, line, page.height, last=number == len(words) - 1):
                yield set_word


def _word(word: Word, line: Line, height: float, *, last: bool) -> str | None:
    box, row = word.bbox, line.bbox or word.bbox
    text = "".join(c for c in word.text if c.isprintable() and ord(c) < 0x10000 and not 0xD800 <= ord(c) < 0xE000)
    if box is None or row is None or not text or box.width <= 0 or row.height <= 0:
        return None
    # One size and one base line for a line, or programs that copy the text tear it apart; a stray box goes by itself.
    row = row if row.height < 2 * box.height else box
    size = row.height
    stretch = 100 * box.width / (len(text) * size * blank_font.ADVANCE / blank_font.UNITS)
    base = height - row.bottom + _FALL * size
    code = (text if last else text + " ").encode("utf-16-be").hex().upper()
    return f"/Words {size:.2f} Tf {stretch:.2f} Tz 1 0 0 1 {box.x0:.2f} {base:.2f} Tm <{code}> Tj"


def _font(pdf: pikepdf.Pdf) -> pikepdf.Object:
    """The blank font for all of the basic plane: any code shows the one blank letter and means itself."""
    name = Name("/CongvanBlank")
    program = pdf.make_stream(blank_font.font())
    program.Length1 = len(blank_font.font())
    descriptor = Dictionary(
        Type=Name.FontDescriptor, FontName=name, Flags=4, ItalicAngle=0, StemV=80, MissingWidth=blank_font.ADVANCE,
        Ascent=blank_font.ASCENT, Descent=blank_font.DESCENT, CapHeight=blank_font.ASCENT,
        FontBBox=Array([0, blank_font.DESCENT, blank_font.ADVANCE, blank_font.ASCENT]),
        FontFile2=program,
    )  # fmt: skip
    descendant = Dictionary(
        Type=Name.Font, Subtype=Name.CIDFontType2, BaseFont=name, DW=blank_font.ADVANCE,
        CIDSystemInfo=Dictionary(Registry=String("Adobe"), Ordering=String("Identity"), Supplement=0),
        CIDToGIDMap=pdf.make_stream(b"\0\1" * 0x10000),
        FontDescriptor=pdf.make_indirect(descriptor),
    )  # fmt: skip
    return pdf.make_indirect(
        Dictionary(
            Type=Name.Font, Subtype=Name.Type0, BaseFont=name, Encoding=Name("/Identity-H"),
            DescendantFonts=Array([pdf.make_indirect(descendant)]), ToUnicode=pdf.make_stream(_unicode()),
        )
    )  # fmt: skip


@cache
def _unicode() -> bytes:
    """The map from codes to Unicode: itself. A range may not go beyond its last byte, nor a block beyond 100."""
    rows = [f"<{high:02X}00> <{high:02X}FF> <{high:02X}00>" for high in range(256) if not 0xD8 <= high < 0xE0]
    blocks = [rows[start : start + 100] for start in range(0, len(rows), 100)]
    ranges = "\n".join(f"{len(block)} beginbfrange\n" + "\n".join(block) + "\nendbfrange" for block in blocks)
    return (
        "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n"
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
        "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n"
        "1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n"
        f"{ranges}\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n"
    ).encode()


def _describe(pdf: pikepdf.Pdf, about: About) -> None:
    """Metadata, the meaning of colours, and the language."""
    profile = pdf.make_stream(srgb.profile())
    profile.N = 3
    intent = Dictionary(
        Type=Name.OutputIntent, S=Name.GTS_PDFA1, DestOutputProfile=profile,
        OutputConditionIdentifier=String("sRGB"), Info=String("sRGB IEC61966-2.1"),
    )  # fmt: skip
    pdf.Root.OutputIntents = Array([pdf.make_indirect(intent)])
    pdf.Root.Lang = String("vi")
    # Written by hand, one description for each schema: some validators understand no other order of the same words.
    pdf.Root.Metadata = pdf.make_stream(_packet(about).encode(), Type=Name.Metadata, Subtype=Name.XML)
    day = about.made.strftime("D:%Y%m%d%H%M%S+00'00'")
    said = {"/Title": about.title, "/Creator": PRODUCER, "/Producer": PRODUCER, "/CreationDate": day, "/ModDate": day}
    for key, value in {**said, **({"/Author": about.author} if about.author else {})}.items():
        pdf.docinfo[key] = value


def _packet(about: About) -> str:
    """The same in XMP, as the norm wants it."""
    day = about.made.strftime("%Y-%m-%dT%H:%M:%S+00:00")
    author = f"<dc:creator><rdf:Seq><rdf:li>{escape(about.author or '')}</rdf:li></rdf:Seq></dc:creator>"
    schemas = {
        "pdfaid http://www.aiim.org/pdfa/ns/id/": "<pdfaid:part>2</pdfaid:part>"
        "<pdfaid:conformance>B</pdfaid:conformance>",
        "dc http://purl.org/dc/elements/1.1/": "<dc:format>application/pdf</dc:format>"
        f'<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{escape(about.title)}</rdf:li></rdf:Alt></dc:title>'
        f"{author if about.author else ''}<dc:identifier>{escape(about.identifier)}</dc:identifier>",
        "xmp http://ns.adobe.com/xap/1.0/": f"<xmp:CreatorTool>{PRODUCER}</xmp:CreatorTool>"
        f"<xmp:CreateDate>{day}</xmp:CreateDate><xmp:ModifyDate>{day}</xmp:ModifyDate>",
        "pdf http://ns.adobe.com/pdf/1.3/": f"<pdf:Producer>{PRODUCER}</pdf:Producer>",
    }
    described = "\n".join(
        f'<rdf:Description rdf:about="" xmlns:{name.split()[0]}="{name.split()[1]}">{properties}</rdf:Description>'
        for name, properties in schemas.items()
    )
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>\n<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n{described}\n</rdf:RDF>\n</x:xmpmeta>\n'
        '<?xpacket end="w"?>'
    )
