"""What the review screen shows of a letter: each field with its rivals, each citation with its candidates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from models.geometry import BBox
from models.letter import Citation, Letter, Witness
from pipeline import contract
from pipeline.corrections import text_from_value
from pipeline.store.desk_acts import ABSENT, Act
from pipeline.store.graph import Node
from pipeline.store.review_queue import HARM, OTHER_HARM
from pipeline.store.scope import View
from web.record import SHOWN

Place = tuple[str, int]
MOST_RIVALS = 9  # one key each
# Where office letters have a part, as shares of the first page's width and height (Decree 30/2020, annex I): the
# place that is shown where a value was expected and nothing was found.
EXPECTED = {
    "issuer": (0.08, 0.04, 0.46, 0.11),
    "number": (0.08, 0.11, 0.46, 0.15),
    "date": (0.48, 0.11, 0.95, 0.15),
    "place": (0.48, 0.11, 0.95, 0.15),
    "subject": (0.08, 0.15, 0.90, 0.24),
    "signer": (0.50, 0.70, 0.95, 0.95),
}


@dataclass(frozen=True, slots=True)
class Rival:
    """One reading of a value and who says so."""

    text: str
    witnesses: tuple[Witness, ...]


@dataclass(frozen=True, slots=True)
class FieldState:
    """One field at the review desk.

    Attributes:
        state: "said" by a person, "absent" by a person, "doubtful", or "accepted".
        hint: What the program reads now, where it is not what the person said.
        crop: Part of the page shown above the input, in points.
    """

    name: str
    ordinal: int
    text: str
    state: str
    confidence: float
    raw: str
    page: int | None
    box: BBox | None
    expected: BBox | None
    rivals: tuple[Rival, ...]
    hint: str
    who: str
    risk: float

    @property
    def key(self) -> str:
        """Name of the field on the screen."""
        return f"{self.name}-{self.ordinal}"

    @property
    def crop(self) -> BBox | None:
        """The box with some of what stands around it."""
        box = self.box or self.expected
        if box is None:
            return None
        return BBox(max(box.x0 - 14, 0), max(box.top - 7, 0), box.x1 + 14, box.bottom + 7)


@dataclass(frozen=True, slots=True)
class CitationState:
    """One citation at the review desk; `options` are the documents that it may mean."""

    ordinal: int
    citation: Citation
    options: tuple[Node, ...]
    chosen: bool

    @property
    def key(self) -> str:
        """Name of the citation on the screen."""
        return f"citation-{self.ordinal}"


def words_of(act: Act) -> str:
    """What an act changed, for people: the value before and the one after; of a citation its number."""
    if act.field == "citation":
        return str((act.machine or {}).get("number") or "")
    if act.field not in contract.SCALARS and act.field not in contract.LISTS:
        return ""
    was, became = (_meant(act, side) for side in (act.before, act.after))
    return was if was == became else f"{was or '∅'} → {became or '∅'}"


def _meant(act: Act, side: Any) -> str:
    said = side["said"] if isinstance(side, dict) and "review" in side else side
    return text_from_value((act.machine or {}).get("value") if said == ABSENT else said)


def field_states(view: View, letter_id: str, letter: Letter) -> tuple[FieldState, ...]:
    """All fields, the riskiest first; parts that letters seldom have only where something was read or said."""
    machine = view.browse.machine(letter_id)
    said = view.desk.confirmed(letter_id)
    places: dict[Place, None] = {(name, 0): None for name in SHOWN}
    places |= {place: None for place in (*machine, *said) if place[0] in contract.LISTS}
    states = [_state(place, machine, said, letter) for place in places if place[0] not in ("serial", "symbol")]
    states = [_with_body_meant(view, state) if state.name == "issuer" else state for state in states]
    order = {name: i for i, name in enumerate((*SHOWN, *contract.LISTS))}
    doubtful = sorted((s for s in states if s.state == "doubtful"), key=lambda s: (-s.risk, order[s.name], s.ordinal))
    others = sorted((s for s in states if s.state != "doubtful"), key=lambda s: (order[s.name], s.ordinal))
    return (*doubtful, *others)


def _state(
    place: Place, machine: Mapping[Place, dict[str, Any]], said: Mapping[Place, tuple[Any, str]], letter: Letter
) -> FieldState:
    name, ordinal = place
    read = machine.get(place)
    words, who = said.get(place, (None, ""))
    read_text = text_from_value(read["value"]) if read else ""
    text = text_from_value(words) if place in said else read_text
    doubtful = name in letter.review and place not in said
    state = "doubtful" if doubtful else "accepted"
    if place in said:
        state = "absent" if words is None else "said"
    confidence = float(read["confidence"]) if read else 0.0
    box = contract.box_from_json(read["bbox"]) if read else None
    return FieldState(
        name=name,
        ordinal=ordinal,
        text=text,
        state=state,
        confidence=confidence,
        raw=read["raw"] if read else "",
        page=(read["page"] if read else None) or (letter.pages[0].number if letter.pages else None),
        box=box,
        expected=None if box else _expected(name, letter),
        rivals=_rivals(read, text),
        hint=read_text if place in said and read_text != text else "",
        who=who,
        risk=(1 - confidence) * HARM.get(name, OTHER_HARM),
    )


def _with_body_meant(view: View, state: FieldState) -> FieldState:
    """The issuer with the body that its name was found to stand for elsewhere, ready to be taken."""
    meant = view.bodies.meant_by(state.text) if state.text else None
    if meant is None or any(rival.text == meant for rival in state.rivals):
        return state
    return replace(state, rivals=(*state.rivals[: MOST_RIVALS - 1], Rival(meant, ())))


def _expected(name: str, letter: Letter) -> BBox | None:
    if name not in EXPECTED or not letter.pages:
        return None
    page = letter.pages[0]
    x0, top, x1, bottom = EXPECTED[name]
    return BBox(x0 * page.width, top * page.height, x1 * page.width, bottom * page.height)


def _rivals(read: Mapping[str, Any] | None, current: str) -> tuple[Rival, ...]:
    """The readings, best first: the current value leads, then by the best certainty of who says it."""
    if read is None:
        return ()
    groups: dict[str, list[Witness]] = {}
    for item in read["witnesses"]:
        witness = Witness(**item)
        groups.setdefault(text_from_value(witness.value), []).append(witness)
    groups.setdefault(text_from_value(read["value"]), [])
    rivals = [Rival(text, tuple(witnesses)) for text, witnesses in groups.items() if text]
    best = {rival.text: max((w.confidence for w in rival.witnesses), default=0.0) for rival in rivals}
    return tuple(sorted(rivals, key=lambda r: (r.text != current, -best[r.text], r.text))[:MOST_RIVALS])


def citation_states(view: View, letter_id: str, letter: Letter) -> tuple[CitationState, ...]:
    """All citations, those that nobody could decide first."""
    chosen = view.desk.chosen(letter_id)
    ordinals = view.desk.citation_places(letter_id)
    states = [
        CitationState(ordinal, citation, _options(view, citation), key in chosen if key else False)
        for (ordinal, key), citation in zip(ordinals, letter.citations, strict=True)
    ]
    rank = {"ambiguous": 0, "open": 1, "linked": 2}
    return tuple(sorted(states, key=lambda s: (rank.get(s.citation.status, 3), s.ordinal)))


def _options(view: View, citation: Citation) -> tuple[Node, ...]:
    ids = citation.candidates or ((citation.target,) if citation.target else ())
    nodes = [node for key in ids for node in view.find(key) if node.id == key]
    return tuple(nodes[:MOST_RIVALS])
