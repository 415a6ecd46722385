"""Files as scanners deliver them: several letters, attachments, drafts, forms, cropped pages, joint letters."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.document import Document
from pipeline.run import split
from tests.documents import from_text, scanned
from tests.styled_letters import Style, as_text, page_lines
from tests.test_styles import STYLES, read

_BY_NAME = {style.name: style for style in STYLES}
LETTER, OTHER, DECISION = _BY_NAME["phong-giao-duc"], _BY_NAME["toa-an-tinh"], _BY_NAME["dai-hoc"]
ENCLOSING = ("Phòng gửi kèm theo tài liệu của cấp trên để các đơn vị nghiên cứu, thực hiện./.",)
DEPARTMENT = Style(
    "department", ("UBND TỈNH SƠN LA", "SỞ TÀI CHÍNH"), "Số: 312/STC-NS", "Sơn La, ngày 12 tháng 6 năm 2021", {},
    about=("V/v báo cáo số liệu",), to=("Kính gửi: UBND tỉnh Sơn La",),
    signed=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Lê Văn Hải"),
)  # fmt: skip
FORM = [
    ("Mẫu số 02", 450.0, 50.0), ("TÊN CƠ QUAN, TỔ CHỨC", 90.0, 70.0),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 330.0, 70.0), ("Độc lập - Tự do - Hạnh phúc", 350.0, 86.0),
    ("Số: ......../BC-.....", 90.0, 110.0), ("............, ngày .... tháng .... năm ......", 320.0, 110.0),
    ("BÁO CÁO", 270.0, 150.0), ("Tình hình thực hiện", 240.0, 166.0),
]  # fmt: skip
ANNEX = "PHỤ LỤC\nDANH SÁCH HỌC SINH ĐẠT GIẢI\n(Kèm theo Quyết định số 77/QĐ-SGDĐT ngày 17/02/2023)\n\nHọ và tên, lớp."


def _numbers(document: Document) -> list[str | None]:
    return [read(part)["number"] for part in split(document)]


def _as_text(*styles: Style) -> Document:
    return from_text("\f".join("\n".join(x.text for x in as_text(s).pages[0].lines) for s in styles))


def test_two_letters_are_two_records_and_a_blank_back_belongs_to_the_page_before() -> None:
    both = [LETTER.want["number"], OTHER.want["number"]]
    document = scanned(page_lines(LETTER), [], page_lines(OTHER), [])
    assert _numbers(document) == both
    assert [[p.number for p in part.pages] for part in split(document)] == [[1, 2], [3, 4]]
    assert _numbers(_as_text(LETTER, OTHER)) == both


@pytest.mark.parametrize(
    ("first", "second", "letters"),
    [
        (replace(LETTER, body=ENCLOSING), replace(DECISION, dated="Quy Nhơn, ngày 01 tháng 11 năm 2022"), 1),
        (replace(LETTER, body=ENCLOSING), DECISION, 2),  # dated after the letter
        (LETTER, replace(DECISION, number="Số:       /QĐ-ĐHTS", dated="Quy Nhơn, ngày    tháng    năm 2023"), 1),
        (replace(LETTER, body=ENCLOSING), replace(LETTER, number="Số: 12/PGDĐT-CMTH"), 2),  # the same office's next
        (
            replace(
                LETTER, body=("Thực hiện Công văn số 512/TA-TCCB ngày 15/6/2021, đề nghị các trường thực hiện./.",)
            ),
            OTHER,
            1,
        ),
    ],
    ids=["enclosed decision", "later document", "draft", "same office", "cited by number"],
)
def test_what_follows_a_letter_is_its_attachment_or_a_letter(first: Style, second: Style, letters: int) -> None:
    numbers = _numbers(scanned(page_lines(first), page_lines(second)))
    assert len(numbers) == letters
    assert numbers[0] == LETTER.want["number"]


@pytest.mark.parametrize(
    "document",
    [from_text(ANNEX), scanned([(t, 150, 60 + 16 * i) for i, t in enumerate(ANNEX.split("\n")) if t])],
    ids=["text", "page"],
)
def test_an_annex_by_itself_has_no_fields(document: Document) -> None:
    found = read(document)
    assert {found[name] for name in ("number", "doc_type", "date", "issuer", "subject", "signer")} == {None}


def test_a_form_gives_no_value_of_its_own() -> None:
    assert read(scanned(page_lines(DEPARTMENT), FORM))["number"] == "312/STC-NS"
    alone = read(scanned(FORM))
    assert (alone["issuer"], alone["date"], alone["place"]) == (None, None, None)


@pytest.mark.parametrize("blank", ["      ", "………", "........", "____"])
def test_a_serial_that_waits_for_figures_is_blank(blank: str) -> None:
    style = replace(DEPARTMENT, number=f"Số: {blank}/STC-NS", dated="Sơn La, ngày ..... tháng ..... năm 2021")
    found = read(scanned(page_lines(style)))
    assert (found["number"], found["date"]) == ("/STC-NS", None)


@pytest.mark.parametrize(
    ("number", "body", "issuer"),
    [
        ("Số: 4312/STC-NS", "Đề nghị các đơn vị thực hiện.", "Sở Tài chính tỉnh Sơn La"),
        ("Số: 88/TTYT-KD", "Trung tâm Y tế huyện Mộc Châu kính đề nghị xem xét.", "Trung tâm Y tế huyện Mộc Châu"),
        ("Số: 88/ĐHTS-TV", "Trường Đại học Tây Sơn trân trọng kính mời.", "Trường Đại học Tây Sơn"),
        ("Số: 71/BQLDA-KT", "Ban Quản lý dự án đầu tư xây dựng tỉnh Sơn La đề nghị thẩm định.",
         "Ban Quản lý dự án đầu tư xây dựng tỉnh Sơn La"),
        ("Số: 71/XYZQ-KT", "Sở Công thương đề nghị phối hợp.", None),
        ("Số: 71/TTYT-KT", "Trung tâm Y tế huyện Mộc Châu và Trung tâm Y tế huyện Mai Sơn đã họp.", None),
    ],
    ids=["symbol", "body", "school", "project board", "nobody", "two bodies"],
)  # fmt: skip
def test_a_page_without_letterhead_is_its_symbols_and_its_texts(number: str, body: str, issuer: str | None) -> None:
    style = replace(DEPARTMENT, head=("A", "B"), number=number, body=(body,))
    cropped = [spec for spec in page_lines(style) if spec[2] >= 85]
    assert read(scanned(cropped))["issuer"] == issuer


def test_joint_letters_name_both_bodies() -> None:
    title = ("THÔNG TƯ LIÊN TỊCH", "Quy định mức thu phí")
    style = replace(
        DEPARTMENT, head=("BỘ Y TẾ - BỘ TÀI CHÍNH",), number="Số: 5/2012/TTLT-BYT-BTC", title=title, about=()
    )
    lines = page_lines(style)
    assert read(scanned(lines))["issuer"] == "Bộ Y tế - Bộ Tài chính"
    beside = [("BỘ Y TẾ", 70.0, 50.0), ("BỘ TÀI CHÍNH", 170.0, 50.0), *lines[1:]]
    found = read(scanned(beside))
    assert (found["issuer"], found["number"]) == ("Bộ Y tế - Bộ Tài chính", "5/2012/TTLT-BYT-BTC")


def test_a_joint_plan_keeps_its_kind_and_subject() -> None:
    style = replace(
        DEPARTMENT, head=("LIÊN ĐOÀN LAO ĐỘNG - SỞ Y TẾ", "TỈNH SƠN LA"), number="Số: 15/KHLT-LĐLĐ-SYT", about=(),
        to=(), title=("KẾ HOẠCH LIÊN TỊCH", "Về chăm sóc sức khỏe công nhân"),
    )  # fmt: skip
    found = read(scanned(page_lines(style)))
    assert (found["doc_type"], found["subject"]) == ("KH", "Về chăm sóc sức khỏe công nhân")
    assert found["issuer"] == "Liên đoàn Lao động - Sở Y tế tỉnh Sơn La"


@pytest.mark.parametrize("mark", ["kt", "Kt.", "K/T", "KT"])
def test_a_capacity_that_a_pen_put_before_the_printed_title(mark: str) -> None:
    style = replace(DEPARTMENT, signed=(f"{mark} GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Lê Văn Hải"))
    signer = str(read(scanned(page_lines(style)))["signer"])
    assert signer.replace("K/T", "KT.") == "Lê Văn Hải | KT. GIÁM ĐỐC | PHÓ GIÁM ĐỐC"
