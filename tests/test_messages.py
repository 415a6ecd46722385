"""What people are told when something does not work: in their language, whatever part of the program says it."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest

from web.i18n import error_told, messages

ROOT = Path(__file__).resolve().parents[1]
# Where errors are raised that a person at the screens may see.
FILES = [
    *(ROOT / "web").rglob("*.py"), ROOT / "models" / "identifiers.py",
    *(ROOT / "pipeline" / name for name in ("corrections.py", "query.py")),
    *(ROOT / "pipeline" / "store" / f"{name}.py" for name in (
        "accounts", "bodies_said", "boundaries", "choices", "desk_acts", "review", "said_cells", "saved", "store",
        "together",
    )),
]  # fmt: skip
ERRORS = {"Refused", "ConfigError", "ParseError", "InvalidDate", "InvalidDocumentNumber", "InvalidQuery"}
# For programs alone: they come with a token, or there is no page that could ask so.
UNSEEN = ("this token is unknown", "this needs the role {} and a token")


def _said(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ERRORS:
            for argument in node.args:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield argument.value
                elif isinstance(argument, ast.JoinedStr):
                    parts = (p.value if isinstance(p, ast.Constant) else "{}" for p in argument.values)
                    yield "".join(map(str, parts))


def test_every_error_has_its_vietnamese() -> None:
    said = {words for path in FILES for words in _said(ast.parse(path.read_text(encoding="utf-8")))}
    known = {re.sub(r"\{\w+\}", "{}", english) for english in messages()}
    assert len(said) > 50
    assert {words for words in said - known if not words.startswith(UNSEEN)} == set()


@pytest.mark.parametrize("status", [400, 403, 404, 405, 409, 422, 429, 500, 503])
def test_every_heading_of_an_error_page_has_its_vietnamese(status: int) -> None:
    assert HTTPStatus(status).phrase in messages()


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("not a date: '31/2'; write 22/4/2026", "không phải ngày: '31/2'; hãy viết 22/4/2026"),
        ("the field “a{b}” stands twice", "trường “a{b}” có hai lần"),
        ("something nobody knows", "something nobody knows"),
    ],
)
def test_what_is_filled_in_is_kept(said: str, told: str) -> None:
    assert error_told(said, "vi").startswith(told)
    assert error_told(said, "en") == said
