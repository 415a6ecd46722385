"""Figures of citations read by a second reader: what it is asked, and what its answer does."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from extractors.citations import in_text
from models.document import Document, Line, Page, Reading, Source, Word
from models.geometry import BBox
from models.letter import Citation
from pipeline.engines import citation_figures
from pipeline.engines.image import PageImage, Pixels
from pipeline.engines.paddle import Paddle, Reread

CHARACTER, HEIGHT = 6.0, 14.0


def line(text: str, top: float = 300.0, doubts: dict[str, float] | None = None) -> Line:
    """A printed line, every character as wide as the next; `doubts` are the words that were read badly."""
    words, at = [], 0
    for part in text.split():
        start = text.index(part, at)
        at = start + len(part)
        box = BBox(60 + start * CHARACTER, top, 60 + at * CHARACTER, top + HEIGHT)
        words.append(Word(part, box, (doubts or {}).get(part, 0.96)))
    return Line(text, text, BBox(60, top, 60 + len(text) * CHARACTER, top + HEIGHT), 0.9, tuple(words))


def where(printed: Line, words: str) -> BBox:
    """The box of some of its words."""
    start = printed.text.index(words)
    return BBox(60 + start * CHARACTER, 300.0, 60 + (start + len(words)) * CHARACTER, 300.0 + HEIGHT)


def citations(printed: Sequence[Line], *readings: Reading) -> list[Citation]:
    """What is cited on a page of these lines."""
    page = Page(1, 595.0, 842.0, lines=tuple(printed))
    source = Source("a.pdf", "0" * 64, "application/pdf", Path("a.pdf"), 1)
    found = in_text.find(Document(source, (page,), tuple(readings)))
    return [c.value for c in found if isinstance(c.value, Citation)]


def reading(text: str, box: BBox, confidence: float = 0.98) -> Reading:
    """What the second reader says of a box."""
    return Reading("paddle", "citation", text, 1, box, confidence)


class Asked(Paddle):
    """A second reader that only says how often it was asked."""

    def __init__(self) -> None:
        self.sizes: list[tuple[int, int]] = []

    def read_words(self, crops: Sequence[Pixels], *, narrowest: int = 96) -> tuple[Reread, ...]:
        """One answer for each picture."""
        self.sizes += [crop.shape[:2] for crop in crops]
        return tuple(Reread("12/QĐ-UBND", 0.99) for _ in crops)


@pytest.mark.parametrize(
    ("text", "doubts", "pictures"),
    [
        ("Căn cứ Quyết định số 123/QĐ-UBND ngày 05/3/2020 của UBND tỉnh", {}, 0),
        ("Căn cứ Quyết định số 123/QĐ-UBND ngày 05/3/2020 của UBND tỉnh", {"123/QĐ-UBND": 0.5}, 1),
        ("Căn cứ Quyết định số 123/QĐ-UBND ngày 45/3/2020 của UBND tỉnh", {}, 1),
        ("Căn cứ Quyết định số /23/QĐ-UBND ngày 05/3/2020 của UBND tỉnh", {}, 1),
        ("Số: 123/QĐ-UBND", {"123/QĐ-UBND": 0.2}, 0),
        ("giai đoạn 2021-2025 và 15/20 hồ sơ", {"15/20": 0.2}, 0),
    ],
    ids=["sure", "unsure", "no-day", "no-number", "own-number", "no-citation"],
)
def test_what_is_asked(text: str, doubts: dict[str, float], pictures: int) -> None:
    asked = Asked()
    image = PageImage(np.full((1170, 827, 3), 255, np.uint8), np.full((1170, 827), 255, np.uint8), 100.0)
    found = citation_figures.reread(image, [line(text, doubts=doubts)], asked, 1)
    assert len(found) == len(asked.sizes) == pictures
    assert all(each.region == "citation" and each.bbox is not None for each in found)


def test_agreement_makes_sure() -> None:
    printed = line("Căn cứ Quyết định số 123/QĐ-UBND ngày 05/3/2020 của UBND tỉnh;", doubts={"123/QĐ-UBND": 0.5})
    (alone,) = citations([printed])
    (agreed,) = citations([printed], reading("123/QD-UBND", where(printed, "123/QĐ-UBND")))
    assert alone.confidence < 0.6 < 0.9 < agreed.confidence
    assert agreed.number == alone.number
    assert [(w.origin, w.value) for w in agreed.witnesses] == [("paddle", "123/QĐ-UBND")]


def test_difference_is_a_doubt() -> None:
    printed = line("Căn cứ Quyết định số 123/QĐ-UBND ngày 05/3/2020 của UBND tỉnh;", doubts={"123/QĐ-UBND": 0.8})
    (cited,) = citations([printed], reading("128/QD-UBND", where(printed, "123/QĐ-UBND")))
    assert str(cited.number) == "123/QĐ-UBND"
    assert cited.confidence <= 0.4
    assert ("paddle", "128/QĐ-UBND") in [(w.origin, w.value) for w in cited.witnesses]


def test_another_mention_settles_a_difference() -> None:
    printed = line("Căn cứ Nghị định số 39/2012/NĐ-CP của Chính phủ;", doubts={"39/2012/NĐ-CP": 0.8})
    again = line("theo Nghị định số 59/2012/NĐ-CP ngày 23/7/2012 của Chính phủ;", top=340.0)
    (cited,) = citations([printed, again], reading("59/2012/ND-CP", where(printed, "39/2012/NĐ-CP")))
    assert str(cited.number) == "59/2012/NĐ-CP"
    assert cited.confidence > 0.9


def test_missing_day_is_filled_in() -> None:
    printed = line("Căn cứ Chỉ thị số 04/CT-UBND ngày 42/02/2018 của UBND tỉnh;")
    (cited,) = citations([printed], reading("04/CT-UBND ngày 22/02/2018", where(printed, "04/CT-UBND ngày 42/02/2018")))
    assert cited.issued_on == date(2018, 2, 22)
    assert cited.mentions[0].text == "Chỉ thị số 04/CT-UBND ngày 42/02/2018"


@pytest.mark.parametrize(
    ("read", "heard", "found"),
    [("/61/QĐ-UBND", "761/QD-UBND", ["761/QĐ-UBND"]), ("/38/QĐ-UBND", "761/QD-UBND", []),
     ("/61/QĐ-UBND", "761/QD-SYT", []), ("/61/QĐ-UBND", "nothing", [])],
    ids=["figure-lost", "other-figures", "other-symbol", "no-number"],
)  # fmt: skip
def test_number_that_only_the_second_can_read(read: str, heard: str, found: list[str]) -> None:
    printed = line(f"Căn cứ Quyết định số {read} ngày 16/6/2022 của UBND tỉnh về việc giao dự toán;")
    cited = citations([printed], reading(heard, where(printed, read)))
    assert [str(c.number) for c in cited] == found
    if cited:
        assert cited[0].issued_on == date(2022, 6, 16)
        assert cited[0].title == "về việc giao dự toán"
        assert cited[0].relation == "legal_basis"


def test_guesses_are_not_heard() -> None:
    printed = line("Căn cứ Quyết định số 123/QĐ-UBND ngày 05/3/2020 của UBND tỉnh;", doubts={"123/QĐ-UBND": 0.8})
    (cited,) = citations([printed], reading("128/QD-UBND", where(printed, "123/QĐ-UBND"), 0.6))
    assert cited.witnesses == ()
    assert cited.confidence > 0.7
