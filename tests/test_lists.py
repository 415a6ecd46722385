"""A list of texts as one parameter: what the databases make of it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.dialects import postgresql, sqlite

from models.tables import CitationRow, DecisionRow
from pipeline.store.lists import one_of
from pipeline.store.store import Store


@pytest.mark.parametrize("dialect", [sqlite.dialect(), postgresql.dialect()], ids=["sqlite", "postgresql"])
def test_the_condition_stands_bare(dialect: Any) -> None:
    said = str(select(DecisionRow.id).where(one_of(DecisionRow.id, ["a"])).compile(dialect=dialect))
    assert "= 1" not in said


@pytest.mark.parametrize("column", [DecisionRow.id, CitationRow.decision_id], ids=str)
def test_sqlite_uses_the_index(tmp_path: Any, column: Any) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 's.sqlite'}")
    with store._reads() as session:
        query = select(column).where(one_of(column, ["a", "b"])).compile(store._engine)
        plan = session.execute(text("EXPLAIN QUERY PLAN " + str(query).replace("?", ":list")), {"list": '["a"]'}).all()
    assert any("SEARCH" in row[3] for row in plan), plan
    store.close()
