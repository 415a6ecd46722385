"""Full text and fields. Queries are folded as the text was, so marks are optional; typed marks rank first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, column, or_, select, table, text
from sqlalchemy.orm import Session

from extractors.vi.succession import successors
from extractors.vi.text import fold, normalise
from models.tables import LetterRow, PageRow, TextRow
from pipeline.bodies import body_key
from pipeline.store.rows import folded_number, number_key, search_text

# Looked at for each hit asked for, so that hits with the typed marks can move up.
POOL = 3
RANKED_POOL = 2_000
SNIPPET = 90
_INDEX = table("letter_search", column("rowid"), column("rank"))


@dataclass(frozen=True, slots=True)
class Selection:
    """Which letters: every condition that is not None must hold.

    Attributes:
        issuer: Part of the issuing body's name, marks optional.
        doc_type: Code ("QĐ", "CV").
        since: First day of issue.
        until: Last day of issue.
        status: "ok", "partial", or "review" for letters with a field to look at.
        successors: Also letters of the bodies that took over from `issuer`, from the day they did.
    """

    issuer: str | None = None
    doc_type: str | None = None
    since: date | None = None
    until: date | None = None
    status: str | None = None
    successors: bool = False


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


def narrow(query: Select[Any], selection: Selection) -> Select[Any]:
    """`query` over letters, with the conditions of `selection`."""
    if selection.issuer:
        key = body_key(selection.issuer) or ""
        own = LetterRow.issuer_key.contains(key, autoescape=True)
        query = query.where(or_(own, *_succeeding(selection.issuer)) if selection.successors else own)
    if selection.doc_type:
        query = query.where(LetterRow.doc_type == normalise(selection.doc_type))
    if selection.since:
        query = query.where(LetterRow.issued_on >= selection.since)
    if selection.until:
        query = query.where(LetterRow.issued_on <= selection.until)
    if selection.status == "review":
        query = query.where(LetterRow.reviewed.is_(False))
    elif selection.status:
        query = query.where(LetterRow.status == selection.status)
    return query


def _succeeding(issuer: str) -> Iterator[ColumnElement[bool]]:
    for body in successors(issuer):
        own = LetterRow.issuer_key == body_key(body.name)
        yield own if body.since is None else own & (LetterRow.issued_on >= body.since)


def search(session: Session, words: str, selection: Selection, limit: int) -> tuple[Hit, ...]:
    """The best `limit` letters that hold all words of `words`; all that fit `selection` if there is no word."""
    terms, marked = query_terms(words), _marked_words(words)
    exact = _exact_number(session, words, selection)
    ids = _matching(session, terms, selection, limit * POOL if marked else limit)
    ids = [*exact, *(key for key in ids if key not in exact)]
    if marked:
        ids = [*exact, *_typed_marks_first(session, ids[len(exact) :], marked)]
    ids = ids[:limit]
    letters = {row.id: row for row in session.scalars(select(LetterRow).where(LetterRow.id.in_(ids)))}
    pages = _pages(session, ids)
    return tuple(_hit(letters[key], pages.get(key, []), words, terms) for key in ids)


def _typed_marks_first(session: Session, ids: Sequence[str], marked: Sequence[str]) -> list[str]:
    """Letters with the marks as typed, then the others, both in the engine's order."""
    written = {key: " ".join(body for _, body in pages).casefold() for key, pages in _pages(session, ids).items()}
    return sorted(ids, key=lambda key: -sum(word in written.get(key, "") for word in marked))


def query_terms(words: str) -> tuple[str, ...]:
    """What must occur: each word, or all words of a "quoted phrase" or of a number in a row; folded."""
    parts = re.findall(r'"([^"]+)"|(\S+)', normalise(words))
    terms = (search_text(quoted or single) for quoted, single in parts)
    return tuple(dict.fromkeys(term for term in terms if term))


def _matching(session: Session, terms: Sequence[str], selection: Selection, limit: int) -> list[str]:
    query = select(LetterRow.id)
    parameters: dict[str, str] = {}
    if not terms:
        query = query.order_by(LetterRow.issued_on.desc(), LetterRow.id)
    elif session.get_bind().dialect.name == "sqlite":
        # Every term is quoted: bare "/" or "-" would be read as operators.
        parameters["match"] = " AND ".join(f'"{term}"' for term in terms)
        found = select(_INDEX.c.rowid, _INDEX.c.rank).where(text("letter_search MATCH :match"))
        if selection == Selection():
            # Ranked and cut inside the index, before any letter is looked up. Where words are in more letters than
            # anybody looks through, the letters stored last are ranked.
            pool = found.order_by(_INDEX.c.rowid.desc()).limit(RANKED_POOL).subquery()
            found = select(pool.c.rowid, pool.c.rank).order_by(pool.c.rank, pool.c.rowid).limit(limit)
        best = found.subquery()
        query = query.join(TextRow, TextRow.letter_id == LetterRow.id).join(best, best.c.rowid == TextRow.id)
        query = query.order_by(best.c.rank, LetterRow.id)
    else:
        names = [f"term{i}" for i in range(len(terms))]
        parameters = dict(zip(names, terms, strict=True))
        phrases = " && ".join(f"phraseto_tsquery('simple', :{name})" for name in names)
        query = query.join(TextRow, TextRow.letter_id == LetterRow.id)
        query = query.where(text(f"letter_texts.letter_search_vector @@ ({phrases})"))
        query = query.order_by(text(f"ts_rank(letter_texts.letter_search_vector, {phrases}) DESC"), LetterRow.id)
    return list(session.scalars(narrow(query, selection).limit(limit), parameters))


def _exact_number(session: Session, words: str, selection: Selection) -> list[str]:
    """Letters whose own number was typed; they come before those that cite it."""
    if not re.search(r"\d", words) or not (key := number_key(words)):
        return []
    query = select(LetterRow.id).where(or_(LetterRow.link_key == key, LetterRow.number_folded == folded_number(words)))
    return list(session.scalars(narrow(query, selection).order_by(LetterRow.id).limit(POOL)))


def _pages(session: Session, ids: Sequence[str]) -> dict[str, list[tuple[int, str]]]:
    pages: dict[str, list[tuple[int, str]]] = {}
    query = select(PageRow.letter_id, PageRow.number, PageRow.text).where(PageRow.letter_id.in_(ids))
    for key, number, body in session.execute(query.order_by(PageRow.letter_id, PageRow.number)):
        pages.setdefault(key, []).append((number, body.replace("\n", " ")))  # lines are normalised
    return pages


def _marked_words(words: str) -> list[str]:
    plain = (word.strip('"').casefold() for word in normalise(words).split())
    return [word for word in plain if fold(word) != word]


def _hit(row: LetterRow, pages: Sequence[tuple[int, str]], words: str, terms: Sequence[str]) -> Hit:
    page, snippet = _snippet(pages, normalise(words), terms)
    return Hit(row.id, row.number, row.doc_type, row.issued_on, row.issuer, row.subject, snippet or "", page)


def _snippet(pages: Sequence[tuple[int, str]], words: str, terms: Sequence[str]) -> tuple[int | None, str]:
    """The page and words where most terms stand together; `fold` keeps lengths, so places in it hold in the text."""
    patterns = [re.compile(r"\b" + r"\W+".join(map(re.escape, term.split())) + r"\b") for term in terms]
    together = re.compile(r"\W+".join(map(re.escape, " ".join(terms).split()))) if terms else None
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
    return (-best[1], _around(*best[2:])) if best else (None, "")


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
