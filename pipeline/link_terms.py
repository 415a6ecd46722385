"""What linking speaks of: letters held, citations, the documents they mean, and the thresholds of deciding."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta


@dataclass(frozen=True, slots=True)
class Rules:
    """The thresholds of linking, chosen by `python -m benchmarks.linking --thresholds`.

    On 99,281 letters with 297,843 citations, 3 % of them misread: 161,695 linked, none wrong, 0.984 of those that can
    be resolved. Where numbers follow the days and the archive is dense, 3 of 163,009 were wrong: a misread figure that
    no reader doubted gave the neighbour of the same body and day, cited without a title. `differ` at 0.25 let 3 wrong
    links through, at 0.6 it loses 0.006 and at 0.7 0.03 of the resolvable ones; without titles undated citations made
    most wrong links.

    Attributes:
        undated: How long before the letter a document cited without its day may have been issued.
        differ: Titles speak of different things if the shorter shares less than this of its words with the longer.
        agree: They speak of one thing if they share so much of the longer's words; asked for where the day is missing
            or the number doubtful.
        words: Least words of the shorter title, for its words to be counted at all.
        sure: Least confidence of a citation that is linked without a day, or without a title that agrees in full: what
            one reader doubted and no second one confirmed may be the number of a neighbour of the same body and day.
    """

    undated: timedelta = timedelta(days=400)
    differ: float = 0.5
    agree: float = 0.75
    words: int = 4
    sure: float = 0.65


RULES = Rules()


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
    """A citation in a stored letter, as far as linking needs it; or several that say the same, in any letters.

    Attributes:
        letter_id: The letter that cites; one of them if there are several.
        ordinal: Place of the citation in that letter.
        body: Key of the body cited; None if not known.
        year: The year inside the number ("30/2020/NĐ-CP"); None if there is none.
        citing_on: Date of the letter that cites; None if it makes no difference.
        count: How many say the same.
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
    count: int = 1


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
