"""How the reader of figures by hand does on real letters, alone and beside PP-OCRv6.

    python -m benchmarks.handwriting.evaluate --real DIR --gold DIR --recorded DIR [--sheet misses.png]

`--real` holds the files, `--gold` their labels, `--recorded` the documents as `pipeline.record` wrote them: their
lines say where the head lines stand, their readings what PP-OCRv6 said.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.document import Document
from pipeline import ingest, record
from pipeline.engines.head import around, cut, locate
from pipeline.engines.image import Pixels, prepare
from pipeline.engines.pdf import PdfFile
from pipeline.engines.strokes import Strokes
from pipeline.ingest import Limits

_SERIAL = re.compile(r"(\d[\d ]*?)\s*/")
_DATE = re.compile(r"ng[aà]y\W*(\d{1,2})\W*th[aá]ng\W*(\d{1,2})\W*n[aăǎ]m")


@dataclass(frozen=True)
class Case:
    """One head line: what it says, how it was written, and what the readers made of it."""

    name: str
    region: str
    by_hand: bool
    truth: str
    ours: list[tuple[str, float]]
    paddle: str
    paddle_confidence: float
    crop: Pixels
    seconds: float


def cases(real: Path, gold: Path, recorded: Path, margin: float) -> Iterator[Case]:
    """All head lines of the letters whose page 1 is found in `recorded`."""
    reader, limits = Strokes(), Limits()
    for path in sorted(real.iterdir()):
        label = json.loads((gold / f"{path.stem}.json").read_text())
        document = record.load((recorded / f"{path.stem}.json").read_text())
        pdf = PdfFile(ingest.identify(path, limits), limits)
        pixels, dpi = pdf.render(1, pdf.signals(1))
        image = prepare(pixels, dpi, rotation=document.pages[0].rotation)
        for place in locate(document.pages[0].lines, image.width, image.height):
            crop = cut(image, around(place, margin))
            began = time.process_time()
            if place.region == "number":
                field, truth = "number", str(int(label["number"].split("/")[0]))
                ours = [(str(int(serial)), chance) for serial, chance in reader.read_number(crop)]
            else:
                field, truth = "date", "{2:d}.{1:d}".format(*map(int, label["date"].split("-")))
                ours = [(f"{int(day)}.{int(month)}", chance) for day, month, chance in reader.read_date(crop)]
            seconds = time.process_time() - began
            said = paddle_says(document, place.region)
            yield Case(path.stem, field, field in label["handwritten"], truth, ours, *said, crop, seconds)


def paddle_says(document: Document, region: str) -> tuple[str, float]:
    """The plainest parse of PP-OCRv6's surest reading of the line; "" where it gives no figures."""
    readings = [r for r in document.readings if r.origin == "paddle" and r.region == region]
    for reading in sorted(readings, key=lambda r: -r.confidence):
        if region == "number" and (match := _SERIAL.search(re.sub(r"^\W*[Ss5]\w?[oóôố0]?\s*:", "", reading.text))):
            return str(int(match[1].replace(" ", ""))), reading.confidence
        if region == "place_date" and (match := _DATE.search(reading.text)):
            return f"{int(match[1])}.{int(match[2])}", reading.confidence
    return "", 0.0


def report(found: list[Case], title: str) -> None:
    """Exact matches of each reader and of rules that combine them."""
    if not found:
        return
    first = [c.ours[0] if c.ours else ("", 0.0) for c in found]
    ours = [text == c.truth for c, (text, _) in zip(found, first, strict=True)]
    theirs = [c.paddle == c.truth for c in found]
    agreed = [c for c, (text, _) in zip(found, first, strict=True) if text and text == c.paddle]
    either = sum(a or b for a, b in zip(ours, theirs, strict=True))
    print(f"{title}: {len(found)} lines; strokes {sum(ours)}, PP-OCRv6 {sum(theirs)}, either {either}")
    print(f"  agree on {len(agreed)}, right {sum(c.paddle == c.truth for c in agreed)}")
    for limit in (0.5, 0.7, 0.8, 0.9, 0.95):
        sure = [ok for ok, (_, chance) in zip(ours, first, strict=True) if chance >= limit]
        pairs = zip(found, first, strict=True)
        voted = sum((text if chance >= limit or not c.paddle else c.paddle) == c.truth for c, (text, chance) in pairs)
        print(f"  p >= {limit}: strokes says {len(sure)}, right {sum(sure)}; else PP-OCRv6: {voted} right")
    in_three = sum(any(text == c.truth for text, _ in c.ours) for c in found)
    print(f"  truth among our three: {in_three}; CPU {1000 * np.mean([c.seconds for c in found]):.0f} ms a line")


def sheet(found: list[Case], path: Path) -> None:
    """The misses as one picture."""
    rows = []
    for case in found:
        if case.ours and case.ours[0][0] == case.truth:
            continue
        row = np.full((84, 760, 3), 255, np.uint8)
        factor = 64 / case.crop.shape[0]
        small = cv2.resize(case.crop, None, fx=factor, fy=factor)[:, :760]
        row[20:84, : small.shape[1]] = small
        said = " ".join(f"{text}:{chance:.2f}" for text, chance in case.ours)
        cv2.putText(row, f"{case.name} {case.truth} | {said} | pp {case.paddle}", (2, 14), 0, 0.45, (200, 0, 0), 1)
        rows.append(row)
    if rows:
        cv2.imwrite(str(path), cv2.cvtColor(np.vstack(rows), cv2.COLOR_RGB2BGR))


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--real", type=Path, required=True)
    parser.add_argument("--gold", type=Path, required=True)
    parser.add_argument("--recorded", type=Path, required=True)
    parser.add_argument("--margin", type=float, default=0.45, help="print heights above and below the line's box")
    parser.add_argument("--sheet", type=Path, help="where to draw the misses")
    options = parser.parse_args()
    found = list(cases(options.real, options.gold, options.recorded, options.margin))
    for field in ("number", "date"):
        for by_hand in (True, False):
            chosen = [c for c in found if c.region == field and c.by_hand == by_hand]
            report(chosen, f"{field} {'by hand' if by_hand else 'printed'}")
    if options.sheet:
        sheet(found, options.sheet)


if __name__ == "__main__":
    main()
