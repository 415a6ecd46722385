"""Input that means harm, kind by kind, each case refused or harmless; `pytest -s` prints how many of each there are."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from starlette.types import Message

from models.letter import Amount, Field, IssuingBody, Project, Signatory, Table
from tests.letters import cites, letter
from tests.web_world import NOW, PROVINCE, World, world
from web.access import role_of
from web.app import all_routes
from web.gate import Gate

SCRIPTS = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'><svg/onload=alert(1)>",
    "</textarea><script>x", "</title><script>x</script>", "javascript:alert(1)", "{{7*7}}{% debug %}",
    "<iframe srcdoc='<script>x</script>'>",
    "</template><img src=y onerror=x>", "--><script>x</script>", "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<a href=//e>",
)  # fmt: skip
QUERIES = (
    "' OR '1'='1", "'; DROP TABLE letters;--", "\" OR 1=1 --", "1) UNION SELECT password FROM accounts--",
    "%' OR '%'='",
    "\\'; DELETE FROM accounts;--", "a* NEAR/2 b", "\"", "(((", "AND OR NOT", "^:{}[]", "letters MATCH 'x'",
)  # fmt: skip
PATHS = (
    "/letters/..%2f..%2fetc%2fpasswd", "/letters/%2e%2e/pages/1.jpg", "/static/..%2f..%2fweb%2fapp.py",
    "/static/../app.py", "/static/%2e%2e/%2e%2e/pyproject.toml", "/static//etc/passwd", "/letters/%00",
    "/letters/0000000000000000-1/pages/..%2f1.jpg", "/decisions/..%5c..%5cweb", "/feeds/..%2f..%2fx.atom",
    "/operator/files/..%2f..%2fetc%2fpasswd", "/projects/..%2f..%2fx/0", "/review/..%2flabels",
)  # fmt: skip
NAMES = (
    "../../../etc/cron.d/x.pdf", "..\\..\\x.pdf", "/etc/passwd", "a\r\nSet-Cookie: x=1.txt", ".htaccess", "con\x00.pdf",
    "a" * 300,
)  # fmt: skip
ELSEWHERE = (
    "//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "/a\r\nX: 1",
    "///evil.example", "http:evil.example", "/\tevil", "evil.example", "data:text/html,x", "/%0d%0aX:1\n",
)  # fmt: skip
FORMULAS = ('=HYPERLINK("http://e","x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\t=1", "\r=1")
COUNTED: Counter[str] = Counter()


class Foreign(HTMLParser):
    """Collects what no page of ours has: code in the page, frames, addresses that lead elsewhere."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at one tag."""
        values = {name: value or "" for name, value in attrs}
        leads = [values.get(name, "/") for name in ("href", "src", "action", "formaction", "srcdoc")]
        away = [to for to in leads if to and (not to.startswith(("/", "#", "?")) or to.startswith("//"))]
        inline = [name for name in values if name.startswith("on") or name == "style"]
        bare = tag == "script" and not values.get("src")
        if away or inline or bare or tag in ("iframe", "object", "embed", "base", "style"):
            self.found.append(f"{tag} {attrs}")


def run_apart(work: Coroutine[object, object, None]) -> None:
    """Run to the end on a thread of its own: the browser tests leave a running event loop on the main one."""
    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, work).result()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    made = world(tmp_path_factory.mktemp("hostile"))
    yield made
    for browser in made.browsers.values():
        browser.__exit__(None, None, None)
    made.store.close()
    print(f"\nhostile input: {sum(COUNTED.values())} cases, {dict(COUNTED)}")


def poisoned(here: World, text: str, n: int) -> str:
    """A letter in which every part says `text`."""
    said = Field(text, text, 0.5, 1)
    cited = replace(cites(f"{n}/NQ-CP", "2021-01-01", text[:60]), title=text)
    made = replace(
        letter(f"9{n}/UBND-KT", "2024-03-06", PROVINCE, cited, subject=text, text=text, name=f"x{n}.txt"),
        issuer=Field(IssuingBody(text), text, 0.5, 1),
        signer=Field(Signatory(text, text, text), text, 0.5, 1),
        recipients=(said,), copies=(said,), place=said, urgency=said, review=("place", "issuer"),
        tables=(Table((1,), ((text,), (text,)), ((text, text),), title=text, unit=text),),
        projects=(Project(text, location=text, amounts=(Amount(text, text, text, text[:20], 5),)),),
    )  # fmt: skip
    return here.store.save(made, now=NOW)


@pytest.mark.parametrize("text", SCRIPTS)
def test_stored_and_reflected_scripts_never_become_markup(here: World, text: str) -> None:
    key = poisoned(here, text, 20 + SCRIPTS.index(text))
    here.store.relink()
    client = here.kept("administrator")
    words = text.replace('"', " ")  # in quotes, as "javascript:" would be a field that there is none of
    assert client.post("/saved", params={"q": f'"{words}"'}, data={"name": text}).status_code < 400
    saved = client.get("/saved.json").json()[-1]["id"]
    cited = client.get(f"/letters/{key}.json").json()["decision"]
    pages = [f"/letters/{key}", f"/review/{key}", "/letters", "/register", "/wanted", "/projects", "/review", "/saved",
             f"/saved/{saved}", f"/decisions/{cited}/graph", "/admin/audit", "/operator"]  # fmt: skip
    asked = [("/letters", "q"), ("/wanted", "q"), ("/projects", "q"), ("/letters", "issuer"), ("/path", "start"),
             ("/review", "issuer"), ("/login", "next"), ("/operator/set-aside", "reason")]  # fmt: skip
    answers = [client.get(page) for page in pages] + [client.get(page, params={name: text}) for page, name in asked]
    answers.append(client.post("/lookup", data={"text": text}))
    for answer in answers:
        COUNTED["scripts"] += 1
        assert answer.status_code < 500
        page = Foreign()
        page.feed(answer.text)
        assert page.found == [], answer.url
        assert "unsafe" not in answer.headers["content-security-policy"]


@pytest.mark.parametrize("text", QUERIES)
def test_what_would_be_a_query_is_only_words(here: World, text: str) -> None:
    client = here.kept("administrator")
    before = client.get("/api/v1/counts").json()
    for path, name in (
        ("/letters", "q"), ("/letters", "issuer"), ("/letters", "type"), ("/letters", "after"), ("/wanted", "q"),
        ("/projects", "q"), ("/projects", "decision"), ("/review", "issuer"), ("/api/v1/documents", "ref"),
        ("/api/v1/letters", "q"), ("/register", "q"), ("/path", "start"), ("/letters", "year"), ("/letters.csv", "q"),
    ):  # fmt: skip
        COUNTED["queries"] += 1
        assert client.get(path, params={name: text}).status_code in (200, 404, 422), f"{path} {name}"
    assert client.post("/login", data={"name": text, "password": text}).status_code in (401, 429)
    assert client.get("/api/v1/counts").json() == before


@pytest.mark.parametrize("path", PATHS)
def test_no_address_leads_out_of_its_folder(here: World, path: str) -> None:
    COUNTED["paths"] += 1
    answer = here.kept("administrator").get(path)
    assert answer.status_code in (303, 400, 404, 422)
    assert "root:" not in answer.text and "create_app" not in answer.text and "[project]" not in answer.text


@pytest.mark.parametrize("name", NAMES)
def test_no_sent_name_leads_out_of_the_folder_or_into_a_header(here: World, name: str) -> None:
    client, taken = here.kept("archivist"), here.app.state.taken
    before = len(taken)
    answer = client.post("/operator/files", files=[("files", (name, b"%PDF-1.4 x", "application/pdf"))])
    COUNTED["sent names"] += 1
    assert "set-cookie" not in answer.headers and answer.status_code < 500
    folder = here.office.settings.uploads
    assert folder is not None
    for path in taken[before:]:
        assert path.resolve().is_relative_to(folder.resolve()) and len(path.name) <= 120


@pytest.mark.parametrize("target", ELSEWHERE)
def test_nobody_is_sent_elsewhere(here: World, target: str) -> None:
    client = here.kept("reader")
    for path in ("/language/en", "/login"):
        COUNTED["redirects"] += 1
        answer = client.get(path, params={"next": target})
        assert answer.headers.get("location", "/") in ("/", f"/{target.lstrip('/')}") and "x" not in answer.headers
        assert "evil" not in answer.headers.get("location", "")
        if path == "/login":
            assert 'name="next" value="/"' in answer.text or "evil" not in answer.text


@pytest.mark.parametrize("text", FORMULAS)
def test_no_cell_of_an_export_runs(here: World, text: str) -> None:
    poisoned(here, text, 60 + FORMULAS.index(text))
    here.store.relink()
    client = here.kept("archivist")
    for path in ("/letters.csv", "/register.csv", "/links.csv", "/wanted.csv", "/projects.csv", "/saved.csv"):
        COUNTED["formulas"] += 1
        for row in csv.reader(io.StringIO(client.get(path).text)):
            assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r")) for cell in row), path


@pytest.mark.parametrize("name", ["<x>&\"'", "]]>", "a\x08b", "\ud800".encode("utf-8", "replace").decode(), "�"])
def test_a_feed_stays_well_formed_whatever_it_is_called(here: World, name: str) -> None:
    COUNTED["feeds"] += 1
    client = here.kept("reader")
    answer = client.post("/saved", data={"name": f"{name} {COUNTED['feeds']}"})
    page = client.post(f"{answer.headers['location']}/feed", data={"action": "make"}).text
    address = page.split("/feeds/")[1].split(".atom")[0]
    feed = ET.fromstring(here.client(None).get(f"/feeds/{address}.atom").content)
    assert len(feed.findall("{http://www.w3.org/2005/Atom}entry")) >= 7


def test_every_unsafe_route_refuses_what_another_site_makes_the_browser_send(here: World) -> None:
    client = here.kept("administrator")
    values = {"letter_id": here.ids["bench"], "decision_id": "d" + "0" * 15, "sha256": "0" * 64, "name": "nobody"}
    for route in all_routes():
        for method in set(route.methods or ()) - {"GET", "HEAD"}:
            if role_of(route) is None:
                continue
            path = route.path
            for name in route.param_convertors:
                path = path.replace("{" + name + "}", values.get(name, "1"))
            for headers in ({"X-CSRF-Token": ""}, {"X-CSRF-Token": "guessed"}, {"Sec-Fetch-Site": "cross-site"},
                            {"Sec-Fetch-Site": "same-site"}):  # fmt: skip
                COUNTED["forged requests"] += 1
                assert client.request(method, path, headers=headers, json={}).status_code == 403, path
    page = client.post("/login", data={"name": "x", "password": "y"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert page.status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "headers"),
    [
        ("/lookup", b"x" * 1_100_000, {}),
        ("/api/v1/lookup", b"{" + b"x" * 1_100_000, {"Content-Type": "application/json"}),
        ("/operator/files", b"x", {"Content-Length": str(10**12)}),
        ("/api/v1/operator/files", b"x", {"Content-Length": str(10**12)}),
        ("/saved", b"name=" + b"x" * 1_100_000, {"Content-Type": "application/x-www-form-urlencoded"}),
    ],
)
def test_too_much_is_refused(here: World, path: str, body: bytes, headers: dict[str, str]) -> None:
    COUNTED["too large"] += 1
    assert here.kept("archivist").post(path, content=body, headers=headers).status_code == 413


@pytest.mark.parametrize(
    "text", ['{"text": ' + "[" * 5000, '{"text": 1e999}', "\xff\xfe", '{"text": "\\u0000"}', "null"]
)
def test_json_that_means_harm_is_refused(here: World, text: str) -> None:
    COUNTED["json"] += 1
    headers = {"Content-Type": "application/json"}
    answer = here.kept("reader").post("/api/v1/lookup", content=text.encode("latin-1", "replace"), headers=headers)
    assert answer.status_code in (400, 422) and json.loads(answer.text)["status"] == answer.status_code


@pytest.mark.parametrize("sent_first", [b"", b"files"])
def test_whoever_sends_too_slowly_is_let_go(sent_first: bytes) -> None:
    COUNTED["too slow"] += 1

    async def app(scope: object, receive: object, send: object) -> None:
        while (await receive()).get("more_body"):  # type: ignore[operator]
            pass

    answers: list[Message] = []

    async def send(message: Message) -> None:
        answers.append(message)

    pieces = iter([{"type": "http.request", "body": sent_first, "more_body": True}] if sent_first else [])

    async def receive() -> Message:
        for piece in pieces:
            return piece
        await asyncio.sleep(5)
        return {"type": "http.disconnect"}

    gate = Gate(app, upload_paths=("/f",), upload_bytes=100, secure=False, piece_seconds=0.05)  # type: ignore[arg-type]
    scope = {"type": "http", "method": "POST", "path": "/f", "raw_path": b"/f", "query_string": b"", "headers": []}
    run_apart(asyncio.wait_for(gate(scope, receive, send), 3))
    assert answers[0]["status"] == 408


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "x\tY"])
def test_an_unknown_host_is_not_answered(tmp_path: Path, host: str) -> None:
    COUNTED["hosts"] += 1
    answers: list[Message] = []

    async def app(scope: object, receive: object, send: object) -> None:
        raise AssertionError("must not be asked")

    async def send(message: Message) -> None:
        answers.append(message)

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    gate = Gate(app, upload_paths=(), upload_bytes=1, secure=True, hosts=("archive.example",))  # type: ignore[arg-type]
    scope = {"type": "http", "method": "GET", "path": "/", "raw_path": b"/", "query_string": b"",
             "headers": [(b"host", host.encode())]}  # fmt: skip
    run_apart(gate(scope, receive, send))
    assert answers[0]["status"] == 400
