"""The citing letter's own head: number, code, body, place; offices are invented or only named by kind and place."""

import pytest

from extractors import flow
from extractors.citations import host
from extractors.citations.host import Host
from models.document import Document, Reading
from tests.documents import scanned


def _head(*left: str, place: str, readings: tuple[Reading, ...] = ()) -> Document:
    lines = [(text, 90.0, 50.0 + 14 * i) for i, text in enumerate(left)]
    lines[1:1] = [("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 290.0, 50.0)]
    lines.append((f"{place}, ngày 12 tháng 5 năm 2023", 310.0, 92.0))
    return scanned(lines, readings=readings)


def _read(document: Document) -> Host:
    return host.read(document, flow.build(document))


@pytest.mark.parametrize(
    ("left", "place", "issuer", "province"),
    [
        (["ỦY BAN NHÂN DÂN", "TỈNH CÀ MAU", "Số: 15/QĐ-UBND"], "Cà Mau", "Ủy ban nhân dân tỉnh Cà Mau", "Cà Mau"),
        (["ỦY BAN NHÂN DÂN", "HUYỆN U MINH", "Số: 15/QĐ-UBND"], "U Minh", "Ủy ban nhân dân huyện U Minh", None),
        (["UBND TỈNH CÀ MAU", "SỞ Y TẾ", "Số: 15/SYT-NVY"], "Cà Mau", "Sở Y tế tỉnh Cà Mau", "Cà Mau"),
        (["BỘ Y TẾ", "CỤC QUẢN LÝ DƯỢC", "Số: 15/QLD-ĐK"], "Hà Nội", "Cục Quản lý Dược", None),
        (["BỘ TƯ PHÁP", "VĂN PHÒNG", "Số: 15/VP-TH"], "Hà Nội", "Văn phòng Bộ Tư pháp", "Hà Nội"),
        (["TỈNH ỦY NGHỆ AN", "*", "Số 25-CV/TU"], "Nghệ An", "Tỉnh ủy Nghệ An", "Nghệ An"),
    ],
    ids=lambda x: x[1] if isinstance(x, list) else str(x),
)
def test_letterhead(left: list[str], place: str, issuer: str, province: str | None) -> None:
    found = _read(_head(*left, place=place))
    assert (found.issuer, found.province) == (issuer, province)
    assert found.number is not None


def test_an_unlisted_body_is_named_as_the_text_names_it() -> None:
    document = _head("TRƯỜNG CAO ĐẲNG NGHỀ", "BÌNH MINH", "Số: 15/QĐ-CĐNBM", place="Cà Mau")
    body = scanned([("Các khoa của Trường Cao đẳng nghề Bình Minh chịu trách nhiệm.", 90.0, 300.0)])
    page = document.pages[0]
    joined = Document(document.source, (type(page)(1, 595, 842, lines=page.lines + body.pages[0].lines),))
    found = _read(joined)
    assert (found.code, found.issuer) == ("CĐNBM", "Trường Cao đẳng nghề Bình Minh")


def test_a_second_reader_gives_the_symbol() -> None:
    reading = Reading("paddle", "number", "Só: 0 5 /CT-UBND", 1, None, 0.9)
    found = _read(_head("ỦY BAN NHÂN DÂN", "TỈNH CÀ MAU", "~ ¬ x", place="Cà Mau", readings=(reading,)))
    assert found.code == "UBND"


def test_no_pages_no_host() -> None:
    assert _read(scanned()) == Host()
