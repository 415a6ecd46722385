"""How fast the documents around one are found in a million citations, on SQLite and on PostgreSQL.

    python -m benchmarks.graph [--citations 1000000] [--only sqlite] [--nodes 150]

The graph is that of an archive of letters: nearly half of all citations name a few hundred laws, the best known of them
every tenth letter's citation and more, two in five name letters of the last weeks, the rest anything older, held or
not. Only what links are made of is stored (no texts), in data/processed/bench/graph, once for every number of
citations. Asked are neighbourhoods of depth 4, from any letter and from the laws cited most, through the part of the
program that screens and commands ask; at least as many documents come back as a picture shows. Times are of the wall,
the CPU of this process beside them.
"""

from __future__ import annotations

import argparse
import contextlib
import itertools
import random
import statistics
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, func, select

from benchmarks.peers import BENCH, machine
from models.tables import CitationRow
from pipeline.store.bulk import insert_rows
from pipeline.store.database import open_engine, upgrade
from pipeline.store.graph import Direction, Walk
from pipeline.store.research_tables import METADATA
from pipeline.store.store import Store
from tests.postgres import Server, programs

HOME = BENCH / "graph"
LAWS, EACH = 400, 5  # laws that everybody cites; citations of a letter
ASKED = 100
BAR = 50.0  # milliseconds
KNOWN = list(itertools.accumulate(rank**-1.1 for rank in range(1, LAWS + 1)))  # the first: one citation in eleven
CHUNK = 5_000
STORED = datetime(2026, 1, 1)
RELATIONS = ("legal_basis",) * 9 + ("implements",) * 5 + ("references",) * 4 + ("replies_to", "amends")

Row = dict[str, Any]


def laws() -> Iterator[Row]:
    """Documents that are only cited, and that everybody cites."""
    for n in range(LAWS):
        yield _decision(f"law{n}", f"{n + 1}/2015/NĐ-CP", date(2015, 1, 1) + timedelta(days=n % 365), held=False)


def letters(start: int, end: int) -> Iterator[tuple[str, Row]]:
    """Rows of the letters from `start` up to `end`, by table; always the same."""
    for n in range(start, end):
        pick = random.Random(n)
        key, day = f"{_id(n)}-1", date(2005, 1, 1) + timedelta(days=n // 30)
        number = f"{n % 9000 + 1}/QĐ-UBND"
        yield "sources", {
            "sha256": f"{n:064x}", "name": f"{n}.pdf", "path": f"/a/{n}.pdf", "reason": None,
            "media_type": "application/pdf", "size": 1, "pages": 1, "status": "stored", "message": None,
            "attempts": 1, "read_by": None, "first_seen": STORED, "last_seen": STORED,
        }  # fmt: skip
        yield "decisions", _decision(_id(n), number, day, held=True)
        yield "letters", {
            "id": key, "source_sha256": f"{n:064x}", "first_page": 1, "last_page": 1, "decision_id": _id(n),
            "link_key": number.lower(), "digest": "", "status": "ok", "number": number, "number_folded": number.lower(),
            "number_sure": True, "number_year": None, "issued_on": day, "issuer": "Ủy ban nhân dân tỉnh An Giang",
            "issuer_key": "uy ban nhan dan tinh an giang", "host": None, "doc_type": "QĐ", "subject": None,
            "secrecy": None, "review": [], "reviewed": True, "stored_at": STORED,
        }  # fmt: skip
        named = sorted({_cited(n, pick) for _ in range(EACH)})
        for ordinal, cited in enumerate(named):
            yield from _citation(key, ordinal, cited, day, pick.choice(RELATIONS))
        # "Nghị định A sửa đổi Nghị định B": the same pairs over and over.
        known = [int(cited[3:]) for cited in named if cited.startswith("law")]
        for newer in (law for law in known if law % 2 and law - 1 in known):
            yield "stated_acts", {
                "letter_id": key, "actor": named.index(f"law{newer}"), "citation": named.index(f"law{newer - 1}"),
                "relation": "amends", "source_id": f"law{newer}", "target_id": f"law{newer - 1}",
            }  # fmt: skip


def _id(n: int) -> str:
    # Scattered, as ids made from contents are.
    return f"d{n * 2_654_435_761 % 2**32:08x}{n:07x}"


def _cited(n: int, pick: random.Random) -> str:
    chance = pick.random()
    if chance < 0.45 or n < 100:
        return f"law{bisect_left(KNOWN, pick.random() * KNOWN[-1])}"
    if chance < 0.85:
        return _id(n - pick.randint(1, min(n, 400)))
    return _id(pick.randrange(n)) if chance < 0.93 else f"law{pick.randrange(LAWS)}"


def _decision(identity: str, number: str, day: date, *, held: bool) -> Row:
    return {
        "id": identity, "link_key": number.lower(), "number": number, "number_folded": number.lower(), "issuer": None,
        "issuer_key": None, "year": day.year, "issued_on": day, "doc_type": "QĐ" if held else "NĐ",
        "title": None, "held": held,
    }  # fmt: skip


def _citation(key: str, ordinal: int, cited: str, day: date, relation: str) -> Iterator[tuple[str, Row]]:
    yield "citations", {
        "letter_id": key, "ordinal": ordinal, "link_key": cited, "number": f"{cited}/QĐ-UBND", "number_year": None,
        "issued_on": day, "issuer": None, "issuer_key": None, "doc_type": "QĐ", "title": None, "relation": relation,
        "confidence": 0.95, "status": "open" if cited.startswith("law") else "linked", "decision_id": cited,
        "candidates": [], "record": {},
    }  # fmt: skip
    yield "mentions", {
        "letter_id": key, "citation": ordinal, "ordinal": 0, "text": f"Quyết định số {cited}", "page": 1,
        "bbox": None, "line": None, "span_start": None, "span_end": None,
    }  # fmt: skip


def fill(engine: Engine, citations: int) -> None:
    """Load so many citations, in one transaction."""
    upgrade(engine)
    with engine.begin() as connection:
        insert_rows(connection, METADATA.tables["decisions"], laws())
        loaded = start = 0
        while loaded < citations:
            groups: dict[str, list[Row]] = {}
            for table, row in letters(start, start + CHUNK):
                groups.setdefault(table, []).append(row)
            for place in METADATA.sorted_tables:
                insert_rows(connection, place, groups.get(place.name, ()))
            start, loaded = start + CHUNK, loaded + len(groups["citations"])
            print(f"{loaded} citations", file=sys.stderr, flush=True)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def ask(url: str, nodes: int) -> bool:
    """Print how long neighbourhoods take; whether all are under the bar."""
    engine = open_engine(url)
    with engine.connect() as connection:
        count = func.count()
        most = select(CitationRow.decision_id, count).group_by(CitationRow.decision_id).order_by(count.desc())
        hubs = connection.execute(most.limit(20)).all()
        total = connection.scalar(select(count).select_from(CitationRow)) or 0
    engine.dispose()
    print(f"{url.partition(':')[0]}: {total} citations; the most cited documents {[n for _, n in hubs[:5]]}")
    pick = random.Random(3)
    some = [_id(pick.randrange(total // EACH)) for _ in range(ASKED)]
    store, within = Store(open_engine(url)), True
    directions: tuple[Direction, ...] = ("cites", "cited-by", "both")
    laws = [str(key) for key, _ in hubs] * (ASKED // len(hubs))
    for what, ids in (("any letter", some), ("the laws cited most", laws)):
        for direction in directions:
            within &= _ask(store, what, ids, Walk(4, direction, nodes=nodes))
    store.close()
    return within


def _ask(store: Store, what: str, ids: Sequence[str], walk: Walk) -> bool:
    store.neighbourhood(ids[0], walk)
    walls, sizes, began = [], [], time.process_time()
    for identity in ids:
        start = time.perf_counter()
        found = store.neighbourhood(identity, walk)
        walls.append((time.perf_counter() - start) * 1000)
        sizes.append(len(found.nodes))
    cpu = (time.process_time() - began) * 1000 / len(ids)
    p95 = sorted(walls)[int(len(walls) * 0.95)]
    print(
        f"  depth 4, {walk.direction:8} of {what:20} median {statistics.median(walls):5.1f} ms, p95 {p95:5.1f}, "
        f"longest {max(walls):5.1f}; own CPU {cpu:5.1f}; {statistics.median(sizes):.0f} documents of {walk.nodes}",
        flush=True,
    )
    return p95 <= BAR


@contextlib.contextmanager
def postgres(home: Path) -> Iterator[Server | None]:
    """A server of the benchmark's own; None where PostgreSQL is not installed."""
    bin_ = programs()
    if bin_ is None:
        yield None
        return
    home.mkdir(parents=True, exist_ok=True)
    running = Server(home, bin_)
    running.start()
    try:
        yield running
    finally:
        running.execute("checkpoint")
        running.stop()


def _postgres_url(running: Server, citations: int) -> str:
    name = f"graph{citations}"
    with open_engine(running.url()).connect() as connection:
        known = connection.exec_driver_sql("select 1 from pg_database where datname = %s", (name,)).first()
    if not known:
        running.execute(f"drop database if exists {name}_part")
        running.execute(f"create database {name}_part")
        engine = open_engine(running.url(f"{name}_part"))
        fill(engine, citations)
        engine.dispose()
        running.execute(f"alter database {name}_part rename to {name}")
    return running.url(name)


def main() -> int:
    """Fill what is missing, ask both; 1 if a p95 is over the bar."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--citations", type=int, default=1_000_000)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--nodes", type=int, default=150, help="documents that a picture shows at most")
    options = parser.parse_args()
    HOME.mkdir(parents=True, exist_ok=True)
    within = True
    if options.only != "postgresql":
        path = HOME / f"{options.citations}.sqlite"
        if not path.exists():
            part = path.with_suffix(".part")
            part.unlink(missing_ok=True)
            engine = open_engine(f"sqlite:///{part}")
            fill(engine, options.citations)
            engine.dispose()
            part.rename(path)
        within &= ask(f"sqlite:///{path}", options.nodes)
    if options.only != "sqlite":
        with postgres(Path("/tmp/congvan-graph-bench")) as running:
            within &= running is None or ask(_postgres_url(running, options.citations), options.nodes)
    print(f"{machine()}; bar: p95 of {BAR:.0f} ms")
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
