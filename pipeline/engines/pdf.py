"""PDF files through pypdfium2: what each page is made of, pages as pixels, text that only widgets show.

E-signed letters show their number and day in the appearances of signature widgets, which text extraction does not
see; portals stamp "Người ký … Thời gian ký …" over scans, which a "has text" rule takes for the letter. So widgets
are read first: those that tell who signed become witnesses and are hidden, all others are drawn into the page.
"""

from __future__ import annotations

import io
import math
import re
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw
from numpy.typing import NDArray

from extractors.vi.text import fold, in_old_encoding, normalise
from models.document import Reading, Source
from models.errors import InputError
from models.geometry import BBox
from pipeline.engines.image import Pixels
from pipeline.ingest import Limits

# Words of a signature's own notice, folded; a number or a day typed into a widget has none of them.
NOTICE = re.compile(r"(?:nguoi ky|ky boi)\s*:|thoi gian ky\s*:|signed by\s*:|\d\d:\d\d:\d\d")
_SIGNING_TIME = re.compile(r"\d{1,2}[./-]\d{1,2}[./-]\d{4}\s+\d{1,2}:\d\d(?::\d\d)?")
_MARKED = re.compile(r"[à-ỹđăâêôơưÀ-ỸĐĂÂÊÔƠƯ]")
_NATIVE_DPI = (150.0, 300.0)
_LEAST_DPI = 100.0  # with fewer no reader tells letters


@dataclass(frozen=True, slots=True)
class PageSignals:
    """What decides between a page's text and its image.

    Attributes:
        cover: Share of the page under its largest image.
        image_dpi: Pixels per inch of that image; 0.0 without one.
        characters: Length of the text layer.
        visible: Share of the text objects that are drawn at all; OCR layers are invisible.
        marked: Share of the letters that carry a Vietnamese mark.
        notice: Whether a signature or a portal speaks of itself in it.
        legacy: Whether it is written in an encoding of old fonts (TCVN3, VNI): "Céng hßa", "Coäng hoøa".
    """

    cover: float
    image_dpi: float
    characters: int
    visible: float
    marked: float
    notice: bool
    legacy: bool = False

    @property
    def text_is_the_page(self) -> bool:
        """Whether the text layer is the letter itself."""
        if self.characters < 20 or self.visible < 0.5 or self.legacy:
            return False
        if self.cover < 0.5:
            return self.characters < 60 or self.marked >= 0.12
        # A page-wide picture under real text is a background; under a portal's stamp it is the letter.
        return self.characters >= 400 and self.marked >= 0.15 and not (self.notice and self.characters < 600)

    @property
    def text_may_be_converted(self) -> bool:
        """Whether the text layer is the letter if its old codes can be told."""
        return self.legacy and self.characters >= 20 and self.visible >= 0.5 and self.cover < 0.5


class PdfFile:
    """One open PDF whose signature notices are hidden and whose other widgets are drawn into the pages.

    Raises:
        InputError: encrypted, damaged, or over a limit.
    """

    def __init__(self, source: Source, limits: Limits) -> None:
        self.notices: tuple[Reading, ...] = ()
        self._limits = limits
        self._pdf = _open(source.path.read_bytes())
        if len(self._pdf) > limits.pages:
            raise InputError("too_many_pages", f"{len(self._pdf)} pages, limit {limits.pages}")
        if len(self._pdf) == 0:
            raise InputError("damaged", "no pages")
        if any(_annotations(page) for page in self._pages()):
            self._draw_widgets()

    def __len__(self) -> int:
        return len(self._pdf)

    def close(self) -> None:
        """Free the file's memory."""
        self._pdf.close()

    def data(self) -> bytes:
        """The PDF with its widgets drawn, for readers that want bytes."""
        buffer = io.BytesIO()
        self._pdf.save(buffer)
        return buffer.getvalue()

    def signals(self, number: int) -> PageSignals:
        """What page `number` (1-based) is made of."""
        page = self._pdf[number - 1]
        area = max(page.get_width() * page.get_height(), 1.0)
        cover = dpi = 0.0
        texts = invisible = 0
        for item in page.get_objects(max_depth=3):
            if item.type == raw.FPDF_PAGEOBJ_TEXT:
                texts += 1
                invisible += raw.FPDFTextObj_GetTextRenderMode(item.raw) == 3
            elif item.type == raw.FPDF_PAGEOBJ_IMAGE:
                left, bottom, right, top = item.get_bounds()
                share = max(right - left, 0.0) * max(top - bottom, 0.0) / area
                if share > cover:
                    cover, dpi = share, max(item.get_px_size()) * 72 / max(right - left, top - bottom, 1.0)
        text = normalise(page.get_textpage().get_text_range())
        letters = [c for c in text if c.isalpha()]
        marked = len(_MARKED.findall(text)) / max(len(letters), 1)
        visible = 1 - invisible / texts if texts else 0.0
        notice = NOTICE.search(fold(text)) is not None
        return PageSignals(cover, dpi, len(text), visible, marked, notice, in_old_encoding(text))

    def stamps(self, number: int) -> tuple[Reading, ...]:
        """What a portal's stamp in the text layer of a scanned page says."""
        text = normalise(self._pdf[number - 1].get_textpage().get_text_range())
        return tuple(notice_readings(text, number, None))

    def render(self, number: int, signals: PageSignals) -> tuple[Pixels, float]:
        """Page `number` as RGB pixels at the density of its own scan, and that density.

        Enlarging a 200-dpi fax loses citations, so the scan's own density is kept within 150 to 300 dpi.
        """
        page = self._pdf[number - 1]
        low, high = _NATIVE_DPI
        dpi = min(max(signals.image_dpi, low), high) if signals.cover >= 0.3 else 200.0
        if signals.image_dpi and signals.image_dpi < low:
            dpi = 200.0
        inches = page.get_width() * page.get_height() / 72**2
        dpi = min(dpi, math.sqrt(self._limits.pixels / max(inches, 1e-6)))  # a plan among letters is drawn smaller
        if dpi < _LEAST_DPI:
            raise InputError("too_large", f"page {number} is {inches:,.0f} square inches, {dpi:.0f} dpi at the most")
        bitmap = page.render(scale=dpi / 72, may_draw_forms=True, rev_byteorder=True)
        pixels = bitmap.to_numpy()
        if pixels.ndim == 2:
            return np.ascontiguousarray(pixels), dpi
        return np.ascontiguousarray(pixels[:, :, :3] if pixels.shape[2] >= 3 else pixels[:, :, 0]), dpi

    def _pages(self) -> list[pdfium.PdfPage]:
        try:
            return [self._pdf[i] for i in range(len(self._pdf))]
        except pdfium.PdfiumError as error:
            raise InputError("damaged", str(error)) from error

    def _draw_widgets(self) -> None:
        original = self.data()
        shown = _open(original)
        notices: list[Reading] = []
        for index, page in enumerate(self._pages()):
            boxes = _annotations(page)
            if not boxes:
                continue
            before = page.get_textpage().count_chars()
            drawn = shown[index]
            raw.FPDFPage_Flatten(drawn, raw.FLAT_NORMALDISPLAY)
            drawn.close()
            words = _text_after(shown[index], before)
            for which, rect in boxes.items():
                text = words.inside(rect)
                if is_notice(text):
                    notices += notice_readings(text, index + 1, _from_top(rect, page.get_height()))
                    _hide(page, which)
            raw.FPDFPage_Flatten(page, raw.FLAT_NORMALDISPLAY)
            page.close()
        shown.close()
        self.notices = tuple(notices)
        flattened = self.data()
        self._pdf.close()
        self._pdf = _open(flattened)


_Rect = tuple[float, float, float, float]  # left, bottom, right, top, origin at the bottom left


def _open(data: bytes) -> pdfium.PdfDocument:
    try:
        pdf = pdfium.PdfDocument(data)
        pdf.init_forms()
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower() or "security" in str(error).lower():
            raise InputError("encrypted", str(error)) from error
        raise InputError("damaged", str(error)) from error
    return pdf


def _annotations(page: pdfium.PdfPage) -> dict[int, _Rect]:
    """Boxes of the page's annotations that draw something, by index."""
    boxes: dict[int, _Rect] = {}
    for index in range(raw.FPDFPage_GetAnnotCount(page)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        rect = raw.FS_RECTF()
        kind = raw.FPDFAnnot_GetSubtype(annotation)
        if kind not in (raw.FPDF_ANNOT_LINK, raw.FPDF_ANNOT_POPUP) and raw.FPDFAnnot_GetRect(annotation, rect):
            boxes[index] = (rect.left, min(rect.bottom, rect.top), rect.right, max(rect.bottom, rect.top))
        raw.FPDFPage_CloseAnnot(annotation)
    return {i: r for i, r in boxes.items() if r[2] - r[0] > 1 and r[3] - r[1] > 1}


def _hide(page: pdfium.PdfPage, index: int) -> None:
    annotation = raw.FPDFPage_GetAnnot(page, index)
    raw.FPDFAnnot_SetFlags(annotation, raw.FPDFAnnot_GetFlags(annotation) | raw.FPDF_ANNOT_FLAG_HIDDEN)
    raw.FPDFPage_CloseAnnot(annotation)


@dataclass(frozen=True, slots=True)
class _Characters:
    """Characters in their order, with their boxes, one row each."""

    text: tuple[str, ...]
    boxes: NDArray[np.float64]

    def inside(self, rect: _Rect) -> str:
        """Those whose middle lies in `rect`; a jump to another line counts as a space."""
        x, y = (self.boxes[:, 0] + self.boxes[:, 2]) / 2, (self.boxes[:, 1] + self.boxes[:, 3]) / 2
        here = (rect[0] - 1 <= x) & (x <= rect[2] + 1) & (rect[1] - 1 <= y) & (y <= rect[3] + 1)
        result: list[str] = []
        last = -math.inf
        for index in np.flatnonzero(here):
            left = float(self.boxes[index, 0])
            result += [" ", self.text[index]] if left < last - 1 else [self.text[index]]
            last = left
        return normalise("".join(result))


def _text_after(page: pdfium.PdfPage, start: int) -> _Characters:
    """Characters that a flattened page has beyond the first `start`."""
    text = page.get_textpage()
    places = range(start, text.count_chars())
    boxes = np.array([text.get_charbox(i) for i in places], np.float64).reshape(-1, 4)
    return _Characters(tuple(text.get_text_range(i, 1, errors="ignore") for i in places), boxes)


def _from_top(rect: _Rect, height: float) -> BBox:
    return BBox(rect[0], height - rect[3], rect[2], height - rect[1])


def is_notice(text: str) -> bool:
    """Whether the words are a signature's or a portal's own, such as "Thời gian ký: …"."""
    return NOTICE.search(fold(text)) is not None


def notice_readings(text: str, page: int, box: BBox | None) -> list[Reading]:
    """A notice as witness, and the signing time in it: an upper bound for the letter's date."""
    found = [Reading("signature", "widget", text, page, box, 1.0)]
    if match := _SIGNING_TIME.search(text):
        found.append(Reading("signature", "signing_time", match[0], page, box, 1.0))
    return found
