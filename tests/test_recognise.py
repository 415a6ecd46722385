from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from models.errors import InputError, TransientError
from pipeline import ingest, record
from pipeline.engines.plain_text import read_pages
from pipeline.ingest import Limits
from pipeline.recognise import Readers, recognise
from tests.faulty_engines import Blind, CrashesOn, Nothing, Scripted


def _readers(words: Any) -> Readers:
    return Readers(words, Blind())  # type: ignore[arg-type]


def _pages(folder: Path, count: int) -> ingest.Source:
    ink = np.full((600, 424), 255, np.uint8)
    ink[100:110, 60:360] = 0
    pages = [Image.fromarray(ink) for _ in range(count)]
    pages[0].save(folder / "scan.tif", save_all=True, append_images=pages[1:])
    return ingest.identify(folder / "scan.tif", Limits())


def test_one_failed_page_costs_that_page_only(tmp_path: Path) -> None:
    document = recognise(_pages(tmp_path, 3), _readers(CrashesOn(frozenset({2}))), Limits())
    assert [len(p.lines) for p in document.pages] == [2, 0, 2]
    assert [(p.code, p.page) for p in document.problems] == [("page_failed", 2)]


def test_engine_that_fails_on_every_page_is_temporary_trouble(tmp_path: Path) -> None:
    with pytest.raises(TransientError):
        recognise(_pages(tmp_path, 2), _readers(CrashesOn(frozenset({1, 2}))), Limits())


def test_J5_a_damaged_page_of_a_tiff_costs_that_page_only(tmp_path: Path) -> None:
    ink = np.full((600, 424), 255, np.uint8)
    ink[100:110, 60:360] = 0
    pages = [Image.fromarray(ink) for _ in range(3)]
    pages[0].save(tmp_path / "scan.tif", save_all=True, append_images=pages[1:], compression="tiff_lzw")
    whole = (tmp_path / "scan.tif").read_bytes()
    strips: list[list[tuple[int, int]]] = []
    with Image.open(tmp_path / "scan.tif") as image:
        for page in range(3):
            image.seek(page)
            strips.append(list(zip(image.tag_v2[273], image.tag_v2[279], strict=True)))  # type: ignore[attr-defined]
    for damaged, expected in (({1}, [2]), ({0, 1, 2}, None)):
        data = bytearray(whole)
        for start, length in (strip for page in damaged for strip in strips[page]):
            data[start : start + length] = b"\xff" * length
        (tmp_path / "bad.tif").write_bytes(data)
        source = ingest.identify(tmp_path / "bad.tif", Limits())
        if expected is None:
            with pytest.raises(InputError) as caught:
                recognise(source, _readers(CrashesOn(frozenset())), Limits())
            assert caught.value.reason == "damaged"
        else:
            document = recognise(source, _readers(CrashesOn(frozenset())), Limits())
            assert [p.page for p in document.problems] == expected
            assert [len(p.lines) for p in document.pages] == [2, 0, 2]


def test_pages_without_a_word_are_no_letter(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        recognise(_pages(tmp_path, 2), _readers(Nothing()), Limits())
    assert caught.value.reason == "no_text_found"


def test_F10_blank_page_is_counted_and_not_read(tmp_path: Path) -> None:
    blank = Image.new("L", (424, 600), 250)
    ink = np.full((600, 424), 255, np.uint8)
    ink[100:110, 60:360] = 0
    blank.save(tmp_path / "a.tif", save_all=True, append_images=[Image.fromarray(ink)])
    engine = CrashesOn(frozenset())
    document = recognise(ingest.identify(tmp_path / "a.tif", Limits()), _readers(engine), Limits())
    assert [p.text_origin for p in document.pages] == ["blank", "ocr"]
    assert engine.seen == 1


def test_time_limit_is_a_reason(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        recognise(_pages(tmp_path, 1), _readers(Scripted()), Limits(seconds=-1))
    assert caught.value.reason == "timed_out"


def test_text_needs_no_engine(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Số: 15/QĐ-BNV\nHà Nội", encoding="utf-8")
    document = recognise(ingest.identify(tmp_path / "a.txt", Limits()), _readers(None), Limits())
    assert [line.text for line in document.pages[0].lines] == ["Số: 15/QĐ-BNV", "Hà Nội"]


def test_recording_returns_what_was_read(tmp_path: Path) -> None:
    document = recognise(_pages(tmp_path, 2), _readers(Scripted()), Limits())
    again = record.load(record.dump(document))
    assert [p.lines for p in again.pages] == [p.lines for p in document.pages]
    assert again.readings == document.readings
    assert record.dump(again) == record.dump(document)


def test_recording_keeps_grids_and_text_without_boxes(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("STT\tTên\tNăm\tVốn\n1\tA\t2021\t9", encoding="utf-8")
    document = recognise(ingest.identify(tmp_path / "a.txt", Limits()), _readers(None), Limits())
    assert document.pages == read_pages("STT\tTên\tNăm\tVốn\n1\tA\t2021\t9")
    assert record.load(record.dump(document)).pages == document.pages


@pytest.mark.parametrize("size", [(1, 1), (3000, 2), (3, 3000), (31, 31)])
def test_F10_a_picture_too_small_for_print_is_a_blank_page(tmp_path: Path, size: tuple[int, int]) -> None:
    Image.new("L", size, 0).save(tmp_path / "a.png")
    with pytest.raises(InputError) as caught:
        recognise(ingest.identify(tmp_path / "a.png", Limits()), _readers(Scripted()), Limits())
    assert caught.value.reason == "no_text_found"
