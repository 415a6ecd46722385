"""The reader of figures by hand: its search, its parse, and lines drawn for the test."""

from __future__ import annotations

import time
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from pipeline.engines.strokes import ALPHABET, Strokes, ink_channel, normalise, resized, search

_FONT = Path("/usr/share/fonts/truetype/liberation2/LiberationSerif-Regular.ttf")
_ITALIC = _FONT.with_name("LiberationSerif-Italic.ttf")
needs_fonts = pytest.mark.skipif(not _ITALIC.exists(), reason="Liberation fonts are not installed")


@pytest.fixture(scope="module")
def reader() -> Strokes:
    return Strokes()


def columns(*rows: dict[str, float]) -> np.ndarray:
    """Chances per column; "_" is the blank, what is left over goes to it."""
    result = np.zeros((len(rows), len(ALPHABET) + 1), np.float32)
    for line, row in zip(result, rows, strict=True):
        for letter, chance in row.items():
            line[0 if letter == "_" else ALPHABET.index(letter) + 1] = chance
        line[0] += 1 - line.sum()
    return result


def line(*parts: tuple[str, int], font: Path = _FONT, size: int = 40) -> np.ndarray:
    """Printed words at their places on white paper, RGB."""
    image = Image.new("RGB", (900, 70), "white")
    pen = ImageDraw.Draw(image)
    for text, x in parts:
        pen.text((x, 48), text, fill="black", font=ImageFont.truetype(str(font), size), anchor="ls")
    return np.asarray(image)


def test_search_joins_repeated_columns_and_keeps_doubles_apart_by_a_blank() -> None:
    found = search(columns({"1": 1.0}, {"1": 1.0}, {"_": 1.0}, {"1": 1.0}, {"/": 1.0}))
    assert found == {"11/": pytest.approx(1.0)}


def test_search_gives_the_rivals_with_their_probabilities() -> None:
    found = search(columns({"4": 0.6, "1": 0.4}, {"/": 1.0}))
    assert found["4/"] == pytest.approx(0.6)
    assert found["1/"] == pytest.approx(0.4)


def test_search_adds_up_to_at_most_one() -> None:
    rng = np.random.default_rng(3)
    chances = rng.dirichlet(np.full(len(ALPHABET) + 1, 0.05), 30).astype(np.float32)
    assert sum(search(chances).values()) <= 1.0001


class Said(Strokes):
    """A reader whose model said `answers`."""

    def __init__(self, answers: dict[str, float]) -> None:
        self.answers = answers

    def _lines(self, crop: np.ndarray) -> dict[str, float]:
        return self.answers


PAPER = np.full((40, 300, 3), 255, np.uint8)


def test_a_serial_stands_before_the_first_slash() -> None:
    assert Said({"S05/2031/": 0.7}).read_number(PAPER) == [("05", 0.7)]
    assert Said({"311": 0.7, "S/": 0.2, "Sn12/": 0.1}).read_number(PAPER) == []


def test_lines_that_differ_elsewhere_count_together() -> None:
    said = Said({"S311/": 0.4, "S31/": 0.3, "311/": 0.2, "S811/": 0.05, "S317/": 0.01})
    assert [(s, round(p, 2)) for s, p in said.read_number(PAPER)] == [("311", 0.6), ("31", 0.3), ("811", 0.05)]


def test_a_day_that_no_calendar_has_is_no_reading() -> None:
    said = Said({"n31t02y2031": 0.5, "n21t02y2031": 0.3, "n2t12y": 0.1, "nt02y2031": 0.1, "n21t13y": 0.0})
    assert said.read_date(PAPER) == [("21", "02", 0.3), ("2", "12", 0.1)]


@pytest.mark.parametrize("shape", [(0, 0, 3), (4, 200, 3), (40, 5, 3)])
def test_a_crop_without_room_gives_nothing(shape: tuple[int, ...], reader: Strokes) -> None:
    assert reader.read_number(np.zeros(shape, np.uint8)) == []
    assert reader.read_date(np.zeros(shape, np.uint8)) == []


@pytest.mark.parametrize("paper", [0, 200, 255])
def test_an_even_crop_gives_nothing(paper: int, reader: Strokes) -> None:
    assert reader.read_number(np.full((50, 400, 3), paper, np.uint8)) == []


def test_blue_ink_stays_dark_and_red_fades() -> None:
    colours = np.array([[[20, 30, 160], [220, 40, 50], [20, 20, 20], [255, 255, 255]]], np.uint8)
    blue, red, black, white = ink_channel(colours)[0]
    assert blue < 40 and black < 40 and 100 < red < white


def test_the_line_fills_the_range_whatever_the_paper() -> None:
    grey = np.full((48, 200), 150, np.uint8)
    grey[10:40, 20:30] = 60
    ink = normalise(resized(grey))
    assert ink.shape[0] == 48
    assert ink.max() == 1.0
    assert float(np.median(ink)) == 0.0


@needs_fonts
def test_printed_figures_are_read_too(reader: Strokes) -> None:
    best, chance = reader.read_number(line(("Số: 2175/KH-STNMT", 20)))[0]
    assert best == "2175"
    assert chance > 0.5


@needs_fonts
def test_a_printed_date_is_read(reader: Strokes) -> None:
    day, month, _ = reader.read_date(line(("Đồng Nai, ngày 23 tháng 8 năm 2031", 20), font=_ITALIC))[0]
    assert (day, month) == ("23", "8")


@needs_fonts
def test_a_blank_number_is_not_made_up(reader: Strokes) -> None:
    readings = reader.read_number(line(("Số:", 20), ("/QĐ-UBND", 210)))
    assert not readings or readings[0][1] < 0.5


@needs_fonts
@pytest.mark.parametrize("serial", ["211", "1146"])
def test_ones_with_a_long_upstroke_are_ones(serial: str, reader: Strokes) -> None:
    crop = line(("Số:", 20), ("/TB-SXD", 104 + 36 * len(serial))).copy()
    x = 100
    for figure in serial:
        for stroke in {"1": [(0, 36), (14, 12), (15, 49)], "2": [(2, 20), (10, 13), (16, 20), (2, 47), (20, 47)]}.get(
            figure, []
        ), ([(12, 13), (1, 36), (21, 35)] if figure == "4" else []), ([(14, 22), (14, 49)] if figure == "4" else []), (
            [(15, 13), (4, 28), (3, 44), (11, 49), (17, 42), (11, 35), (4, 41)] if figure == "6" else []
        ):
            points = np.array([(x + a, b) for a, b in stroke], np.int32)
            if len(points):
                cv2.polylines(crop, [points], False, (40, 50, 140), 3, cv2.LINE_AA)
        x += 28
    assert reader.read_number(crop)[0][0] == serial


def test_a_line_costs_little(reader: Strokes) -> None:
    crop = line(("Số: 2175/KH-STNMT", 20)) if _FONT.exists() else np.full((70, 900, 3), 255, np.uint8)
    reader.read_number(crop)
    began = time.process_time()
    for _ in range(5):
        reader.read_number(crop)
    assert (time.process_time() - began) / 5 < 0.15  # 30 ms on an idle core; room for a busy machine
