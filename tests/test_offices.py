"""What offices do that their neighbours do not: heads and tails, and how they cite; names and numbers are invented."""

from __future__ import annotations

from dataclasses import replace

import pytest

from models.document import Reading
from models.letter import Citation
from pipeline.extract import extract
from pipeline.select import select
from tests.documents import from_text, scanned
from tests.styled_letters import PARTY, Style, as_page, as_text, page_lines
from tests.test_styles import read

OFFICES = (
    Style("court", ("TÒA ÁN NHÂN DÂN", "TỈNH NGHỆ AN"), "Số: 318/TAT-VP", "Nghệ An, ngày 30 tháng 8 năm 2019",
          {"number": "318/TAT-VP", "issuer": "Tòa án nhân dân tỉnh Nghệ An", "doc_type": "CV",
           "signer": "Hoàng Văn Lộc | TL. CHÁNH ÁN | CHÁNH VĂN PHÒNG"},
          about=("V/v báo cáo công tác",), to=("Kính gửi: Các đơn vị trực thuộc.",),
          signed=("TL. CHÁNH ÁN", "CHÁNH VĂN PHÒNG", "Hoàng Văn Lộc")),
    Style("enforcement", ("BỘ TƯ PHÁP", "TỔNG CỤC THI HÀNH ÁN DÂN SỰ"), "Số: 433/TCTHADS-NV1",
          "Hà Nội, ngày 4 tháng 5 năm 2018", {"number": "433/TCTHADS-NV1", "issuer": "Tổng cục Thi hành án dân sự"},
          about=("V/v xử lý tài sản",), to=("Kính gửi: Các đơn vị trực thuộc.",)),
    Style("power-company", ("TẬP ĐOÀN ĐIỆN LỰC", "TỔNG CÔNG TY", "ĐIỆN LỰC MIỀN TÂY"), "Số: 45/EVNMT-KD+KT",
          "Cần Thơ, ngày 11 tháng 6 năm 2018",
          {"number": "45/EVNMT-KD+KT", "issuer": "Tổng công ty Điện lực miền Tây"},
          about=("V/v đấu nối lưới điện",), to=("Kính gửi: Ban Quản lý dự án.",)),
    Style("regional-audit", ("KIỂM TOÁN NHÀ NƯỚC", "KHU VỰC XIV"), "Số: 145/KV XIV-TH",
          "Cần Thơ, ngày 17 tháng 01 năm 2022",
          {"number": "145/KVXIV-TH", "signer": "Trần Minh Khương | None | KIỂM TOÁN TRƯỞNG"},
          about=("V/v cung cấp tài liệu",), to=("Kính gửi: Sở Tài chính.",),
          signed=("KIỂM TOÁN TRƯỞNG", "Trần Minh Khương")),
    Style("before-2005", ("BỘ TÀI CHÍNH", "TỔNG CỤC THUẾ"), "Số: 2353 TCT/NV6", "Hà Nội, ngày 22 tháng 6 năm 2001",
          {"number": "2353 TCT/NV6", "doc_type": "CV", "issuer": "Tổng cục Thuế"},
          about=("V/v trích khấu hao",), to=("Kính gửi: Các cục thuế.",)),
    Style("tax-of-a-province", ("CỤC THUẾ", "THUẾ TỈNH LÂM ĐỒNG"), "Số: 318/LDO-QLDN2",
          "Lâm Đồng, ngày 11 tháng 11 năm 2025",
          {"issuer": "Thuế tỉnh Lâm Đồng", "signer": "Mai Quốc Trị | KT. TRƯỞNG THUẾ TỈNH | PHÓ TRƯỞNG THUẾ TỈNH"},
          about=("V/v hóa đơn điện tử",), to=("Kính gửi: Các thuế cơ sở.",),
          signed=("KT. TRƯỞNG THUẾ TỈNH", "PHÓ TRƯỞNG THUẾ TỈNH", "Mai Quốc Trị")),
    Style("name-broken-in-two", ("UBND TỈNH HÀ NAM", "SỞ TÀI NGUYÊN VÀ MÔI", "TRƯỜNG"), "Số: 21/TTr-STNMT",
          "Hà Nam, ngày 31 tháng 12 năm 2021", {"issuer": "Sở Tài nguyên và Môi trường tỉnh Hà Nam"},
          title=("TỜ TRÌNH", "Về việc phê duyệt giá đất"), to=("Kính gửi: UBND tỉnh Hà Nam",)),
    Style("joint-circular", ("BỘ TÀI CHÍNH - BỘ LAO ĐỘNG -", "THƯƠNG BINH VÀ XÃ HỘI"), "Số: 4/2007/TTLT-BTC-BLĐTBXH",
          "Hà Nội, ngày 15 tháng 5 năm 2007",
          {"number": "4/2007/TTLT-BTC-BLĐTBXH", "issuer": "Bộ Tài chính - Bộ Lao động - Thương binh và Xã hội"},
          title=("THÔNG TƯ LIÊN TỊCH", "Hướng dẫn quản lý kinh phí")),
    Style("school", ("UBND HUYỆN SÔNG LAM", "TRƯỜNG THCS BẾN ĐÒ"), "Số: 34/KH-THCSBĐ",
          "Bến Đò, ngày 9 tháng 9 năm 2022", {"issuer": "Trường THCS Bến Đò", "number": "34/KH-THCSBĐ"},
          title=("KẾ HOẠCH", "Bồi dưỡng thường xuyên")),
    Style("statistics-of-a-province", ("CỤC THỐNG KÊ", "THỐNG KÊ TỈNH ĐỒNG NAI"), "Số: 45/ĐNA-TKTH",
          "Đồng Nai, ngày 03 tháng 10 năm 2025", {"issuer": "Thống kê tỉnh Đồng Nai"},
          about=("V/v cung cấp số liệu",), to=("Kính gửi: Các sở, ban, ngành tỉnh.",)),
    Style("symbol-near-the-letterhead", ("TỔNG CỤC THUẾ", "CỤC THUẾ TP HÀ NỘI"), "Số: 5897/CT-TTHT",
          "Hà Nội, ngày 19 tháng 6 năm 2020", {"number": "5897/CT-TTHT", "issuer": "Cục Thuế thành phố Hà Nội"},
          about=("V/v hóa đơn bán hàng",), to=("Kính gửi: Công ty Sao Mai.",)),
    Style("about-without-its-mark", ("UBND THÀNH PHỐ ĐÀ NẴNG", "SỞ XÂY DỰNG"), "Số: 120/SXD-PTĐT",
          "Đà Nẵng, ngày 05 tháng 9 năm 2025", {"doc_type": "CV", "subject": "Về gia hạn tiến độ dự án nhà ở xã hội"},
          about=("Về gia hạn tiến độ", "dự án nhà ở xã hội"), to=("Kính gửi: Công ty Sông Lam.",)),
    Style("programme-of-two", ("TỈNH ĐOÀN BÌNH DƯƠNG - SỞ Y TẾ",), "Số: 05/CTr-TĐTN-SYT",
          "Bình Dương, ngày 20 tháng 9 năm 2018",
          {"doc_type": "CTr", "subject": "Công tác thanh niên năm 2018", "issuer": "Tỉnh đoàn Bình Dương - Sở Y tế"},
          title=("CHƯƠNG TRÌNH PHỐI HỢP", "Công tác thanh niên năm 2018")),
    Style("highland-name", ("UBND TỈNH KON TUM", "SỞ NỘI VỤ"), "Số: 12/SNV-VP", "Kon Tum, ngày 5 tháng 3 năm 2020",
          {"signer": "A Khương | KT. GIÁM ĐỐC | PHÓ GIÁM ĐỐC"}, about=("V/v góp ý",), to=("Kính gửi: Bộ Nội vụ.",),
          signed=("KT. GIÁM ĐỐC", "PHÓ GIÁM ĐỐC", "A Khương")),
    Style("before-2000", ("UỶ BAN NHÂN DÂN", "TỈNH HÀ TÂY"), "Số: 432 CV/UB-TM", "Hà Đông, ngày 26 tháng 10 năm 1999",
          {"number": "432 CV/UB-TM", "doc_type": "CV", "issuer": "Ủy ban nhân dân tỉnh Hà Tây"},
          about=("V/v giải quyết nợ đọng",), to=("Kính gửi: Bộ Xây dựng",)),
    Style("chairman", ("CHỦ TỊCH", "ỦY BAN NHÂN DÂN", "TỈNH QUẢNG BÌNH"), "Số: 12/CĐ-CTUBND",
          "Quảng Bình, ngày 17 tháng 10 năm 2022", {"issuer": "Chủ tịch Ủy ban nhân dân tỉnh Quảng Bình"},
          title=("CÔNG ĐIỆN", "Về việc ứng phó với mưa lũ")),
    Style("office-of-a-province", ("UBND TỈNH NINH THUẬN", "VĂN PHÒNG"), "Số: 205/TB-VPUB",
          "Ninh Thuận, ngày 31 tháng 5 năm 2016", {"issuer": "Văn phòng Ủy ban nhân dân tỉnh Ninh Thuận"},
          title=("THÔNG BÁO", "Kết luận tại cuộc họp về tiến độ dự án")),
    Style("embassy", ("ĐẠI SỨ QUÁN", "NƯỚC CỘNG HÒA XÃ HỘI CHỦ NGHĨA", "VIỆT NAM TẠI NHẬT BẢN"), "Số: 207/ĐSQ-LĐ",
          "Tô-ki-ô, ngày 25 tháng 3 năm 2011", {"place": "Tô-ki-ô", "signer": "Nguyễn Minh Phú | None | ĐẠI SỨ"},
          about=("V/v tình hình lao động",), to=("Kính gửi: Bộ Ngoại giao.",), signed=("ĐẠI SỨ", "Nguyễn Minh Phú")),
    Style("airport", ("TỔNG CÔNG TY CẢNG HÀNG KHÔNG", "VIỆT NAM - CTCP", "CẢNG HÀNG KHÔNG", "BẾN ĐÒ"),
          "Số: 0845/CHKBĐ-KH", "Hải Phòng, ngày 19 tháng 8 năm 2023",
          {"issuer": "Cảng Hàng không Bến Đò", "subject": "mời chào giá vật tư hệ thống đèn tín hiệu"},
          about=("V/v mời chào giá", "vật tư hệ thống", "đèn tín hiệu"), to=("Kính gửi: Quý Công ty",),
          body=("Cảng Hàng không Bến Đò kính mời Quý Công ty chào giá./.",)),
    Style("tail-with-ranks-and-births", ("CÔNG AN TỈNH THANH HÓA", "PHÒNG CẢNH SÁT CƠ ĐỘNG"), "Số: 612/PK02-Đ3",
          "Thanh Hóa, ngày 14 tháng 5 năm 2024",
          {"number": "612/PK02-Đ3", "signer": "K'Brểu | KT. TRƯỞNG PHÒNG | PHÓ TRƯỞNG PHÒNG"},
          about=("V/v phối hợp",), to=("Kính gửi: Sở Y tế.",),
          signed=("KT. TRƯỞNG PHÒNG", "PHÓ TRƯỞNG PHÒNG", "Thượng tá K’ Brểu")),
    Style("old-capacity", ("TỈNH ỦY QUẢNG NAM", "BAN TUYÊN GIÁO", "*"), "Số 412 - CV/BTGTU",
          "Tam Kỳ, ngày 8 tháng 3 năm 2017",
          {"number": "412-CV/BTGTU", "signer": "Hồ Tấn Linh | K/T TRƯỞNG BAN | PHÓ TRƯỞNG BAN"},
          about=("V/v định hướng",), to=("Kính gửi: Các huyện ủy",), motto=PARTY,
          signed=("K/T TRƯỞNG BAN", "PHÓ TRƯỞNG BAN", "Hồ Tấn Linh")),
    Style("centre-of-an-office", ("UBND TỈNH PHÚ THỌ", "VĂN PHÒNG UBND TỈNH", "TRUNG TÂM PHỤC VỤ", "HÀNH CHÍNH CÔNG"),
          "Số: 88/TTPVHCC", "Phú Thọ, ngày 04 tháng 9 năm 2023", {"issuer": "Trung tâm Phục vụ hành chính công"},
          about=("V/v cử công chức",), to=("Kính gửi: Các Sở.",),
          body=("Trung tâm Phục vụ hành chính công tổ chức tập huấn./.",)),
    Style("border-guard", ("BỘ TƯ LỆNH BĐBP", "BỘ CHỈ HUY", "BỘ ĐỘI BIÊN PHÒNG TỈNH SÓC TRĂNG"), "Số: 1042/BCH-TM",
          "Sóc Trăng, ngày 23 tháng 9 năm 2020", {"issuer": "Bộ Chỉ huy Bộ đội Biên phòng tỉnh Sóc Trăng"},
          about=("V/v phối hợp",), to=("Kính gửi: Sở Y tế.",)),
    Style("end-of-the-initials", ("SỞ Y TẾ TỈNH KON TUM", "TRUNG TÂM KIỂM SOÁT", "BỆNH TẬT"), "Số: 1381/KSBT-KHNV",
          "Kon Tum, ngày 19 tháng 7 năm 2022", {"number": "1381/KSBT-KHNV"},
          about=("(V/v báo giá thiết bị)",), to=("Kính gửi: Công ty Sao Mai.",)),
    Style("until-2000", ("BỘ GIÁO DỤC VÀ ĐÀO TẠO",), "Số: 2077/QĐ-GDĐT", "Hà nội, ngày 12 tháng 6 năm 1996",
          {"doc_type": "QĐ", "subject": "V/v: Ban hành Quy chế đào tạo",
           "signer": "Vũ Ngọc Đăng | KT. BỘ TRƯỞNG | THỨ TRƯỞNG"},
          title=("QUYẾT ĐỊNH CỦA BỘ TRƯỞNG BỘ GIÁO DỤC VÀ ĐÀO TẠO", "V/v: Ban hành Quy chế đào tạo"),
          body=("- Căn cứ Nghị định số 15/CP ngày 02/3/1993 của Chính phủ;",),
          signed=("KT/ BỘ TRƯỞNG", "THỨ TRƯỞNG", "Vũ Ngọc Đăng")),
    Style("monks", ("GIÁO HỘI PHẬT GIÁO VIỆT NAM", "BAN TRỊ SỰ TỈNH HẬU GIANG"), "Số: 045/CV-BTS",
          "Hậu Giang, ngày 15 tháng 5 năm 2018", {"signer": "Thích Huệ Đức | TM. BAN TRỊ SỰ | TRƯỞNG BAN"},
          about=("V/v tổ chức Đại lễ",), to=("Kính gửi: Ban Tôn giáo.",),
          signed=("TM. BAN TRỊ SỰ", "TRƯỞNG BAN", "HT. Thích Huệ Đức")),
    Style("two-offices", ("QUÂN KHU 7", "BỘ CHỈ HUY QUÂN SỰ", "TỈNH LÂM ĐỒNG"), "Số: 20/BCH-TM",
          "Lâm Đồng, ngày 02 tháng 10 năm 2017",
          {"signer": "Ngô Xuân Bình | KT. CHỈ HUY TRƯỞNG | PHÓ CHỈ HUY TRƯỞNG - THAM MƯU TRƯỞNG"},
          about=("V/v phối hợp",), to=("Kính gửi: Sở Y tế.",),
          signed=("KT. CHỈ HUY TRƯỞNG", "PHÓ CHỈ HUY TRƯỞNG - THAM MƯU TRƯỞNG", "Đại tá Ngô Xuân Bình")),
)  # fmt: skip


@pytest.mark.parametrize("style", OFFICES, ids=lambda s: s.name)
@pytest.mark.parametrize("form", [as_page, as_text], ids=["page", "text"])
def test_head_and_tail(style: Style, form: object) -> None:
    assert callable(form)
    if style.name == "highland-name" and form is as_page:
        pytest.skip("on a scan a family name of one letter may be the rest of a longer one")
    found = read(form(style))
    assert {name: found[name] for name in style.want} == style.want


PLAIN = Style("plain", ("UBND TỈNH HÀ NAM", "SỞ Y TẾ"), "Số: 45/SYT-NVY", "Hà Nam, ngày 12 tháng 5 năm 2023", {},
              about=("V/v báo cáo",), to=("Kính gửi:", "- Bộ Y tế;", "- Ủy ban nhân dân tỉnh."))  # fmt: skip


@pytest.mark.parametrize(
    ("to", "found"),
    [
        (("Kinfí'gÉi: Bộ Y tế.",), "Bộ Y tế"),
        (("Kính gửi:", "Bộ Y tế", "Cục Quản lý Dược"), "Bộ Y tế | Cục Quản lý Dược"),
        (("Ễ", "- Bộ Y tế;", "- Ủy ban nhân dân tỉnh."), "Bộ Y tế | Ủy ban nhân dân tỉnh"),
        (("Kính gửi: Công ty TNHH Thuận Lợi", "Mã số thuế: 3700123456"), "Công ty TNHH Thuận Lợi"),
        (("Kính gửi:", "Ban Quản lý dự án đầu tư xây dựng và", "Phòng Tài chính huyện"),
         "Ban Quản lý dự án đầu tư xây dựng và Phòng Tài chính huyện"),
    ],
    ids=["damaged-by-a-stamp", "without-dashes", "hidden-by-a-stamp", "with-its-tax-number", "one-in-two-lines"],
)  # fmt: skip
def test_addressees(to: tuple[str, ...], found: str) -> None:
    assert read(as_page(replace(PLAIN, to=to)))["recipients"] == found


def test_a_telegram_names_its_addressees_under_who_wires() -> None:
    style = replace(PLAIN, about=(), number="Số: 12/CĐ-UBND", title=("CÔNG ĐIỆN", "Về việc khắc phục hậu quả bão"),
                    to=("Chủ tịch Ủy ban nhân dân tỉnh điện:", "- Các Sở;", "- Công an tỉnh."))  # fmt: skip
    found = read(as_page(style))
    assert (found["subject"], found["recipients"]) == ("Về việc khắc phục hậu quả bão", "Các Sở | Công an tỉnh")


def test_a_list_without_its_filing_line_is_looked_at() -> None:
    whole = select(extract(as_page(PLAIN), strict=True))
    torn = select(extract(as_page(replace(PLAIN, copies=("Nơi nhận:", "- Như trên;"))), strict=True))
    assert "copies" not in whole.review and "copies" in torn.review


def test_what_looks_like_addressees_is_in_the_body() -> None:
    body = ("- Cấp giấy phép;", "- Thu hồi giấy phép.")
    assert read(as_page(replace(PLAIN, to=(), body=body)))["recipients"] == ""


@pytest.mark.parametrize(
    ("number", "heard", "value"),
    [
        ("Số: /PC06-Đ3", "Số:612/PC06-d3", "612/PC06-Đ3"),
        ("Số -CV/BTGTU", "sõ 412- cV/BTGTU", "412-CV/BTGTU"),
        ("Số: 15/TB-TA", "Sô:15/TB-TAop", "15/TB-TA"),
        ("Số: /HDLN-STC-SGDĐT", "Số: 1450/HDLN-STC-SGDDT", "1450/HDLN-STC-SGDĐT"),
    ],
)
def test_a_reader_without_every_letter_does_not_change_the_symbol(number: str, heard: str, value: str) -> None:
    again = tuple(Reading("paddle", "number", heard, 1, None, 0.95) for _ in range(2))
    found = read(scanned(page_lines(replace(PLAIN, number=number)), readings=again))
    assert found["number"] == value


@pytest.mark.parametrize("heard", ["33/2/SYT-NVY", "Số: 33/2 /SYT-NVY"])
def test_a_leaning_one_is_read_as_a_slash(heard: str) -> None:
    again = [Reading("paddle", "number", heard, 1, None, 0.92) for _ in range(2)]
    lines = page_lines(replace(PLAIN, number="Số: /SYT-NVY"))
    alone = select(extract(scanned(lines, readings=tuple(again)), strict=True))
    borne_out = Reading("strokes", "number", "3312", 1, None, 0.95)
    agreed = select(extract(scanned(lines, readings=(*again, borne_out)), strict=True))
    assert str(agreed.number.value if agreed.number else None) == "3312/SYT-NVY"
    assert "number" in alone.review and "number" not in agreed.review


def test_a_sentence_with_a_term_is_no_place_and_date() -> None:
    body = ("Phòng Kinh tế chủ trì rà soát hộ kinh doanh, tổng hợp và gửi báo cáo kết quả cho",
            "cáo kết quả về UBND phường trước ngày 25/8/2023.")  # fmt: skip
    lines = [spec for spec in page_lines(replace(PLAIN, body=body)) if spec[0] != PLAIN.dated]
    lines += [("Hà Nam, ngày", 330.0, 90.0), ("tháng 8 năm 2023", 430.0, 90.0)]
    found = select(extract(scanned(lines), strict=True))
    assert found.issued_on is None
    assert found.place is not None and found.place.value == "Hà Nam"
    assert [day.value.isoformat() for day in found.deadlines] == ["2023-08-25"]


def test_pieces_of_a_title_in_one_row_are_one() -> None:
    style = replace(PLAIN, signed=("KT. ĐỘI TRƯỞNG", "PHÓ ĐỘI TRƯỞNG", "Võ Hoàng Nhi"))
    lines = [spec for spec in page_lines(style) if spec[0] != "PHÓ ĐỘI TRƯỞNG"]
    top = next(y for text, _, y in lines if text == "KT. ĐỘI TRƯỞNG") + 16
    lines += [("PHÓ", 385.0, top), ("ĐỘI TRƯỞNG", 412.0, top + 2)]
    assert read(scanned(lines))["signer"] == "Võ Hoàng Nhi | KT. ĐỘI TRƯỞNG | PHÓ ĐỘI TRƯỞNG"


def test_a_line_lost_beside_the_subject_is_a_doubt() -> None:
    lines = page_lines(replace(PLAIN, about=(), to=(), title=("HƯỚNG DẪN", "Tổ chức đại hội", "cấp tỉnh lần thứ IX")))
    whole = select(extract(scanned(lines), strict=True)).subject
    moved = [(t, x - 60 if t == "Tổ chức đại hội" else x, y) for t, x, y in lines]
    torn = select(extract(scanned(moved), strict=True)).subject
    assert whole is not None and torn is not None
    assert whole.value == "Tổ chức đại hội cấp tỉnh lần thứ IX"
    assert torn.value == whole.value or torn.confidence < 0.9


def test_terms_are_counted_from_the_year_that_most_readings_give() -> None:
    body = ("Gửi báo cáo chậm nhất đến hết ngày 20/6/2023; riêng số liệu gửi trước ngày 15/6.",)
    lines = page_lines(replace(PLAIN, dated="Hà Nam, ngày 12 tháng 5 năm 2021", body=body))
    again = tuple(Reading("paddle", "place_date", PLAIN.dated, 1, None, 0.95) for _ in range(2))
    found = select(extract(scanned(lines, readings=again), strict=True)).deadlines
    assert [day.value.isoformat() for day in found] == ["2023-06-20", "2023-06-15"]


def test_a_symbol_goes_on_under_the_number() -> None:
    style = Style("wide", ("BỘ Y TẾ",), "Số: 4/2007/TTLT-BYT-", "Hà Nội, ngày 15 tháng 5 năm 2007", {},
                  about=("BLĐTBXH",), title=("THÔNG TƯ LIÊN TỊCH", "Hướng dẫn khám sức khỏe"))  # fmt: skip
    assert read(as_page(style))["number"] == "4/2007/TTLT-BYT-BLĐTBXH"


def _cited(text: str, head: str = "UBND TỈNH HÀ NAM\nSỞ TÀI NGUYÊN VÀ MÔI TRƯỜNG") -> dict[str, Citation]:
    letter = f"{head}\nSố: 512/STNMT-VP\n\nHà Nam, ngày 12 tháng 5 năm 2023\n\nKính gửi: Công ty Sông Lam.\n\n{text}"
    return {str(c.number): c for c in select(extract(from_text(letter), strict=True)).citations}


@pytest.mark.parametrize(
    ("text", "number", "issuer"),
    [
        ("Thông tư liên tịch số 41/2001/TTLT/BTC-BYT ngày 12/6/2001", "41/2001/TTLT/BTC-BYT", "Bộ Tài chính"),
        ("Quyết định số 12/QĐ/UB ngày 3/4/2002 của UBND tỉnh", "12/QĐ/UB", "Ủy ban nhân dân tỉnh Hà Nam"),
        ("Công văn số 1178 TC/TCDN ngày 14/2/2001 của Bộ Tài chính", "1178 TC/TCDN", "Bộ Tài chính"),
        ("Công văn số 22/TANDTC-PC ngày 3/2/2022 của Tòa án nhân dân tối cao", "22/TANDTC-PC",
         "Tòa án nhân dân tối cao"),
        ("Quyết định số 3/QĐ-TA ngày 5/1/2022 của Chánh án Tòa án nhân dân tỉnh Hà Nam", "3/QĐ-TA",
         "Tòa án nhân dân tỉnh Hà Nam"),
        ("Thông báo số 56/TB-VP ngày 2/2/2022 của Văn phòng UBND tỉnh", "56/TB-VP",
         "Văn phòng Ủy ban nhân dân tỉnh Hà Nam"),
        ("Thông báo số 541/TB-UBND ngày 19/11/2021", "541/TB-UBND", "Ủy ban nhân dân tỉnh Hà Nam"),
        ("Hướng dẫn số 14-HD/TWĐTN ngày 25/01/2019 của Ban Bí thư Trung ương Đoàn", "14-HD/TWĐTN",
         "Ban Bí thư Trung ương Đoàn"),
        ("Báo cáo số 95/BC-VHXH ngày 8/12/2022 của Ban Văn hóa - Xã hội Hội đồng nhân dân tỉnh", "95/BC-VHXH",
         "Ban Văn hóa - Xã hội Hội đồng nhân dân tỉnh"),
        ("Công văn số 8/2016/CV-SL ngày 5/1/2022 của Quý Công ty giải trình việc chậm nộp", "8/2016/CV-SL",
         "Công ty Sông Lam"),
        ("Công văn số 55-CV/ĐU ngày 2/3/2021 của Đảng ủy Khối các cơ quan tỉnh", "55-CV/ĐU",
         "Đảng ủy Khối các cơ quan tỉnh"),
        ("đề nghị của Chánh Văn phòng Ủy ban nhân dân tỉnh tại Tờ trình số 12/TTr-VPUBND ngày 5/8/2022",
         "12/TTr-VPUBND", "Văn phòng Ủy ban nhân dân tỉnh Hà Nam"),
        ("Thông báo số 455/TB-CCTKV ngày 20/4/2023 của Chi cục Thuế khu vực Bến Đò - Sông Lam;", "455/TB-CCTKV",
         "Chi cục Thuế khu vực Bến Đò - Sông Lam"),
        ("Công văn số 2525/CT-NVT ngày 15/7/2025 của Cục Thuế", "2525/CT-NVT", "Cục Thuế"),
        ("Quyết định số 12/QĐ-ĐHQGHN ngày 2/3/2021", "12/QĐ-ĐHQGHN", "Đại học Quốc gia Hà Nội"),
    ],
    ids=lambda x: x if isinstance(x, str) and "/" in x and len(x) < 24 else "",
)  # fmt: skip
def test_numbers_and_bodies_of_other_offices(text: str, number: str, issuer: str) -> None:
    found = _cited(f"Căn cứ {text};")
    assert list(found) == [number]
    assert found[number].issuer == issuer


def test_an_aside_in_brackets_does_not_change_the_relation() -> None:
    found = _cited(
        "Căn cứ Nghị định số 11/2013/NĐ-CP (được sửa đổi bởi Nghị định số 35/2023/NĐ-CP) và Luật Đất đai (được bổ "
        "sung bởi Luật số 43/2024/QH15); các Nghị định của Chính phủ: số 101/2024/NĐ-CP."
    )
    relations = {number: cited.relation for number, cited in found.items()}
    assert relations["101/2024/NĐ-CP"] == relations["11/2013/NĐ-CP"] == "legal_basis"
    assert relations["35/2023/NĐ-CP"] == relations["43/2024/QH15"] == "references"


def test_a_title_in_quotation_marks_is_a_part_of_its_sentence() -> None:
    found = _cited('Thực hiện Chỉ thị số 34-CT/TW ngày 07/4/2014 "Về thi đua", Quyết định số 89/QĐ-TLĐ ngày 2/3/2021.')
    assert {cited.relation for cited in found.values()} == {"implements"}


def test_the_prime_ministers_title_is_no_letter() -> None:
    found = _cited("Căn cứ các Quyết định của Thủ tướng Chính phủ: số 28/2012/QĐ-TTg ngày 12 tháng 6 năm 2012;")
    assert found["28/2012/QĐ-TTg"].doc_type == "QĐ"


@pytest.mark.parametrize("text", ["Chứng thư thẩm định giá số 15/CT-TĐG", "Giấy chứng nhận số 15/CN-HN"])
def test_certificates_are_no_citations(text: str) -> None:
    assert _cited(text) == {}


def test_an_unlisted_body_that_the_text_does_not_name_is_known_by_its_letterhead() -> None:
    letter = (
        "TÒA ÁN NHÂN DÂN\nKHU VỰC 3 - AN GIANG\nSố: 21/2025/QĐ-TA\n\nAn Giang, ngày 20 tháng 8 năm 2025\n\nQUYẾT ĐỊNH\n"
        "Về việc phân công công tác\n\nQuyết định này thay thế Quyết định số 02/2025/QĐ-TA ngày 01 tháng 7 năm 2025."
    )
    (cited,) = select(extract(from_text(letter), strict=True)).citations
    assert cited.issuer == "Tòa án nhân dân khu vực 3 - An Giang"


def test_a_letter_that_passes_on_an_instruction_is_implemented() -> None:
    found = _cited(
        "Sở gửi báo cáo theo Văn bản số 7712/VPCP-CN ngày 20/7/2023 của Văn phòng Chính phủ truyền đạt ý kiến chỉ đạo "
        "của Phó Thủ tướng Chính phủ."
    )
    assert found["7712/VPCP-CN"].relation == "implements"


def test_a_title_ends_before_the_document_beside_it() -> None:
    found = _cited(
        "Căn cứ Quyết định số 24/2021/QĐ-TTg ngày 16/7/2021 của Thủ tướng Chính phủ quy định quy trình rà soát hộ "
        "nghèo và Thông tư số 45/2014/TT-BTC ngày 16/4/2014 hướng dẫn Nghị định số 51/2010/NĐ-CP và Nghị định số "
        "04/2014/NĐ-CP."
    )
    assert found["24/2021/QĐ-TTg"].title == "quy định quy trình rà soát hộ nghèo"
    assert found["45/2014/TT-BTC"].title == "hướng dẫn Nghị định số 51/2010/NĐ-CP và Nghị định số 04/2014/NĐ-CP"


def test_a_resolutions_own_number_line_is_no_citation() -> None:
    letter = (
        "ỦY BAN THƯỜNG VỤ\nQUỐC HỘI\n\nCỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\n\nNghị quyết số: 868/NQ-UBTVQH15\n\nHà Nội, "
        "ngày 18 tháng 9 năm 2023\n\nNGHỊ QUYẾT\nVề việc điều chỉnh kế hoạch\n\nĐiều 1. Giao bổ sung dự toán."
    )
    assert select(extract(from_text(letter), strict=True)).citations == ()
