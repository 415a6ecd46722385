from __future__ import annotations

from pathlib import Path

import pytest
from reportlab.lib.pagesizes import A4

from models.errors import InputError
from pipeline import ingest
from pipeline.engines.pdf import PdfFile, is_notice
from pipeline.engines.pdf_text import PdfText
from pipeline.ingest import Limits
from tests.pdf_files import BODY, canvas, page_image, write

NOTICE = ["Người ký: Cổng thông tin", "Cơ quan: Văn phòng", "Thời gian ký: 16.04.2020 07:37:07 +07:00"]


def _open(path: Path, limits: Limits | None = None) -> PdfFile:
    limits = limits or Limits()
    return PdfFile(ingest.identify(path, limits), limits)


def test_born_digital_page_is_its_text(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    write(page, BODY)
    page.save()
    file = _open(tmp_path / "a.pdf")
    assert file.signals(1).text_is_the_page
    read = PdfText(file.data()).read(1)
    assert [line.text for line in read.lines] == BODY
    assert read.lines[0].bbox is not None and read.lines[0].bbox.x0 == pytest.approx(72, abs=1)


def test_F8_portal_stamp_on_a_scan_is_not_the_letter(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    page.drawImage(page_image(), 0, 0, *A4)
    write(page, NOTICE, left=350, size=8)
    page.save()
    file = _open(tmp_path / "a.pdf")
    signals = file.signals(1)
    assert not signals.text_is_the_page
    assert signals.notice
    assert [r.text for r in file.stamps(1) if r.region == "signing_time"] == ["16.04.2020 07:37:07"]


def test_invisible_ocr_layer_is_not_trusted(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    page.drawImage(page_image(), 0, 0, *A4)
    text = page.beginText(72, 780)
    text.setFont("Serif", 12)
    text.setTextRenderMode(3)
    for line in BODY * 5:
        text.textLine(line)
    page.drawText(text)
    page.save()
    assert not _open(tmp_path / "a.pdf").signals(1).text_is_the_page


def test_text_without_marks_is_not_trusted(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    write(page, ["Thuc hien Quyet dinh so 153/QD-TTg ngay 30/01/2018 cua Thu tuong Chinh phu"] * 4)
    page.save()
    assert not _open(tmp_path / "a.pdf").signals(1).text_is_the_page


def test_page_wide_picture_under_real_text_is_a_background(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    page.drawImage(page_image(), 0, 0, *A4)
    write(page, BODY * 4)
    page.save()
    assert _open(tmp_path / "a.pdf").signals(1).text_is_the_page


def test_F7_number_typed_into_a_widget_is_read(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    write(page, ["Số:          /QĐ-UBND", *BODY])
    page.acroForm.textfield(
        name="so", value="2280", x=96, y=774, width=34, height=16, fontSize=11, borderWidth=0, fontName="Helvetica"
    )
    page.save()
    read = PdfText(_open(tmp_path / "a.pdf").data()).read(1)
    assert "2280" in read.lines[0].text


def test_signature_notice_in_a_widget_is_a_witness_and_not_drawn(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    write(page, BODY)
    value = "Ky boi: VAN PHONG Thoi gian ky: 03/02/2025 10:47:25"
    page.acroForm.textfield(name="s", value=value, x=300, y=100, width=260, height=14, fontSize=7, fontName="Helvetica")
    page.save()
    file = _open(tmp_path / "a.pdf")
    assert [r.text for r in file.notices if r.region == "signing_time"] == ["03/02/2025 10:47:25"]
    assert "10:47" not in " ".join(line.text for line in PdfText(file.data()).read(1).lines)


def test_F5_password_is_its_own_reason(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf", password="secret")
    write(page, BODY)
    page.save()
    with pytest.raises(InputError) as caught:
        _open(tmp_path / "a.pdf")
    assert caught.value.reason == "encrypted"


@pytest.mark.parametrize("kept", [0.1, 0.5])
def test_F3_truncated_pdf_has_a_reason(tmp_path: Path, kept: float) -> None:
    page = canvas(tmp_path / "a.pdf")
    write(page, BODY)
    page.save()
    data = (tmp_path / "a.pdf").read_bytes()
    (tmp_path / "cut.pdf").write_bytes(data[: int(len(data) * kept)])
    with pytest.raises(InputError) as caught:
        _open(tmp_path / "cut.pdf")
    assert caught.value.reason == "damaged"


def test_F13_page_bomb(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    for _ in range(5):
        page.showPage()
    page.save()
    with pytest.raises(InputError) as caught:
        _open(tmp_path / "a.pdf", Limits(pages=4))
    assert caught.value.reason == "too_many_pages"


def test_F11_huge_page_is_refused_before_rendering(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    page.setPageSize((14400, 14400))
    page.showPage()
    page.save()
    file = _open(tmp_path / "a.pdf", Limits(pixels=10_000_000))
    with pytest.raises(InputError) as caught:
        file.render(1, file.signals(1))
    assert caught.value.reason == "too_large"


def test_ruled_table_becomes_a_grid_whose_cells_stay_together(tmp_path: Path) -> None:
    page = canvas(tmp_path / "a.pdf")
    write(page, BODY, top=780)
    for x in (72, 200, 400):
        page.line(x, 500, x, 600)
    for y in (500, 550, 600):
        page.line(72, y, 400, y)
    page.setFont("Serif", 10)
    head = [(80, 585, "STT"), (210, 585, "Căn cứ")]
    body = [(80, 535, "1"), (210, 535, "Thông tư số"), (210, 520, "30/2024")]
    for x, y, text in head + body:
        page.drawString(x, y, text)
    page.save()
    read = PdfText(_open(tmp_path / "a.pdf").data()).read(1)
    (grid,) = read.grids
    assert (grid.rows, grid.columns) == (2, 2)
    assert [c.text for c in grid.cells] == ["STT", "Căn cứ", "1", "Thông tư số 30/2024"]
    blocks = {line.text: line.block for line in read.lines}
    assert blocks["Thông tư số"] == blocks["30/2024"] != blocks["1"]


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("Thời gian ký: 16.04.2020", True),
        ("09.01.2025 10:21:11 +07:00", True),
        ("Quyết định này có hiệu lực kể từ ngày ký.", False),
        ("Thủ trưởng các cơ quan: Văn phòng UBND tỉnh", False),
        ("email: a@example.vn", False),
        ("thời gian: 8:30 ngày 26/12/2017", False),
    ],
)
def test_is_notice(text: str, notice: bool) -> None:
    assert is_notice(text) is notice
