"""What all commands share: settings, the store, and how data gets to standard output and words to standard error."""

from __future__ import annotations

import csv
import io
import json
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from rich import box
from rich.console import Console
from rich.table import Table

from extractors.vi.text import normalise
from models.errors import CongvanError
from pipeline.config import Config
from pipeline.execute.local import MakeReader
from pipeline.export import disarm
from pipeline.store.selection import Selection
from pipeline.store.store import Store

F = TypeVar("F", bound=Callable[..., Any])

# Where the output is no terminal (a pipe, a README) tables are set for this many columns.
WIDTH = 100


class NotFound(CongvanError):
    """Nothing in the store is called so."""


@dataclass(frozen=True, slots=True)
class App:
    """What a command gets: settings, and how to make a reader."""

    config: Config
    make_reader: MakeReader

    def store(self) -> Store:
        """The store, brought up to date."""
        return Store.open(self.config.database)

    def existing_store(self) -> Store | None:
        """The store as it is, for commands that must not write; None if there is none yet."""
        url = self.config.database
        if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
            return None
        return Store.open(url, bring_up_to_date=False)


pass_app = click.make_pass_decorator(App)


def formats(*names: str) -> Callable[[F], F]:
    """The option `--format`; the first name is the default."""
    return click.option("--format", "form", type=click.Choice(names), default=names[0], show_default=True)


def selection_options(command: F) -> F:
    """Options that narrow down letters; they arrive as `issuer, doc_type, since, until, status, successors`."""
    day = click.DateTime(formats=["%Y-%m-%d", "%d/%m/%Y"])
    for option in (
        click.option("--successors", is_flag=True, help="Also letters of the bodies that took over from --issuer."),
        click.option("--status", type=click.Choice(["ok", "partial", "review"]), help="How the reading went."),
        click.option("--to", "until", type=day, help="Last day of issue, 2024-12-31 or 31/12/2024."),
        click.option("--from", "since", type=day, help="First day of issue."),
        click.option("--type", "doc_type", help="Code of the document type: CV, QĐ, NQ ..."),
        click.option("--issuer", help="Part of the issuing body's name; marks optional."),
    ):
        command = option(command)
    return command


def selection(**chosen: Any) -> Selection:
    """The options of `selection_options` as a selection."""
    days = {name: chosen[name].date() if chosen[name] else None for name in ("since", "until")}
    named = {name: chosen[name] for name in ("issuer", "doc_type", "status", "successors")}
    return Selection(since=days["since"], until=days["until"], **named)


def say(message: str) -> None:
    """Words for the person, on standard error."""
    click.echo(message, err=True)


def emit_json(item: object) -> None:
    """One JSON object on a line of its own."""
    click.echo(json.dumps(item, ensure_ascii=False))


def emit_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """CSV with a header; cells that a spreadsheet would run as a formula are disarmed."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([disarm(cell) for cell in row] for row in rows)
    click.echo(buffer.getvalue(), nl=False)


def console(*, err: bool = False) -> Console:
    """Rich output: colour only on a terminal, a fixed width elsewhere."""
    stream = sys.stderr if err else sys.stdout
    width = None if stream.isatty() else WIDTH
    return Console(file=stream, width=width, highlight=False, soft_wrap=False, markup=False, emoji=False)


def grid(*columns: str, title: str | None = None) -> Table:
    """An empty table in the house style; a column named with a trailing "!" is never wrapped."""
    table = Table(title=title, title_justify="left", title_style="bold", header_style="bold", box=box.HORIZONTALS)
    table.padding = (0, 1, 0, 0)
    for column in columns:
        table.add_column(column.rstrip("!"), no_wrap=column.endswith("!"), overflow="fold")
    return table


def day(value: date | None) -> str:
    """A date as letters write it, 05/03/2024; empty if there is none."""
    return value.strftime("%d/%m/%Y") if value else ""


def clean(text: str | None) -> str:
    """Text safe for a terminal: no control characters that a scanned or sent file may carry."""
    return "".join(c for c in normalise(text or "") if c.isprintable())


def shorten(text: str, most: int) -> str:
    """`text` cut at a word so that it has at most `most` characters."""
    return text if len(text) <= most else text[: most - 1].rsplit(" ", 1)[0].rstrip(" ,;") + " …"


def log_to_stderr(verbose: bool) -> None:
    """Warnings, or with `verbose` everything, on standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(message)s"))
    log = logging.getLogger("congvan")
    log.handlers[:] = [handler]
    log.setLevel(logging.DEBUG if verbose else logging.WARNING)
    log.propagate = False
