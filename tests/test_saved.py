"""Saved queries: what is new since one last looked, whatever is read again or linked late."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from models.errors import ConfigError
from models.letter import Field
from pipeline.cli.app import App
from pipeline.cli.main import run
from pipeline.config import Config
from pipeline.store.browse import Filter
from pipeline.store.saved import Question, question_json, question_of
from pipeline.store.scope import View
from pipeline.store.selection import Selection
from pipeline.store.store import Store
from tests.databases import fresh_url
from tests.letters import cites, letter
from tests.test_cli import fake

NOW = datetime(2026, 1, 5, 8)
DAY = timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(fresh_url(tmp_path))
    yield opened
    opened.close()


def test_the_first_look_counts_as_seen_and_only_what_comes_later_is_new(store: Store) -> None:
    store.save(letter("1/QĐ-BTC", "2024-01-01", "Bộ Tài chính", doc_type="QĐ"))
    key = store.saved.keep("lan", "Quyết định", Question(Filter(selection=Selection(doc_type="QĐ"))), NOW)
    assert (store.saved.all("lan")[0].found, store.saved.all("lan")[0].new) == (1, 0)
    store.save(letter("2/QĐ-BTC", "2024-02-01", "Bộ Tài chính", doc_type="QĐ"))
    store.save(letter("3/BTC-TH", "2024-02-01", "Bộ Tài chính"))
    assert store.saved.refresh(NOW + DAY) == 1
    assert store.saved.refresh(NOW + 2 * DAY) == 0
    assert [fresh.hit.number for fresh in store.saved.found(key)] == ["2/QĐ-BTC"]
    assert store.saved.found(key, since=NOW - DAY)[-1].hit.number == "1/QĐ-BTC"
    store.saved.looked(key, NOW + DAY)
    assert store.saved.found(key) == () and store.saved.all()[0].new == 0


def test_a_letter_that_is_read_again_is_not_new_again(store: Store) -> None:
    key = store.saved.keep("lan", "tất cả", Question(), NOW)
    store.save(letter("1/QĐ-BTC", "2024-01-01", "Bộ Tài chính", name="a.pdf"))
    assert store.saved.refresh(NOW + DAY) == 1
    store.saved.looked(key, NOW + DAY)
    store.save(letter("1/QĐ-BTC", "2024-01-02", "Bộ Tài chính", name="a.pdf"))
    assert store.saved.refresh(NOW + 2 * DAY) == 0 and store.saved.found(key) == ()


def test_an_alert_on_who_cites_a_document_also_if_the_link_comes_late(store: Store) -> None:
    key = store.saved.keep("lan", "ai dẫn 9/NQ-CP", Question(cites="9/NQ-CP 2024"), NOW)
    assert store.saved.refresh(NOW + DAY) == 0  # nothing is known of it yet
    store.save(letter("5/BTC-TH", "2024-05-01", "Bộ Tài chính", cites("9/NQ-CP", "2024-01-05", "Chính phủ")))
    store.relink()
    assert store.saved.refresh(NOW + 2 * DAY) == 1
    assert [fresh.hit.number for fresh in store.saved.found(key)] == ["5/BTC-TH"]


def test_words_and_marks(store: Store) -> None:
    key = store.saved.keep("", "đầu tư công", Question(Filter(words="dau tu cong")), NOW)
    store.save(letter("5/BTC-TH", "2024-05-01", "Bộ Tài chính", text="Kế hoạch đầu tư công năm 2024"))
    store.save(letter("6/BTC-TH", "2024-05-01", "Bộ Tài chính", text="Báo cáo thu chi"))
    assert store.saved.refresh(NOW + DAY, key) == 1


def test_a_secret_letter_is_neither_shown_nor_counted_without_clearance(store: Store) -> None:
    key = store.saved.keep("lan", "tất cả", Question(), NOW)
    secret = letter("7/BTC-TH", "2024-05-01", "Bộ Tài chính")
    store.save(replace(secret, secrecy=Field("MẬT", "MẬT", 0.9, 1)))
    store.saved.refresh(NOW + DAY)
    view = View(store, cleared=False)
    assert view.saved.found(key) == () and view.saved.all("lan")[0].found == 0
    assert len(store.saved.found(key)) == 1


def test_a_query_is_its_owners(store: Store) -> None:
    key = store.saved.keep("lan", "a", Question(), NOW)
    with pytest.raises(ConfigError):
        store.saved.keep("lan", "a", Question(), NOW)
    store.saved.keep("minh", "a", Question(), NOW)
    assert store.saved.get(key, "minh") is None and not store.saved.remove(key, "minh")
    assert store.saved.remove(key, "lan") and store.saved.get(key) is None
    assert len(store.saved.all()) == 1


def test_a_question_survives_being_stored() -> None:
    full = Question(
        Filter("vốn", 2024, "amends", Selection("Bộ Tài chính", "QĐ", NOW.date(), (NOW + DAY).date(), "ok")), "9/NQ-CP"
    )
    assert question_of(question_json(full)) == full
    assert question_json(Question()) == {}


def test_the_night_runs_saved_queries(tmp_path: Path) -> None:
    app = App(Config(database=f"sqlite:///{tmp_path / 'c.sqlite'}"), fake)
    key = app.store().saved.keep("lan", "tất cả", Question(), NOW)
    (tmp_path / "inbox").mkdir()
    (tmp_path / "inbox" / "a.txt").write_text("letter 1/QĐ-UBND 2020-01-02", encoding="utf-8")
    assert run(["ingest", str(tmp_path / "inbox")], app) == 0
    assert [fresh.hit.number for fresh in app.store().saved.found(key)] == ["1/QĐ-UBND"]
