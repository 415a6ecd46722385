"""Which relation is taken for which: the confusion matrix over labelled letters.

    python -m benchmarks.relations GOLD PREDICTIONS

GOLD holds one JSON of labels for each letter, PREDICTIONS one JSON Lines file of `congvan extract` for each, of the
same name. Rows are what the labels say first, columns what was read; a label's other acceptable codes count as right.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from models.letter import RELATIONS

MISSED = "(not found)"


def pairs(gold: Path, predictions: Path) -> Iterator[tuple[str, str]]:
    """(relation as labelled, relation as read) of every labelled citation."""
    for file in sorted(gold.glob("*.json")):
        read = predictions / file.name
        lines = read.read_text(encoding="utf-8").splitlines() if read.exists() else []
        found: dict[tuple[str, str | None], str] = {}
        for citation in (c for line in lines for c in json.loads(line)["citations"] if c["number"]):
            found[citation["number"], citation["date"]] = citation["relation"]
            found.setdefault((citation["number"], None), citation["relation"])
        for citation in json.loads(file.read_text(encoding="utf-8")).get("citations") or ():
            number = citation["number"]
            said = found.get((number, citation["date"])) or found.get((number, None), MISSED)
            wanted = citation["relation"] or ["references"]
            yield (said if said in wanted else wanted[0]), said


def matrix(counts: Counter[tuple[str, str]]) -> str:
    """The counts as a table, empty rows and columns left out."""
    rows = [r for r in RELATIONS if any(wanted == r for wanted, _ in counts)]
    columns = [c for c in (*RELATIONS, MISSED) if any(said == c for _, said in counts)]
    width = max(map(len, (*rows, *columns)))
    lines = [" " * width + "".join(f" {name[:11]:>11}" for name in columns)]
    lines += [f"{row:{width}}" + "".join(f" {counts[row, c] or '.':>11}" for c in columns) for row in rows]
    right = sum(n for (wanted, said), n in counts.items() if wanted == said)
    return "\n".join([*lines, f"right {right}/{counts.total()}"])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("predictions", type=Path)
    chosen = parser.parse_args()
    print(matrix(Counter(pairs(chosen.gold, chosen.predictions))))
