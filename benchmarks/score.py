"""Measure the letters against labels and compare every figure with its floor in `floors.toml`.

    python -m benchmarks.score [--shared DIR] [--only SET ...] [--jobs N] [--misses] [--write]

Sets: `samples` (the project's own letters), and from the evaluation folder where it is present `seeds` (five letters
as text), `real` (real scans and PDFs) and `tables`. Real engines run on every file. Exits 1 where a figure is under
its floor; `--write` raises the floors to what was measured, less the slack that other processors need.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import tomllib
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from models.errors import CongvanError
from pipeline.evaluate import Score, first_letter, score
from pipeline.run import Reader

ROOT = Path(__file__).resolve().parents[1]
FLOORS = Path(__file__).with_name("floors.toml")
# Floating-point sums differ between processors, and with them a doubtful figure or word now and then.
SLACK_COUNT, SLACK_SHARE = 1, 0.01
_reader: Reader | None = None


@dataclass(frozen=True, slots=True)
class LabelledSet:
    """A folder of label files and the folder that their `file` keys start from."""

    name: str
    gold: Path
    root: Path


def labelled_sets(shared: Path) -> list[LabelledSet]:
    """The sets that are present."""
    sets = [
        LabelledSet("samples", ROOT / "benchmarks/synthetic/gold", ROOT),
        LabelledSet("seeds", shared / "gold", shared.parent),
        LabelledSet("real", shared / "gold_real", shared),
        LabelledSet("tables", shared / "gold_tables", shared),
    ]
    return [s for s in sets if s.gold.is_dir()]


def _start() -> None:
    global _reader
    _reader = Reader()


def _read(path: str) -> dict[str, Any] | None:
    assert _reader is not None
    try:
        found = first_letter(_reader.read(Path(path)))
    except CongvanError as error:
        print(f"{Path(path).name}: {error}", file=sys.stderr)
        return None
    return dict(found) if found else None


def measure(labelled: LabelledSet, jobs: int) -> Score:
    """Read every labelled file, `jobs` at once, and score the letters."""
    files = {p: json.loads(p.read_text(encoding="utf-8"))["file"] for p in sorted(labelled.gold.glob("*.json"))}
    paths = [str(labelled.root / file) for file in files.values()]
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn"), initializer=_start) as pool:
        found = dict(zip(files, pool.map(_read, paths), strict=True))
    return score(labelled.gold, lambda path, _labels: found[path])


def figures(result: Score) -> Iterator[tuple[str, float]]:
    """Every figure by name: counts of right ones for fields, F1 for lists."""
    for name, share in (*result.fields.items(), *result.slices.items()):
        yield name.replace(" (", "_").rstrip(")"), share.right
    for name, tally in (*result.lists.items(), ("citations", result.citations)):
        if tally.gold or tally.got:
            yield f"{name}_f1", round(tally.f1, 4)
    for name, share in result.cited.items():
        yield name, share.right
    if result.cells.gold:
        yield "table_cells_f1", round(result.cells.f1, 4)
        yield "table_cells_in_place", result.cells_in_place.right
    if result.accepted.of:
        yield "accepted_precision", round(result.accepted.right / result.accepted.of, 4)
        yield "accepted_coverage", round(result.accepted.of / result.promised, 4)


def compare(name: str, measured: dict[str, float], floors: dict[str, float]) -> list[str]:
    """Print every figure beside its floor; the names of those under it."""
    under = []
    for key, value in measured.items():
        floor = floors.get(key)
        change = "" if floor is None else f"{value - floor:+.4g}" if value != floor else "="
        print(f"  {name:8} {key:28} {value:>9.4g}   floor {'-' if floor is None else f'{floor:.4g}':>7}  {change}")
        if floor is not None and value < floor:
            under.append(f"{name}.{key}: {value:.4g} < {floor:.4g}")
    return under


def raised(measured: dict[str, float], floors: dict[str, float]) -> dict[str, float]:
    """Floors lifted to what was measured, less the slack; never lowered."""
    lifted = dict(floors)
    for key, value in measured.items():
        slack = SLACK_SHARE if isinstance(value, float) else SLACK_COUNT
        lifted[key] = max(floors.get(key, 0), round(value - slack, 4))
    return lifted


def write(floors: dict[str, dict[str, float]]) -> None:
    """Write the floors file."""
    out = ["# The least that `make score` accepts; counts of right values, F1 of lists. Raise when you gain."]
    for name, values in floors.items():
        out += ["", f"[{name}]", *(f"{key} = {value}" for key, value in sorted(values.items()))]
    FLOORS.write_text("\n".join(out) + "\n", encoding="utf-8")


def main() -> int:
    """Measure, print, compare."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, default=ROOT.parent / "shared/evaluation")
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    floors: dict[str, dict[str, float]] = tomllib.loads(FLOORS.read_text("utf-8")) if FLOORS.exists() else {}
    under: list[str] = []
    passed = 0
    for labelled in labelled_sets(options.shared):
        if options.only and labelled.name not in options.only:
            continue
        began = time.monotonic()
        result = measure(labelled, options.jobs)
        values = dict(figures(result))
        print(f"{labelled.name}: {result.files} files, {len(result.failed)} unread, {time.monotonic() - began:.0f} s")
        low = compare(labelled.name, values, floors.get(labelled.name, {}))
        under += low
        passed += len(values) - len(low)
        if options.misses:
            for miss in result.misses:
                print(f"    - {miss.file}\t{miss.what}\t{miss.expected}\t{miss.got}")
        floors[labelled.name] = raised(values, floors.get(labelled.name, {}))
    if options.write:
        write(floors)
    for line in under:
        print(f"UNDER ITS FLOOR  {line}")
    print(f"figures: {passed} passed, {len(under)} failed")
    return 1 if under else 0


if __name__ == "__main__":
    sys.exit(main())
