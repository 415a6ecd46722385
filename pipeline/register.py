"""The incoming register (sổ đăng ký văn bản đến): the ten columns of Decree 30/2020/NĐ-CP, annex IV, and as a workbook.

What a letter says is filled in; what only the office knows (day and number of arrival, who took it) is left for the
clerk, except that the day of taking in stands for the day of arrival.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date, datetime
from io import BytesIO

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from extractors.vi import document_types
from models.letter import Letter
from pipeline.store.restore import StoredLetter

# (heading, width in characters)
COLUMNS = (
    ("Ngày đến", 12),
    ("Số đến", 8),
    ("Tác giả", 26),
    ("Số, ký hiệu văn bản", 22),
    ("Ngày tháng văn bản", 13),
    ("Tên loại và trích yếu nội dung", 56),
    ("Đơn vị hoặc người nhận", 34),
    ("Ngày chuyển", 12),
    ("Ký nhận", 10),
    ("Ghi chú", 26),
)
TITLE = "SỔ ĐĂNG KÝ VĂN BẢN ĐẾN"
REVIEW_NAMES = {
    "number": "số, ký hiệu",
    "date": "ngày",
    "issuer": "tác giả",
    "subject": "trích yếu",
    "doc_type": "loại",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One row; the attributes are the ten columns in order."""

    arrived: str
    arrival_number: str
    author: str
    number: str
    issued_on: str
    subject: str
    recipient: str
    forwarded_on: str
    received_by: str
    note: str

    def cells(self) -> tuple[str, ...]:
        """The row's texts from left to right."""
        return astuple(self)


def entries(letters: Iterable[StoredLetter]) -> list[Entry]:
    """One row for each document in the order of its first scan, of several scans the one with the fewest doubts."""
    scans: dict[str, list[StoredLetter]] = {}
    for stored in letters:
        scans.setdefault(stored.decision_id or stored.id, []).append(stored)
    rows = []
    for group in scans.values():
        best = min(group, key=lambda stored: (len(stored.letter.review), stored.id))
        rows.append(entry(best.letter, min(stored.stored_at for stored in group), scans=len(group)))
    return rows


def entry(letter: Letter, arrived: datetime, *, scans: int = 1) -> Entry:
    """The register row of one letter, taken in on the day of `arrived`, of which there are so many scans."""
    known = document_types.by_code(letter.doc_type.value) if letter.doc_type else None
    kind = known.name if known else None
    subject = letter.subject.value if letter.subject else ""
    return Entry(
        arrived=_day(arrived.date()),
        arrival_number="",
        author=letter.issuer.value.name if letter.issuer else "",
        number=letter.number.value if letter.number else "",
        issued_on=_day(letter.issued_on.value) if letter.issued_on else "",
        subject=f"{kind}: {subject}" if kind and subject else (subject or kind or ""),
        recipient="; ".join(field.value for field in letter.recipients),
        forwarded_on="",
        received_by="",
        note="; ".join([*_notes(letter), *([f"{scans} bản quét"] if scans > 1 else [])]),
    )


def _notes(letter: Letter) -> list[str]:
    marks = [field.value for field in (letter.urgency, letter.secrecy) if field]
    doubtful = [REVIEW_NAMES[name] for name in letter.review if name in REVIEW_NAMES]
    if doubtful:
        marks.append(f"Kiểm tra: {', '.join(doubtful)}")
    return marks


def _day(value: date) -> str:
    return value.strftime("%d/%m/%Y")


def workbook(entries: Iterable[Entry]) -> bytes:
    """The register as an XLSX workbook, ready to print on landscape A4."""
    book = Workbook()
    sheet = book.active
    if sheet is None:  # a fresh workbook always has a sheet; the type says otherwise
        sheet = book.create_sheet()
    sheet.title = "Văn bản đến"
    sheet.append([TITLE])
    sheet.append([heading for heading, _ in COLUMNS])
    sheet.append([f"({i})" for i in range(1, len(COLUMNS) + 1)])
    rule = Side(style="thin")
    for row in entries:
        sheet.append(list(row.cells()))
    for index, cells in enumerate(sheet.iter_rows(min_row=2, max_col=len(COLUMNS)), start=2):
        for cell in cells:
            # As a string cell, text that begins with "=" is shown and never computed.
            cell.data_type = "s"
            cell.font = Font(name="Times New Roman", size=12, bold=index == 2)
            cell.alignment = Alignment(wrap_text=True, vertical="center" if index < 4 else "top")
            cell.border = Border(left=rule, right=rule, top=rule, bottom=rule)
    sheet["A1"].font = Font(name="Times New Roman", size=14, bold=True)
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(COLUMNS))
    sheet["A1"].alignment = Alignment(horizontal="center")
    for index, (_, width) in enumerate(COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.freeze_panes = "A4"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "2:3"
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()
