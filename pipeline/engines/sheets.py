"""Pages as anybody sees them, for preservation copies: signatures, stamps and all, at the density of the scan."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image

from models.document import Source
from models.errors import InputError
from pipeline import ingest
from pipeline.engines.image import Pixels
from pipeline.engines.pdf import PdfFile
from pipeline.ingest import Limits

LEAST_DPI, MOST_DPI, DRAWN_DPI = 200.0, 600.0, 300.0
_WHOLE = 0.97  # share of the page that its only picture must cover
_THUMB, _UNLIKE = (96, 128), 6.0  # pixels; mean difference of 255
_OBLONG = 0.01  # a fax has pixels that are not square


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a file.

    Attributes:
        number: 1-based, in the file.
        pixels: RGB or grey, as the page lies in the file.
        dpi: Pixels per inch.
        jpeg: The page as JPEG where the file itself holds it so; it need not be coded, and lose, a second time.
    """

    number: int
    pixels: Pixels
    dpi: float
    jpeg: bytes | None = None


def sheets(source: Source, limits: Limits, numbers: Sequence[int]) -> Iterator[Sheet]:
    """The pages `numbers` of a file, one in memory at a time; none for text.

    Raises:
        InputError: if the file is damaged or a page over a limit.
    """
    if source.media_type == ingest.PDF:
        yield from _of_pdf(source, limits, numbers)
    elif source.media_type != ingest.TEXT:
        data = source.path.read_bytes() if source.media_type == ingest.JPEG else b""
        for frame in ingest.frames(source, limits):
            if frame.number in numbers:
                same = _is_plain_jpeg(data, frame.pixels.shape[:2])
                yield Sheet(frame.number, frame.pixels, frame.dpi, data if same else None)


def _of_pdf(source: Source, limits: Limits, numbers: Sequence[int]) -> Iterator[Sheet]:
    readable = PdfFile(source, limits)  # checks limits, and says how dense each scan is
    try:
        densities = {number: readable.signals(number) for number in numbers}
    finally:
        readable.close()
    document = pdfium.PdfDocument(source.path)
    try:
        document.init_forms()
        for number in numbers:
            page, signals = document[number - 1], densities[number]
            scanned = signals.cover >= 0.3 and signals.image_dpi
            dpi = min(max(signals.image_dpi, LEAST_DPI), MOST_DPI) if scanned else DRAWN_DPI
            if page.get_width() * page.get_height() * (dpi / 72) ** 2 > limits.pixels:
                raise InputError("too_large", f"page {number} at {dpi:.0f} dpi")
            yield _sheet(page, number, dpi)
            page.close()
    finally:
        document.close()


def _sheet(page: pdfium.PdfPage, number: int, dpi: float) -> Sheet:
    """The page as drawn; where it is one picture, that picture itself if it is black and white, or a JPEG."""
    pixels = _rgb(page.render(scale=dpi / 72, may_draw_forms=True, rev_byteorder=True).to_numpy())
    picture = _only_picture(page)
    if picture is None:
        return Sheet(number, pixels, dpi)
    if picture.get_filters() == ["DCTDecode"]:
        jpeg = bytes(picture.get_data())
        kept = _is_plain_jpeg(jpeg, None) and _alike(_opened(jpeg), pixels)
        return Sheet(number, pixels, dpi, jpeg if kept else None)
    if picture.get_metadata().bits_per_pixel == 1:
        own = _rgb(picture.get_bitmap().to_numpy())
        own = own if own.ndim == 2 else np.ascontiguousarray(own[:, :, 0])
        if _alike(own, pixels):
            return Sheet(number, own, own.shape[1] * 72 / page.get_width())
    return Sheet(number, pixels, dpi)


def _rgb(pixels: Pixels) -> Pixels:
    if pixels.ndim == 3:
        pixels = pixels[:, :, :3] if pixels.shape[2] >= 3 else pixels[:, :, 0]
    return np.ascontiguousarray(pixels)


def _only_picture(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The picture that is all there is to see on a page, upright and whole; None if the page is anything else."""
    if page.get_rotation() or raw.FPDFPage_GetAnnotCount(page):
        return None
    pictures = []
    for item in page.get_objects(max_depth=1):
        hidden = item.type == raw.FPDF_PAGEOBJ_TEXT and raw.FPDFTextObj_GetTextRenderMode(item.raw) == 3
        if item.type == raw.FPDF_PAGEOBJ_IMAGE:
            pictures.append(item)
        elif not hidden:
            return None
    if len(pictures) != 1:
        return None
    matrix = pictures[0].get_matrix()
    wide, high, off = page.get_width(), page.get_height(), 1 - _WHOLE
    level = abs(matrix.b) < 0.01 and abs(matrix.c) < 0.01 and matrix.a > 0 and matrix.d > 0
    corner = abs(matrix.e) <= off * wide and abs(matrix.f) <= off * high
    whole = abs(matrix.a / wide - 1) <= off and abs(matrix.d / high - 1) <= off
    return pictures[0] if level and corner and whole else None


def _opened(jpeg: bytes) -> Pixels:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("L"))


def _alike(own: Pixels, drawn: Pixels) -> bool:
    """Whether a picture looks like the drawn page: what masks, colour tables and oblong pixels do is seen here."""
    shapes = own.shape[0] / own.shape[1], drawn.shape[0] / drawn.shape[1]
    if abs(shapes[0] / shapes[1] - 1) > _OBLONG:
        return False
    small, page = (
        np.asarray(Image.fromarray(pixels).convert("L").resize(_THUMB, Image.Resampling.BOX), np.int16)
        for pixels in (own, drawn)
    )
    return bool(np.abs(small - page).mean() < _UNLIKE)


def _is_plain_jpeg(data: bytes, size: tuple[int, ...] | None) -> bool:
    """Whether a JPEG is grey or RGB and not turned by a tag; `size` is the height and width it must have."""
    if not data:
        return False
    try:
        with Image.open(io.BytesIO(data)) as image:
            plain = image.format == "JPEG" and image.mode in ("L", "RGB") and image.getexif().get(0x0112, 1) == 1
            return plain and (size is None or (image.height, image.width) == tuple(size))
    except (OSError, ValueError, SyntaxError):
        return False
