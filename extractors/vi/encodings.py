"""Which encoding the bytes of a Vietnamese text are in: Unicode in any form, Windows-1258, or that of an old font."""

from __future__ import annotations

import re

from extractors.vi import legacy
from extractors.vi.text import normalise

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_BLANK = b"\t\n\r\f"
_WIDE = 0.2  # of the bytes are 0 in UTF-16 at the least: figures, blanks and plain letters have one
_FEW = 3  # words with marks; fewer tell no encoding


def encoding_of(data: bytes, *, cut: bool = False) -> str | None:
    """The encoding by Python's name, "latin-1" for the codes of old fonts; None if this is no text.

    `cut`: these are the first bytes of more, and the last character may be incomplete.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if cut:
        data = data[: len(data) - len(data) % 4]
    if _WIDE * len(data) < data.count(0):
        name = "utf-16-be" if data[::2].count(0) > data[1::2].count(0) else "utf-16-le"
        return name if _is_text(_decoded(data, name, cut)) else None
    if not any(byte < 32 and byte not in _BLANK for byte in data) and _is_old(data):
        return "latin-1"
    if _is_text(_decoded(data, "utf-8-sig", cut)):
        return "utf-8-sig"
    text = _decoded(data, "cp1258", cut)
    return "cp1258" if _is_text(text) and _is_vietnamese(text) else None


def _decoded(data: bytes, name: str, cut: bool) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        # the last character of a part may be incomplete, nothing else
        return data[: error.start].decode(name) if cut and error.start >= len(data) - 4 else ""


def _is_old(data: bytes) -> bool:
    return data.count(b"\n") > 0 and legacy.detect(data.decode("latin-1")) is not None


def _is_text(text: str) -> bool:
    control = sum(1 for c in text if ord(c) < 32 and c not in "\t\n\r\f")
    return bool(text.strip()) and control <= len(text) // 200 and re.search(r"\w", text) is not None


def _is_vietnamese(text: str) -> bool:
    """Whether its words with marks are spelled as Vietnamese words are: any bytes make some text in Windows-1258."""
    marked = [word for word in normalise(text).split() if not word.isascii()]
    return len(marked) >= _FEW and legacy.believable(normalise(text))
