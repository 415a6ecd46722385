"""The authority list in the store, so that queries over letters can join it; the project's list is the master."""

from __future__ import annotations

from sqlalchemy import Connection, delete, insert

from extractors.vi.authority_list import all_authorities
from models.tables import AuthorityRow

_SAME = ("key", "name", "kind", "parent", "valid_from", "valid_to", "successor", "source")


def load_authorities(connection: Connection) -> int:
    """Replace what is stored by the project's list; how many rows."""
    rows = [
        {"ordinal": ordinal, "code": body.code or "", **{name: getattr(body, name) for name in _SAME}}
        for ordinal, body in enumerate(all_authorities())
    ]
    connection.execute(delete(AuthorityRow))
    connection.execute(insert(AuthorityRow), rows)
    return len(rows)
