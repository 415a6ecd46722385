"""Texts without marks, in small letters, as a question to the database compares them: `fold` for a column."""

from __future__ import annotations

from typing import Any

from sqlalchemy import String
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from extractors.vi.text import fold

NAME = "folded"  # of the function that connections to SQLite are given
_SMALL = (
    "àáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
)
_MARKED = _SMALL + _SMALL.upper()


class folded(FunctionElement[str]):
    """The column's text without marks, in small letters."""

    type = String()
    inherit_cache = True


@compiles(folded)
def _by_ours(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    return f"{NAME}({compiler.process(element.clauses, **options)})"


@compiles(folded, "postgresql")
def _by_theirs(element: folded, compiler: SQLCompiler, **options: Any) -> str:
    # Letters with marks are spelt out: what a database takes for small letters depends on the locale it was made with.
    text = compiler.process(element.clauses, **options)
    return f"lower(translate({text}, '{_MARKED}', '{fold(_MARKED)}'))"


def fold_or_none(text: str | None) -> str | None:
    """`fold` where the database may have nothing."""
    return None if text is None else fold(text)
