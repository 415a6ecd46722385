"""Which stored document does a citation mean? Pure: given all that is known of one number, it decides for all at once.

A number is not an identity: numbering restarts each year and each body has its own. So everything that carries the
same number (letters held, citations anywhere) is looked at together, and the answer depends on that set alone, never
on the order of arrival. A wrong link costs more than a missing one: whatever is not certain stays ambiguous.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from extractors.vi.text import fold, normalise
from pipeline.bodies import fits, is_local, may_fit
from pipeline.link_terms import RULES, Decision, Held, Reference, Resolution, Rules, Verdict

__all__ = ["RULES", "Decision", "Held", "Reference", "Resolution", "Rules", "Verdict", "resolve"]

T = TypeVar("T", date, str)
_YEAR = re.compile(r"(?:19|20)\d\d")

_FILLERS = frozenset(["ve", "viec", "va", "cac", "cua", "cho", "tai", "trong", "theo", "tren", "nam", "ban", "hanh"])


def resolve(key: str, held: Iterable[Held], references: Iterable[Reference], rules: Rules = RULES) -> Resolution:
    """Decide for everything that shares the link key `key`; the order of the inputs does not matter."""
    letters = sorted(held, key=lambda item: item.letter_id)
    mentions = sorted(references, key=lambda item: (item.letter_id, item.ordinal))
    owned = _held_decisions(key, letters)
    homes = {letter: decision.id for decision in owned for letter in decision.letters}
    sure = {item.letter_id for item in letters if item.sure}

    verdicts: dict[tuple[str, int], Verdict] = {}
    left: list[Reference] = []
    for mention in mentions:
        verdict = _among_held(mention, owned, homes.get(mention.letter_id), sure, rules)
        if verdict is None:
            left.append(mention)
        else:
            verdicts[mention.letter_id, mention.ordinal] = verdict
    stubs, opened = _stubs(key, left, rules)
    verdicts |= opened
    _doubt_undated(mentions, verdicts, stubs, rules)
    return Resolution((*owned, *stubs), homes, verdicts)


def _identity(*parts: object) -> str:
    text = "|".join("" if part is None else str(part) for part in parts)
    return "d" + hashlib.sha256(text.encode()).hexdigest()[:15]


def _held_decisions(key: str, letters: Sequence[Held]) -> list[Decision]:
    """One decision per number, body and year; scans of one letter are several letters of one decision."""
    groups: dict[tuple[str, int], dict[date, list[Held]]] = defaultdict(lambda: defaultdict(list))
    decisions = []
    for item in letters:
        if item.body is None or item.number is None or item.issued_on is None:
            # Without one of the three nothing says that two letters are the same document.
            decisions.append(_decision(_identity("letter", item.letter_id), [item]))
        else:
            groups[item.body, item.issued_on.year][item.issued_on].append(item)
    for (body, year), days in groups.items():
        for day, group in days.items():
            # Two days under one number and year: a re-issue or a misread, which only a person can tell.
            identity = _identity(key, body, year) if len(days) == 1 else _identity(key, body, day)
            decisions.append(_decision(identity, group))
    return sorted(decisions, key=lambda decision: decision.id)


def _decision(identity: str, group: Sequence[Held]) -> Decision:
    first = group[0]
    year = first.issued_on.year if first.issued_on else first.year
    return Decision(
        identity, first.number, first.body, year, first.issued_on, first.issuer, first.doc_type, first.title,
        tuple(item.letter_id for item in group),
    )  # fmt: skip


def _among_held(
    mention: Reference, owned: Sequence[Decision], own: str | None, sure: set[str], rules: Rules
) -> Verdict | None:
    """The verdict if a held document fits or nearly fits; None if the cited document is not held."""
    fitting = [decision for decision in owned if _fits(mention, decision, rules)]
    near = fitting or [decision for decision in owned if _near(mention, decision)]
    if any(decision.id == own for decision in near):
        return Verdict("open")  # a letter's own number is no citation
    if not near:
        return None
    if len(fitting) == 1 and _is_certain(mention, fitting[0], sure, rules):
        return Verdict("linked", fitting[0].id)
    return Verdict("ambiguous", None, tuple(sorted(decision.id for decision in near)))


def _is_certain(mention: Reference, decision: Decision, sure: set[str], rules: Rules) -> bool:
    """Whether nothing is left to chance: no day, or a number that was read badly, must be made up for by titles.

    An undated number may be an older or a newer document of the same office that is not held, and a badly read one
    may be its neighbour of the same day, on whichever side it was misread.
    """
    dated = mention.issued_on is not None or mention.year is not None
    well_read = mention.confidence >= rules.sure and any(letter in sure for letter in decision.letters)
    return (dated and well_read) or _agree(mention.title, decision.title, rules)


def _fits(mention: Reference, decision: Decision, rules: Rules) -> bool:
    return (
        decision.number is not None
        and _same_body(mention, decision)
        and _same_time(mention, decision.issued_on, decision.year, rules)
        and not _differ(mention.title, decision.title, rules)
    )


def _same_body(mention: Reference, decision: Decision) -> bool:
    if mention.body is not None and decision.body is not None:
        return fits(mention.body, decision.body)
    # Only a symbol that names its body ("CT-TTg") can do without the body; UBND or Sở numbers exist in each province.
    return mention.body is None and mention.issued_on is not None and not is_local(mention.number or "")


def _same_time(mention: Reference, issued_on: date | None, year: int | None, rules: Rules) -> bool:
    if issued_on is not None and mention.citing_on is not None and issued_on > mention.citing_on:
        return False  # nobody cites what is not yet issued: one of the days was misread
    if mention.issued_on is not None:
        return mention.issued_on == issued_on
    if mention.year is not None:
        return mention.year == year
    if issued_on is None or mention.citing_on is None:
        return False
    return mention.confidence >= rules.sure and timedelta(0) <= mention.citing_on - issued_on <= rules.undated


def _differ(one: str | None, other: str | None, rules: Rules) -> bool:
    """Whether the shorter title says other things than the longer, of which it may be a part."""
    words, others = _title_words(one), _title_words(other)
    fewer = min(len(words), len(others))
    if 2 <= fewer < rules.words:
        return not words & others  # the first words of a title, and none of them in the other
    return fewer >= rules.words and len(words & others) < rules.differ * fewer


def _agree(one: str | None, other: str | None, rules: Rules) -> bool:
    """Whether both titles say the same in full: "phê duyệt dự án" alone is part of hundreds."""
    words, others = _title_words(one), _title_words(other)
    longer = max(len(words), len(others))
    years = [{word for word in each if _YEAR.fullmatch(word)} for each in (words, others)]
    if all(years) and years[0] != years[1]:
        return False  # the same plan of another year
    return min(len(words), len(others)) >= rules.words and len(words & others) >= rules.agree * longer


def _title_words(title: str | None) -> set[str]:
    return set(re.findall(r"\w+", fold(normalise(title or "")))) - _FILLERS


def _near(mention: Reference, decision: Decision) -> bool:
    """Could be meant, but date, body or title do not agree well enough: a person should look."""
    if decision.number is None:
        return False
    said = mention.issued_on.year if mention.issued_on else mention.year
    if said is None and mention.citing_on and decision.issued_on and decision.issued_on > mention.citing_on:
        return False
    if mention.body and decision.body and not may_fit(mention.body, decision.body):
        return False
    if mention.body and decision.body and fits(mention.body, decision.body):
        return said is None or decision.year is None or said == decision.year
    return mention.issued_on is None or decision.issued_on in (None, mention.issued_on)


def _stubs(
    key: str, mentions: Sequence[Reference], rules: Rules
) -> tuple[list[Decision], dict[tuple[str, int], Verdict]]:
    """Documents that are cited but not held: one per body and year, as far as the citations say them."""
    dated: dict[str, list[Reference]] = defaultdict(list)
    undated: list[Reference] = []
    for mention in mentions:
        year = mention.issued_on.year if mention.issued_on else mention.year
        if year is None:
            undated.append(mention)
        else:
            dated[_stub_identity(key, mention, year)].append(mention)
    stubs = {identity: _stub(identity, group) for identity, group in dated.items()}
    loose: dict[str, list[Reference]] = defaultdict(list)
    verdicts: dict[tuple[str, int], Verdict] = {}
    for identity, group in dated.items():
        verdicts |= {(m.letter_id, m.ordinal): Verdict("open", identity) for m in group}
    for mention in undated:
        fitting = [stub.id for stub in stubs.values() if _fits(mention, stub, rules)]
        identity = fitting[0] if len(fitting) == 1 else _stub_identity(key, mention, None)
        if len(fitting) != 1:
            loose[identity].append(mention)
        verdicts[mention.letter_id, mention.ordinal] = Verdict("open", identity)
    stubs |= {identity: _stub(identity, group) for identity, group in loose.items()}
    return sorted(stubs.values(), key=lambda stub: stub.id), verdicts


def _stub_identity(key: str, mention: Reference, year: int | None) -> str:
    if year is not None and mention.body is not None:
        return _identity(key, mention.body, year)
    # Nobody says whose it is, or of which year: what one letter means, another need not mean.
    alone = mention.letter_id if mention.body is None and is_local(mention.number or "") else None
    spoken = mention.citing_on.year if year is None and mention.citing_on else None
    return _identity(key, mention.body, year, alone, spoken)


def _stub(identity: str, group: Sequence[Reference]) -> Decision:
    first = group[0]
    issued_on = _most((m.issued_on, m.count) for m in group)
    return Decision(
        identity, _most((m.number, m.count) for m in group), first.body, issued_on.year if issued_on else first.year,
        issued_on, _most((m.issuer, m.count) for m in group), _most((m.doc_type, m.count) for m in group),
        _most((m.title, m.count) for m in group),
    )  # fmt: skip


def _most(values: Iterable[tuple[T | None, int]]) -> T | None:
    """The value said most often; the smallest of equals, so that order does not matter."""
    counts: dict[T, int] = defaultdict(int)
    for value, count in values:
        if value:
            counts[value] += count
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _doubt_undated(
    mentions: Sequence[Reference],
    verdicts: dict[tuple[str, int], Verdict],
    stubs: Sequence[Decision],
    rules: Rules,
) -> None:
    """An undated citation that may mean a held document may also mean one that is only known from other letters."""
    for mention in mentions:
        verdict = verdicts[mention.letter_id, mention.ordinal]
        if verdict.status == "open" or mention.issued_on or mention.year:
            continue
        rivals = [stub.id for stub in stubs if stub.issued_on and _fits(mention, stub, rules)]
        if rivals:
            known = [verdict.decision] if verdict.decision else verdict.candidates
            verdicts[mention.letter_id, mention.ordinal] = Verdict("ambiguous", None, tuple(sorted([*known, *rivals])))
