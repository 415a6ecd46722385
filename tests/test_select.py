"""One value per field: readers against each other, the calendar, recaps, and what goes to review."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from extractors.registry import Extractor
from models.document import Candidate, Document, Reading
from models.geometry import BBox
from models.letter import Letter
from pipeline import extract as extraction
from pipeline.extract import extract
from pipeline.select import select
from tests.documents import from_text, scanned
from tests.test_layout import BODY, HEAD, TAIL

BOX = BBox(100, 95, 260, 115)


def reread(region: str, *texts: str, origin: str = "paddle", confidence: float = 0.95) -> tuple[Reading, ...]:
    return tuple(Reading(origin, region, text, 1, BOX, confidence) for text in texts)


def read(document: Document) -> Letter:
    return select(extract(document, strict=True))


def scan(number: str, day: str, readings: tuple[Reading, ...], confidence: float = 0.4) -> Document:
    """A scan whose number and date lines were read as given."""
    document = scanned([*HEAD[:4], (number, 110, 100), (day, 300, 100), *BODY, *TAIL], readings=readings)
    page = document.pages[0]
    lines = tuple(
        dataclasses.replace(line, words=tuple(dataclasses.replace(w, confidence=confidence) for w in line.words))
        if line.text in (number, day)
        else line
        for line in page.lines
    )
    return dataclasses.replace(document, pages=(dataclasses.replace(page, lines=lines),))


def test_printed_number_and_date_that_two_readers_agree_on_are_accepted() -> None:
    readings = (*reread("number", "Só:1234/SYT-NVY"), *reread("place_date", "An Giang, ngày 05 tháng 3 năm 2021"))
    letter = read(scan("Số: 1234/SYT-NVY", "An Giang, ngày 05 tháng 3 năm 2021", readings, 0.96))
    assert letter.number is not None and letter.number.value == "1234/SYT-NVY"
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 5)
    assert not {"number", "date", "issuer"} & set(letter.review)


def test_handwriting_follows_the_reader_of_figures_and_the_symbol_the_reader_of_print() -> None:
    letter = read(scan("Số: #3Ÿ /QĐĐ-SYT", "An Giang, ngày ˆ tháng 3 năm 2021", reread("number", "Só: 239/QD-SYT")))
    assert letter.number is not None and letter.number.value == "239/QĐ-SYT"
    assert "number" in letter.review
    assert letter.issued_on is None and "date" in letter.review


def test_a_reading_with_letters_is_for_review() -> None:
    letter = read(scan("Số: /SYT-NVY", "An Giang, ngày 05 tháng 3 năm 2021", reread("number", "Só:2M/SYT-NVY")))
    assert letter.number is not None and letter.number.value == "211/SYT-NVY"
    assert letter.number.confidence < 0.5 and "number" in letter.review


def test_an_impossible_day_gives_way_to_the_signing_time() -> None:
    readings = (
        *reread("place_date", "An Giang, ngày 45 tháng 3 năm 2021"),
        *reread("signing_time", "16.03.2021 07:37:07", origin="signature"),
    )
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 15)
    assert "date" in letter.review


def test_no_date_after_the_signing_time() -> None:
    readings = (
        *reread("place_date", "An Giang, ngày 28 tháng 3 năm 2021"),
        *reread("signing_time", "16.03.2021 07:37:07", origin="signature"),
    )
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày 15 tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 15)


def test_figures_of_a_further_reader_count_wherever_they_come_from() -> None:
    readings = reread("number", "1146", "1146", origin="strokes", confidence=0.97)
    letter = read(scan("Số: (44C /SYT-NVY", "An Giang, ngày 05 tháng 3 năm 2021", readings))
    assert letter.serial is not None and letter.serial.value == "1146"


def test_a_figure_that_one_reader_swallowed_is_given_back_by_another() -> None:
    readings = (
        *reread("place_date", "An Giang, ngày8 tháng 3 năm 2021", "An Giang, ngày8 tháng 3 năm 2021"),
        *reread("day", "28", origin="strokes", confidence=0.7),
    )
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày Š tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 28)
    assert "date" in letter.review


def test_a_figure_slot_cut_out_alone_outweighs_the_line_that_lost_a_figure() -> None:
    slot = Reading("paddle", "day", "28", 1, BBox(390, 98, 412, 114), 0.82)
    readings = (*reread("place_date", *["An Giang, ngày8 tháng 3 năm 2021"] * 2), slot)
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày Š tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 28)


def test_only_the_shares_count_of_a_reader_that_names_several_values() -> None:
    readings = tuple(
        reading
        for day, chance in (("21", 0.013), ("27", 0.002))
        for reading in (
            *reread("day", day, origin="strokes", confidence=chance),
            *reread("month", "3", origin="strokes", confidence=chance),
        )
    )
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày | tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 21)
    assert "date" in letter.review


def test_a_lone_figure_that_two_readers_of_handwriting_see_is_still_for_review() -> None:
    readings = (
        *reread("place_date", "An Giang, ngày8 tháng 3 năm 2021", "An Giang, ngày8 tháng 3 năm 2021"),
        *reread("day", "8", origin="strokes", confidence=0.6),
    )
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày Š tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and "date" in letter.review


def test_a_lone_figure_of_one_reader_is_for_review() -> None:
    readings = reread("place_date", "An Giang, ngày8 tháng 3 năm 2021", "An Giang, ngày8 tháng 3 năm 2021")
    letter = read(scan("Số: 1/SYT-NVY", "An Giang, ngày Š tháng 3 năm 2021", readings))
    assert letter.issued_on is not None and letter.issued_on.value == date(2021, 3, 8)
    assert "date" in letter.review


def test_an_annex_that_repeats_another_number_is_flagged_and_the_head_wins() -> None:
    letter = read(
        from_text(
            "BỘ Y TẾ\nSố: 325/BC-BYT\nHà Nội, ngày 05 tháng 3 năm 2021\nBÁO CÁO\nVề phòng bệnh\nNơi nhận:\n- Lưu: VT.\n"
            "BỘ TRƯỞNG\nTrần Văn Bình\nPhụ lục\n(Kèm theo Báo cáo số 305/BC-BYT ngày 05/3/2021 của Bộ Y tế)"
        )
    )
    assert letter.number is not None and letter.number.value == "325/BC-BYT"
    assert [flag.code for flag in letter.flags] == ["number_mismatch"]


def test_what_every_letter_has_goes_to_review_if_missing() -> None:
    letter = read(from_text("Không có gì ở đây"))
    assert set(letter.review) >= {"number", "doc_type", "date", "issuer", "subject", "signer"}


def test_a_crashing_extractor_costs_its_field_only(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(document: Document) -> list[Candidate]:
        raise RuntimeError("boom")

    broken = Extractor("broken", 1, crash, __name__)  # type: ignore[arg-type]
    monkeypatch.setattr(extraction, "all_extractors", lambda: (broken,))
    document = from_text("Số: 1/A-B")
    assert [p.code for p in extract(document).problems] == ["extractor_failed"]
    with pytest.raises(RuntimeError):
        extract(document, strict=True)
