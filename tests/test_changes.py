"""Changes of letters are counted by the database, whoever makes them; nothing else is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from alembic import command
from sqlalchemy import inspect, text

from pipeline.store import changes, database
from pipeline.store.scope import View
from pipeline.store.state import state_of
from pipeline.store.store import Store
from tests.letters import cites, letter
from tests.web_world import NOW
from web.office import Settings

BODY = "Bộ Tài chính"


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    store = Store.open(database_url)
    store.save(letter("1/QĐ-BTC", "2024-03-05", BODY, cites("2/QĐ-BTC", "2023-01-01", BODY)))
    store.relink()
    yield store
    store.close()


def now(store: Store) -> str:
    with store._reads() as session:
        return state_of(session)


def test_every_table_is_watched_or_said_not_to_matter(store: Store) -> None:
    with store._engine.connect() as connection:
        present = set(inspect(connection).get_table_names())
    ours = {name for name in present if not name.startswith(("alembic_", database.SEARCH_PREFIX))}
    assert ours == set(changes.watched()) | changes.UNWATCHED
    assert {"letters", "citations", "decisions", "confirmed_values", "sources"} <= set(changes.watched())


def triggers(store: Store) -> set[tuple[str, str]]:
    """Tables with the verbs that are counted there."""
    with store._engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            query = "select tbl_name, sql from sqlite_master where type = 'trigger' and sql like '%letter_changes%'"
            return {(table, sql.split()[4]) for table, sql in connection.execute(text(query))}
        query = """select event_object_table, event_manipulation from information_schema.triggers
                   where action_statement like '%congvan_letters_changed%' and trigger_schema = current_schema()"""
        return {(table, verb) for table, verb in connection.execute(text(query))}


def test_triggers_stand_on_every_watched_table_and_no_other(store: Store) -> None:
    wanted = {(table, verb) for table in changes.watched() for verb in ("INSERT", "UPDATE", "DELETE")}
    assert triggers(store) == wanted


def test_a_migration_that_makes_a_table_anew_does_not_lose_them(store: Store) -> None:
    wanted = triggers(store)
    with store._engine.begin() as connection:
        command.downgrade(database._alembic(connection), "0009")
    assert triggers(store) == set()
    database.upgrade(store._engine)
    assert triggers(store) == wanted and database.differences(store._engine) == []


def _save(store: Store) -> None:
    store.save(letter("3/QĐ-BTC", "2024-04-05", BODY))


def _same_again(store: Store) -> None:
    store.save(letter("1/QĐ-BTC", "2024-03-05", BODY, cites("2/QĐ-BTC", "2023-01-01", BODY), subject="khác"))


def _confirm(store: Store) -> None:
    store.confirm(only(store), "subject", "Về việc khác", by="an")


def _link(store: Store) -> None:
    store.save(letter("2/QĐ-BTC", "2023-01-01", BODY))
    store.relink()


def _by_hand(store: Store) -> None:
    with store._engine.begin() as connection:
        connection.execute(text("update letter_fields set text = 'x'"))


def _by_hand_without(store: Store) -> None:
    with store._engine.begin() as connection:
        connection.execute(text("delete from mentions"))


def only(store: Store) -> str:
    return next(iter(store.letters())).id


@pytest.mark.parametrize(
    "change", [_save, _same_again, _confirm, _link, _by_hand, _by_hand_without], ids=lambda f: f.__name__.strip("_")
)
def test_changes_of_letters_give_the_state_another_name(
    store: Store, change: Callable[[Store], None]
) -> None:
    before = now(store)
    assert now(store) == before
    with store._reads() as session:
        assert state_of(session) == before
        change(store)
        assert state_of(session) == before, "a session that reads sees one moment"
    assert now(store) != before


def test_an_act_that_was_undone_is_no_change(store: Store) -> None:
    before = now(store)
    with pytest.raises(ZeroDivisionError), store._writes() as session:
        session.execute(text("update letters set subject = 'x'"))
        raise ZeroDivisionError
    assert now(store) == before


def test_log_ins_locks_and_books_of_runs_are_no_change(store: Store) -> None:
    view = View(store, cleared=True)
    before = now(store)
    accounts, sessions = view.people(Settings().hasher)
    accounts.create("an", "reader", "test", NOW)
    account = accounts.all()[0]
    secret = sessions.begin(account, NOW)
    assert sessions.get(secret, NOW + timedelta(hours=1)) is not None, "noted as seen"
    sessions.log_in("an", "wrong", "127.0.0.1", NOW)
    view.desk.take(only(store), "an", NOW)
    store.ledger.start("ingest", NOW)
    assert now(store) == before
    view.close()


def test_writers_of_postgresql_do_not_wait_for_each_other(postgres_url: str) -> None:
    store = Store.open(postgres_url)
    seen = [now(store)]
    with store._writes() as one, store._writes() as other:
        one.execute(text("insert into stale_links (link_key) values ('a')"))
        for session in (one, other):
            session.execute(text("update letters set subject = subject"))
        seen.append(now(store))
        assert seen[1] == seen[0], "nobody sees it yet"
        other.commit()
        seen.append(now(store))
        one.commit()
        seen.append(now(store))
    assert len(set(seen)) == 3
    store.close()


def test_the_count_stays_short_on_postgresql(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "_LEFT", 10)
    store = Store.open(postgres_url)
    with store._engine.begin() as connection:
        changes.watch(connection)
    seen = set()
    for _ in range(60):
        with store._writes() as session:
            session.execute(text("update letters set subject = subject"))
        seen.add(now(store))
    with store._reads() as session:
        assert (session.scalar(text("select count(*) from letter_changes")) or 0) < 30
    assert len(seen) == 60
    store.close()
