"""Tables of real born-digital documents, where these lie beside the checkout: pages, body rows and columns.

`labels/born_digital_tables.json` holds what a person counted on the rendered pages; [] is a document without a table.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from extractors.tables.reading import read_tables
from models.document import Document
from pipeline import ingest
from pipeline.engines.page_count import page_count
from pipeline.engines.pdf_text import PdfText
from pipeline.ingest import Limits
from pipeline.normalise import normalise

LABELS = json.loads((Path(__file__).parent / "labels" / "born_digital_tables.json").read_text())


@pytest.mark.parametrize("name", sorted(LABELS))
def test_rows_and_columns_as_a_person_counts_them(name: str, shared: Path) -> None:
    path = shared / "evaluation" / "real" / f"{name}.pdf"
    text = PdfText(path.read_bytes())
    pages = tuple(text.read(number) for number in range(1, page_count(path) + 1))
    text.close()
    tables = read_tables(normalise(Document(ingest.identify(path, Limits()), pages)))
    assert [[list(t.pages), len(t.rows), len(t.columns)] for t in tables] == LABELS[name]
