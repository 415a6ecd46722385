"""Findings in Vietnamese: nothing of the English is left, everything that the letter says is."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from web.findings import told

GOLDEN = Path(__file__).parent / "golden"
# Words of the checks that no Vietnamese text holds.
ENGLISH = re.compile(
    r"\b(?:the|read as|reader|printed|rows|equals|alone|more|columns?|sources|begins|ends|decided|after|figures?|of)\b"
)
MESSAGES = {
    "read as 0, by another reader as 9": "đọc là 0, lần đọc thứ hai là 9",
    "read as 1.200, by another reader as nothing; the sums fit 1.300":
        "đọc là 1.200, lần đọc thứ hai không thấy gì; phép cộng khớp với 1.300",
    "read as 1O: no figure, though its column holds figures": "đọc là 1O: không phải số, dù cột này ghi số",
    "read as 12: not clear on the page": "đọc là 12: trên trang không rõ",
    "read as 1,200: the figures beside it have . between the thousands":
        "đọc là 1,200: các số bên cạnh dùng . giữa hàng nghìn",
    "TỔNG SỐ equals rows 1–3 of section Dự án, giai đoạn 2, not 1–5. TMĐT: printed 53.652, rows add up to 69.485; "
    "TMĐT (NSĐP): printed 1, rows add up to 2; and 10 more columns":
        "TỔNG SỐ bằng tổng các dòng 1–3 của phần Dự án, giai đoạn 2, không phải 1–5. TMĐT: in là 53.652, cộng các dòng "
        "được 69.485; TMĐT (NSĐP): in là 1, cộng các dòng được 2; và 10 cột khác",
    "TỔNG SỐ equals rows 1–3, not 1–5. A: printed 1, rows add up to 2":
        "TỔNG SỐ bằng tổng các dòng 1–3, không phải 1–5. A: in là 1, cộng các dòng được 2",
    "TỔNG SỐ equals I Dự án, II Khác alone. A: printed 1, rows add up to 2":
        "TỔNG SỐ chỉ bằng I Dự án, II Khác. A: in là 1, cộng các dòng được 2",
    "TỔNG SỐ is not the sum of the rows below. A: printed 1, rows add up to 2":
        "TỔNG SỐ không bằng tổng các dòng bên dưới. A: in là 1, cộng các dòng được 2",
    "Cầu A: TMĐT: the sources (NSTW 1 + NSĐP 2) do not add up to 4":
        "Cầu A: TMĐT: các nguồn (NSTW 1 + NSĐP 2) cộng lại không bằng 4",
    "Cầu A: Giải ngân 12 is more than Kế hoạch 11": "Cầu A: Giải ngân 12 lớn hơn Kế hoạch 11",
    "Cầu A: Lũy kế 10 and Kế hoạch 2022 5 are more than TMĐT 12":
        "Cầu A: Lũy kế 10 và Kế hoạch 2022 5 cộng lại lớn hơn TMĐT 12",
    "Cầu A: begins in 2023, ends in 2021": "Cầu A: bắt đầu năm 2023, kết thúc năm 2021",
    "Cầu A: decided on 01/02/2024 (1/QĐ-UBND), after its end in 2023":
        "Cầu A: quyết định ngày 01/02/2024 (1/QĐ-UBND), sau khi kết thúc năm 2023",
    "Cầu A: decided on 01/02/2024 (1/QĐ-UBND), after the year of the letter, 2023":
        "Cầu A: quyết định ngày 01/02/2024 (1/QĐ-UBND), sau năm của văn bản, 2023",
    "the head has 325/BC-UBND, an annex repeats it as 305/BC-UBND":
        "đầu văn bản ghi 325/BC-UBND, phụ lục ghi lại là 305/BC-UBND",
    "typed for fonts older than Unicode (TCVN3 or VNI) and converted":
        "gõ bằng phông có trước Unicode (TCVN3 hoặc VNI), đã chuyển mã",
    "the head does not stand above the data; 8 columns of figures were dealt out in order, 2 each; the second is taken "
    "for NSTW: it equals the total in 3 of 4 pairs":
        "tiêu đề không đứng ngay trên số liệu; 8 cột số được chia lần lượt, mỗi phần 2; cột thứ hai được hiểu là NSTW: "
        "bằng tổng số ở 3 trong 4 cặp",
}  # fmt: skip


@pytest.mark.parametrize(("english", "vietnamese"), MESSAGES.items())
def test_findings_are_told_in_the_language_of_the_reader(english: str, vietnamese: str) -> None:
    assert told(english, "vi") == vietnamese
    assert told(english, "en") == english


def test_no_english_is_left_in_the_findings_of_recorded_letters() -> None:
    found = 0
    for path in GOLDEN.glob("*/expected.json"):
        letters = json.loads(path.read_text(encoding="utf-8"))
        for letter in letters if isinstance(letters, list) else [letters]:
            for flag in letter.get("flags", ()):
                found += 1
                assert not ENGLISH.search(told(flag["message"], "vi")), flag["message"]
    assert found
