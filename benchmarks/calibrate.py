"""Fit the confidence of fields on labelled letters, and show by cross-validation what it promises.

    python -m benchmarks.calibrate --set GOLD RECORDINGS [--set …] [--write] [--out benchmarks/results]

Each set is a folder of label files and one of recordings (see `benchmarks.recordings`). Letters are also taken as
they would be known without their second readers, so that there are values that are wrong; these only help to fit.
Measured are the letters with all readers, each by a fit that saw nothing of that letter in any form. The first set is
reported; the others join the fit.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks import chart
from benchmarks.recordings import Labelled, labelled
from models.letter import Field
from pipeline import calibration, evaluate
from pipeline.calibration import GROUPS, SIGNS, TABLE
from pipeline.contract import to_json
from pipeline.extract import extract
from pipeline.normalise import normalise
from pipeline.run import split
from pipeline.select import ACCEPT, select

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
WEAKENED = (frozenset({"strokes"}), frozenset({"paddle"}), frozenset({"strokes", "paddle"}))
FOLDS = 10
# Where the labelled letters tell nothing, the first confidence holds, and foreign or misplaced words speak against a
# value. The letters were looked at while the rules were made, so that they must not lift confidences by much.
_START = {"first": 1.0, "foreign": -3.0}
_HOLD = {"bias": 20.0, "first": 10.0}
_HOLD_OTHER = 1.0


@dataclass(frozen=True, slots=True)
class Case:
    """One value of one letter: its signs, whether it is right; `whole`: known to all readers; `set` 0 is reported."""

    letter: str
    name: str
    signs: dict[str, float]
    most: float
    right: bool
    whole: bool
    set: int


def cases(sets: Sequence[tuple[Path, Path]]) -> list[Case]:
    """Every value that was found for a labelled field."""
    found = []
    for number, (gold, recordings) in enumerate(sets):
        for letter in labelled(gold, recordings):
            found += _of(letter, number, whole=True)
            for origins in WEAKENED:
                if any(r.origin in origins for r in letter.document.readings):
                    found += _of(letter.without(origins), number, whole=False)
    return found


def _of(letter: Labelled, number: int, *, whole: bool) -> list[Case]:
    first = select(extract(split(normalise(letter.document))[0], strict=True), confidence=_as_it_is)
    shown = to_json(first)
    fields = {name: getattr(first, "issued_on" if name == "date" else name) for name in GROUPS}
    return [
        Case(
            f"{number}:{letter.name}", name, calibration.signs(name, field), calibration.ceiling(name, field),
            evaluate.same(name, letter.labels[name], evaluate.plain(shown[name])), whole, number,
        )
        for name, field in fields.items() if name in letter.labels and field is not None
    ]  # fmt: skip


def _as_it_is(_name: str, field: Field[Any]) -> Field[Any]:
    return field


def fit(chosen: Iterable[Case]) -> dict[str, dict[str, float]]:
    """Coefficients by group: ridge logistic regression by Newton's method around the first confidence."""
    groups = defaultdict(list)
    for case in chosen:
        groups[GROUPS[case.name]].append(case)
    return {group: _newton(members) for group, members in groups.items()}


def _newton(members: Sequence[Case]) -> dict[str, float]:
    x = np.array([[case.signs[key] for key in SIGNS] for case in members])
    y = np.array([float(case.right) for case in members])
    start = np.array([_START.get(key, 0.0) for key in SIGNS])
    hold = np.diag([_HOLD.get(key, _HOLD_OTHER) for key in SIGNS])
    weights = start.copy()
    for _ in range(50):
        p = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        gradient = x.T @ (y - p) - hold @ (weights - start)
        step = np.linalg.solve(x.T @ (x * (p * (1 - p))[:, None]) + hold, gradient)
        weights = weights + step
        if np.abs(step).max() < 1e-9:
            break
    return {key: round(float(value), 4) for key, value in zip(SIGNS, weights, strict=True)}


def cross_validated(all_cases: Sequence[Case]) -> list[tuple[Case, float]]:
    """Each whole case of the first set with the chance given by a fit without its letter."""
    letters = sorted({case.letter for case in all_cases if case.set == 0})
    found = []
    for fold in range(FOLDS):
        held = set(letters[fold::FOLDS])
        table = fit(case for case in all_cases if case.letter not in held)
        found += [
            (case, min(case.most, calibration.probability(case.signs, table[GROUPS[case.name]])))
            for case in all_cases
            if case.letter in held and case.whole and case.set == 0
        ]
    return found


def report(scored: Sequence[tuple[Case, float]], labelled_values: int) -> list[str]:
    """Markdown: reliability by bin, precision and coverage by threshold."""
    lines = ["| said | values | right | share right |", "|---|---|---|---|"]
    edges = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 1.0001)
    for low, high in pairwise(edges):
        inside = [case.right for case, chance in scored if low <= chance < high]
        if inside:
            lines.append(f"| {low:.2f}–{min(high, 1):.2f} | {len(inside)} | {sum(inside)} | {np.mean(inside):.3f} |")
    lines += ["", "| accepted from | values | coverage | wrong | precision |", "|---|---|---|---|---|"]
    for threshold in (0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 0.97, 0.98):
        kept = [case.right for case, chance in scored if chance >= threshold]
        share = len(kept) / labelled_values
        right = sum(kept) / len(kept) if kept else 1.0
        mark = " (in use)" if threshold == ACCEPT else ""
        lines.append(f"| {threshold}{mark} | {len(kept)} | {share:.3f} | {len(kept) - sum(kept)} | {right:.4f} |")
    return lines


def risk_coverage(scored: Sequence[tuple[Case, float]], of: int) -> list[tuple[float, float]]:
    """Coverage and share of wrong values as the threshold falls."""
    wrong, points = 0, []
    for count, (case, _) in enumerate(sorted(scored, key=lambda pair: -pair[1]), start=1):
        wrong += not case.right
        points.append((count / of, wrong / count))
    return points


def reliability(scored: Sequence[tuple[Case, float]], bins: int = 8) -> list[tuple[float, float]]:
    """Mean chance and share right of equally filled bins."""
    ordered = sorted(scored, key=lambda pair: pair[1])
    parts = [part for part in np.array_split(np.arange(len(ordered)), bins) if len(part)]
    return [
        (float(np.mean([ordered[i][1] for i in part])), float(np.mean([ordered[i][0].right for i in part])))
        for part in parts
    ]


def draw(folder: Path, scored: Sequence[tuple[Case, float]], of: int) -> None:
    """Both curves in per cent, the risk in wrong values per thousand."""
    risk = [(100 * x, 1000 * y) for x, y in risk_coverage(scored, of)]
    picture = chart.lines("Wrong values per thousand accepted", "accepted, % of labelled values", {"wrong": risk})
    (folder / "risk_coverage.svg").write_text(picture, encoding="utf-8")
    said = [(100 * x, 100 * y) for x, y in reliability(scored)]
    ideal = [(0.0, 0.0), (100.0, 100.0)]
    picture = chart.lines("Values right, %", "confidence, %", {"right": said, "ideal": ideal})
    (folder / "reliability.svg").write_text(picture, encoding="utf-8")


def write_table(table: dict[str, dict[str, float]], path: Path) -> None:
    """The coefficients as the program reads them."""
    lines = ["# Coefficients of the confidence of fields; made by `python -m benchmarks.calibrate --write`."]
    for group, weights in sorted(table.items()):
        lines += ["", f"[{group}]", *(f"{key} = {value}" for key, value in weights.items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main() -> int:
    """Fit, cross-validate, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--set", nargs=2, type=Path, action="append", required=True, metavar=("GOLD", "RECORDINGS"))
    parser.add_argument("--write", action="store_true", help="replace the table that the program uses")
    parser.add_argument("--out", type=Path, help="folder for the report and its two curves")
    options = parser.parse_args()
    found = cases([(gold, recordings) for gold, recordings in options.set])
    values = sum(case.whole for case in found), sum(not case.right and case.whole for case in found)
    print(f"{len(found)} values, {values[0]} with all readers, {values[1]} of these wrong")
    scored = [(c, p) for c, p in cross_validated(found) if c.name in evaluate.PROMISED]
    of = sum(
        name in letter.labels
        for letter in labelled(*options.set[0])
        for name in evaluate.PROMISED
    )  # fmt: skip
    lines = report(scored, of)
    print("\n".join(lines))
    for case, chance in sorted(scored, key=lambda pair: -pair[1]):
        if not case.right:
            print(f"  wrong at {chance:.3f}: {case.letter} {case.name}")
    table = fit(found)
    for group, weights in table.items():
        print(group, weights)
    if options.write:
        write_table(table, TABLE)
    if options.out:
        options.out.mkdir(parents=True, exist_ok=True)
        head = ["# Confidence of fields, cross-validated by letter", "", f"{of} labelled values. `make calibrate`", ""]
        (options.out / "confidence.md").write_text("\n".join(head + lines) + "\n", encoding="utf-8")
        draw(options.out, scored, of)
    return 0


if __name__ == "__main__":
    sys.exit(main())
