"""The citation finder on a second, wider generated text: every listed type and body, many sentences, harsher damage.

    python -m benchmarks.citation_wide [--seed 1] [--cases 4000] [--misses] [--relations]

Symbols are drawn from the data lists (types of documents, bodies, provinces) and from codes that no list knows; the
sentences are those of `citation_frames`. Damages are `damages.HARSH`. Also printed: which relation was taken for which,
and false citations on pages that cite nothing.
"""

from __future__ import annotations

import argparse
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from benchmarks.citation_frames import FRAMES, PLAIN
from benchmarks.citations import PAGE, cited
from benchmarks.damages import HARSH
from benchmarks.relations import MISSED, matrix
from extractors.vi.authority_list import all_authorities
from extractors.vi.document_types import all_types
from extractors.vi.provinces import all_provinces

CENTRAL = ("national_body", "ministry", "ministry_level", "gov_agency", "general_department", "department", "council",
           "mass_organisation")  # fmt: skip
UNITS = (
    "TH",
    "VX",
    "NC",
    "KT",
    "TCCB",
    "KHTC",
    "VP",
    "PC",
    "HTQT",
    "NNTN",
    "XDĐT",
    "VP1",
    "QLĐT",
    "TTr",
    "CCHC",
    "TĐKT",
)
# Codes that offices gave themselves; no list has them.
OWN = {
    "THPTNTT": "Trường THPT Nguyễn Tất Thành", "PGDĐT": "Phòng Giáo dục và Đào tạo huyện Phú Lộc",
    "TTYT": "Trung tâm Y tế huyện Ba Vì", "BQLDA": "Ban Quản lý dự án đầu tư xây dựng",
    "ĐHSP": "Trường Đại học Sư phạm",
    "CCTL": "Chi cục Thủy lợi", "BVĐK": "Bệnh viện Đa khoa tỉnh", "PTCKH": "Phòng Tài chính - Kế hoạch",
    "TTPVHCC": "Trung tâm Phục vụ hành chính công", "EVNNPC": "Tổng công ty Điện lực miền Bắc",
}  # fmt: skip
PARTY = {
    "TW": "Ban Chấp hành Trung ương", "TU": "Tỉnh ủy", "HU": "Huyện ủy", "ĐU": "Đảng ủy",
    "VPTW": "Văn phòng Trung ương Đảng", "BTCTW": "Ban Tổ chức Trung ương", "UBKTTW": "Ủy ban Kiểm tra Trung ương",
}  # fmt: skip
PARTY_TYPES = {
    "NQ": "Nghị quyết", "CT": "Chỉ thị", "KL": "Kết luận", "QĐ": "Quyết định", "HD": "Hướng dẫn", "CV": "Công văn",
    "KH": "Kế hoạch", "BC": "Báo cáo", "TB": "Thông báo", "CTr": "Chương trình",
}  # fmt: skip
# Of the list of types: those whose documents bear a symbol and are cited by it.
CITED = ("NQ", "QĐ", "CT", "QC", "TB", "HD", "CTr", "KH", "PA", "ĐA", "BC", "BB", "TTr", "CĐ", "GM", "KL")


@dataclass(frozen=True, slots=True)
class Made:
    """A document that a sentence names."""

    noun: str
    number: str
    body: str
    day: date


Wanted = list[tuple[str, date | None, str]]  # number, day, relation


def document(rng: random.Random) -> Made:
    """Any document: administrative, letter, norm, joint, consolidated, Party's, of an unlisted body."""
    day = date(rng.randint(2008, 2025), rng.randint(1, 12), rng.randint(1, 28))
    code, body = _body(rng)
    serial = rng.choice((rng.randint(1, 99), rng.randint(100, 999), rng.randint(1000, 9999)))
    names = {kind.code: kind.name for kind in all_types()}
    kind = rng.choice(CITED)
    chance = rng.random()
    if chance < 0.40:
        unit = f"-{rng.choice(UNITS)}" if rng.random() < 0.12 else ""
        return Made(names[kind], f"{serial:02}/{kind}-{code}{unit}", body, day)
    if chance < 0.62:
        noun = rng.choice(("Công văn", "Công văn", "Văn bản", "công văn"))
        return Made(noun, f"{serial}/{code}-{rng.choice(UNITS)}", body, day)
    if chance < 0.80:
        return _norm(rng, serial % 300 + 1, day)
    if chance < 0.90:
        kind = rng.choice(sorted(PARTY_TYPES))
        where = rng.choice(sorted(PARTY))
        return Made(PARTY_TYPES[kind], f"{serial:02}-{kind}/{where}", PARTY[where], day)
    if chance < 0.92:
        return Made("Văn bản hợp nhất", f"{serial % 90 + 1:02}/VBHN-{rng.choice(('VPQH', 'BTC', 'BNV'))}", "", day)
    own = rng.choice(sorted(OWN))
    if rng.random() < 0.5:
        return Made("Công văn", f"{serial}/{own}", OWN[own], day)
    return Made(names[kind], f"{serial:02}/{kind}-{own}", OWN[own], day)


def _body(rng: random.Random) -> tuple[str, str]:
    local = rng.random() < 0.55
    rows = [row for row in all_authorities() if (row.kind == "local_body" if local else row.kind in CENTRAL)]
    row = rng.choice([row for row in rows if len(row.code) > 1])
    if not local:
        return row.code, row.name
    place = rng.choice(all_provinces()).full_name
    place = place[0].lower() + place[1:]
    short = {"Ủy ban nhân dân": "UBND", "Hội đồng nhân dân": "HĐND"}.get(row.name, row.name)
    return row.code, f"{rng.choice((row.name, short))} {rng.choice((place, place, 'tỉnh'))}"


def _norm(rng: random.Random, serial: int, day: date) -> Made:
    chance = rng.random()
    ministry = rng.choice([row for row in all_authorities() if row.kind in ("ministry", "ministry_level")])
    if chance < 0.35:
        return Made("Nghị định", f"{serial:02}/{day.year}/NĐ-CP", "Chính phủ", day)
    if chance < 0.6:
        return Made("Thông tư", f"{serial:02}/{day.year}/TT-{ministry.code}", f"Bộ trưởng {ministry.name}", day)
    if chance < 0.7:
        return Made("Quyết định", f"{serial:02}/{day.year}/QĐ-TTg", "Thủ tướng Chính phủ", day)
    if chance < 0.8:
        return Made("Quyết định", f"{serial:02}/{day.year}/QĐ-UBND", "UBND tỉnh", day)
    if chance < 0.9:
        return Made("Thông tư liên tịch", f"{serial:02}/{day.year}/TTLT-{ministry.code}-BNV", "", day)
    term = rng.choice((13, 14, 15))
    return Made(
        "Luật Đầu tư công", f"{serial % 90 + 10}/{2011 + (term - 13) * 5 + rng.randint(0, 4)}/QH{term}", "Quốc hội", day
    )


def _written(day: date, rng: random.Random) -> str:
    return rng.choice((
        f"ngày {day.day:02}/{day.month}/{day.year}", f"ngày {day.day:02}/{day.month:02}/{day.year}",
        f"ngày {day.day:02} tháng {day.month:02} năm {day.year}", f"ngày {day.day} tháng {day.month} năm {day.year}",
        f"ngày {day.day:02}-{day.month:02}-{day.year}", f"ngày {day.day:02}.{day.month:02}.{day.year}",
    ))  # fmt: skip


def full(made: Made, rng: random.Random) -> tuple[str, bool]:
    """The document in one of the orders that offices write it in; whether its day is said."""
    name, on = f"{made.noun} số {made.number}", _written(made.day, rng)
    of = f" của {made.body}" if made.body else ""
    forms = [(f"{name} {on}{of}", True)] * 5 + [(f"{name}, {on}{of}", True), (f"{name}{of} {on}", True),
             (f"{name}{of}", False), (name, False), (f"{name} ({on})", True), (f"{name} ban hành {on}", True),
             (f"{name} ký {on}{of}", True), (f"{made.noun} {made.number} {on}{of}", True)]  # fmt: skip
    return rng.choice(forms)


def case(rng: random.Random) -> tuple[str, Wanted]:
    """A sentence and what it cites."""
    relation = rng.choice((*FRAMES, *["references"] * 4))
    frame = rng.choice(FRAMES[relation])
    wanted: Wanted = []
    for slot in ("D", "N", "B", "E", "F", "R"):
        if f"{{{slot}}}" not in frame:
            continue
        made = document(rng)
        while any(number == made.number for number, _, _ in wanted):
            made = document(rng)
        said, dated = full(made, rng)
        said, dated = {"N": (f"{made.noun} số {made.number}", False), "B": (made.number, False)}.get(
            slot, (said, dated)
        )
        frame = frame.replace(f"{{{slot}}}", said)
        wanted.append((made.number, made.day if dated else None, "references" if slot == "R" else relation))
    figures = {key: str(rng.randint(2, 60)) for key in "ab"} | {"d": str(rng.randint(1, 9))}
    for key, value in figures.items():
        frame = frame.replace(f"{{{key}}}", value)
    return frame, wanted


def page(rng: random.Random) -> str:
    """A page of body text that cites nothing."""
    text = ""
    while len(text) < PAGE:
        year = rng.randint(2005, 2025)
        text += rng.choice(PLAIN).format(
            y=year, y5=year + 5, a=rng.randint(10, 99), b=rng.randint(10, 99), d=rng.randint(1, 9),
            m=rng.randint(100, 999), n=rng.randint(1, 9), mo=rng.randint(1, 12),
        ) + ("\n\n" if rng.random() < 0.3 else " ")  # fmt: skip
    return text


def cases(rng: random.Random, count: int) -> Iterator[tuple[str, str, Wanted]]:
    """(damage, text, wanted), damages in turn."""
    names = list(HARSH)
    for n in range(count):
        damage = names[n % len(names)]
        text, wanted = case(rng)
        yield damage, HARSH[damage](text, rng), wanted


def run(seed: int, count: int, *, misses: bool = False, relations: bool = False) -> tuple[float, int]:
    """Measure and print; recall, and false citations on 100 pages."""
    rng = random.Random(seed)
    found, of, wrong, days, dated = Counter[str](), Counter[str](), Counter[str](), 0, 0
    related: Counter[tuple[str, str]] = Counter()
    for damage, text, wanted in cases(rng, count):
        got = {str(c.number): c for c in cited(text)}
        for number, day, relation in wanted:
            hit = got.pop(number, None)
            of[damage] += 1
            found[damage] += hit is not None
            if hit is None:
                related[relation, MISSED] += 1
                if misses:
                    print("  miss ", damage, "|", text.replace("\n", "⏎"), "|", number, sorted(got))
                continue
            related[relation, hit.relation] += 1
            if misses and relations and hit.relation != relation:
                print("  said ", relation, hit.relation, "|", text.replace("\n", "⏎"), "|", number)
            if day is not None:
                dated += 1
                days += hit.issued_on == day
                if misses and hit.issued_on != day:
                    print("  day  ", damage, "|", text.replace("\n", "⏎"), "|", hit.issued_on)
        wrong[damage] += len(got)
        if misses and got:
            print("  wrong", damage, "|", text.replace("\n", "⏎"), "|", sorted(got))
    for damage in HARSH:
        share = found[damage] / of[damage]
        print(f"{damage:30} recall {share:.3f}  ({found[damage]}/{of[damage]}), wrong {wrong[damage]}")
    false = 0
    for _ in range(100):
        here = cited(page(rng))
        false += len(here)
        if misses:
            for c in here:
                print("  false", c.number, "|", c.mentions[0].text)
    recall = found.total() / of.total()
    print(f"all: recall {recall:.4f} ({found.total()}/{of.total()}), wrong {wrong.total()}; days {days}/{dated}")
    print(f"false citations on 100 pages that cite nothing: {false}")
    if relations:
        print(matrix(related))
    return recall, false


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cases", type=int, default=4000)
    parser.add_argument("--misses", action="store_true")
    parser.add_argument("--relations", action="store_true")
    chosen = parser.parse_args()
    run(chosen.seed, chosen.cases, misses=chosen.misses, relations=chosen.relations)
