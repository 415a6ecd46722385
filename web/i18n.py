"""Vietnamese and English. The English words are the key; `messages.tsv` has the Vietnamese."""

from __future__ import annotations

import csv
import re
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


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Messages with something filled in: what finds them, and the Vietnamese with the same places."""
    found = []
    for english, vietnamese in messages().items():
        if "{" in english:
            parts = re.split(r"\{(\w+)\}", english)
            words = (re.escape(part) if at % 2 == 0 else f"(?P<{part}>.+)" for at, part in enumerate(parts))
            found.append((re.compile("".join(words), re.DOTALL), vietnamese))
    return tuple(found)


def error_told(message: str, language: str) -> str:
    """An error for people: as it was raised where no Vietnamese is known for it."""
    if language != "vi" or message in messages():
        return messages().get(message, message) if language == "vi" else message
    for pattern, vietnamese in _patterns():
        if match := pattern.fullmatch(message):
            return vietnamese.format(**match.groupdict())
    return message


def language_of(request: Request) -> str:
    """The reader's choice, else Vietnamese unless the browser asks for English first."""
    chosen = request.cookies.get("lang")
    if chosen in LANGUAGES:
        return chosen
    first = request.headers.get("accept-language", "").split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "vi"


def counted(n: int, things: str, language: str) -> str:
    """A number of things; `things` is the English plural, which is the key. Vietnamese has one form for all numbers."""
    words = speaker(language)(things)
    return f"{n} {words.removesuffix('s') if n == 1 and language == 'en' else words}"


def speaker(language: str) -> Say:
    """What turns English words into the reader's language; `{name}` is filled in from the arguments."""
    table = messages() if language == "vi" else {}

    def say(words: str, /, **values: object) -> str:
        # Codes such as "legal_basis" are English once their underscores are gone.
        text = table.get(words) or (words if " " in words else words.replace("_", " "))
        return text.format(**values) if values else text

    return say
