"""How fast the store answers with many letters in it, and where it limits workers that read in no time.

python -m benchmarks.store --letters 100000 [--database URL]       search, links, linking of a night
python -m benchmarks.store --workers 1 2 4 8 --letters 2000        letters a second with a reader that costs nothing

Letters come from a generator: text of 1,700 characters and six citations each, half of them of letters in the store,
as in the real letters that the project was measured on.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

from models.document import Line, Page, Source
from models.identifiers import DocumentNumber
from models.letter import Citation, Field, IssuingBody, Letter, Mention
from pipeline.config import load
from pipeline.store.graph import Walk
from pipeline.store.runs import Entry, Runs, Stat
from pipeline.store.store import utc_now

WORDS = (
    "báo cáo kết quả thực hiện kế hoạch đầu tư công năm ngân sách trung ương địa phương tỉnh thành phố ủy ban nhân dân "
    "sở tài chính bộ kế hoạch chương trình mục tiêu quốc gia giải ngân vốn dự án công trình quyết định phê duyệt điều "
    "chỉnh bổ sung nghị quyết hội đồng thông tư hướng dẫn quản lý nhà nước công nghệ thông tin truyền thông y tế"
).split()
BODIES = [f"Ủy ban nhân dân tỉnh {name}" for name in ("An Giang", "Lâm Đồng", "Hà Giang", "Nghệ An", "Cà Mau")]
FIRST = date(2015, 1, 1)


def letter(number: int, of: int, seed: int = 7) -> Letter:
    """Letter `number` of a store of `of`; always the same."""
    rng = random.Random(seed * 1_000_003 + number)
    text = " ".join(rng.choices(WORDS, k=340))
    data = f"{seed} {number}".encode()
    source = Source(f"{number}.pdf", hashlib.sha256(data).hexdigest(), "application/pdf", Path(f"/in/{number}.pdf"), 9)
    name, on = _identity(number)
    citations = [_cites(rng.randrange(of) if rng.random() < 0.5 else of + rng.randrange(of)) for _ in range(6)]
    return Letter(
        source=source,
        pages=(Page(1, 595.0, 842.0, lines=tuple(Line(text[i : i + 90], "", None) for i in range(0, len(text), 90))),),
        number=Field(name, name, 0.97, 1),
        doc_type=Field("QĐ", "QĐ", 0.99),
        issued_on=Field(on, on.isoformat(), 0.97, 1),
        issuer=Field(IssuingBody(BODIES[number % 5]), BODIES[number % 5], 0.97, 1),
        citations=tuple(citations),
    )


def _identity(number: int) -> tuple[str, date]:
    return f"{number // 10 + 1}/QĐ-UBND", FIRST + timedelta(days=number % 10 * 366)


def _cites(number: int) -> Citation:
    name, on = _identity(number)
    mention = (Mention(f"số {name}", 1),)
    return Citation(DocumentNumber.parse(name), "references", 0.95, mention, "QĐ", on, BODIES[number % 5])


def timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


def p95(times: list[float]) -> str:
    ordered = sorted(times)
    return f"{ordered[int(len(ordered) * 0.95)] * 1000:.1f} ms p95, {statistics.median(ordered) * 1000:.1f} ms median"


def questions(runs: Runs, letters: int) -> Iterator[tuple[str, str]]:
    seconds = timed(lambda: [runs.save_file([letter(n, letters)]) for n in range(letters)])
    yield "store one by one", f"{letters / seconds:.0f} letters/s"
    yield "link all", f"{timed(runs.relink):.1f} s"
    rng = random.Random(1)
    phrases = [" ".join(rng.sample(WORDS, 2)) for _ in range(40)]
    yield "search, two words", p95([timed(lambda p=phrase: runs.search(p)) for phrase in phrases])
    numbers = [_identity(rng.randrange(letters))[0] for _ in range(40)]
    yield "search, a number", p95([timed(lambda p=number: runs.search(p)) for number in numbers])
    found = [node for number in numbers for node in runs.find(number) if node.held][:40]
    for direction in ("cites", "cited-by"):
        walk = Walk(depth=4, direction=direction)  # type: ignore[arg-type]
        times = [timed(lambda n=node.id, w=walk: runs.neighbourhood(n, w)) for node in found]
        yield f"links, depth 4, {direction}", p95(times)
    new = min(1000, letters // 10)
    for n in range(letters, letters + new):
        runs.save_file([letter(n, letters)])
    yield f"link {new} new letters", f"{timed(runs.relink):.1f} s"


def workers(runs: Runs, counts: list[int], letters: int) -> Iterator[tuple[str, str]]:
    for round_, count in enumerate(counts):
        made = [letter(n, letters, seed=100 + round_) for n in range(letters)]
        run = runs.ledger.start("nightly", utc_now())
        entries = [Entry(Stat(str(m.source.path), 9, 0, 0), m.source.sha256, None) for m in made]
        runs.admit(run, 0, entries)
        by_digest = {m.source.sha256: m for m in made}
        seconds = timed(lambda: _all_at_once(runs, run, count, by_digest))  # noqa: B023
        runs.close_run(run)
        yield f"{count} workers", f"{letters / seconds:.0f} letters/s"


def _all_at_once(runs: Runs, run: int, count: int, by_digest: dict[str, Letter]) -> None:
    children = []
    for index in range(count):
        child = os.fork()
        if child == 0:
            mine = Runs.of(os.environ["BENCHMARK_DATABASE"])
            while job := mine.claim(run, f"worker-{index}"):
                mine.store_letters(job, [by_digest[job.sha256]], read_by=None, seconds=0.0)
            os._exit(0)
        children.append(child)
    for child in children:
        os.waitpid(child, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--workers", type=int, nargs="*", default=[])
    parser.add_argument("--database", help="an EMPTY database; default: SQLite in a temporary folder")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = load({}, database=chosen.database or f"{folder}/benchmark.sqlite").database
        os.environ["BENCHMARK_DATABASE"] = url
        runs = Runs.of(url, bring_up_to_date=True)
        if runs.counts()["letters"]:
            sys.exit("the database is not empty")
        print(f"{runs.describe()}, {chosen.letters} letters, {os.cpu_count()} cores, {date.today()}")
        measured = workers(runs, chosen.workers, chosen.letters) if chosen.workers else questions(runs, chosen.letters)
        for what, figure in measured:
            print(f"{what:28} {figure}", flush=True)
        runs.close()


if __name__ == "__main__":
    main()
