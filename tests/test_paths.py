"""Paths between documents, chains of amendment through time, and one edge for several readings."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest

from models.letter import Act, Field, Letter, Pinpoint
from pipeline.store.graph import Direction, Walk
from pipeline.store.scope import View
from pipeline.store.store import Store
from tests.databases import fresh_url
from tests.letters import cites, letter

BODY = "Bộ Tài chính"
DIRECTIONS: tuple[Direction, ...] = ("cites", "cited-by", "both")


def decision(number: int, day: str, *cited: tuple[int, str, str], name: str | None = None) -> Letter:
    """Quyết định `number` that cites (number, day, relation)."""
    items = (cites(f"{n}/QĐ-BTC", on, BODY, relation) for n, on, relation in cited)
    return letter(f"{number}/QĐ-BTC", day, BODY, *items, name=name, doc_type="QĐ")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(fresh_url(tmp_path))
    yield opened
    opened.close()


def _id(store: Store, number: int) -> str:
    return store.find(f"{number}/QĐ-BTC")[0].id


@pytest.fixture
def chained(store: Store) -> Store:
    """1 <- amended by 2 (of 2021) <- 3 replaces 1 (2022) and amends 2; 4 only refers to 3; 5 stands apart."""
    arrived = datetime(2023, 1, 1)
    store.save(decision(1, "2020-01-02"), now=arrived)
    store.save(decision(2, "2021-01-02", (1, "2020-01-02", "amends")), now=arrived)
    store.save(decision(3, "2022-01-02", (1, "2020-01-02", "replaces"), (2, "2021-01-02", "amends")))
    store.save(decision(4, "2023-01-02", (3, "2022-01-02", "references")))
    store.save(decision(5, "2023-01-03"))
    store.relink()
    return store


def test_the_shortest_path_either_way_or_along_citations_only(chained: Store) -> None:
    four, one, five = _id(chained, 4), _id(chained, 1), _id(chained, 5)
    found = chained.path(four, one, Walk(12, "both"))
    assert found is not None
    assert [node.number for node in found.nodes] == ["4/QĐ-BTC", "3/QĐ-BTC", "1/QĐ-BTC"]
    assert [edge.relation for edge in found.edges] == ["references", "replaces"]
    assert chained.path(four, one, Walk(12, "cites")) == found
    assert chained.path(one, four, Walk(12, "cites")) is None
    back = chained.path(one, four, Walk(12, "cited-by"))
    assert back is not None and [edge.source for edge in back.edges] == [_id(chained, 3), four]
    assert chained.path(four, five, Walk(12, "both")) is None
    assert chained.path(four, one, Walk(1, "both")) is None
    assert chained.path(four, one, Walk(12, "both", "amends")) is None
    same = chained.path(one, one, Walk(12, "both"))
    assert same is not None and same.edges == ()


def test_a_chain_as_of_a_day_and_as_known_on_one(chained: Store) -> None:
    one = _id(chained, 1)
    whole = chained.chain(one)
    assert (whole.edges[0].relation, whole.edges[0].number) == ("amends", "1/QĐ-BTC"), "the oldest change first"
    assert {(e.relation, e.number) for e in whole.edges[1:]} == {("replaces", "1/QĐ-BTC"), ("amends", "2/QĐ-BTC")}
    assert whole.state == "replaced" and {node.number for node in whole.nodes} == {f"{n}/QĐ-BTC" for n in (1, 2, 3)}
    assert chained.chain(one, on=date(2021, 6, 1)).state == "amended"
    assert chained.chain(one, on=date(2020, 6, 1)).state is None
    assert chained.chain(one, known_on=date(2023, 6, 1)).state == "amended", "3 came to the archive later"


def test_a_repeal_of_a_part_repeals_no_document(store: Store) -> None:
    partial = cites("1/QĐ-BTC", "2020-01-02", BODY, "repeals")
    store.save(decision(1, "2020-01-02"))
    store.save(
        letter("2/QĐ-BTC", "2021-01-02", BODY, replace(partial, pinpoints=(Pinpoint("5", "2", None),)), doc_type="QĐ")
    )
    store.relink()
    chain = store.chain(_id(store, 1))
    assert chain.state == "amended" and chain.parts == ("khoản 2 Điều 5",)


def test_walks_are_bounded_by_the_day_of_the_citing_letter(chained: Store) -> None:
    one = _id(chained, 1)
    late = chained.neighbourhood(one, Walk(1, "cited-by", since=date(2021, 6, 1)))
    assert [edge.relation for edge in late.edges] == ["replaces"]
    early = chained.neighbourhood(one, Walk(3, "both", until=date(2021, 6, 1)))
    assert {node.number for node in early.nodes} == {"1/QĐ-BTC", "2/QĐ-BTC"}


def test_one_edge_for_two_scans_that_read_its_relation_differently(store: Store) -> None:
    store.save(decision(1, "2020-01-02"))
    for name, relation in (("a.pdf", "references"), ("b.pdf", "amends")):
        store.save(decision(2, "2021-01-02", (1, "2020-01-02", relation), name=name))
    store.relink()
    edges = list(store.edges())
    assert [(edge.relation, edge.also) for edge in edges] == [("amends", ("references",))]
    assert len(store.neighbourhood(_id(store, 1), Walk()).edges) == 1


def speaks(number: int, day: str, actor: tuple[int, str], target: tuple[int, str], relation: str) -> Letter:
    """Quyết định `number` that cites one document whose title says what it does to another."""
    one, other = cites(f"{actor[0]}/QĐ-BTC", actor[1], BODY), cites(f"{target[0]}/QĐ-BTC", target[1], BODY)
    assert other.number is not None
    acting = replace(one, acts=(Act(relation, other.number, other.issued_on),))
    return letter(f"{number}/QĐ-BTC", day, BODY, acting, other, doc_type="QĐ")


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_what_a_title_says_is_an_edge_between_the_two_documents(store: Store, order: tuple[int, ...]) -> None:
    arriving = (
        speaks(7, "2023-05-01", (2, "2021-01-02"), (1, "2020-01-02"), "replaces"),
        speaks(8, "2023-06-01", (2, "2021-01-02"), (1, "2020-01-02"), "replaces"),
        decision(1, "2020-01-02"),
    )
    for at in order:
        store.save(arriving[at])
        store.relink()
    one, two = _id(store, 1), _id(store, 2)
    stated = [edge for edge in store.edges() if edge.stated]
    assert [(edge.source, edge.relation, edge.target, edge.status) for edge in stated] == [
        (two, "replaces", one, "linked")
    ]
    assert store.chain(one).state == "replaced"
    assert store.chain(one, on=date(2020, 12, 31)).state is None
    assert {edge.source for edge in store.neighbourhood(one, Walk(1, "cited-by")).edges} == {
        two, _id(store, 7), _id(store, 8),
    }  # fmt: skip
    assert store.neighbourhood(one, Walk(1, "cited-by", relation="replaces")).edges == tuple(stated)


def test_a_documents_own_words_count_where_it_is_held(store: Store) -> None:
    store.save(speaks(7, "2023-05-01", (2, "2021-01-02"), (1, "2020-01-02"), "amends"))
    store.save(decision(2, "2021-01-02", (1, "2020-01-02", "replaces")))
    store.relink()
    edges = store.neighbourhood(_id(store, 1), Walk(1, "cited-by", relation=None)).edges
    assert [edge.relation for edge in edges if edge.source == _id(store, 2)] == ["replaces"]
    assert not any(edge.stated for edge in store.edges())


def test_what_is_stated_goes_with_the_letter(store: Store) -> None:
    seven = speaks(7, "2023-05-01", (2, "2021-01-02"), (1, "2020-01-02"), "amends")
    store.save(seven)
    store.relink()
    assert [edge.stated for edge in store.edges()] == [False, False, True]
    store.save(replace(seven, citations=seven.citations[:1]))
    store.relink()
    assert [edge.stated for edge in store.edges()] == [False]


@pytest.mark.parametrize("secret", [7, 8])
def test_what_a_secret_letter_and_another_state_is_told_by_the_other(store: Store, secret: int) -> None:
    for number, day in ((7, "2023-05-01"), (8, "2023-06-01")):
        made = speaks(number, day, (2, "2021-01-02"), (1, "2020-01-02"), "amends")
        store.save(replace(made, secrecy=Field("MẬT", "MẬT", 0.9, 1)) if number == secret else made)
    store.relink()
    seen = View(store, cleared=False).neighbourhood(_id(store, 1), Walk(1, "cited-by"))
    told = {edge.letter_id for edge in seen.edges if edge.stated}
    hidden = {edge.letter_id for edge in store.edges() if edge.source == _id(store, secret)}
    assert told and not told & hidden


def test_pairs_that_many_letters_state_are_found_as_if_all_were_read(store: Store) -> None:
    pick = random.Random(7)
    for place in range(36):
        actor, target = pick.sample(range(1, 6), 2)
        ends = (actor, f"2021-01-{actor:02}"), (target, f"2020-01-{target:02}")
        day = f"2023-05-{place % 28 + 1:02}"
        store.save(speaks(100 + place, day, *ends, pick.choice(("amends", "replaces", "repeals"))))
    store.relink()
    assert len([edge for edge in store.edges() if edge.stated]) > 20
    # A bound that leaves nothing out has every statement read.
    for identity in (node.id for node in store.documents() if not node.held):
        for direction, relation in itertools.product(DIRECTIONS, (None, "amends")):
            walk = Walk(2, direction, relation)
            assert store.neighbourhood(identity, walk) == store.neighbourhood(identity, replace(walk, since=date.min))
        assert store.chain(identity) == store.chain(identity, known_on=date.max)
