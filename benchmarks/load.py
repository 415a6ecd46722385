"""How long the pages take while 16 people use them at once, with 10,000 letters, on SQLite and on PostgreSQL.

    python -m benchmarks.load [--letters 10000] [--clients 16] [--seconds 20] [--only sqlite] [--think 0 1]

The server is `congvan serve`, started as documented, in processes of its own. Each client logs in, keeps its
connection, and asks in turn for a list (a page of all letters, or of a year, type or body), a search (words as rare or
common as they come, with and without marks, numbers, phrases) and a record (a letter with its scan's text, links and
chain); the whole answer is read before the next question. `--think 0` asks again at once (closed loop: the server
never rests), `--think 1` waits a second on average, as nobody who reads does less. Clients run on the same machine and
take their share of its cores. No two questions of a run are made to be alike, so what the server remembers helps only
as it helps people.

The letters are those of `benchmarks.archive` with words and boxes of every page; both stores stay under
data/processed/bench/load, and the command goes on where it was stopped.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import http.client
import os
import random
import socket
import statistics
import subprocess
import sys
import threading
import time
import zlib
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlencode

from sqlalchemy import select, update

from benchmarks import store as stores
from benchmarks.archive import Archive, as_letter
from benchmarks.peers import BENCH, machine
from benchmarks.store import Asked
from models.document import Document, Line, Word
from models.geometry import BBox
from models.tables import LetterRow, ReadingRow
from pipeline import record
from pipeline.store.database import open_engine
from pipeline.store.scope import View
from pipeline.store.store import Store, utc_now
from tests.postgres import Server, programs
from web.office import Settings

HOME = BENCH / "load"
ROOT = Path(__file__).resolve().parents[1]
RESULTS = ROOT / "benchmarks" / "results" / "load.md"
BAR = 0.150
NAME, PASSWORD = "load", "only-for-the-load-test"
WARM = 6.0  # seconds after the last log-in
KINDS = ("list", "search", "record")


# The store


def fill_readings(url: str) -> None:
    """Give every letter the words and boxes that its pages have, as a reader leaves them."""
    engine, archive = open_engine(url), Archive()
    with engine.connect() as connection:
        empty = select(ReadingRow.letter_id, LetterRow.source_sha256).join(LetterRow).where(ReadingRow.record == b"")
        missing = {sha for _, sha in connection.execute(empty)}
    numbers = (n for n in range(10**9) if missing)
    for n in numbers:
        made = archive.made(n)
        if made.sha256 not in missing:
            continue
        missing.discard(made.sha256)
        letter = as_letter(made)
        pages = tuple(
            replace(page, lines=tuple(_laid_out(line.text, at) for at, line in enumerate(page.lines)))
            for page in letter.pages
        )
        said = zlib.compress(record.dump(Document(letter.source, pages)).encode(), 1)
        with engine.begin() as connection:
            key = f"{made.sha256[:16]}-1"
            connection.execute(update(ReadingRow).where(ReadingRow.letter_id == key).values(record=said))
        if n % 1000 == 0:
            print(f"words of {n} letters", file=sys.stderr, flush=True)
    engine.dispose()


def _laid_out(text: str, row: int) -> Line:
    words, left, top = [], 60.0, 60.0 + 14.3 * row
    for word in text.split():
        words.append(Word(word, BBox(left, top, left + 5.7 * len(word), top + 11.2), 0.93))
        left += 5.7 * (len(word) + 1)
    return Line(text, text, BBox(60.0, top, left, top + 11.2), 0.93, tuple(words))


def account(url: str) -> None:
    """A reader who may log in."""
    store = Store.open(url)
    accounts, _ = View(store, cleared=True).people(Settings().hasher)
    if accounts.check(NAME, PASSWORD) is None:
        first = accounts.create(NAME, "reader", "load", utc_now())
        made = accounts.check(NAME, first)
        assert made is not None
        accounts.change_password(made, PASSWORD, utc_now())
    store.close()


# The server


@contextlib.contextmanager
def serving(url: str) -> Iterator[tuple[int, int]]:
    """`congvan serve` over the store; its port and process."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("congvan")), "--database", url, "serve", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.1)
        time.sleep(1)
        yield port, process.pid
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()  # a connection that nobody closed keeps it


def cpu_of(pid: int) -> float:
    """CPU seconds of a process and all that it started."""
    total, todo = 0.0, [pid]
    while todo:
        one = todo.pop()
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{one}/stat").read_text().rpartition(")")[2].split()
            total += (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
            for task in Path(f"/proc/{one}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
    return total


# The clients


@dataclass(frozen=True, slots=True)
class Questions:
    """What is asked: addresses by kind."""

    by_kind: dict[str, list[str]]

    @classmethod
    def made(cls, url: str, letters: int) -> Questions:
        """Addresses as pages offer them, in an order that is the same each time."""
        rng = random.Random(3)
        asked = Asked.made(Archive(), letters)
        words = [q for kind in (asked.rare, asked.common, asked.everywhere, asked.several, asked.phrases, asked.marked,
                                asked.own_numbers, asked.cited_numbers) for q in kind]  # fmt: skip
        rng.shuffle(words)
        store = Store.open(url)
        facets = View(store, cleared=False).browse.facets(stores.Filter())
        with store._reads() as session:
            ids = session.scalars(select(LetterRow.id).order_by(LetterRow.id)).all()
            days = session.scalars(select(LetterRow.issued_on).order_by(LetterRow.id).limit(200)).all()
        store.close()
        chosen = [("issuer", v) for v, _ in facets["issuer"]] + [("type", v) for v, _ in facets["doc_type"]]
        chosen += [("year", v) for v, _ in facets["year"]] + [("relation", v) for v, _ in facets["relation"]]
        lists = [{}, {}, *({"after": f"{day}_0"} for day in days if day), *({k: v} for k, v in chosen)]
        lists += [dict(rng.sample(chosen, 2)) for _ in range(100)]
        rng.shuffle(lists)
        return cls(
            {
                "list": [f"/letters?{urlencode(each)}" for each in lists],
                "search": [f"/letters?{urlencode({'q': q})}" for q in words],
                "record": [f"/letters/{key}" for key in rng.sample(list(ids), min(len(ids), 3000))],
            }
        )


class Client(threading.Thread):
    """One person: logs in, asks, reads, thinks, until told to stop."""

    def __init__(self, port: int, questions: Questions, number: int, think: float) -> None:
        super().__init__(daemon=True)
        self.questions, self.number, self.think, self.until = questions, number, think, 0.0
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.times: dict[str, list[float]] = defaultdict(list)
        self.wrong = 0
        self.log_in()

    def log_in(self) -> None:
        """Keep the cookie of a session."""
        body = urlencode({"name": NAME, "password": PASSWORD})
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST", "/login", body, headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 303:
            raise RuntimeError(f"log-in answered {answer.status}")
        self.headers = {"Cookie": str(answer.getheader("set-cookie")).split(";", 1)[0]}

    def run(self) -> None:
        """Ask until the time is over."""
        rng = random.Random(self.number)
        turn = self.number
        while time.monotonic() < self.until:
            kind = KINDS[turn % 3]
            turn += 1
            began = time.perf_counter()
            self.wrong += self._get(rng.choice(self.questions.by_kind[kind])) != 200
            self.times[kind].append(time.perf_counter() - began)
            if self.think:
                time.sleep(rng.expovariate(1 / self.think))


    def _get(self, address: str) -> int:
        for again in (True, False):
            try:
                self.connection.request("GET", address, headers=self.headers)
                answer = self.connection.getresponse()
                answer.read()
                return answer.status
            except http.client.RemoteDisconnected:
                # The server lets go of who thinks for long; browsers ask again as well.
                self.connection.close()
                if not again:
                    raise
        return 0


def measured(url: str, letters: int, clients: int, think: float, seconds: float) -> list[str]:
    """Rows of the table for one database and one way of asking."""
    questions = Questions.made(url, letters)
    kind = "SQLite" if url.startswith("sqlite") else "PostgreSQL"
    with serving(url) as (port, pid):
        people = [Client(port, questions, n, think) for n in range(clients)]
        # Everybody has logged in; the pages are asked as on any morning after its first seconds.
        warm = [Client(port, questions, 100 + n, 0.2) for n in range(4)]
        for client in warm:
            client.until = time.monotonic() + WARM
            client.start()
        for client in warm:
            client.join()
        for client in people:
            client.until = time.monotonic() + seconds
        cpu, began = cpu_of(pid), time.monotonic()
        for client in people:
            client.start()
        for client in people:
            client.join()
        cpu, lasted = cpu_of(pid) - cpu, time.monotonic() - began
    if wrong := sum(client.wrong for client in people):
        raise SystemExit(f"{wrong} answers were not 200")
    asked = sum(len(times) for client in people for times in client.times.values())
    rows = []
    for what in KINDS:
        ordered = sorted(time_ for client in people for time_ in client.times[what])
        p50, p95 = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
        row = (kind, f"{think:g} s", what, len(ordered), f"{p50 * 1000:.0f}", f"{p95 * 1000:.0f}",
               f"{ordered[-1] * 1000:.0f}", "yes" if p95 <= BAR else "no")  # fmt: skip
        rows.append(f"| {' | '.join(map(str, row))} |")
    print("\n".join(rows), flush=True)
    print(f"{asked / lasted:.0f} answers a second, {1000 * cpu / asked:.1f} ms of server CPU each", flush=True)
    return [*rows, f"{kind}, think {think:g} s: {asked / lasted:.0f} answers a second, {1000 * cpu / asked:.1f} ms "
            "of the server's CPU each (the database server's own not counted)"]  # fmt: skip


# All of it


@contextlib.contextmanager
def databases(letters: int, only: str | None) -> Iterator[list[str]]:
    """The filled stores."""
    HOME.mkdir(parents=True, exist_ok=True)
    source = f"sqlite:///{HOME / f'{letters}.sqlite'}"
    stores.fill_sqlite(source, letters)
    fill_readings(source)
    urls, running = [source], None
    bin_ = programs()
    if only != "sqlite" and bin_ is not None:
        home = HOME / "postgres"
        home.mkdir(exist_ok=True)
        running = Server(home, bin_)
        running.start()
        urls.append(stores.fill_postgres(source, running, letters)[0])
    try:
        chosen = urls[1:] if only == "postgresql" else urls
        for url in chosen:
            account(url)
        yield chosen
    finally:
        if running:
            running.execute("checkpoint")
            running.stop()


def main() -> None:
    """Fill what is missing, ask, print, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=20)
    parser.add_argument("--think", type=float, nargs="*", default=[0, 1])
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    parser.add_argument("--fill", action="store_true", help="fill the stores, ask nothing")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    rows: list[str] = []
    with databases(options.letters, options.only) as urls:
        for url in [] if options.fill else urls:
            for think in options.think:
                rows += measured(url, options.letters, options.clients, think, options.seconds)
    if not rows:
        return
    head = ("database", "think time", "page", "asked", "median ms", "p95 ms", "longest ms", "p95 ≤ 150 ms")
    table = [row for row in rows if row.startswith("|")]
    notes = [f"- {row}" for row in rows if not row.startswith("|")]
    about = f"{options.clients} clients, {options.letters} letters. Machine: {machine()}, load before "
    lines = [
        "# Pages under load", "", about + f"{os.getloadavg()[2]:.1f}; {dt.date.today():%Y-%m-%d}; "
        "`python -m benchmarks.load`", "", f"| {' | '.join(head)} |", "|" + "---|" * len(head), *table, "", *notes, "",
    ]  # fmt: skip
    options.out.write_text("\n".join(lines))


if __name__ == "__main__":
    main()
