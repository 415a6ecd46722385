"""A TrueType font whose every letter is blank and half as wide as high: what an invisible layer of text is set in."""

from __future__ import annotations

import struct

UNITS = 1000
ADVANCE = 500  # of `UNITS`
ASCENT, DESCENT = 800, -200


def font() -> bytes:
    """The font file: glyph 0 (missing) and glyph 1, both without an outline."""
    tables = {
        b"glyf": b"\0\0\0\0",
        b"head": struct.pack(
            ">IIIIHHQQhhhhHHhhh",
            0x00010000, 0x00010000, 0, 0x5F0F3CF5, 0, UNITS, 0, 0, 0, DESCENT, ADVANCE, ASCENT, 0, 8, 2, 0, 0,
        ),
        b"hhea": struct.pack(">IhhhHhhhhhh8xhH", 0x00010000, ASCENT, DESCENT, 0, ADVANCE, 0, 0, 0, 1, 0, 0, 0, 2),
        b"hmtx": struct.pack(">HhHh", ADVANCE, 0, ADVANCE, 0),
        b"loca": struct.pack(">HHH", 0, 0, 0),
        b"maxp": struct.pack(">IHHHHHHHHHHHHHH", 0x00010000, 2, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0),
    }  # fmt: skip
    file = _assembled(tables)
    # The sum of the whole file is to be this constant; the field for it lies 8 bytes into "head".
    place = file.index(tables[b"head"]) + 8
    return file[:place] + struct.pack(">I", (0xB1B0AFBA - _sum(file)) & 0xFFFFFFFF) + file[place + 4 :]


def _assembled(tables: dict[bytes, bytes]) -> bytes:
    """The directory of the tables and the tables, each at a multiple of four bytes."""
    count = len(tables)
    power = 1 << (count.bit_length() - 1)
    directory = struct.pack(">IHHHH", 0x00010000, count, power * 16, power.bit_length() - 1, (count - power) * 16)
    body, start = b"", 12 + 16 * count
    for tag, data in tables.items():
        directory += tag + struct.pack(">III", _sum(data), start + len(body), len(data))
        body += data + b"\0" * (-len(data) % 4)
    return directory + body


def _sum(data: bytes) -> int:
    padded = data + b"\0" * (-len(data) % 4)
    words: tuple[int, ...] = struct.unpack(f">{len(padded) // 4}I", padded)
    return sum(words) & 0xFFFFFFFF
