"""The citation finder on generated text: every form under every kind of OCR damage, and text without any.

    python -m benchmarks.citations [--seed 1] [--rounds 20] [--misses]

Prints recall per form and per damage, right dates, false citations per 100 pages, and megabytes a second.
"""

from __future__ import annotations

import argparse
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from benchmarks.damages import DAMAGES, sentence
from extractors.citations import in_text
from models.document import Document, Source
from models.letter import Citation
from pipeline.engines.plain_text import read_pages

PAGE = 2_500  # characters on a full page of body text
BODIES = {
    "QĐ-TTg": "Thủ tướng Chính phủ", "NQ-CP": "Chính phủ", "QĐ-BTC": "Bộ Tài chính", "TB-VPCP": "Văn phòng Chính phủ",
    "CT-TTg": "Thủ tướng Chính phủ", "KH-UBND": "UBND tỉnh Cà Mau", "QĐ-UBND": "Ủy ban nhân dân tỉnh Lạng Sơn",
    "TTr-SNV": "Sở Nội vụ tỉnh Cà Mau", "BC-SYT": "Sở Y tế", "NQ-HĐND": "HĐND tỉnh Nghệ An",
}  # fmt: skip
NOUNS = {
    "QĐ": "Quyết định", "NQ": "Nghị quyết", "TB": "Thông báo", "CT": "Chỉ thị", "KH": "Kế hoạch", "TTr": "Tờ trình",
    "BC": "Báo cáo", "NĐ": "Nghị định", "TT": "Thông tư",
}  # fmt: skip
LETTERS = {"BKHĐT-TH": "Bộ Kế hoạch và Đầu tư", "BTTTT-THH": "Bộ TT&TT", "VPCP-KTTH": "Văn phòng Chính phủ"}


@dataclass(frozen=True)
class Cited:
    """One generated document."""

    number: str
    noun: str
    body: str
    day: date

    def on(self, words: bool = False) -> str:
        """The day as letters write it."""
        if words:
            return f"ngày {self.day.day:02} tháng {self.day.month:02} năm {self.day.year}"
        return f"ngày {self.day.day:02}/{self.day.month}/{self.day.year}"


Expected = list[tuple[str, date | None]]
Form = Callable[[random.Random], tuple[str, Expected]]


def _day(rng: random.Random) -> date:
    return date(rng.randint(2012, 2024), rng.randint(1, 12), rng.randint(1, 28))


def _doc(rng: random.Random) -> Cited:
    symbol = rng.choice(sorted(BODIES))
    serial = f"{rng.randint(2, 2900):02}"
    return Cited(f"{serial}/{symbol}", NOUNS[symbol.split("-")[0]], BODIES[symbol], _day(rng))


def _norm(rng: random.Random) -> Cited:
    symbol, noun, body = rng.choice((("NĐ-CP", "Nghị định", "Chính phủ"), ("TT-BYT", "Thông tư", "Bộ trưởng Bộ Y tế")))
    day = _day(rng)
    return Cited(f"{rng.randint(2, 190):02}/{day.year}/{symbol}", noun, body, day)


def _full(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    return f"Căn cứ {d.noun} số {d.number} {d.on()} của {d.body} về việc giao dự toán;", [(d.number, d.day)]


def _in_words(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    return f"Thực hiện {d.noun} số {d.number} {d.on(True)} của {d.body}, đơn vị báo cáo như sau.", [(d.number, d.day)]


def _body_first(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    return f"Theo {d.noun} số {d.number} của {d.body} {d.on()} về cải cách hành chính.", [(d.number, d.day)]


def _bare(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    return f"Việc phân bổ nêu tại {d.noun} số {d.number} chưa hoàn thành.", [(d.number, None)]


def _comma(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    return f"Chương trình theo {d.noun} số {d.number}, {d.on()} của {d.body}.", [(d.number, d.day)]


def _cell(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    return f"{d.number} {d.on()}", [(d.number, d.day)]


def _generic(rng: random.Random) -> tuple[str, Expected]:
    symbol = rng.choice(sorted(LETTERS))
    number, day = f"{rng.randint(100, 9900)}/{symbol}", _day(rng)
    return f"Tại Văn bản số {number} ngày {day.day}/{day.month}/{day.year}, {LETTERS[symbol]} đề nghị rà soát.", [
        (number, day)
    ]


def _elided(rng: random.Random) -> tuple[str, Expected]:
    a, b = _norm(rng), _norm(rng)
    b = Cited(re.sub(r"/[A-ZĐ].*", "/NĐ-CP", b.number), "Nghị định", "Chính phủ", b.day)
    a = Cited(re.sub(r"/[A-ZĐ].*", "/NĐ-CP", a.number), "Nghị định", "Chính phủ", a.day)
    text = f"Căn cứ các Nghị định của Chính phủ: số {a.number} {a.on()} về kiểm soát thủ tục; số {b.number} {b.on()};"
    return text, [(a.number, a.day), (b.number, b.day)]


def _one_date(rng: random.Random) -> tuple[str, Expected]:
    a, b = rng.sample(range(10, 900), 2)
    day = _day(rng)
    text = (
        f"Theo các Quyết định số {a}/QĐ-UBND, {b}/QĐ-UBND ngày {day.day}/{day.month}/{day.year} của UBND tỉnh Cà Mau."
    )
    return text, [(f"{a}/QĐ-UBND", day), (f"{b}/QĐ-UBND", day)]


def _alias(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    text = f"Triển khai {d.noun} số {d.number} {d.on()} của {d.body} (sau đây gọi tắt là Đề án 47), thực hiện Đề án 47."
    return text, [(d.number, d.day)]


def _short(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    serial = d.number.split("/")[0]
    return f"Thực hiện {d.noun} số {d.number} {d.on()} của {d.body}. Nội dung {d.noun} {serial} đã rõ.", [
        (d.number, d.day)
    ]


def _anaphora(rng: random.Random) -> tuple[str, Expected]:
    d = _doc(rng)
    text = f"Theo {d.noun} số {d.number} {d.on()} của {d.body}. Căn cứ {d.noun} nêu trên, Sở báo cáo."
    return text, [(d.number, d.day)]


def _law_by_date(rng: random.Random) -> tuple[str, Expected]:
    return "Căn cứ Luật Tổ chức Chính phủ ngày 19 tháng 6 năm 2015;", []


def _law_by_number(rng: random.Random) -> tuple[str, Expected]:
    number = f"{rng.randint(10, 90)}/{rng.randint(2016, 2020)}/QH14"
    return f"Căn cứ Luật Đầu tư công số {number};", [(number, None)]


def _law_by_name(rng: random.Random) -> tuple[str, Expected]:
    return "Các chủ đầu tư chấp hành nghiêm Luật Đầu tư công và Luật Ngân sách nhà nước.", []


def _pinpoint(rng: random.Random) -> tuple[str, Expected]:
    d = _norm(rng)
    return (
        f"Theo quy định tại điểm a khoản 2 Điều {rng.randint(3, 60)} {d.noun} số {d.number} {d.on()} của {d.body}.",
        [(d.number, d.day)],
    )


def _nested(rng: random.Random) -> tuple[str, Expected]:
    a, b = _norm(rng), _norm(rng)
    text = f"Căn cứ {a.noun} số {a.number} {a.on()} của {a.body} hướng dẫn thi hành {b.noun} số {b.number};"
    return text, [(a.number, a.day), (b.number, None)]


def _successor(rng: random.Random) -> tuple[str, Expected]:
    number = f"{rng.randint(100, 3000)}/BTTTT-THH"
    return f"Văn bản số {number} của Bộ TTTT (nay là Bộ KH&CN) hướng dẫn kỹ thuật.", [(number, None)]


def _future(rng: random.Random) -> tuple[str, Expected]:
    return "Bộ Tài chính sẽ ban hành Thông tư hướng dẫn thực hiện Chương trình trong quý IV/2025.", []


def _party(rng: random.Random) -> tuple[str, Expected]:
    number = f"{rng.randint(2, 400):02}-{rng.choice(('NQ/TU', 'KL/TW', 'CT/TW', 'NQ/ĐU'))}"
    day = _day(rng)
    return f"Quán triệt Nghị quyết số {number}, ngày {day.day:02}/{day.month}/{day.year} về xây dựng Đảng.", [
        (number, day)
    ]


def _joint(rng: random.Random) -> tuple[str, Expected]:
    year = rng.randint(2005, 2016)
    number = f"{rng.randint(10, 99)}/{year}/TTLT-BTC-BKHĐT"
    return f"Theo Thông tư liên tịch số {number} ngày 05/8/{year}.", [(number, date(year, 8, 5))]


def _own_annex(rng: random.Random) -> tuple[str, Expected]:
    return f"(Kèm theo Báo cáo số {rng.randint(10, 900)}/BC-UBND ngày 16 tháng 8 năm 2022 của UBND tỉnh Cà Mau)", []


FORMS: dict[str, Form] = {
    "1 type, number, date, body": _full, "2 date in words": _in_words, "3 body before date": _body_first,
    "4 neither date nor body": _bare, "5 comma before date": _comma, "6 table cell": _cell, "7 generic noun": _generic,
    "8 elided plural list": _elided, "9 list with one date": _one_date, "10 alias": _alias, "11 short form": _short,
    "12 anaphora": _anaphora, "13 law by date": _law_by_date, "14 law by number": _law_by_number,
    "15 law by name": _law_by_name, "16 pinpoint": _pinpoint, "17 nested": _nested, "18 successor note": _successor,
    "19 announced": _future, "20 Party": _party, "21 joint": _joint, "22 own annex line": _own_annex,
}  # fmt: skip


def document(text: str) -> Document:
    """A letter with nothing but `text`."""
    return Document(Source("generated.txt", "0" * 64, "text/plain", Path("generated.txt"), len(text)), read_pages(text))


def cited(text: str) -> list[Citation]:
    """Numbered citations that the finder reports."""
    values = [candidate.value for candidate in in_text.find(document(text))]
    return [v for v in values if isinstance(v, Citation) and v.number]


def cases(rng: random.Random, rounds: int) -> Iterator[tuple[str, str, str, Expected]]:
    """(form, damage, text, expected) for every pair, `rounds` times."""
    for _ in range(rounds):
        for form, make in FORMS.items():
            for damage, spoil in DAMAGES.items():
                text, expected = make(rng)
                yield form, damage, spoil(text, rng), expected


def run(seed: int, rounds: int, *, misses: bool = False) -> dict[str, float]:
    """Measure and print; the figures that the bars name."""
    rng = random.Random(seed)
    found, wanted, days, dated, wrong = Counter[str](), Counter[str](), 0, 0, 0
    for form, damage, text, expected in cases(rng, rounds):
        got = {str(c.number): c.issued_on for c in cited(text)}
        for number, day in expected:
            hit = number in got
            for key in (form, damage, "all"):
                found[key] += hit
                wanted[key] += 1
            dated += hit and day is not None
            days += hit and day is not None and got[number] == day
            if misses and not hit:
                print("  miss", form, "|", damage, "|", text.replace("\n", "⏎"), "|", number, sorted(got))
        wrong += len(set(got) - {n for n, _ in expected})
        if misses and set(got) - {n for n, _ in expected}:
            print("  wrong", form, "|", damage, "|", text.replace("\n", "⏎"), "|", sorted(got))
    for key in (*FORMS, *DAMAGES, "all"):
        if wanted[key]:
            print(f"{key:28} recall {found[key] / wanted[key]:.3f}  ({found[key]}/{wanted[key]})")
    pages, false = 100, 0
    for _ in range(pages):
        text = ""
        while len(text) < PAGE:
            text += sentence(rng) + ("\n\n" if rng.random() < 0.3 else " ")
        got_here = cited(text)
        false += len(got_here)
        if misses:
            for c in got_here:
                print("  false", c.number, c.mentions[0].text)
    print(f"dates right {days}/{dated}; wrong numbers {wrong}; false citations per 100 reference-free pages {false}")
    speed = _speed(rng)
    print(f"{speed:.2f} MB of text a second in one process")
    return {"recall": found["all"] / wanted["all"], "false_per_100_pages": float(false), "mb_per_second": speed}


def _speed(rng: random.Random) -> float:
    """The whole extractor on a megabyte of letters of four pages, one citation in about 500 characters."""
    letters: list[str] = []
    while sum(map(len, letters)) < 1_000_000:
        parts: list[str] = []
        while sum(map(len, parts)) < 4 * PAGE:
            parts.append(rng.choice(list(FORMS.values()))(rng)[0])
            parts += [sentence(rng) for _ in range(4)]
        letters.append("\n\n".join(parts))
    documents = [document(text) for text in letters]
    for warm in documents[:3]:  # patterns are compiled on first use
        list(in_text.find(warm))
    began = time.process_time()
    for each in documents:
        list(in_text.find(each))
    return sum(len(text.encode()) for text in letters) / 1e6 / (time.process_time() - began)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--misses", action="store_true")
    options = parser.parse_args()
    run(options.seed, options.rounds, misses=options.misses)
