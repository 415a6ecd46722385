"""What the checks of a letter found, in the reader's language; stored are the English words, which programs know."""

from __future__ import annotations

import re

# English as `extractors` and `pipeline` write it, and the same in Vietnamese; groups are what the letter says.
_VIETNAMESE = tuple(
    (re.compile(english), vietnamese)
    for english, vietnamese in (
        (r"^read as (.*), by another reader as nothing", r"đọc là \1, lần đọc thứ hai không thấy gì"),
        (r"^read as (.*), by another reader as (.*?)(?=; the sums fit|$)", r"đọc là \1, lần đọc thứ hai là \2"),
        (r"; the sums fit (.*)$", r"; phép cộng khớp với \1"),
        (r"^read as (.*): no figure, though its column holds figures$", r"đọc là \1: không phải số, dù cột này ghi số"),
        (r"^read as (.*): not clear on the page$", r"đọc là \1: trên trang không rõ"),
        (
            r"^read as (.*): the figures beside it have (.*) between the thousands$",
            r"đọc là \1: các số bên cạnh dùng \2 giữa hàng nghìn",
        ),
        (
            r"^(.*) equals rows (\S+) of section (.*?), not (\S+)\. ",
            r"\1 bằng tổng các dòng \2 của phần \3, không phải \4. ",
        ),
        (r"^(.*) equals rows (\S+), not (\S+)\. ", r"\1 bằng tổng các dòng \2, không phải \3. "),
        (r"^(.*) equals (.*) alone\. ", r"\1 chỉ bằng \2. "),
        (r"^(.*) is not the sum of the rows below\. ", r"\1 không bằng tổng các dòng bên dưới. "),
        (r": printed (\S+), rows add up to ([^\s;]+)", r": in là \1, cộng các dòng được \2"),
        (r"; and (\d+) more columns$", r"; và \1 cột khác"),
        (r": the sources \((.*)\) do not add up to (.*)$", r": các nguồn (\1) cộng lại không bằng \2"),
        (r"^(.*: .* \S+) and (.* \S+) are more than (.*)$", r"\1 và \2 cộng lại lớn hơn \3"),
        (r" (\S+) is more than (.*)$", r" \1 lớn hơn \2"),
        (r": begins in (\d+), ends in (\d+)$", r": bắt đầu năm \1, kết thúc năm \2"),
        (
            r": decided on (\S+) \((.*)\), after its end in (\d+)$",
            r": quyết định ngày \1 (\2), sau khi kết thúc năm \3",
        ),
        (
            r": decided on (\S+) \((.*)\), after the year of the letter, (\d+)$",
            r": quyết định ngày \1 (\2), sau năm của văn bản, \3",
        ),
        (r"^the head has (.*), an annex repeats it as (.*)$", r"đầu văn bản ghi \1, phụ lục ghi lại là \2"),
        (
            r"^typed for fonts older than Unicode \(TCVN3 or VNI\) and converted$",
            "gõ bằng phông có trước Unicode (TCVN3 hoặc VNI), đã chuyển mã",
        ),
        (
            r"^the head does not stand above the data; (\d+) columns of figures were dealt out in order, (\S+) each",
            r"tiêu đề không đứng ngay trên số liệu; \1 cột số được chia lần lượt, mỗi phần \2",
        ),
        (
            r"; the second is taken for (.*): it equals the total in (\d+) of (\d+) pairs$",
            r"; cột thứ hai được hiểu là \1: bằng tổng số ở \2 trong \3 cặp",
        ),
    )
)


def told(message: str, language: str) -> str:
    """A finding for people; as stored where no Vietnamese is known for it."""
    if language == "vi":
        for english, vietnamese in _VIETNAMESE:
            message = english.sub(vietnamese, message)
    return message
