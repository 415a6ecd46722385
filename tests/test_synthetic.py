"""The sample letters: repeatable, complete, small, and true to what their gold says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image, ImageSequence

pytest.importorskip("reportlab")

from reportlab.pdfbase.ttfonts import TTFont

from benchmarks.synthetic import build, content, degrade, handwriting, layout, seed_text, stamps, truth

ROOT = Path(__file__).parents[1]
GOLD = ROOT / "benchmarks" / "synthetic" / "gold"
RAW = ROOT / "data" / "raw"
LETTERS = content.load_all()
MEGABYTE = 1_000_000

needs_font = pytest.mark.skipif(
    not (layout.FONT_DIR / "LiberationSerif-Regular.ttf").exists(), reason="fonts-liberation2 is not installed"
)


def _page(height: int = 300, width: int = 212) -> degrade.Picture:
    page = np.full((height, width, 3), 255, np.uint8)
    page[60:66, 20:180] = 0
    page[100:220:12, 20:180] = 40
    return page


@needs_font
@pytest.mark.parametrize("face", layout.FACES.values())
def test_the_font_has_every_glyph_that_the_letters_need(face: str) -> None:
    known = TTFont(f"check-{face}", str(layout.FONT_DIR / f"LiberationSerif-{face}.ttf")).face.charToGlyph
    needed = {char for letter in LETTERS for char in letter.printed_text} | set("ạằẵỹĐđờữỄỰ")
    assert {char for char in needed if char.strip() and ord(char) not in known} == set()


@pytest.mark.parametrize("font", handwriting.font_names())
def test_each_handwriting_font_draws_each_figure_differently_and_has_its_licence(font: str) -> None:
    assert (handwriting.FONTS / f"{font}-LICENSE.txt").exists()
    drawn = {
        handwriting.draw_font_digits(digit, font, np.random.default_rng(1), 40).tobytes() for digit in "0123456789"
    }
    assert len(drawn) == 10


@pytest.mark.parametrize("text", ["0123456789", "1", "1147", "17/11"])
def test_pen_figures_are_repeatable_and_as_high_as_asked(text: str) -> None:
    first = handwriting.draw_digits(text, np.random.default_rng(5), 48)
    again = handwriting.draw_digits(text, np.random.default_rng(5), 48)
    other = handwriting.draw_digits(text, np.random.default_rng(6), 48)
    assert np.array_equal(first, again)
    assert first.shape != other.shape or not np.array_equal(first, other)
    assert 36 <= first.shape[0] <= 48 * (1.4 + 0.1 * len(text))
    assert first.shape[2] == 4 and first[..., 3].max() > 150


@pytest.mark.parametrize("seed", range(20))
def test_pen_figures_are_not_cut_by_the_canvas(seed: int) -> None:
    """An edge that is full of ink over a long stretch is a cut figure."""
    alpha = handwriting.draw_digits("7777777777", np.random.default_rng(seed), 40)[..., 3]
    assert (alpha[0] > 128).sum() < alpha.shape[1] / 4


def test_pen_knows_figures_only() -> None:
    with pytest.raises(KeyError):
        handwriting.draw_digits("12a", np.random.default_rng(0), 40)


@pytest.mark.parametrize("name", degrade.EFFECTS)
def test_each_degradation_keeps_the_shape_and_is_repeatable(name: str) -> None:
    effect = degrade.EFFECTS[name]
    page = _page()
    before = page.copy()
    first = effect(page, np.random.default_rng(3), 1.0)
    assert first.shape == page.shape and first.dtype == np.uint8
    assert np.array_equal(first, effect(page, np.random.default_rng(3), 1.0))
    assert np.array_equal(page, before), "the input must stay untouched"
    if name != "grey":
        assert not np.array_equal(first, page)


def test_bilevel_has_two_tones() -> None:
    assert set(np.unique(degrade.bilevel(_page(), np.random.default_rng(1), 1.0))) == {0, 255}


@pytest.mark.parametrize("degrees", [0, 90, 180, 270])
def test_quarter_turns_lose_nothing(degrees: int) -> None:
    page = _page()
    assert np.array_equal(degrade.rotate(degrade.rotate(page, degrees), (360 - degrees) % 360), page)


def test_ink_beyond_the_edge_is_cut_and_print_stays_visible() -> None:
    page = _page()
    ink = np.full((50, 50, 4), 255, np.uint8)
    ink[..., :3] = stamps.RED
    laid = stamps.lay(page, ink, -20, 40)
    assert laid.shape == page.shape
    assert tuple(laid[45, 5]) == stamps.RED
    assert tuple(laid[62, 25]) == (0, 0, 0)
    assert np.array_equal(stamps.lay(page, ink, 5000, 5000), page)


@needs_font
def test_blanks_for_the_pen_are_not_printed() -> None:
    letter = content.load("qd-1874-ubnd")
    by_hand = frozenset({"number", "day"})
    pdf, anchors = layout.render(letter, by_hand)
    head = pypdfium2.PdfDocument(pdf)[0].get_textpage().get_text_range()
    assert letter.serial not in head.partition("QUYẾT ĐỊNH")[0]
    assert {a.kind for a in anchors} >= {"number", "day", "signature", "under_subject"}
    printed, _ = layout.render(letter)
    assert letter.number in pypdfium2.PdfDocument(printed)[0].get_textpage().get_text_range()


@needs_font
def test_rendering_is_repeatable() -> None:
    letter = content.load("gm-39-stttt")
    assert layout.render(letter)[0] == layout.render(letter)[0]
    sample = next(s for s in build.samples() if s.letter == "gm-39-stttt")
    small = build.Sample(**{**{f: getattr(sample, f) for f in sample.__slots__}, "dpi": 60})
    first, second = build.pages(small, letter), build.pages(small, letter)
    assert all(np.array_equal(a, b) for a, b in zip(first, second, strict=True))


def test_every_file_has_its_gold_and_every_gold_its_file() -> None:
    golds = {json.loads(path.read_text(encoding="utf-8"))["file"] for path in GOLD.glob("*.json")}
    listed = {f"data/raw/{sample.file}" for sample in build.samples()}
    assert golds == listed
    assert all((ROOT / file).is_file() for file in golds)


@pytest.mark.parametrize("sample", build.samples(), ids=lambda s: s.file)
def test_gold_on_disk_is_what_the_content_says(sample: build.Sample) -> None:
    on_disk = json.loads((GOLD / f"{Path(sample.file).stem}.json").read_text(encoding="utf-8"))
    fresh = truth.gold(
        content.load(sample.letter), f"data/raw/{sample.file}", sample.kind, sample.by_hand, on_disk.get("pages")
    )
    assert on_disk == json.loads(json.dumps(fresh))


@pytest.mark.parametrize("letter", LETTERS, ids=lambda letter: letter.slug)
def test_every_cited_number_stands_in_the_letter(letter: content.Letter) -> None:
    text = letter.printed_text
    assert all(citation["number"] in text for citation in letter.truth["citations"])


def test_samples_cite_each_other() -> None:
    numbers = {(x.number, x.iso_date): x.slug for x in LETTERS}
    held = [(x.slug, numbers[key]) for x in LETTERS for c in x.truth["citations"]
            if (key := (c["number"], c.get("date"))) in numbers]  # fmt: skip
    assert len(held) >= 6
    assert ("qd-1874-ubnd", "ttr-212-skhdt") in held and ("tb-415-ubnd", "cv-3106-ubnd") in held


def test_the_annex_keeps_its_misprints() -> None:
    letter = content.load("bc-325-ubnd")
    assert letter.annex and letter.annex.table
    assert letter.number == "325/BC-UBND" and "305/BC-UBND" in letter.annex.recap
    record = truth.gold(letter, "x", "scan", frozenset(), 3)
    table, projects = record["tables"][0], record["projects"]
    assert {len(row) for row in table["rows"]} == {len(table["columns"])}
    assert len(projects) == 8 and sum(len(p["decisions"]) for p in projects) == 5
    plans = [a["vnd"] for p in projects for a in p["amounts"]
             if a["measure"] == "Dự kiến kế hoạch năm 2023" and a["source"] is None]  # fmt: skip
    assert sum(plans[:3]) == 36_259_000_000 != sum(plans[:5]), "the printed total leaves out rows 4 and 5"


def test_raw_is_small_and_in_many_formats() -> None:
    files = [RAW / sample.file for sample in build.samples()]
    assert len(files) >= 10
    assert sum(path.stat().st_size for path in files) < 6 * MEGABYTE
    assert {path.suffix for path in files} == {".pdf", ".tif", ".jpg", ".png", ".txt"}


@pytest.mark.parametrize("sample", [s for s in build.samples() if s.kind != "text"], ids=lambda s: s.file)
def test_page_counts_and_text_layers(sample: build.Sample) -> None:
    path = RAW / sample.file
    pages = json.loads((GOLD / f"{path.stem}.json").read_text(encoding="utf-8"))["pages"]
    if path.suffix != ".pdf":
        with Image.open(path) as image:
            assert sum(1 for _ in ImageSequence.Iterator(image)) == pages
        return
    document = pypdfium2.PdfDocument(path)
    assert len(document) == pages
    text = document[0].get_textpage().get_text_range()
    assert bool(text.strip()) == (sample.kind == "born-digital")


def test_the_text_letter_has_the_remnants_of_a_conversion() -> None:
    letter = content.load("cv-87-syt")
    text = seed_text.as_text(letter)
    assert f"Số: **{letter.serial}**/{letter.symbol}" in text and "  \n" in text
    assert (RAW / "cv-87-syt.txt").read_text(encoding="utf-8") == text
