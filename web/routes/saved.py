"""Saved searches: keep a question, see what is new since one last looked, and have it as a feed."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import Response

from models.errors import ConfigError
from pipeline.store.browse import Filter
from pipeline.store.saved import Fresh, Question, SavedQuery, question_json
from web import render
from web.access import Reader, Refused, Visitor, office_of
from web.feed import ATOM, atom
from web.filters import chosen, query_of

router = APIRouter(include_in_schema=False)
Chosen = Annotated[Filter, Depends(chosen)]
Key = Annotated[int, Path(ge=1, lt=2**31, examples=[1])]
SAVED_COLUMNS = ("id", "name", "asks", "found", "new", "created_at", "checked_at", "seen_at")
FOUND_COLUMNS = ("letter_id", "number", "doc_type", "issued_on", "issuer", "subject", "found_at")
MOST = 500
MOST_SAVED = 100  # of one person
IN_FEED = 50
EVER = datetime(1970, 1, 1)


def own(visitor: Visitor, key: int, *, refresh: bool = True) -> SavedQuery:
    """A saved query of the visitor, run anew.

    Raises:
        Refused: 404 if there is none, or it is another's.
    """
    if visitor.view.saved.get(key, visitor.account.name) is None:
        raise Refused(404, "you have no saved search with this id")
    if refresh:
        visitor.view.saved.refresh(visitor.office.now(), key)
    found = visitor.view.saved.get(key, visitor.account.name)
    if found is None:
        raise Refused(404, "you have no saved search with this id")
    return found


def keep(visitor: Visitor, name: str, wanted: Filter, cites: str) -> int:
    """Keep a question for the visitor.

    Raises:
        Refused: 409 if there is one of that name, or there are too many; 422 if it has no name.
    """
    name = name.replace("\x00", "").strip()
    if not name:
        raise Refused(422, "a saved search needs a name")
    saved = visitor.view.saved
    if len(saved.all(visitor.account.name)) >= MOST_SAVED:
        raise Refused(409, f"at most {MOST_SAVED} searches are kept for one person: remove some")
    question = Question(wanted, cites.replace("\x00", "").strip() or None)
    try:
        return saved.keep(visitor.account.name, name, question, visitor.office.now())
    except ConfigError as error:
        raise Refused(409, str(error)) from error


def saved_json(query: SavedQuery) -> dict[str, Any]:
    """A saved query for programs."""
    times = {name: f"{getattr(query, name).isoformat()}Z" for name in ("created_at", "checked_at", "seen_at")}
    asks = question_json(query.question)
    return {"id": query.id, "name": query.name, "asks": asks, "found": query.found, "new": query.new, **times}


def fresh_json(fresh: Fresh) -> dict[str, Any]:
    """A letter that was found, for programs."""
    hit = fresh.hit
    issued_on = hit.issued_on.isoformat() if hit.issued_on else None
    said = {"number": hit.number, "doc_type": hit.doc_type, "issued_on": issued_on, "issuer": hit.issuer}
    return {"letter_id": hit.letter_id, **said, "subject": hit.subject, "found_at": f"{fresh.found_at.isoformat()}Z"}


def refreshed(visitor: Visitor) -> tuple[SavedQuery, ...]:
    """The visitor's saved queries, each run anew."""
    saved = visitor.view.saved
    for query in saved.all(visitor.account.name):
        saved.refresh(visitor.office.now(), query.id)
    return saved.all(visitor.account.name)


@router.get("/saved")
def saved_page(request: Request, visitor: Reader) -> Response:
    """The visitor's saved searches with how many letters are new."""
    return render.page(request, "saved.html", visitor, queries=refreshed(visitor), asks=question_json)


@router.get("/saved.json")
def saved_as_json(visitor: Reader) -> Response:
    """The same for programs."""
    return render.json_file([saved_json(query) for query in refreshed(visitor)])


@router.get("/saved.csv")
def saved_as_csv(visitor: Reader) -> Response:
    """The same for spreadsheets."""
    rows = [[saved_json(query)[name] for name in SAVED_COLUMNS] for query in refreshed(visitor)]
    return render.csv_file("saved.csv", SAVED_COLUMNS, rows)


@router.post("/saved")
def keep_search(
    visitor: Reader,
    wanted: Chosen,
    name: Annotated[str, Form(max_length=100)] = "",
    cites: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep the search of the address under a name; what it finds now counts as seen."""
    return render.go(f"/saved/{keep(visitor, name, wanted, cites)}")


@router.get("/saved/{key}")
def new_page(request: Request, visitor: Reader, key: Key) -> Response:
    """What a saved search found since its owner last looked."""
    return _shown(request, visitor, own(visitor, key))


def _shown(request: Request, visitor: Visitor, query: SavedQuery, secret: str = "") -> Response:
    found = visitor.view.saved.found(query.id, limit=MOST)
    feeds = [token for token in visitor.office.accounts.tokens(visitor.account) if token.name == f"feed {query.id}"]
    open_feed = any(not token.revoked for token in feeds)
    address = str(request.base_url) + f"feeds/{secret}.atom" if secret else ""
    again = query_of(query.question.filter) if not query.question.cites else ""
    return render.page(
        request, "saved_new.html", visitor, query=query, found=found, asks=question_json(query.question),
        again=again, open_feed=open_feed, address=address,
    )  # fmt: skip


@router.get("/saved/{key}/new.json")
def new_json(visitor: Reader, key: Key) -> Response:
    """The same for programs."""
    query = own(visitor, key)
    return render.json_file([fresh_json(fresh) for fresh in visitor.view.saved.found(query.id, limit=MOST)])


@router.get("/saved/{key}/new.csv")
def new_csv(visitor: Reader, key: Key) -> Response:
    """The same for spreadsheets."""
    query = own(visitor, key)
    found = [fresh_json(fresh) for fresh in visitor.view.saved.found(query.id, limit=MOST)]
    return render.csv_file("new.csv", FOUND_COLUMNS, ([each[name] for name in FOUND_COLUMNS] for each in found))


@router.post("/saved/{key}/seen")
def seen(visitor: Reader, key: Key) -> Response:
    """All that was found up to now has been seen."""
    visitor.view.saved.looked(own(visitor, key, refresh=False).id, visitor.office.now())
    return render.go(f"/saved/{key}")


@router.post("/saved/{key}/remove")
def remove(visitor: Reader, key: Key) -> Response:
    """Forget a saved search; its feed closes."""
    own(visitor, key, refresh=False)
    visitor.office.accounts.withdraw_feed(visitor.account, key, visitor.office.now())
    visitor.view.saved.remove(key, visitor.account.name)
    return render.go("/saved")


@router.post("/saved/{key}/feed")
def make_feed(
    request: Request, visitor: Reader, key: Key, action: Annotated[str, Form(pattern="^(make|withdraw)$")] = "make"
) -> Response:
    """Make an address for the feed, shown once, or withdraw it."""
    query, accounts, now = own(visitor, key), visitor.office.accounts, visitor.office.now()
    if action == "withdraw":
        accounts.withdraw_feed(visitor.account, key, now)
        return render.go(f"/saved/{key}")
    return _shown(request, visitor, query, accounts.make_feed(visitor.account, key, now))


@router.get("/feeds/{secret}.atom")
def feed(request: Request, secret: Annotated[str, Path(max_length=100)]) -> Response:
    """The letters that a saved search found; the address is the key, so nobody's clearance counts: nothing secret."""
    office = office_of(request)
    opened = office.accounts.feed(secret, office.now())
    query = office.guarded.saved.get(opened[1], opened[0].name) if opened else None
    if query is None:
        raise Refused(404, "there is no such feed, or it was withdrawn")
    office.guarded.saved.refresh(office.now(), query.id)
    found = office.guarded.saved.found(query.id, since=EVER, limit=IN_FEED)
    base = str(request.base_url)
    body = atom(query, found, f"{base}feeds/{secret}.atom", base)
    return Response(body, media_type=ATOM, headers={"Cache-Control": "private, max-age=300"})
