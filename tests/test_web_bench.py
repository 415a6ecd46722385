"""The bench beyond fields: table cells, boundaries, files set aside, documents made one, acts on many letters."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from models.document import Document, Line, Page, Source
from models.geometry import BBox
from models.letter import Letter
from pipeline.extract import extract
from pipeline.select import select
from pipeline.store.restore import StoredLetter
from tests.letters import cites, letter
from tests.tables import drawn
from tests.web_world import MINISTRY, NOW, PROVINCE, World, world

ROWS = [
    ["TT", "Tên dự án", "Kế hoạch năm 2023 (triệu đồng)"],
    ["", "Tổng cộng", "30"],
    ["1", "Đường ven sông", "10"],
    ["2", "Cầu Cái Tư", "25"],
]


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path)
    yield made
    for browser in made.browsers.values():
        browser.__exit__(None, None, None)
    made.store.close()


def lines(number: int, *texts: str) -> tuple[Line, ...]:
    return tuple(
        Line(text, text, BBox(60.0, 40.0 + 20 * at, 60.0 + 5 * len(text), 52.0 + 20 * at), 0.95)
        for at, text in enumerate((*texts, f"trang {number}"))
    )


def with_table(rows: list[list[str]] = ROWS) -> Letter:
    """A report of three pages with a table whose total is wrong, and what looks like another letter on page 3."""
    head = ("UBND TỈNH AN GIANG", "Số: 61/BC-UBND", "An Giang, ngày 5 tháng 6 năm 2023", "BÁO CÁO")
    pages = (
        Page(1, 842, 595, text_origin="pdf-text", lines=lines(1, *head), grids=(drawn(rows, top=300.0),)),
        Page(2, 842, 595, text_origin="pdf-text", lines=lines(2, "Phụ lục kèm theo")),
        Page(3, 842, 595, text_origin="pdf-text", lines=lines(3, "Theo Quyết định số 9/QĐ-BTC ngày 04/01/2024")),
    )
    source = Source("bang.pdf", "ab" * 32, "application/pdf", Path("/in/bang.pdf"), 10)
    return select(extract(Document(source, pages), strict=True))


def kept(here: World, key: str) -> StoredLetter:
    stored = here.store.letter(key)
    assert stored is not None
    return stored


def test_a_cell_is_corrected_totals_and_projects_follow_and_it_is_taken_back(here: World) -> None:
    client, key = here.kept("archivist"), here.store.save(with_table(), now=NOW)
    before = kept(here, key).letter
    assert [flag.code for flag in before.flags] == ["total_mismatch"]
    page = client.get(f"/review/{key}/tables/0").text
    assert 'data-cell="2-2"' in page and 'class="wrong"' in page
    sent = {"row": "2", "column": "2", "value": "20"}
    told = client.post(f"/review/{key}/tables/0/cells", data=sent, headers={"X-Fetch": "1"}).json()
    assert (told["findings"], told["wrong"], told["said"]) == ([], [], ["2-2"])
    after = kept(here, key).letter
    assert after.tables[0].rows[2][2] == "20" and after.projects[1].amounts[0].vnd == 20_000_000
    assert "20.000.000" in client.get("/projects?q=cau+cai+tu").text
    here.store.save(with_table(), now=NOW)
    here.store.save(replace(with_table(), place=None), now=NOW)
    assert kept(here, key).letter.tables[0].rows[2][2] == "20", "another reading of the same text keeps it"
    client.post(f"/review/{key}/undo")
    again = kept(here, key).letter
    assert (again.tables, again.projects, again.flags) == (before.tables, before.projects, before.flags)


def test_a_reading_that_differs_now_is_not_overwritten_and_the_correction_is_shown(here: World) -> None:
    client, key = here.kept("archivist"), here.store.save(with_table(), now=NOW)
    client.post(f"/api/v1/review/{key}/cells", json={"table": 0, "row": 2, "column": 2, "value": "20"})
    other = [*ROWS[:3], ["2", "Cầu Cái Tư", "21"]]
    here.store.save(with_table(other), now=NOW)
    assert kept(here, key).letter.tables[0].rows[2][2] == "21"
    assert "bạn đã sửa là" in client.get(f"/review/{key}/tables/0").text
    assert client.post(f"/api/v1/review/{key}/cells", json={"table": 0, "row": 9, "column": 0}).status_code == 409


def test_a_letter_is_split_stays_split_and_is_joined_again(here: World) -> None:
    client, key = here.kept("archivist"), here.store.save_file([with_table()], now=NOW)[0]
    client.post(f"/review/{key}/fields", data={"field": "place", "action": "correct", "value": "Long Xuyên"})
    answer = client.post(f"/review/{key}/split", data={"page": "3"})
    new = answer.headers["location"].removeprefix("/review/")
    assert new == f"{key.split('-')[0]}-3"
    first, second = kept(here, key).letter, kept(here, new).letter
    assert [p.number for p in first.pages] == [1, 2] and [p.number for p in second.pages] == [3]
    assert first.place is not None and first.place.value == "Long Xuyên" and len(first.tables) == 1
    assert first.number is not None and first.number.value == "61/BC-UBND"
    assert [str(c.number) for c in second.citations] == ["9/QĐ-BTC"] and first.citations == ()
    here.store.save_file([with_table()], now=NOW)
    assert kept(here, new).letter.pages[0].number == 3, "a new reading of the file keeps what a person said"
    assert client.post(f"/api/v1/review/{key}/split", json={"page": 3}).status_code == 409
    assert client.post(f"/api/v1/review/{new}/join").json() == {"letter_id": key}
    assert len(kept(here, key).letter.pages) == 3 and here.store.letter(new) is None
    client.post(f"/review/{key}/undo")
    assert here.store.letter(new) is not None, "undo takes the join back"
    assert client.post(f"/api/v1/review/{key}/join").status_code == 409, "the first of its file"


def test_what_is_no_letter_is_set_aside_and_may_be_released(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    sha256 = kept(here, bench).letter.source.sha256
    assert client.post(f"/api/v1/review/{bench}/quarantine").json() == {"sha256": sha256}
    assert client.get(f"/letters/{bench}").status_code == 404
    assert "set_aside_by_hand" in client.get("/operator/set-aside.csv").text
    client.post(f"/operator/set-aside/{sha256}", data={"action": "release"})
    state = here.store.ledger.state(sha256)
    assert state is not None and state.status == "retriable"


def test_a_body_corrected_in_many_letters_is_taken_back_at_once(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    said = {"field": "issuer", "action": "correct", "value": "Ủy ban nhân dân tỉnh Đồng Tháp"}
    client.post(f"/review/{bench}/fields", data=said)
    count = len(here.office.open.desk.alike(bench, "issuer"))
    client.post(f"/review/{bench}/alike", data={"count": count})
    assert client.get("/api/v1/letters?issuer=dong+thap").json()["total"] == 1 + count
    client.post(f"/review/{bench}/undo")
    assert client.get("/api/v1/letters?issuer=dong+thap").json()["total"] == 1
    client.post(f"/review/{bench}/undo")
    assert client.get("/api/v1/letters?issuer=dong+thap").json()["total"] == 0


def test_a_misread_document_is_merged_into_the_right_one_for_all_letters_and_back(here: World) -> None:
    for n in (1, 2):
        wrong = cites("6/QĐ-BTC", "2024-01-03", MINISTRY)
        here.store.save(letter(f"5{n}/UBND-KT", "2024-07-01", PROVINCE, wrong, name=f"m{n}.txt"), now=NOW)
    here.store.relink()
    client = here.kept("archivist")
    one = client.get("/api/v1/documents?ref=6/QĐ-BTC").json()["items"][0]["id"]
    right = client.get("/api/v1/documents?ref=5/QĐ-BTC").json()["items"][0]["id"]
    assert client.post(f"/decisions/{one}/merge", data={"into": "no such"}).status_code == 404
    letters = client.post(f"/api/v1/documents/{one}/merge", json={"into": "5/QĐ-BTC"}).json()["letters"]
    assert len(letters) == 2 and client.get("/api/v1/documents?ref=6/QĐ-BTC").json()["items"] == []
    wanted = {item["number"]: item["letters"] for item in client.get("/api/v1/wanted").json()["items"]}
    assert wanted["5/QĐ-BTC"] == 3
    assert client.get(f"/decisions/{right}").status_code == 200 and here.store.check() == ()
    client.post(f"/review/{letters[0]}/undo")
    wanted = {item["number"]: item["letters"] for item in client.get("/api/v1/wanted").json()["items"]}
    assert (wanted["5/QĐ-BTC"], wanted["6/QĐ-BTC"]) == (1, 2)
    held = client.get("/api/v1/documents?ref=9/QĐ-BTC").json()["items"][0]["id"]
    assert client.post(f"/api/v1/documents/{held}/merge", json={"into": "5/QĐ-BTC"}).status_code == 409


def test_a_citation_gets_the_day_and_body_of_a_new_document(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    said = {"ordinal": 1, "action": "renumber", "value": "35/NQ-CP", "day": "2/3/2021", "issuer": "Chính phủ"}
    assert client.post(f"/review/{bench}/citations", data=said).status_code == 303
    cited = client.get(f"/api/v1/letters/{bench}").json()["citations"][1]
    assert (cited["number"], cited["date"], cited["issuer"]) == ("35/NQ-CP", "2021-03-02", "Chính phủ")
    node = client.get("/api/v1/documents?ref=35/NQ-CP").json()["items"][0]
    assert node["date"] == "2021-03-02"
    client.post(f"/review/{bench}/undo")
    cited = client.get(f"/api/v1/letters/{bench}").json()["citations"][1]
    assert (cited["number"], cited["date"]) == ("31/NQ-CP", "2021-01-01")


def test_confirmed_letters_are_labels_for_measuring(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    client.post(f"/review/{bench}/fields", data={"field": "number", "action": "correct", "value": "46/UBND-KT"})
    client.post(f"/review/{bench}/confirm")
    with zipfile.ZipFile(io.BytesIO(client.get("/review/labels.zip").content)) as book:
        (name,) = book.namelist()
        label = json.loads(book.read(name))
    assert label["number"] == "46/UBND-KT" and label["issuer"] == PROVINCE and label["urgency"] is None
    assert label["citations"][0]["number"] == "280/QĐ-UBND" and label["recipients"] == ["Sở Tài chính"]


# Bodies


def test_two_names_are_made_one_body_and_parted_again_on_the_screen(here: World) -> None:
    client = here.kept("archivist")
    wrong = "Trường Đại học Xanhh"
    here.store.save(letter("5/QĐ-ĐHX", "2024-01-05", "Trường Đại học Xanh", doc_type="QĐ"), now=NOW)
    key = here.store.save(letter("6/BTC-TH", "2024-02-02", MINISTRY, cites("5/QĐ-ĐHX", "2024-01-05", wrong)), now=NOW)
    here.store.relink()
    before = kept(here, key).letter.citations[0].status
    answer = client.post("/bodies/merge", data={"name": wrong, "into": "Trường Đại học Xanh"})
    assert answer.status_code == 303 and before == "open"
    assert kept(here, key).letter.citations[0].status == "linked"
    page = client.get("/bodies").text
    assert wrong in page and 'action="/bodies/acts/1/undo"' in page
    assert "/bodies/acts/1/undo" not in here.kept("reader").get("/bodies").text, "readers only look"
    assert client.post("/bodies/merge", data={"name": wrong, "into": "Bộ Y tế"}).status_code == 409
    client.post("/bodies/acts/1/undo")
    assert kept(here, key).letter.citations[0].status == "open"
    said = client.get("/api/v1/bodies/acts").json()["items"]
    assert [(act["action"], act["undone"], act["who"]) for act in said] == [("merge", True, "archivist")]
    assert "body_merged" in here.kept("administrator").get("/admin/audit").text


def test_a_misread_body_put_right_is_offered_where_it_is_misread_again(here: World) -> None:
    client = here.kept("archivist")
    wrong, right = "Trường Đạii học Xanh", "Trường Đại học Xanh"
    first, second = (
        here.store.save(letter(f"{n}/QĐ-ĐHX", "2024-01-05", wrong, doc_type="QĐ"), now=NOW) for n in (1, 2)
    )
    here.office.open.desk.say(first, "issuer", {"name": right}, action="change", who="lan", now=NOW)
    here.office.open.desk.confirm_letter(first, who="lan", now=NOW)
    assert right not in client.get(f"/review/{second}").text
    client.post("/bodies/learn")
    assert right in client.get(f"/review/{second}").text
    assert right in client.get("/bodies?q=đạii").text


def test_the_list_of_bodies_goes_on_where_a_part_ends(here: World) -> None:
    client = here.kept("reader")
    first = client.get("/api/v1/bodies?limit=5").json()
    following = client.get(f"/api/v1/bodies?limit=5&after={first['next']}").json()
    assert len(first["items"]) == len(following["items"]) == 5 and first["items"] != following["items"]
    assert [row["code"] for row in client.get("/bodies.json?q=bộ y tế").json()["listed"]] == ["BYT"]


def test_words_that_the_reader_doubted_are_listed_with_their_places(here: World) -> None:
    words = here.kept("archivist").get(f"/review/{here.ids['bench']}/words.json").json()
    assert [(word["page"], word["text"], word["confidence"]) for word in words] == [(1, "280/QĐ-UBND", 0.4)]
    assert here.kept("reader").get(f"/review/{here.ids['bench']}/words.json").status_code == 403


def test_the_history_tells_the_value_before_and_after(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    client.post(f"/review/{bench}/fields", data={"field": "place", "action": "correct", "value": "Châu Đốc"})
    client.post(f"/review/{bench}/fields", data={"field": "place", "action": "absent"})
    client.post(f"/review/{bench}/undo")
    page = client.get(f"/review/{bench}").text
    assert "→ Châu Đốc" in page and "Châu Đốc → ∅" in page and "∅ → Châu Đốc" in page
