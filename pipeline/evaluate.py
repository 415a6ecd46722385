"""How right are the letters? Extracted letters against label files, one figure per field, each with its denominator.

A field counts where the label file has its key; null there means that the field must come out empty. Numbers must be
equal but for case, spaces and leading zeros; dates and codes equal; names and lines nearly equal, the old and new
placement of tone marks and usual abbreviations being the same.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

from extractors.vi.text import modern_tones, normalise
from models.letter import Letter
from pipeline import contract

Json = Mapping[str, Any]

SCALARS = ("number", "doc_type", "date", "place", "issuer", "subject", "signer", "urgency", "secrecy")
LISTS = ("recipients", "copies", "deadlines")
# How near two texts must be, 1 - edits / length.
NEAR = {"subject": 0.92, "recipients": 0.85, "copies": 0.80, "signer": 0.90, "issuer": 0.92, "place": 0.90}
# Fields whose acceptance without review is a promise.
PROMISED = ("number", "doc_type", "date", "issuer", "subject")
_SHORT = (
    ("ubnd", "ủy ban nhân dân"),
    ("hđnd", "hội đồng nhân dân"),
    ("tp.", "thành phố "),
    ("tp ", "thành phố "),
    ("bộ kh&đt", "bộ kế hoạch và đầu tư"),
    ("bộ tt&tt", "bộ thông tin và truyền thông"),
    ("bộ tttt", "bộ thông tin và truyền thông"),
    ("tttt", "thông tin và truyền thông"),
    ("khđt", "kế hoạch và đầu tư"),
    ("kh&đt", "kế hoạch và đầu tư"),
)
_DEGREE = re.compile(r"^(?:(?:pgs|gs|tskh|ts|ths|ls|bs|bác sĩ|bscki{1,2}|ks|cn)[.\s&-]+)+", re.IGNORECASE)
_PLACED = r"( tỉnh| thành phố)?( \w+){1,4}"


@dataclass(slots=True)
class Tally:
    """Hits among what the labels have (`gold`) and what was found (`got`)."""

    hit: int = 0
    gold: int = 0
    got: int = 0

    def add(self, hit: int, gold: int, got: int) -> None:
        """Count one document."""
        self.hit, self.gold, self.got = self.hit + hit, self.gold + gold, self.got + got

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1.0 where there was nothing to find and nothing was found."""
        return 2 * self.hit / (self.gold + self.got) if self.gold + self.got else 1.0

    def figures(self) -> dict[str, float | int]:
        """Precision, recall, F1 and their counts."""
        precision = self.hit / self.got if self.got else float(not self.gold)
        recall = self.hit / self.gold if self.gold else 1.0
        rounded = {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(self.f1, 4)}
        return {**rounded, "hit": self.hit, "gold": self.gold, "got": self.got}


@dataclass(slots=True)
class Share:
    """So many right of so many."""

    right: int = 0
    of: int = 0

    def add(self, right: bool) -> None:
        """Count one case."""
        self.right, self.of = self.right + right, self.of + 1

    def figures(self) -> dict[str, float | int]:
        """The share with its counts."""
        return {"right": self.right, "of": self.of, "accuracy": round(self.right / self.of, 4) if self.of else 1.0}


@dataclass(frozen=True, slots=True)
class Miss:
    """One value that is not as labelled; `expected` None: found where there is none."""

    file: str
    what: str
    expected: object
    got: object


@dataclass(slots=True)
class Score:
    """All figures of one evaluation."""

    files: int = 0
    failed: list[str] = field(default_factory=list)
    fields: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    slices: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    lists: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    citations: Tally = field(default_factory=Tally)
    cited: dict[str, Share] = field(default_factory=lambda: defaultdict(Share))
    cells: Tally = field(default_factory=Tally)
    cells_in_place: Share = field(default_factory=Share)
    table_shapes: Share = field(default_factory=Share)
    accepted: Share = field(default_factory=Share)
    promised: int = 0
    misses: list[Miss] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The figures for a program to read."""
        result: dict[str, Any] = {"files": self.files, "failed": self.failed}
        result["fields"] = {name: share.figures() for name, share in self.fields.items()}
        result["slices"] = {name: share.figures() for name, share in sorted(self.slices.items())}
        result["lists"] = {name: tally.figures() for name, tally in self.lists.items()}
        result["citations"] = self.citations.figures()
        for name in ("citation_dates", "citation_issuers", "relations"):
            result[name] = self.cited[name].figures()
        result["table_cells"] = self.cells.figures()
        result["table_cells_in_place"] = self.cells_in_place.figures()
        result["table_shapes"] = self.table_shapes.figures()
        result["accepted_without_review"] = {**self.accepted.figures(), "fields": self.promised}
        result["misses"] = [[m.file, m.what, m.expected, m.got] for m in self.misses]
        return result


Predict = Callable[[Path, Json], Json | None]


def score(gold: Path, predict: Predict, kinds: Sequence[str] = ()) -> Score:
    """Compare all label files in `gold` with what `predict` gives for each (None: nothing)."""
    result = Score()
    for path in sorted(gold.glob("*.json")):
        labels = json.loads(path.read_text(encoding="utf-8"))
        if kinds and labels.get("kind") not in kinds:
            continue
        result.files += 1
        found = predict(path, labels)
        if found is None:
            result.failed.append(path.stem)
        _score_fields(result, path.stem, labels, found)
        _score_lists(result, path.stem, labels, found or {})
        if "citations" in labels:
            _score_citations(result, path.stem, labels, found or {})
        if labels.get("tables"):
            _score_tables(result, path.stem, labels["tables"], (found or {}).get("tables") or [])
    return result


def first_letter(letters: Sequence[Letter]) -> Json | None:
    """What is compared: the first letter of the file, with the citations and tables of all its letters."""
    records = [contract.to_json(letter) for letter in letters]
    if not records:
        return None
    own = {_code(plain(record["number"])) for record in records if plain(record["number"])}
    first = dict(records[0])
    for record in records[1:]:
        first["citations"] = [*first["citations"], *(c for c in record["citations"] if _code(c["number"]) not in own)]
        first["tables"] = [*first["tables"], *record["tables"]]
    return first


def _score_fields(result: Score, file: str, labels: Json, found: Json | None) -> None:
    got = found or {}
    for name in SCALARS:
        if name not in labels:
            continue
        value = plain(got.get(name))
        right = same(name, labels[name], value)
        result.fields[name].add(right)
        if name in ("number", "date"):
            origin = "handwritten" if name in labels.get("handwritten", ()) else "printed"
            result.slices[f"{name} ({origin})"].add(right)
        if found is not None and name in PROMISED:
            result.promised += 1
            if name not in (got.get("review") or ()):
                result.accepted.add(right)
        if not right:
            result.misses.append(Miss(file, name, labels[name], value))


def _score_lists(result: Score, file: str, labels: Json, found: Json) -> None:
    for name in LISTS:
        if name in labels:
            items = [plain(item) for item in found.get(name) or ()]
            hit = _pairs(name, labels[name], items)
            result.lists[name].add(hit, len(labels[name]), len(items))
            if hit < max(len(labels[name]), len(items)):
                result.misses.append(Miss(file, name, labels[name], items))


def _score_citations(result: Score, file: str, labels: Json, found: Json) -> None:
    optional = {_code(number) for number in labels.get("citations_optional", ())}
    theirs: dict[str, list[Json]] = defaultdict(list)
    for citation in found.get("citations") or ():
        number = plain(citation.get("number"))
        if number and _code(number) not in optional:
            theirs[_code(number)].append(citation)
    got = sum(map(len, theirs.values()))
    hit = 0
    for label in labels["citations"]:
        rivals = theirs[_code(label["number"])]
        if not rivals:
            result.misses.append(Miss(file, "citation", label["number"], None))
            continue
        hit += 1
        dates = [plain(rival.get("date")) for rival in rivals]
        position = dates.index(label.get("date")) if label.get("date") in dates else 0
        _score_citation(result, file, label, rivals.pop(position))
    false = [Miss(file, "false citation", None, c["number"]) for rest in theirs.values() for c in rest]
    result.misses += false
    result.citations.add(hit, len(labels["citations"]), got)


def _score_citation(result: Score, file: str, label: Json, got: Json) -> None:
    number = label["number"]
    checks: list[tuple[str, object, object, bool]] = []
    if "date" in label:
        value = plain(got.get("date")) or None
        checks.append(("citation_dates", label["date"], value, value == label["date"]))
    if label.get("issuer"):
        value = plain(got.get("issuer"))
        checks.append(("citation_issuers", label["issuer"], value, same("issuer", label["issuer"], value)))
    if label.get("relation"):
        wanted = label["relation"] if isinstance(label["relation"], list) else [label["relation"]]
        value = plain(got.get("relation"))
        checks.append(("relations", wanted, value, value in wanted))
    for what, expected, value, right in checks:
        result.cited[what].add(right)
        if not right:
            result.misses.append(Miss(file, f"{what} of {number}", expected, value))


def _score_tables(result: Score, file: str, labels: Sequence[Json], found: Sequence[Json]) -> None:
    wanted = Counter(cell for table in labels for row in _grid(table) for cell in row if cell)
    got = Counter(cell for table in found for row in _grid(table) for cell in row if cell)
    result.cells.add((wanted & got).total(), wanted.total(), got.total())
    rest = list(found)
    for table in labels:
        cells = sum(1 for row in _grid(table) for cell in row if cell)
        best = max(rest, key=lambda other: _in_place(table, other), default=None)
        here = _in_place(table, best) if best is not None else 0
        result.table_shapes.add(best is not None and _shape(best) == _shape(table))
        if best is not None:
            rest.remove(best)
        result.cells_in_place.right += here
        result.cells_in_place.of += cells
        if here < cells:
            result.misses.append(Miss(file, "table cells in place", cells, here))


def _in_place(label: Json, found: Json) -> int:
    """Filled cells with the same text in the same column, over the alignment of rows in order that gives most."""
    ours = _grid(found)
    best = [0] * (len(ours) + 1)
    for row in _grid(label):
        before = best[:]
        for j, other in enumerate(ours, start=1):
            equal = sum(1 for k, cell in enumerate(row) if cell and k < len(other) and other[k] == cell)
            best[j] = max(before[j], best[j - 1], before[j - 1] + equal)
    return best[-1]


def _shape(table: Json) -> tuple[int, int]:
    rows = _grid(table)
    return len(rows), max(map(len, rows), default=0)


def _grid(table: Json) -> list[list[str]]:
    return [[_words(plain(cell)) if cell is not None else "" for cell in row] for row in table.get("rows") or ()]


def same(name: str, label: object, got: object) -> bool:
    """Whether a found value is as labelled; a list as label means that any of its readings is right."""
    if isinstance(label, list):
        return any(same(name, one, got) for one in label)
    if label is None or got is None:
        return label is None and got in (None, "", [])
    if name == "signer":
        expected, found = _name(label), _name(got)
        return found is not None and expected is not None and _near(name, _no_degree(expected), _no_degree(found))
    if name == "issuer":
        found = _name(got)
        return found is not None and _same_body(str(label), found)
    if name == "number":
        return _code(label) == _code(got)
    if name in NEAR:
        return _near(name, str(label), str(got))
    return _text(label) == _text(got)


def _same_body(label: str, got: str) -> bool:
    one, other = _words(label), _words(got)
    for short, long in ((one, other), (other, one)):
        # "Sở Y tế" and "Sở Y tế tỉnh X" are one body named short and long.
        if short.startswith(("sở", "ủy ban", "hội đồng")) and re.fullmatch(re.escape(short) + _PLACED, long):
            return True
    return _near("issuer", label, got)


def _name(value: object) -> str | None:
    name = value.get("name") if isinstance(value, Mapping) else value
    return None if name is None else str(plain(name))


def _no_degree(name: str) -> str:
    return _DEGREE.sub("", name.strip())


def _near(name: str, one: str, other: str) -> bool:
    return Levenshtein.normalized_similarity(_words(one), _words(other)) >= NEAR[name]


def _pairs(name: str, labels: Iterable[object], got: Sequence[object]) -> int:
    """How many labelled items find a partner of their own."""
    left = list(got)
    hit = 0
    for label in labels:
        position = next((i for i, item in enumerate(left) if same(name, label, item)), None)
        if position is not None:
            hit += 1
            left.pop(position)
    return hit


def plain(value: Any) -> Any:
    """The bare value of a field in the contract's JSON."""
    while isinstance(value, Mapping) and "value" in value:
        value = value["value"]
    return value


def _text(value: object) -> str:
    return normalise(str(value)).strip(" .;,:-").casefold()


def _words(value: object) -> str:
    text = modern_tones(_text(value))
    for short, full in _SHORT:
        text = text.replace(short, full)
    return " ".join(re.sub(r"[^\w/&-]+", " ", text).split())


def _code(value: object) -> str:
    return re.sub(r"^0+(?=\d)", "", re.sub(r"\s+", "", _text(value))) if value is not None else ""
