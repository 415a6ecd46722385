"""A recognised Document as JSON and back: recorded readings for tests, and the text kept beside each letter."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from models.document import Cell, Document, Grid, Line, Page, Problem, Reading, Source, Word
from models.errors import ParseError
from models.geometry import BBox

SCHEMA = 1


def dump(document: Document) -> str:
    """The pages, readings and problems as JSON; candidates are not recorded, they follow from the rest."""
    record = {
        "schema_version": SCHEMA,
        "source": {**dataclasses.asdict(document.source), "path": None},
        "pages": [_plain(page) for page in document.pages],
        "readings": [_plain(reading) for reading in document.readings],
        "problems": [_plain(problem) for problem in document.problems],
    }
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def load(text: str) -> Document:
    """The Document that `dump` wrote.

    Raises:
        ParseError: if a newer program wrote it.
    """
    record = json.loads(text)
    if record["schema_version"] > SCHEMA:
        raise ParseError(f"recorded by a newer version: schema {record['schema_version']}, known up to {SCHEMA}")
    source = record["source"]
    return Document(
        source=Source(source["name"], source["sha256"], source["media_type"], Path(source["name"]), source["size"]),
        pages=tuple(_page(page) for page in record["pages"]),
        readings=tuple(Reading(**{**r, "bbox": _box(r["bbox"])}) for r in record["readings"]),
        problems=tuple(Problem(**p) for p in record["problems"]),
    )


def _plain(value: Any) -> Any:
    if isinstance(value, BBox):
        return [round(v, 2) for v in (value.x0, value.top, value.x1, value.bottom)]
    if isinstance(value, Word):
        return [value.text, _plain(value.bbox), round(value.confidence, 3)]
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return round(value, 3)
    if dataclasses.is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return value


def _box(value: list[float] | None) -> BBox | None:
    return BBox(*value) if value else None


def _line(value: dict[str, Any]) -> Line:
    words = tuple(Word(text, _box(box), confidence) for text, box, confidence in value["words"])
    return Line(value["text"], value["raw"], _box(value["bbox"]), value["confidence"], words, value["block"])


def _grid(value: dict[str, Any]) -> Grid:
    cells = tuple(Cell(**{**cell, "bbox": _box(cell["bbox"])}) for cell in value["cells"])
    return Grid(value["page"], _box(value["bbox"]), value["rows"], value["columns"], cells)


def _page(value: dict[str, Any]) -> Page:
    lines = tuple(_line(line) for line in value["lines"])
    return Page(**{**value, "lines": lines, "grids": tuple(_grid(grid) for grid in value["grids"])})
