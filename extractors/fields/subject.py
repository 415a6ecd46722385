"""Trích yếu: the words under the type's name, or after "V/v" under the number."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors.items import join
from extractors.layout import Layout, Span, layout
from extractors.registry import extractor
from extractors.spans import MOTTO, is_copies_label
from extractors.vi.document_types import by_title, title_prefix
from extractors.vi.syllables import valid_share
from extractors.vi.text import fold
from models.document import Candidate, Document
from models.geometry import enclosing

EXAMPLES = {
    "Số: 15/BNV-VP\nV/v cử cán bộ tham gia\nlớp tập huấn\nHà Nội, ngày 02 tháng 3 năm 2021\nKính gửi: Bộ Y tế": [
        "cử cán bộ tham gia lớp tập huấn"
    ],
    "Số: 15/QĐ-BNV\nHà Nội, ngày 02 tháng 3 năm 2021\nQUYẾT ĐỊNH\nVề việc cử cán bộ\nCăn cứ Luật Cán bộ": [
        "Về việc cử cán bộ"
    ],
    "Số: 15/QĐ-BNV\nHà Nội, ngày 02 tháng 3 năm 2021": [],
}
# The mark itself is small print: its slash is read as l, I or a tone mark.
_MARK = re.compile(
    r"^\W{0,3}(?:v\s?[/\\|]\s?v\b|[vw]\s?/\s?[vwy]\b|v[ilí1áịì]?v\b|v\.v\b|v[^\w\s]v\b|v[^\s:]{1,2}\s?(?=:)|vá?n\b(?=\s[a-zà-ỹđ]))[\s.:]*",
    re.IGNORECASE,
)
_ABOUT = re.compile(r"V[eềê]\s?vi[eệê]c\b")
# "KẾ HOẠCH LIÊN TỊCH", "CHƯƠNG TRÌNH PHỐI HỢP": still of the kind.
_JOINT = re.compile(r"^(?:LIÊN (?:TỊCH|NGÀNH|SỞ|BỘ)|PHỐI HỢP|HÀNH ĐỘNG|CÔNG TÁC)\s+(?=[^\W\d]*[a-zà-ỹđ])")
# Until about 2000 the title told who decides: "QUYẾT ĐỊNH CỦA BỘ TRƯỞNG BỘ …".
_DECIDER = re.compile(r"^CỦA\s")
_CUT = 0.7
_OFF_MIDDLE = 8.0  # points; whole lines of real headings stand off by 1.3 at most, cut ones by 19 at least
_LINE, _READ = 14.0, 0.7  # points; of what counts as a line of words
_NOISE_END = re.compile(r"[\s._;:,\-~'`|]+$")


@extractor("subject", version=6)
def find(document: Document) -> Iterator[Candidate]:
    """The subject as one line."""
    parts = layout(document)
    spans = parts.subject
    title = parts.title[0].text if parts.title else ""
    rest = None if by_title(title) else title_prefix(title)
    text = join(span.part(_lead(span.text)) if i else span for i, span in enumerate(spans))
    if rest:
        decided = "" if _DECIDER.match(rest[1]) and rest[1].isupper() and text else rest[1]
        text = _JOINT.sub("", f"{decided} {text}".strip())
    if not parts.title:
        text = _MARK.sub("", text)
    elif (inside := _ABOUT.search(text)) and 0 < inside.start() <= 60 and _is_noise(text[: inside.start()]):
        text = text[inside.start() :]
    text = re.sub(r"^V[eề]\s?vi[eệ]c(?=\S)", "Về việc ", re.sub(r"^[^\w(\"“]+", "", text))
    text = _NOISE_END.sub("", re.sub(r"\s+", " ", text))
    if text.endswith(")") and text.count(")") > text.count("("):  # "(V/v …)"
        text = text[:-1].rstrip()
    if len(text) < 4:
        return
    where = tuple(span.evidence for span in (*(parts.title if rest else ()), *spans))
    score = min((span.confidence for span in spans), default=0.5)
    if (parts.title and _is_cut(parts.title[0], spans)) or _has_orphan(parts):
        score *= _CUT
    yield Candidate(
        "subject", text, join(spans), where, score, (spans or parts.title)[0].origin, enclosing(s.bbox for s in spans)
    )


def _has_orphan(parts: Layout) -> bool:
    """Whether a line of words right above, within or under the subject is of no part: it may be a line of it."""
    sheet, spans = parts.first, [s.bbox for s in parts.subject if s.bbox is not None]
    if sheet is None or not spans:
        return False
    known = (*parts.letterhead, *parts.number, *parts.place_date, *parts.title, *parts.subject, *parts.addressees)
    used = {(s.page, s.line) for s in (*known, *parts.authority, *parts.body)}
    top, bottom = min(b.top for b in spans) - _LINE, max(b.bottom for b in spans) + _LINE
    left, right = min(b.x0 for b in spans), max(b.x1 for b in spans)
    return any(
        span.bbox is not None and (span.page, span.line) not in used and top < span.bbox.y_mid < bottom
        and min(span.bbox.x1, right) - max(span.bbox.x0, left) > 0.3 * span.bbox.width
        and span.confidence > _READ and len(re.findall(r"[^\W\d_]{2,}", span.text)) >= 2
        and valid_share(span.text) > _READ and not is_copies_label(span) and not MOTTO.search(fold(span.text))
        for span in sheet.spans
    )  # fmt: skip


def _lead(text: str) -> int:
    """Length of the specks in front of a further line."""
    match = re.match(r"[-_|~=\s]+(?=\w)", text)
    return match.end() if match else 0


def _is_cut(title: Span, spans: tuple[Span, ...]) -> bool:
    """Whether a line stands off the middle: a stamp has swallowed its beginning or end."""
    if title.bbox is None:
        return False
    # in a line with a stamp before "Về việc" the words' own place is not known
    boxes = [s.bbox for s in spans if s.bbox is not None and not _follows_noise(s.text)]
    middles = [title.bbox.x_mid, *(box.x_mid for box in boxes)]
    middle = sorted(middles)[len(middles) // 2]
    return any(abs(box.x_mid - middle) > _OFF_MIDDLE for box in boxes)


def _follows_noise(text: str) -> bool:
    about = _ABOUT.search(text)
    return about is not None and about.start() > 2


def _is_noise(text: str) -> bool:
    """Whether what stands before "Về việc" comes from a stamp at the margin."""
    return sum(c.islower() for c in text) < 0.5 * len(text) or not any(c.isalpha() for c in text)
