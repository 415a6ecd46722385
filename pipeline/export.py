"""Data for other programs: letters and the graph of citations, as rows, as GraphML."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterable
from datetime import date

from models.letter import Letter
from pipeline.store.graph import Edge, Node

LETTER_COLUMNS = (
    "id", "number", "doc_type", "date", "place", "issuer", "subject", "signer", "recipients", "copies", "urgency",
    "secrecy", "deadlines", "citations", "review", "file", "sha256",
)  # fmt: skip
EDGE_COLUMNS = (
    "source_id", "letter_id", "relation", "number", "date", "issuer", "title", "status", "target_id", "candidates",
    "confidence", "page", "quote", "also", "stated",
)  # fmt: skip
_NAMESPACE = "http://graphml.graphdrawing.org/xmlns"


def letter_row(key: str, letter: Letter) -> tuple[object, ...]:
    """One letter as the texts of `LETTER_COLUMNS`; lists are joined by "; "."""
    return (
        key,
        letter.number.value if letter.number else None,
        letter.doc_type.value if letter.doc_type else None,
        _iso(letter.issued_on.value) if letter.issued_on else None,
        letter.place.value if letter.place else None,
        letter.issuer.value.name if letter.issuer else None,
        letter.subject.value if letter.subject else None,
        letter.signer.value.name if letter.signer else None,
        "; ".join(field.value for field in letter.recipients),
        "; ".join(field.value for field in letter.copies),
        letter.urgency.value if letter.urgency else None,
        letter.secrecy.value if letter.secrecy else None,
        "; ".join(field.value.isoformat() for field in letter.deadlines),
        len(letter.citations),
        " ".join(letter.review),
        letter.source.name,
        letter.source.sha256,
    )


def edge_row(edge: Edge) -> tuple[object, ...]:
    """One citation as the texts of `EDGE_COLUMNS`."""
    return (
        edge.source,
        edge.letter_id,
        edge.relation,
        edge.number,
        _iso(edge.issued_on),
        edge.issuer,
        edge.title,
        edge.status,
        edge.target,
        " ".join(edge.candidates),
        round(edge.confidence, 4),
        edge.page,
        edge.quote,
        " ".join(edge.also),
        edge.stated,
    )


def node_json(node: Node) -> dict[str, object]:
    """A document as JSON."""
    return {
        "id": node.id,
        "number": node.number,
        "doc_type": node.doc_type,
        "date": _iso(node.issued_on),
        "issuer": node.issuer,
        "title": node.title,
        "held": node.held,
        "depth": node.depth,
    }


def edge_json(edge: Edge) -> dict[str, object]:
    """A citation as JSON, with the words that make it."""
    values = dict(zip(EDGE_COLUMNS, edge_row(edge), strict=True))
    return {**values, "candidates": list(edge.candidates), "also": list(edge.also)}


def graphml(nodes: Iterable[Node], edges: Iterable[Edge]) -> str:
    """The graph for Gephi, yEd, NetworkX; citations without a target are left out."""
    ET.register_namespace("", _NAMESPACE)
    root = ET.Element(f"{{{_NAMESPACE}}}graphml")
    keys = {"node": ("number", "doc_type", "date", "issuer", "title", "held"), "edge": ("relation", "status", "quote")}
    for kind, names in keys.items():
        for name in names:
            attributes = {"id": f"{kind}_{name}", "for": kind, "attr.name": name, "attr.type": "string"}
            ET.SubElement(root, f"{{{_NAMESPACE}}}key", attributes)
    graph = ET.SubElement(root, f"{{{_NAMESPACE}}}graph", {"id": "congvan", "edgedefault": "directed"})
    for node in nodes:
        _data(ET.SubElement(graph, f"{{{_NAMESPACE}}}node", {"id": node.id}), "node", node_json(node), keys["node"])
    for edge in edges:
        if edge.target is not None:
            ends = {"source": edge.source, "target": edge.target}
            _data(ET.SubElement(graph, f"{{{_NAMESPACE}}}edge", ends), "edge", edge_json(edge), keys["edge"])
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True)


def _data(parent: ET.Element, kind: str, values: dict[str, object], names: Iterable[str]) -> None:
    for name in names:
        if values[name] is not None:
            text = "".join(c for c in str(values[name]) if c.isprintable())  # XML allows no control characters
            ET.SubElement(parent, f"{{{_NAMESPACE}}}data", {"key": f"{kind}_{name}"}).text = text


def _iso(value: date | None) -> str | None:
    return value.isoformat() if value else None


def disarm(cell: object) -> object:
    """The cell, with a leading apostrophe where a spreadsheet would take it for a formula."""
    if isinstance(cell, str) and cell.lstrip().startswith(("=", "+", "-", "@", "\t", "\r")):
        return "'" + cell
    return "" if cell is None else cell
