"""Letters of an archive that does not exist, as many as wanted, shaped like real ones.

What was counted on 52 real letters and is kept here: length (deciles of words a letter), how often the word of each
rank occurs, how many letters hold it, figures and misread words, citations a letter (deciles) and what they are to it.
No word of any letter was taken over: syllables are put together from onsets and rimes, the most frequent from a list
of everyday official words.

Bodies number their letters through each year. A letter cites laws and decrees that everybody cites, recent letters
of its own body, and a few of anybody's; of those that could be held six in ten are.
"""

from __future__ import annotations

import hashlib
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from extractors.vi.provinces import all_provinces
from models.document import Line, Page, Source
from models.identifiers import DocumentNumber
from models.letter import Citation, Field, IssuingBody, Letter, Mention
from pipeline.bodies import body_key, place
from pipeline.store.rows import folded_number, number_key, number_year, search_text

# Deciles over the 52 letters.
WORDS = (264, 350, 434, 514, 565, 641, 761, 880, 1216, 1554, 2264)
CITATIONS = (0, 1, 1, 2, 2, 3, 4, 7, 10, 12, 17)
# Rank of a word -> how many of 10,000 words it is; beyond rank 1,000 as larger collections go on.
SHARES = {1: 241, 2: 156, 5: 137, 10: 111, 20: 78, 50: 51, 100: 28, 200: 12.7, 500: 1.9, 1000: 0.4, 5000: 0.05}
FIGURES, MISREAD = 0.06, 0.005
TOPICS, TOPIC_WORDS, OF_TOPIC = 400, 160, 0.55
COMMON = 80  # ranks that have nothing to do with the topic
RELATIONS = ("legal_basis",) * 63 + ("references",) * 18 + ("implements",) * 11 + ("proposed_by",) * 6 + ("replaces",)
HELD = 0.6
EVERYDAY = (
    "của và các công số về ngày năm theo tháng quy định quyết nghị thực hiện dân nhân tỉnh ủy ban có được đầu tư "
    "chính phủ tại điều việc luật cho kế hoạch quản lý nhà nước hội đồng phòng thành phố trong với này căn cứ sở "
    "chức tổ thông báo cáo đề văn bản huyện kinh tế xã trình cơ quan đơn vị đối sử dụng đất dự án kết quả phát triển "
    "nguồn vốn tài giao nơi nhận như lưu trưởng phê duyệt chủ tịch ký khoản ngân sách bộ chương một những từ đến là "
    "không để khi và do vào lập hướng dẫn xây dựng kỹ thuật an toàn y giáo dục đào tạo văn hóa môi trường tiếp tục "
    "kiểm tra đánh giá thời gian gồm nhiệm vụ trách hợp phối chỉ đạo cán viên người lao động mục tiêu giải pháp"
).split()
ONSETS = "b c ch d đ g gi h kh l m n ng nh ph qu r s t th tr v x".split()
RIMES = (
    "a ai am an ang anh ao ap at au ay ăm ăn ăng âm ân âng âp ât âu ây e em en eo ê ên ênh êt i ia iêm iên iêng iêp "
    "iêu im in inh iu o oa oan oc oi om on ong ô ôi ôm ôn ông ôt ơ ơi ơn u ua ui um un ung uôc uôi uôn uông ư ưa ưng "
    "ưc ươi ương ươc"
).split()
TONES = {"a": "aàáảãạ", "ă": "ăằắẳẵặ", "â": "âầấẩẫậ", "e": "eèéẻẽẹ", "ê": "êềếểễệ", "i": "iìíỉĩị", "o": "oòóỏõọ",
         "ô": "ôồốổỗộ", "ơ": "ơờớởỡợ", "u": "uùúủũụ", "ư": "ưừứửữự"}  # fmt: skip
FIRST, YEARS = date(2012, 1, 1), 12
KINDS = (("CV", "{n}/UBND-TH"), ("QĐ", "{n}/QĐ-UBND"), ("KH", "{n}/KH-UBND"), ("TB", "{n}/TB-UBND"))
OFFICES = ("Ủy ban nhân dân {}", "Sở Tài chính {}", "Sở Y tế {}", "Sở Xây dựng {}", "Sở Giáo dục và Đào tạo {}")
SYMBOLS = ("UBND", "STC", "SYT", "SXD", "SGDĐT")
PAGE = 38  # lines
STORED = datetime(2026, 1, 1)
LAWS = 400  # decrees, decisions and resolutions that everybody cites


@dataclass(frozen=True, slots=True)
class Issued:
    """Who issued what when: all that tells a document from others."""

    number: str
    doc_type: str
    issued_on: date
    issuer: str


@dataclass(frozen=True, slots=True)
class Made:
    """One generated letter: its lines by page, and what it cites with the relation to it."""

    n: int
    sha256: str
    issued: Issued
    subject: str
    pages: tuple[tuple[str, ...], ...]
    cited: tuple[tuple[Issued, str], ...]


@dataclass(frozen=True)
class Language:
    """Words by rank with their chances, and the words that topics use."""

    words: tuple[str, ...]
    chances: np.ndarray
    topics: np.ndarray

    @classmethod
    def made(cls, seed: int = 11) -> Language:
        """Always the same for one seed."""
        rng = np.random.default_rng(seed)
        words = tuple(dict.fromkeys([*EVERYDAY, *_syllables(random.Random(seed), 7_000)]))
        ranks = np.arange(1, len(words) + 1)
        shares = np.exp(np.interp(np.log(ranks), np.log(list(SHARES)), np.log(list(SHARES.values()))))
        chances = np.cumsum(shares / shares.sum())
        rest = shares[COMMON:] / shares[COMMON:].sum()
        topics = np.stack(
            [
                COMMON + rng.choice(len(rest), TOPIC_WORDS, replace=False, p=rest**0.7 / (rest**0.7).sum())
                for _ in range(TOPICS)
            ]
        )
        return cls(words, chances, topics)

    def said(self, count: int, topic: int, rng: np.random.Generator) -> list[str]:
        """So many words about a topic; compounds of two words come back as they do in letters."""
        ranks = np.searchsorted(self.chances, rng.random(count)).clip(max=len(self.words) - 1)
        own = (ranks >= COMMON) & (rng.random(count) < OF_TOPIC)
        pool = self.topics[topic]
        ranks[own] = pool[(rng.random(int(own.sum())) ** 2 * TOPIC_WORDS).astype(int)]
        # A word brings the one that goes with it.
        follows = np.flatnonzero(rng.random(count - 1) < 0.3) + 1
        ranks[follows] = (ranks[follows - 1] * 7 + 3) % np.maximum(ranks[follows - 1] * 2, 60) % len(self.words)
        words = [self.words[rank] for rank in ranks]
        for at in np.flatnonzero(rng.random(count) < FIGURES):
            words[at] = str(int(rng.integers(1, 3000 if at % 3 else 32)))
        for at in np.flatnonzero(rng.random(count) < MISREAD):
            words[at] = "".join(chr(97 + c) for c in rng.integers(0, 26, int(rng.integers(2, 7))))
        return words


def _syllables(rng: random.Random, count: int) -> Iterator[str]:
    pairs = list(itertools.product(ONSETS, RIMES))
    rng.shuffle(pairs)
    made = 0
    while made < count:
        onset, rime = pairs[made % len(pairs)]
        at = max(i for i, c in enumerate(rime) if c in TONES and (i == 0 or c not in "iu" or len(rime) < 3))
        yield onset + rime[:at] + rng.choice(TONES[rime[at]]) + rime[at + 1 :]
        made += 1


@cache
def _bodies() -> tuple[tuple[str, str], ...]:
    places = sorted({p.full_name for p in all_provinces() if p.valid_from is None})
    return tuple(
        (office.format(place), symbol) for place in places for office, symbol in zip(OFFICES, SYMBOLS, strict=True)
    )


@cache
def _laws() -> tuple[Issued, ...]:
    rng = random.Random(3)
    kinds = (("NĐ", "{n}/{y}/NĐ-CP", "Chính phủ"), ("QĐ", "{n}/{y}/QĐ-TTg", "Thủ tướng Chính phủ"),
             ("TT", "{n}/{y}/TT-BTC", "Bộ Tài chính"), ("NQ", "{n}/NQ-CP", "Chính phủ"))  # fmt: skip
    found = []
    for n in range(LAWS):
        kind, shape, body = kinds[n % 4]
        day = date(rng.randint(2005, 2019), rng.randint(1, 12), rng.randint(1, 28))
        found.append(Issued(shape.format(n=n // 4 + 1, y=day.year), kind, day, body))
    return tuple(found)


@dataclass(frozen=True)
class Archive:
    """All letters of an archive, by their place in the order of issue; always the same for one seed."""

    seed: int = 7
    language: Language = field(default_factory=Language.made)

    def issued(self, n: int) -> Issued:
        """Letter `n`: bodies take turns; half of all letters come from one in eight bodies."""
        bodies = _bodies()
        busy = len(bodies) // 8
        round_, place = divmod(n, busy * 2)
        body = place if place < busy else busy + (round_ * busy + place - busy) % (len(bodies) - busy)
        name, symbol = bodies[body]
        kind, shape = KINDS[hash_of(n) % len(KINDS)]
        # A hundred rounds a year: numbers start anew, dense enough to be cited by their neighbours.
        year, serial = divmod(round_, 100)
        day = FIRST + timedelta(days=365 * (year % YEARS) + serial * 365 // 100 + year // YEARS)
        number = shape.format(n=serial * 9 + hash_of(n) % 9 + 1 + 1000 * (year // YEARS)).replace("UBND", symbol)
        return Issued(number, kind, day, name)

    def made(self, n: int) -> Made:
        """All that is in letter `n`."""
        rng = np.random.default_rng([self.seed, n])
        pick = random.Random(self.seed * 1_000_003 + n)
        mine = self.issued(n)
        found = [self._cited(n, pick) for _ in range(_decile(CITATIONS, pick))]
        cited = {item.number: (item, pick.choice(RELATIONS)) for item in found if item.number != mine.number}
        length = max(_decile(WORDS, pick) - 60 - 14 * len(cited), 80)
        body = self.language.said(length, pick.randrange(TOPICS), rng)
        quotes = [
            f"Căn cứ {each.doc_type} số {each.number} ngày {each.issued_on:%d/%m/%Y} của {each.issuer};"
            for each, _ in cited.values()
        ]
        subject = "Về việc " + " ".join(body[:14])
        dated = f"ngày {mine.issued_on:%d} tháng {mine.issued_on:%m} năm {mine.issued_on:%Y}"
        lines = [mine.issuer.upper(), f"Số: {mine.number}", dated, subject, *quotes]
        lines += [" ".join(body[at : at + 13]) for at in range(0, len(body), 13)]
        pages = tuple(tuple(lines[at : at + PAGE]) for at in range(0, len(lines), PAGE))
        return Made(
            n, hashlib.sha256(f"{self.seed} {n}".encode()).hexdigest(), mine, subject, pages, tuple(cited.values())
        )

    def _cited(self, n: int, pick: random.Random) -> Issued:
        chance = pick.random()
        if chance < 0.45 or n < 500:
            return _laws()[int(LAWS * pick.random() ** 2.5)]
        busy = len(_bodies()) // 8
        back = busy * 2 * pick.randint(1, 40) if chance < 0.85 else pick.randrange(1, n)
        known = self.issued(max(n - back, 0))
        if pick.random() < HELD:
            return known
        serial, _, symbol = known.number.partition("/")
        return Issued(f"{int(serial) + 5000}/{symbol}", known.doc_type, known.issued_on, known.issuer)


def as_letter(made: Made) -> Letter:
    """As a reader gives it, without places on the page."""
    mine = made.issued
    citations = tuple(
        Citation(
            DocumentNumber.parse(each.number), relation, 0.95, (Mention(f"{each.doc_type} số {each.number}", 1),),
            each.doc_type, each.issued_on, each.issuer, "stated",
        )
        for each, relation in made.cited
    )  # fmt: skip
    return Letter(
        source=Source(f"{made.n}.pdf", made.sha256, "application/pdf", Path(f"/archive/{made.n}.pdf"), 300_000),
        pages=tuple(
            Page(number, 595.0, 842.0, lines=tuple(Line(text, text, None) for text in page))
            for number, page in enumerate(made.pages, 1)
        ),
        number=Field(mine.number, mine.number, 0.97, 1),
        doc_type=Field(mine.doc_type, mine.doc_type, 0.99, 1),
        issued_on=Field(mine.issued_on, mine.issued_on.isoformat(), 0.97, 1),
        issuer=Field(IssuingBody(mine.issuer), mine.issuer, 0.97, 1),
        subject=Field(made.subject, made.subject, 0.9, 1),
        citations=citations,
        review=("subject",) if made.n % 5 == 0 else (),
    )


def as_rows(made: Made) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of the store, by table, that `as_letter` would become; a test compares the two.

    Not through `rows_below.below`, which costs five times as much; readings and digests are left short.
    """
    key, mine = f"{made.sha256[:16]}-1", made.issued
    yield "sources", {
        "sha256": made.sha256, "name": f"{made.n}.pdf", "path": f"/archive/{made.n}.pdf", "reason": None,
        "media_type": "application/pdf", "size": 300_000, "pages": len(made.pages), "status": "stored",
        "message": None, "attempts": 1, "read_by": None, "first_seen": STORED, "last_seen": STORED,
    }  # fmt: skip
    yield "letters", {
        "id": key, "source_sha256": made.sha256, "first_page": 1, "last_page": len(made.pages), "decision_id": None,
        "link_key": _key(mine.number), "digest": made.sha256, "status": "ok", "number": mine.number,
        "number_folded": _folded(mine.number), "number_sure": True, "number_year": number_year(mine.number),
        "issued_on": mine.issued_on, "issuer": mine.issuer, "issuer_key": _body(mine.issuer),
        "host": _place(mine.issuer), "doc_type": mine.doc_type, "subject": made.subject, "secrecy": None,
        "review": ["subject"] if made.n % 5 == 0 else [], "reviewed": made.n % 5 != 0, "stored_at": STORED,
    }  # fmt: skip
    heads = [mine.number, mine.issuer, made.subject]
    words = "\n".join([*heads, *(line for page in made.pages for line in page)])
    yield "letter_texts", {"id": made.n + 1, "letter_id": key, "folded": search_text(words)}
    yield "readings", {"letter_id": key, "record": b""}
    for number, page in enumerate(made.pages, 1):
        yield "pages", {
            "letter_id": key, "number": number, "width": 595.0, "height": 842.0, "rotation": 0, "skew": 0.0,
            "text_origin": "ocr", "confidence": 1.0, "text": "\n".join(page),
        }  # fmt: skip
    body = {"name": mine.issuer, "code": None, "parent": None, "authority": None}
    fields = (
        ("number", mine.number, mine.number, 0.97), ("doc_type", mine.doc_type, mine.doc_type, 0.99),
        ("date", mine.issued_on.isoformat(), mine.issued_on.isoformat(), 0.97),
        ("issuer", body, mine.issuer, 0.97), ("subject", made.subject, made.subject, 0.9),
    )  # fmt: skip
    for name, value, said, confidence in fields:
        yield "letter_fields", {
            "letter_id": key, "field": name, "ordinal": 0, "value": value, "text": said, "raw": said,
            "confidence": confidence, "page": 1, "bbox": None, "witnesses": [],
            "review": name == "subject" and made.n % 5 == 0,
        }  # fmt: skip
    for ordinal, (each, relation) in enumerate(made.cited):
        yield from _citation_rows(key, ordinal, each, relation, _place(mine.issuer))


def _citation_rows(
    key: str, ordinal: int, each: Issued, relation: str, host: str | None
) -> Iterator[tuple[str, dict[str, Any]]]:
    number = DocumentNumber.parse(each.number)
    record = {
        "serial": number.serial,
        "symbol": number.symbol,
        "issuer_origin": "stated",
        "pinpoints": [],
        "witnesses": [],
    }
    yield "citations", {
        "letter_id": key, "ordinal": ordinal, "link_key": _key(each.number), "number": str(number),
        "number_year": number_year(each.number), "issued_on": each.issued_on, "issuer": each.issuer,
        "issuer_key": _body(each.issuer, host), "doc_type": each.doc_type, "title": None, "relation": relation,
        "confidence": 0.95, "status": "open", "decision_id": None, "candidates": [], "record": record,
    }  # fmt: skip
    yield "mentions", {
        "letter_id": key, "citation": ordinal, "ordinal": 0, "text": f"{each.doc_type} số {each.number}", "page": 1,
        "bbox": None, "line": None, "span_start": None, "span_end": None,
    }  # fmt: skip


@cache
def _body(name: str, host: str | None = None) -> str | None:
    return body_key(name, None, host)


_place = cache(place)
_key = lru_cache(100_000)(number_key)
_folded = lru_cache(100_000)(folded_number)


def hash_of(n: int) -> int:
    """A number that has nothing to do with `n` but is always the same."""
    return (n * 2_654_435_761 >> 7) & 0xFFFF


def _decile(deciles: Sequence[int], pick: random.Random) -> int:
    spot = pick.random() * (len(deciles) - 1)
    at = int(spot)
    return round(deciles[at] + (deciles[min(at + 1, len(deciles) - 1)] - deciles[at]) * (spot - at))
