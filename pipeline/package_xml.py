"""The XML of an archive package: one letter's fields by the names of Decree 30/2020/NĐ-CP, and METS over all files."""

from __future__ import annotations

import hashlib
import importlib.metadata
import mimetypes
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path

from extractors.vi import document_types
from pipeline import register as registers
from pipeline.store.restore import StoredLetter

_METS, _XLINK = "http://www.loc.gov/METS/", "http://www.w3.org/1999/xlink"
_ANNEX = "30/2020/NĐ-CP, Phụ lục VI"


@dataclass(frozen=True, slots=True)
class Entry:
    """One letter in a package; `copy` is its PDF/A, None for a letter that came as text."""

    stored: StoredLetter
    home: Path
    original: Path
    copy: Path | None


def fields(stored: StoredLetter, ordinal: int) -> bytes:
    """One letter as the fields of the decree's annex VI; those the letter does not have are left out."""
    letter = stored.letter
    row = registers.entry(letter, stored.stored_at)
    kind = document_types.by_code(letter.doc_type.value) if letter.doc_type else None
    root = ET.Element("Document")
    simple = {
        "DocOrdinal": str(ordinal),
        "TypeName": kind.name if kind else "",
        "CodeNumber": letter.serial.value if letter.serial else "",
        "CodeNotation": letter.symbol.value if letter.symbol else "",
        "IssuedDate": row.issued_on,
        "OrganName": row.author,
        "Subject": letter.subject.value if letter.subject else "",
        "Language": "Tiếng Việt",
        "PageAmount": str(len(letter.pages)),
        "Description": row.note,
    }
    for name, value in simple.items():
        _add(root, name, value)
    if letter.signer:
        signer = ET.SubElement(root, "SignerInfo")
        _add(signer, "Position", letter.signer.value.position or letter.signer.value.capacity or "")
        _add(signer, "FullName", letter.signer.value.name)
    for deadline in letter.deadlines:
        _add(root, "DueDate", f"{deadline.value:%d/%m/%Y}")
    _add(root, "ArrivalDate", row.arrived)
    _add(root, "ToPlaces", row.recipient)
    return _bytes(root)


def mets(data: Path, entries: Sequence[Entry], title: str, now: datetime) -> bytes:
    """METS: every file below `data` with its checksum, and the letters in order with the files of each."""
    ET.register_namespace("mets", _METS)
    ET.register_namespace("xlink", _XLINK)
    known = uuid.uuid5(uuid.NAMESPACE_URL, " ".join([title, *(entry.stored.id for entry in entries)]))
    attributes = {"OBJID": f"urn:uuid:{str(known).upper()}", "LABEL": _printable(title), "TYPE": "Official letters"}
    root = ET.Element(_m("mets"), attributes)
    head = ET.SubElement(root, _m("metsHdr"), {"CREATEDATE": f"{now:%Y-%m-%dT%H:%M:%SZ}"})
    agent = ET.SubElement(head, _m("agent"), {"ROLE": "CREATOR", "TYPE": "OTHER", "OTHERTYPE": "SOFTWARE"})
    ET.SubElement(agent, _m("name")).text = f"congvan {version()}"
    for number, entry in enumerate(entries, start=1):
        described = ET.SubElement(root, _m("dmdSec"), {"ID": f"dmd-{number}"})
        about = _file(data, entry.home / "letter.xml") | _place(data, entry.home / "letter.xml")
        ET.SubElement(described, _m("mdRef"), {"MDTYPE": "OTHER", "OTHERMDTYPE": _ANNEX, **about})
    ids = _file_section(ET.SubElement(root, _m("fileSec")), data, entries)
    structure = ET.SubElement(root, _m("structMap"), {"TYPE": "PHYSICAL"})
    whole = ET.SubElement(structure, _m("div"), {"LABEL": _printable(title), "TYPE": "file"})
    for number, entry in enumerate(entries, start=1):
        label = entry.stored.letter.number.value if entry.stored.letter.number else entry.stored.letter.source.name
        about = {"TYPE": "letter", "ORDER": str(number), "LABEL": _printable(label), "DMDID": f"dmd-{number}"}
        div = ET.SubElement(whole, _m("div"), about)
        for path in (entry.original, entry.copy, entry.home / "letter.json"):
            if path is not None:
                ET.SubElement(div, _m("fptr"), {"FILEID": ids[path]})
    return _bytes(root)


def _file_section(section: ET.Element, data: Path, entries: Sequence[Entry]) -> dict[Path, str]:
    """The files by what they are for; gives back their ids."""
    groups = {
        "original": list(dict.fromkeys(entry.original for entry in entries)),
        "preservation copy": [entry.copy for entry in entries if entry.copy is not None],
        "description": [entry.home / "letter.json" for entry in entries],
    }
    ids: dict[Path, str] = {}
    for use, paths in groups.items():
        if not paths:
            continue
        group = ET.SubElement(section, _m("fileGrp"), {"USE": use})
        for path in paths:
            ids[path] = f"file-{len(ids) + 1}"
            file = ET.SubElement(group, _m("file"), {"ID": ids[path], **_file(data, path)})
            ET.SubElement(file, _m("FLocat"), _place(data, path))
    return ids


def _file(data: Path, path: Path) -> dict[str, str]:
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    size = str(path.stat().st_size)
    return {"MIMETYPE": kind, "SIZE": size, "CHECKSUM": sha256(path), "CHECKSUMTYPE": "SHA-256"}


def _place(data: Path, path: Path) -> dict[str, str]:
    return {"LOCTYPE": "URL", f"{{{_XLINK}}}type": "simple", f"{{{_XLINK}}}href": path.relative_to(data).as_posix()}


def sha256(path: Path) -> str:
    """Digest of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def version() -> str:
    """Of this program."""
    return importlib.metadata.version("congvan")


def _m(name: str) -> str:
    return f"{{{_METS}}}{name}"


def _add(parent: ET.Element, name: str, value: str) -> None:
    if value:
        ET.SubElement(parent, name).text = _printable(value)


def _printable(text: str) -> str:
    """XML allows no control characters."""
    return "".join(c for c in " ".join(text.split()) if c.isprintable())


def _bytes(root: ET.Element) -> bytes:
    ET.indent(root)
    said: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return said + b"\n"
