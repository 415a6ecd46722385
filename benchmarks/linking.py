"""Linking measured on generated letters: are links that are marked sure ever wrong, and how many are found?

    python -m benchmarks.linking [--letters 100000] [--seed 1] [--doubted 0.9] [--thresholds]

Three worlds. In "few collisions" one letter in ten shares its number with another body's or year's; in the others
nearly all do. In "any day" the day of a number is drawn at random within its year. In "day by day" offices number their
letters through each year as they do, so neighbours in number are neighbours in time and often of one day: the hardest
place for a misread figure, since number, body and day of the wrong letter then agree too. In all, half of the letters
come from five provinces whose archives are dense, the others from all provinces and ministries; numbers collide across
provinces, ministries and years. Three of a hundred citations have one figure of number or day misread, three of a
hundred letters one figure of their own; nine of ten of the latter are known to be doubtful. Titles are cited cut short
and with misread words. The truth is kept beside what is read.
"""

from __future__ import annotations

import argparse
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from extractors.vi.provinces import all_provinces
from pipeline.bodies import body_key, place
from pipeline.link import RULES, Held, Reference, Rules, resolve
from pipeline.store.rows import number_key, number_year

YEARS = range(2018, 2025)
MISREAD = 0.03
KNOWN_DOUBTFUL = 0.9  # of letters' own misread numbers, named in `review`
# Share of citations below `Rules.sure` after both readers: of the right ones 5 of 204 on real pages; of misread ones an
# assumption, since only 2 were seen there (1 of them doubted). How much it carries, `--doubted` shows.
DOUBTED_RIGHT, DOUBTED_MISREAD = 0.03, 0.9
# Of 202 citations on real pages 5 have no day and 38 no title.
UNDATED, BODYLESS, UNTITLED = 0.03, 0.10, 0.19
FEW = 0.11  # of the documents keep a number that others have too, so that one letter in ten shares its own
DENSE = 5  # provinces that half of the letters come from
# Figures that readers take for each other, as counted on real pages.
CONFUSED = {
    "0": "689", "1": "74", "2": "7", "3": "85", "4": "19", "5": "63", "6": "850", "7": "12", "8": "360", "9": "40",
}  # fmt: skip
MINISTRIES = {
    "BTC": "Bộ Tài chính", "BNV": "Bộ Nội vụ", "BYT": "Bộ Y tế", "BTTTT": "Bộ Thông tin và Truyền thông",
    "BKHĐT": "Bộ Kế hoạch và Đầu tư", "BTP": "Bộ Tư pháp", "BCT": "Bộ Công Thương", "VPCP": "Văn phòng Chính phủ",
    "TTg": "Thủ tướng Chính phủ",
}  # fmt: skip
ACTS = ("phê duyệt dự án", "ban hành kế hoạch", "điều chỉnh chủ trương đầu tư", "thành lập tổ công tác", "giao dự toán")
THINGS = (
    "nâng cấp đường giao thông nông thôn", "xây dựng trường mầm non", "chuyển đổi số", "cải cách hành chính",
    "phòng chống thiên tai", "cấp nước sạch tập trung", "bồi thường giải phóng mặt bằng", "trồng rừng phòng hộ",
    "sửa chữa trụ sở làm việc", "mua sắm thiết bị y tế", "phát triển du lịch cộng đồng", "thu gom rác thải sinh hoạt",
)  # fmt: skip
PLACES = (
    "Tân Lập",
    "Hòa Bình",
    "Phú Thọ",
    "An Phú",
    "Long Sơn",
    "Vĩnh Hưng",
    "Đồng Tâm",
    "Thanh Mỹ",
    "Bình An",
    "Yên Sơn",
)


@dataclass(frozen=True, slots=True)
class Issued:
    """A document that exists, held or not."""

    id: str
    number: str
    body: str
    issued_on: date
    title: str
    held: bool


@dataclass(frozen=True, slots=True)
class World:
    """What is held and cited as it is read; `means` is the truth of each citation, `clear` those that can be resolved.

    `spoilt`: letters whose own number or day was misread.
    """

    letters: tuple[Held, ...]
    references: tuple[Reference, ...]
    means: dict[tuple[str, int], str]
    clear: frozenset[tuple[str, int]]
    keys: dict[str, str]


def _series(letters: int, rng: random.Random) -> Iterator[tuple[str, str, int, int]]:
    """(symbol, body, numbers given out in a year, how many of them are held) of every office."""
    provinces = sorted({p.full_name for p in all_provinces() if p.valid_from is None})
    rng.shuffle(provinces)
    for at, where in enumerate(provinces):
        mine = letters / 2 / DENSE if at < DENSE else letters * 0.4 / (len(provinces) - DENSE)
        for symbol, share in (("QĐ-UBND", 0.6), ("KH-UBND", 0.1), ("UBND-TH", 0.3)):
            held = int(mine * share / len(YEARS))
            yield symbol, f"Ủy ban nhân dân {where}", max(held * 2, int(4000 * share)), held
    for code, name in MINISTRIES.items():
        held = int(letters * 0.1 / len(MINISTRIES) / len(YEARS))
        yield (f"{code}-TH" if code.startswith("B") else f"QĐ-{code}"), name, max(held * 2, 2500), held


def _documents(letters: int, rng: random.Random, in_order: bool, shared: float) -> list[Issued]:
    """All documents of all offices that are held or may be cited; numbers begin anew each year.

    A share of the documents keep such a number; the others get one that no office or year has had.
    """
    made: list[Issued] = []
    given = 10_000
    for symbol, body, volume, held in _series(letters, rng):
        for year in YEARS:
            given += volume
            serials = sorted(rng.sample(range(1, volume + 1), min(held * 3 // 2 + 1, volume)))
            kept = set(rng.sample(serials, min(held, len(serials))))
            for serial in serials:
                nth = serial * 365 // (volume + 1) if in_order else rng.randrange(365)
                day = date(year, 1, 1) + timedelta(days=nth)
                title = f"về việc {rng.choice(ACTS)} {rng.choice(THINGS)} {rng.choice(PLACES)} năm {year}"
                shown = serial if shared == 1 or rng.random() < shared else given - volume + serial
                made.append(Issued(f"{len(made):07}", f"{shown:02}/{symbol}", body, day, title, serial in kept))
    return made


def _misread(text: str, rng: random.Random) -> str:
    """One figure taken for another that looks like it."""
    spots = [at for at, c in enumerate(text) if c.isdigit()]
    at = rng.choice(spots)
    return text[:at] + rng.choice(CONFUSED[text[at]]) + text[at + 1 :]


def _misread_day(day: date, rng: random.Random) -> date:
    for _ in range(9):
        try:
            return date.fromisoformat(_misread(day.isoformat(), rng))
        except ValueError:
            continue
    return day + timedelta(days=1)


def _as_cited(title: str, rng: random.Random) -> str:
    """The title as another letter gives it: maybe cut short, some words misread."""
    words = title.split()
    if rng.random() < 0.4:
        words = words[: rng.randint(5, len(words))]
    return _as_read(" ".join(words), 0.08, rng)


def _as_read(title: str, misread: float, rng: random.Random) -> str:
    return " ".join(w[:-1] + rng.choice("aeiou") if rng.random() < misread else w for w in title.split())


def _named(body: str, host: str | None, rng: random.Random) -> str:
    """The body as sentences name it."""
    where = place(body)
    if where and where == host and rng.random() < 0.3:
        return "UBND " + where.split(" ")[0] if where.startswith("tinh") else "UBND thành phố"
    if body.startswith("Ủy ban"):
        return rng.choice((body, body.replace("Ủy ban nhân dân", "UBND"), "Chủ tịch " + body, body.upper()))
    return body


def _held(document: Issued, rng: random.Random) -> tuple[Held, bool]:
    """The letter as it was read, and whether its own number and day were read right."""
    number, day, sure, right = document.number, document.issued_on, True, True
    if rng.random() < MISREAD:
        right = False
        sure = rng.random() >= KNOWN_DOUBTFUL
        if rng.random() < 0.6:
            serial, _, symbol = number.partition("/")
            number = f"{_misread(serial, rng)}/{symbol}"
        else:
            day = _misread_day(day, rng)
    title = _as_read(document.title, 0.03, rng)
    return Held(document.id, number, body_key(document.body), day, title=title, sure=sure), right


def _reference(
    letter: Held, ordinal: int, cited: Issued, host: str | None, rng: random.Random, doubted: float
) -> tuple[Reference, bool]:
    """The citation as it was read, and whether all was read right that tells the document from others."""
    number, day = cited.number, cited.issued_on
    right = rng.random() >= MISREAD
    if not right and rng.random() < 0.6:
        serial, _, symbol = number.partition("/")
        number = f"{_misread(serial, rng)}/{symbol}"
    elif not right:
        day = _misread_day(day, rng)
    name = None if rng.random() < BODYLESS else _named(cited.body, host, rng)
    stated = None if rng.random() < UNDATED else day
    low = rng.random() < (DOUBTED_RIGHT if right else doubted)
    reference = Reference(
        letter.letter_id, ordinal, number, body_key(name, None, host), stated, year=number_year(number),
        title=None if rng.random() < UNTITLED else _as_cited(cited.title, rng), citing_on=letter.issued_on,
        confidence=0.5 if low else 0.95,
    )  # fmt: skip
    return reference, right and stated is not None and name is not None


def world(letters: int, seed: int, in_order: bool, shared: float = 1.0, doubted: float = DOUBTED_MISREAD) -> World:
    """Letters, citations and the truth; always the same for one seed. `in_order`: numbers follow the days."""
    rng = random.Random(seed)
    documents = _documents(letters, rng, in_order, shared)
    order = sorted(documents, key=lambda d: (d.issued_on, d.id))
    by_body: dict[str, list[Issued]] = defaultdict(list)
    held: list[Held] = []
    references: list[Reference] = []
    means: dict[tuple[str, int], str] = {}
    clear: set[tuple[str, int]] = set()
    spoilt: set[str] = set()
    seen: list[Issued] = []
    for document in order:
        if document.held:
            letter, right = _held(document, rng)
            held.append(letter)
            if not right:
                spoilt.add(document.id)
            host = place(document.body)
            for ordinal in range(min(3, len(seen))):
                own = by_body[document.body]
                # Offices mostly cite their own recent letters, then anybody's.
                pool = own[-400:] if own and rng.random() < 0.6 else seen
                cited = rng.choice(pool)
                reference, right = _reference(letter, ordinal, cited, host, rng, doubted)
                references.append(reference)
                means[letter.letter_id, ordinal] = cited.id
                if right and cited.held and cited.id not in spoilt:
                    clear.add((letter.letter_id, ordinal))
        seen.append(document)
        by_body[document.body].append(document)
    keys = {item.letter_id: number_key(item.number) or "" for item in held}
    return World(tuple(held), tuple(references), means, frozenset(clear), keys)


@dataclass(frozen=True, slots=True)
class Measured:
    """What linking made of a world; `wrong` are links to another document than the one meant."""

    citations: int
    linked: int
    wrong: int
    clear: int
    clear_linked: int
    statuses: Counter[str]
    mistakes: tuple[tuple[Reference, str], ...] = ()


def measure(made: World, rules: Rules = RULES) -> Measured:
    """Decide everything, number by number, as the store does; compare with the truth."""
    held: dict[str, list[Held]] = defaultdict(list)
    cited: dict[str, list[Reference]] = defaultdict(list)
    for item in made.letters:
        held[made.keys[item.letter_id]].append(item)
    for reference in made.references:
        cited[number_key(reference.number) or ""].append(reference)
    linked = wrong = clear = 0
    statuses: Counter[str] = Counter()
    mistakes = []
    for key, group in cited.items():
        found = resolve(key, held[key], group, rules)
        letters = {decision.id: decision.letters for decision in found.decisions}
        for reference in group:
            where = (reference.letter_id, reference.ordinal)
            verdict = found.verdicts[where]
            statuses[verdict.status] += 1
            if verdict.status != "linked":
                continue
            right = made.means[where] in letters[verdict.decision or ""]
            linked += 1
            wrong += not right
            clear += right and where in made.clear
            if not right:
                mistakes.append((reference, letters[verdict.decision or ""][0]))
    return Measured(len(made.references), linked, wrong, len(made.clear), clear, statuses, tuple(mistakes))


def collisions(made: World) -> float:
    """Share of letters whose number another body's or another year's letter has too."""
    owners: dict[str, set[tuple[str | None, int]]] = defaultdict(set)
    for item in made.letters:
        owners[made.keys[item.letter_id]].add((item.body, item.issued_on.year if item.issued_on else 0))
    return sum(len(owners[made.keys[item.letter_id]]) > 1 for item in made.letters) / len(made.letters)


def _print(what: str, got: Measured) -> None:
    share = got.clear_linked / max(got.clear, 1)
    print(
        f"{what:34} {got.linked} of {got.citations} citations linked, {got.wrong} of them wrong; "
        f"resolvable {got.clear_linked}/{got.clear} = {share:.4f}; {dict(got.statuses)}"
    )


def _thresholds(made: World) -> None:
    for days in (200, 800):
        _print(f"undated within {days} days", measure(made, replace(RULES, undated=timedelta(days=days))))
    for share in (0.0, 0.25, 0.4, 0.6, 0.7):
        _print(f"titles differ below {share}", measure(made, replace(RULES, differ=share)))
    for share in (0.0, 0.5, 0.6, 0.9):
        _print(f"titles agree from {share}", measure(made, replace(RULES, agree=share)))
    for words in (3, 5):
        _print(f"titles of {words} words", measure(made, replace(RULES, words=words)))


def _mistakes(made: World, got: Measured) -> None:
    documents = {item.letter_id: item for item in made.letters}
    for reference, letter in got.mistakes[:25]:
        print("  cited ", reference.number, reference.issued_on, reference.citing_on, reference.title)
        print("  linked", documents[letter].issued_on, documents[letter].sure, documents[letter].title)


def main() -> None:
    """Measure both worlds; with --thresholds also beside the values that were not chosen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--mistakes", action="store_true", help="print wrong links")
    parser.add_argument("--doubted", type=float, default=DOUBTED_MISREAD, help="misread citations known as doubtful")
    parser.add_argument("--thresholds", action="store_true", help="measure other thresholds too")
    chosen = parser.parse_args()
    for name, in_order, shared in (("few collisions", False, FEW), ("any day", False, 1.0), ("day by day", True, 1.0)):
        made = world(chosen.letters, chosen.seed, in_order, shared, chosen.doubted)
        print(
            f"{name}: {len(made.letters)} letters, {len(made.references)} citations; {collisions(made):.2f} of the "
            "letters share their number with another body's or year's"
        )
        began = time.process_time()
        got = measure(made)
        _print("as the program does", got)
        print(f"{time.process_time() - began:.0f} s CPU to link")
        if chosen.mistakes:
            _mistakes(made, got)
        if chosen.thresholds:
            _thresholds(made)


if __name__ == "__main__":
    main()
