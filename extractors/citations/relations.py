"""The relation that a sentence expresses between the letter and a document it cites.

By the nearest cue to the left in the sentence, the position of the sentence, and grammar: a document inside the title
of another is only referred to; a list shares the relation of its head.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from extractors.citations.mentions import Found
from extractors.flow import Flow
from extractors.tables.decision_cells import Asked

_DATA = Path(__file__).parents[1] / "data" / "relations.csv"


def _cues() -> re.Pattern[str]:
    """Cues on lower-case text without marks, one group per relation; of two at one place the file's first wins.

    Readers lose blanks ("trảlời"): each may be missing.
    """
    with _DATA.open(encoding="utf-8", newline="") as file:
        rows = [(row["code"], re.sub(r"(?<!<!xem) ", " ?", row["cues"])) for row in csv.DictReader(file) if row["cues"]]
    return re.compile("|".join(rf"(?P<{code}>(?<!\w)(?:{cues})(?!\w))" for code, cues in rows))


_CUE = _cues()
# A sentence that opens with one of these lists documents under it, however long the titles between them.
_OPENING = re.compile(
    r"\W*(?:(?P<legal_basis>can ?c[uv]+\b|tren co so(?! do)|chieu theo)|(?P<implements>thuc ?hien|thi ?hanh|chap ?hanh"
    r"|quan triet)"
    r"|(?P<replies_to>phuc ?dap|tra ?loi|nhan ?duoc)|(?P<proposed_by>theo de nghi|xet de nghi|xet to trinh|xet\s*$)"
    r"|(?P<follows_up>tiep ?theo|nhac ?lai))"
)
_EFFECTS = frozenset({"repeals", "replaces", "corrects", "amends"})
_ACTS = _EFFECTS | {"guides"}
_VERBS = {
    "sua doi": "amends", "bo sung": "amends", "thay the": "replaces", "bai bo": "repeals", "dinh chinh": "corrects",
}  # fmt: skip
_PASSIVE = re.compile(
    r"(?:duoc|bi) (?P<verb>sua doi|thay the|bo sung|bai bo|dinh chinh)[^;.\n]{0,60}?"
    r"\b(?:boi|bang|tai|theo|o)\b(?!.*\bcua\b)"
)
_SENTENCE = re.compile(r"(?<=[a-z0-9)”\"])\.\s+(?=[A-Z])|[“\"](?=[A-Z])")
_ASIDE = re.compile(r"\([^()\n]{0,600}\)")
_CLOSING = re.compile(r"[”\"]")
_TITLE_OPENS = re.compile(
    r"[\s,]*(?:v[e8]|ban hanh|phe duyet|quy dinh|huong dan|sua doi|cong bo|thanh lap|kien toan|dieu chinh|giao"
    r"|trien khai"
    r"|thuc hien|bai bo|thay the|to chuc|kem theo|bo sung|thong bao|da duoc|duoc"
    r"|bi (?:bai bo|thay the)|lien quan|thong qua|phe chuan"
    r"|uy quyen)\b"
)
_COORDINATE = re.compile(r"(?:[,;:]|\bva|\bcung|\bhoac|\bvoi)\s*(?:cac\s+|tai\s+|theo\s+|so\s+)*$")
_AFTER = re.compile(
    r"[^.;\n]{0,160}?\b(?:(?P<repeals>het ?hieu ?luc|(?:bi|duoc) ?bai ?bo(?! (?:boi|bang|tai|theo)))|"
    r"(?P<implements>(?:truyen dat|thong bao) y kien(?: chi dao)?)|"
    r"(?P<references>duoc (?:sua doi|thay the"
    r"|bo sung|bai bo) (?:boi|bang|tai|theo)))",
    re.IGNORECASE,
)
_TYPE_NAMES = r"(?:quyet dinh|nghi quyet|nghi dinh|thong tu|chi thi|ke hoach|quy che|quy dinh|cong van)"
# What may stand before the verb of a title or an article: "Điều 2.", "V/v", "a) Phạm vi:", "QUYẾT ĐỊNH Về việc".
_HEAD = re.compile(
    rf"\W*(?:(?:dieu|khoan|muc) \d+\W*)?(?:[a-zđ]{{1,2}}\)\W*|\d+\W*)?(?:[^.:]{{0,30}}:\W*)?(?:{_TYPE_NAMES}\W+)?"
    rf"(?:v/v|ve viec|ve)?\W*(?:(?:cong bo|ban hanh|trinh"
    rf"|de nghi)\W+(?:\w+\W+){{0,8}})?(?:{_TYPE_NAMES}\W+(?:\w+\W+){{0,3}})?"
)
_PROPOSED = re.compile(rf"(?:de nghi|xay dung|thong qua)\W+(?:\w+\W+){{0,6}}{_TYPE_NAMES}\W+(?:\w+\W+){{0,3}}$")
_SELF = re.compile(
    r"\b(?:quyet dinh|thong tu|nghi dinh|nghi quyet|chi thi|cong van|van ban|quy che|quy dinh|huong dan|ke hoach"
    r"|thong bao|chuong trinh|ket luan) nay\b"
)
_GENERAL = re.compile(r"(?:NĐ|TT|TTLT|QH|L|PL|UBTVQH)\d*(?:-|$)")
_TABLE_HEADER = re.compile(
    r"quyet dinh (?:dau tu|phe duyet (?:du an|dau tu|chu truong)|chu truong dau tu|giao von)|so quyet dinh|qd dau tu"
    r"|quyet dinh phe duyet",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Judged:
    """The relation of one mention.

    Attributes:
        nested: The mention stands in the title of another document, or is what that one is said to act on.
        by: Place of that other mention, and what it does to this one; None where nothing is said.
        passive: The other way round: this one acts on that ("Nghị định A được sửa đổi bởi Nghị định B").
    """

    relation: str
    nested: bool = False
    by: tuple[int, str] | None = None
    passive: bool = False


def judge(flow: Flow, found: Sequence[Found], asked: Asked = lambda _: None) -> list[Judged]:
    """The relation of each mention, in order; `asked` tells which stand in a table's column of decisions."""
    header = _TABLE_HEADER.search(flow.plain)
    result: list[Judged] = []
    for i, here in enumerate(found):
        begin, end = flow.paragraph(here.start)
        column = asked(flow.evidence(here.start, here.end)) if _may_decide(here) else False
        below = header is not None and header.start() < here.start and _is_cell(flow, here, begin, end)
        if column or (column is None and below):
            result.append(Judged("investment_decision"))
            continue
        first = i
        while first and found[first - 1].start >= begin:
            first -= 1
        before = [k for k in range(first, i) if found[k].after <= here.start]
        result.append(_judge(flow, found, result, i, before, begin))
    return result


def combined(judged: Sequence[Judged]) -> str:
    """The relation of a document mentioned several times: an effect on it, else the first that says most."""
    for item in judged:
        if item.relation in _EFFECTS and not item.nested:
            return item.relation
    for item in judged:
        if item.relation not in ("references", "attached_to") and not item.nested:
            return item.relation
    return next((item.relation for item in judged if item.relation != "references" and not item.nested), "references")


def _judge(flow: Flow, found: Sequence[Found], done: list[Judged], i: int, before: list[int], begin: int) -> Judged:
    here = found[i]
    lead_start = _sentence_start(flow, begin, here.start)
    before = [k for k in before if found[k].start >= lead_start]
    asides = [m.span() for m in _ASIDE.finditer(flow.plain, lead_start, here.start)]
    before = [k for k in before if not any(start < found[k].start < end for start, end in asides)]
    if before:
        last = before[-1]
        gap = _without(flow, found[last].after, here.start, asides)
        if _COORDINATE.search(gap.lower()) or not gap.strip():
            return _coordinate(flow, found, done, before, gap, here)
        if _TITLE_OPENS.match(gap.lower()) and not _CLAUSE.search(gap):
            return _within(gap.lower(), last)
    if not before and (listed := _continued(flow, found, done, i, begin)):
        return listed
    lead_start = _main_clause(flow, lead_start, here.start)
    lead = _without(flow, lead_start, here.start, asides).lower()
    if lead.strip() == "tai" and _ASSIGNED.match(flow.plain, here.after):
        return Judged("implements")
    if _ISSUING.search(lead):
        return Judged(_after(flow, here, "references"))
    from_last = max(found[before[-1]].after - lead_start, 0) if before else 0
    opening = _OPENING.match(lead)
    default = str(opening.lastgroup) if opening else "references"
    relation = _by_cues(lead, from_last, default)
    return Judged(_after(flow, here, relation))


def _without(flow: Flow, start: int, end: int, asides: Sequence[tuple[int, int]]) -> str:
    """The text from `start` to `end`, blank where a closed bracket speaks of something else."""
    text = flow.plain[start:end]
    for begin, stop in asides:
        if start <= begin:
            text = text[: begin - start] + " " * (stop - begin) + text[stop - start :]
    return text


# What may begin a clause of its own inside a list: only there a new cue counts.
_TAIL = re.compile(
    r";|(?:,|\bva)\s(?=(?:xet|theo de|dong thoi|tren co so|can cu|thay the|bai bo|de xuat|de nghi|thuc hien)\b)"
)
# ", Bộ Tài chính đã có …": subject and verb after a comma.
_MAIN = re.compile(
    r",\s(?=(?:cac )?(?:Bo|So|Hoi dong|Chinh phu|Thu tuong|Uy ban|UBND|Ban|Cuc|Van phong|Truong|Chu tich|Tong cuc"
    r"|Vien)\b"
    r"[^,;.\n]{0,80}?\s(?:da|ban hanh|de nghi|bao cao|trinh|thong bao|yeu cau|xay dung|kinh|co van ban|duoc)\b)"
)
# "Tại Chỉ thị số …, Bộ X được giao …"
_ASSIGNED = re.compile(r"[^.;\n]{0,160}?\b(?:duoc giao|giao|chi dao|yeu cau)\b")
_ISSUING = re.compile(r"\b(?:ban hanh|da co|da ky|ky)\s+(?:cac )?$")
_CLAUSE = re.compile(
    r";|,\s(?=(?:xet|theo de nghi|theo de xuat|dong thoi|tren co so|can cu|de nghi)\b)|\bva (?=(?:de xuat|de nghi|xet"
    r"|theo)\b)",
    re.IGNORECASE,
)


def _continued(flow: Flow, found: Sequence[Found], done: list[Judged], i: int, begin: int) -> Judged | None:
    """A line that begins with a document goes on with the list above it, if that was left open."""
    if i == 0 or flow.plain[begin : found[i].start].strip() or begin < 2:
        return None
    above = flow.paragraph(begin - 2)
    if flow.plain[above[0] : above[1]].rstrip()[-1:] not in (";", ","):
        return None
    k = i - 1
    while k >= 0 and done[k].nested:
        k -= 1
    return Judged(done[k].relation) if k >= 0 and above[0] <= found[k].start < above[1] else None


def _main_clause(flow: Flow, start: int, end: int) -> int:
    """Where the main clause begins if the sentence opens with a basis: that governs only what stands before it."""
    clauses = [m.start() for m in _MAIN.finditer(flow.plain, start, end)]
    return clauses[-1] if clauses else start


def _sentence_start(flow: Flow, begin: int, at: int) -> int:
    ends = [m.end() for m in _SENTENCE.finditer(flow.plain, begin, at) if not _is_closed_quotation(flow, m, at)]
    return ends[-1] if ends else begin


def _is_closed_quotation(flow: Flow, opening: re.Match[str], at: int) -> bool:
    """Whether a quotation ends before `at`: a title in quotation marks is a part of the sentence around it."""
    return opening[0] in '“"' and _CLOSING.search(flow.plain, opening.end(), at) is not None


def _coordinate(
    flow: Flow, found: Sequence[Found], done: list[Judged], before: list[int], gap: str, here: Found
) -> Judged:
    """A further item of a list: its own cue if one stands in the gap, else the relation of the item it is beside."""
    tail = _TAIL.split(gap.lower())[-1]
    if tail != gap.lower() and (own := _by_cues(tail, 0, default="")):
        return Judged(own)
    if re.search(r"\bva tai\s*$", gap.lower()):
        parallel = [
            k
            for k in before
            if flow.plain[max(found[k].start - 8, 0) : found[k].start].lower().rstrip().endswith(" tai")
        ]
        if parallel:
            return Judged(done[parallel[-1]].relation, done[parallel[-1]].nested)
    last = before[-1]
    if not done[last].nested:
        return Judged(done[last].relation)
    outer = [k for k in before if not done[k].nested]
    # A nested document with a title of its own is closed: what follows belongs to the level above.
    closed = ";" in gap or found[last].issuer is not None or found[last].title is not None
    if closed and outer:
        return Judged(done[outer[-1]].relation)
    return Judged("references", nested=True, by=None if done[last].passive else done[last].by)


def _within(gap: str, outer: int) -> Judged:
    """A document in the title of another, `gap` the words between the two: what the one does to the other."""
    if passive := _PASSIVE.search(gap):
        return Judged("references", nested=True, by=(outer, _VERBS[passive["verb"]]), passive=True)
    cues = [str(m.lastgroup) for m in _CUE.finditer(gap)]
    acts = [cue for cue in cues if cue in _ACTS]
    return Judged("references", nested=True, by=(outer, acts[0]) if acts and "references" not in cues else None)


def _by_cues(lead: str, from_last: int, default: str = "references") -> str:
    """The relation of the nearest cue, looking through words that only say where something stands."""
    own = {m.start() for m in _SELF.finditer(lead)}  # "Hướng dẫn này": the letter's own noun guides nothing
    cues = [(m.start(), m.end(), str(m.lastgroup)) for m in _CUE.finditer(lead) if m.start() not in own]
    if not cues:
        return default
    strong = [c for c in cues if c[2] in _EFFECTS and not _is_passive(lead, c[0]) and _acts(lead, c)]
    if strong and strong[-1][0] >= from_last:
        return strong[-1][2]
    near = [c for c in cues if c[2] not in _EFFECTS or _acts(lead, c)]
    if not near:
        return default
    last = near[-1]
    if lead.rstrip().endswith(" theo") and len(lead) - last[1] > 25:
        return default
    if (
        last[2] == "implements"
        and len(near) > 1
        and near[-2][2] in ("proposed_by", "replies_to")
        and last[0] - near[-2][1] < 60
    ):
        last = near[-2]
    if last[2] == "references" and len(lead) - last[1] > 130:
        return default
    if last[2] in ("guides",) and len(lead) - last[1] > 60:
        return default
    if (
        last[2] in ("implements", "legal_basis", "proposed_by", "replies_to", "follows_up")
        and len(lead) - last[1] > 160
    ):
        return default
    return last[2]


def _is_passive(lead: str, at: int) -> bool:
    return re.search(r"\b(?:duoc|bi|da)\s+$", lead[max(at - 8, 0) : at]) is not None


def _acts(lead: str, cue: tuple[int, int, str]) -> bool:
    """Whether an effect is the letter's own: its title, an article of it, or "Quyết định này" as the subject."""
    head = lead[: cue[0]]
    if lead.startswith("het hieu luc", cue[0]) or _SELF.search(head):
        return True
    return _HEAD.fullmatch(head) is not None or _PROPOSED.search(head) is not None


def _after(flow: Flow, here: Found, relation: str) -> str:
    match = _AFTER.match(flow.plain, here.after)
    if match and match["repeals"]:
        return "repeals"
    if match and match["implements"] and relation == "references":
        return "implements"  # "theo Văn bản số … của Văn phòng Chính phủ truyền đạt ý kiến chỉ đạo của …"
    return relation


def _may_decide(here: Found) -> bool:
    """Whether a document may be the decision on a project: no law, decree or circular is."""
    return here.number is not None and not _GENERAL.match(here.number.symbol)


def _is_cell(flow: Flow, here: Found, begin: int, end: int) -> bool:
    """Whether the mention is a table cell's content: it begins a short paragraph that has no verb before it."""
    lead = flow.plain[begin : here.start].strip(" -+•.;,0123456789")
    return (
        not lead.lower().removeprefix("so").strip(": ")
        and end - begin < 160
        and not flow.plain[begin:end].startswith("(")
    )
