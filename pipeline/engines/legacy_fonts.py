"""Characters of a PDF page in fonts older than Unicode, converted font by font."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from extractors.vi import legacy

SOFT_HYPHEN = "\u00ad"  # ư in TCVN3; most programs drop it
Char = dict[str, Any]
_CODE = re.compile(r"\(cid:(\d+)\)")
_PRIVATE = range(0xF020, 0xF100)  # where fonts of the symbol kind hold their codes
_RAW = "as_read"


def convert(chars: list[Char]) -> set[int] | None:
    """Convert in place what stands in old fonts; ids of the marks that went into the letters before them.

    None if nothing was converted. What a character was stays under "as_read".
    """
    fonts: dict[str, list[Char]] = {}
    for char in chars:
        fonts.setdefault(str(char.get("fontname", "")), []).append(char)
    encodings = {name: _encoding(name, run) for name, run in fonts.items()}
    known = {encoding for encoding in encodings.values() if encoding}
    merged: set[int] = set()
    for name, run in fonts.items():
        encoding = encodings[name]
        if encoding is None and len(known) == 1 and legacy.speaks_old(_text(run)):
            # too short to tell by itself: a bold word, a heading
            encoding = legacy.detect(_text(run), next(iter(known)))
        if encoding is None:
            _show_hyphens(run)
        else:
            merged |= _convert_run(run, encoding, capitals=legacy.draws_capitals(name))
    return merged if known else None


def _show_hyphens(run: list[Char]) -> None:
    """A soft hyphen that is drawn is a hyphen."""
    for char in run:
        if char["text"] == SOFT_HYPHEN:
            char["text"] = "-"


def _encoding(name: str, run: list[Char]) -> str | None:
    return legacy.detect(_text(run), legacy.of_font(name))


def _text(run: list[Char]) -> str:
    """The font's text, a blank where a word of it ends on the page."""
    parts: list[str] = []
    before: Char | None = None
    for char in run:
        if before is not None and (
            abs(char["x0"] - before["x1"]) > 0.25 * char["size"] or abs(char["top"] - before["top"]) > char["size"]
        ):
            parts.append(" ")
        parts.append(_code(char["text"]))
        before = char
    return "".join(parts)


def _code(text: str) -> str:
    """The character as its byte looks in Latin-1."""
    if (match := _CODE.fullmatch(text)) and int(match[1]) < 256:
        return chr(int(match[1]))
    return chr(ord(text) - 0xF000) if len(text) == 1 and ord(text) in _PRIVATE else text


def _convert_run(run: list[Char], encoding: str, *, capitals: bool) -> set[int]:
    text = [_code(char["text"]) for char in run]
    if any(len(piece) != 1 for piece in text):
        return set()
    merged, at = set(), 0
    for length, letter in legacy.pieces("".join(text), encoding):
        char, marks = run[at], run[at + 1 : at + length]
        char[_RAW] = "".join(text[at : at + length])
        char["text"] = letter.upper() if capitals else letter
        for mark in marks:
            char["x1"] = max(char["x1"], mark["x1"])
            merged.add(id(mark))
        at += length
    return merged


def as_read(chars: Iterable[Char]) -> str:
    """A word as the file holds it."""
    return "".join(str(char.get(_RAW) or char["text"]) for char in chars)
