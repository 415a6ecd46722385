"""Text typed for fonts that came before Unicode: TCVN3 (ABC) and VNI put back into Vietnamese letters.

Such a font draws "ệ" where the text holds "Ö" (TCVN3) or "eä" (VNI). TCVN3 has one code for small and capital letters
with a tone, only the font (".VnTimeH") tells; ư is the soft hyphen, which most programs drop. The codes stand in
`extractors/data/legacy_encodings.csv`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from extractors.vi.syllables import is_spelled
from extractors.vi.text import OLD_CODES, in_old_encoding, normalise

TCVN3, VNI = "tcvn3", "vni"
_DATA = Path(__file__).resolve().parents[1] / "data" / "legacy_encodings.csv"
_FONTS = ((re.compile(r"\.?Vn[A-Z]"), TCVN3), (re.compile(r"VNI[-_ ]?[A-Z]"), VNI))
_SUBSET = re.compile(r"[A-Z]{6}\+")
_CAPITALS = re.compile(r"H\d?\b(?![a-z])")
# Letters of Vietnamese that no old font's text holds: what has them is Unicode.
_UNICODE = re.compile("[ăĂđĐĩĨũŨơƠưƯẠ-ỹ]")
_WORD = re.compile(r"\S+")
_PARTS = re.compile(r"[-/.,:;&()]")
_EDGES = "\"'“”‘’.,;:!?()[]{}<>/-–—…"
_SURE, _NAMED = 0.85, 0.7  # the least share of words that must come out Vietnamese; the lesser where the font says so
_FEW = 3  # words with codes of their own; fewer tell no encoding


def of_font(name: str) -> str | None:
    """The encoding that a font's name speaks of (".VnTime", "VNI-Times"); None for other fonts."""
    bare = _SUBSET.sub("", name, count=1)
    return next((encoding for pattern, encoding in _FONTS if pattern.match(bare)), None)


def draws_capitals(name: str) -> bool:
    """Whether the font shows every letter as a capital: ".VnTimeH", ".VnArialH,Bold"."""
    return of_font(name) == TCVN3 and _CAPITALS.search(_SUBSET.sub("", name, count=1)) is not None


def detect(text: str, said: str | None = None) -> str | None:
    """The encoding of a text of one font, or None if it is Unicode, has no codes that tell, or stays unreadable.

    `said` is what the font's name speaks of; a text may be too short to show it by itself.
    """
    if _is_unicode(text):
        return None
    if said is not None:
        return said if believable(convert(text, said), _NAMED) else None
    if not in_old_encoding(text):
        return None
    shares = {encoding: _share(convert(text, encoding)) for encoding in (TCVN3, VNI)}
    best = max(shares, key=lambda encoding: shares[encoding][0])
    share, words = shares[best]
    return best if words >= _FEW and share >= _SURE else None


def _is_unicode(text: str) -> bool:
    letters = sum(1 for c in text if not c.isascii())
    return len(_UNICODE.findall(text)) > 0.1 * letters


def speaks_old(text: str) -> bool:
    """Whether any character is a code that Vietnamese in Unicode has no use for."""
    return OLD_CODES.search(text) is not None


def believable(converted: str, least: float = _SURE) -> bool:
    """Whether enough of the words with marks are spelled as Vietnamese words are; True without such words."""
    return _share(converted)[0] >= least


def _share(text: str) -> tuple[float, int]:
    """Share of Vietnamese words among those that are not plain ASCII, and how many these are."""
    bare = (word.strip(_EDGES) for word in text.split())
    words = [word for word in bare if word and not word.isascii()]
    good = sum(all(_is_vietnamese(part) for part in _PARTS.split(word) if part) for word in words)
    return (good / len(words) if words else 1.0), len(words)


def _is_vietnamese(part: str) -> bool:
    return part.isascii() or is_spelled(part) or (part.isupper() and part.isalpha() and len(part) <= 6)


def pieces(text: str, encoding: str) -> list[tuple[int, str]]:
    """The letters of `text`, each with the number of characters that it took: two for most of VNI."""
    table, longest = _table(encoding)
    found, at = [], 0
    while at < len(text):
        length = next((n for n in range(longest, 0, -1) if text[at : at + n] in table), 1)
        piece = text[at : at + length]
        found.append((length, table.get(piece, piece)))
        at += length
    return found


def convert(text: str, encoding: str) -> str:
    """One line in Unicode, in capitals where its plain letters are: TCVN3 has none for most letters with a tone."""
    letters = "".join(letter for _, letter in pieces(text, encoding))
    if encoding != TCVN3:
        return letters
    words = [word for word in letters.split() if len(_plain(word)) > 1]
    if len(words) > 1 and all(_plain(word).isupper() for word in words):
        return letters.upper()
    return _WORD.sub(lambda match: match[0].upper() if _is_shouted(match[0]) else match[0], letters)


def _is_shouted(word: str) -> bool:
    return len(_plain(word)) > 1 and _plain(word).isupper()


def _plain(word: str) -> str:
    return "".join(c for c in word if c.isascii() and c.isalpha())


def convert_line(text: str, encoding: str) -> str:
    """One line of a text file in Unicode; a line that is in Unicode already stays."""
    return text if _is_unicode(text) else convert(text, encoding)


def is_converted(raw: str, text: str) -> bool:
    """Whether a line's text is not what was read but its conversion."""
    if raw.isascii() or normalise(raw) == text:
        return False
    return any(normalise(convert(raw, encoding)) == text for encoding in (TCVN3, VNI))


@cache
def _table(encoding: str) -> tuple[Mapping[str, str], int]:
    """Codes as Latin-1 shows them to letters, and the length of the longest code."""
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = [(row["char"], bytes.fromhex(row[encoding]).decode("latin-1")) for row in csv.DictReader(file)]
    table: dict[str, str] = {}
    for char, code in rows:
        if code not in table or char.islower():
            table[code] = char
    return table, max(map(len, table))
