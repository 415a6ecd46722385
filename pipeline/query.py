"""What is typed into the search box: words, and fields with a colon.

`số:4045 cơ-quan:"Bộ Tài chính" năm:2022 đường bộ` asks for letters with the words "đường bộ" whose fields are so. Names
of fields are Vietnamese or English, marks and hyphens optional. What stands in quotes is never a field. One language
for the screens, the programming interface and `congvan search`.
"""

from __future__ import annotations

import calendar
import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import extractors
from extractors.vi import document_types
from extractors.vi.text import fold, normalise
from models.errors import InvalidDate, InvalidQuery
from models.letter import RELATIONS
from pipeline.corrections import day
from pipeline.store.letter_list import Filter

_RELATIONS = Path(extractors.__file__).parent / "data" / "relations.csv"


@dataclass(frozen=True, slots=True)
class QueryField:
    """A field of the language: its Vietnamese and English name, others by which it is known, and an example."""

    name_vi: str
    name_en: str
    example: str
    others: tuple[str, ...] = ()


FIELDS = (
    QueryField("số", "number", "4045/BTTTT", ("ký-hiệu", "số-hiệu", "symbol")),
    QueryField("cơ-quan", "issuer", '"Bộ Tài chính"', ("cơ-quan-ban-hành", "body")),
    QueryField("loại", "type", "QĐ", ("loại-văn-bản",)),
    QueryField("năm", "year", "2022"),
    QueryField("ngày", "date", "16/8/2024", ()),
    QueryField("từ", "from", "3/2022", ("từ-ngày", "since")),
    QueryField("đến", "to", "2023", ("đến-ngày", "until")),
    QueryField("trích-yếu", "subject", '"đầu tư công"', ("về-việc",)),
    QueryField("người-ký", "signer", '"Nguyễn Văn"', ("signed",)),
    QueryField("viện-dẫn", "cites", '"17/NQ-CP 2019"', ("dẫn",)),
    QueryField("quan-hệ", "relation", '"thay thế"', ()),
    QueryField("trạng-thái", "status", '"chờ kiểm tra"', ("state",)),
)
STATES = {"review": "chờ kiểm tra", "ok": "đọc trọn vẹn", "partial": "đọc được một phần"}
_PARTS = re.compile(
    r'(?P<phrase>"[^"]*"?)'
    r'|(?P<name>[^\W\d_][\w-]*):(?:(?P<gap>\s*)(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\s"]+)))?'
    r"|(?P<word>[^\s\"]+)"
)


def understood(wanted: Filter) -> Filter:
    """The filter with the fields in its words made conditions, which count before what was chosen elsewhere.

    Raises:
        InvalidQuery: if there is no such field, a field stands twice, or its value is none; says what to type.
    """
    if ":" not in wanted.words:
        return wanted
    words, fields = _taken_apart(normalise(wanted.words))
    for name, value in fields.items():
        wanted = _with(wanted, name, value)
    return replace(wanted, words=" ".join(words))


def _taken_apart(text: str) -> tuple[list[str], dict[str, str]]:
    words: list[str] = []
    fields: dict[str, str] = {}
    at = 0
    while match := _PARTS.search(text, at):
        at = match.end()
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if match["name"] is None:
            words.append(match[0])
        elif (name := _names().get(_key(match["name"]))) and value and value.strip():
            if name in fields:
                raise InvalidQuery(f"the field “{match['name']}” stands twice")
            fields[name] = value.strip()
        elif name or value is None or match["gap"]:
            # "Kính gửi: …" is how letters write, and nothing after the colon is no condition.
            words.append(match["name"])
            at = match.end("name") + 1
        else:
            known = ", ".join(f"{field.name_vi} ({field.name_en})" for field in FIELDS)
            raise InvalidQuery(
                f"there is no field “{match['name']}”; fields are {known}; words in quotes are looked for as they are"
            )
    return words, fields


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))


@cache
def _names() -> Mapping[str, str]:
    names: dict[str, str] = {}
    for field in FIELDS:
        for name in (field.name_vi, field.name_en, *field.others):
            if names.setdefault(_key(name), field.name_en) != field.name_en:
                raise ValueError(f"two fields are called {name!r}")
    return names


def _with(wanted: Filter, name: str, value: str) -> Filter:
    if name == "year":
        if not re.fullmatch(r"(?:19|20)\d\d", value):
            raise InvalidQuery(f"“{value}” is no year; write 2022")
        return replace(wanted, year=int(value))
    if name == "relation":
        return replace(wanted, relation=_named(value, _relations()))
    return replace(wanted, selection=replace(wanted.selection, **_condition(name, value)))


def _condition(name: str, value: str) -> dict[str, Any]:
    if name in ("from", "to", "date"):
        first, last = _span(value)
        return {**({"since": first} if name != "to" else {}), **({"until": last} if name != "from" else {})}
    if name == "type":
        kind = document_types.by_code(value) or document_types.by_title(value, slips=0)
        if kind is None:
            raise InvalidQuery(f"“{value}” is no type of document; write QĐ or \"Tờ trình\"")
        return {"doc_type": kind.code}
    if name == "status":
        return {"status": _named(value, {code: (code, words) for code, words in STATES.items()})}
    return {{"cites": "citing"}.get(name, name): value}


def _span(text: str) -> tuple[date, date]:
    """The first and last day of a day, month or year."""
    if match := re.fullmatch(r"(?:(?P<month>\d{1,2})[/.-])?(?P<year>(?:19|20)\d\d)(?:-(?P<after>\d{1,2}))?", text):
        month = match["month"] or match["after"]
        year, first, last = int(match["year"]), int(month or 1), int(month or 12)
        if 1 <= first <= 12 and not (match["month"] and match["after"]):
            return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])
    try:
        only = day(text)
    except InvalidDate as error:
        raise InvalidQuery(f"“{text}” is no date; write 22/4/2024, 4/2024 or 2024") from error
    return only, only


def _named(value: str, choices: Mapping[str, tuple[str, ...]]) -> str:
    for code, names in choices.items():
        if _key(value) in map(_key, names):
            return code
    known = "; ".join(names[-1] for names in choices.values())
    raise InvalidQuery(f"“{value}” is none of: {known}")


@cache
def _relations() -> Mapping[str, tuple[str, ...]]:
    with _RELATIONS.open(encoding="utf-8", newline="") as file:
        return dict(sorted(_names_of(csv.DictReader(file)), key=lambda pair: RELATIONS.index(pair[0])))


def _names_of(rows: Iterable[dict[str, str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for row in rows:
        # "sửa đổi, bổ sung" is known by its first words too.
        yield row["code"], (row["code"], row["name_vi"].split(",")[0], row["name_vi"])
