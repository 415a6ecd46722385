"""Conditions on a list of texts that is one parameter, however long: the question stays the same for every list.

`IN` with a parameter for each item makes a new question of every length, which the driver must take apart and the
database must plan again: with 150 documents that costs more than the answer.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ARRAY, BindParameter, ColumnElement, Dialect, String, TypeDecorator, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import NullType, TypeEngine


class Listed(TypeDecorator[Sequence[Any]]):
    """A list of texts or whole numbers: an array on PostgreSQL, JSON elsewhere."""

    impl = String
    cache_ok = True

    def __init__(self, of: TypeEngine[Any] | None = None) -> None:
        super().__init__()
        self.of = of or String()

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The database's own type."""
        return dialect.type_descriptor(ARRAY(self.of) if dialect.name == "postgresql" else String())

    def process_bind_param(self, value: Sequence[Any] | None, dialect: Dialect) -> Any:
        """As the database takes it."""
        return list(value or ()) if dialect.name == "postgresql" else json.dumps(list(value or ()))


class _OneOf(FunctionElement[Any]):
    # Not called a truth value: SQLite would be asked whether it "= 1", and uses no index for that.
    type = NullType()
    inherit_cache = True


@compiles(_OneOf)
def _as_json(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} IN (SELECT value FROM json_each({texts}))"


@compiles(_OneOf, "postgresql")
def _as_array(element: _OneOf, compiler: SQLCompiler, **options: Any) -> str:
    column, texts = (compiler.process(clause, **options) for clause in element.clauses)
    return f"{column} = ANY({texts})"


def one_of(column: Any, texts: Sequence[str] | BindParameter[Any]) -> ColumnElement[bool]:
    """That the column is one of these texts; of a named list where `texts` is a parameter of `named`."""
    return _OneOf(column, texts if isinstance(texts, BindParameter) else bindparam(None, texts, Listed()))


def named(name: str, of: TypeEngine[Any] | None = None) -> BindParameter[Any]:
    """A list of texts, or of what `of` says, that is given when the question is asked."""
    return bindparam(name, type_=Listed(of))
