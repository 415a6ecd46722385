"""All tests of the store, of paths and of saved queries once more, on PostgreSQL."""

from __future__ import annotations

import pytest

from tests.postgres import Server, fresh
from tests.test_paths import *  # noqa: F403
from tests.test_saved import *  # noqa: F403
from tests.test_store import *  # noqa: F403


@pytest.fixture(autouse=True)
def on_postgresql(monkeypatch: pytest.MonkeyPatch, postgres_server: Server) -> None:
    monkeypatch.setenv("CONGVAN_TEST_DATABASE", fresh(postgres_server))
