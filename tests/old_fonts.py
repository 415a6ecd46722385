"""Letters typed for fonts older than Unicode, made here: text as bytes of TCVN3 or VNI, and PDFs with such fonts."""

from __future__ import annotations

import csv
from pathlib import Path

_TABLE = Path(__file__).resolve().parents[1] / "extractors/data/legacy_encodings.csv"


def typed(text: str, encoding: str) -> bytes:
    """The bytes that a typist of that time would have left; small and capital letters share most TCVN3 codes."""
    with _TABLE.open(encoding="utf-8", newline="") as file:
        codes = {row["char"]: bytes.fromhex(row[encoding]) for row in csv.DictReader(file)}
    return b"".join(codes.get(char) or char.encode("latin-1") for char in text)


def pdf(lines: list[tuple[str, float, float, bytes]], fonts: dict[str, str]) -> bytes:
    """One A4 page: each line is a font's key, left edge, height and bytes; `fonts` gives each key's BaseFont."""
    drawn = b"".join(
        b"BT /%s 13 Tf %.1f %.1f Td (%s) Tj ET\n" % (key.encode(), x, y, _escaped(text)) for key, x, y, text in lines
    )
    numbers = {key: 5 + i for i, key in enumerate(fonts)}
    listed = b" ".join(b"/%s %d 0 R" % (key.encode(), number) for key, number in numbers.items())
    widths = b" ".join([b"500"] * 224)
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        3: b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << %s >> >> >>"
        % listed,
        4: b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn),
    }
    for key, number in numbers.items():
        name, described = fonts[key].encode(), number + len(fonts)
        objects[number] = (
            b"<< /Type /Font /Subtype /TrueType /BaseFont /%s /Encoding /WinAnsiEncoding /FirstChar 32 /LastChar 255 "
            b"/Widths [%s] /FontDescriptor %d 0 R >>" % (name, widths, described)
        )
        objects[described] = (
            b"<< /Type /FontDescriptor /FontName /%s /Flags 32 /FontBBox [-200 -300 1200 900] /ItalicAngle 0 "
            b"/Ascent 900 /Descent -200 /CapHeight 700 /StemV 80 >>" % name
        )
    out, places = b"%PDF-1.4\n", []
    for number in sorted(objects):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, objects[number])
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, table)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, out.index(b"xref"))


def _escaped(text: bytes) -> bytes:
    return text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
