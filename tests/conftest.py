from __future__ import annotations

from pathlib import Path

import pytest

from tests.postgres import database_url, databases, fresh_postgres, postgres_server, postgres_url  # noqa: F401

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"


@pytest.fixture(scope="session")
def shared() -> Path:
    """The evaluation set beside the checkout; tests that need it are skipped where it is absent."""
    if not (SHARED / "evaluation").is_dir():
        pytest.skip("needs the evaluation set beside the checkout")
    return SHARED
