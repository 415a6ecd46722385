"""What the engines read, kept beside the files, so that everything after them can be measured without them.

    python -m benchmarks.recordings FILES_DIR OUT_DIR [--shard K/N]

Files that were recorded before are left alone; take OUT_DIR away after a change of the readers.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from models.document import Document
from models.errors import CongvanError
from pipeline import record
from pipeline.run import Reader


@dataclass(frozen=True, slots=True)
class Labelled:
    """A recorded file with its labels; `name` is the label file's stem."""

    name: str
    labels: Mapping[str, Any]
    document: Document

    def without(self, origins: frozenset[str]) -> Labelled:
        """The same file as it would be known without these readers."""
        kept = tuple(r for r in self.document.readings if r.origin not in origins)
        return replace(self, document=replace(self.document, readings=kept))


def labelled(gold: Path, recordings: Path) -> Iterator[Labelled]:
    """The files of a set that are recorded."""
    for path in sorted(gold.glob("*.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        made = recordings / f"{Path(labels['file']).stem}.json"
        if made.exists():
            yield Labelled(path.stem, labels, record.load(made.read_text(encoding="utf-8")))


def make(files: Path, out: Path, shard: tuple[int, int] = (0, 1)) -> int:
    """Record every file of a folder; how many were."""
    out.mkdir(parents=True, exist_ok=True)
    reader, done = Reader(), 0
    paths = [p for p in sorted(files.iterdir()) if p.is_file()]
    for path in paths[shard[0] :: shard[1]]:
        target = out / f"{path.stem}.json"
        if target.exists():
            continue
        try:
            target.write_text(record.dump(reader.recognise(path)), encoding="utf-8")
            done += 1
        except CongvanError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
    return done


def main() -> int:
    """Record a folder."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--shard", default="0/1", help="this process's part, as 0/2 and 1/2")
    options = parser.parse_args()
    first, count = map(int, options.shard.split("/"))
    print(f"{make(options.files, options.out, (first, count))} files recorded")
    return 0


if __name__ == "__main__":
    sys.exit(main())
