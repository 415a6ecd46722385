"""Text that was typed for fonts older than Unicode and has been converted: told once a page, nothing is corrected."""

from __future__ import annotations

from collections.abc import Iterator

from extractors.registry import extractor
from extractors.vi.legacy import is_converted
from models.document import Candidate, Document, Evidence
from models.letter import Flag

EXAMPLES = {
    "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc": [
        "flag: Flag(code='converted_text', message='typed for fonts older than Unicode (TCVN3 or VNI) and converted', "
        "page=1, bbox=None)"
    ],
    "Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc": [],
}
_MESSAGE = "typed for fonts older than Unicode (TCVN3 or VNI) and converted"


@extractor("converted_text", version=1)
def find(document: Document) -> Iterator[Candidate]:
    """One flag for each page with converted lines, at the first of them."""
    for page in document.pages:
        if page.text_origin not in ("text", "pdf-text"):
            continue
        for i, line in enumerate(page.lines):
            if is_converted(line.raw, line.text):
                flag = Flag("converted_text", _MESSAGE, page.number, line.bbox)
                evidence = (Evidence(page.number, i, 0, len(line.text)),)
                yield Candidate("flag", flag, _MESSAGE, evidence, 1.0, bbox=line.bbox)
                break
