"""Where a person says that the letters of a file begin: the file's pages shared out anew.

A part that has the pages of a letter as read stays that letter. Any other is understood anew from its recorded pages;
what a second reader saw on them is not recorded, so values that the letter had are kept where their page still is its.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from models.document import Document
from models.errors import ConfigError
from models.letter import Letter
from pipeline import contract
from pipeline.extract import extract
from pipeline.select import select


def shared_out(letters: Sequence[Letter], starts: Sequence[int]) -> tuple[Letter, ...]:
    """The letters of one file (with the lines of their pages) as they are if they begin on the pages `starts`.

    Raises:
        ConfigError: if the first letter does not begin on the first page, or a page is not among those read.
    """
    pages = sorted((page for letter in letters for page in letter.pages), key=lambda page: page.number)
    numbers = [page.number for page in pages]
    wanted = sorted(set(starts))
    if not numbers or not wanted or wanted[0] != numbers[0] or not set(wanted) <= set(numbers):
        raise ConfigError("the letters of a file begin on its first page and on other pages that it has")
    parts = []
    for start, stop in zip(wanted, (*wanted[1:], numbers[-1] + 1), strict=True):
        own = tuple(page for page in pages if start <= page.number < stop)
        parts.append(_part(letters, own))
    return tuple(parts)


def _part(letters: Sequence[Letter], pages: tuple[Any, ...]) -> Letter:
    numbers = {page.number for page in pages}
    for letter in letters:
        if {page.number for page in letter.pages} == numbers:
            return letter
    problems = tuple(p for letter in letters for p in letter.problems if p.page is None or p.page in numbers)
    anew = select(extract(Document(letters[0].source, pages, problems=tuple(dict.fromkeys(problems)))))
    old = next((letter for letter in letters if letter.pages and letter.pages[0].number == pages[0].number), None)
    return _with_heads(anew, old, numbers) if old else anew


def _with_heads(anew: Letter, old: Letter, numbers: set[int]) -> Letter:
    """`anew` with the fields of `old` that stand on its pages."""
    changes, kept = {}, set()
    for name, attribute in contract.SCALARS.items():
        field = getattr(old, attribute)
        if field is not None and field.page in numbers:
            changes[attribute] = field
            kept.add(name)
    doubtful = [name for name in old.review if name in kept] + [name for name in anew.review if name not in kept]
    return replace(anew, **changes, review=tuple(doubtful))
