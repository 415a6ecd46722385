"""An ICC profile (version 2) of the sRGB colours, computed from IEC 61966-2-1: what colours of a PDF/A mean."""

from __future__ import annotations

import struct
from functools import cache

_WHITE = (0.9642, 1.0, 0.8249)  # D50, to which profiles refer
_COLOURS = {  # red, green and blue of sRGB, adapted to that white
    b"rXYZ": (0.43607, 0.22249, 0.01392),
    b"gXYZ": (0.38515, 0.71687, 0.09708),
    b"bXYZ": (0.14307, 0.06061, 0.71410),
}
_NAME = b"sRGB IEC61966-2.1"
_STEPS = 1024  # of the curve from code to light


@cache
def profile() -> bytes:
    """The profile; always the same bytes."""
    described = b"desc" + struct.pack(">II", 0, len(_NAME) + 1) + _NAME + b"\0" + b"\0" * 78
    curve = b"curv" + struct.pack(">II", 0, _STEPS) + b"".join(
        struct.pack(">H", round(_light(step / (_STEPS - 1)) * 65535)) for step in range(_STEPS)
    )  # fmt: skip
    tags = {
        b"desc": described,
        b"cprt": b"text\0\0\0\0No copyright, use freely\0",
        b"wtpt": _xyz(_WHITE),
        **{tag: _xyz(values) for tag, values in _COLOURS.items()},
        **dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve),
    }
    table, body, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    start = 128 + 4 + 12 * len(tags)
    for tag, data in tags.items():
        if data not in places:  # the three curves are one
            places[data] = start + len(body)
            body += data + b"\0" * (-len(data) % 4)
        table += tag + struct.pack(">II", places[data], len(data))
    return _header(start + len(body)) + table + body


def _header(size: int) -> bytes:
    made = struct.pack(">6H", 2026, 1, 1, 0, 0, 0)
    head = struct.pack(">I4sI4s4s4s", size, b"\0\0\0\0", 0x02100000, b"mntr", b"RGB ", b"XYZ ") + made + b"acsp"
    head += struct.pack(">4sI4s4sQI", b"\0\0\0\0", 0, b"\0\0\0\0", b"\0\0\0\0", 0, 0) + _xyz(_WHITE)[8:]
    return head.ljust(128, b"\0")


def _xyz(values: tuple[float, float, float]) -> bytes:
    return b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in values))


def _light(code: float) -> float:
    """The share of light that a code from 0 to 1 stands for."""
    return float(code / 12.92 if code <= 0.04045 else ((code + 0.055) / 1.055) ** 2.4)
