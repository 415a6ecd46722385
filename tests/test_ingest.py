from __future__ import annotations

import io
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from extractors.vi.text import normalise
from models.errors import InputError
from pipeline import ingest
from pipeline.ingest import Limits, frames, identify, read_text


def _write(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def _png(size: tuple[int, int] = (20, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("L", size, 255).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "media_type"),
    [
        ("letter.txt", "Số: 15/QĐ-BNV".encode(), ingest.TEXT),
        ("wrong-name.pdf", "Số: 15/QĐ-BNV".encode(), ingest.TEXT),
        ("bom.txt", "\ufeffSố: 15".encode("utf-8-sig"), ingest.TEXT),
        ("notepad.txt", "Số: 15".encode("utf-16"), ingest.TEXT),
        ("scan.pdf", _png(), ingest.PNG),
        ("junk-before-header", b"\n\n%PDF-1.4 rest", ingest.PDF),
    ],
)
def test_recognised_by_content_not_by_name(tmp_path: Path, name: str, data: bytes, media_type: str) -> None:
    assert identify(_write(tmp_path, name, data), Limits()).media_type == media_type


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty_file"),
        (b"\x00\x01\x02binary\xff\xfe\x00", "not_a_document"),
        (b"   \n\t ", "not_a_document"),
        (b"PK\x03\x04rest of a zip", "unsupported_format"),
        (b"\xd0\xcf\x11\xe0old word file", "unsupported_format"),
    ],
)
def test_bad_input_has_a_reason(tmp_path: Path, data: bytes, reason: str) -> None:
    with pytest.raises(InputError) as caught:
        identify(_write(tmp_path, "x", data), Limits())
    assert caught.value.reason == reason


def test_same_bytes_same_identity(tmp_path: Path) -> None:
    one, two = _write(tmp_path, "a", b"Cong van"), _write(tmp_path, "b", b"Cong van")
    assert identify(one, Limits()).sha256 == identify(two, Limits()).sha256


def test_limits_are_checked_before_decoding(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        identify(_write(tmp_path, "a", b"x" * 100), Limits(bytes=99))
    assert caught.value.reason == "too_large"
    source = identify(_write(tmp_path, "b.png", _png((50, 50))), Limits())
    with pytest.raises(InputError) as caught:
        list(frames(source, Limits(pixels=2499)))
    assert caught.value.reason == "too_large"


def test_F12_pixel_bomb_is_refused_by_its_header(tmp_path: Path) -> None:
    # The header claims 60,000 x 60,000 pixels; nothing behind it needs to be read to say no.
    header = bytearray(_png((8, 8)))
    header[16:24] = (60000).to_bytes(4, "big") * 2
    import zlib  # noqa: PLC0415

    header[29:33] = zlib.crc32(bytes(header[12:29])).to_bytes(4, "big")
    source = identify(_write(tmp_path, "bomb.png", bytes(header)), Limits())
    with pytest.raises(InputError) as caught:
        list(frames(source, Limits()))
    assert caught.value.reason == "too_large"


def test_multi_page_tiff(tmp_path: Path) -> None:
    pages = [Image.fromarray(np.full((60, 40), shade, np.uint8)) for shade in (0, 128, 255)]
    pages[0].save(tmp_path / "three.tif", save_all=True, append_images=pages[1:], dpi=(200, 200))
    found = list(frames(identify(tmp_path / "three.tif", Limits()), Limits()))
    assert [f.number for f in found] == [1, 2, 3]
    assert [int(f.pixels.mean()) for f in found] == [0, 128, 255]
    with pytest.raises(InputError) as caught:
        list(frames(identify(tmp_path / "three.tif", Limits()), Limits(pages=2)))
    assert caught.value.reason == "too_many_pages"


def test_exif_turn_is_applied(tmp_path: Path) -> None:
    image = Image.new("RGB", (40, 60), "white")
    exif = image.getexif()
    exif[0x0112] = 6  # turn by 90 degrees to see it upright
    image.save(tmp_path / "phone.jpg", exif=exif)
    (frame,) = frames(identify(tmp_path / "phone.jpg", Limits()), Limits())
    assert frame.pixels.shape[:2] == (40, 60)


def test_transparent_pixels_are_paper(tmp_path: Path) -> None:
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(tmp_path / "clear.png")
    (frame,) = frames(identify(tmp_path / "clear.png", Limits()), Limits())
    assert frame.pixels.min() == 255


@pytest.mark.parametrize("stated", [None, 1, 72, 2400])
def test_F18_implausible_density_is_replaced_by_that_of_an_a4_page(tmp_path: Path, stated: int | None) -> None:
    image = Image.new("L", (1654, 2339), 255)
    image.save(tmp_path / "a.png", **({"dpi": (stated, stated)} if stated else {}))
    (frame,) = frames(identify(tmp_path / "a.png", Limits()), Limits())
    assert frame.dpi == pytest.approx(200, abs=2)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
def test_F3_truncated_picture_is_damaged(tmp_path: Path, kept: float) -> None:
    rng = np.random.default_rng(1)
    buffer = io.BytesIO()
    Image.fromarray(rng.integers(0, 255, (80, 80), np.uint8)).save(buffer, "PNG")
    data = buffer.getvalue()
    source = identify(_write(tmp_path, "cut.png", data[: int(len(data) * kept)]), Limits())
    with pytest.raises(InputError) as caught:
        list(frames(source, Limits()))
    assert caught.value.reason == "damaged"


def test_text_that_stops_being_utf8_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path, "late.txt", b"a" * 100_000 + b"\xff\xfe\xfa")
    with pytest.raises(InputError) as caught:
        read_text(identify(path, Limits()))
    assert caught.value.reason == "not_a_document"


TYPED = "ỦY BAN NHÂN DÂN TỈNH AN GIANG\nSố: 15/UBND-TH\nV/v báo cáo tình hình thực hiện dự án đầu tư\n"


def windows_1258(text: str) -> bytes:
    """As Windows wrote it: letters whole where the code page has them, tones as marks of their own."""
    done = b""
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(part for part in parts if part in "\u0300\u0301\u0303\u0309\u0323")
        bare = unicodedata.normalize("NFC", "".join(part for part in parts if part not in tones))
        done += (bare + tones).encode("cp1258")
    return done


@pytest.mark.parametrize(
    "data",
    [
        TYPED.encode("utf-8-sig"), TYPED.encode("utf-16"), TYPED.encode("utf-16-le"), TYPED.encode("utf-16-be"),
        TYPED.encode("utf-32"), unicodedata.normalize("NFD", TYPED).encode(), windows_1258(TYPED),
    ],
    ids=["UTF-8 with mark", "UTF-16 with mark", "UTF-16 LE", "UTF-16 BE", "UTF-32", "decomposed", "Windows-1258"],
)  # fmt: skip
def test_F22_text_in_any_encoding_of_windows_is_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    assert normalise(read_text(identify(path, Limits())).removeprefix("\ufeff")) == normalise(TYPED)


@pytest.mark.parametrize("cut", range(65_534, 65_539))
def test_F22_a_character_across_the_end_of_what_is_looked_at(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"x" * (cut - 2) + "ộ".encode() * 500)
    assert identify(path, Limits()).media_type == "text/plain"
    assert read_text(identify(path, Limits())).endswith("ộộ")


@pytest.mark.parametrize(
    "data",
    [
        "Ông François Müller, đại diện Citroën".encode("latin-1", errors="replace"),
        bytes(range(128, 256)) * 20,
        b"caf\xe9 na\xefve r\xe9sum\xe9 d\xe9j\xe0 vu \xfcber stra\xdfe",
        b"\x00\x01" * 500,
    ],
    ids=["French", "noise", "words of the west", "wide noise"],
)
def test_F22_bytes_in_no_vietnamese_encoding_are_no_document(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    with pytest.raises(InputError) as caught:
        identify(path, Limits())
    assert caught.value.reason == "not_a_document"
