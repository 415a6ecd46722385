"""Merges of bodies that are undone exactly, codes learnt from confirmed letters, and who took over from whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from extractors.vi.succession import predecessors, successors
from models.errors import ConfigError
from models.letter import Field
from pipeline.store.scope import View
from pipeline.store.selection import Selection
from pipeline.store.store import Store
from tests.databases import fresh_url
from tests.letters import cites, letter

NOW = datetime(2026, 1, 5)
SAID: Any = {"who": "lan", "now": NOW}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(fresh_url(tmp_path))
    yield opened
    opened.close()


def _graph(store: Store) -> list[object]:
    store.relink()
    return [store.documents(), list(store.edges()), store.counts()]


def test_a_merge_links_and_its_undoing_leaves_no_trace(store: Store) -> None:
    store.save(letter("5/QĐ-ĐHX", "2024-01-02", "Trường Đại học Xanh", doc_type="QĐ"))
    store.save(letter("6/BTC-TH", "2024-02-02", "Bộ Tài chính", cites("5/QĐ-ĐHX", "2024-01-02", "Đại học Xanh VN")))
    before = _graph(store)
    act = store.bodies.merge("Đại học Xanh VN", "Trường Đại học Xanh", **SAID)
    after = _graph(store)
    assert after != before and store.counts()["citations_linked"] == 1
    with pytest.raises(ConfigError):
        store.bodies.merge("Trường Đại học Xanh", "Đại học Xanh VN", **SAID)
    store.bodies.undo(act, **SAID)
    assert _graph(store) == before
    with pytest.raises(ConfigError):
        store.bodies.undo(act, **SAID)
    assert [(a.action, a.undone) for a in store.bodies.acts()] == [("merge", True)]
    store.bodies.merge("Đại học Xanh VN", "Trường Đại học Xanh", **SAID)
    assert _graph(store) == after


def test_a_code_is_learnt_from_two_confirmed_letters_of_one_body(store: Store) -> None:
    ids = [store.save(letter(f"{n}/QĐ-ĐHX", f"2024-01-0{n}", "Trường Đại học Xanh", doc_type="QĐ")) for n in (1, 2, 3)]
    store.save(letter("6/BTC-TH", "2024-02-02", "Bộ Tài chính", cites("3/QĐ-ĐHX", "2024-01-03")))
    store.relink()
    assert store.counts()["citations_linked"] == 0, "the symbol does not say whose it is"
    for key, number in zip(ids[:2], ("1/QĐ-ĐHX", "2/QĐ-ĐHX"), strict=True):
        assert store.bodies.learn(NOW) == ()
        store.confirm(key, "number", number, by="lan")
        store.confirm(key, "issuer", {"name": "Trường Đại học Xanh"}, by="lan")
    assert store.bodies.learn(NOW) == ("ĐHX",)
    assert store.bodies.learn(NOW) == ()
    store.relink()
    assert store.counts()["citations_linked"] == 1
    store.bodies.undo(store.bodies.acts()[0].id, **SAID)
    store.relink()
    assert store.counts()["citations_linked"] == 0
    assert store.bodies.learn(NOW) == (), "what a person took back is not learnt again"


def confirmed_as(store: Store, name: str, number: str, said: str) -> None:
    """A letter whose body was read as `name`; a person said otherwise and confirmed it."""
    desk = View(store, cleared=True).desk
    key = store.save(letter(number, "2024-01-02", name, doc_type="QĐ"))
    desk.say(key, "issuer", {"name": said}, action="change", **SAID)
    desk.confirm_letter(key, **SAID)


def test_a_name_that_a_person_put_right_is_known_when_it_is_misread_again(store: Store) -> None:
    right, wrong = "Trường Đại học Xanh", "Trường Đại học Xanhh"
    store.save(letter("5/QĐ-ĐHX", "2024-01-05", right, doc_type="QĐ"))
    store.save(letter("6/BTC-TH", "2024-02-02", "Bộ Tài chính", cites("5/QĐ-ĐHX", "2024-01-05", wrong)))
    store.relink()
    key = store.save(letter("1/QĐ-ĐHX", "2024-01-02", wrong, doc_type="QĐ"))
    desk = View(store, cleared=True).desk
    desk.say(key, "issuer", {"name": right}, action="change", **SAID)
    assert store.bodies.learn(NOW) == (), "not before the letter is confirmed"
    desk.confirm_letter(key, **SAID)
    assert store.bodies.learn(NOW) == (wrong,)
    assert store.bodies.learn(NOW) == ()
    store.relink()
    assert store.counts()["citations_linked"] == 1
    assert store.bodies.meant_by(wrong) == right and store.bodies.meant_by(right) is None
    act = store.bodies.acts()[0]
    assert (act.action, act.detail["name"], act.detail["into"], act.who) == ("alias", wrong, right, "confirmed letters")
    store.bodies.undo(act.id, **SAID)
    store.relink()
    assert store.counts()["citations_linked"] == 0 and store.bodies.meant_by(wrong) is None
    assert store.bodies.learn(NOW) == (), "what a person took back is not learnt again"


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ("Bộ Y tế", "Bộ Tài chính"),  # another body was taken
        ("UBND xã Tân Anh", "UBND xã Tân An"),  # may be one itself
        ("Sở Y tế", "Sở Y tế tỉnh Kiên Giang"),  # every province has one
        ("Phòng Kế hoạchh", "Sở Y tế tỉnh Kiên Giang"),  # another line
        ("Sở Y tế tỉnh Kiên Giong", "Sở Y tế tỉnh Kiên Giang"),  # proper syllables: one letter is not enough
    ],
    ids=["listed", "commune", "shorter", "unlike", "spelled"],
)
def test_what_a_correction_does_not_say_of_other_letters(store: Store, read: str, said: str) -> None:
    confirmed_as(store, read, "1/QĐ-XY", said)
    assert store.bodies.learn(NOW) == ()


def test_a_misread_name_of_proper_syllables_needs_two_letters_that_agree(store: Store) -> None:
    right, wrong = "Sở Y tế tỉnh Kiên Giang", "Sở Y tế tỉnh Kiên Giong"
    for number in ("1/QĐ-SYT", "2/QĐ-SYT"):
        confirmed_as(store, wrong, number, right)
    assert wrong in store.bodies.learn(NOW)


def test_secret_letters_teach_nothing_that_everybody_would_see(store: Store) -> None:
    desk = View(store, cleared=True).desk
    secret = replace(letter("1/QĐ-ĐHX", "2024-01-02", "Trường Đại học Xanhh"), secrecy=Field("MẬT", "MẬT", 0.9, 1))
    key = store.save(secret)
    desk.say(key, "issuer", {"name": "Trường Đại học Xanh"}, action="change", **SAID)
    desk.confirm_letter(key, **SAID)
    assert store.bodies.learn(NOW) == ()


def test_a_name_that_stands_for_two_bodies_stands_for_none(store: Store) -> None:
    confirmed_as(store, "Trường Đại học Xanhh", "1/QĐ-ĐHX", "Trường Đại học Xanh")
    confirmed_as(store, "Trường Đại học Xanhh", "2/QĐ-ĐHX", "Trường Đại học Xanh Hà")
    assert store.bodies.meant_by("Trường Đại học Xanhh") is None
    assert "Trường Đại học Xanhh" not in store.bodies.learn(NOW)


def test_a_body_that_is_added(store: Store) -> None:
    store.bodies.add("ĐHX", "Trường Đại học Xanh", **SAID)
    store.save(letter("3/QĐ-ĐHX", "2024-01-03", "Trường Đại học Xanh", doc_type="QĐ"))
    store.save(letter("6/BTC-TH", "2024-02-02", "Bộ Tài chính", cites("3/QĐ-ĐHX", "2024-01-03")))
    store.relink()
    assert store.counts()["citations_linked"] == 1
    for code in ("ĐHX", "BTC"):
        with pytest.raises(ConfigError):
            store.bodies.add(code, "Một cơ quan khác", **SAID)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Bộ KH&ĐT", {"Bộ Tài chính": date(2025, 3, 1)}),
        ("UBND tỉnh Kiên Giang", {"Ủy ban nhân dân tỉnh An Giang": date(2025, 7, 1)}),
        (
            "Sở Kế hoạch và Đầu tư tỉnh Kiên Giang",
            {"Sở Tài chính tỉnh Kiên Giang": date(2025, 3, 1), "Sở Tài chính tỉnh An Giang": date(2025, 7, 1)},
        ),
        ("Bộ Y tế", {}),
        ("Công ty Xanh", {}),
    ],
)
def test_successors(name: str, expected: dict[str, date]) -> None:
    assert {after.name: after.since for after in successors(name)} == expected


def test_predecessors() -> None:
    assert "Bộ Kế hoạch và Đầu tư" in predecessors("Bộ Tài chính")
    assert predecessors("UBND tỉnh An Giang") == ("Ủy ban nhân dân tỉnh Kiên Giang",)


def test_letters_of_a_body_and_of_its_successor_from_the_day_it_took_over(store: Store) -> None:
    store.save(letter("1/BKHĐT-TH", "2024-01-02", "Bộ Kế hoạch và Đầu tư"))
    store.save(letter("2/BTC-TH", "2024-05-02", "Bộ Tài chính"))
    store.save(letter("3/BTC-TH", "2025-05-02", "Bộ Tài chính"))
    found = store.letters(Selection(issuer="Bộ KH&ĐT", successors=True))
    assert [stored.letter.number and stored.letter.number.value for stored in found] == ["1/BKHĐT-TH", "3/BTC-TH"]
    assert len(list(store.letters(Selection(issuer="Bộ KH&ĐT")))) == 1
