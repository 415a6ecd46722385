"""Saved searches and their feeds, projects over years, chains and paths, and the operator's log of a file."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.letter import Amount, Project
from tests.letters import cites, letter
from tests.web_world import MINISTRY, NOW, PROVINCE, World, with_saved, world

ATOM = {"a": "http://www.w3.org/2005/Atom"}


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path)
    yield made
    for browser in made.browsers.values():
        browser.__exit__(None, None, None)
    made.store.close()


def test_a_search_is_saved_tells_what_is_new_and_is_forgotten(here: World) -> None:
    client = here.kept("reader")
    place = client.post("/saved?type=QĐ", data={"name": "Quyết định"}).headers["location"]
    assert "Quyết định" in client.get("/saved").text and client.get(f"{place}/new.json").json() == []
    here.store.save(letter("15/QĐ-BTC", "2024-05-01", MINISTRY, doc_type="QĐ"), now=NOW)
    key = place.rsplit("/", 1)[1]
    # The clock of these tests stands still: what comes in the moment of saving counts as seen.
    assert client.get("/saved.json").json()[0]["found"] == 4
    everything = client.get(f"/api/v1/saved/{key}/letters?everything=true").json()
    assert everything["total"] == 4 and "15/QĐ-BTC" in [item["number"] for item in everything["items"]]
    assert client.post("/saved", data={"name": "Quyết định"}).status_code == 409
    assert client.post("/saved", data={"name": " "}).status_code == 422
    assert client.post(f"{place}/remove").status_code == 303 and client.get(place).status_code == 404


def test_a_saved_search_is_its_owners_alone(here: World) -> None:
    mine = here.kept("archivist").post("/saved", data={"name": "x", "cites": "9/QĐ-BTC"}).headers["location"]
    other = here.kept("reader")
    assert other.get(mine).status_code == 404 and other.post(f"{mine}/remove").status_code == 404
    assert other.get(f"/api/v1{mine}").status_code == 404 and other.get("/saved.json").json() == []


def test_a_feed_lists_what_was_found_and_opens_with_its_address_alone(here: World) -> None:
    here = with_saved(here)
    nobody = here.client(None)
    answer = nobody.get(f"/feeds/{here.feed}.atom")
    assert answer.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(answer.content)
    titles = [entry.findtext("a:title", "", ATOM) for entry in feed.findall("a:entry", ATOM)]
    assert len(titles) == 7 and any("45/UBND-KT" in title for title in titles)
    assert not any("77/BTC-MAT" in title for title in titles), "the owner's clearance does not count"
    bearer = {"Authorization": f"Bearer {here.feed}"}
    assert nobody.get("/api/v1/letters", headers=bearer).status_code == 403, "the address opens nothing else"
    owner = here.kept("administrator")
    owner.post(f"/saved/{here.saved}/feed", data={"action": "withdraw"})
    assert nobody.get(f"/feeds/{here.feed}.atom").status_code == 404
    page = owner.post(f"/saved/{here.saved}/feed", data={"action": "make"}).text
    assert "/feeds/cv_" in page and "/feeds/cv_" not in owner.get(f"/saved/{here.saved}").text


def reported(number: str, day: str, *amounts: Amount) -> object:
    project = Project("Đường ven sông Hậu", location="An Giang", amounts=amounts)
    return replace(letter(number, day, PROVINCE, doc_type="BC", name=f"{day}.pdf"), projects=(project,))


def test_a_project_is_followed_over_letters_as_chart_table_and_file(here: World) -> None:
    plan = Amount("Kế hoạch năm 2023", "9.000", None, "2023", 9_000_000_000)
    spent = Amount("Giải ngân năm 2023", "4.500", None, "2023", 4_500_000_000)
    here.store.save(reported("21/BC-UBND", "2023-02-01", plan), now=NOW)  # type: ignore[arg-type]
    here.store.save(reported("22/BC-UBND", "2023-12-01", plan, spent), now=NOW)  # type: ignore[arg-type]
    client = here.kept("reader")
    found = client.get("/api/v1/projects?q=ven+song+hau").json()
    assert found["total"] == 1 and len(found["items"][0]["reports"]) == 2
    key = found["items"][0]["id"]
    page = client.get(f"/projects/{key}").text
    assert '<rect class="planned"' in page and '<rect class="disbursed"' in page and "9.000.000.000" in page
    assert "50.0" in page, "share of the plan"
    rows = list(csv.DictReader(io.StringIO(client.get(f"/projects/{key}.csv").text.lstrip("\ufeff"))))
    assert {row["vnd"] for row in rows} == {"9000000000", "4500000000"}
    assert client.get(f"/api/v1/projects/{key}").json()["id"] == key
    assert client.get("/projects/0000000000000000-1/0").status_code == 404


def test_the_way_between_two_documents_is_told_with_its_words(here: World) -> None:
    here.store.save(letter("40/UBND-TH", "2024-06-01", PROVINCE, cites("9/QĐ-BTC", "2024-01-04", MINISTRY)), now=NOW)
    here.store.relink()
    client = here.kept("reader")
    way = client.get("/path.json?start=40/UBND-TH&end=10/QĐ-BTC").json()
    assert [node["number"] for node in way["nodes"]] == ["40/UBND-TH", "9/QĐ-BTC", "10/QĐ-BTC"]
    page = client.get("/path?start=40/UBND-TH&end=10/QĐ-BTC").text
    assert "10/QĐ-BTC" in page and "40/UBND-TH" in page
    assert client.get("/api/v1/path?start=40/UBND-TH&end=280/QĐ-UBND").status_code == 409, "two are called so"
    assert client.get("/api/v1/path?start=40/UBND-TH&end=10/QĐ-BTC&depth=1").status_code == 404
    assert client.get("/path?start=280/QĐ-UBND&end=10/QĐ-BTC").text.count("/path?") >= 2, "both are offered"


def test_a_chain_of_amendment_is_told_as_it_was_known(here: World) -> None:
    client = here.kept("reader")
    amended = client.get("/api/v1/documents?ref=10/QĐ-BTC").json()["items"][0]["id"]
    chain = client.get(f"/api/v1/documents/{amended}/chain").json()
    assert [edge["relation"] for edge in chain["edges"]] == ["amends"]
    before = client.get(f"/decisions/{amended}/chain.json?on=2023-06-01").json()
    assert before["edges"] == [], "the amendment came later"
    assert "9/QĐ-BTC" in client.get(f"/decisions/{amended}/chain.csv").text
    assert "9/QĐ-BTC" in client.get(f"/decisions/{amended}").text


def test_the_operator_sees_the_log_of_a_file_and_every_figure_opens_its_list(here: World) -> None:
    client = here.kept("archivist")
    stored = here.store.letter(here.ids["bench"])
    assert stored is not None
    sha = stored.letter.source.sha256
    client.post(f"/review/{here.ids['bench']}/confirm")
    page = client.get(f"/operator/files/{sha}").text
    assert here.ids["bench"] in page and "/operator/runs/1" in page and "archivist" in page
    log = client.get(f"/api/v1/operator/files/{sha}").json()
    assert [one["outcome"] for one in log["log"]] == ["stored"] and log["letters"] == [here.ids["bench"]]
    for link in ("/operator/runs/1?outcome=stored", "/operator/set-aside?reason=damaged"):
        assert link in client.get("/operator").text and client.get(link).status_code == 200
    listed = client.get("/operator/set-aside.json?reason=damaged").json()
    assert [item["name"] for item in listed] == ["hong.pdf"]
    assert client.get("/operator/set-aside.json?reason=encrypted").json() == []
    assert client.post(f"/api/v1/operator/set-aside/{'0' * 64}", json={"action": "release"}).status_code == 204
    assert client.get("/api/v1/operator/queue").json() == {"queued": 0, "claimed": 0, "waiting": 0}
