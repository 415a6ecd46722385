"""Vietnamese and English. The English words are the key; `messages.tsv` has the Vietnamese."""

from __future__ import annotations

import csv
from collections.abc import Callable
from functools import cache
from pathlib import Path

from fastapi import Request

LANGUAGES = ("vi", "en")
_MESSAGES = Path(__file__).parent / "messages.tsv"
Say = Callable[..., str]


@cache
def messages() -> dict[str, str]:
    """English to Vietnamese."""
    with _MESSAGES.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row[0]: row[1] for row in rows if len(row) == 2}


def language_of(request: Request) -> str:
    """The reader's choice, else Vietnamese unless the browser asks for English first."""
    chosen = request.cookies.get("lang")
    if chosen in LANGUAGES:
        return chosen
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "vi"


def speaker(language: str) -> Say:
    """What turns English words into the reader's language; `{name}` is filled in from the arguments."""
    table = messages() if language == "vi" else {}

    def say(words: str, /, **values: object) -> str:
        # Codes such as "legal_basis" are English once their underscores are gone.
        text = table.get(words) or (words if " " in words else words.replace("_", " "))
        return text.format(**values) if values else text

    return say
