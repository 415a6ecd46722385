"""Lists as letters set them: items with dashes, wrapped lines joined, punctuation at the ends taken off."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from extractors.spans import Span
from extractors.vi.text import fold
from models.geometry import BBox, enclosing

_BULLET = re.compile(r"^\W{0,2}?(?:[-~–•+*_=¬]+[\s_]*)+(?=\S)")
_FILED = re.compile(r"^\W{0,3}L[ưu]u\s*(?::|VT\b|VP\b|HS\b|HC\b)")  # an item of its own wherever it stands
_ASIDE = re.compile(
    r"^\W{0,2}\(?\s?(?:sau day goi|dia chi|d/c|ma so thue|mst\b|(?:so )?(?:cccd|cmnd)|(?:so )?dien thoai|email)|"
    r"^\(.*goi (?:chung|tat)"
)
_END = re.compile(r"[\s;,.:\-_~'`\"*|]+$")
_START = re.compile(r"^[\s;,.:\-_~`*|=]+")


@dataclass(frozen=True, slots=True)
class Item:
    """One item with the lines that it takes up."""

    text: str
    spans: tuple[Span, ...]

    @property
    def bbox(self) -> BBox | None:
        """Box around its lines."""
        return enclosing(span.bbox for span in self.spans)

    @property
    def confidence(self) -> float:
        """The least of its lines."""
        return min(span.confidence for span in self.spans)


def has_bullet(text: str) -> bool:
    """Whether a line begins with a dash or another mark of a list."""
    return _BULLET.match(text) is not None


def items(spans: Iterable[Span]) -> Iterator[Item]:
    """The items of a list; a line without a dash goes on with the item above unless that was closed."""
    open_item: list[Span] = []
    for span in spans:
        bullet = has_bullet(span.text)
        if open_item and (bullet or _closes(open_item[-1], span)):
            yield Item(tidy(join(open_item)), tuple(open_item))
            open_item = []
        open_item.append(span)
    if open_item:
        yield Item(tidy(join(open_item)), tuple(open_item))


def _closes(before: Span, span: Span) -> bool:
    """Whether `span` without a dash is an item of its own."""
    end = before.text.rstrip()
    if span.text[:1].islower() or end.endswith((",", "-", "và")) or span.text.startswith("("):
        return False
    return end.endswith((";", ".")) or _FILED.match(span.text) is not None


def join(spans: Iterable[Span]) -> str:
    """Wrapped lines as one; a word divided by a dash at the line's end keeps the dash."""
    text = ""
    for span in spans:
        piece = span.text.strip()
        glue = "" if text.endswith(("-", "/")) and not text.endswith(" -") and piece[:1].isalnum() else " "
        text = f"{text}{glue}{piece}" if text else piece
    return re.sub(r"\s+", " ", text)


def tidy(text: str) -> str:
    """Without the bullet in front and the punctuation at the ends; a closing bracket or quote stays."""
    text = _START.sub("", _BULLET.sub("", text))
    return re.sub(r"\s+([;,.:)])", r"\1", _END.sub("", text)).strip()


def is_aside(text: str) -> bool:
    """Whether a line is a remark about the list: "(sau đây gọi chung là …)"."""
    return _ASIDE.search(fold(text)) is not None
