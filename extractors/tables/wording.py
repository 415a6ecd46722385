"""Marks of set phrases in tables that were read from an image; the letters stay as read, figures are never touched."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from extractors.vi.text import fold

_FILE = Path(__file__).parent.parent / "data" / "table_phrases.csv"


@cache
def _phrases(kind: str) -> dict[str, str]:
    with _FILE.open(encoding="utf-8") as file:
        return {fold(row["phrase"]): row["phrase"] for row in csv.DictReader(file) if row["kind"] == kind}


@cache
def _pattern() -> re.Pattern[str]:
    longest_first = sorted(_phrases("phrase"), key=len, reverse=True)
    return re.compile(r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?!\w)")


def mend(text: str) -> str:
    """`text` with the marks that these words have in every table: "Đâu tư" is "Đầu tư", "Tống số" is "Tổng số".

    A cell that is a label by itself may also have one letter wrong.
    """
    if not any(char.isalpha() for char in text):
        return text
    plain = fold(text)
    if len(plain) <= 22 and (label := _label(plain)):
        return _cased(text, label)
    parts, end = [], 0
    for match in _pattern().finditer(plain):
        parts += [text[end : match.start()], _cased(text[match.start() : match.end()], _phrases("phrase")[match[0]])]
        end = match.end()
    return "".join(parts) + text[end:]


def _label(plain: str) -> str | None:
    bare = " ".join(re.findall(r"[^\W_]+", plain))  # specks of dirt are read as dashes and dots
    codes, labels = _phrases("code"), _phrases("label")
    if bare in labels or bare in codes:
        return labels.get(bare) or codes[bare]
    near = [code for key, code in codes.items() if len(bare) == len(key) == 4 and Levenshtein.distance(bare, key) == 1]
    near += [label for key, label in labels.items() if len(key) > 6 and Levenshtein.distance(bare, key) == 1]
    return near[0] if len(set(near)) == 1 else None


def _cased(read: str, phrase: str) -> str:
    """The phrase in the capitals of what was read; a code as it is."""
    if not phrase.islower():
        return phrase
    if sum(char.isupper() for char in read) > len(read) / 2:
        return phrase.upper()
    return phrase[0].upper() + phrase[1:] if read[:1].isupper() else phrase
