from __future__ import annotations

import pytest

from models.document import Line, Word
from models.geometry import BBox
from pipeline.engines.head import date_gaps, locate
from tests.faulty_engines import line

EM = 12.0


def _date(parts: list[tuple[str, float, float]]) -> Line:
    """A place-date line from (text, left, width in ems) at 12 points."""
    words = tuple(Word(t, BBox(x, 100, x + w * EM, 112), 0.9) for t, x, w in parts)
    text = " ".join(w.text for w in words)
    return Line(text, text, BBox(parts[0][1], 100, 500, 112), 0.9, words)


PRINTED = [("Hà", 300.0, 1.2), ("Nội,", 318.0, 1.6), ("ngày", 342.0, 1.944)]
REST = [("tháng", 395.0, 2.278), ("5", 428.0, 0.5), ("năm", 440.0, 1.722), ("2025", 466.0, 2.0)]


@pytest.mark.parametrize(
    "day",
    [
        [("1B", 372.0, 1.2)],  # a damaged word of its own
        [],  # nothing seen between the words
    ],
)
def test_day_stands_between_the_printed_words(day: list[tuple[str, float, float]]) -> None:
    (place,) = [p for p in locate((_date([*PRINTED, *day, *REST]),), 595, 842) if p.region == "place_date"]
    gap = date_gaps(place)["day"]
    assert gap.x0 == pytest.approx(342 + 1.944 * EM, abs=3)
    assert gap.x1 == pytest.approx(395, abs=3)
    assert "month" not in date_gaps(place)  # printed and sure


def test_figures_read_as_part_of_a_word_are_cut_off_it() -> None:
    glued = [*PRINTED[:2], ("ngày@0", 342.0, 1.944 + 1.6), *REST]
    (place,) = [p for p in locate((_date(glued),), 595, 842) if p.region == "place_date"]
    assert date_gaps(place)["day"].x0 == pytest.approx(342 + 1.944 * EM, abs=3)


def test_place_names_are_no_anchor() -> None:
    words = [("Quảng", 280.0, 2.5), ("Ngãi,", 312.0, 2.2), *PRINTED[2:], *REST]
    (place,) = [p for p in locate((_date(words),), 595, 842) if p.region == "place_date"]
    assert date_gaps(place)["day"].x0 > 360


def test_without_the_printed_words_nothing_is_guessed() -> None:
    assert [p.region for p in locate((line("Kính gửi: Sở Y tế"),), 595, 842)] == []


def test_number_line_by_its_label_or_its_symbol() -> None:
    for text in ("Số: 15/QĐ-BNV", "số:42ÉÊ /QĐ-SYT", "S6: 12 /UBND-VX"):
        assert [p.region for p in locate((line(text),), 595, 842)] == ["number"]
    assert [p.region for p in locate((line("SỞ Y TẾ"),), 595, 842)] == []
