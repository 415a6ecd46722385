"""A table of projects as entries and measures; other tables are left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from extractors.tables.aligning import align
from extractors.tables.entries import PROJECT, Entry, entries
from extractors.tables.reading import ReadTable
from extractors.tables.roles import ROLES, Measure, column_roles, measures
from extractors.vi.text import fold
from models.letter import Table

_ANYTHING = re.compile(r"noi dung")
_SIGNS = {"decision", "location", "time", "finish", "code"}
_PROJECTS = re.compile(r"du an|cong trinh|dau tu (?:cong|xay dung|phat trien)|von dau tu|xay dung co ban|xdcb")


@dataclass(frozen=True, slots=True)
class ProjectTable:
    """A table whose rows are projects.

    Attributes:
        roles: Column of each role in `roles.ROLES`.
        aligned: What was assumed where the head does not stand above the data; None if it does.
    """

    table: ReadTable
    roles: dict[str, int]
    measures: tuple[Measure, ...]
    entries: tuple[Entry, ...]
    aligned: str | None = None


def understand(table: ReadTable) -> ProjectTable | None:
    """The table as projects with amounts; None if it is no such table."""
    roles = column_roles(table)
    if "name" not in roles or not _of_projects(table, roles):
        return None
    aligned = None
    if table.drawn:
        money_columns = measures(table, set(roles.values()))
    else:
        identity = _identity_columns(table, roles)
        alignment = align(table, identity)
        if alignment is None:
            return None
        money_columns, aligned = alignment.measures, alignment.assumed
    found = entries(table, roles.get("ordinal", roles["name"]), roles["name"])
    projects = [entry for entry in found if entry.kind == PROJECT]
    if not money_columns or not projects:
        return None
    if not any(entry.row.texts[m.column] for entry in projects for m in money_columns):
        return None
    return ProjectTable(table, roles, money_columns, found, aligned)


def as_table(table: ReadTable) -> Table:
    """The table as the letter carries it; where the head does not stand above the data, with the headings dealt out."""
    understood = understand(table)
    if understood is None or understood.aligned is None:
        return table.as_table()
    first = min(measure.column for measure in understood.measures)
    several = {m.name for m in understood.measures if m.source is not None}
    paths = {m.column: (m.name, m.source or "Tổng số") if m.name in several else (m.name,) for m in understood.measures}
    columns = (path if column < first else paths.get(column, ()) for column, path in enumerate(table.columns))
    return replace(table.as_table(), columns=tuple(columns))


def _of_projects(table: ReadTable, roles: dict[str, int]) -> bool:
    """Whether what the rows name are projects: a heading "Nội dung" alone stands in tables of any kind."""
    if not _ANYTHING.match(fold(" ".join(table.columns[roles["name"]]))):
        return True
    return bool(_SIGNS & roles.keys()) or _PROJECTS.search(fold(table.title or "")) is not None


def _identity_columns(table: ReadTable, roles: dict[str, int]) -> int:
    """How many columns on the left hold words, by their roles."""
    return max(roles[role] for role in ROLES if role in roles and role != "note") + 1
