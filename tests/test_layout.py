"""The parts of a letter found by place and form, on scans made line by line."""

from __future__ import annotations

from extractors.boundaries import first_pages
from extractors.layout import Layout, layout
from extractors.spans import Span
from pipeline.run import split
from tests.documents import from_text, scanned

HEAD = [
    ("UBND TỈNH AN GIANG", 100, 60),
    ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 280, 60),
    ("SỞ Y TẾ", 140, 75),
    ("Độc lập - Tự do - Hạnh phúc", 330, 75),
    ("Số: 1234/SYT-NVY", 110, 100),
    ("An Giang, ngày 05 tháng 3 năm 2021", 300, 100),
]
BODY = [
    (f"Dòng thứ {i} của phần nội dung viết đủ dài để chạm tới lề bên phải của trang giấy này nhé", 85, 260 + 18 * i)
    for i in range(8)
]
TAIL = [
    ("Nơi nhận:", 85, 600),
    ("KT. GIÁM ĐỐC", 380, 600),
    ("- Như trên;", 85, 613),
    ("PHÓ GIÁM ĐỐC", 380, 615),
    ("- Các Sở: Tài chính, Nội vụ,", 85, 626),
    ("Tư pháp;", 92, 639),
    ("- Lưu: VT, NVY.", 85, 652),
    ("Trần Văn Bình", 385, 680),
]


def texts(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans]


def letter(*between: tuple[str, float, float]) -> Layout:
    return layout(scanned([*HEAD, *between, *BODY, *TAIL]))


def test_head_of_a_letter_with_vv() -> None:
    parts = letter(
        ("V/v tăng cường phòng,", 105, 116),
        ("chống dịch mùa hè", 115, 130),
        ("Kính gửi:", 160, 170),
        ("- Các bệnh viện trong tỉnh;", 220, 185),
        ("- Trung tâm y tế các huyện, thị xã, thành", 220, 200),
        ("phố.", 228, 215),
    )
    assert texts(parts.letterhead) == ["UBND TỈNH AN GIANG", "SỞ Y TẾ"]
    assert texts(parts.number) == ["Số: 1234/SYT-NVY"]
    assert texts(parts.place_date) == ["An Giang, ngày 05 tháng 3 năm 2021"]
    assert texts(parts.subject) == ["V/v tăng cường phòng,", "chống dịch mùa hè"]
    assert len(parts.addressees) == 4
    assert len(parts.body) == len(BODY)


def test_a_date_line_with_gaps_for_the_pen_is_one() -> None:
    pieces = [("An Giang, ngày", 300.0, 100.0), ("tháng", 420.0, 100.0), ("năm 2021", 480.0, 100.0)]
    parts = layout(scanned([*HEAD[:5], *pieces, *BODY, *TAIL]))
    assert texts(parts.place_date) == ["An Giang, ngày", "tháng", "năm 2021"]


def test_head_of_a_named_kind() -> None:
    parts = letter(
        ("QUYẾT ĐỊNH", 265, 140),
        ("Về việc thành lập Đoàn kiểm tra công tác", 195, 156),
        ("phòng bệnh năm 2021", 250, 172),
        ("GIÁM ĐỐC SỞ Y TẾ AN GIANG", 235, 215),
    )
    assert texts(parts.title) == ["QUYẾT ĐỊNH"]
    assert texts(parts.subject) == ["Về việc thành lập Đoàn kiểm tra công tác", "phòng bệnh năm 2021"]
    assert texts(parts.authority) == ["GIÁM ĐỐC SỞ Y TẾ AN GIANG"]


def test_a_damaged_title_is_known_by_the_symbol() -> None:
    number = ("Số: 12/QĐ-SYT", 110.0, 100.0)
    parts = layout(
        scanned([*HEAD[:4], number, HEAD[5], ("QUYEẺI Đ|NIH", 265, 140), ("Về việc cử cán bộ", 235, 156), *BODY, *TAIL])
    )
    assert texts(parts.subject) == ["Về việc cử cán bộ"]


def test_tail_keeps_its_columns_apart() -> None:
    parts = letter()
    assert texts(parts.copies)[-1] == "- Lưu: VT, NVY."
    assert len(parts.copies) == 4
    assert texts(parts.signature) == ["KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "Trần Văn Bình"]


def test_columns_read_as_one_line_are_cut() -> None:
    merged = [("UBND TỈNH AN GIANG CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", 100.0, 60.0), *HEAD[2:]]
    parts = layout(scanned([*merged, *BODY, *TAIL]))
    assert texts(parts.letterhead) == ["UBND TỈNH AN GIANG", "SỞ Y TẾ"]


def test_a_document_with_its_own_head_is_an_attachment() -> None:
    second = [(text.replace("1234", "77"), x, y) for text, x, y in HEAD]
    parts = layout(scanned([*HEAD, *BODY, *TAIL], [*second, *BODY, *TAIL]))
    assert texts(parts.number) == ["Số: 1234/SYT-NVY"]
    assert {span.page for span in parts.annexes} == {2}
    assert {span.page for span in parts.copies} == {1}


def test_an_incoming_stamp_is_not_the_number() -> None:
    stamp = [("ĐẾN", 40.0, 150.0), ("Số: 2770", 40.0, 165.0), ("Ngày: 04/4/18", 40.0, 180.0)]
    parts = letter(("CHỈ THỊ", 280, 130), *stamp)
    assert texts(parts.number) == ["Số: 1234/SYT-NVY"]
    assert texts(parts.title) == ["CHỈ THỊ"]


def test_a_list_whose_label_was_not_read_is_found_from_its_last_line() -> None:
    tail = [spec for spec in TAIL if spec[0] != "Nơi nhận:"]
    parts = layout(scanned([*HEAD, *BODY, *tail]))
    assert texts(parts.copies)[0] == "- Như trên;"


def test_text_without_places() -> None:
    parts = layout(
        from_text(
            "BỘ Y TẾ\nSố: 15/BYT-KCB\nV/v báo cáo nhanh\nHà Nội, ngày 05 tháng 3 năm 2021\nKính gửi:\n"
            "- Sở Y tế các tỉnh;\n"
            "- Các bệnh viện.\nThực hiện kế hoạch, Bộ Y tế đề nghị báo cáo./.\nNơi nhận:\n- Như trên;\n- Lưu: VT.\n"
            "KT. BỘ TRƯỞNG\nTHỨ TRƯỞNG\nTrần Văn Bình\nPHỤ LỤC\n(Kèm theo Công văn số 15/BYT-KCB)"
        )
    )
    assert texts(parts.subject) == ["V/v báo cáo nhanh"]
    assert len(parts.body) == 1
    assert texts(parts.signature)[-1] == "Trần Văn Bình"
    assert texts(parts.annexes)[0] == "PHỤ LỤC"


def test_nothing_at_all() -> None:
    assert layout(from_text("")) == Layout()


def test_a_second_letter_in_one_file_begins_a_letter() -> None:
    other = [(text.replace("1234", "77"), x, y) for text, x, y in HEAD]
    assert first_pages(scanned([*HEAD, *BODY, *TAIL], [*other, *BODY, *TAIL])) == (1, 2)


def test_an_enclosed_decision_begins_none() -> None:
    other = [(text.replace("1234", "77"), x, y) for text, x, y in HEAD]
    enclosing = [*BODY[:-1], ("(đính kèm Quyết định số 77/SYT-NVY)", 85.0, 560.0)]
    assert first_pages(scanned([*HEAD, *enclosing, *TAIL], [*other, *BODY, *TAIL])) == (1,)
    draft = [(text.replace("1234", ""), x, y) for text, x, y in HEAD]
    assert first_pages(scanned([*HEAD, *BODY, *TAIL], [*draft, *BODY, *TAIL])) == (1,)


def test_a_file_with_two_letters_gives_two_documents() -> None:
    other = [(text.replace("1234", "77"), x, y) for text, x, y in HEAD]
    first, second = split(scanned([*HEAD, *BODY, *TAIL], [*other, *BODY, *TAIL]))
    assert [page.number for page in first.pages] == [1]
    assert texts(layout(second).number) == ["Số: 77/SYT-NVY"]

def test_a_number_in_the_subject_is_not_the_letter_s_and_a_speck_before_a_label_changes_nothing() -> None:
    document = scanned(
        [
            ("CỤC TIN HỌC HÓA", 106.0, 67.0), ("_ Số: 601/THH-CĐS", 112.0, 94.0),
            ("Hà Nội, ngày 12 tháng 05 năm 2021", 306.0, 94.0), ("V/v cập nhật tình hình thực hiện", 93.0, 112.0),
            ("Nghị quyết số 17/NQ-CP và Nghị", 89.0, 126.0), ("quyết số 02/NQ-CP", 123.0, 140.0),
            ("_Kính gửi: Bộ Y tế", 150.0, 170.0),
        ]
    )  # fmt: skip
    parts = layout(document)
    assert [span.text for span in parts.number] == ["_ Số: 601/THH-CĐS"]
    assert " ".join(span.text for span in parts.subject).endswith("17/NQ-CP và Nghị quyết số 02/NQ-CP")
    assert parts.addressees
