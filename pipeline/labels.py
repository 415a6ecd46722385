"""Letters that persons confirmed, as label files: what `congvan evaluate --gold` measures a reading against."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from typing import Any

from models.letter import Letter
from pipeline import contract

_LISTS = ("recipients", "copies", "deadlines")


def label(letter: Letter) -> dict[str, Any]:
    """One letter as labels: plain values, null where the letter has none. `file` is where the original lay."""
    said = contract.to_json(letter)
    values: dict[str, Any] = {name: said[name] and said[name]["value"] for name in contract.SCALARS}
    if values["issuer"]:
        values["issuer"] = values["issuer"]["name"]
    values |= {name: [item["value"] for item in said[name]] for name in _LISTS}
    names = ("number", "date", "doc_type", "issuer", "title")
    values["citations"] = [
        {**{name: cited[name] for name in names if cited[name]}, "relation": [cited["relation"]]}
        for cited in said["citations"]
    ]
    return {"file": str(letter.source.path), "sha256": letter.source.sha256, **values}


def archive(letters: Iterable[Letter]) -> bytes:
    """A ZIP with one label file for each letter; no name in it comes from a scan or a sender."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as book:
        for letter in letters:
            text = json.dumps(label(letter), ensure_ascii=False, indent=1)
            book.writestr(f"{letter.source.sha256[:16]}.json", text + "\n")
    return buffer.getvalue()
