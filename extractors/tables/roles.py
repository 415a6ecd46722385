"""What the columns of a project table hold: who, where, when, by which decision, and how much of what."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.tables.matrix import is_figure
from extractors.tables.reading import ReadTable, Row
from extractors.tables.surroundings import unit_in_heading
from extractors.vi import money
from extractors.vi.text import fold, normalise

ROLES = {
    "ordinal": re.compile(r"(?:so )?(?:stt|tt|so tt|so thu tu)"),
    "code": re.compile(r"ma (?:so )?(?:du an|da|cong trinh|tttt)|ma so|so ma"),
    "location": re.compile(r"dia diem|dia ban"),
    "time": re.compile(
        r"(?:thoi gian|nam|tien do)\W*(?:thuc hien|xay dung|xd)\b|(?:thoi gian|nam|ngay)?\W*(?:khoi cong|kc|bat dau)\b"
    ),
    "finish": re.compile(r"(?:thoi (?:gian|han)|nam|ngay)?\W*(?:hoan thanh|ht|ket thuc)\b"),
    "decision": re.compile(
        r"so (?:va|,|;)? ?(?:ngay|quyet dinh|qd)|so quyet dinh|so qd|(?:quyet dinh|qd)\b(?!.*\bvon\b)"
        r"|(?:nghi quyet|nq|van ban)\b.*(?:chu truong|phe duyet)|(?:phe duyet )?chu truong dau tu"
    ),
    "name": re.compile(
        r"(?:ten )?(?:danh muc )?(?:cac )?(?:chuong trinh|nhiem vu|du an|cong trinh)|danh muc\W*(?:dau tu\b.*)?$"
        r"|[\w ,]{2,30}/\W*(?:ten )?(?:du an|cong trinh)\b"
        r"|noi dung|ten du an"
    ),
    "note": re.compile(r"ghi chu"),
}
SOURCES = {
    "NSTW": re.compile(r"nstw|(?:von )?(?:ngan sach|ns) (?:trung uong|tw)|von tw"),
    "NSĐP": re.compile(r"nsdp|(?:von )?(?:ngan sach|ns) (?:dia phuong|dp)|(?:ngan sach|ns) tinh|von dp"),
    "ODA": re.compile(r"(?:von )?(?:oda|nuoc ngoai|vay).*"),
    "TPCP": re.compile(r"tpcp|(?:von )?trai phieu chinh phu"),
    "Vốn khác": re.compile(r"(?:nguon )?von khac|khac"),
}
_TOTAL = re.compile(r"tong (?:so|cong|von)(?:\s*\(?tat ca (?:cac )?nguon von\)?)?[,;: ]*(?:trong do:?)?")
_MONEY = re.compile(
    r"von|ke hoach|giai ngan|tmdt|tong muc|du toan|kinh phi|luy ke|nhu cau|khoi luong|quyet toan|thanh toan|gia tri"
    r"|\bkh\b|\bkhv\b|uoc chi"
)
_SHARE = re.compile(r"%|ty le|ti le")
_COUNT = re.compile(
    r"so (?:luong|du an|cong trinh|ho|nguoi|xa|hang muc)\b|dien tich|chieu dai|chieu rong|quy mo|cong suat|nang luc"
    r"|khoi luong (?:dao|dap|be tong)|\bsl\b|\((?:km|ha|m|m2|m3|nguoi|ho|ngay|thang)\)"
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_PERIODS = (
    re.compile(r"(?:giai doan|trung han)\D{0,20}((?:19|20)\d\d\s*-\s*(?:19|20)\d\d)"),
    re.compile(r"(quy\s+[ivx]+\s*/?\s*(?:nam\s+)?(?:19|20)\d\d)"),
    re.compile(r"(?:nam|kh|khv|vdt)\s+((?:19|20)\d\d)"),
    re.compile(r"((?:19|20)\d\d\s*-\s*(?:19|20)\d\d)"),
    re.compile(r"((?:19|20)\d\d)"),
)


@dataclass(frozen=True, slots=True)
class Measure:
    """A column of amounts.

    Attributes:
        column: 0-based.
        name: "Kế hoạch năm 2022", as printed.
        source: "NSTW", "NSĐP" ... or as printed; None for all sources together.
        period: "2022", "2021-2025"; None if the heading names none.
        unit: The heading's own, else the table's.
        english: Whether the column writes commas for thousands.
    """

    column: int
    name: str
    source: str | None
    period: str | None
    unit: str | None
    english: bool = False


def column_roles(table: ReadTable) -> dict[str, int]:
    """The first column of each role in `ROLES` that the headings show."""
    found: dict[str, int] = {}
    for column, path in enumerate(table.columns):
        leaf = fold(path[-1]).strip(" .*_-") if path else ""
        for role, pattern in ROLES.items():
            fits = pattern.fullmatch(leaf) if role == "ordinal" else _fits(pattern, path)
            if role not in found and fits:
                if role in ("decision", "name") and is_figure_column(table.rows, column):
                    continue
                found[role] = column
                break
    return found


def decision_columns(table: ReadTable) -> tuple[int, ...]:
    """The columns of decisions, on the intention, the project or a change of it; () if the table is of no projects."""
    roles = column_roles(table)
    if "name" not in roles or "decision" not in roles:
        return ()
    return tuple(
        column
        for column, path in enumerate(table.columns)
        if column == roles["decision"]
        or (
            column not in roles.values() and _fits(ROLES["decision"], path) and not is_figure_column(table.rows, column)
        )
    )


def _fits(pattern: re.Pattern[str], path: tuple[str, ...]) -> bool:
    """Whether the last heading, or all of them in one, begin so."""
    return any(pattern.match(fold(text).strip(" .*_-")) for text in (*path[-1:], " ".join(path)))


def is_figure_column(rows: tuple[Row, ...], column: int) -> bool:
    """Whether nearly all filled cells of a column are figures."""
    texts = [row.texts[column] for row in rows if row.texts[column] and not row.lone]
    return bool(texts) and sum(is_figure(text) for text in texts) >= 0.8 * len(texts)


def measures(table: ReadTable, taken: set[int]) -> tuple[Measure, ...]:
    """The columns of money, left to right; shares, counts, years and columns in `taken` are none.

    Where a unit of money is stated for the whole table, it speaks of every other column of figures.
    """
    found = []
    for column, path in enumerate(table.columns):
        folded = fold(" ".join(path))
        if (
            column in taken
            or _SHARE.search(folded)
            or _COUNT.search(folded)
            or not is_figure_column(table.rows, column)
        ):
            continue
        own = next((unit for part in reversed(path) if (unit := unit_in_heading(part))), None)
        unit = own or table.unit
        stated = money.factor(unit) is not None and bool(path) and not _holds_years(table.rows, column)
        if not (stated or _MONEY.search(folded)) or (unit is None and not path):
            continue
        found.append(measure(column, path, unit, money.is_english(row.texts[column] for row in table.rows)))
    return tuple(found)


def _holds_years(rows: tuple[Row, ...], column: int) -> bool:
    texts = [row.texts[column] for row in rows if row.texts[column]]
    return all(_YEAR.fullmatch(text) for text in texts)


def measure(column: int, path: tuple[str, ...], unit: str | None, english: bool) -> Measure:
    """A column of money from its heading path: the last headings may name the source of funds, or the total of all."""
    names = [normalise(part) for part in path]
    source = None
    while len(names) > 1:
        leaf = fold(names[-1]).strip(" .,:;()")
        known = next((key for key, pattern in SOURCES.items() if pattern.fullmatch(leaf)), None)
        if known is not None:
            source = source or known
        elif not (_TOTAL.fullmatch(leaf) or leaf in ("trong do", "tong", "chia ra")):
            break
        names.pop()
    name = names[-1] if names else ""
    if len(names) > 1 and not _MONEY.search(fold(name)):
        name = f"{names[-2]} - {name}"
    return Measure(column, name, source, period(" ".join(names[::-1])), unit, english)


def period(text: str) -> str | None:
    """The year or years that a heading speaks of; None if it names none."""
    plain = fold(text)
    for pattern in _PERIODS:
        if match := pattern.search(plain):
            return re.sub(r"\s*-\s*", "-", text[match.start(1) : match.end(1)])
    return None
