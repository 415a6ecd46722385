"""A package for the archive: originals, searchable PDF/A copies and what is known of each letter, with checksums.

The folder is a bag (BagIt, RFC 8493), so that any archive's tools can tell whether it arrived whole:

    bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
    data/mets.xml                   every file with its checksum, and which belong to which letter
    data/documents.csv              list of documents of the file (mục lục văn bản), in order of time
    data/register.csv               the incoming register, the ten columns of Decree 30/2020/NĐ-CP
    data/originals/<sha256>.pdf     the bytes that came in, untouched
    data/letters/0001/letter.pdf    PDF/A-2b: the picture of each page, and unseen the words read on it
    data/letters/0001/letter.json   as the contract says
    data/letters/0001/letter.xml    the fields of Decree 30/2020/NĐ-CP, annex VI
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from models.document import Document, Source
from models.errors import ConfigError, InputError
from models.letter import Letter
from pipeline import contract, ingest, package_xml
from pipeline import register as registers
from pipeline.engines import pdf_a, sheets
from pipeline.export import disarm
from pipeline.ingest import Limits
from pipeline.store.restore import StoredLetter

ENDINGS = {ingest.PDF: "pdf", ingest.TIFF: "tif", ingest.JPEG: "jpg", ingest.PNG: "png", ingest.TEXT: "txt"}
DOCUMENTS = (
    "STT", "Số, ký hiệu văn bản", "Ngày tháng văn bản", "Tên loại và trích yếu nội dung", "Tác giả", "Số trang",
    "Ghi chú",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Packing:
    """How a package is made.

    Attributes:
        title: Of the file (hồ sơ).
        reading: What was recognised on the pages of a letter, by its id.
        now: Time in UTC, written into the package.
        told: Called after each letter with the number of letters done.
    """

    title: str
    reading: Callable[[str], Document | None]
    limits: Limits
    now: datetime
    told: Callable[[int], None] = lambda _done: None


@dataclass(slots=True)
class Packed:
    """What was written, and which letters had to stay out, each with the reason."""

    letters: list[package_xml.Entry] = field(default_factory=list)
    left_out: list[tuple[StoredLetter, str]] = field(default_factory=list)


def write(folder: Path, letters: Sequence[StoredLetter], packing: Packing) -> Packed:
    """Write the package of `letters` to a folder that is not there yet; it appears when it is whole.

    A letter whose original is gone or has changed stays out.

    Raises:
        ConfigError: if the folder is there already.
    """
    if folder.exists():
        raise ConfigError(f"{folder} is there already: name a folder that is not")
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    try:
        data = part / "data"
        (data / "originals").mkdir(parents=True)
        packed = Packed()
        for done, stored in enumerate(letters, start=1):
            try:
                packed.letters.append(_pack(data, stored, len(packed.letters) + 1, packing))
            except InputError as error:
                packed.left_out.append((stored, str(error)))
            packing.told(done)
        _lists(data, packed.letters)
        (data / "mets.xml").write_bytes(package_xml.mets(data, packed.letters, packing.title, packing.now))
        _seal(part, packing, len(packed.letters))
        os.replace(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return packed


def copy(stored: StoredLetter, path: Path, packing: Packing) -> int:
    """Write the searchable PDF/A of one letter; gives back its pages, 0 for a letter that came as text.

    Raises:
        InputError: if the original is gone or has changed.
    """
    letter = stored.letter
    _unchanged(letter.source)
    document = packing.reading(stored.id)
    read = {page.number: page for page in (document.pages if document else letter.pages)}
    if letter.source.media_type == ingest.TEXT or not read:
        return 0
    drawn = sheets.sheets(letter.source, packing.limits, sorted(read))
    about = pdf_a.About(
        _title(letter), letter.issuer.value.name if letter.issuer else None, stored.id, stored.stored_at
    )
    return pdf_a.write(path, ((sheet, read[sheet.number]) for sheet in drawn), about)


def _pack(data: Path, stored: StoredLetter, number: int, packing: Packing) -> package_xml.Entry:
    """One letter into the package; nothing of it stays if it cannot be packed whole."""
    source = stored.letter.source
    home = data / "letters" / f"{number:04d}"
    home.mkdir(parents=True)
    try:
        pages = copy(stored, home / "letter.pdf", packing)
        said = {"id": stored.id, "decision": stored.decision_id, **contract.to_json(stored.letter)}
        (home / "letter.json").write_text(json.dumps(said, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        (home / "letter.xml").write_bytes(package_xml.fields(stored, number))
        original = data / "originals" / f"{source.sha256}.{ENDINGS[source.media_type]}"
        if not original.exists():  # two letters may be in one file
            shutil.copyfile(source.path, original)
    except (InputError, OSError) as error:
        shutil.rmtree(home)
        if isinstance(error, InputError):
            raise
        raise InputError("damaged", f"{source.name}: {error.strerror}") from error
    return package_xml.Entry(stored, home, original, home / "letter.pdf" if pages else None)


def _unchanged(source: Source) -> None:
    try:
        with source.path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError("damaged", f"the original is gone: {source.path}") from error
    if digest != source.sha256:
        raise InputError("damaged", f"the original has changed since it was read: {source.path}")


def _title(letter: Letter) -> str:
    parts = (letter.number.value if letter.number else None, letter.subject.value if letter.subject else None)
    return " – ".join(filter(None, parts)) or letter.source.name


def _lists(data: Path, entries: Sequence[package_xml.Entry]) -> None:
    rows = [(entry, registers.entry(entry.stored.letter, entry.stored.stored_at)) for entry in entries]
    names = [heading for heading, _ in registers.COLUMNS]
    _csv(data / "register.csv", names, (row.cells() for row in registers.entries(e.stored for e in entries)))
    listed = (
        (number, row.number, row.issued_on, row.subject, row.author, len(entry.stored.letter.pages), row.note)
        for number, (entry, row) in enumerate(rows, start=1)
    )
    _csv(data / "documents.csv", DOCUMENTS, listed)


def _csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    # With a byte order mark: spreadsheets take the text for another encoding without it.
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows([disarm(cell) for cell in row] for row in rows)


def _seal(bag: Path, packing: Packing, letters: int) -> None:
    """The bag's own files, last: they list all others."""
    payload = sorted(path for path in (bag / "data").rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in payload)
    (bag / "bagit.txt").write_text("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n", encoding="utf-8")
    info = {
        "Bag-Software-Agent": f"congvan {package_xml.version()}",
        "Bagging-Date": f"{packing.now:%Y-%m-%d}",
        "External-Description": " ".join(packing.title.split()),
        "Payload-Oxum": f"{size}.{len(payload)}",
        "Congvan-Letters": str(letters),
    }
    (bag / "bag-info.txt").write_text("".join(f"{k}: {v}\n" for k, v in info.items()), encoding="utf-8")
    _manifest(bag, "manifest-sha256.txt", payload)
    _manifest(bag, "tagmanifest-sha256.txt", sorted(path for path in bag.iterdir() if path.is_file()))


def _manifest(bag: Path, name: str, files: Iterable[Path]) -> None:
    lines = [f"{package_xml.sha256(path)}  {path.relative_to(bag).as_posix()}\n" for path in files]
    (bag / name).write_text("".join(lines), encoding="utf-8")
