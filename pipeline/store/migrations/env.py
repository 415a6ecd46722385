"""Alembic's entry: always given a connection by `pipeline.store.database`, or a URL by `alembic -x url=...`."""

from __future__ import annotations

from alembic import context
from sqlalchemy import Connection

from models.tables import Base
from pipeline.store.changes import watch
from pipeline.store.database import include_object, open_engine


def _run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        include_object=include_object,
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
    watch(connection)


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with open_engine(context.get_x_argument(as_dictionary=True)["url"]).begin() as opened:
        _run(opened)
