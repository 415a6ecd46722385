"""The review workbench: the queue, and one letter beside its scan. Keys are in `static/review.js`."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import Response

from pipeline import labels
from pipeline.store.restore import StoredLetter
from web import record, render, workbench
from web.access import Archivist, Visitor
from web.acts import act_on_citation, letter_to_act_on, note_act, read_again, say_alike, say_field
from web.figures import interval
from web.office import SAMPLE_DAYS

router = APIRouter(include_in_schema=False)
Ordinal = Annotated[int, Form(ge=0, le=100_000)]
Name = Annotated[str, Form(max_length=40)]
Value = Annotated[str, Form(max_length=4000)]
Short = Annotated[str, Query(max_length=200)]


@router.get("/review")
def queue_page(request: Request, visitor: Archivist, issuer: Short = "", field: Short = "") -> Response:
    """What waits, the riskiest first; once a day some accepted letters join it unmarked."""
    desk, now = visitor.view.desk, visitor.office.now()
    desk.draw_sample(now)
    waiting = desk.queue(now, issuer=issuer or None, field=field or None)
    rate = desk.error_rate(now - SAMPLE_DAYS)
    values: dict[str, Any] = {
        "waiting": waiting,
        "count": desk.waiting(),
        "rate": rate,
        "interval": interval(rate.wrong, rate.checked),
    }
    return render.page(request, "queue.html", visitor, issuer=issuer, field=field, **values)


@router.get("/review/corrections.csv")
def corrections_csv(visitor: Archivist) -> Response:
    """What persons confirmed and corrected: labels for measuring, names for the list of bodies."""
    acts = visitor.view.desk.corrections()
    rows = ([a.letter_id, a.field, a.ordinal, a.action, a.machine and a.machine["value"], a.after, a.who, a.at]
            for a in acts)  # fmt: skip
    header = ("letter_id", "field", "ordinal", "action", "machine", "person", "who", "at")
    return render.csv_file("corrections.csv", header, rows)


@router.get("/review/labels.zip")
def labels_zip(visitor: Archivist) -> Response:
    """Letters that persons confirmed as a whole, as label files for `congvan evaluate --gold`."""
    confirmed = (stored.letter for stored in visitor.view.confirmed_letters())
    return render.download("labels.zip", labels.archive(confirmed), "application/zip")


@router.get("/review/next")
def next_letter(visitor: Archivist, after: Short = "", back: bool = False) -> Response:
    """The next letter of the queue that nobody else has open, or the one before."""
    before, following = visitor.view.desk.neighbours(after, visitor.account.name, visitor.office.now())
    target = before if back else following
    return render.go(f"/review/{target}" if target else "/review")


@router.get("/review/{letter_id}")
def bench_page(request: Request, visitor: Archivist, letter_id: str) -> Response:
    """The scan beside the form; locks the letter for a while."""
    stored = record.stored_letter(visitor, letter_id)
    holder = visitor.view.desk.take(letter_id, visitor.account.name, visitor.office.now())
    return render.page(request, "review.html", visitor, holder=holder, **_values(visitor, stored))


def _values(visitor: Visitor, stored: StoredLetter) -> dict[str, Any]:
    view, pages = visitor.view, stored.letter.pages
    pictured = stored.letter.source.media_type != "text/plain"
    return {
        "stored": stored,
        "letter": stored.letter,
        "fields": workbench.field_states(view, stored.id, stored.letter),
        "citations": workbench.citation_states(view, stored.id, stored.letter),
        "history": view.desk.history(stored.id),
        "reviewed_by": view.desk.reviewed_by(stored.id),
        "alike": view.desk.alike(stored.id, "issuer"),
        "before": bool(stored.letter.pages) and stored.letter.pages[0].number > view.desk.file_begins(stored.id),
        "boxes": {page.number: record.boxes_on(stored.letter, page.number) for page in stored.letter.pages},
        "pictured": pictured,
        # Where there is a picture, the page is read on it.
        "lines": {} if pictured else {page.number: view.page_lines(stored.id, page.number) for page in pages},
    }


def _answer(request: Request, visitor: Visitor, letter_id: str) -> Response:
    """The form alone for the script, else back to the page."""
    if request.headers.get("x-fetch") != "1":
        return render.go(f"/review/{letter_id}")
    stored = record.stored_letter(visitor, letter_id)
    return render.page(request, "_bench.html", visitor, **_values(visitor, stored))


@router.get("/review/{letter_id}/words.json")
def words(visitor: Archivist, letter_id: str) -> Response:
    """Words of the page that the reader doubted, to be looked at one after another."""
    record.stored_letter(visitor, letter_id)
    reading = visitor.view.reading(letter_id)
    found = record.doubtful_words(reading) if reading else ()
    return render.json_file([
        {"page": page, "box": box.as_list(), "text": text, "confidence": round(sure, 2)}
        for page, box, text, sure in found
    ])  # fmt: skip


@router.post("/review/{letter_id}/fields")
def say(
    request: Request,
    visitor: Archivist,
    letter_id: str,
    field: Name,
    action: Annotated[str, Form(pattern="^(take|correct|absent)$")],
    ordinal: Ordinal = 0,
    value: Value = "",
) -> Response:
    """Take a value as it is, correct it, or say that the letter has none."""
    letter = letter_to_act_on(visitor, letter_id)
    say_field(visitor, letter_id, letter, (field, ordinal), action, value)
    return _answer(request, visitor, letter_id)


@router.post("/review/{letter_id}/citations")
def say_citation(
    request: Request,
    visitor: Archivist,
    letter_id: str,
    action: Annotated[str, Form(pattern="^(choose|reject|renumber)$")],
    ordinal: Ordinal,
    value: Value = "",
    day: Annotated[str, Form(max_length=40)] = "",
    issuer: Annotated[str, Form(max_length=400)] = "",
) -> Response:
    """Choose the document that is meant, correct number, day and body, or say that this is no citation."""
    letter_to_act_on(visitor, letter_id)
    act_on_citation(visitor, letter_id, ordinal, action, value, day, issuer)
    return _answer(request, visitor, letter_id)


@router.post("/review/{letter_id}/confirm")
def confirm(request: Request, visitor: Archivist, letter_id: str) -> Response:
    """Confirm the letter as it stands and go to the next."""
    letter_to_act_on(visitor, letter_id)
    _, following = visitor.view.desk.neighbours(letter_id, visitor.account.name, visitor.office.now())
    visitor.view.desk.confirm_letter(letter_id, who=visitor.account.name, now=visitor.office.now())
    note_act(visitor, letter_id, "letter_confirmed")
    target = f"/review/{following}" if following and following != letter_id else "/review"
    if request.headers.get("x-fetch") == "1":
        return render.json_file({"next": target})
    return render.go(target)


@router.post("/review/{letter_id}/undo")
def undo(request: Request, visitor: Archivist, letter_id: str) -> Response:
    """Take back the own latest act on this letter."""
    letter_to_act_on(visitor, letter_id)
    act = visitor.view.desk.undo(letter_id, who=visitor.account.name, now=visitor.office.now())
    if act:
        note_act(visitor, letter_id, "undone", act=act.id)
    return _answer(request, visitor, letter_id)


@router.post("/review/{letter_id}/alike")
def apply_to_alike(
    request: Request, visitor: Archivist, letter_id: str, count: Annotated[int, Form(ge=1, le=100_000)]
) -> Response:
    """Give all letters with the same misread body the body of this one; `count` is what the person was shown."""
    say_alike(visitor, letter_id, count)
    return _answer(request, visitor, letter_id)


@router.post("/review/{letter_id}/reread")
def reread(
    visitor: Archivist,
    letter_id: str,
    page: Annotated[int, Form(ge=1, le=100_000)],
    box: Annotated[str, Form(max_length=60)],
    turns: Annotated[int, Form(ge=0, le=3)] = 0,
) -> Response:
    """Read a region that was drawn on the page again; nothing is stored."""
    return render.json_file({"text": read_again(visitor, letter_id, page, box, turns)})
