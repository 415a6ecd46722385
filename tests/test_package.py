"""Searchable PDF/A copies and packages for an archive: what is in them, and what keeps a letter out."""

from __future__ import annotations

import hashlib
import json
import math
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pikepdf
import pypdfium2
import pytest
from PIL import Image, ImageDraw, ImageFont

from models.document import Page
from models.letter import Field, Letter
from pipeline import ingest
from pipeline.cli.app import App
from pipeline.cli.main import run
from pipeline.config import Config
from pipeline.engines import pdf_a, sheets
from pipeline.ingest import Limits
from pipeline.store.store import Store
from tests.documents import line
from tests.letters import letter
from tests.pdf_files import FONT
from tests.test_cli import fake

ABOUT = pdf_a.About("12/UBND – về việc <thử>", "Ủy ban nhân dân tỉnh An Giang", "a1", datetime(2026, 1, 2, 3, 4, 5))
WORDS = "Ủy ban nhân dân tỉnh đề nghị"
NOW = datetime(2026, 3, 4)
LIMITS = Limits()


def scan(path: Path, *, skew: float = 0.0, mode: str = "RGB", seal: bool = True) -> Path:
    """A page at 150 dpi with `WORDS` where `page` says they are, tilted clockwise by `skew`."""
    dpi = 150
    image = Image.new("RGB", (round(595 * dpi / 72), round(842 * dpi / 72)), "white")
    draw = ImageDraw.Draw(image)
    for word in line(WORDS, 100, 200).words:
        assert word.bbox is not None
        box = word.bbox.scaled(dpi / 72)
        draw.rectangle((box.x0, box.top, box.x1, box.bottom), fill="black")
    if seal:
        draw.ellipse((700, 1200, 900, 1400), outline="red", width=8)
    draw.text((300, 800), "thử", font=ImageFont.truetype(FONT, 40), fill="black")
    image = image.rotate(-skew, Image.Resampling.BILINEAR, fillcolor="white").convert(mode)
    image.save(path, dpi=(dpi, dpi), **({"quality": 90} if path.suffix == ".jpg" else {}))
    return path


def page(*, skew: float = 0.0, rotation: int = 0) -> Page:
    return Page(1, 595.2, 841.92, rotation, skew, lines=(line(WORDS, 100, 200),))


def made(source: Path, read: Page, out: Path) -> Path:
    drawn = sheets.sheets(ingest.identify(source, LIMITS), LIMITS, [1])
    assert pdf_a.write(out, ((sheet, read) for sheet in drawn), ABOUT) == 1
    return out


def dark_under(pdf: Path, text: str) -> float:
    """Share of dark pixels under the words `text` of the first page, as its text layer says where they are."""
    document = pypdfium2.PdfDocument(pdf)
    drawn, words = document[0], document[0].get_textpage()
    index, count = words.search(text).get_next()
    pixels = np.asarray(drawn.render(scale=2).to_pil().convert("L"))
    shares = []
    for at in range(index, index + count):
        left, bottom, right, top = words.get_charbox(at, loose=True)
        x, y = int(left + right), int((drawn.get_height() * 2) - bottom - top)
        shares.append((pixels[y - 1 : y + 2, x - 1 : x + 2] < 100).mean())
    return float(np.mean(shares))


@pytest.mark.parametrize("skew", [0.0, 2.0, -4.0])
def test_words_lie_unseen_on_their_print_however_tilted(tmp_path: Path, skew: float) -> None:
    out = made(scan(tmp_path / "a.png", skew=skew), page(skew=skew), tmp_path / "a.pdf")
    assert pypdfium2.PdfDocument(out)[0].get_textpage().get_text_range().strip() == WORDS
    for word in WORDS.split():
        assert dark_under(out, word) > 0.9, word


def test_a_page_that_lies_on_its_side_is_turned(tmp_path: Path) -> None:
    upright = Image.open(scan(tmp_path / "a.png"))
    upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "b.png", dpi=(150, 150))
    out = made(tmp_path / "b.png", page(rotation=90), tmp_path / "b.pdf")
    assert dark_under(out, "nghị") > 0.9


def test_what_the_norm_wants_is_in_the_file_and_what_it_forbids_is_not(tmp_path: Path) -> None:
    out = made(scan(tmp_path / "a.jpg"), page(), tmp_path / "a.pdf")
    with pikepdf.open(out) as pdf:
        assert not pdf.is_encrypted and pdf.pdf_version == "1.7"
        assert not {"/AcroForm", "/OpenAction", "/AA", "/Names"} & set(pdf.Root.keys())
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "B")
            assert said["dc:title"] == str(pdf.docinfo["/Title"]) == ABOUT.title
            assert said["dc:creator"] == [str(pdf.docinfo["/Author"])]
        profile = pdf.Root.OutputIntents[0].DestOutputProfile.read_bytes()
        assert profile[36:40] == b"acsp" and int.from_bytes(profile[:4]) == len(profile)
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary) and item.get("/Type") == "/FontDescriptor":
                assert item.FontFile2.read_bytes()[:4] == b"\0\1\0\0"
            assert not (isinstance(item, pikepdf.Stream | pikepdf.Dictionary) and "/SMask" in item)
        assert not pdf.check_pdf_syntax()
    again = made(tmp_path / "a.jpg", page(), tmp_path / "again.pdf")
    assert again.read_bytes() == out.read_bytes()


def test_a_jpeg_is_kept_as_it_came_and_black_and_white_stays_so(tmp_path: Path) -> None:
    """Coded again, a picture would lose a little each time; a fax would grow tenfold."""
    jpeg = scan(tmp_path / "a.jpg")
    inside = tmp_path / "inside.pdf"
    made(jpeg, page(), inside)
    for source in (jpeg, inside):
        with pikepdf.open(made(source, page(), tmp_path / "out.pdf")) as pdf:
            picture = pdf.pages[0].Resources.XObject.Page
            assert picture.read_raw_bytes() == jpeg.read_bytes()
    with pikepdf.open(made(scan(tmp_path / "b.tif", mode="1", seal=False), page(), tmp_path / "b.pdf")) as pdf:
        assert pdf.pages[0].Resources.XObject.Page.BitsPerComponent == 1
    with pikepdf.open(made(tmp_path / "b.pdf", page(), tmp_path / "b2.pdf")) as pdf:
        assert pdf.pages[0].Resources.XObject.Page.BitsPerComponent == 1


def test_a_jpeg_under_a_mask_or_with_a_stamp_over_it_is_drawn(tmp_path: Path) -> None:
    out = made(scan(tmp_path / "a.jpg"), page(), tmp_path / "a.pdf")
    with pikepdf.open(out, allow_overwriting_input=True) as pdf:
        pdf.pages[0].Resources.XObject.Page.Decode = pikepdf.Array([1, 0, 1, 0, 1, 0])
        pdf.save(out)
    (sheet,) = sheets.sheets(ingest.identify(out, LIMITS), LIMITS, [1])
    assert sheet.jpeg is None and sheet.pixels.mean() < 30


def stored(app: App, source: Path, number: str, **changes: object) -> Letter:
    """A letter of a file, in the store."""
    base = letter(number, "2024-05-06", "Ủy ban nhân dân tỉnh An Giang", subject="về việc thử")
    whole = replace(base, source=ingest.identify(source, LIMITS), pages=(page(),), **changes)  # type: ignore[arg-type]
    store = app.store()
    store.save(whole, now=NOW)
    store.relink()
    return whole


@pytest.fixture
def app(tmp_path: Path) -> App:
    return App(Config(database=f"sqlite:///{tmp_path / 'c.sqlite'}"), fake)


def test_a_package_is_whole_and_says_so_itself(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = stored(app, scan(tmp_path / "a\nb.png"), "12/UBND-TH")
    (tmp_path / "t.txt").write_text("Số: 13/UBND-TH", encoding="utf-8")
    stored(app, tmp_path / "t.txt", "13/UBND-TH")
    out = tmp_path / "package"
    assert run(["export", "package", "--out", str(out), "--title", "Hồ sơ <1>"], app) == 0
    told = capsys.readouterr()
    assert told.out == "" and "2 letters packed" in told.err
    listed = dict(line.split("  ")[::-1] for line in (out / "manifest-sha256.txt").read_text().splitlines())
    files = {path.relative_to(out).as_posix(): path for path in (out / "data").rglob("*") if path.is_file()}
    assert listed == {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in files.items()}
    assert (out / "data" / "originals" / f"{first.source.sha256}.png").read_bytes() == first.source.path.read_bytes()
    assert json.loads(files["data/letters/0001/letter.json"].read_text())["number"]["value"] == "12/UBND-TH"
    assert ET.parse(files["data/letters/0001/letter.xml"]).findtext("IssuedDate") == "06/05/2024"
    names = {"m": "http://www.loc.gov/METS/", "x": "http://www.w3.org/1999/xlink"}
    for file in ET.parse(files["data/mets.xml"]).iterfind(".//m:file", names):
        place = file.find("m:FLocat", names)
        assert place is not None
        assert listed[f"data/{place.get('{http://www.w3.org/1999/xlink}href')}"] == file.get("CHECKSUM")
    assert {name for name in files if name.endswith(".pdf")} == {"data/letters/0001/letter.pdf"}  # text has no pages
    assert run(["export", "package", "--out", str(out)], app) == 2  # never into a folder that is there


def test_a_letter_whose_original_changed_stays_out_and_is_named(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(app, scan(tmp_path / "a.png"), "12/UBND-TH")
    for name, number in (("gone.png", "13/UBND-TH"), ("changed.png", "14/UBND-TH")):
        stored(app, scan(tmp_path / name, skew=float(len(name))), number)
    (tmp_path / "gone.png").unlink()
    (tmp_path / "changed.png").write_bytes(b"other")
    out = tmp_path / "package"
    assert run(["export", "package", "--out", str(out)], app) == 4
    said = capsys.readouterr().err
    assert "gone.png" in said and "changed.png" in said and "1 letters packed" in said
    assert len(list((out / "data" / "originals").iterdir())) == 1
    assert sorted(p.name for p in (out / "data" / "letters").iterdir()) == ["0001"]
    assert run(["export", "pdfa", "13/UBND-TH", "--out", str(tmp_path / "x.pdf")], app) == 4
    assert not list(tmp_path.glob("*x.pdf*"))


def test_F28_secret_letters_stay_out_of_packages_unless_asked_for(
    app: App, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(app, scan(tmp_path / "a.png"), "12/UBND-TH")
    stored(app, scan(tmp_path / "b.png", skew=1), "13/UBND-TH", secrecy=Field("MẬT", "MẬT", 0.99, 1))
    assert run(["export", "package", "--out", str(tmp_path / "open")], app) == 0
    assert "1 letters packed" in (said := capsys.readouterr().err) and "1 letters of the store" in said
    texts = [path for path in (tmp_path / "open").rglob("*") if path.suffix in (".txt", ".csv", ".xml", ".json")]
    assert len(texts) == 9 and not any("13/UBND" in path.read_text() for path in texts)
    assert run(["export", "pdfa", "13/UBND-TH", "--out", str(tmp_path / "x.pdf")], app) == 1
    assert run(["export", "package", "--with-secret", "--out", str(tmp_path / "all")], app) == 0
    assert "2 letters packed" in capsys.readouterr().err


def test_a_package_that_fails_leaves_nothing(
    app: App, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stored(app, scan(tmp_path / "a.png"), "12/UBND-TH")

    def full(*_: object) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pipeline.package_xml.mets", full)
    before = sorted(tmp_path.iterdir())
    assert run(["export", "package", "--out", str(tmp_path / "package")], app) != 0
    assert "No space left" in capsys.readouterr().err
    assert sorted(path for path in tmp_path.iterdir() if path not in before) == []


def test_one_letter_as_pdf_a_by_number_or_id(app: App, tmp_path: Path) -> None:
    stored(app, scan(tmp_path / "a.png"), "12/UBND-TH")
    out = tmp_path / "x.pdf"
    assert run(["export", "pdfa", "12/UBND-TH", "--out", str(out)], app) == 0
    first = out.read_bytes()
    (key,) = (found.id for found in Store.open(app.config.database).letters())
    assert run(["export", "pdfa", key, "--out", str(out)], app) == 0
    assert out.read_bytes() == first
    assert math.isclose(pypdfium2.PdfDocument(out)[0].get_width(), 595, abs_tol=1)
