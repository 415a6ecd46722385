"""What each witness is worth: the figures of a labelled set with and without it, from recordings.

    python -m benchmarks.ablation GOLD RECORDINGS [--out benchmarks/results/ablation.md]

Left out are readings of a reader or of one kind of cut, or what an extractor concludes from another part of the letter.
Parts that change the page's own lines (the second reading of signature blocks and heads) cannot be taken from a
recording and are not here.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from benchmarks.recordings import Labelled, labelled
from models.document import Candidate, Reading
from pipeline.contract import to_json
from pipeline.evaluate import Score, score
from pipeline.extract import extract
from pipeline.normalise import normalise
from pipeline.run import split
from pipeline.select import select

Json = Mapping[str, Any]
_READINGS: dict[str, Callable[[Reading], bool]] = {
    "own reader of figures": lambda r: r.origin == "strokes",
    "second reader (PP-OCRv6)": lambda r: r.origin == "paddle",
    "both": lambda r: r.origin in ("paddle", "strokes"),
    "cuts of day and month": lambda r: r.region in ("day", "month"),
    "cuts of the number line": lambda r: r.region in ("number", "serial"),
    "reading of stamps": lambda r: r.region == "stamp",
    "signing times and widgets": lambda r: r.origin == "signature",
}
_CANDIDATES: dict[str, Callable[[Candidate], bool]] = {
    "number repeated in annexes": lambda c: c.origin == "recap",
    "body and kind from the symbol": lambda c: c.origin == "symbol",
}
_SHOWN = ("number (handwritten)", "date (handwritten)")
_FIELDS = ("doc_type", "place", "issuer", "subject", "signer", "urgency")


def figures(letters: list[Labelled], gold: Path, drop: Callable[[Candidate], bool]) -> Score:
    """The set's score with candidates dropped."""
    found: dict[str, Json] = {}
    for letter in letters:
        first = extract(split(normalise(letter.document))[0], strict=True)
        kept = tuple(c for c in first.candidates if not drop(c))
        found[letter.name] = to_json(select(dataclasses.replace(first, candidates=kept)))
    return score(gold, lambda path, _labels: found.get(path.stem))


def row(name: str, result: Score) -> str:
    """One line of the table."""
    cells = [f"{result.slices[key].right}/{result.slices[key].of}" for key in _SHOWN]
    cells += [f"{result.fields[key].right}/{result.fields[key].of}" for key in _FIELDS]
    wrong = result.accepted.of - result.accepted.right
    share = result.accepted.of / result.promised if result.promised else 0.0
    return f"| {name} | {' | '.join(cells)} | {share:.3f} | {wrong} |"


def main() -> int:
    """Score the set as it is and without each part."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("recordings", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    letters = list(labelled(options.gold, options.recordings))
    heads = ["without", *_SHOWN, *_FIELDS, "accepted", "of these wrong"]
    lines = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    lines.append(row("(nothing)", figures(letters, options.gold, lambda _: False)))
    for name, leave in _READINGS.items():
        lines.append(row(name, figures([_without(letter, leave) for letter in letters], options.gold, lambda _: False)))
    for name, drop in _CANDIDATES.items():
        lines.append(row(name, figures(letters, options.gold, drop)))
    print("\n".join(lines))
    if options.out:
        made = f"{len(letters)} real documents; `python -m benchmarks.ablation`."
        text = ["# What each witness is worth", "", made, ""]
        options.out.write_text("\n".join([*text, *lines]) + "\n", encoding="utf-8")
    return 0


def _without(letter: Labelled, leave: Callable[[Reading], bool]) -> Labelled:
    kept = tuple(r for r in letter.document.readings if not leave(r))
    return dataclasses.replace(letter, document=dataclasses.replace(letter.document, readings=kept))


if __name__ == "__main__":
    sys.exit(main())
