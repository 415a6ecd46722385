"""The full-text index of both databases against a plain look through the texts."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from pipeline.store import full_text
from pipeline.store.bulk import copy_store
from pipeline.store.database import open_engine, upgrade
from pipeline.store.search import Selection
from pipeline.store.store import Store
from tests.letters import cites, letter
from tests.postgres import fresh

WORDS = ("duyet", "phe", "du", "khong", "5a", "6b")
BODIES = ("Ủy ban nhân dân tỉnh An Giang", "Sở Y tế tỉnh An Giang")


def texts(count: int) -> list[str]:
    rng = random.Random(4)
    return [" ".join(rng.choice(WORDS) for _ in range(rng.randrange(1, 14))) for _ in range(count)]


def wanted(said: list[str], query: str) -> set[str]:
    """Names of the letters that hold every part of the query, parts in quotation marks in a row."""
    parts = query.split('"')
    terms = [*" ".join(parts[::2]).split(), *parts[1::2]]
    return {f"{n}.pdf" for n, body in enumerate(said) if all(f" {term} " in f" {body} " for term in terms)}


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def filled(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Store, list[str]]]:
    folder = tmp_path_factory.mktemp("full-text")
    store = Store.open(
        f"sqlite:///{folder / 'one.sqlite'}"
        if request.param == "sqlite"
        else fresh(request.getfixturevalue("postgres_server"))
    )
    said = texts(80)
    for n, body in enumerate(said):
        store.save(letter(f"{n}/QĐ-UBND", "2024-03-01", BODIES[n % 2], name=f"{n}.pdf", subject="x", text=body))
    yield store, said
    store.close()


def names(store: Store, query: str, selection: Selection | None = None, limit: int = 200) -> set[str]:
    hits = store.search(query, selection or Selection(), limit=limit)
    return {f"{str(hit.number).partition('/')[0]}.pdf" for hit in hits}


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_words_in_a_row_are_found_where_they_stand_so(filled: tuple[Store, list[str]], size: int) -> None:
    store, said = filled
    rng = random.Random(size)
    some = [said[rng.randrange(80)].split() for _ in range(30)]
    rows = [" ".join(words[at : at + size]) for words in some if len(words) >= size for at in (0, len(words) - size)]
    never = [" ".join(rng.choice(WORDS) for _ in range(size)) for _ in range(20)]
    for row in {*rows, *never}:
        assert names(store, f'"{row}"') == wanted(said, f'"{row}"'), row
        assert names(store, f'khong "{row}"') == wanted(said, f'khong "{row}"'), row
        chosen = names(store, f'"{row}"', Selection(issuer="so y te"))
        assert chosen == {name for name in wanted(said, f'"{row}"') if int(name[:-4]) % 2}, row


@pytest.mark.parametrize("frequent", [0.05, 0.6])
def test_the_letters_stored_last_are_those_that_are_ranked(
    filled: tuple[Store, list[str]], frequent: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(full_text, "_FREQUENT", frequent)
    store, said = filled
    for query, terms in (("du khong", ("du", "khong")), ('"duyet phe du"', ("duyet phe du",)), ("5a 6b", ("5a", "6b"))):
        holding = sorted(int(name[:-4]) for name in wanted(said, query))
        with store._reads() as session:
            found = full_text.newest(session, terms, None, 2)
        assert [int(body.split()[0]) for _, body in found] == holding[:-3:-1], query


def test_places_are_those_of_all_letters_that_hold_the_words(filled: tuple[Store, list[str]]) -> None:
    store, said = filled
    with store._reads() as session:
        for query, terms in (("du khong", ("du", "khong")), ('"du khong"', ("du khong",)), ("nowhere", ("nowhere",))):
            found = full_text.places(session, terms)
            assert sorted(found) == sorted(session.scalars(full_text.holding(session, terms)))
            assert len(found) == len(wanted(said, query))


def test_a_word_longer_than_an_index_takes_loses_no_letter(filled: tuple[Store, list[str]]) -> None:
    store, _ = filled
    noise = "".join(random.Random(1).choices("abcdefgh", k=9_000))
    store.save(letter("999/QĐ-UBND", "2024-03-01", BODIES[0], name="999.pdf", text=f"truoc do {noise} sau do"))
    assert names(store, '"sau do"') == names(store, '"truoc do"') == {"999.pdf"}


def test_words_longer_than_an_index_takes_lose_no_letter(filled: tuple[Store, list[str]]) -> None:
    """A page of noise may be taken for a subject, a body, or the name of a law."""
    store, _ = filled
    noise = "".join(random.Random(2).choices("\u4e00\u4e8c\u4e09\u56db\u4e94\u516d", k=9_000))
    store.save(letter("998/QĐ-UBND", "2024-03-01", noise, cites(None, title=noise), subject=noise, text="x"))
    store.relink()
    assert names(store, "998") == {"998.pdf"}


def test_a_store_copied_whole_has_the_same_index(tmp_path: Path, fresh_postgres: Callable[[], str]) -> None:
    store = Store.open(f"sqlite:///{tmp_path / 'one.sqlite'}")
    store.save(letter("1/QĐ-UBND", "2024-03-01", BODIES[0], text="Phê duyệt dự án"))
    untouched, target = open_engine(fresh_postgres()), open_engine(fresh_postgres())
    for engine in (untouched, target):
        upgrade(engine)
    copy_store(store._engine, target)
    asked = text(
        "SELECT c.relname, c.reloptions, pg_get_indexdef(c.oid), a.attstattarget FROM pg_class c "
        "JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relname LIKE 'letter_search%' ORDER BY c.relname"
    )
    with untouched.connect() as one, target.connect() as other:
        assert (found := one.execute(asked).all()) == other.execute(asked).all() and len(found) == 1
    assert len(Store(target).search('"phe duyet"')) == 1
    store.close()
    for engine in (untouched, target):
        engine.dispose()
