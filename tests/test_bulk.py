"""Rows in bulk, and a store copied whole from one database to another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from benchmarks.archive import Archive, as_letter, as_rows
from models.errors import ConfigError
from pipeline.store import rows
from pipeline.store.bulk import copy_store, insert_rows
from pipeline.store.database import open_engine, upgrade
from pipeline.store.research_tables import METADATA
from pipeline.store.store import Store
from tests.letters import cites, letter

BODY = "Ủy ban nhân dân tỉnh An Giang"


def empty(url: str) -> Engine:
    engine = open_engine(url)
    upgrade(engine)
    return engine


def content(engine: Engine) -> dict[str, list[Any]]:
    with engine.connect() as connection:
        return {
            table.name: sorted(map(str, connection.execute(select(table)).mappings()))
            for table in METADATA.sorted_tables
            if table.name != "letter_changes"
        }


def filled(url: str) -> Store:
    store = Store.open(url)
    store.save(letter("17/QĐ-UBND", "2024-03-05", BODY, cites("18/QĐ-UBND", "2024-03-01", BODY), text="Căn cứ\tvà\\N"))
    key = store.save(letter("18/QĐ-UBND", "2024-03-01", BODY, text="Phê duyệt kế hoạch"))
    store.confirm(key, "subject", "Về kế hoạch", by="người duyệt")
    store.relink()
    return store


@pytest.mark.parametrize(
    ("source", "target"), [("sqlite", "sqlite"), ("sqlite", "postgresql"), ("postgresql", "sqlite")]
)
def test_a_store_copied_whole_says_the_same(source: str, target: str, tmp_path: Path, fresh_postgres: Any) -> None:
    urls = {
        place: f"sqlite:///{tmp_path / place}.sqlite" if kind == "sqlite" else fresh_postgres()
        for place, kind in (("one", source), ("other", target))
    }
    store = filled(urls["one"])
    one, other = open_engine(urls["one"]), empty(urls["other"])
    assert copy_store(one, other) > 250  # the authority list among them
    assert content(one) == content(other)
    copied = Store(other)
    assert [hit.number for hit in copied.search("phe duyet")] == ["18/QĐ-UBND"]
    assert [s.letter.subject.value for s in copied.letters() if s.letter.subject] == ["Về kế hoạch"]
    # What counts rows goes on where it was.
    copied.save(letter("19/QĐ-UBND", "2024-03-06", BODY, text="Phê duyệt dự án"))
    copied.relink()
    assert copied.check() == ()
    assert len(copied.search("phe duyet")) == 2
    with pytest.raises(ConfigError, match="not empty"):
        copy_store(one, other)
    store.close()
    copied.close()
    one.dispose()


def test_generated_rows_are_those_of_the_letter(tmp_path: Path) -> None:
    engine = empty(f"sqlite:///{tmp_path / 's.sqlite'}")
    store = Store(engine)
    archive = Archive()
    different = {"digest", "stored_at", "first_seen", "last_seen", "record", "id"}
    for n in (0, 7, 5_005):
        made = archive.made(n)
        store.save(as_letter(made))
        key = rows.letter_id(as_letter(made))
        for table, row in as_rows(made):
            own = METADATA.tables[table]
            where = [column == row[column.name] for column in own.primary_key.columns if table != "letter_texts"]
            where = where or [own.c.letter_id == key]
            with engine.connect() as connection:
                stored = connection.execute(select(own).where(*where)).mappings().one()
            same = different - ({"record"} if table == "citations" else set())
            assert {k: v for k, v in stored.items() if k not in same} == {k: v for k, v in row.items() if k not in same}
    store.close()


def test_an_archive_is_always_the_same_and_cites_what_it_holds() -> None:
    made = [Archive().made(n) for n in range(3_000, 3_040)]
    assert made == [Archive().made(n) for n in range(3_000, 3_040)]
    cited = [each for one in made for each, _ in one.cited]
    assert 2 < len(cited) / len(made) < 7
    assert all(
        each.issued_on <= one.issued.issued_on for one in made for each, _ in one.cited if "UBND" in each.number
    )
    assert 600 < sum(len(line.split()) for one in made for page in one.pages for line in page) / len(made) < 1000


def test_no_rows_are_no_trouble(tmp_path: Path) -> None:
    engine = empty(f"sqlite:///{tmp_path / 's.sqlite'}")
    with engine.begin() as connection:
        assert insert_rows(connection, METADATA.tables["letters"], ()) == 0
    engine.dispose()
