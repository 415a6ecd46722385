"""Damaged files and damaged words: every parser gives a sensible value or a typed reason, never anything else.

A short run by default; CONGVAN_LONG=1 (`make fuzz`) makes it a hundred times as long.
"""

from __future__ import annotations

import io
import os
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

from extractors.vi import dates, money
from models.errors import ParseError
from models.identifiers import DocumentNumber
from pipeline import record
from pipeline.extract import extract
from pipeline.select import select
from tests.documents import from_text
from tests.pdf_files import BODY, canvas, write
from tests.test_bad_files import CATALOG, PAGE, PAGES, pdf, reason, stream

LONG = bool(os.environ.get("CONGVAN_LONG"))
FUZZ = settings(
    max_examples=1500 if LONG else 12,
    phases=(Phase.generate,),  # to shrink a damaged file takes minutes and shows no more
    deadline=None,
    database=None,
    derandomize=not LONG,
    suppress_health_check=list(HealthCheck),
)
WORDS = settings(FUZZ, max_examples=5000 if LONG else 60)
# Of a mutation: where (share of the length), what it does, and with what.
CUTS = st.tuples(
    st.floats(0, 1),
    st.sampled_from(("replace", "insert", "drop", "double", "truncate", "zero")),
    st.binary(max_size=12),
)


def mutated(data: bytes, cuts: list[tuple[float, str, bytes]]) -> bytes:
    out = bytearray(data)
    for share, kind, noise in cuts:
        at = int(share * len(out))
        if kind == "replace":
            out[at : at + len(noise)] = noise
        elif kind == "insert":
            out[at:at] = noise
        elif kind == "drop":
            del out[at : at + 1 + 40 * len(noise)]
        elif kind == "double":
            out[at:at] = out[at : at + 200]
        elif kind == "zero":
            out[at : at + 16] = bytes(16)
        else:
            del out[max(at, 8) :]
    return bytes(out)


def picture(form: str, **options: object) -> bytes:
    shade = np.tile(np.linspace(0, 255, 90, dtype=np.uint8), (120, 1))
    pages = [Image.fromarray(shade).convert("1" if options else "RGB")] * (2 if form == "TIFF" else 1)
    buffer = io.BytesIO()
    more = {"save_all": True, "append_images": pages[1:]} if form == "TIFF" else {}
    pages[0].save(buffer, form, **options, **more)
    return buffer.getvalue()


def drawn() -> bytes:
    path = Path(os.environ.get("TMPDIR", "/tmp")) / f"congvan-fuzz-{os.getpid()}.pdf"
    page = canvas(path)
    write(page, BODY)
    page.showPage()
    page.save()
    data = path.read_bytes()
    path.unlink()
    return data


WHOLE = {
    "pdf-plain": lambda: pdf({1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(b"BT /F1 12 Tf 72 700 Td (x) Tj ET")}),
    "pdf-born-digital": drawn,
    "tiff-group4": lambda: picture("TIFF", compression="group4"),
    "tiff": lambda: picture("TIFF"),
    "jpeg": lambda: picture("JPEG"),
    "png": lambda: picture("PNG"),
    "text": lambda: ("\n".join(BODY) + "\nSố: 15/QĐ-UBND").encode(),
}


@pytest.mark.parametrize("kind", WHOLE)
def test_any_damage_ends_with_a_letter_or_a_reason(kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    data, folder = WHOLE[kind](), tmp_path_factory.mktemp("fuzz")

    @FUZZ
    @given(st.lists(CUTS, min_size=1, max_size=6))
    def damage(cuts: list[tuple[float, str, bytes]]) -> None:
        path = folder / "x"
        path.write_bytes(mutated(data, cuts))
        found = reason(path)  # anything but InputError comes through and fails the test
        assert found is None or found.islower()

    damage()


def test_any_bytes_end_with_a_reason_or_are_text(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("bytes")

    @WORDS
    @given(st.binary(max_size=400))
    def read(data: bytes) -> None:
        path = folder / "x"
        path.write_bytes(data)
        reason(path)

    read()


# The grammar of what letters say, with the damage that scans do to it.
NUMBER = st.from_regex(
    r"[0-9O]{1,5}( ?/ ?(19|20)[0-9]{2})?[ ]?/[ ]?[A-ZĐƯ]{1,6}([-–.][A-ZĐƯ&]{1,6}){0,3}", fullmatch=True
)
DAY = st.from_regex(
    r"(ngày )?[0-9]{1,2}[ ]?(/|-|\.| tháng )[ ]?[0-9]{1,2}[ ]?(/|-|\.| năm )[ ]?[0-9]{2,4}", fullmatch=True
)
KIND = st.sampled_from(
    ["Quyết định", "Nghị định", "Thông tư liên tịch", "Công văn", "Luật", "Chỉ thị", "Kế hoạch", "các Quyết định"]
)
GLUE = st.sampled_from(
    [" số ", " ", " của Thủ tướng Chính phủ ", "; ", ", ", " và ", "\n", "-\n", " về việc ", " (", ") "]
)
MONEY = st.from_regex(r"[-(]?[0-9]{1,3}([., ][0-9]{3}){0,4}([.,][0-9]{1,3})?\)?", fullmatch=True)
NOISE = st.text(alphabet="0OoIl1|/.,-–ĐÐđQqƯ'´` \u200b\u00a0\u0301", max_size=6)
SENTENCE = st.lists(st.one_of(NUMBER, DAY, KIND, GLUE, NOISE, MONEY), max_size=25).map("".join)


@WORDS
@given(SENTENCE)
def test_citations_of_any_sentence_lie_in_it(text: str) -> None:
    found = extract(from_text("Căn cứ " + text), strict=True)
    for candidate in found.candidates:
        for where in candidate.evidence:
            assert 0 <= where.start < where.end <= len(found.line(where).text)
    letter = select(found)
    for citation in letter.citations:
        assert citation.issued_on is None or 1900 < citation.issued_on.year < 2200


@WORDS
@given(st.one_of(NUMBER, NOISE, st.text(max_size=40)))
def test_numbers_are_a_value_or_a_typed_error(text: str) -> None:
    try:
        number = DocumentNumber.parse(text)
    except ParseError:
        return
    assert DocumentNumber.parse(str(number)) == number


@WORDS
@given(st.one_of(DAY, NOISE, st.tuples(NOISE, DAY, NOISE).map("".join), st.text(max_size=40)))
def test_dates_are_days_of_the_calendar_as_written(text: str) -> None:
    for found in dates.full_dates(text):
        assert isinstance(found, date)
        assert str(found.day) in text.replace("O", "0") or f"{found.day:02}" in text or not text.isascii()
    dates.head_date(text)
    list(dates.find_dates(text))


@WORDS
@given(st.one_of(MONEY, NOISE, st.text(max_size=30)), st.sampled_from((None, "đồng", "triệu đồng", "tỷ đồng", "x")))
def test_money_is_a_whole_sum_or_nothing(text: str, unit: str | None) -> None:
    value = money.in_dong(text, unit)
    assert value is None or isinstance(value, int)


@FUZZ
@given(st.lists(CUTS, min_size=1, max_size=4))
def test_a_damaged_recording_raises_what_is_told(cuts: list[tuple[float, str, bytes]]) -> None:
    whole = record.dump(from_text("Số: 15/QĐ-UBND")).encode()
    try:
        record.load(mutated(whole, cuts).decode("utf-8", errors="replace"))
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        return
