"""Tables of the letter: rows and columns as a person counts them."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.registry import extractor
from extractors.tables.reading import ReadTable, read_tables
from extractors.tables.understanding import as_table
from models.document import Candidate, Document, Evidence


@extractor("tables", version=4)
def find(document: Document) -> Iterator[Candidate]:
    """Yield one candidate per table, in the order of the pages."""
    for table in read_tables(document):
        title = table.title or " ".join(table.columns[0])
        yield Candidate("table", as_table(table), title, evidence_of(document, table), 1.0, bbox=table.bbox)


def evidence_of(document: Document, table: ReadTable) -> tuple[Evidence, ...]:
    """The first line of the table on its first page; () if its text is not among the lines."""
    for page in document.pages:
        if page.number != table.pages[0]:
            continue
        for index, line in enumerate(page.lines):
            inside = table.bbox and line.bbox and table.bbox.overlap(line.bbox) > 0.5 * line.bbox.area
            if inside or (table.bbox is None and line.text in table.rows[0].texts):
                return (Evidence(page.number, index, 0, len(line.text)),)
    return ()
