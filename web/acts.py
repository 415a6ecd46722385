"""What a person does to a letter, the same for the screens and for programs: checked, kept, and noted in the log."""

from __future__ import annotations

from extractors.vi.text import normalise
from models.errors import ConfigError, ParseError
from models.geometry import BBox
from models.identifiers import DocumentNumber
from models.letter import Letter
from pipeline import contract
from pipeline.corrections import day as day_from
from pipeline.corrections import value_from_text
from pipeline.engines.tesseract import Tesseract
from pipeline.store.choices import Meant
from web import record
from web.access import Refused, Visitor

LONGEST_CELL = 2000


def letter_to_act_on(visitor: Visitor, letter_id: str) -> Letter:
    """The letter to act on.

    Raises:
        Refused: 404 if it is not there for this visitor, 409 if someone else has it open.
    """
    letter = record.stored_letter(visitor, letter_id).letter
    holder = visitor.view.desk.take(letter_id, visitor.account.name, visitor.office.now())
    if holder:
        raise Refused(409, f"{holder} has this letter open: nothing was changed")
    return letter


def note_act(visitor: Visitor, letter_id: str, action: str, **detail: object) -> None:
    """Write what was done to a letter into the audit log."""
    visitor.office.accounts.note(visitor.office.now(), visitor.account.name, action, letter_id, **detail)


def say_field(
    visitor: Visitor, letter_id: str, letter: Letter, place: tuple[str, int], action: str, typed: str
) -> None:
    """Keep what a person says about a field.

    Raises:
        ConfigError: if there is no such field.
        ParseError: if what was typed is no value of it.
    """
    name, ordinal = place
    value = None if action == "absent" else new_value(letter, name, ordinal, action, typed)
    who, now = visitor.account.name, visitor.office.now()
    visitor.view.desk.say(letter_id, name, value, action=action, who=who, now=now, ordinal=ordinal)
    note_act(visitor, letter_id, f"field_{action}", field=name, ordinal=ordinal)


def new_value(letter: Letter, name: str, ordinal: int, action: str, typed: str) -> object:
    """The contract value that a person means."""
    if name in contract.SCALARS:
        if ordinal:
            raise ConfigError(f"a letter has one {name}")
        field = getattr(letter, contract.SCALARS[name])
    elif name in contract.LISTS:
        items = getattr(letter, name)
        if ordinal > len(items):
            raise ConfigError(f"the letter has {len(items)} {name}")
        field = items[ordinal] if ordinal < len(items) else None
    else:
        raise ConfigError(f"no field is called {name!r}")
    old = contract.value_to_json(field.value) if field else None
    if action == "take" and not typed:
        if old is None:
            raise ParseError("there is no value to take: type one, or say that the letter has none")
        return old
    return value_from_text(name, typed, old)


def act_on_citation(
    visitor: Visitor, letter_id: str, ordinal: int, action: str, value: str, day: str = "", issuer: str = ""
) -> None:
    """Keep what a person says about a citation; `day` and `issuer` go with another number and may be empty.

    Raises:
        ConfigError: if there is no such citation or document.
        ParseError: if `value` is no number.
    """
    desk, who, now = visitor.view.desk, visitor.account.name, visitor.office.now()
    if action == "choose":
        desk.choose(letter_id, ordinal, value, who=who, now=now)
    elif action == "reject":
        desk.reject(letter_id, ordinal, who=who, now=now)
    else:
        number = str(value_from_text("number", value, None))
        if not DocumentNumber.parse(number).serial:
            raise ParseError("a cited number has a serial")
        on = day_from(day) if day.strip() else None
        body = str(value_from_text("place", issuer, None)) if issuer.strip() else None
        desk.renumber(letter_id, ordinal, Meant(number, on, body), who=who, now=now)
    note_act(visitor, letter_id, f"citation_{action}", ordinal=ordinal)


def say_cell(visitor: Visitor, letter_id: str, place: tuple[int, int, int], typed: str) -> None:
    """Correct a table cell, at (table, row, column); an empty text empties it.

    Raises:
        ConfigError: if there is no such cell.
        ParseError: if the text is none that a cell holds.
    """
    said = " ".join(normalise(typed).split())
    if len(said) > LONGEST_CELL or not said.isprintable():
        raise ParseError(f"a cell has at most {LONGEST_CELL} characters, no control characters among them")
    letter_to_act_on(visitor, letter_id)
    who, now = visitor.account.name, visitor.office.now()
    visitor.view.desk.say_cell(letter_id, place, said, who=who, now=now)
    note_act(visitor, letter_id, "cell_correct", table=place[0], row=place[1], column=place[2])


def split_letter(visitor: Visitor, letter_id: str, page: int) -> str:
    """Let another letter begin on a page inside this one; its id."""
    letter_to_act_on(visitor, letter_id)
    new = visitor.view.desk.split(letter_id, page, who=visitor.account.name, now=visitor.office.now())
    note_act(visitor, letter_id, "letter_split", page=page)
    return new


def join_letter(visitor: Visitor, letter_id: str) -> str:
    """Make a letter part of the one before it in its file; the id of that one."""
    letter_to_act_on(visitor, letter_id)
    whole = visitor.view.desk.join(letter_id, who=visitor.account.name, now=visitor.office.now())
    note_act(visitor, whole, "letter_joined", was=letter_id)
    return whole


def quarantine_letter(visitor: Visitor, letter_id: str) -> str:
    """Take a letter's file out of the store and set it aside; its digest."""
    letter_to_act_on(visitor, letter_id)
    sha256 = visitor.view.quarantine(letter_id)
    if sha256 is None:
        raise Refused(404, "no letter has this id")
    accounts, now = visitor.office.accounts, visitor.office.now()
    accounts.note(now, visitor.account.name, "file_set_aside", None, sha256=sha256)
    return sha256


def merge_documents(visitor: Visitor, one: str, into: str) -> tuple[str, ...]:
    """Say that a document known only from citations is another one, told by number or id; the letters that cite it.

    Raises:
        Refused: 404 if one is unknown, 409 if several are called so.
    """
    found = visitor.view.find(into.strip()) if into.strip() else ()
    if not any(node.id == one for node in visitor.view.find(one)) or not found:
        raise Refused(404, "no document is called so")
    if len(found) > 1:
        raise Refused(409, "several documents are called so: add the year, or give the id")
    who, now = visitor.account.name, visitor.office.now()
    letters = visitor.view.desk.merge(one, found[0].id, who=who, now=now)
    for letter_id in letters:
        note_act(visitor, letter_id, "document_merged", one=one, into=found[0].id)
    return letters


def say_alike(visitor: Visitor, letter_id: str, count: int) -> int:
    """Give all letters with the same misread body the body of this one, those that others have open left out; how many.

    Args:
        visitor: Who says so.
        letter_id: The letter whose body is right.
        count: How many letters the person was shown.

    Raises:
        Refused: 409 if other letters are meant by now.
    """
    letter = letter_to_act_on(visitor, letter_id)
    desk, who, now = visitor.view.desk, visitor.account.name, visitor.office.now()
    others = desk.alike(letter_id, "issuer")
    if len(others) != count or letter.issuer is None:
        raise Refused(409, "other letters are meant by now: look again")
    elsewhere = desk.open_elsewhere(who, now)
    free = [other for other in others if other not in elsewhere]
    done = desk.say_alike(letter_id, "issuer", contract.value_to_json(letter.issuer.value), free, who=who, now=now)
    note_act(visitor, letter_id, "field_alike", field="issuer", letters=done)
    return done


def read_again(visitor: Visitor, letter_id: str, page: int, drawn: str, turns: int = 0) -> str:
    """What stands in a box drawn on a page; nothing is stored.

    Raises:
        Refused: 422 without a box on a page, 503 if something else is being read.
    """
    letter = letter_to_act_on(visitor, letter_id)
    region, shown = record.parse_box(drawn), record.page_shown(letter, page)
    if region is None or shown is None or shown.number != page or letter.source.media_type == "text/plain":
        raise Refused(422, "draw a box on the page")
    inside = BBox(max(region.x0, 0), max(region.top, 0), min(region.x1, shown.width), min(region.bottom, shown.height))
    if not visitor.office.reading.acquire(timeout=20):
        raise Refused(503, "something else is being read: try again")
    try:
        return visitor.office.originals.read_again(letter.source, shown, inside, Tesseract(), turns)
    finally:
        visitor.office.reading.release()
