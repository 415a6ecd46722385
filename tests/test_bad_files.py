"""Bad input and misbehaving tools: each ends with a reason, and nothing else is harmed. No engine is run."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import zipfile
import zlib
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from models.errors import InputError, TransientError
from pipeline import intake
from pipeline.cli.app import disarm
from pipeline.engines.page_count import page_count
from pipeline.engines.pdf import PdfFile
from pipeline.engines.pdf_text import PdfText
from pipeline.execute.local import read_one
from pipeline.ingest import Limits, identify
from pipeline.intake import find_files
from pipeline.recognise import Readers, recognise
from pipeline.store.queue import Rules
from pipeline.store.rows import search_text
from tests.faulty_engines import Blind, Scripted
from tests.night import Fake, Place, counts

SMALL = Limits(pages=20, pixels=40_000_000)


def reason(path: Path) -> str | None:
    """Why a file cannot become a letter, with engines that would read anything; None if it was read."""
    try:
        recognise(identify(path, SMALL), Readers(Scripted(), Blind()), SMALL)  # type: ignore[arg-type]
    except InputError as error:
        return error.reason
    return None


def written(folder: Path, data: bytes, name: str = "x.pdf") -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def pdf(objects: dict[int, bytes], root: int = 1, *, xref: bool = True) -> bytes:
    """A PDF of these objects."""
    out = bytearray(b"%PDF-1.7\n")
    places = {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    if xref:
        out += b"xref\n0 1\n0000000000 65535 f \n"
        for number, place in places.items():
            out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer\n<< /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root, start)
    return bytes(out)


def stream(data: bytes, extra: bytes = b"") -> bytes:
    return b"<< /Length %d %s>>\nstream\n%s\nendstream" % (len(data), extra, data)


CATALOG, PAGES = b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
PAGE = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>"


def test_F1_no_bytes(tmp_path: Path) -> None:
    assert reason(written(tmp_path, b"")) == "empty_file"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"MZ\x90\x00\x03\x00\x00\x00\x04\x00", "not_a_document"),
        (bytes(range(128, 144)) + b"\x00\x01", "not_a_document"),
        (b"%PDF-1.7\n", "damaged"),
        (b"\x89PNG\r\n\x1a\n garbage", "damaged"),
        (b"II*\x00\xff\xff\xff\xff", "damaged"),
        (b"\xff\xd8\xff\xe0 no jpeg", "damaged"),
        (b"<!DOCTYPE html><html><body>404: khong tim thay van ban</body></html>", "unsupported_format"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><edxml/>", "unsupported_format"),
    ],
    ids=["program", "noise", "pdf header", "png header", "tiff header", "jpeg header", "error page", "xml"],
)
def test_F2_what_it_is_follows_from_its_bytes(tmp_path: Path, data: bytes, expected: str) -> None:
    assert reason(written(tmp_path, data)) == expected


def test_F4_broken_structure_ends_with_a_reason(tmp_path: Path) -> None:
    objects = {1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(b"")}
    loop = {1: CATALOG, 2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}
    selfish = {**objects, 3: b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Annots [3 0 R] >>"}
    cases = (pdf(objects, xref=False), pdf(loop), pdf(selfish), pdf({1: b"<< >>"}), pdf(objects, root=9))
    for number, data in enumerate(cases):
        found = reason(written(tmp_path, data, f"{number}.pdf"))
        assert found in ("damaged", "no_text_found"), number


BOXES = [b"[0 0 0 0]", b"[595 842 0 0]", b"[0 0 -5 -5]", b"[0 0 56693 56693]", b"[1 2]", b"null"]


@pytest.mark.parametrize("box", BOXES)
def test_F11_page_boxes_that_make_no_sense(tmp_path: Path, box: bytes) -> None:
    page = PAGE.replace(b"[0 0 595 842]", box)
    path = written(tmp_path, pdf({1: CATALOG, 2: PAGES, 3: page, 4: stream(b"")}))
    assert reason(path) in ("damaged", "no_text_found", "too_large")


def test_F11_a_plan_larger_than_the_limit_is_drawn_smaller(tmp_path: Path) -> None:
    path = written(tmp_path, pdf({1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(b"")}))
    square_inches = 595 * 842 / 72**2
    for dpi, expected in ((150, 150.0), (400, 200.0)):
        limits = Limits(pixels=round(square_inches * dpi**2))
        file = PdfFile(identify(path, limits), limits)
        assert file.render(1, file.signals(1))[1] == pytest.approx(expected, rel=1e-4)
        file.close()
    limits = Limits(pixels=round(square_inches * 90**2))
    with pytest.raises(InputError, match="square inches"):
        recognise(identify(path, limits), Readers(Scripted(), Blind()), limits)  # type: ignore[arg-type]


def test_F12_pixel_bomb_does_not_stop_the_counting_of_pages(tmp_path: Path) -> None:
    Image.new("1", (20_000, 20_000), 1).save(tmp_path / "bomb.tif", compression="group4")
    assert page_count(tmp_path / "bomb.tif") == 1
    assert reason(tmp_path / "bomb.tif") == "too_large"


def test_C1_a_file_that_vanishes_while_its_folder_is_listed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x")
    listed = os.scandir

    def then_gone(folder: Path) -> list[os.DirEntry[str]]:
        entries = list(listed(folder))
        (tmp_path / "a.txt").unlink()
        return entries

    monkeypatch.setattr(intake.os, "scandir", then_gone)
    found = find_files([tmp_path])
    assert ([path.name for path in found.files], found.skipped) == (["b.txt"], {"vanished": 1})


def test_F4_page_whose_text_cannot_be_parsed_is_drawn_and_read(tmp_path: Path) -> None:
    text = b"BT /F 12 Tf 60 700 Td (Uy ban nhan dan tinh bao cao tinh hinh thuc hien nhiem vu) Tj ET\n" * 9
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"
    page = PAGE.replace(b"[0 0 595 842]", b"[]").replace(
        b"/Contents", b"/Resources << /Font << /F 5 0 R >> >> /Contents"
    )
    path = written(tmp_path, pdf({1: CATALOG, 2: PAGES, 3: page, 4: stream(text), 5: font}))
    reader = PdfText(path.read_bytes())
    assert reader.read(1) is None
    reader.close()
    assert reason(path) is None


def test_F14_flate_bomb_in_a_page_does_not_fill_the_memory(tmp_path: Path) -> None:
    packer = zlib.compressobj(9)
    bomb = b"".join(packer.compress(b" " * 2**20) for _ in range(64)) + packer.flush()
    page = {1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(bomb, b"/Filter /FlateDecode ")}
    assert len(bomb) < 100_000
    assert reason(written(tmp_path, pdf(page))) in ("no_text_found", "too_large", "damaged", "timed_out")


def test_F15_archives_are_not_opened(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("../escaped.txt", "x")
    assert reason(written(tmp_path, buffer.getvalue(), "x.zip")) == "unsupported_format"
    assert not (tmp_path.parent / "escaped.txt").exists()


def test_F20_document_information_is_not_needed(tmp_path: Path) -> None:
    info = b"<< /Title (" + b"A" * 1_000_000 + b") /Author (\x00\xff) /CreationDate (D:99999999) >>"
    data = pdf({1: CATALOG, 2: PAGES, 3: PAGE, 4: stream(b""), 5: info})
    data = data.replace(b"/Root 1 0 R", b"/Root 1 0 R /Info 5 0 R")
    assert reason(written(tmp_path, data)) == "no_text_found"


def test_F25_links_pipes_sockets_and_folders_never_block(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.put("real.txt", "1/QĐ-UBND")
    inbox = place.inbox
    (inbox / "link.txt").symlink_to(inbox / "real.txt")
    (inbox / "dangling.txt").symlink_to(inbox / "nothing")
    (inbox / "loop").symlink_to(inbox)
    os.mkfifo(inbox / "pipe.pdf")
    (inbox / "folder.pdf").mkdir()
    here = Path.cwd()
    os.chdir(inbox)  # the path of a socket may have a hundred letters only
    try:
        with socket.socket(socket.AF_UNIX) as listening:
            listening.bind("socket.pdf")
            found = find_files([inbox])
            report = place.night()
    finally:
        os.chdir(here)
    assert [path.name for path in found.files] == ["real.txt"]
    assert found.skipped == {"link": 3, "special": 2}
    assert counts(report) == {"seen": 1, "stored": 1}
    assert dict(report.skipped) == found.skipped


def test_F26_active_content_is_not_run(tmp_path: Path) -> None:
    active = (
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert(1)) >> "
        b"/AA << /O << /S /Launch /F (touch /tmp/owned) >> >> >>"
    )
    assert reason(written(tmp_path, pdf({1: active, 2: PAGES, 3: PAGE, 4: stream(b"")}))) == "no_text_found"


@pytest.mark.parametrize("text", ['=HYPERLINK("x")', "+1", "-1", "@SUM(A1)", "  =1", "\t=1"])
def test_F27_formulas_are_disarmed(text: str) -> None:
    assert disarm(text) == "'" + text


def test_F27_search_words_are_no_query_language() -> None:
    assert search_text('a" OR 1=1 -- <script> *') == "a or 1 1 script"


@pytest.mark.parametrize(
    "error",
    [
        TransientError("tesseract failed: killed by signal 9"),
        OSError(28, "No space left on device"),
        MemoryError(),
    ],
)
def test_T9_trouble_of_the_machine_is_no_fault_of_the_file(tmp_path: Path, error: Exception) -> None:
    class Failing(Fake):
        def read(self, path: Path) -> Any:
            raise error

    result = read_one(Failing(tmp_path), tmp_path / "a.pdf")
    assert (result.fault, result.reason) == ("retriable", "transient")


def test_T4_what_a_worker_started_dies_with_it(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.put("a.txt", "child!1/QĐ-UBND")
    place.rules = Rules(deaths=1)
    assert counts(place.night(jobs=1, seconds=3.0)) == {"seen": 1, "quarantined": 1}
    child = int((place.flags / "child").read_text())
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(child)], capture_output=True, text=True).stdout.strip()
    assert state == "" or state.startswith("Z")
