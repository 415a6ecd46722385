"""A fresh database for a test: a SQLite file, or a schema of CONGVAN_TEST_DATABASE where that names a PostgreSQL."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

from sqlalchemy import text

from pipeline.config import load
from pipeline.store.database import open_engine


def fresh_url(folder: Path, name: str = "store") -> str:
    server = os.environ.get("CONGVAN_TEST_DATABASE")
    if not server:
        return f"sqlite:///{folder / name}.sqlite"
    schema = f"test_{uuid.uuid4().hex[:12]}"
    url = load({}, database=server).database
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(text(f"create schema {schema}"))
    engine.dispose()
    return f"{url}{'&' if '?' in url else '?'}options=-csearch_path%3D{schema}"
