"""Lists answered from columns in memory: the same answers as the database gives, and never old ones."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from models.letter import Field
from pipeline.store import letter_list
from pipeline.store.letter_list import Filter
from pipeline.store.scope import View
from pipeline.store.selection import Selection
from pipeline.store.shelf import Shelf, Shelves
from pipeline.store.store import Store
from tests.letters import cites, letter

BODIES = ("Ủy ban nhân dân tỉnh An Giang", "Bộ Kế hoạch và Đầu tư", "Bộ Tài chính", None)
FILTERS = {
    "all": Filter(),
    "words": Filter("cau duong"),
    "marked-words": Filter("sửa chữa"),
    "no-such-word": Filter("khongco"),
    "year": Filter(year=2024),
    "relation": Filter(relation="amends"),
    "held": Filter(cited="held"),
    "wanted": Filter(cited="wanted"),
    "both": Filter("cau", cited="wanted", relation="references"),
    "issuer": Filter(selection=Selection(issuer="bo tai chinh")),
    "successors": Filter(selection=Selection(issuer="Bộ Kế hoạch và Đầu tư", successors=True)),
    "type": Filter(selection=Selection(doc_type="QĐ")),
    "since": Filter(selection=Selection(since=date(2024, 3, 1))),
    "until": Filter(selection=Selection(until=date(2024, 3, 1))),
    "review": Filter(selection=Selection(status="review")),
    "partial": Filter(selection=Selection(status="partial")),
    "ok": Filter("duong", year=2024, selection=Selection(status="ok")),
}


def filled(url: str) -> Store:
    store = Store.open(url)
    for n in range(40):
        month, body = 1 + n % 12, BODIES[n % 4]
        number = f"{n + 1}/QĐ-BTC" if n % 3 else f"{n + 1}/UBND-KT"
        made = letter(
            number, f"{2023 + n % 3}-{month:02d}-05", body or "x",
            cites(f"{max(n - 2, 1)}/QĐ-BTC", f"{2023 + (n - 3) % 3}-{1 + (n - 3) % 12:02d}-05", "Bộ Tài chính",
                  "amends" if n % 2 else "references"),
            doc_type="QĐ" if n % 3 else "CV", subject="V/v sửa chữa cầu đường" if n % 5 else "V/v khác",
            text="Sửa chữa cầu, đường bộ" if n % 4 else "Không có gì",
        )  # fmt: skip
        if body is None:
            made = replace(made, issuer=None)
        if n % 7 == 0:
            made = replace(made, issued_on=None)
        if n % 9 == 0:
            made = replace(made, secrecy=Field("MẬT", "MẬT", 0.9, 1))
        if n % 6 == 0:
            made = replace(made, review=("place",))
        store.save(made)
    store.relink()
    return store


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return filled(f"sqlite:///{tmp_path_factory.mktemp('shelf') / 's.sqlite'}")


@pytest.mark.parametrize("cleared", [False, True], ids=["open", "cleared"])
@pytest.mark.parametrize("wanted", FILTERS.values(), ids=FILTERS)
def test_memory_and_database_give_the_same(store: Store, wanted: Filter, cleared: bool) -> None:
    same(store, wanted, cleared)


def test_the_same_on_postgresql(postgres_url: str) -> None:
    store = filled(postgres_url)
    for wanted in FILTERS.values():
        for cleared in (False, True):
            same(store, wanted, cleared)
    store.close()


def same(store: Store, wanted: Filter, cleared: bool) -> None:
    view = View(store, cleared=cleared)
    with view._reads() as session:
        shelf = Shelf.read(session)
        mask = shelf.fit(session, wanted)
        assert int(mask.sum()) == letter_list.total(session, wanted)
        assert shelf.facets(mask) == letter_list.facets(session, wanted)
        after: str | None = None
        for _ in range(4):
            hits, following = letter_list.newest(session, wanted, after, 7)
            ids = shelf.newest(mask, after, 8)
            assert letter_list.page_of(session, ids, 7) == (hits, following)
            after = following
            if after is None:
                break


def test_columns_are_used_only_until_somebody_writes(database_url: str) -> None:
    store = filled(database_url)
    view = View(store, cleared=False)
    shelves = Shelves(view._reads, quiet=0.0)

    def there() -> bool:
        with view._reads() as session:
            return shelves.shelf(session) is not None

    assert not there() and not there(), "not read yet, then being read"
    shelves.close()
    assert there()
    with view._reads() as session:
        assert shelves.shelf(session) is not None
        store.save(letter("900/QĐ-BTC", "2025-01-01", "Bộ Tài chính"))
        assert shelves.shelf(session) is not None, "this session sees what was there when it began"
    assert not there(), "out of date"
    store.close()


def test_a_list_shows_what_was_stored_a_moment_ago(tmp_path: Path) -> None:
    store = filled(f"sqlite:///{tmp_path / 's.sqlite'}")
    view = View(store, cleared=False)
    view._shelves = view.browse._shelves = Shelves(view._reads, quiet=0.0)
    for n in range(3):
        for _ in range(2):
            view.browse.letters(Filter())
            view._shelves.close()
        before = view.browse.letters(Filter()).total
        store.save(letter(f"{900 + n}/QĐ-BTC", "2025-01-01", "Bộ Tài chính"))
        assert view.browse.letters(Filter()).total == before + 1
    assert time.monotonic() > 0
    view.close()
