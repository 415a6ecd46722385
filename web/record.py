"""What a record page shows of a letter: rows of fields, boxes on a page, words that were searched for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from extractors.vi.text import fold, normalise
from models.document import Document, Page
from models.geometry import BBox
from models.letter import Field, Letter
from pipeline import contract
from pipeline.corrections import text_from_value
from pipeline.store.restore import StoredLetter
from web.access import Refused, Visitor

# Serial and symbol follow from the number.
SHOWN = ("number", "doc_type", "date", "place", "issuer", "subject", "signer", "urgency", "secrecy")
DOUBTFUL = 0.6  # certainty under which a word is worth a look
MOST_WORDS = 500
LETTER_ID = re.compile(r"[0-9a-f]{16}-\d{1,6}")


@dataclass(frozen=True, slots=True)
class FieldRow:
    """One value of a letter as it is shown."""

    name: str
    ordinal: int
    text: str
    field: Field[Any] | None
    doubtful: bool

    @property
    def confirmed(self) -> bool:
        """Whether a person said so."""
        return self.field is not None and any(w.origin == "person" for w in self.field.witnesses)


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on the page; `kind` is field, citation, flag ..."""

    kind: str
    name: str
    box: BBox
    person: bool = False


def stored_letter(visitor: Visitor, letter_id: str) -> StoredLetter:
    """The letter, if it is there for this visitor.

    Raises:
        Refused: 404 if not; a secret letter is not told from one that does not exist.
    """
    stored = visitor.view.letter(letter_id) if LETTER_ID.fullmatch(letter_id) else None
    if stored is None:
        raise Refused(404, "no letter has this id")
    return stored


def field_rows(letter: Letter) -> tuple[FieldRow, ...]:
    """All values in the order of the letter's parts."""
    rows = []
    for name in SHOWN:
        field = getattr(letter, contract.SCALARS[name])
        rows.append(FieldRow(name, 0, _text(field), field, name in letter.review))
    for name in contract.LISTS:
        for ordinal, field in enumerate(getattr(letter, name)):
            rows.append(FieldRow(name, ordinal, _text(field), field, name in letter.review))
    return tuple(rows)


def _text(field: Field[Any] | None) -> str:
    return text_from_value(contract.value_to_json(field.value)) if field else ""


def page_shown(letter: Letter, number: int) -> Page | None:
    """The page asked for, else the first; None if the letter has none."""
    return next((page for page in letter.pages if page.number == number), letter.pages[0] if letter.pages else None)


def boxes_on(letter: Letter, number: int) -> tuple[Box, ...]:
    """Where values, citations and findings stand on a page."""
    boxes = [
        Box("field", f"{row.name}-{row.ordinal}", row.field.bbox, row.confirmed)
        for row in field_rows(letter)
        if row.field is not None and row.field.bbox is not None and row.field.page == number
    ]
    for ordinal, citation in enumerate(letter.citations):
        boxes += [
            Box("citation", f"citation-{ordinal}", mention.bbox)
            for mention in citation.mentions
            if mention.page == number and mention.bbox
        ]
    boxes += [Box("flag", flag.code, flag.bbox) for flag in letter.flags if flag.page == number and flag.bbox]
    return tuple(boxes)


def parse_box(text: str) -> BBox | None:
    """The box of an address, "x0,top,x1,bottom" in points."""
    try:
        x0, top, x1, bottom = (float(part) for part in text.split(","))
    except ValueError:
        return None
    inside = all(-1 <= value < 20_000 for value in (x0, top, x1, bottom))
    return BBox(x0, top, x1, bottom) if inside and x1 > x0 and bottom > top else None


def doubtful_words(reading: Document) -> tuple[tuple[int, BBox, str, float], ...]:
    """Words that the reader was least sure of, in the order of the page: page, place, word, certainty."""
    words = ((page.number, word) for page in reading.pages for line in page.lines for word in line.words)
    found = ((number, w.bbox, w.text, w.confidence) for number, w in words if w.bbox and w.confidence < DOUBTFUL)
    return tuple(islice((one for one in found if re.search(r"\w", one[2])), MOST_WORDS))


def hits_on(reading: Document, number: int, terms: Sequence[str]) -> tuple[BBox, ...]:
    """Boxes of the words on a page that were searched for."""
    wanted = {word for term in terms for word in term.split()}
    return tuple(_hits(reading, number, wanted))


def _hits(reading: Document, number: int, wanted: set[str]) -> Iterator[BBox]:
    for page in reading.pages:
        if page.number != number:
            continue
        for line in page.lines:
            for word in line.words:
                if word.bbox and wanted & set(re.findall(r"\w+", fold(normalise(word.text)))):
                    yield word.bbox
