"""The only place that opens input files: what a file is, whether it may be read, and its pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from extractors.vi import legacy
from extractors.vi.encodings import encoding_of
from extractors.vi.text import in_old_encoding
from models.document import Source
from models.errors import InputError
from pipeline.engines.image import Pixels

PDF, TIFF, JPEG, PNG, TEXT = "application/pdf", "image/tiff", "image/jpeg", "image/png", "text/plain"

_A4_LONG_SIDE = 11.69  # inches
_UNSUPPORTED = {
    b"PK\x03\x04": "a ZIP or Office file",
    b"\xd0\xcf\x11\xe0": "an old Office file",
    b"{\\rtf": "RTF",
    b"GIF8": "GIF",
    b"BM": "BMP",
    b"AT&TFORM": "DjVu",
    b"\x00\x00\x00\x0cjP  ": "JPEG 2000",
    b"Rar!": "a RAR archive",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"\x1f\x8b": "a gzip archive",
    b"\x78\x9f\x3e\x22": "a winmail.dat of Outlook: ask for the attachments themselves",
}
_HEIF = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1|avif)", re.DOTALL)
_WEBP = re.compile(rb"RIFF....WEBP", re.DOTALL)
# The first line of a message as mail programs save it.
_MAIL = re.compile(rb"(?:return-path|received|delivered-to|mime-version|message-id|x-[a-z-]+): \S", re.IGNORECASE)
_WEB = re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|\?xml)\b", re.IGNORECASE)
_HEAD = 1 << 16  # bytes that tell what a file is


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may ask for; every one is checked before anything is decoded.

    Attributes:
        bytes: Size of the file.
        pages: Pages of a file.
        pixels: Pixels of one page.
        seconds: Reading time of one file.
    """

    bytes: int = 200_000_000
    pages: int = 500
    pixels: int = 120_000_000
    seconds: float = 1800.0


@dataclass(frozen=True, slots=True)
class Frame:
    """One page of an image file: RGB or grey pixels and their density; no pixels and `fault` if it is damaged."""

    number: int
    pixels: Pixels
    dpi: float
    fault: str | None = None


def identify(path: Path, limits: Limits) -> Source:
    """What `path` holds, by its bytes and never by its name.

    Raises:
        InputError: with the reason, if it cannot become a letter.
    """
    size = path.stat().st_size
    if size == 0:
        raise InputError("empty_file", path.name)
    if size > limits.bytes:
        raise InputError("too_large", f"{size:,} bytes, limit {limits.bytes:,}")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        head = file.read(_HEAD)
        digest.update(head)
        while block := file.read(1 << 20):
            digest.update(block)
    return Source(path.name, digest.hexdigest(), _media_type(head, path), path, size)


def _media_type(head: bytes, path: Path) -> str:
    if b"%PDF-" in head[:1024]:
        return PDF
    if head.startswith((b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")):
        return TIFF
    if head.startswith(b"\xff\xd8\xff"):
        return JPEG
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return PNG
    for magic, what in _UNSUPPORTED.items():
        if head.startswith(magic):
            raise InputError("unsupported_format", what)
    if _HEIF.match(head) or _WEBP.match(head):
        raise InputError("unsupported_format", "a HEIC, AVIF or WebP picture: save it as JPEG or PDF")
    if _WEB.match(head):
        raise InputError("unsupported_format", "a web page or XML: an error page of a portal, or to be printed to PDF")
    if _MAIL.match(head.removeprefix(b"\xef\xbb\xbf")):
        raise InputError("unsupported_format", "a mail: save its attachments and take those in")
    if encoding_of(head, cut=len(head) == _HEAD):
        return TEXT
    raise InputError("not_a_document", path.name)


def read_text(source: Source) -> str:
    """The text of a text file with Unix line ends; one typed for old fonts as these bytes look in Latin-1.

    Raises:
        InputError: if it is not in one encoding to its end, or typed for old fonts whose codes nobody knows.
    """
    data = source.path.read_bytes()
    encoding = encoding_of(data[:_HEAD], cut=len(data) > _HEAD) or "utf-8-sig"
    try:
        text = data.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError as error:
        raise InputError("not_a_document", f"not {encoding} text: {error.reason} at byte {error.start}") from error
    if in_old_encoding(text) and legacy.detect(text) is None:
        raise InputError("unsupported_format", "typed for fonts older than Unicode, neither TCVN3 nor VNI")
    return text


def frames(source: Source, limits: Limits) -> Iterator[Frame]:
    """The pages of a TIFF, JPEG or PNG, upright by their EXIF tag, one in memory at a time.

    Raises:
        InputError: if the file is damaged beyond single pages, or over a limit.
    """
    Image.MAX_IMAGE_PIXELS = None  # our own limit below is checked before decoding, with a reason
    try:
        with Image.open(source.path) as image:
            count = getattr(image, "n_frames", 1)
            if count > limits.pages:
                raise InputError("too_many_pages", f"{count} pages, limit {limits.pages}")
            for index in range(count):
                image.seek(index)
                if image.width * image.height > limits.pixels:
                    raise InputError("too_large", f"page {index + 1} has {image.width} x {image.height} pixels")
                yield _frame(image, index + 1) if count == 1 else _whole_or_not(image, index + 1)
    except (InputError, MemoryError):
        raise
    except Exception as error:  # Pillow's parsers raise whatever they stumble on: TypeError, struct.error and others
        raise InputError("damaged", f"{type(error).__name__}: {error}") from error


def _whole_or_not(image: Image.Image, number: int) -> Frame:
    """One page of several: a damaged one costs itself, not the others."""
    try:
        return _frame(image, number)
    except MemoryError:
        raise
    except Exception as error:
        return Frame(number, np.zeros((0, 0), np.uint8), 0.0, f"damaged: {type(error).__name__}: {error}")


def _frame(image: Image.Image, number: int) -> Frame:
    density = image.info.get("dpi", (0, 0))[0]
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        upright = Image.alpha_composite(Image.new("RGBA", layer.size, "white"), layer)
    if upright.mode.startswith("I;16"):
        grey = (np.asarray(upright).astype(np.uint32) >> 8).astype(np.uint8)
        return Frame(number, grey, _density(density, grey.shape))
    pixels = np.asarray(upright.convert("L" if upright.mode in ("1", "L") else "RGB"))
    return Frame(number, pixels, _density(density, pixels.shape))


def _density(stated: float, shape: tuple[int, ...]) -> float:
    """The stated pixels per inch if an office page of that size is plausible, else what A4 would have."""
    stated = float(stated or 0)
    guess = max(shape[:2]) / _A4_LONG_SIDE
    return stated if 100 <= stated <= 1200 and 0.4 < stated / guess < 2.5 else guess
