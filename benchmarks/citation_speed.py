"""CPU speed of the citation finder, side by side with eyecite on English text of the same length and density.

    python -m benchmarks.citation_speed [--eyecite VENV/bin/python] [--megabytes 1] [--rounds 3]

eyecite is no dependency of the project: `python -m venv /tmp/eyecite && /tmp/eyecite/bin/pip install eyecite`, then
name that Python. Both read the same number of texts, each of the same length in characters and with the same number
of citations; both are warmed up, measured by CPU seconds of their own process, and take turns round by round.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import tempfile
import time
from pathlib import Path

from benchmarks.citations import FORMS, PAGE, document
from benchmarks.damages import sentence
from extractors.citations import in_text

REPORTERS = ("U.S.", "S. Ct.", "F.2d", "F.3d", "F. Supp. 2d", "Cal. App. 4th", "N.E.2d", "P.3d", "So. 2d", "A.3d")
COURTS = {"F.2d": "9th Cir. ", "F.3d": "2d Cir. ", "F. Supp. 2d": "S.D.N.Y. "}
PARTIES = ("Smith", "Garcia", "Acme Corp.", "Johnson", "Board of Education", "Miller", "Nguyen", "Brown", "Davis")
PROSE = (
    "The court considered whether the record supported the findings below and concluded that it did not.",
    "Appellant argues that the statute must be read in light of its purpose, which the legislature stated plainly.",
    "The budget for fiscal years 2021-2025 reached 85.5% of the planned 1,234,567.89 dollars by the end of June.",
    "Questions may be addressed to the clerk at (202) 555-0143 before 5 p.m. on August 24, 2024.",
    "Under section 2(a) of the agreement, the parties have five days in which to cure any default.",
    "Nothing in this opinion should be taken to suggest that the agency lacked the power to act as it did.",
    "The equipment meets ISO/IEC 27001:2013 and the contract numbered 15/HD-XD was closed on April 3, 2020.",
)
_CHILD = """
import json, sys, time
from eyecite import get_citations
texts = json.load(open(sys.argv[1], encoding="utf-8"))
for text in texts[:3]:
    get_citations(text)
began = time.process_time()
found = sum(len(get_citations(text)) for text in texts)
print(json.dumps([found, time.process_time() - began]))
"""


def vietnamese(rng: random.Random, characters: int) -> list[str]:
    """Letters of four pages: every form of citation, four sentences without any between two of them."""
    letters: list[str] = []
    while sum(map(len, letters)) < characters:
        parts: list[str] = []
        while sum(map(len, parts)) < 4 * PAGE:
            parts.append(rng.choice(list(FORMS.values()))(rng)[0])
            parts += [sentence(rng) for _ in range(4)]
        letters.append("\n\n".join(parts))
    return letters


def english(rng: random.Random, length: int, citations: int) -> str:
    """An opinion of about `length` characters with `citations` full case citations, spread evenly."""
    parts: list[str] = []
    size = 0
    for number in range(citations):
        reporter = rng.choice(REPORTERS)
        who, whom = rng.sample(PARTIES, 2)
        year = rng.randint(1970, 2019)
        court = COURTS.get(reporter, "")
        cited = f"{who} v. {whom}, {rng.randint(1, 999)} {reporter} {rng.randint(1, 1500)} ({court}{year})"
        parts.append(f"As held in {cited}, the rule is settled.")
        size += len(parts[-1]) + 2
        while size < (number + 1) * length / citations:
            parts.append(rng.choice(PROSE))
            size += len(parts[-1]) + 2
    return "\n\n".join(parts)


def ours(texts: list[str]) -> tuple[int, float]:
    """Citations found and CPU seconds; texts are recognised pages before the clock starts, as in the pipeline."""
    documents = [document(text) for text in texts]
    for warm in documents[:3]:
        list(in_text.find(warm))
    began = time.process_time()
    found = sum(len(list(in_text.find(each))) for each in documents)
    return found, time.process_time() - began


def theirs(python: str, texts: list[str]) -> tuple[int, float]:
    """The same of eyecite, run by another Python."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "texts.json"
        file.write_text(json.dumps(texts), encoding="utf-8")
        done = subprocess.run([python, "-c", _CHILD, str(file)], check=True, capture_output=True, text=True)
    found, seconds = json.loads(done.stdout)
    return int(found), float(seconds)


def _report(name: str, measured: list[tuple[int, float]], texts: list[list[str]]) -> float:
    """Print all rounds together; citations a second."""
    found, seconds = sum(count for count, _ in measured), sum(second for _, second in measured)
    characters = sum(len(text) for each in texts for text in each)
    megabytes = sum(len(text.encode()) for each in texts for text in each) / 1e6
    print(
        f"{name:8} {found} citations in {characters:,} characters ({megabytes:.2f} MB): {seconds:.2f} s CPU,",
        end=" ",
    )
    print(f"{found / seconds:,.0f} citations/s, {megabytes / seconds:.2f} MB/s")
    return found / seconds


def run(python: str | None, megabytes: float, rounds: int) -> None:
    """Measure and print; every round has texts of its own, so that nothing is answered from memory."""
    letters, opinions = [], []
    mine, other = [], []
    for number in range(rounds):
        rng = random.Random(number)
        letters.append(vietnamese(rng, int(megabytes * 780_000)))  # 1.28 bytes a character
        mine.append(ours(letters[-1]))
        if python:
            counts = [len(list(in_text.find(document(text)))) for text in letters[-1]]
            same = zip(letters[-1], counts, strict=True)
            opinions.append([english(rng, len(text), count) for text, count in same])
            other.append(theirs(python, opinions[-1]))
    rate = _report("ours", mine, letters)
    if python:
        print(f"ours / eyecite: {rate / _report('eyecite', other, opinions):.1f} times as many citations a second")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--eyecite", metavar="PYTHON", help="a Python that has eyecite installed")
    parser.add_argument("--megabytes", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    chosen = parser.parse_args()
    run(chosen.eyecite, chosen.megabytes, chosen.rounds)
