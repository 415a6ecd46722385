"""A PostgreSQL of the test session's own: Debian's programs, an unprivileged user, a socket in a temporary folder."""

from __future__ import annotations

import os
import pwd
import subprocess
import tempfile
import uuid
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from pipeline.store.database import open_engine, upgrade

_OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "120",
    "shared_buffers": "64MB",
}
# As Debian starts it, for measuring: commits are durable.
DURABLE = {"listen_addresses": "", "max_connections": "120"}
TEMPLATE = "congvan_template"


def programs() -> Path | None:
    """The newest installed server's programs; None if there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[4]))
    return found[-1].parent if found else None


def _unprivileged() -> list[str]:
    """What to put before a command: the server refuses to run as root."""
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_user().pw_uid}", f"--regid={_user().pw_gid}", "--clear-groups"]


def _user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no unprivileged user")


class Server:
    """One running cluster; `options` go before whatever else is set."""

    def __init__(self, home: Path, bin_: Path, options: Mapping[str, str] = _OPTIONS) -> None:
        self.home, self.bin, self.options = home, bin_, options

    def start(self) -> None:
        if os.geteuid() == 0:
            os.chown(self.home, _user().pw_uid, _user().pw_gid)
        if not (self.home / "data").exists():
            self._run("initdb", "-D", self._data, "-U", "congvan", "-A", "trust", "-E", "UTF8", "--locale=C", "-N")
        options = " ".join(f"-c {name}='{value}'" for name, value in self.options.items())
        log = str(self.home / "log")
        self._run("pg_ctl", "start", "-w", "-D", self._data, "-l", log, "-o", f"{options} -k {self.home}")

    def stop(self) -> None:
        self._run("pg_ctl", "stop", "-D", self._data, "-m", "immediate")

    def url(self, database: str = "postgres") -> str:
        return f"postgresql+psycopg://congvan@/{database}?host={self.home}"

    def execute(self, statement: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    @property
    def _data(self) -> str:
        return str(self.home / "data")

    def _run(self, program: str, *arguments: str) -> None:
        command = [*_unprivileged(), str(self.bin / program), *arguments]
        done = subprocess.run(
            command, cwd=self.home, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr.decode(errors='replace')}")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Server]:
    """A cluster for this session; tests that need it are skipped where PostgreSQL is not installed."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("needs Debian's package postgresql")
    home = Path(tempfile.mkdtemp(prefix="congvan-pg-", dir="/tmp"))
    server = Server(home, bin_)
    try:
        server.start()
        server.execute(f"create database {TEMPLATE}")
        engine = open_engine(server.url(TEMPLATE))
        upgrade(engine)
        engine.dispose()
        yield server
        server.stop()
    finally:
        subprocess.Popen(["rm", "-rf", str(home)])  # some hundred megabytes: nobody needs to wait for that


@pytest.fixture
def postgres_url(postgres_server: Server) -> str:
    """A database with all tables, as good as new."""
    return fresh(postgres_server)


def fresh(server: Server) -> str:
    name = f"t{uuid.uuid4().hex[:12]}"
    server.execute(f"create database {name} template {TEMPLATE}")
    return server.url(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh database, once on SQLite and once on PostgreSQL."""
    return new_database(request, tmp_path)()


def new_database(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """Makes fresh databases of the kind that the test is run for."""
    if request.param == "sqlite":
        return lambda: f"sqlite:///{tmp_path / uuid.uuid4().hex}.sqlite"
    server = request.getfixturevalue("postgres_server")
    return lambda: fresh(server)


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], str]:
    """As many fresh databases as a test wants, of each kind."""
    return new_database(request, tmp_path)


@pytest.fixture
def fresh_postgres(postgres_server: Server) -> Callable[[], str]:
    """As many fresh databases on PostgreSQL as a test wants."""
    return lambda: fresh(postgres_server)
