"""More bad files: forms, mail, odd codings of pictures, wrong text, look-alike letters. No engine is run."""

from __future__ import annotations

import hashlib
import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageChops
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfgen.canvas import Canvas

from extractors.vi.text import fold, in_old_encoding, normalise
from pipeline.engines.pdf import PageSignals, PdfFile
from pipeline.ingest import frames, identify
from pipeline.run import Reader
from tests.night import Place, counts
from tests.test_bad_files import CATALOG, PAGE, PAGES, SMALL, pdf, reason, stream, written

GREY = Image.fromarray(np.tile(np.linspace(0, 255, 120, dtype=np.uint8), (160, 1)))


def test_F6_a_signed_file_is_read_and_not_rewritten(tmp_path: Path) -> None:
    signature = (
        b"<< /Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached /Contents <3082> /ByteRange [0 9 9 9] >>"
    )
    field = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (Signature1) /V 6 0 R /Rect [0 0 0 0] /P 3 0 R >>"
    catalog = b"<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [5 0 R] /SigFlags 3 >> >>"
    page = PAGE.replace(b" >>", b" /Annots [5 0 R] >>")
    data = pdf({1: catalog, 2: PAGES, 3: page, 4: stream(b"0 0 595 400 re f"), 5: field, 6: signature})
    path = written(tmp_path, data)
    assert reason(path) is None
    assert path.read_bytes() == data


def test_F9_a_form_without_a_page_of_its_own_has_a_reason(tmp_path: Path) -> None:
    catalog = b"<< /Type /Catalog /Pages 2 0 R /NeedsRendering true /AcroForm << /XFA 5 0 R /Fields [] >> >>"
    xfa = stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"><template/></xdp:xdp>')
    path = written(tmp_path, pdf({1: catalog, 2: PAGES, 3: PAGE, 4: stream(b""), 5: xfa}))
    assert reason(path) == "no_text_found"


def test_F9_a_tagged_page_without_text_has_a_reason(tmp_path: Path) -> None:
    catalog = (
        b"<< /Type /Catalog /Pages 2 0 R /MarkInfo << /Marked true >> /StructTreeRoot << /Type /StructTreeRoot >> >>"
    )
    assert reason(written(tmp_path, pdf({1: catalog, 2: PAGES, 3: PAGE, 4: stream(b"")}))) == "no_text_found"


@pytest.mark.parametrize(
    "data",
    [
        b"Return-Path: <a@example.vn>\r\nSubject: x\r\n\r\nS\xe1\xbb\x91: 15/Q\xc4\x90-UBND",
        b"Received: from mail by example.vn\r\nMIME-Version: 1.0\r\n\r\nx",
        b"\x78\x9f\x3e\x22\x01\x00winmail",
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 a message of Outlook",
    ],
    ids=["mail", "mail in mail", "winmail.dat", "msg"],
)
def test_F16_mail_is_told_not_read_as_a_letter(tmp_path: Path, data: bytes) -> None:
    assert reason(written(tmp_path, data, "x.eml")) == "unsupported_format"


def test_F16_a_letter_that_speaks_of_mail_is_a_letter(tmp_path: Path) -> None:
    path = written(tmp_path, "From: không phải thư điện tử\nSố: 15/QĐ-UBND\n".encode(), "x.txt")
    assert reason(path) is None


CODINGS = {
    "one bit, group 4": ("1", "TIFF", {"compression": "group4"}),
    "CMYK JPEG": ("CMYK", "JPEG", {}),
    "palette": ("P", "PNG", {}),
    "palette with transparency": ("P", "PNG", {"transparency": 255}),
    "grey with alpha": ("LA", "PNG", {}),
    "sixteen bits": ("I;16", "PNG", {}),
    "LZW": ("RGB", "TIFF", {"compression": "tiff_lzw"}),
    "JPEG in TIFF": ("RGB", "TIFF", {"compression": "jpeg"}),
    "progressive": ("L", "JPEG", {"progressive": True}),
}


@pytest.mark.parametrize("coding", CODINGS.values(), ids=CODINGS.keys())
def test_F17_codings_give_the_right_pixels(tmp_path: Path, coding: tuple[str, str, dict[str, object]]) -> None:
    mode, form, options = coding
    picture = (
        Image.fromarray(np.asarray(GREY).astype(np.uint16) * 257)
        if mode == "I;16"
        else GREY.convert("RGB").convert(mode)
    )
    buffer = io.BytesIO()
    picture.save(buffer, form, **options)
    source = identify(written(tmp_path, buffer.getvalue(), "x"), SMALL)
    (frame,) = frames(source, SMALL)
    assert frame.pixels.dtype == np.uint8 and frame.pixels.shape[:2] == (160, 120)
    columns = frame.pixels.reshape(160, 120, -1).mean(axis=(0, 2))
    assert columns[:10].mean() < 40 and columns[-20:-4].mean() > 215


def test_F17_pages_of_different_size_and_mode(tmp_path: Path) -> None:
    pages = [GREY.convert("1"), GREY.resize((200, 80)).convert("RGB"), GREY]
    buffer = io.BytesIO()
    pages[0].save(buffer, "TIFF", save_all=True, append_images=pages[1:])
    found = list(frames(identify(written(tmp_path, buffer.getvalue(), "x.tif"), SMALL), SMALL))
    assert [frame.pixels.shape[:2] for frame in found] == [(160, 120), (80, 200), (160, 120)]


@pytest.mark.parametrize(
    "data",
    [
        struct.pack(">I", 24) + b"ftypheic\x00\x00\x00\x00mif1heic",
        b"\x00\x00\x00\x0cjP  \r\n\x87\n",
        b"RIFF\x10\x00\x00\x00WEBPVP8 ",
    ],
    ids=["HEIC", "JPEG 2000", "WebP"],
)
def test_F17_pictures_that_are_not_read_are_named(tmp_path: Path, data: bytes) -> None:
    assert reason(written(tmp_path, data, "x.jpg")) == "unsupported_format"


def test_F17_jpeg2000_inside_a_pdf_is_read(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    try:
        GREY.save(buffer, "JPEG2000")
    except OSError:
        pytest.skip("this Pillow has no JPEG 2000")
    image = b"/Type /XObject /Subtype /Image /Width 120 /Height 160 /ColorSpace /DeviceGray /BitsPerComponent 8 "
    page = PAGE.replace(b" >>", b" /Resources << /XObject << /I 5 0 R >> >> >>")
    drawn = stream(b"595 0 0 842 0 0 cm /I Do")
    data = pdf({1: CATALOG, 2: PAGES, 3: page, 4: drawn, 5: stream(buffer.getvalue(), image + b"/Filter /JPXDecode ")})
    file = PdfFile(identify(written(tmp_path, data), SMALL), SMALL)
    pixels, _ = file.render(1, file.signals(1))
    file.close()
    assert pixels[:, :20].mean() < 40 and pixels[:, -20:].mean() > 215


def jbig2(picture: Image.Image) -> bytes:
    """A two-tone picture as JBIG2 as PDF embeds it: page, and one generic region in MMR, which is what G4 is."""
    buffer = io.BytesIO()
    ImageChops.invert(picture.convert("L")).convert("1").save(buffer, "TIFF", compression="group4")
    with Image.open(buffer) as tiff:
        ((start,), (length,)) = (tiff.tag_v2[tag] for tag in (273, 279))  # type: ignore[attr-defined]
    width, height = picture.size
    page = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIBB", width, height, 0, 0, 0, 1) + buffer.getvalue()[start : start + length]
    head = [struct.pack(">IBBBI", n, kind, 0, 1, len(body)) for n, kind, body in ((0, 48, page), (1, 38, region))]
    return head[0] + page + head[1] + region


def test_F17_jbig2_inside_a_pdf_is_read(tmp_path: Path) -> None:
    picture = Image.new("1", (120, 160), 1)
    picture.paste(0, (0, 0, 30, 160))
    image = b"/Type /XObject /Subtype /Image /Width 120 /Height 160 /ColorSpace /DeviceGray /BitsPerComponent 1 "
    page = PAGE.replace(b" >>", b" /Resources << /XObject << /I 5 0 R >> >> >>")
    drawn = stream(b"595 0 0 842 0 0 cm /I Do")
    data = pdf({1: CATALOG, 2: PAGES, 3: page, 4: drawn, 5: stream(jbig2(picture), image + b"/Filter /JBIG2Decode ")})
    file = PdfFile(identify(written(tmp_path, data), SMALL), SMALL)
    pixels, _ = file.render(1, file.signals(1))
    file.close()
    width = pixels.shape[1]
    assert pixels[:, : width // 5].mean() < 20 and pixels[:, width // 3 :].mean() > 235


TCVN3 = (
    "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc. Thùc hiÖn quyÕt ®Þnh sè 15 cña ñy ban nh©n d©n"
)
VNI = "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc. Thöïc hieän quyeát ñònh soá 15 cuûa"


OTHER = "C·ng hºa x¶ hµi ch¼ nghÆa Vi®t Nam, еc l§p - Tÿ do - H®nh phuçc. Thÿc hiÖn quyªt ðÞnh s¯ 15 cüa ¼y ban"


@pytest.mark.parametrize("text", [TCVN3, VNI], ids=["TCVN3", "VNI"])
def test_F22_text_for_old_fonts_is_converted(tmp_path: Path, text: str) -> None:
    signals = _old_page(tmp_path, text)
    assert not signals.text_is_the_page and signals.text_may_be_converted
    (letter,) = Reader().read(tmp_path / "old.pdf")
    assert letter.pages[0].text_origin == "pdf-text"
    assert fold(letter.pages[0].lines[0].text).startswith("cong hoa xa hoi chu nghia viet nam, doc lap")


def test_F22_codes_that_cannot_be_told_are_not_believed(tmp_path: Path) -> None:
    assert not _old_page(tmp_path, OTHER).text_is_the_page
    (letter,) = Reader().read(tmp_path / "old.pdf")
    assert letter.pages[0].text_origin == "ocr"  # what the page shows is read
    assert reason(written(tmp_path, OTHER.encode(), "old.txt")) == "unsupported_format"


def _old_page(tmp_path: Path, text: str) -> PageSignals:
    path = tmp_path / "old.pdf"
    page = Canvas(str(path))
    for line in range(8):
        page.drawString(60, 760 - 20 * line, text)
    page.save()
    file = PdfFile(identify(path, SMALL), SMALL)
    signals = file.signals(1)
    file.close()
    return signals


@pytest.mark.parametrize(
    "text",
    [
        "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc. Thực hiện Quyết định số 15 của Ủy ban",
        "Ông François Müller, đại diện Công ty Citroën, làm việc với Ủy ban nhân dân thành phố về dự án đầu tư « mới »",
        "The Ministry of Planning and Investment of the Socialist Republic of Vietnam presents its compliments",
    ],
    ids=["Unicode", "foreign names", "English"],
)
def test_F22_text_in_unicode_is_believed(text: str) -> None:
    assert not in_old_encoding(text)


@pytest.mark.parametrize(
    ("signals", "is_text"),
    [
        (PageSignals(0.0, 0.0, 900, 1.0, 0.30, False), True),
        (PageSignals(0.0, 0.0, 900, 1.0, 0.0, False), False),
        (PageSignals(1.0, 200.0, 900, 1.0, 0.02, False), False),
        (PageSignals(1.0, 200.0, 900, 0.0, 0.30, False), False),
        (PageSignals(0.0, 0.0, 3, 1.0, 0.0, False), False),
    ],
    ids=["a letter", "no mark at all", "another's text under the scan", "invisible", "blanks"],
)
def test_F21_text_that_is_not_the_letter_is_not_believed(signals: PageSignals, is_text: bool) -> None:
    assert signals.text_is_the_page is is_text


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Số\u00a0 15/Q\u00d0-UBND", "Số 15/QĐ-UBND"),
        ("Số 15/Q\u0189-UBND", "Số 15/QĐ-UBND"),
        ("\ufeffQuyê\u0301t định", "Quyết định"),
        ("Quy\u200bết\u00ad định", "Quyết định"),
        ("Quyết\u202e định\u202c", "Quyết định"),
        ("Việ\u0323t", "Việt"),
    ],
    ids=[
        "no-break space and Eth",
        "African D",
        "composed in steps",
        "zero width and soft hyphen",
        "direction",
        "twice",
    ],
)
def test_F23_one_form_for_what_looks_the_same(one: str, other: str) -> None:
    assert fold(normalise(one)) == fold(normalise(other))


def test_F24_hidden_and_half_copied_names_are_passed_over(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.put("real.TXT", "1/QĐ-UBND")
    for name in ("._real.txt", ".DS_Store", "Thumbs.db", "~$real.docx", "scan.pdf.part", "x.crdownload"):
        place.put(name, "2/QĐ-UBND")
    report = place.night()
    assert counts(report) == {"seen": 1, "stored": 1}
    assert sum(dict(report.skipped).values()) == 6


def test_J9_originals_are_byte_equal_after_every_outcome(tmp_path: Path) -> None:
    place = Place(tmp_path, f"sqlite:///{tmp_path / 's.sqlite'}")
    place.fill(2)
    place.put("bad.txt", "bad=encrypted!8/x")
    place.put("bug.txt", "bug!9/x")
    place.put("never.txt", "flaky=99!10/QĐ-UBND")
    before = {p.name: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) for p in place.inbox.iterdir()}
    place.night()
    after = {p.name: (hashlib.sha256(p.read_bytes()).hexdigest(), p.stat().st_mtime_ns) for p in place.inbox.iterdir()}
    assert before == after


def test_F13_one_page_many_times_by_reference(tmp_path: Path) -> None:
    kids = b"[" + b"3 0 R " * 10_000 + b"]"
    pages = b"<< /Type /Pages /Kids %s /Count 10000 >>" % kids
    assert reason(written(tmp_path, pdf({1: CATALOG, 2: pages, 3: PAGE, 4: stream(b"")}))) in (
        "too_many_pages",
        "damaged",
    )


def test_F3_a_tiff_without_its_dimensions_is_damaged(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    GREY.save(buffer, "TIFF")
    data = bytearray(buffer.getvalue())
    width = (
        data.index(struct.pack("<HH", 256, 4))
        if struct.pack("<HH", 256, 4) in data
        else data.index(struct.pack("<HH", 256, 3))
    )
    data[width : width + 2] = struct.pack("<H", 255)
    assert reason(written(tmp_path, bytes(data), "x.tif")) == "damaged"


def test_F5_a_password_that_only_forbids_changes_does_not_stop_reading(tmp_path: Path) -> None:
    path = tmp_path / "owner.pdf"
    lock = StandardEncryption("", ownerPassword="known to nobody", canModify=0)
    page = Canvas(str(path), encrypt=lock)
    page.rect(0, 0, 595, 400, fill=1)
    page.showPage()
    page.save()
    assert reason(path) is None
