"""The graph of citations as JSON-LD, in the words of the European Legislation Identifier (ELI) where it has them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from pipeline.export import edge_json, node_json
from pipeline.store.graph import Edge, Node

_ELI = "http://data.europa.eu/eli/ontology#"
_OWN = "urn:congvan:"
# Relations that ELI has a property for; the others are ours, and all are citations.
_PROPERTIES = {
    "legal_basis": "eli:based_on", "implements": "eli:implements", "amends": "eli:amends", "repeals": "eli:repeals",
    "corrects": "eli:corrects", "references": "eli:cites",
}  # fmt: skip
CONTEXT: dict[str, Any] = {
    "eli": _ELI,
    "congvan": _OWN,
    "number": "eli:id_local",
    "doc_type": "eli:type_document",
    "date": {"@id": "eli:date_document", "@type": "http://www.w3.org/2001/XMLSchema#date"},
    "issuer": "eli:passed_by",
    "title": "eli:title",
    "held": "congvan:held",
    "source": {"@id": "congvan:source", "@type": "@id"},
    "target": {"@id": "congvan:target", "@type": "@id"},
    "relation": "congvan:relation",
    "also": "congvan:also",
    "stated": "congvan:stated",
    "status": "congvan:status",
    "confidence": "congvan:confidence",
    "quote": "congvan:quote",
    "page": "congvan:page",
}


def graph(nodes: Iterable[Node], edges: Iterable[Edge]) -> dict[str, Any]:
    """Documents with a property for each relation, and each citation as a thing of its own, with its words.

    Citations of documents that nothing identifies are left out.
    """
    documents: dict[str, dict[str, Any]] = {node.id: _document(node) for node in nodes}
    citations: list[dict[str, Any]] = []
    for edge in edges:
        if edge.target is None or edge.source not in documents:
            continue
        name = _PROPERTIES.get(edge.relation, f"congvan:{edge.relation}")
        documents[edge.source].setdefault(name, []).append({"@id": _OWN + edge.target})
        citations.append(_citation(edge))
    return {"@context": CONTEXT, "@graph": [*documents.values(), *citations]}


def _document(node: Node) -> dict[str, Any]:
    said = node_json(node)
    names = ("number", "doc_type", "date", "issuer", "title", "held")
    return {"@id": _OWN + node.id, "@type": "eli:LegalResource", **{n: said[n] for n in names if said[n] is not None}}


def _citation(edge: Edge) -> dict[str, Any]:
    said = edge_json(edge)
    names = ("relation", "also", "stated", "status", "confidence", "quote", "page")
    ends = {"source": _OWN + edge.source, "target": _OWN + (edge.target or "")}
    return {"@type": "congvan:Citation", **ends, **{n: said[n] for n in names if said[n] not in (None, [])}}
