"""Which rows of which reports are one project, by decision and name; and what they say of it year by year.

Wrong is worse than missing: rows are kept apart where numbers in their names, their places or their decisions differ.
Measured by `python -m benchmarks.same_project` on 250 invented projects in three reports each: at the thresholds in use
none of 186,750 pairs was joined wrongly and 49 of 750 were left apart; lower ones won 8 pairs more.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from extractors.tables import kinds
from extractors.vi.text import fold

SAME_NAME = 75.0  # of 100, folded and spelled out: one project where no decision speaks
SAME_DECISION = 70.0  # of 100: enough where both rows name the same decision
SAME_PLACE = 60.0  # of 100: less is another place
_T = TypeVar("_T")
# Words that offices write out or cut short as they like.
_SHORT = {
    "xd": "xay dung", "ct": "cong trinh", "da": "du an", "ht": "ha tang", "gt": "giao thong", "nc": "nang cap",
    "ubnd": "uy ban nhan dan", "thcs": "trung hoc co so", "thpt": "trung hoc pho thong", "th": "tieu hoc",
    "mn": "mam non", "cntt": "cong nghe thong tin", "gpmb": "giai phong mat bang", "tp": "thanh pho", "tt": "thi tran",
    "gd": "giai doan", "qsdd": "quyen su dung dat", "sx": "san xuat", "kcn": "khu cong nghiep", "ql": "quoc lo",
    "dt": "duong tinh", "bv": "benh vien", "ttyt": "trung tam y te",
}  # fmt: skip
_OPENING = re.compile(r"^(?:(?:tieu )?du an|cong trinh|hang muc)(?: thanh phan)?(?: dau tu)?(?: so \d+)?\b[ :,-]*")
_TAIL = re.compile(r"[(\[][^)\]]*[)\]]")
_NUMBER = re.compile(r"\d+|\b[ivx]+\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_WHERE = {"xa", "phuong", "thi", "huyen", "quan", "thanh", "tinh", "tai", "thuoc", "o", "tren", "dia", "giai"}
_GENERAL = {"dau", "tu", "xay", "dung", "moi", "cong", "trinh", "du", "an", "va", "cac", "he", "thong", "hang", "muc"}


@dataclass(frozen=True, slots=True)
class Figure:
    """One amount of one report.

    Attributes:
        kind: What it counts, see `extractors.tables.kinds`; None where its heading does not say.
        value: As printed.
        vnd: In đồng; None where the unit is not known.
    """

    measure: str
    kind: str | None
    source: str | None
    period: str | None
    value: str
    vnd: int | None


@dataclass(frozen=True, slots=True)
class Report:
    """What one row of one letter says of a project.

    Attributes:
        letter_id: The letter; `ordinal` is the 0-based place of the row among its projects.
        number: Of the letter, with its day and issuer.
        host: Province that the letter comes from, or other key that tells its decisions from others' of that number.
        label: The row's number as printed.
        decisions: Number and ISO date of each.
    """

    letter_id: str
    ordinal: int
    number: str | None
    issued_on: date | None
    issuer: str | None
    host: str | None
    name: str
    section: str | None = None
    label: str | None = None
    location: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    decisions: tuple[tuple[str, str | None], ...] = ()
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Year:
    """Planned against disbursed in one period from one source of funds, in đồng; None where no report says.

    Attributes:
        source: None for all sources together.
        planned: As the latest report has it; `planned_by` is its letter. Likewise `disbursed`.
        disagreed: Whether reports differ on a figure: plans are adjusted, payments go on.
    """

    period: str
    source: str | None
    planned: int | None
    planned_by: str | None
    disbursed: int | None
    disbursed_by: str | None
    disagreed: bool

    @property
    def share(self) -> float | None:
        """Disbursed as a share of planned; None if either is missing."""
        return self.disbursed / self.planned if self.planned and self.disbursed is not None else None


@dataclass(frozen=True, slots=True)
class Followed:
    """One project over all reports that speak of it.

    Attributes:
        key: Letter and row of the earliest report: "4f…/3".
        reports: The earliest first.
        years: By period, all sources together first.
    """

    key: str
    name: str
    location: str | None
    start_year: int | None
    end_year: int | None
    decisions: tuple[tuple[str, str | None], ...]
    reports: tuple[Report, ...]
    years: tuple[Year, ...]


def follow(reports: Iterable[Report]) -> tuple[Followed, ...]:
    """The projects that the rows speak of, by name."""
    found = [_followed(group) for group in groups(sorted(reports, key=_when))]
    return tuple(sorted(found, key=lambda project: (fold(project.name), project.key)))


def _when(report: Report) -> tuple[date, str, int]:
    return report.issued_on or date.min, report.letter_id, report.ordinal


def groups(reports: Sequence[Report]) -> list[list[Report]]:
    """Rows that are one project; each row joins the best of the groups before it in which it fits every row."""
    blocks: dict[str | None, list[Report]] = defaultdict(list)
    for report in reports:
        blocks[report.host].append(report)
    return [group for block in blocks.values() for group in _grouped(block)]


def _grouped(reports: Sequence[Report]) -> list[list[Report]]:
    found: list[list[Report]] = []
    named: dict[str, list[int]] = {}  # the groups in which a name occurs
    for report in reports:
        forms = _forms(report.name)
        near = [
            each
            for name in forms
            for each in process.extract(name, list(named), scorer=fuzz.ratio, score_cutoff=SAME_DECISION, limit=20)
        ]
        near.sort(key=lambda each: -each[1])  # the most alike first
        places = dict.fromkeys(place for other, _, _ in near for place in named[other])
        best = next((place for place in places if all(is_same(report, member) for member in found[place])), None)
        if best is None:
            best = len(found)
            found.append([])
        found[best].append(report)
        for name in forms:
            if best not in named.setdefault(name, []):
                named[name].append(best)
    return found


def plain_name(name: str) -> str:
    """A name for comparison: marks off, short forms written out, "Dự án:" and remarks in brackets left out."""
    return _spelled(_TAIL.sub(" ", fold(name))) or fold(name)


def _forms(name: str) -> tuple[str, ...]:
    """The name without its remarks in brackets, and with them: "(đoạn từ A đến B)" has no brackets elsewhere."""
    return tuple(dict.fromkeys((plain_name(name), _spelled(fold(name)) or fold(name))))


def _spelled(folded: str) -> str:
    words = re.findall(r"\w+", _OPENING.sub("", folded.strip()))
    return " ".join(_SHORT.get(word, word) for word in words)


def is_same(one: Report, other: Report) -> bool:
    """Whether two rows of one province are one project."""
    if one.location and other.location and fuzz.partial_ratio(fold(one.location), fold(other.location)) < SAME_PLACE:
        return False
    shared = _share_decision(one, other)
    if one.letter_id == other.letter_id:  # a letter that lists a project twice names it alike
        return bool(shared) and plain_name(one.name) == plain_name(other.name)
    if shared is False or not _same_remarks(one.name, other.name):
        return False
    pairs = zip(_both(_forms(one.name)), _both(_forms(other.name)), strict=True)
    return any(_alike(first, second, shared=bool(shared)) for first, second in pairs)


def _both(forms: tuple[str, ...]) -> tuple[str, str]:
    return forms[0], forms[-1]


def _alike(first: str, second: str, *, shared: bool) -> bool:
    """Whether two plain names are of one project; `shared`: a decision speaks for it."""
    least = SAME_DECISION if shared else SAME_NAME
    if not _same_numbers(first, second) or fuzz.ratio(first, second) < least:
        return False
    return _only_reworded(first.split(), second.split(), misread=shared)


def _same_remarks(first: str, second: str) -> bool:
    """Whether what stands in brackets does not count differently: "(giai đoạn 1)" and "(giai đoạn 2)" are two."""
    one, other = (
        sorted(n for n in _NUMBER.findall(" ".join(_TAIL.findall(fold(name)))) if not _YEAR.fullmatch(n))
        for name in (first, second)
    )
    return not one or not other or one == other


def _same_numbers(first: str, second: str) -> bool:
    """Whether the names count alike: "số 2", "giai đoạn II"; years may be left out of one of them."""
    one, other = (sorted(_NUMBER.findall(name)) for name in (first, second))
    years = [[n for n in numbers if _YEAR.fullmatch(n)] for numbers in (one, other)]
    if not all(years):
        one, other = ([n for n in numbers if not _YEAR.fullmatch(n)] for numbers in (one, other))
    return one == other


def _only_reworded(first: list[str], second: list[str], *, misread: bool) -> bool:
    """Whether no word stands for another: those are two places. Words may be added if they only say where.

    Args:
        first: Words of one name.
        second: Words of the other.
        misread: Allow one wrong letter in a word, and any added words: something else speaks for one project.
    """
    steps = [step for step in Levenshtein.opcodes(first, second) if step.tag != "equal"]
    changed = [(first[s.src_start : s.src_end], second[s.dest_start : s.dest_end]) for s in steps]
    added = [one or other for one, other in changed if not one or not other]
    replaced = [(one, other) for one, other in changed if one and other]
    if any(one for one, other in changed if not other) and any(other for one, other in changed if not one):
        return False
    if not misread:
        return not replaced and all(words[0] in _WHERE or set(words) <= _GENERAL for words in added)
    return all(
        len(one) == len(other) and all(Levenshtein.distance(a, b) <= 1 for a, b in zip(one, other, strict=True))
        for one, other in replaced
    )


def _share_decision(one: Report, other: Report) -> bool | None:
    """Whether the rows name a decision in common; None if one of them names none."""
    if not one.decisions or not other.decisions:
        return None
    return any(
        fold(a) == fold(b) and (x == y or x is None or y is None) for a, x in one.decisions for b, y in other.decisions
    )


def _followed(group: Sequence[Report]) -> Followed:
    first, latest = group[0], group[-1]
    decisions = dict.fromkeys(decision for report in group for decision in report.decisions)
    dated = {number for number, day in decisions if day}
    return Followed(
        key=f"{first.letter_id}/{first.ordinal}",
        name=latest.name,
        location=_latest(report.location for report in group),
        start_year=_latest(report.start_year for report in group),
        end_year=_latest(report.end_year for report in group),
        decisions=tuple((number, day) for number, day in decisions if day or number not in dated),
        reports=tuple(group),
        years=tuple(_years(group)),
    )


def _latest(values: Iterable[_T | None]) -> _T | None:
    return next((value for value in reversed(list(values)) if value is not None), None)


_SIDES = {kinds.PLANNED: 0, kinds.MEDIUM_TERM: 0, kinds.DISBURSED: 1}


def _years(group: Sequence[Report]) -> Iterator[Year]:
    places: dict[tuple[str, str | None], tuple[list[tuple[int, str]], list[tuple[int, str]]]] = {}
    for report in group:
        for figure in _one_per_place(report.figures):
            if figure.period is not None and figure.vnd is not None and figure.kind in _SIDES:
                sides = places.setdefault((figure.period, figure.source), ([], []))
                sides[_SIDES[figure.kind]].append((figure.vnd, report.letter_id))
    for period, source in sorted(places, key=lambda place: (place[0], place[1] or "")):
        planned, disbursed = places[period, source]
        differ = any(len({vnd for vnd, _ in side}) > 1 for side in (planned, disbursed))
        plan, plan_letter = planned[-1] if planned else (None, None)
        paid, paid_letter = disbursed[-1] if disbursed else (None, None)
        yield Year(period, source, plan, plan_letter, paid, paid_letter, differ)


def _one_per_place(figures: Sequence[Figure]) -> Iterator[Figure]:
    """Of several plans for one year the total, else the adjusted one, else the first; likewise for payments."""
    best: dict[tuple[str | None, str | None, int | None], tuple[int, Figure]] = {}
    for figure in figures:
        plain = fold(figure.measure)
        rank = 2 if "tong" in plain else 1 if "sau dieu chinh" in plain or "dieu chinh" in plain else 0
        key = (figure.period, figure.source, _SIDES.get(figure.kind or ""))
        if key not in best or rank > best[key][0]:
            best[key] = (rank, figure)
    yield from (figure for _, figure in best.values())
