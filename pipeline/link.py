"""Which stored document does a citation mean? Pure: given all that is known of one number, it decides for all at once.

A number is not an identity: numbering restarts each year and each body has its own. So everything that carries the
same number (letters held, citations anywhere) is looked at together, and the answer depends on that set alone, never
on the order of arrival. A wrong link costs more than a missing one: whatever is not certain stays ambiguous.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar

from extractors.vi.text import fold, normalise
from pipeline.bodies import fits, is_local, may_fit

T = TypeVar("T", date, str)

# An undated mention means a recent document: offices cite older ones with their date. Own reading of how the sample
# letters cite; beyond it a person decides.
UNDATED_WINDOW = timedelta(days=400)
# Titles speak of different things if the shorter shares less than this of its words with the longer, and has at least
# so many words to judge by. First choices, not measured: a title cut short or half misread still passes easily.
TITLES_SHARE = 0.25
TITLE_WORDS = 4
_FILLERS = frozenset(["ve", "viec", "va", "cac", "cua", "cho", "tai", "trong", "theo", "tren", "nam", "ban", "hanh"])
# A citation that was read less surely than this is not linked without a date to confirm it.
SURE_READING = 0.6


@dataclass(frozen=True, slots=True)
class Held:
    """A stored letter, as far as linking needs it.

    Attributes:
        body: Key of the issuing body (`bodies.body_key`); None if not known.
        sure: Its own number was read surely.
    """

    letter_id: str
    number: str | None
    body: str | None
    issued_on: date | None
    issuer: str | None = None
    doc_type: str | None = None
    title: str | None = None
    year: int | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Reference:
    """A citation in a stored letter, as far as linking needs it.

    Attributes:
        letter_id: The letter that cites.
        ordinal: Place of the citation in that letter.
        body: Key of the body cited; None if not known.
        year: The year inside the number ("30/2020/NĐ-CP"); None if there is none.
        citing_on: Date of the letter that cites.
    """

    letter_id: str
    ordinal: int
    number: str | None
    body: str | None
    issued_on: date | None
    issuer: str | None = None
    doc_type: str | None = None
    title: str | None = None
    year: int | None = None
    confidence: float = 1.0
    citing_on: date | None = None


@dataclass(frozen=True, slots=True)
class Decision:
    """A document known to the store: held, or only cited (a stub, `letters` is empty).

    Attributes:
        id: Follows from number, body and year, so the same document has the same id in every store.
        year: Year of issue; None if nobody says.
    """

    id: str
    number: str | None
    body: str | None
    year: int | None
    issued_on: date | None
    issuer: str | None
    doc_type: str | None
    title: str | None
    letters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one citation: `decision` is the document (a stub if status is "open")."""

    status: str
    decision: str | None = None
    candidates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The documents behind one number, the letter each held one is, and the verdict on each citation."""

    decisions: tuple[Decision, ...]
    homes: dict[str, str]
    verdicts: dict[tuple[str, int], Verdict]


def resolve(key: str, held: Iterable[Held], references: Iterable[Reference]) -> Resolution:
    """Decide for everything that shares the link key `key`; the order of the inputs does not matter."""
    letters = sorted(held, key=lambda item: item.letter_id)
    mentions = sorted(references, key=lambda item: (item.letter_id, item.ordinal))
    owned = _held_decisions(key, letters)
    homes = {letter: decision.id for decision in owned for letter in decision.letters}
    sure = {item.letter_id for item in letters if item.sure}

    verdicts: dict[tuple[str, int], Verdict] = {}
    left: list[Reference] = []
    for mention in mentions:
        verdict = _among_held(mention, owned, homes.get(mention.letter_id), sure)
        if verdict is None:
            left.append(mention)
        else:
            verdicts[mention.letter_id, mention.ordinal] = verdict
    stubs, opened = _stubs(key, left)
    verdicts |= opened
    _doubt_undated(mentions, verdicts, stubs)
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


def _among_held(mention: Reference, owned: Sequence[Decision], own: str | None, sure: set[str]) -> Verdict | None:
    """The verdict if a held document fits or nearly fits; None if the cited document is not held."""
    fitting = [decision for decision in owned if _fits(mention, decision)]
    near = fitting or [decision for decision in owned if _near(mention, decision)]
    if any(decision.id == own for decision in near):
        return Verdict("open")  # a letter's own number is no citation
    if not near:
        return None
    dated = mention.issued_on is not None or mention.year is not None
    if len(fitting) == 1 and (dated or any(letter in sure for letter in fitting[0].letters)):
        return Verdict("linked", fitting[0].id)
    return Verdict("ambiguous", None, tuple(sorted(decision.id for decision in near)))


def _fits(mention: Reference, decision: Decision) -> bool:
    return (
        decision.number is not None
        and _same_body(mention, decision)
        and _same_time(mention, decision.issued_on, decision.year)
        and not _titles_differ(mention.title, decision.title)
    )


def _same_body(mention: Reference, decision: Decision) -> bool:
    if mention.body is not None and decision.body is not None:
        return fits(mention.body, decision.body)
    # Only a symbol that names its body ("CT-TTg") can do without the body; UBND or Sở numbers exist in each province.
    return mention.body is None and mention.issued_on is not None and not is_local(mention.number or "")


def _same_time(mention: Reference, issued_on: date | None, year: int | None) -> bool:
    if mention.issued_on is not None:
        return mention.issued_on == issued_on
    if mention.year is not None:
        return mention.year == year
    if issued_on is None or mention.citing_on is None:
        return False
    return mention.confidence >= SURE_READING and timedelta(0) <= mention.citing_on - issued_on <= UNDATED_WINDOW


def _titles_differ(one: str | None, other: str | None) -> bool:
    words, others = _title_words(one), _title_words(other)
    fewer = min(len(words), len(others))
    return fewer >= TITLE_WORDS and len(words & others) < TITLES_SHARE * fewer


def _title_words(title: str | None) -> set[str]:
    return set(re.findall(r"\w+", fold(normalise(title or "")))) - _FILLERS


def _near(mention: Reference, decision: Decision) -> bool:
    """Could be meant, but date, body or title do not agree well enough: a person should look."""
    if decision.number is None:
        return False
    if mention.citing_on and decision.issued_on and not mention.issued_on and decision.issued_on > mention.citing_on:
        return False
    if mention.body and decision.body and not may_fit(mention.body, decision.body):
        return False
    if mention.body and decision.body and fits(mention.body, decision.body):
        said = mention.issued_on.year if mention.issued_on else mention.year
        return said is None or decision.year is None or said == decision.year
    return mention.issued_on is None or decision.issued_on in (None, mention.issued_on)


def _stubs(key: str, mentions: Sequence[Reference]) -> tuple[list[Decision], dict[tuple[str, int], Verdict]]:
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
        fitting = [stub.id for stub in stubs.values() if _fits(mention, stub)]
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
    issued_on = _most([m.issued_on for m in group if m.issued_on])
    year = issued_on.year if issued_on else first.year
    return Decision(
        identity, first.number, first.body, year, issued_on, _most([m.issuer for m in group if m.issuer]),
        _most([m.doc_type for m in group if m.doc_type]), _most([m.title for m in group if m.title]),
    )  # fmt: skip


def _most(values: Sequence[T]) -> T | None:
    """The value said most often; the smallest of equals, so that order does not matter."""
    counts = Counter(values)
    return min(counts, key=lambda value: (-counts[value], value)) if counts else None


def _doubt_undated(
    mentions: Sequence[Reference], verdicts: dict[tuple[str, int], Verdict], stubs: Sequence[Decision]
) -> None:
    """An undated citation linked to a held document may mean one that is only known from other letters."""
    for mention in mentions:
        verdict = verdicts[mention.letter_id, mention.ordinal]
        if verdict.status != "linked" or mention.issued_on or mention.year:
            continue
        rivals = [stub.id for stub in stubs if stub.issued_on and _fits(mention, stub)]
        if rivals and verdict.decision:
            candidates = tuple(sorted([verdict.decision, *rivals]))
            verdicts[mention.letter_id, mention.ordinal] = Verdict("ambiguous", None, candidates)
