"""What a reader should find in a letter, in the format of the evaluation sets (one JSON object a file)."""

from __future__ import annotations

import re
from typing import Any

from benchmarks.synthetic.annex_table import section_span
from benchmarks.synthetic.content import Letter, Table

_AUTHORITY = re.compile(r"^(TM|KT|TL|TUQ|Q)\.")
_TOTAL = "Tổng số"
_MILLION = 1_000_000


def gold(letter: Letter, file: str, kind: str, by_hand: frozenset[str], pages: int | None) -> dict[str, Any]:
    """The truth of one file.

    Args:
        letter: Its content.
        file: Path as the evaluation should find it.
        kind: `scan`, `born-digital` or `text`.
        by_hand: Which of "number", "day", "month" a pen wrote.
        pages: None for text.
    """
    handwritten = [name for name, parts in (("number", {"number"}), ("date", {"day", "month"})) if by_hand & parts]
    names = list(letter.issuer_names)
    record: dict[str, Any] = {
        "file": file,
        "kind": kind,
        "number": letter.number,
        "serial": letter.serial,
        "symbol": letter.symbol,
        "doc_type": letter.doc_type,
        "date": letter.iso_date,
        "place": letter.place,
        "issuer": names[0] if len(names) == 1 else names,
        "subject": letter.subject,
        "recipients": list(letter.recipients),
        "copies": list(letter.copies),
        "signer": _signer(letter),
        "urgency": letter.urgency or None,
        "secrecy": None,
        "handwritten": handwritten,
    }
    record.update(letter.truth)
    record["citations"] = [{"date": None, "doc_type": None, "issuer": None, **c} for c in letter.truth["citations"]]
    if pages is not None:
        record["pages"] = pages
    table = letter.annex.table if letter.annex else None
    record["tables"] = [_table(letter.annex.heading[-1], table)] if letter.annex and table else []
    record["projects"] = _projects(table, letter) if table else []
    return record


def _signer(letter: Letter) -> dict[str, str | None] | None:
    if not letter.signer:
        return None
    capacity = " ".join(title for title in letter.titles if _AUTHORITY.match(title))
    return {"name": letter.signer, "capacity": capacity or None, "position": letter.titles[-1]}


def _table(title: str, table: Table) -> dict[str, Any]:
    """Merged cells of a section or total row are repeated in each cell that they cover."""
    rows = []
    for cells in table.rows:
        span = section_span(table, cells)
        rows.append([cells[span[0]] if span and span[0] <= i <= span[1] else cell for i, cell in enumerate(cells)])
    return {"title": title, "unit": unit(table), "columns": [list(c.header) for c in table.columns], "rows": rows}


def unit(table: Table) -> str:
    """The unit without the words before it, as in "triệu đồng"."""
    return table.unit.partition(":")[2].strip()


def _projects(table: Table, letter: Letter) -> list[dict[str, Any]]:
    """One project per row with an Arabic ordinal."""
    projects: list[dict[str, Any]] = []
    section = ""
    for cells in table.rows:
        if not cells[0].isdigit():
            section = cells[1] if cells[0] else section
            continue
        start, _, end = cells[3].partition("-")
        projects.append(
            {
                "section": section,
                "ordinal": cells[0],
                "name": cells[1],
                "location": cells[2],
                "start_year": int(start),
                "end_year": int(end),
                "decisions": _decisions(cells[4], letter),
                "amounts": _amounts(table, cells),
            }
        )
    return projects


def _decisions(cell: str, letter: Letter) -> list[dict[str, str]]:
    found = re.findall(r"\d+/QĐ-[A-ZĐ]+", cell)
    cited = {c["number"]: c["date"] for c in letter.truth["citations"]}
    return [{"number": number, "date": cited[number]} for number in found]


def _amounts(table: Table, cells: tuple[str, ...]) -> list[dict[str, Any]]:
    amounts = []
    for column, cell in zip(table.columns, cells, strict=True):
        if column.numeric and cell:
            source = None if column.header[-1] == _TOTAL else column.header[-1]
            vnd = int(cell.replace(".", "")) * _MILLION
            amounts.append({"measure": column.header[-2], "source": source, "value": cell, "vnd": vnd})
    return amounts
