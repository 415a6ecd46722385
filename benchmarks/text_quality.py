"""How well the words of a page are read: character and word errors against transcriptions.

    python -m benchmarks.text_quality FILES TRANSCRIPTIONS [--synthetic DIR ...] [--read DIR] [--lines] [--out FILE]

TRANSCRIPTIONS holds `<stem>-<page>.txt`, one printed line a line, what a pen wrote in braces: such lines are left out,
they are measured as fields. FILES holds `<stem>.pdf`. `--synthetic` takes folders made by
`benchmarks.synthetic.build --variants`, whose truth is the text of the same letter set without damage. Each printed
line is compared with the place of the reading that is nearest to it, so the order of columns plays no part; what was
read where nothing is printed (strokes of seals and signatures) is counted apart. Transcriptions of real letters are
kept beside the data, never in the repository.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

from rapidfuzz import fuzz
from rapidfuzz.distance import Levenshtein

from benchmarks.synthetic import content, layout
from benchmarks.synthetic.variants import VARIANTS
from extractors.vi.text import normalise
from models.document import Document, Page
from pipeline import record
from pipeline.engines.pdf_text import PdfText
from pipeline.run import Reader

_PEN = re.compile(r"[{}]")
_KNOWN = 60.0  # likeness from which a read line shows some printed line


@dataclass(slots=True)
class Errors:
    """Edits between what is printed and what was read."""

    characters: int = 0
    wrong: int = 0
    words: int = 0
    wrong_words: int = 0
    noise: int = 0
    lines: list[tuple[int, str, str]] = field(default_factory=list)

    def add(self, printed: str, read: str) -> None:
        """Count one printed line."""
        edits = Levenshtein.distance(printed, read)
        self.characters, self.wrong = self.characters + len(printed), self.wrong + min(edits, len(printed))
        words = printed.split()
        self.words += len(words)
        self.wrong_words += min(Levenshtein.distance(words, read.split()), len(words))
        if edits:
            self.lines.append((edits, printed, read))

    @property
    def cer(self) -> float:
        """Per cent of the printed characters."""
        return 100 * self.wrong / max(self.characters, 1)

    @property
    def wer(self) -> float:
        """Per cent of the printed words."""
        return 100 * self.wrong_words / max(self.words, 1)


def compare(printed: Sequence[str], page: Page, errors: Errors) -> None:
    """Count the page's errors."""
    read = [line.text for line in page.lines]
    places = [*read, *(f"{one} {other}" for one, other in pairwise(read))]
    clean = [normalise(line) for line in printed]
    for line, original in zip(clean, printed, strict=True):
        if line and not _PEN.search(original):
            errors.add(line, min((_nearest(line, place) for place in places), key=lambda p: _far(line, p), default=""))
    errors.noise += sum(all(fuzz.partial_ratio(text, line) < _KNOWN for line in clean) for text in read)


def _far(line: str, read: str) -> int:
    return Levenshtein.distance(line, read)


def _nearest(line: str, place: str) -> str:
    """The part of a longer read line that shows the printed one; side by side standing columns are read as one."""
    if len(place) < 1.25 * len(line):
        return place
    found = fuzz.partial_ratio_alignment(line, place)
    return place[found.dest_start : found.dest_end].strip() if found else place


def transcribed(files: Path, transcriptions: Path, read: Path | None) -> Iterator[tuple[str, Sequence[str], Page]]:
    """Each transcribed page: its name, its printed lines, the page as read."""
    reader = Reader()
    for path in sorted(transcriptions.glob("*.txt")):
        stem, _, number = path.stem.rpartition("-")
        document = _read(files / f"{stem}.pdf", reader, read)
        yield path.stem, path.read_text(encoding="utf-8").splitlines(), document.page(int(number))


def synthetic(folder: Path, read: Path | None) -> Iterator[tuple[str, Sequence[str], Page]]:
    """Each page of the variants in `folder`: the variant's name, the lines as set, the page as read; no tables."""
    reader = Reader()
    for path in sorted(folder.glob("*.pdf")):
        slug, variant = next((path.stem[: -len(v) - 1], v) for v in VARIANTS if path.stem.endswith(f"-{v}"))
        sample = VARIANTS[variant]
        pdf, _ = layout.render(content.load(slug), sample.by_hand, sample.size)
        truth = PdfText(pdf)
        document = _read(path, reader, read)
        for page in document.pages:
            printed = truth.read(page.number)
            if not printed.grids:
                yield variant, [line.text for line in printed.lines], page
        truth.close()


def _read(path: Path, reader: Reader, kept: Path | None) -> Document:
    made = kept / f"{path.stem}.json" if kept else None
    if made is not None and made.exists():
        return record.load(made.read_text(encoding="utf-8"))
    document = reader.recognise(path)
    if made is not None:
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(record.dump(document), encoding="utf-8")
    return document


def table(found: dict[str, Errors]) -> list[str]:
    """Markdown: one line a page or variant."""
    lines = ["| | characters | CER % | WER % | lines of noise |", "|---|---|---|---|---|"]
    total = Errors()
    for name, errors in found.items():
        lines.append(f"| {name} | {errors.characters} | {errors.cer:.2f} | {errors.wer:.2f} | {errors.noise} |")
        for key in ("characters", "wrong", "words", "wrong_words", "noise"):
            setattr(total, key, getattr(total, key) + getattr(errors, key))
    lines.append(f"| all | {total.characters} | {total.cer:.2f} | {total.wer:.2f} | {total.noise} |")
    return lines


def main() -> int:
    """Read, compare, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path)
    parser.add_argument("transcriptions", type=Path)
    parser.add_argument("--synthetic", type=Path, nargs="*", default=[])
    parser.add_argument("--read", type=Path, help="keep what was read there, and take it from there")
    parser.add_argument("--lines", action="store_true", help="print every line with an error")
    parser.add_argument("--out", type=Path, help="write the report to this file")
    options = parser.parse_args()
    report = ["# Words of the page", "", "`python -m benchmarks.text_quality`; pages that a person transcribed", ""]
    with TemporaryDirectory() as scratch:
        real: dict[str, Errors] = {}
        kept = options.read or Path(scratch)
        for number, (name, printed, page) in enumerate(
            transcribed(options.files, options.transcriptions, kept), start=1
        ):
            compare(printed, page, real.setdefault(f"page {number}", Errors()))
            if options.lines:
                print(f"== {name}", *real[f"page {number}"].lines, sep="\n  ")
        report += table(real)
        for folder in options.synthetic:
            forms: dict[str, Errors] = defaultdict(Errors)
            for name, printed, page in synthetic(folder, kept / folder.name):
                compare(printed, page, forms[name])
            report += ["", "Letters set by `benchmarks.synthetic`, by damage", "", *table(forms)]
    print("\n".join(report))
    if options.out:
        options.out.write_text("\n".join(report) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
