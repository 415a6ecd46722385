"""The whole program on one screen: a file becomes letters.

identify   path -> Source                what it is, whether it may be read
recognise  Source -> Document            PDF text, or OCR of the image
normalise  Document -> Document          canonical text, places untouched
split      Document -> Documents         a file with two letters gives two
extract    Document -> Document          every extractor adds candidates
select     Document -> Letter            one value per field, rival readings kept
(link and store follow in the commands, which have a store)
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from pathlib import Path

from extractors.boundaries import first_pages
from models.document import Document
from models.letter import Letter
from pipeline import ingest
from pipeline.engines import tesseract
from pipeline.extract import extract
from pipeline.ingest import Limits
from pipeline.normalise import normalise
from pipeline.recognise import Readers, recognise
from pipeline.select import select


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads files into letters; keeps its engines warm, so make one per process.

    Attributes:
        limits: What a file may ask for.
        strict: Let an extractor's crash through, for tests.
    """

    limits: Limits = field(default_factory=Limits)
    strict: bool = False
    readers: Readers = field(default_factory=Readers)

    def check(self) -> None:
        """Fail before any document is touched; raises MissingDependency with the cure."""
        tesseract.check()

    def read(self, path: Path) -> tuple[Letter, ...]:
        """The letters in the file at `path`.

        Raises:
            InputError: the file cannot become a letter; carries the reason.
            TransientError: an engine failed; the same call may succeed later.
        """
        return self.understand(self.recognise(path))

    def recognise(self, path: Path) -> Document:
        """The file's pages as read, before anything is understood."""
        return recognise(ingest.identify(path, self.limits), self.readers, self.limits)

    def understand(self, document: Document) -> tuple[Letter, ...]:
        """The letters in an already recognised file, in page order."""
        return tuple(select(extract(part, strict=self.strict)) for part in split(normalise(document)))


def split(document: Document) -> tuple[Document, ...]:
    """The letters of a file, each with its own pages and readings; what is attached stays with its letter."""
    starts = first_pages(document)
    if len(starts) < 2:
        return (document,)
    parts = []
    for start, stop in zip(starts, (*starts[1:], None), strict=True):
        pages = tuple(p for p in document.pages if p.number >= start and (stop is None or p.number < stop))
        numbers = {page.number for page in pages}
        readings = tuple(r for r in document.readings if r.page in numbers)
        problems = tuple(p for p in document.problems if p.page is None or p.page in numbers)
        parts.append(dataclasses.replace(document, pages=pages, readings=readings, problems=problems))
    return tuple(parts)
