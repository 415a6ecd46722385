"""The letters as data: one TOML file each in `letters/`, and the truth that follows from it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

LETTERS = Path(__file__).with_name("letters")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an annex table.

    Attributes:
        header: Path from the outermost heading down.
        width: Millimetres.
        numeric: Set right, figures in Vietnamese writing.
    """

    header: tuple[str, ...]
    width: float
    numeric: bool


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an annex.

    Attributes:
        unit: The line above it, as printed.
        rows: Body only; a section row has its text in the second cell.
    """

    unit: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Annex:
    """What follows the signature, from a new page on.

    Attributes:
        heading: Centred bold lines.
        recap: The italic line in brackets that repeats the letter's number.
        body: As `Letter.body`.
        landscape: Turned page.
    """

    heading: tuple[str, ...]
    recap: str
    body: str
    landscape: bool
    table: Table | None


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter, field by field as it is printed.

    Attributes:
        parent: Lines of the parent body in the letterhead, as printed.
        issuer: Lines of the issuing body in the letterhead, as printed.
        issuer_names: Full names of the issuing body that count as right.
        type_name: Printed title such as "QUYẾT ĐỊNH"; empty for a công văn.
        doc_type: Code of the type.
        day, month: As printed, padded or not.
        authority: Lines in capitals above the body, as a decision has them.
        body: Paragraphs, one a line; a leading "# " centres and sets bold, "^ " sets italic, `**` sets bold.
        signer: Title lines from the top, then the name.
        truth: Citations, deadlines and the like, which cannot be derived from the fields.
    """

    slug: str
    parent: tuple[str, ...]
    issuer: tuple[str, ...]
    issuer_names: tuple[str, ...]
    type_name: str
    doc_type: str
    serial: str
    symbol: str
    place: str
    day: str
    month: str
    year: str
    subject: str
    recipients: tuple[str, ...]
    authority: tuple[str, ...]
    body: str
    copies: tuple[str, ...]
    titles: tuple[str, ...]
    signer: str
    urgency: str
    annex: Annex | None
    truth: dict[str, Any]

    @property
    def number(self) -> str:
        """Serial and symbol, canonical."""
        return f"{self.serial}/{self.symbol}"

    @property
    def iso_date(self) -> str:
        """The date of the place-date line."""
        return f"{int(self.year)}-{int(self.month):02d}-{int(self.day):02d}"

    @property
    def printed_text(self) -> str:
        """Every character that the letter needs, for checking fonts."""
        annex = self.annex
        parts = [*self.parent, *self.issuer, self.type_name, self.subject, *self.recipients, *self.authority, self.body]
        parts += [self.place, *self.copies, *self.titles, self.signer, self.urgency, self.number]
        if annex:
            parts += [*annex.heading, annex.recap, annex.body]
            if annex.table:
                parts += [text for column in annex.table.columns for text in column.header]
                parts += [text for row in annex.table.rows for text in row]
        return "\n".join(parts)


def load(slug: str) -> Letter:
    """One letter by the name of its file in `letters/`."""
    raw = tomllib.loads((LETTERS / f"{slug}.toml").read_text(encoding="utf-8"))
    return Letter(
        slug=slug,
        parent=tuple(raw.get("parent", ())),
        issuer=tuple(raw["issuer"]),
        issuer_names=tuple(raw["issuer_names"]),
        type_name=raw.get("type_name", ""),
        doc_type=raw["doc_type"],
        serial=raw["serial"],
        symbol=raw["symbol"],
        place=raw["place"],
        day=raw["day"],
        month=raw["month"],
        year=raw["year"],
        subject=raw["subject"],
        recipients=tuple(raw.get("recipients", ())),
        authority=tuple(raw.get("authority", ())),
        body=raw["body"].strip(),
        copies=tuple(raw.get("copies", ())),
        titles=tuple(raw.get("titles", ())),
        signer=raw.get("signer", ""),
        urgency=raw.get("urgency", ""),
        annex=_annex(raw["annex"]) if "annex" in raw else None,
        truth=dict(raw.get("truth", {})),
    )


def load_all() -> tuple[Letter, ...]:
    """Every letter, by name."""
    return tuple(load(path.stem) for path in sorted(LETTERS.glob("*.toml")))


def _annex(raw: dict[str, Any]) -> Annex:
    table = raw.get("table")
    return Annex(
        heading=tuple(raw["heading"]),
        recap=raw.get("recap", ""),
        body=raw.get("body", "").strip(),
        landscape=raw.get("landscape", False),
        table=_table(table) if table else None,
    )


def _table(raw: dict[str, Any]) -> Table:
    columns = tuple(
        Column(tuple(c["header"]), float(c["width"]), bool(c.get("numeric", False))) for c in raw["columns"]
    )
    rows = tuple(_row(line, len(columns)) for line in raw["rows"].strip("\n").split("\n"))
    return Table(raw["unit"], columns, rows)


def _row(line: str, width: int) -> tuple[str, ...]:
    cells = tuple(cell.strip() for cell in line.split("|"))
    if len(cells) != width:
        raise ValueError(f"row of {len(cells)} cells in a table of {width} columns: {line}")
    return cells


def paragraphs(body: str) -> tuple[str, ...]:
    """The lines of a body, blank ones left out."""
    return tuple(line.strip() for line in body.split("\n") if line.strip())


def plain(text: str) -> str:
    """A paragraph without its marks."""
    return re.sub(r"^[#^] ", "", text).replace("**", "")
