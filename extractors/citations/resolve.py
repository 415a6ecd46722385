"""From mentions to documents: one entry per number and date, short mentions with the full one they stand for."""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from rapidfuzz import fuzz
from rapidfuzz.distance import OSA

from extractors.citations.host import Host, unlisted_code
from extractors.citations.mentions import Found
from extractors.citations.relations import Judged
from extractors.own_symbols import initials
from extractors.vi.authorities import authority_of, by_name, full_name, issuer_code
from extractors.vi.symbols import TYPE_CODES, known_codes, skeleton
from extractors.vi.text import fold
from models.identifiers import DocumentNumber
from models.letter import Act

_TONE = re.compile("[\u0300\u0301\u0303\u0309\u0323]")  # "dự án" gives DA; Ư, Ô, Â stay


@dataclass(slots=True)
class Entry:
    """One cited document while its mentions are gathered."""

    number: DocumentNumber
    issued_on: date | None
    mentions: list[Found] = field(default_factory=list)
    judged: list[Judged] = field(default_factory=list)

    def add(self, mention: Found, judged: Judged) -> None:
        """One more mention; the first stated date stays until `_settle` looks at all."""
        self.mentions.append(mention)
        self.judged.append(judged)
        self.issued_on = self.issued_on or mention.issued_on

    @property
    def issuer(self) -> Found | None:
        """The mention that states the issuer best: a listed body before free words."""
        stated = [m for m in self.mentions if m.issuer]
        return next((m for m in stated if m.listed), stated[0] if stated else None)


def repaired(found: Sequence[Found], host: Host) -> list[Found]:
    """Symbols that no list knows, put right by the issuer that the same sentence states or by the letter's own code."""
    result = []
    for mention in found:
        number = _repair(mention, host)
        result.append(mention if number is mention.number else mention._replace(number=number))
    return result


def _repair(mention: Found, host: Host) -> DocumentNumber | None:
    number = mention.number
    if number is None or number.party:
        return number
    kind = number.symbol.partition("-")[0]
    if mention.noun in TYPE_CODES and mention.noun != kind and skeleton(mention.noun) == skeleton(kind):
        number = dataclasses.replace(number, symbol=mention.noun + number.symbol[len(kind) :])  # "Đề án số 5/DA-SYT"
    if issuer_code(number):
        return number
    read = unlisted_code(number)
    if read is None:
        return number
    first, *rest = read.split("-")
    if number.symbol.startswith(f"{read}-"):  # without a kind: what follows the body is its unit
        rest = number.symbol.split("-")[1:]
    listed = by_name(mention.issuer) if mention.issuer else None
    if listed and listed.code and _is_misread(first, listed.code, broken=mention.broken):
        return _with_issuer(number, [listed.code, *rest])
    for code in (*_initials(mention), *([host.code] if host.code else [])):
        if code == read:
            return number
        if skeleton(read) == skeleton(code) or (code == host.code and _is_own(read, code)):
            return _with_issuer(number, [code, *(rest if read == first else [])])
        if rest and code == host.code and _is_own(first, code):
            return _with_issuer(number, [code, *rest])
    return number


def _with_issuer(number: DocumentNumber, issuer: list[str]) -> DocumentNumber:
    parts = number.symbol.split("-")
    kind = parts[:1] if parts[0] in TYPE_CODES and len(parts) > 1 else []
    return dataclasses.replace(number, symbol="-".join([*kind, *issuer]))


def _initials(mention: Found) -> list[str]:
    """What an unlisted body may sign with: the initials of its stated name, or of its first words."""
    if mention.issuer is None:
        return []
    words = [w for w in re.findall(r"\w+", mention.issuer) if w not in ("và", "của", "các")]
    bare = (_TONE.sub("", unicodedata.normalize("NFD", w[0])) for w in words)
    initials = unicodedata.normalize("NFC", "".join(bare)).upper()
    starts = (0, 1) if fold(words[0]) == "truong" else (0,)
    return [initials[at:n] for at in starts for n in range(len(initials), at + 2, -1)]


def _is_misread(read: str, code: str, *, broken: bool) -> bool:
    """Whether `read` is `code` with a slip or two: the sentence names the body, so the two witnesses agree.

    A beginning of the code is another way to sign ("TB-VP" of an office whose code is VPUBND, "QĐ-TA" of a court),
    unless the reader broke the symbol off there.
    """
    a, b = skeleton(read), skeleton(code)
    if read in known_codes() or a[:1] != b[:1]:
        return False
    if len(b) >= 4 and abs(len(a) - len(b)) < 2 and OSA.distance(a, b) <= max(1, len(b) // 3):
        return True
    return broken and len(a) >= 2 and len(b) >= 4 and b.startswith(a)


def _is_own(read: str, code: str) -> bool:
    """Whether `read` is the letter's own code with strokes miscounted or joined otherwise: "ĐIITĐ" for "ĐHTĐ"."""
    if _runs(skeleton(read)) == _runs(skeleton(code)):
        return True
    near = len(code) >= 3 and abs(len(read) - len(code)) <= 2 and read not in known_codes()
    return near and _runs(_strokes(read)) == _runs(_strokes(code))


def _strokes(text: str) -> str:
    """Skeleton in which H, T and I are the upright strokes that faint print leaves of them."""
    return re.sub("[ht]", "i", skeleton(text))


def _runs(key: str) -> str:
    return re.sub(r"(.)\1+", r"\1", key)


def entries(found: Sequence[Found], judged: Sequence[Judged]) -> list[Entry]:
    """One entry per distinct (number, date); a mention without date joins the latest full one of its number.

    Two dates with one number are two documents, except where the number itself carries the year.
    """
    result: list[Entry] = []
    by_key: dict[str, list[Entry]] = {}
    for mention, judgement in zip(found, judged, strict=True):
        if mention.number is None:
            continue
        known = by_key.setdefault(_key(mention.number), [])
        entry = _home(known, mention)
        if entry is None:
            entry = Entry(mention.number, mention.issued_on)
            known.append(entry)
            result.append(entry)
        entry.add(mention, judgement)
    for known in by_key.values():
        _settle(known)
    return _without_misreadings(result)


def acts(found: Sequence[Found], judged: Sequence[Judged], gathered: Sequence[Entry]) -> dict[int, tuple[Act, ...]]:
    """What documents do to others, as their titles say, by place of the acting one in `gathered`."""
    home = {id(mention): at for at, entry in enumerate(gathered) for mention in entry.mentions}
    result: dict[int, dict[Act, None]] = {}
    for mention, judgement in zip(found, judged, strict=True):
        if judgement.by is None:
            continue
        outer, inner = home.get(id(found[judgement.by[0]])), home.get(id(mention))
        actor, other = (inner, outer) if judgement.passive else (outer, inner)
        if actor is not None and other is not None and actor != other:
            target = gathered[other]
            result.setdefault(actor, {})[Act(judgement.by[1], target.number, target.issued_on)] = None
    return {at: tuple(said) for at, said in result.items()}


# Figures that readers take for each other.
_CONFUSED = frozenset(
    map(frozenset, ("17", "14", "35", "38", "36", "56", "58", "68", "08", "06", "09", "49", "69", "89", "27", "01"))
)


def _without_misreadings(found: list[Entry]) -> list[Entry]:
    """Take a bare mention of a number that is never given in full for a misreading of the one full number beside it.

    Only where the number carries its year, one look-alike figure differs, and exactly one document fits: a letter
    gives a document in full before it shortens it (Decree 30/2020, annex I).
    """
    kept = []
    full: dict[tuple[int | None, str], list[Entry]] = {}
    for entry in found:
        if entry.issued_on and entry.number.year:
            full.setdefault((entry.number.year, entry.number.symbol), []).append(entry)
    for entry in found:
        bare = entry.issued_on is None and not any(m.issuer for m in entry.mentions) and entry.number.year
        near = full.get((entry.number.year, entry.number.symbol), []) if bare else []
        fits = [o for o in near if _looks_like(entry.number, o.number)]
        if len(fits) == 1:
            for mention, judged in zip(entry.mentions, entry.judged, strict=True):
                fits[0].add(mention, Judged("references", nested=judged.nested))
        else:
            kept.append(entry)
    return kept


def _looks_like(one: DocumentNumber, other: DocumentNumber) -> bool:
    if len(one.serial) != len(other.serial):
        return False
    pairs = [frozenset(pair) for pair in zip(one.serial, other.serial, strict=True) if pair[0] != pair[1]]
    return len(pairs) == 1 and pairs[0] in _CONFUSED


def _key(number: DocumentNumber) -> str:
    return fold(number.key)


def _home(known: list[Entry], mention: Found) -> Entry | None:
    if not known:
        return None
    if mention.issued_on is None or (mention.number and mention.number.year):
        return known[-1]
    for entry in reversed(known):
        if entry.issued_on in (None, mention.issued_on):
            return entry
        # Numbering begins anew each year: one number, one body and one year are one document, a day was misread.
        if entry.issued_on.year == mention.issued_on.year:
            return entry
    return None


def _settle(known: list[Entry]) -> None:
    """Of several dates read for one document: in the year that the number carries, most often read, best read."""
    for entry in known:
        dated = [m for m in entry.mentions if m.issued_on]
        if not dated:
            continue
        votes = Counter(m.issued_on for m in dated)
        fits = [m for m in dated if entry.number.year in (None, m.issued_on.year if m.issued_on else None)] or dated
        entry.issued_on = max(fits, key=lambda m: (votes[m.issued_on], m.sure)).issued_on


def _means(said: str, listed: str) -> bool:
    """Whether the sentence's words are the listed name, misread or abbreviated ("Cục ĐBVN")."""
    head, _, short = said.rpartition(" ")
    abbreviated = short.isupper() and len(short) >= 3 and skeleton(initials(listed)).endswith(skeleton(short))
    return (abbreviated and fold(listed).startswith(fold(head))) or _is_damaged(said, listed)


def _is_damaged(said: str, listed: str) -> bool:
    """Whether the sentence's words are the listed name with reading errors; a short form of it is none."""
    a, b = fold(said), fold(listed)
    return fuzz.ratio(a, b) > 78 and not set(a.split()) <= set(b.split())


def is_by_host(entry: Entry, host: Host) -> bool:
    """Whether the symbol has the code that the citing letter signs with."""
    own = unlisted_code(entry.number)
    return bool(own and host.code) and fold(str(own).split("-")[0]) == fold(str(host.code).split("-")[0])


def issuer(entry: Entry, host: Host) -> tuple[str | None, str | None]:
    """(full name, where it is from): "stated" in the sentence, from the "symbol", or from the host's own "context"."""
    said = entry.issuer
    found = authority_of(entry.number, on=entry.issued_on)
    if said is not None and said.issuer is not None:
        named = by_name(said.issuer, entry.issued_on, host.province)
        if named is None and host.place and fold(said.issuer).split(" ")[-1] == fold(host.place).split(" ")[0]:
            named = by_name(f"{said.issuer} {host.place.partition(' ')[2]}")  # "UBND huyện" is that of the letterhead
        if named is None and found and _means(said.issuer, found.name):
            named = found
        return (named.name if named else full_name(said.issuer)), "stated"
    own = unlisted_code(entry.number)
    if host.issuer and is_by_host(entry, host):
        return host.issuer, "context"
    if found:
        return found.name, "symbol"
    if host.place and own in ("UBND", "HĐND"):
        return None, None
    if host.province and not host.is_below:
        local = authority_of(entry.number, on=entry.issued_on, province=host.province)
        if local:
            return local.name, "context"
    return None, None
