"""How fast the store answers with many letters in it, on SQLite and on PostgreSQL.

    python -m benchmarks.store [--letters 100000] [--citations 1000000] [--only sqlite]

The letters are those of `benchmarks.archive`. They are loaded in bulk into SQLite, linked there as every night links,
and copied into a PostgreSQL of the benchmark's own as `congvan db copy` does. Both stores stay under
data/processed/bench/store: stopped anywhere, the command goes on where it was, and a larger number adds to what is
there. Questions are asked of the part of the program that the command line and the screens ask, an answer after
another as they come; times are of the wall, with the CPU of this process beside them, so a busy machine shows. The
files are read once before, so that they lie in memory; the first questions after a start of the machine take longer.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import json
import os
import random
import sqlite3
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, func, make_url, select

from benchmarks.archive import Archive, as_letter, as_rows
from benchmarks.peers import BENCH, machine
from models.tables import CitationRow, DecisionRow, StaleRow, TextRow
from pipeline.store.browse import Filter
from pipeline.store.bulk import copy_store, insert_rows
from pipeline.store.database import open_engine, upgrade
from pipeline.store.graph import Direction, Walk
from pipeline.store.research_tables import METADATA
from pipeline.store.rows import search_text
from pipeline.store.runs import Runs
from pipeline.store.scope import View
from pipeline.store.selection import Selection
from tests.postgres import DURABLE, Server, programs

ROOT = Path(__file__).resolve().parents[1]
HOME = BENCH / "store"
CHUNK = 5_000
ASKED = 60  # questions of each kind
NIGHT = 1_000  # new letters


@dataclass(frozen=True, slots=True)
class Times:
    """Answers to one kind of question: seconds of the wall, and of this process's CPU in all."""

    what: str
    walls: tuple[float, ...]
    cpu: float
    bar: float | None = None

    def row(self) -> str:
        """One row of the table, in milliseconds."""
        ordered = sorted(self.walls)
        p95 = ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)] * 1000
        median = statistics.median(ordered) * 1000
        cpu = self.cpu / len(ordered) * 1000
        return f"| {self.what} | {len(ordered)} | {median:.1f} | {p95:.1f} | {ordered[-1] * 1000:.1f} | {cpu:.1f} |"


# Filling


def grow(engine: Engine, archive: Archive, letters: int) -> tuple[int, float]:
    """Add letters until there are so many; how many were added, and in how many CPU seconds with the generator's."""
    added, began = 0, time.process_time()
    while (start := _count(engine)) < letters:
        end = min(start + CHUNK, letters)
        groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for n in range(start, end):
            for table, row in as_rows(archive.made(n)):
                groups[table].append(row)
        with engine.begin() as connection:
            for place in METADATA.sorted_tables:
                insert_rows(connection, place, groups.get(place.name, ()))
            keys = {row["link_key"] for name in ("letters", "citations") for row in groups[name]}
            known = set(connection.scalars(select(StaleRow.link_key)))
            insert_rows(connection, METADATA.tables["stale_links"], [{"link_key": key} for key in sorted(keys - known)])
        added += end - start
        print(f"{end} letters, {time.process_time() - began:.0f} s CPU", file=sys.stderr, flush=True)
    return added, time.process_time() - began


def _count(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(select(func.max(TextRow.id))) or 0


def fill_sqlite(url: str, letters: int) -> list[str]:
    """The SQLite store with so many letters and all their links; what was done, for the notes."""
    path = Path(url.removeprefix("sqlite:///"))
    smaller = sorted((p for p in HOME.glob("*.sqlite") if int(p.stem) < letters), key=lambda p: int(p.stem))
    if smaller and not path.exists():
        part = path.with_suffix(".part")
        with sqlite3.connect(smaller[-1]) as one, sqlite3.connect(part) as other:
            one.backup(other)
        part.rename(path)
    engine = open_engine(url)
    upgrade(engine)
    said = []
    added, seconds = grow(engine, Archive(), letters)
    if added:
        said.append(f"{added} letters generated and inserted into SQLite: {added / seconds:.0f} a CPU second")
    engine.dispose()
    runs = Runs.of(url)
    began = time.process_time()
    keys = runs.relink()
    if keys:
        said.append(f"{keys} numbers linked on SQLite: {keys / (time.process_time() - began):.0f} a CPU second")
    runs.close()
    return said


def fill_postgres(source: str, server: Server, letters: int) -> tuple[str, list[str]]:
    """A PostgreSQL store with the same letters, copied where it is missing."""
    name = f"store{letters}"
    said = []
    with open_engine(server.url()).connect() as connection:
        known = connection.exec_driver_sql("select 1 from pg_database where datname = %s", (name,)).first()
    if not known:
        part = f"{name}_part"
        server.execute(f"drop database if exists {part}")
        server.execute(f"create database {part}")
        one, other = open_engine(source), open_engine(server.url(part))
        upgrade(other)
        began = time.monotonic()
        rows = copy_store(one, other, lambda table, count: print(table, count, file=sys.stderr, flush=True))
        seconds = time.monotonic() - began
        one.dispose()
        other.dispose()
        server.execute(f"alter database {part} rename to {name}")
        said.append(f"{rows} rows copied to PostgreSQL, indexes built: {seconds:.0f} s, {rows / seconds:.0f} a second")
    kept = open_engine(server.url(name))
    upgrade(kept)  # one that was filled by an older program
    kept.dispose()
    return server.url(name), said


def warm(folder: Path) -> None:
    """Read every file of the stores once, so that answers come from memory, as a day after a start of the machine."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                while file.read(1 << 24):
                    pass


# Asking


@dataclass(frozen=True, slots=True)
class Asked:
    """Questions to ask, the same of both databases."""

    rare: tuple[str, ...]
    common: tuple[str, ...]
    everywhere: tuple[str, ...]
    several: tuple[str, ...]
    phrases: tuple[str, ...]
    marked: tuple[str, ...]
    own_numbers: tuple[str, ...]
    cited_numbers: tuple[str, ...]

    @classmethod
    def made(cls, archive: Archive, letters: int) -> Asked:
        """Words by the share of letters that hold them, as counted on a sample."""
        rng = random.Random(5)
        sample = [archive.made(rng.randrange(letters)) for _ in range(400)]
        texts = [[line for page in made.pages for line in page[6:]] for made in sample]
        held: Counter[str] = Counter()
        for lines in texts:
            held.update({word for line in lines for word in search_text(line).split() if word.isalpha()})

        def among(least: float, most: float) -> list[str]:
            return sorted(word for word, n in held.items() if least < n / len(sample) <= most)

        def some(words: Iterable[str], count: int = ASKED) -> tuple[str, ...]:
            known = list(words)
            return tuple(rng.choice(known) for _ in range(count))

        middling = set(among(0.02, 0.3))
        inside = [[w for line in lines for w in search_text(line).split() if w in middling] for lines in texts]
        pairs = [line.split()[at : at + 2] for lines in texts for line in lines for at in (1, 5)]
        phrases = [" ".join(pair) for pair in pairs if all(word.isalpha() for word in pair)]
        cited = [each.number for made in sample for each, _ in made.cited]
        return cls(
            some(among(0.0, 0.003)),
            some(among(0.05, 0.2)),
            some(among(0.8, 1.0)),
            some(" ".join(rng.sample(words, 3)) for words in inside if len(words) > 5),
            some(f'"{phrase}"' for phrase in phrases),
            some(phrase for phrase in phrases if search_text(phrase) != phrase),
            some(made.issued.number for made in sample),
            some(cited),
        )  # fmt: skip


def questions(url: str, letters: int) -> Iterator[Times]:
    """Everything that is asked of the store while somebody waits."""
    runs = Runs.of(url)
    view = View(runs, cleared=False)
    asked = Asked.made(Archive(), letters)
    kinds = (
        ("a rare word", asked.rare), ("a common word (5–20 % of letters)", asked.common),
        ("a word of nearly every letter", asked.everywhere), ("three words", asked.several),
        ("a phrase of two words", asked.phrases), ("two words with marks", asked.marked),
        ("a letter's own number", asked.own_numbers), ("a number that is cited", asked.cited_numbers),
    )  # fmt: skip
    for what, words in kinds:
        yield times(f"search: {what}", [partial(runs.search, q) for q in words])
    chosen = Selection(issuer="Sở Y tế", doc_type="QĐ")
    yield times(
        "search: three words, one kind of body and type", [partial(runs.search, q, chosen) for q in asked.several]
    )
    for what, words in kinds:
        yield times(f"first page of results: {what}", [partial(view.browse.letters, Filter(q)) for q in words[:20]])
    yield times("first page, no words", [partial(view.browse.letters, Filter())] * 20)
    for what, words in kinds:
        yield times(f"facets: {what}", [partial(view.browse.facets, Filter(q)) for q in words[:20]])
    yield times("facets, no words", [partial(view.browse.facets, Filter())] * 20)
    yield from documents(runs)
    runs.close()


def documents(runs: Runs) -> Iterator[Times]:
    """One letter, its document, and the documents around it."""
    rng = random.Random(9)
    with runs._reads() as session:
        held = session.scalars(select(DecisionRow.id).where(DecisionRow.held).order_by(DecisionRow.id)).all()
        cited = func.count()
        hubs = select(CitationRow.decision_id).where(CitationRow.decision_id.is_not(None))
        most = session.scalars(hubs.group_by(CitationRow.decision_id).order_by(cited.desc()).limit(10)).all()
    some = [rng.choice(held) for _ in range(ASKED)]
    letters = [letter.id for one in some for letter in runs.letters_of(one)][:ASKED]
    yield times("one letter with all its values", [partial(runs.letter, k) for k in letters])
    everyone = (("any document", some), ("one that everybody cites", [each for each in most if each]))
    directions: tuple[Direction, ...] = ("cites", "cited-by", "both")
    for what, ids in everyone:
        for direction in directions:
            for depth in (1, 4):
                walk = Walk(depth, direction, nodes=150)
                name = f"links, depth {depth}, {direction}: {what}"
                yield times(name, [partial(runs.neighbourhood, each, walk) for each in ids])


def times(what: str, acts: Sequence[Callable[[], object]]) -> Times:
    """How long each act takes; the first is done once more before, so that all find a warm cache."""
    acts[0]()
    began, walls = time.process_time(), []
    for act in acts:
        start = time.perf_counter()
        act()
        walls.append(time.perf_counter() - start)
    found = Times(what, tuple(walls), time.process_time() - began)
    print(found.row(), flush=True)
    return found


def night(url: str, letters: int) -> str:
    """Store new letters one by one as workers do, and link them: in a copy, so that being cut off harms nothing."""
    archive = Archive()
    made = [as_letter(archive.made(n)) for n in range(letters, letters + NIGHT)]
    with copied(url) as copy:
        runs = Runs.of(copy)
        runs.counts()  # connected
        began, cpu = time.perf_counter(), time.process_time()
        for each in made:
            runs.save_file([each])
        stored, stored_cpu = time.perf_counter() - began, time.process_time() - cpu
        began, cpu = time.perf_counter(), time.process_time()
        keys = runs.relink()
        linked, linked_cpu = time.perf_counter() - began, time.process_time() - cpu
        runs.close()
    return (
        f"{NIGHT} new letters into {letters}: stored one by one in {stored:.1f} s ({stored_cpu:.1f} s CPU of the "
        f"program), linked in **{linked:.1f} s** ({linked_cpu:.1f} s CPU; {keys} numbers)"
    )


@contextlib.contextmanager
def copied(url: str) -> Iterator[str]:
    """A copy of the store that is gone afterwards."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        copy = path.with_name("night.copy")
        with contextlib.closing(sqlite3.connect(path)) as one, contextlib.closing(sqlite3.connect(copy)) as other:
            one.backup(other)
        try:
            yield f"sqlite:///{copy}"
        finally:
            for left in copy.parent.glob("night.copy*"):
                left.unlink()
        return
    parsed = make_url(url)
    engine = create_engine(parsed.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql("drop database if exists night")
        connection.exec_driver_sql(f"create database night template {parsed.database}")
        try:
            yield parsed.set(database="night").render_as_string(hide_password=False)
        finally:
            connection.exec_driver_sql("drop database night with (force)")
    engine.dispose()


@contextlib.contextmanager
def server() -> Iterator[Server | None]:
    """The benchmark's own PostgreSQL with Debian's settings; its data stay. None where it is not installed."""
    bin_ = programs()
    if bin_ is None:
        print("PostgreSQL is left out: Debian's package postgresql is not installed", file=sys.stderr)
        yield None
        return
    home = HOME / "postgres"
    home.mkdir(parents=True, exist_ok=True)
    found = Server(home, bin_, DURABLE)
    found.start()
    try:
        yield found
    finally:
        found.execute("checkpoint")
        found.stop()


def letters_for(citations: int) -> int:
    """How many letters it takes to have so many citations."""
    archive = Archive()
    rng = random.Random(2)
    mean = statistics.mean(len(archive.made(rng.randrange(10_000, 90_000)).cited) for _ in range(1_000))
    return round(citations / mean / 5_000) * 5_000


def measured(url: str, letters: int, said: Sequence[str]) -> list[str]:
    """All questions and the night on one database, as lines of the results."""
    runs = Runs.of(url)
    counts = runs.counts()
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    runs.close()
    citations = sum(counts[f"citations_{name}"] for name in ("linked", "open", "ambiguous"))
    print(f"## {kind}, {counts['letters']} letters, {citations} citations", flush=True)
    head = [
        "| question | asked | median ms | p95 ms | longest ms | CPU of the program ms |",
        "|---|---|---|---|---|---|",
    ]
    rows = [each.row() for each in questions(url, letters)]
    held, open_ = counts["citations_linked"], counts["citations_open"]
    notes = [night(url, letters), *said, f"{held} citations linked, {open_} open, the others ambiguous"]
    print("\n".join(notes), flush=True)
    return [
        f"## {kind}, {letters} letters, {citations} citations",
        "",
        *head,
        *rows,
        "",
        *(f"- {n}" for n in notes),
        "",
    ]


def main() -> None:
    """Fill what is missing, ask, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--citations", type=int, help="as many letters as have so many citations")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--fill", action="store_true", help="fill the stores, ask nothing")
    parser.add_argument("--out", type=Path, default=ROOT / "benchmarks" / "results")
    options = parser.parse_args()
    letters = letters_for(options.citations) if options.citations else options.letters
    HOME.mkdir(parents=True, exist_ok=True)
    url = f"sqlite:///{HOME / f'{letters}.sqlite'}"
    lines: list[str] = []
    said = fill_sqlite(url, letters)
    if options.only != "postgresql" and not options.fill:
        warm(HOME)
        lines += measured(url, letters, said)
    if options.only != "sqlite":
        with server() as running:
            if running:
                there, more = fill_postgres(url, running, letters)
                warm(HOME)
                lines += [] if options.fill else measured(there, letters, more)
    if lines:
        write(options.out, letters, lines)


def write(out: Path, letters: int, lines: Sequence[str]) -> None:
    """Put the results for this number of letters in the place of older ones."""
    kept = BENCH / "store.json"
    parts: dict[str, list[str]] = json.loads(kept.read_text()) if kept.exists() else {}
    load = os.getloadavg()[0]
    about = f"Machine: {machine()}, load {load:.1f}; {dt.date.today():%Y-%m-%d}; "
    parts[str(letters)] = [*lines, f"{about}`python -m benchmarks.store --letters {letters}`", ""]
    kept.write_text(json.dumps(parts))
    body = [line for _, part in sorted(parts.items(), key=lambda item: int(item[0])) for line in part]
    out.mkdir(parents=True, exist_ok=True)
    (out / "store.md").write_text("\n".join(["# Search, links and linking in large stores", "", *body]))


if __name__ == "__main__":
    main()
