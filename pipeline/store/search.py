"""Full text and fields. Queries are folded as the text was, so marks are optional; typed marks rank first."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Integer, Select, or_, select
from sqlalchemy.orm import Session

from extractors.vi.text import fold, normalise
from models.tables import LetterRow, PageRow, TextRow
from pipeline.store import full_text
from pipeline.store.lists import named, one_of
from pipeline.store.rows import folded_number, number_key, search_text
from pipeline.store.selection import Selection, narrow

# Looked at for each hit asked for, so that hits with the typed marks can move up.
POOL = 3
RANKED_POOL = 300
SNIPPET = 90
# Asked for every list, so put together once.
_HITS = select(
    LetterRow.id, LetterRow.number, LetterRow.doc_type, LetterRow.issued_on, LetterRow.issuer, LetterRow.subject
).where(one_of(LetterRow.id, named("ids")))
_TEXTS = (
    select(TextRow.letter_id, TextRow.folded)
    .where(one_of(TextRow.id, named("places", Integer())))
    .order_by(TextRow.id.desc())
)
_PAGES = (
    select(PageRow.letter_id, PageRow.number, PageRow.text)
    .where(one_of(PageRow.letter_id, named("ids")))
    .order_by(PageRow.letter_id, PageRow.number)
)


@dataclass(frozen=True, slots=True)
class Hit:
    """One letter found, with the words around the first match and their page (None: found in a field only)."""

    letter_id: str
    number: str | None
    doc_type: str | None
    issued_on: date | None
    issuer: str | None
    subject: str | None
    snippet: str
    page: int | None


def search(session: Session, words: str, selection: Selection, limit: int) -> tuple[Hit, ...]:
    """The best `limit` letters that hold all words of `words`; all that fit `selection` if there is no word."""
    return lit(session, best(session, words, selection, limit), words)


def best(
    session: Session, words: str, selection: Selection, limit: int, places: Sequence[int] | None = None
) -> list[str]:
    """Ids of the best `limit` letters.

    `places` are those of all letters that fit (`TextRow.id`), stored last first, where they are known already.
    """
    terms, marked = query_terms(words), _marked_words(words)
    exact = _exact_number(session, words, selection)
    ids = _matching(session, terms, selection, limit * POOL if marked else limit, places)
    ids = [key for key in ids if key not in exact]
    if marked:
        ids = _typed_marks_first(session, ids, marked)
    return [*exact, *ids][:limit]


def lit(session: Session, ids: Sequence[str], words: str) -> tuple[Hit, ...]:
    """What lists show of these letters, with the words from their text that stand nearest together."""
    terms, letters, pages = query_terms(words), hits_of(session, ids), _pages(session, ids)
    return tuple(_lit(letters[key], pages.get(key, []), words, terms) for key in ids if key in letters)


def hits_of(session: Session, ids: Sequence[str]) -> dict[str, Hit]:
    """What lists show of these letters, without words from their text."""
    return {
        key: Hit(key, number, doc_type, issued_on, issuer, subject, "", None)
        for key, number, doc_type, issued_on, issuer, subject in session.execute(_HITS, {"ids": list(ids)})
    }


def _typed_marks_first(session: Session, ids: Sequence[str], marked: Sequence[str]) -> list[str]:
    """Letters with the marks as typed, then the others, both in the engine's order."""
    written = {key: " ".join(body for _, body in pages).casefold() for key, pages in _pages(session, ids).items()}
    return sorted(ids, key=lambda key: -sum(word in written.get(key, "") for word in marked))


def query_terms(words: str) -> tuple[str, ...]:
    """What must occur: each word, or all words of a "quoted phrase" or of a number in a row; folded."""
    parts = re.findall(r'"([^"]+)"|(\S+)', normalise(words))
    terms = (search_text(quoted or single) for quoted, single in parts)
    return tuple(dict.fromkeys(term for term in terms if term))


def _matching(
    session: Session, terms: Sequence[str], selection: Selection, limit: int, places: Sequence[int] | None
) -> list[str]:
    if not terms:
        query = select(LetterRow.id).order_by(LetterRow.issued_on.desc(), LetterRow.id)
        return list(session.scalars(narrow(query, selection).limit(limit)))
    # Where words are in more letters than anybody looks through, those stored last are ranked.
    count = max(RANKED_POOL, limit)

    def chosen(query: Select[Any]) -> Select[Any]:
        return narrow(query.join(LetterRow, LetterRow.id == TextRow.letter_id), selection)

    if places is None:
        found = full_text.newest(session, terms, None if selection == Selection() else chosen, count)
    else:
        found = _texts(session, places[:count])
    return _best_first(found, terms)[:limit]


def _texts(session: Session, places: Sequence[int]) -> list[tuple[str, str]]:
    """Letters at these places with their folded text, those stored last first."""
    return [(key, folded) for key, folded in session.execute(_TEXTS, {"places": list(places)})]


def _best_first(found: Sequence[tuple[str, str]], terms: Sequence[str]) -> list[str]:
    """Letters that say the words often for their length, rare words counting more; the newest first among equals.

    Both databases have a ranking of their own, but one counts a phrase in the whole archive first and the other unpacks
    every text; and their orders differ.
    """
    whole = [f" {term} " for term in terms]
    counts = [[padded.count(word) for word in whole] for padded in (f" {folded} " for _, folded in found)]
    said = [sum(column) or 1 for column in zip(*counts, strict=True)]
    length = sum(len(folded) for _, folded in found) / max(len(found), 1) or 1.0
    weight = [math.log1p(len(found) * length / n) for n in said]
    scores = {
        key: sum(w * n / (n + 0.5 + len(folded) / length) for w, n in zip(weight, each, strict=True))
        for (key, folded), each in zip(found, counts, strict=True)
    }
    return sorted(scores, key=lambda key: -scores[key])


def _exact_number(session: Session, words: str, selection: Selection) -> list[str]:
    """Letters whose own number was typed; they come before those that cite it."""
    if not re.search(r"\d", words) or not (key := number_key(words)):
        return []
    query = select(LetterRow.id).where(or_(LetterRow.link_key == key, LetterRow.number_folded == folded_number(words)))
    return list(session.scalars(narrow(query, selection).order_by(LetterRow.id).limit(POOL)))


def _pages(session: Session, ids: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    pages: dict[str, list[tuple[int, str]]] = {}
    for key, number, body in session.execute(_PAGES, {"ids": list(ids)}):
        pages.setdefault(key, []).append((number, body.replace("\n", " ")))  # lines are normalised
    return pages


def _marked_words(words: str) -> list[str]:
    plain = (word.strip('"').casefold() for word in normalise(words).split())
    return [word for word in plain if fold(word) != word]


def _lit(hit: Hit, pages: Sequence[tuple[int, str]], words: str, terms: Sequence[str]) -> Hit:
    page, snippet = _snippet(pages, normalise(words), terms)
    return replace(hit, snippet=snippet, page=page)


def _snippet(pages: Sequence[tuple[int, str]], words: str, terms: Sequence[str]) -> tuple[int | None, str]:
    """The page and words where most terms stand together; `fold` keeps lengths, so places in it hold in the text."""
    patterns = [re.compile(_word_pattern(term)) for term in terms]
    together = re.compile(r"\W+".join(map(re.escape, " ".join(terms).split()))) if terms else None
    enough = 101 if _marked_words(words) else 100
    best: tuple[int, int, str, int, int] | None = None
    for number, body in pages:
        folded = fold(body)
        if together and (match := together.search(folded)):
            marked = int(body[match.start() : match.end()].casefold() == words.casefold())
            best = max(best or (-1, 0, "", 0, 0), (100 + marked, -number, body, *match.span()))
        places = sorted((m.span(), i) for i, pattern in enumerate(patterns) for m in pattern.finditer(folded))
        for at, ((start, end), _) in enumerate(places[:200]):
            near = set(_terms_until(start + SNIPPET, places[at:]))
            if best is None or (len(near), -number) > best[:2]:
                best = (len(near), -number, body, start, end)
        if best and best[0] >= enough:
            break  # no later page can be better
    return (-best[1], _around(*best[2:])) if best else (None, "")


def _word_pattern(term: str) -> str:
    """A term as whole words; begins with a letter, as what begins with a condition is looked for much more slowly."""
    first, rest = term[0], r"\W+".join(map(re.escape, term.split()))[1:]
    return rf"{first}(?<!\w{first}){rest}\b"


def _terms_until(last: int, places: Sequence[tuple[tuple[int, int], int]]) -> Iterator[int]:
    for (start, _), term in places:
        if start > last:
            return
        yield term


def _around(body: str, start: int, end: int) -> str:
    left = max(start - SNIPPET // 2, 0)
    right = min(end + SNIPPET // 2, len(body))
    left = body.rfind(" ", 0, left) + 1 if left else 0
    right = body.find(" ", right) if body.find(" ", right) != -1 else len(body)
    return f"{'… ' if left else ''}{body[left:right]}{' …' if right < len(body) else ''}"
