"""Who may do what: every route with every role, and nothing of a secret letter anywhere without clearance."""

from __future__ import annotations

import html
import json
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import Select, select

from models.tables import CitationRow, DecisionRow, LetterRow
from pipeline.store.masks import Unmasked
from tests.web_world import NOW, SECRETS, World, with_saved, world
from web.access import COOKIE, PUBLIC, role_of
from web.app import all_routes

ROLES = (None, "reader", "archivist", "administrator")
RANK = {role: i for i, role in enumerate(ROLES)}
ROUTES = [(route, method) for route in all_routes() for method in sorted(route.methods or ())]
NAMES = [f"{method} {route.path}" for route, method in ROUTES]


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = with_saved(world(tmp_path_factory.mktemp("web")))
    yield made
    made.store.close()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A world of its own for what is only looked at: acts of other tests may hide what leaks."""
    made = with_saved(world(tmp_path_factory.mktemp("untouched")))
    yield made
    made.store.close()


def address(route: APIRoute, here: World, letter: str = "bench") -> str:
    """The route's path with things that exist in it."""
    stored = here.store.letter(here.ids[letter])
    assert stored is not None
    values = {
        "letter_id": stored.id, "decision_id": stored.decision_id, "number": "1", "run": "1", "code": "en",
        "token": "1", "name": "nobody", "sha256": here.file_of(letter), "key": str(here.saved), "row": "0",
        "table": "0", "secret": here.feed, "act": "1",
    }  # fmt: skip
    path = route.path
    for name, value in values.items():
        path = path.replace("{" + name + "}", str(value))
    assert "{" not in path, f"a new kind of address: {path}"
    return path


def ask(client: TestClient, method: str, path: str) -> Response:
    return client.request(method, path, **({} if method == "GET" else {"json": {}}))


@pytest.mark.parametrize(("route", "method"), ROUTES, ids=NAMES)
def test_every_route_lets_in_its_role_and_nobody_below(here: World, route: APIRoute, method: str) -> None:
    needed = role_of(route)
    path = address(route, here)
    if path.endswith("/quarantine"):
        path = path.replace(here.ids["bench"], "0" * 16 + "-1")  # the other routes of the table need the letter
    if path == "/logout":
        pytest.skip("ends the session that the other roles of the table use")
    for role in ROLES:
        answer = ask(here.kept(role), method, path)
        if needed is None:
            assert route.path in PUBLIC
            assert answer.status_code < 500
        elif role is None:
            refused = answer.status_code == 401 or answer.headers.get("location", "").startswith("/login")
            assert refused, f"{path} answers {answer.status_code} to nobody"
        elif RANK[role] < RANK[needed]:
            assert answer.status_code == 403, f"{path} answers {answer.status_code} to {role}"
        else:
            assert answer.status_code not in (401, 500), f"{path} answers {answer.status_code} to {role}"
            cleared_only = path == "/operator/check"
            assert answer.status_code != 403 or cleared_only, f"{path} refuses {role}"


@pytest.mark.parametrize(("route", "method"), ROUTES, ids=NAMES)
def test_unsafe_routes_need_the_token_of_the_own_session(here: World, route: APIRoute, method: str) -> None:
    if method == "GET" or role_of(route) is None:
        return
    path = address(route, here)
    client = here.kept("administrator")
    for token in ("", "guessed"):
        assert client.request(method, path, headers={"X-CSRF-Token": token}, json={}).status_code == 403
    assert client.request(method, path, headers={"Sec-Fetch-Site": "cross-site"}, json={}).status_code == 403


QUERIES = ("", "?q=tuyet+mat", "?q=77/BTC-MAT", "?q=88/QD-MAT&depth=4", "?status=review&year=2024", "?ref=77/BTC-MAT")


def leaked(answer: Response, own: str = "") -> list[str]:
    """Secret words in an answer, compressed parts and escapes seen through; what was asked may be said back."""
    texts = [answer.text]
    if answer.content[:2] == b"PK":
        with zipfile.ZipFile(BytesIO(answer.content)) as book:
            texts += [book.read(name).decode("utf-8", "replace") for name in book.namelist()]
    if "json" in answer.headers.get("content-type", ""):
        texts.append(json.dumps(answer.json(), ensure_ascii=False))
    whole = html.unescape(" ".join(texts))
    return [word for word in SECRETS if word in whole and word not in own]


@pytest.mark.parametrize("route", [r for r, method in ROUTES if method == "GET"], ids=lambda r: r.path)
def test_F28_nothing_secret_leaves_without_clearance(untouched: World, route: APIRoute) -> None:
    client = untouched.kept("administrator")
    named = "{letter_id}" in route.path or "{decision_id}" in route.path
    for letter in ("secret", "open") if named else ("open",):
        for query in ("",) if named else QUERIES:
            answer = client.get(address(route, untouched, letter) + query)
            assert answer.status_code != 500
            # 77/BTC-MAT is cited by an open letter: its number is known, nothing else of it.
            assert [word for word in leaked(answer) if word != "77/BTC-MAT"] == [], f"{route.path}{query}"
    if "{letter_id}" in route.path and "/review" not in route.path:
        assert client.get(address(route, untouched, "secret")).status_code == 404


def test_F28_a_citation_does_not_tell_that_a_secret_document_is_held(untouched: World) -> None:
    edges = {edge.number: edge for edge in untouched.office.guarded.edges()}
    assert edges["77/BTC-MAT"].status == "open"
    assert {edge.status for edge in untouched.office.open.edges() if edge.number == "77/BTC-MAT"} == {"linked"}
    (node,) = untouched.office.guarded.find("77/BTC-MAT")
    assert not node.held and node.title is None and node.doc_type is None


@pytest.mark.parametrize(
    "query",
    [
        select(DecisionRow.id, DecisionRow.title),
        select(DecisionRow.held),
        select(CitationRow.letter_id, CitationRow.status),
        select(LetterRow.id, CitationRow.candidates).join(CitationRow),
    ],
    ids=str,
)
def test_F28_columns_that_need_a_mask_are_refused_without_one(untouched: World, query: Select[Any]) -> None:
    with untouched.office.guarded._reads() as session, pytest.raises(Unmasked):
        session.execute(query)
    with untouched.office.open._reads() as session:
        session.execute(query)


@pytest.mark.parametrize(
    "route", [r for r, m in ROUTES if m == "POST" and "{letter_id}" in r.path], ids=lambda r: r.path
)
def test_F28_nobody_acts_on_a_secret_letter_without_clearance(here: World, route: APIRoute) -> None:
    client = here.kept("administrator")
    said = {"field": "number", "action": "take", "ordinal": 0, "value": "", "page": 1, "box": "1,1,9,9", "count": 1,
            "row": 0, "column": 0}  # fmt: skip
    path = address(route, here, "secret")
    json_body = {k: said[k] for k in ("field", "action", "ordinal", "value")}
    json_body |= {"table": 0, "row": 0, "column": 0, "page": 1, "count": 1, "box": [1, 1, 9, 9]}
    if "citations" in path:
        json_body = {"ordinal": 0, "action": "reject"}
        said["action"] = "reject"
    answer = client.post(path, json=json_body) if path.startswith("/api/") else client.post(path, data=said)
    assert answer.status_code == 404
    assert here.office.open.desk.history(here.ids["secret"]) == ()
    assert here.store.letter(here.ids["secret"]) is not None


def test_the_cleared_see_what_others_do_not(untouched: World) -> None:
    plain, cleared = untouched.client("reader"), untouched.client("reader", cleared=True)
    path = f"/letters/{untouched.ids['secret']}"
    assert plain.get(path).status_code == 404 and cleared.get(path).status_code == 200
    few, all_ = (c.get("/api/v1/counts").json() for c in (plain, cleared))
    assert all_["letters"] == few["letters"] + 1
    assert all_["citations_linked"] == few["citations_linked"] + 1
    assert all_["decisions_held"] == few["decisions_held"] + 1
    found = plain.get("/api/v1/documents?ref=77/BTC-MAT").json()["items"]
    assert [(node["number"], node["held"], node["title"]) for node in found] == [("77/BTC-MAT", False, None)]
    assert "77/BTC-MAT" in plain.get("/wanted").text, "as much wanted as anything that is not held"
    citation = plain.get(f"/api/v1/letters/{untouched.ids['open']}").json()["citations"][0]
    assert (citation["status"], citation["target"]) == ("open", None)
    wanted = {node["number"]: node for node in plain.get("/api/v1/wanted").json()["items"]}
    assert wanted["5/QĐ-BTC"]["letters"] == 1 and wanted["5/QĐ-BTC"]["title"] is None
    runs = [c.get("/api/v1/operator/runs").json()["items"][0]["counts"]["seen"]
            for c in (untouched.client("archivist"), untouched.client("archivist", cleared=True))]  # fmt: skip
    assert runs[1] - runs[0] == 1
    assert leaked(cleared.get("/letters")), "the search for leaks finds what is there"


def test_a_token_has_the_rights_of_its_scopes_and_account(here: World) -> None:
    account = here.account("archivist")
    secret = here.office.accounts.make_token(account, "script", ["read"], NOW)
    bare = TestClient(here.app, follow_redirects=False)
    headers = {"Authorization": f"Bearer {secret}"}
    assert bare.get("/api/v1/letters", headers=headers).status_code == 200
    assert bare.get("/api/v1/review/queue", headers=headers).status_code == 403
    assert bare.get("/review", headers=headers).headers["location"].startswith("/login"), "tokens open no screens"
    assert bare.get("/api/v1/letters", headers={"Authorization": "Bearer cv_wrong"}).status_code == 401
    here.office.accounts.revoke_token(account, here.office.accounts.tokens(account)[0].id, NOW)
    assert bare.get("/api/v1/letters", headers=headers).status_code == 401


def test_guessing_passwords_is_slowed_down(tmp_path: Path) -> None:
    here = world(tmp_path)
    here.account("reader")
    client = here.client()
    for _ in range(5):
        assert client.post("/login", data={"name": "reader", "password": "wrong"}).status_code == 401
    answer = client.post("/login", data={"name": "reader", "password": "reader-password"})
    assert answer.status_code == 429 and answer.headers["retry-after"]
    here.store.close()


def test_the_first_start_makes_one_administrator_with_a_password_to_be_changed(tmp_path: Path) -> None:
    here = world(tmp_path)
    password = here.office.accounts.first_password(NOW)
    assert password and here.office.accounts.first_password(NOW) is None
    client = here.client()
    answer = client.post("/login", data={"name": "admin", "password": password, "next": "//evil.example/x"})
    assert answer.status_code == 303 and answer.headers["location"] == "/"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=lax" in cookie
    assert client.get("/letters").headers["location"] == "/account"
    session = here.office.sessions.get(client.cookies[COOKIE], NOW)
    assert session is not None
    changed = {"old": password, "new": "a-long-new-password", "csrf": session.csrf}
    assert client.post("/account/password", data=changed).headers["location"] == "/"
    assert client.get("/letters").status_code == 200
    here.store.close()


def test_the_last_administrator_stays(tmp_path: Path) -> None:
    here = world(tmp_path)
    client = here.client("administrator")
    answer = client.post("/admin/accounts/administrator", data={"role": "reader", "active": "true"})
    assert answer.status_code == 409
    here.store.close()


def test_F28_a_letter_is_kept_back_from_the_moment_it_is_marked(tmp_path: Path) -> None:
    here = world(tmp_path)
    reader, key = here.client("reader"), here.ids["open"]
    path = f"/letters/{key}"
    assert reader.get(path).status_code == 200 and key in reader.get("/letters").text
    here.office.open.desk.say(key, "secrecy", "MẬT", action="change", who="lan", now=NOW)
    assert reader.get(path).status_code == 404 and key not in reader.get("/letters").text
    act = here.office.open.desk.undo(key, who="lan", now=NOW)
    assert act is not None and reader.get(path).status_code == 200
    here.store.close()
