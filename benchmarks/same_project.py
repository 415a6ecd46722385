"""Is it the same project? Invented projects as several reports write them, over a range of thresholds.

    python -m benchmarks.same_project [--projects 400] [--seed 1]

Each project has neighbours that differ in one thing only (commune, number, phase, kind of work), as lists of projects
have. A report writes a name short, in other case, with or without its place, with a remark or a misread letter; four
of ten rows name the decision. Counted are pairs of rows of different letters: joined wrongly, and left apart.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

from pipeline import same_project
from pipeline.same_project import Report, is_same

WORKS = (
    "Nâng cấp đường liên xã", "Xây dựng trường tiểu học", "Xây dựng trường THCS", "Cải tạo trạm y tế", "Xây dựng cầu",
    "Kiên cố hóa kênh mương", "Xây dựng nhà văn hóa", "Mở rộng chợ", "Xây dựng trụ sở UBND",
)  # fmt: skip
FIRST = ("Tân", "Long", "Phú", "Hòa", "Bình", "Mỹ", "An", "Thạnh", "Vĩnh", "Đông")
SECOND = ("Hưng", "Lộc", "Thành", "Phước", "Sơn", "Điền", "Thuận", "Khánh", "Hải", "Trị")
SHORT = (("Xây dựng", "XD"), ("trường THCS", "trường trung học cơ sở"), ("Nâng cấp", "NC"), ("UBND", "Ủy ban nhân dân"))
MISREAD = (("ơ", "o"), ("ê", "e"), ("rn", "m"), ("ạ", "a"), ("n", "u"), ("i", "l"))


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a report and the project that it truly is of."""

    report: Report
    project: int


def rows(rng: random.Random, count: int) -> list[Row]:
    """Three rows, of three letters, for each of `count` projects."""
    found = []
    for number, (name, place) in enumerate(_projects(rng, count)):
        decision = (f"{100 + number}/QĐ-UBND", "2021-03-05")
        for letter in ("a", "b", "c"):
            with_decision = rng.random() < 0.4
            location = place if rng.random() < 0.3 else None
            found.append(
                Row(
                    Report(
                        letter, number, None, None, None, "An Giang", _written(rng, name, place), location=location,
                        decisions=(decision,) if with_decision else (),
                    ),
                    number,
                )
            )  # fmt: skip
    return found


def _projects(rng: random.Random, count: int) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    while len(seen) < count:
        work, commune = rng.choice(WORKS), f"{rng.choice(FIRST)} {rng.choice(SECOND)}"
        tail = rng.choice(("", "", " số 1", " số 2", " giai đoạn I", " giai đoạn II", " B"))
        name = f"{work} {commune}{tail}"
        if name not in seen:
            seen.add(name)
            yield name, f"xã {commune}"


def _written(rng: random.Random, name: str, place: str) -> str:
    if rng.random() < 0.3:
        for long, short in SHORT:
            name = name.replace(long, short)
    if rng.random() < 0.2:
        name = f"Dự án: {name}"
    if rng.random() < 0.2:
        name = f"{name}, huyện Châu Phú"
    if rng.random() < 0.2:
        name = f"{name} (chuyển tiếp)"
    if rng.random() < 0.15:
        name = name.upper()
    if rng.random() < 0.15:
        good, bad = rng.choice(MISREAD)
        name = name.replace(good, bad, 1)
    return name


def measure(found: list[Row], by_name: float, by_decision: float) -> tuple[int, int, int, int]:
    """Pairs of different letters: joined wrongly, of so many apart in truth; left apart, of so many that are one."""
    same_project.SAME_NAME, same_project.SAME_DECISION = by_name, by_decision
    wrong = apart = missed = one = 0
    for first, second in combinations(found, 2):
        if first.report.letter_id == second.report.letter_id:
            continue
        joined, truly = is_same(first.report, second.report), first.project == second.project
        wrong, apart = wrong + (joined and not truly), apart + (not truly)
        missed, one = missed + (truly and not joined), one + truly
    return wrong, apart, missed, one


def main() -> None:
    """Print the table; the thresholds in use are marked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--projects", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    used = same_project.SAME_NAME, same_project.SAME_DECISION
    found = rows(random.Random(options.seed), options.projects)
    print("by name  by decision  joined wrongly            left apart")
    for by_name, by_decision in ((55.0, 50.0), (65.0, 60.0), used, (85.0, 80.0), (95.0, 90.0)):
        wrong, apart, missed, one = measure(found, by_name, by_decision)
        mark = "  in use" if (by_name, by_decision) == used else ""
        print(f"{by_name:7.0f}  {by_decision:11.0f}  {wrong:5} of {apart:<12}  {missed:5} of {one:<6}{mark}")


if __name__ == "__main__":
    main()
