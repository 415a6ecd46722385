"""A table of projects as entries and measures; other tables are left alone."""

from __future__ import annotations

from dataclasses import dataclass

from extractors.tables.aligning import align
from extractors.tables.entries import PROJECT, Entry, entries
from extractors.tables.reading import ReadTable
from extractors.tables.roles import ROLES, Measure, column_roles, measures


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
    if "name" not in roles:
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


def _identity_columns(table: ReadTable, roles: dict[str, int]) -> int:
    """How many columns on the left hold words, by their roles."""
    return max(roles[role] for role in ROLES if role in roles and role != "note") + 1
