"""What a saved query found, as an Atom feed (RFC 4287)."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from datetime import datetime

from pipeline.store.saved import Fresh, SavedQuery

ATOM = "application/atom+xml"
_NAMESPACE = "http://www.w3.org/2005/Atom"


def atom(query: SavedQuery, found: Sequence[Fresh], address: str, base: str) -> bytes:
    """The feed: one entry for each letter, the latest found first.

    Args:
        query: What was asked.
        found: What it found.
        address: Of the feed itself.
        base: Of the application, ending with "/".
    """
    ET.register_namespace("", _NAMESPACE)
    feed = ET.Element(f"{{{_NAMESPACE}}}feed")
    _add(feed, "id", f"tag:congvan,2026:saved:{query.id}")
    _add(feed, "title", query.name)
    _add(feed, "updated", _moment(max((each.found_at for each in found), default=query.created_at)))
    _add(_add(feed, "author"), "name", "congvan")
    _add(feed, "link", rel="self", type=ATOM, href=address)
    for each in found:
        hit = each.hit
        entry = _add(feed, "entry")
        _add(entry, "id", f"tag:congvan,2026:saved:{query.id}:{hit.letter_id}")
        day = hit.issued_on.strftime("%d/%m/%Y") if hit.issued_on else None
        _add(entry, "title", " · ".join(filter(None, (hit.number, day, hit.issuer))) or hit.letter_id)
        _add(entry, "updated", _moment(each.found_at))
        _add(entry, "link", rel="alternate", type="text/html", href=f"{base}letters/{hit.letter_id}")
        _add(entry, "summary", hit.subject or "", type="text")
    text: bytes = ET.tostring(feed, encoding="utf-8", xml_declaration=True)
    return text


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    element = ET.SubElement(parent, f"{{{_NAMESPACE}}}{name}", attributes)
    # What a scan says may hold characters that XML must not.
    element.text = None if text is None else "".join(c if c.isprintable() else " " for c in text)
    return element


def _moment(at: datetime) -> str:
    return at.isoformat(timespec="seconds") + "Z"
