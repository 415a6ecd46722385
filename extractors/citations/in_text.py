"""Citations: every other document that a letter names, once each, with all its mentions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from extractors import flow
from extractors.citations import aliases, bare, below, laws, mentions, own, relations, resolve, second, specks
from extractors.citations import host as heads
from extractors.citations.mentions import Found
from extractors.flow import Flow
from extractors.registry import extractor
from extractors.tables import decision_cells
from models.document import Candidate, Document, Evidence
from models.letter import Citation, Mention, Witness

EXAMPLES = {
    "Thực hiện Quyết định số 153/QĐ-TTg ngày 30/01/2018 của Thủ tướng Chính phủ": ["153/QĐ-TTg 2018-01-30 implements"],
    "Căn cứ Nghị quyết số 112/20250H15;": ["112/2025/QH15 None legal_basis"],
    "các Quyết định số 12/QĐ-UBND, 13/QĐ-UBND ngày 05/3/2020": [
        "12/QĐ-UBND 2020-03-05 references",
        "13/QĐ-UBND 2020-03-05 references",
    ],
    "Kế hoạch vốn giai đoạn 2021-2025, QCVN 102:2016/BTTTT, hợp đồng số 12/HĐ-XD": [],
}


@extractor("citations", version=7)
def find(document: Document) -> Iterator[Candidate]:
    """Yield one candidate per cited document, in the order of first mention."""
    text = flow.build(document)
    host = heads.read(document, text)
    found = [m for m in resolve.repaired(mentions.find(text, host), host) if not own.is_own(text, m, host)]
    found = sorted([*found, *bare.find(text, found, host)], key=lambda mention: mention.start)
    found = second.heard(document, text, [_looked_at(document, text, m) for m in found], host)
    judged = relations.judge(text, found, decision_cells.asked(document))
    short: dict[int, list[tuple[int, int]]] = {}
    for full, start, end in aliases.find(text, found):
        short.setdefault(id(full), []).append((start, end))
    named, again = laws.find(text, found)
    for full, start, end in again:
        short.setdefault(id(full), []).append((start, end))
    gathered = resolve.entries(found, judged)
    acts = resolve.acts(found, judged, gathered)
    for at, entry in enumerate(gathered):
        spans = [(m.start, m.end) for m in entry.mentions]
        spans += [span for m in entry.mentions for span in short.get(id(m), ())]
        cited = replace(_citation(document, text, entry, host, sorted(set(spans))), acts=acts.get(at, ()))
        yield _candidate(document, text, cited)
    yield from _unnumbered(document, text, found, judged)
    for law in named:
        yield _candidate(document, text, _law(document, text, law))


def _citation(
    document: Document, text: Flow, entry: resolve.Entry, host: heads.Host, spans: list[tuple[int, int]]
) -> Citation:
    issuer, origin = resolve.issuer(entry, host)
    if issuer and issuer.startswith("Quý "):
        issuer = heads.addressed(document, issuer)
        origin = "context" if issuer else None
    if issuer is None and host.issuer is None and resolve.is_by_host(entry, host):
        issuer = heads.own_body(document)
        origin = "context" if issuer else None
    best = entry.mentions[0]
    nouns = [m.noun for m in entry.mentions if m.noun]
    named = any(m.has_noun for m in entry.mentions)
    return Citation(
        number=entry.number,
        relation=relations.combined(entry.judged),
        confidence=round(max(m.score for m in entry.mentions) * max(m.sure for m in entry.mentions), 3),
        mentions=tuple(_mention(document, text, start, end) for start, end in spans),
        doc_type=nouns[0] if nouns else (None if named else aliases.symbol_type(best)),
        issued_on=entry.issued_on,
        issuer=issuer,
        issuer_origin=origin,
        title=next((m.title for m in entry.mentions if m.title), None),
        pinpoints=tuple(dict.fromkeys(p for m in entry.mentions for p in m.pinpoints)),
        witnesses=_as_read(document, text, entry),
    )


def _as_read(document: Document, text: Flow, entry: resolve.Entry) -> tuple[Witness, ...]:
    """The readings that the number was repaired or completed from, and what a second reader says of it.

    None where it stands so on the page and nobody was asked.
    """
    found: dict[str, Witness] = {}
    for mention in entry.mentions:
        if mention.heard is not None:
            found.setdefault(mention.heard.origin + mention.heard.value, mention.heard)
        if "".join(mention.read.split()) != str(mention.number):
            page = document.page(text.evidence(mention.number_start, mention.end)[0].page)
            found.setdefault(mention.read, Witness(page.text_origin, mention.read, round(mention.sure, 3)))
    return tuple(found.values())


def _unnumbered(
    document: Document, text: Flow, found: Sequence[Found], judged: Sequence[relations.Judged]
) -> Iterator[Candidate]:
    """Documents cited by serial and day alone, once each."""
    same: dict[tuple[str | None, date | None], tuple[Found, relations.Judged, list[tuple[int, int]]]] = {}
    for mention, judgement in zip(found, judged, strict=True):
        if mention.number is None:
            first = same.setdefault((mention.title, mention.issued_on), (mention, judgement, []))
            first[2].append((mention.start, mention.end))
    for mention, judgement, spans in same.values():
        cited = Citation(
            number=None,
            relation=judgement.relation,
            confidence=round(mention.score * mention.sure, 3),
            mentions=tuple(_mention(document, text, start, end) for start, end in spans),
            doc_type=mention.noun,
            issued_on=mention.issued_on,
            issuer=mention.issuer,
            issuer_origin="stated" if mention.issuer else None,
            title=mention.title,
            pinpoints=mention.pinpoints,
        )
        yield _candidate(document, text, cited)


def _law(document: Document, text: Flow, law: laws.Law) -> Citation:
    return Citation(
        number=None,
        relation=law.relation,
        confidence=0.8,
        mentions=tuple(_mention(document, text, start, end) for start, end in law.spans),
        doc_type=law.doc_type,
        issued_on=law.issued_on,
        issuer="Quốc hội" if law.doc_type in ("L", "BL") else None,
        issuer_origin="symbol" if law.doc_type in ("L", "BL") else None,
        title=law.title,
    )


def _mention(document: Document, text: Flow, start: int, end: int) -> Mention:
    where = text.evidence(start, end)
    first = where[0]
    return Mention(text.text[start:end], first.page, flow.box(document, where), first.line, first.start, first.end)


def _looked_at(document: Document, text: Flow, mention: Found) -> Found:
    """The mention after a look at the page: no specks, the date under it, the reader's confidence in its words."""
    mention = below.dated(document, text, specks.wiped(document, text, mention))
    where = text.evidence(mention.number_start, mention.end)
    sure = min((flow.confidence(document.line(item), item) for item in where), default=1.0)
    return mention if sure == mention.sure else mention._replace(sure=sure)


def _candidate(document: Document, text: Flow, citation: Citation) -> Candidate:
    where = tuple(_evidence(m, document) for m in citation.mentions)
    return Candidate(
        "citation", citation, citation.mentions[0].text, where, citation.confidence,
        origin=document.page(where[0].page).text_origin, bbox=citation.mentions[0].bbox,
    )  # fmt: skip


def _evidence(mention: Mention, document: Document) -> Evidence:
    return Evidence(mention.page, mention.line or 0, mention.start or 0, mention.end or 0)
