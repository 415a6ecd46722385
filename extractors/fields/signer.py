"""Người ký: the block at the bottom right, capacities, the title nearest the name, the name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.layout import Span, layout
from extractors.registry import extractor
from extractors.vi.name_marks import is_noise
from extractors.vi.names import capacity, is_person_name, is_title, known_surname, strip_degrees
from extractors.vi.syllables import has_marks, valid_share
from extractors.vi.text import fold, normalise
from extractors.vi.titles import ends_title, restore_title
from models.document import Candidate, Document, Evidence
from models.geometry import BBox, enclosing
from models.letter import Signatory

EXAMPLES = {
    "Số: 1/A-B\nNơi nhận:\n- Lưu: VT.\nKT. BỘ TRƯỞNG\nTHỨ TRƯỞNG\nTrần Văn Bình": [
        "Trần Văn Bình | KT. BỘ TRƯỞNG | THỨ TRƯỞNG"
    ],
    "Số: 1/A-B\nNơi nhận:\n- Lưu: VT.\nTM. ỦY BAN NHÂN DÂN\nKT.CHỦ TỊCH\nPHÓ CHỦ TỊCH\nLê Thị Hoa": [
        "Lê Thị Hoa | TM. ỦY BAN NHÂN DÂN KT. CHỦ TỊCH | PHÓ CHỦ TỊCH"
    ],
    "Số: 1/A-B\nNơi nhận:\n- Lưu: VT.\nHIỆU TRƯỞNG\nPGS.TS. Ngô Minh An": ["Ngô Minh An | None | HIỆU TRƯỞNG"],
    "Số: 1/A-B\nNơi nhận:\n- Lưu: VT.": [],
}
_PHRASES = ("ỦY BAN NHÂN DÂN", "HỘI ĐỒNG NHÂN DÂN", "CHỦ TỊCH", "GIÁM ĐỐC", "PHÓ", "TỈNH", "THÀNH PHỐ", "HUYỆN")
_REPAIRS = tuple((re.compile(rf"\b{fold(phrase)}\b"), phrase) for phrase in _PHRASES)
_NOISE = re.compile(r"^[\W_]+|[^\w.)]+$")
_READ_AGAIN = ("signature", "signature_block")
_ROOM, _LEVEL = 40.0, 6.0  # points between the pieces of a title
_SCRIBBLE = 0.15  # of what a seal or a pen was taken for
_CLEAR = 0.8  # of a line that is taken for a name by its form and place alone
_UNLISTED = 0.5
_PRINTED = ("pdf-text", "text")


@dataclass(frozen=True, slots=True)
class _Line:
    text: str
    evidence: tuple[Evidence, ...]
    bbox: BBox | None
    confidence: float
    origin: str


@extractor("signer", version=3)
def find(document: Document) -> Iterator[Candidate]:
    """The signatory from the page, and from a further reader of the same block; none without a name."""
    block = layout(document).signature
    printed = list(_rows([_from_span(span) for span in block]))
    again = [
        _Line(normalise(r.text), (), r.bbox, r.confidence, r.origin)
        for r in document.readings
        if r.region in _READ_AGAIN
    ]
    if candidate := _read(printed):
        yield candidate
    by_origin: dict[str, list[_Line]] = {}
    for line in again:
        by_origin.setdefault(line.origin, []).append(line)
    for lines in by_origin.values():
        if candidate := _read(lines, titles_of=printed):
            yield candidate


def _from_span(span: Span) -> _Line:
    return _Line(span.text, (span.evidence,), span.bbox, span.confidence, span.origin)


def _rows(lines: Sequence[_Line]) -> Iterator[_Line]:
    """The lines with the pieces of a title in capitals that stand in one row put together: a stroke cut them apart."""
    row: _Line | None = None
    for line in lines:
        if row is not None and _is_next(row, line):
            where, box = (*row.evidence, *line.evidence), enclosing((row.bbox, line.bbox))
            row = _Line(f"{row.text} {line.text}", where, box, min(row.confidence, line.confidence), row.origin)
            continue
        if row is not None:
            yield row
        row = line
    if row is not None:
        yield row


def _is_next(before: _Line, line: _Line) -> bool:
    if before.bbox is None or line.bbox is None or not (before.text.isupper() and line.text.isupper()):
        return False
    beside = 0 <= line.bbox.x0 - before.bbox.x1 < _ROOM and abs(line.bbox.y_mid - before.bbox.y_mid) < _LEVEL
    return beside and min(before.confidence, line.confidence) > 0.5


def _read(lines: Sequence[_Line], *, titles_of: Sequence[_Line] = ()) -> Candidate | None:
    found = _name(lines)
    if found is None:
        return None
    at, name, fit = found
    capacities, position = _offices(lines[:at])
    if position is None and titles_of:
        capacities, position = _offices(titles_of)
    value = Signatory(name, " ".join(capacities) or None, position)
    used = lines[: at + 1]
    where = tuple(e for line in used for e in line.evidence)
    raw = " / ".join(line.text for line in used)
    score = round(lines[at].confidence * fit * (1.0 if position else 0.8), 3)
    return Candidate("signer", value, raw, where, score, lines[at].origin, enclosing(line.bbox for line in used))


def _name(lines: Sequence[_Line]) -> tuple[int, str, float] | None:
    """Index, name and fit of the last line that is a person's name; a title must not follow it closely."""
    best: tuple[int, str, float] | None = None
    for i, line in enumerate(lines):
        text = strip_degrees(_NOISE.sub("", line.text))
        if (
            not (is_person_name(text) or _is_highlander(text, line.origin))
            or is_title(text)
            or ends_title(text)
            or line.confidence < 0.3
            or is_noise(text, line.confidence)
        ):
            continue
        if text.isupper():
            text = text.title()
        fit = 1.0 if known_surname(text.split()[0]) or text.startswith("A ") else 0.7
        if best is None or fit >= best[2]:
            best = (i, text, fit)
    return best or _unlisted_name(lines)


def _is_highlander(text: str, origin: str) -> bool:
    """Whether print gives a man's name of the Central Highlands ("A Khương"); on a scan that may be half of "Hà …"."""
    return text.startswith("A ") and origin in _PRINTED and is_person_name(text, surname=False)


def _unlisted_name(lines: Sequence[_Line]) -> tuple[int, str, float] | None:
    """The last line under a title that has a name's form, its family name being on no list; never sure."""
    if len(lines) < 2 or lines[-1].confidence < _CLEAR:
        return None
    text = strip_degrees(_NOISE.sub("", lines[-1].text))
    under_title = any(capacity(line.text) or is_title(line.text) for line in lines[:-1])
    if (
        not under_title
        or text.startswith("A ")
        or text.isupper()
        or is_title(text)
        or not is_person_name(text, surname=False)
    ):
        return None
    return len(lines) - 1, text, _UNLISTED


def _offices(lines: Sequence[_Line]) -> tuple[list[str], str | None]:
    """Capacities in order, and the title nearest the name; a deputy under a title signs for its holder."""
    capacities: list[str] = []
    titles: list[str] = []
    previous: _Line | None = None
    for i, line in enumerate(lines):
        text = _NOISE.sub("", line.text)
        if line.confidence < _SCRIBBLE:
            continue
        if stands_for := capacity(text):
            capacities.append(_mended(stands_for))
        elif capacities and not titles and previous is not None and _continues(previous, line, capacities[-1]):
            if any(_office(further.text) for further in lines[i + 1 :]):  # else it may be the seal
                capacities[-1] = f"{capacities[-1]} {text}"
        elif titles and previous is not None and _continues(previous, line, titles[-1]):
            titles[-1] = f"{titles[-1]} {text}"
        elif title := _office(text):
            titles.append(title)
        else:
            continue
        previous = line
    position = titles[-1] if titles else _deputy(capacities, lines)
    if not capacities and len(titles) >= 2 and titles[-1] == f"PHÓ {titles[-2]}":
        capacities = [f"KT. {titles[-2]}"]
    return capacities, position


def _deputy(capacities: list[str], lines: Sequence[_Line]) -> str | None:
    """What "KT. …" leads to, where the seal left one of its words readable: only the deputy signs for the holder."""
    if not capacities or not capacities[-1].startswith("KT. "):
        return None
    holder = capacities[-1][4:]
    words = {word for line in lines for word in line.text.split() if capacity(line.text) is None}
    return f"PHÓ {holder}" if {"PHÓ", holder.split()[-1]} & words and "TRƯỞNG" not in holder else None


def _continues(before: _Line, line: _Line, title: str) -> bool:
    """Whether a line in capitals goes on with a title that ended in "và", or stands close under one as no title."""
    if not line.text.isupper() or sum(c.isalpha() for c in line.text) < 3:
        return False
    if is_title(line.text) and line.text.startswith("PHÓ "):
        return False
    if title.split()[-1] in ("VÀ", "CỦA", "TỈNH", "PHỐ"):
        return True
    if before.bbox is None or line.bbox is None or _is_name(line.text) or _office(line.text):
        return False
    return line.bbox.y_mid - before.bbox.y_mid < 1.6 * max(before.bbox.height, 10) and valid_share(line.text) == 1.0


def _is_name(text: str) -> bool:
    """Whether capitals are a person's name: with its marks the family name must be one ("BÁN CHỨNG KHOÁN" is none)."""
    return is_person_name(text) and (known_surname(text.split()[0]) or not has_marks(text.split()[0]))


def _office(text: str) -> str | None:
    """The office that a line names: by its letters, behind specks of a seal, or in full where every word is one."""
    words = text.split()
    for first in range(min(3, len(words))):
        text_of_office, dash, further = " ".join(words[first:]).partition(" - ")
        if title := restore_title(text_of_office):
            # "PHÓ CHỈ HUY TRƯỞNG - THAM MƯU TRƯỞNG": two offices of one person.
            return f"{title} - {further}" if dash and further.isupper() and valid_share(further) == 1.0 else title
    letters = sum(c.isalpha() for c in text)
    if is_title(text) and letters >= 8 and valid_share(text) == 1.0 and not re.search(r"[^\w\s&,.()-]", text):
        return _mended(text)
    return None


def _mended(text: str) -> str:
    """A title with the marks that the reader lost: as a whole, else its commonest phrases."""
    if title := restore_title(text):
        return title
    for pattern, phrase in _REPAIRS:
        for match in pattern.finditer(fold(text)):
            if text[match.start() : match.end()].isupper():
                text = text[: match.start()] + phrase + text[match.end() :]
    return text
