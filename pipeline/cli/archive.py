"""Commands that give the collection as a whole: the register, and exports for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
from rich.text import Text

from models.errors import ConfigError
from pipeline import contract, jsonld
from pipeline import export as exports
from pipeline import register as registers
from pipeline.cli.app import (
    App,
    clean,
    console,
    emit_csv,
    emit_json,
    formats,
    grid,
    pass_app,
    say,
    selection,
    selection_options,
    shorten,
)
from pipeline.cli.package import export_package, export_pdfa
from pipeline.cli.projects import export_projects

_out = click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="Write to this file.")
# On a screen: what only the clerk fills in is left out, day under number, note under subject.
_ON_SCREEN = (
    ("Ngày đến", 10),
    ("Tác giả", 17),
    ("Số, ký hiệu, ngày", 19),
    ("Tên loại và trích yếu nội dung", None),
    ("Đơn vị, người nhận", 18),
)
RECIPIENTS_SHOWN = 70


@click.command()
@selection_options
@formats("table", "csv", "xlsx", "json")
@_out
@pass_app
def register(app: App, /, form: str, out: Path | None, **chosen: Any) -> None:
    """Print the incoming register (sổ đăng ký văn bản đến), the ten columns of Decree 30/2020/NĐ-CP.

    The screen leaves out the columns that only the clerk fills in; csv, xlsx and json have all ten.
    """
    store = app.store()
    scans = store.scans(selection(**chosen))
    rows = registers.entries(store.heads([key for group in scans for key in group]))
    names = [heading for heading, _ in registers.COLUMNS]
    if form == "xlsx":
        if out is None:
            raise ConfigError("a workbook needs a file: --out so-van-ban-den.xlsx")
        out.write_bytes(registers.workbook(rows))
        say(f"{len(rows)} letters written to {out}")
    elif form == "csv":
        emit_csv(names, (row.cells() for row in rows))
    elif form == "json":
        for row in rows:
            emit_json(dict(zip(names, row.cells(), strict=True)))
    else:
        _print_register(rows)


def _print_register(rows: list[registers.Entry]) -> None:
    table = grid(title=registers.TITLE)
    table.show_lines = table.expand = True
    for heading, width in _ON_SCREEN:
        table.add_column(heading, width=width, ratio=None if width else 1, overflow="fold")
    for row in rows:
        subject = clean(row.subject) + (f"\n[{clean(row.note)}]" if row.note else "")
        number = "\n".join(part for part in (clean(row.number) or "(không số)", row.issued_on) if part)
        recipients = shorten(clean(row.recipient), RECIPIENTS_SHOWN)
        table.add_row(row.arrived, clean(row.author), Text(number, no_wrap=True), Text(subject), recipients)
    console().print(table)
    say(f"{len(rows)} letters")


@click.group("export")
def export() -> None:
    """Write data for other programs, and packages for an archive."""


@export.command("letters")
@selection_options
@formats("json", "csv")
@pass_app
def export_letters(app: App, /, form: str, **chosen: Any) -> None:
    """All letters: JSON Lines as the contract says, or one CSV row each."""
    letters = app.store().letters(selection(**chosen))
    if form == "csv":
        emit_csv(exports.LETTER_COLUMNS, (exports.letter_row(stored.id, stored.letter) for stored in letters))
        return
    for stored in letters:
        emit_json({"id": stored.id, "decision": stored.decision_id, **contract.to_json(stored.letter)})


@export.command("links")
@formats("csv", "json", "graphml", "jsonld")
@pass_app
def export_links(app: App, form: str) -> None:
    """Every citation of every letter: an edge from the citing document to the cited one."""
    store = app.store()
    edges = list(store.edges())
    if form == "csv":
        emit_csv(exports.EDGE_COLUMNS, map(exports.edge_row, edges))
    elif form == "graphml":
        click.echo(exports.graphml(store.documents(), edges))
    elif form == "jsonld":
        emit_json(jsonld.graph(store.documents(), edges))
    else:
        for edge in edges:
            emit_json(exports.edge_json(edge))


export.add_command(export_projects)
export.add_command(export_package)
export.add_command(export_pdfa)
