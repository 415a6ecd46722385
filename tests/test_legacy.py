"""Text of fonts older than Unicode: TCVN3 and VNI, as bytes, as they look in Latin-1, and inside PDFs."""

from __future__ import annotations

from pathlib import Path

import pytest

from extractors.vi import legacy
from extractors.vi.syllables import is_spelled
from extractors.vi.text import normalise
from models.document import Document
from models.letter import Letter
from pipeline import ingest
from pipeline.engines import legacy_fonts
from pipeline.run import Reader
from tests.old_fonts import pdf, typed

BODY = (
    "Thực hiện Quyết định số 17/2003/QĐ-TTg ngày 20 tháng 1 năm 2003 của Thủ tướng Chính phủ về quản lý đầu tư,",
    "các sở, ngành báo cáo trước ngày 30 tháng 4 năm 2004. Người đứng đầu chịu trách nhiệm về số liệu của mình.",
)
LETTER = (
    ("capitals", 60, 780, "Ủy ban nhân dân"), ("capitals", 60, 764, "tỉnh Quảng Trị"),
    ("capitals", 300, 780, "Cộng hòa xã hội chủ nghĩa Việt Nam"), ("plain", 330, 764, "Độc lập - Tự do - Hạnh phúc"),
    ("plain", 70, 740, "Số: 152/UBND-TH"), ("plain", 330, 740, "Quảng Trị, ngày 15 tháng 3 năm 2004"),
    ("plain", 50, 722, "V/v tăng cường quản lý ngân sách nhà nước"),
    ("plain", 150, 690, "Kính gửi: Sở Tài chính tỉnh Quảng Trị"),
    ("plain", 60, 660, BODY[0]), ("plain", 60, 644, BODY[1]),
    ("plain", 60, 560, "Nơi nhận:"), ("plain", 60, 544, "- Như trên;"), ("plain", 60, 528, "- Lưu: VT."),
    ("capitals", 350, 560, "TM. Ủy ban nhân dân"), ("capitals", 370, 544, "Chủ tịch"),
    ("plain", 370, 470, "Nguyễn Văn Hưởng"),
)  # fmt: skip
FONTS = {
    legacy.TCVN3: {"plain": "ABCDEF+.VnTime", "capitals": ".VnTimeH,Bold"},
    legacy.VNI: {"plain": "VNI-Times", "capitals": "VNI-Times,Bold"},
}
ENCODINGS = pytest.mark.parametrize("encoding", [legacy.TCVN3, legacy.VNI])


def latin(text: str, encoding: str) -> str:
    return typed(text, encoding).decode("latin-1")


def made(folder: Path, encoding: str, fonts: dict[str, str]) -> Path:
    """The letter above; a font of capitals in TCVN3 holds small letters, VNI has capitals of its own."""
    lines = [
        (key, x, y, typed(text.upper() if key == "capitals" and encoding == legacy.VNI else text, encoding))
        for key, x, y, text in LETTER
    ]
    path = folder / f"{encoding}.pdf"
    path.write_bytes(pdf(lines, fonts))
    return path


def read(path: Path) -> Letter:
    (letter,) = Reader(strict=True).read(path)
    return letter


@ENCODINGS
def test_every_letter_comes_back(encoding: str) -> None:
    small = "àảãáạăằẳẵắặâầẩẫấậèẻẽéẹêềểễếệìỉĩíịòỏõóọôồổỗốộơờởỡớợùủũúụưừửữứựỳỷỹýỵđ"
    assert legacy.convert(latin(small, encoding), encoding) == small
    capitals = small.upper() if encoding == legacy.VNI else "ĂÂĐÊÔƠƯ"
    assert legacy.convert(latin(capitals, encoding), encoding) == capitals


@ENCODINGS
def test_the_encoding_shows_in_the_text(encoding: str) -> None:
    assert legacy.detect(latin(" ".join(BODY), encoding)) == encoding


def test_unicode_and_other_languages_stay() -> None:
    for text in (" ".join(BODY), "Ông François Müller, Công ty Citroën", "Größe, Übung, naïve, señor, Ångström"):
        assert legacy.detect(text) is None
    # a font may bear an old name and yet tell its letters in Unicode
    assert legacy.detect(" ".join(BODY), legacy.TCVN3) is None


def test_the_font_of_another_encoding_is_not_believed() -> None:
    assert legacy.detect(latin(" ".join(BODY), legacy.VNI), legacy.TCVN3) is None


def test_words_in_capitals_get_capital_letters_with_tones() -> None:
    assert legacy.convert("CéNG HOµ X· HéI CHñ NGHÜA VIÖT NAM", legacy.TCVN3) == "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    assert legacy.convert("Sè: 15/Q§-UBND do «ng Lª Hµ ký", legacy.TCVN3) == "Số: 15/QĐ-UBND do ông Lê Hà ký"


@pytest.mark.parametrize(
    ("name", "encoding", "capitals"),
    [
        (".VnTime", legacy.TCVN3, False), ("ABCDEF+.VnTimeH", legacy.TCVN3, True),
        (".VnArialH,Bold", legacy.TCVN3, True),
        (".VnHelvetInsH", legacy.TCVN3, True), (".VnHelvet", legacy.TCVN3, False), ("VNI-Times", legacy.VNI, False),
        ("VNI-HelveH", legacy.VNI, False), ("TimesNewRomanPSMT", None, False), ("Vnexpress", None, False),
    ],
)  # fmt: skip
def test_what_a_font_s_name_says(name: str, encoding: str | None, capitals: bool) -> None:
    assert (legacy.of_font(name), legacy.draws_capitals(name)) == (encoding, capitals)


def test_spelling_of_a_syllable() -> None:
    assert all(map(is_spelled, ("nghiêng", "được", "Quyết", "khuỷu", "ưu", "giếng")))
    assert not any(map(is_spelled, ("đuợck", "quyêt", "hòá", "cãt", "bẽch")))


@ENCODINGS
def test_a_letter_in_old_fonts_is_read_from_its_text(tmp_path: Path, encoding: str) -> None:
    letter = read(made(tmp_path, encoding, FONTS[encoding]))
    assert letter.pages[0].text_origin == "pdf-text"
    assert letter.number is not None and letter.number.value == "152/UBND-TH"
    assert letter.issued_on is not None and letter.issued_on.value.isoformat() == "2004-03-15"
    assert letter.issuer is not None and letter.issuer.value.name == "Ủy ban nhân dân tỉnh Quảng Trị"
    assert letter.subject is not None and letter.subject.value == "tăng cường quản lý ngân sách nhà nước"
    assert letter.signer is not None and letter.signer.value.name == "Nguyễn Văn Hưởng"
    assert letter.signer.value.capacity == "TM. ỦY BAN NHÂN DÂN"
    assert [str(c.number) for c in letter.citations] == ["17/2003/QĐ-TTg"]
    assert [flag.code for flag in letter.flags] == ["converted_text"]


@ENCODINGS
def test_what_was_read_stays_beside_what_it_means(tmp_path: Path, encoding: str) -> None:
    document = Reader().recognise(made(tmp_path, encoding, FONTS[encoding]))
    body = next(line for line in document.pages[0].lines if line.text.startswith("Thực hiện"))
    assert body.text == BODY[0]
    assert body.raw == latin(BODY[0], encoding)


def test_without_a_font_s_name_the_text_tells(tmp_path: Path) -> None:
    letter = read(made(tmp_path, legacy.TCVN3, {"plain": "TT1", "capitals": "TT2"}))
    assert letter.subject is not None and letter.subject.value == "tăng cường quản lý ngân sách nhà nước"


def _chars(font: str, text: str, top: float) -> list[legacy_fonts.Char]:
    return [
        {"fontname": font, "text": c, "x0": 6.0 * i, "x1": 6.0 * i + 6, "top": top, "bottom": top + 12, "size": 12.0}
        for i, c in enumerate(text)
    ]


def test_only_runs_of_old_fonts_are_converted() -> None:
    unicode = _chars("Times", "Hà Nội có các sở", 10)
    old = _chars(".VnTime", latin("Hà Nội có các sở", legacy.TCVN3), 30)
    bold = _chars("F3", latin("Điều lệ", legacy.TCVN3), 50)
    hidden = legacy_fonts.convert([*unicode, *old, *bold])
    assert hidden == set()
    assert ["".join(c["text"] for c in run) for run in (unicode, old, bold)] == [
        "Hà Nội có các sở", "Hà Nội có các sở", "Điều lệ"
    ]  # fmt: skip


def test_a_mark_of_vni_goes_into_its_letter() -> None:
    chars = _chars("VNI-Times", "Coäng hoøa", 10)
    hidden = legacy_fonts.convert(chars)
    assert "".join(c["text"] for c in chars if id(c) not in (hidden or ())) == "Cộng hòa"
    assert legacy_fonts.as_read([c for c in chars if id(c) not in (hidden or ())]) == "Coäng hoøa"


def _text_file(folder: Path, data: bytes) -> Document:
    path = folder / "letter.txt"
    path.write_bytes(data)
    source = ingest.identify(path, ingest.Limits())
    assert source.media_type == ingest.TEXT
    return Reader().recognise(path)


@ENCODINGS
@pytest.mark.parametrize("stored", ["bytes", "UTF-8"])
def test_a_text_file_for_old_fonts_is_converted(tmp_path: Path, encoding: str, stored: str) -> None:
    data = typed("\n".join(BODY), encoding)
    document = _text_file(tmp_path, data if stored == "bytes" else data.decode("latin-1").encode())
    assert [line.text for line in document.pages[0].lines] == [normalise(line) for line in BODY]
    assert [line.raw for line in document.pages[0].lines] == [latin(line, encoding) for line in BODY]


def test_lines_in_unicode_of_a_mixed_text_file_stay(tmp_path: Path) -> None:
    old = [typed(line, legacy.TCVN3).decode("latin-1") for line in BODY * 4]
    document = _text_file(tmp_path, "\n".join([*old, "Đã gửi Sở Nội vụ"]).encode())
    assert [line.text for line in document.pages[0].lines] == [*BODY * 4, "Đã gửi Sở Nội vụ"]
