"""The screens as programs see them: what they find, what they change, and what they refuse."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook

from extractors.tables.checks import CODES
from models.errors import REASONS
from models.letter import Field
from pipeline.corrections import day, value_from_text
from tests.letters import letter
from tests.web_world import FORMULA, HOSTILE, NOW, PROVINCE, World, scanned, world
from web.access import safe_path
from web.figures import interval
from web.gate import CONTENT_SECURITY_POLICY, SMALL
from web.i18n import messages
from web.render import lit


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    made = world(tmp_path)
    yield made
    for browser in made.browsers.values():
        browser.__exit__(None, None, None)
    made.store.close()


# Finding


def test_search_without_marks_finds_and_lights_what_has_them(here: World) -> None:
    page = here.kept("reader").get("/letters?q=cau+duong").text
    assert "<mark>cầu</mark>" in page and "<mark>đường</mark>" in page and "12/UBND-KT" in page


def test_facets_narrow_down_and_every_list_has_its_files(here: World) -> None:
    client = here.kept("reader")
    assert client.get("/api/v1/letters?type=QĐ").json()["total"] == 3
    assert client.get("/api/v1/letters?year=2022").json()["total"] == 2
    assert client.get("/api/v1/letters?relation=amends").json()["total"] == 1
    for name in ("letters.csv", "letters.json", "wanted.csv", "register.csv", "register.json", "projects.csv"):
        assert client.get(f"/{name}").status_code == 200


def test_pages_of_a_list_follow_each_other_without_gaps(here: World) -> None:
    client, seen, after = here.kept("reader"), [], ""
    while True:
        part = client.get(f"/api/v1/letters?limit=2&after={after}").json()
        seen += [item["letter_id"] for item in part["items"]]
        after = part["next"]
        if after is None:
            break
    assert len(seen) == len(set(seen)) == part["total"] == 7


def test_a_letter_has_an_etag_that_changes_with_it(here: World) -> None:
    client, path = here.kept("archivist"), f"/api/v1/letters/{here.ids['bench']}"
    tag = client.get(path).headers["etag"]
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 304
    for listed in ("letters", "wanted", "projects", "counts", "review/queue", "operator/runs"):
        mark = client.get(f"/api/v1/{listed}").headers["etag"]
        assert client.get(f"/api/v1/{listed}", headers={"If-None-Match": mark}).status_code == 304
    said = {"field": "place", "action": "correct", "value": "Long Xuyên"}
    assert client.post(f"/api/v1/review/{here.ids['bench']}/fields", json=said).status_code == 200
    assert client.get(path, headers={"If-None-Match": tag}).status_code == 200


def test_pasted_text_is_looked_up(here: World) -> None:
    found = here.kept("reader").post("/api/v1/lookup", json={"text": "Theo Quyết định số 280/QĐ-UBND và 999/QĐ-TTg."})
    status = {item["number"]: item["status"] for item in found.json()["items"]}
    assert status.get("280/QĐ-UBND") == 300 and status.get("999/QĐ-TTg", 404) == 404


def test_a_column_of_numbers_comes_back_row_by_row(here: World) -> None:
    client = here.kept("reader")
    column = "Số: 12/UBND-KT\tviệc gì đó\n\n999/QĐ-TTg\t1/2/2024\nkhông có số\n=1+1"
    items = client.post("/api/v1/lookup/rows", json={"text": column}).json()["items"]
    assert [row["status"] for row in items] == [200, 400, 404, 400, 400]
    assert items[2]["date"] == "2024-02-01" and items[0]["documents"][0]["number"] == "12/UBND-KT"
    told = client.post("/lookup/rows.csv", data={"text": column}).text.splitlines()
    assert len(told) == 6 and "found" in told[1] and "no number" in told[2] and told[5].startswith("'=1+1")
    assert client.post("/lookup.json", data={"text": "Quyết định số 999/QĐ-TTg"}).json()[0]["status"] == 404



def test_the_record_page_quotes_and_points(here: World) -> None:
    page = here.kept("reader").get(f"/letters/{here.ids['bench']}?q=45").text
    assert 'class="hit"' in page and 'data-key="number-0"' in page and "Quyết định số 280/QĐ-UBND" in page
    picture = here.kept("reader").get(f"/letters/{here.ids['bench']}/pages/1.jpg?w=1000")
    assert picture.headers["content-type"] == "image/jpeg" and picture.content[:2] == b"\xff\xd8"


# Reviewing


def test_confirming_goes_to_the_next_letter_and_leaves_the_queue(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    assert client.get("/api/v1/review/queue").json()["items"][0]["letter_id"] == bench
    assert client.post(f"/review/{bench}/confirm").status_code == 303
    assert bench not in [item["letter_id"] for item in client.get("/api/v1/review/queue").json()["items"]]


def test_a_correction_is_kept_apart_survives_a_new_reading_and_can_be_taken_back(here: World, tmp_path: Path) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    path = f"/api/v1/review/{bench}"
    said = {"field": "number", "action": "correct", "value": "46/UBND-KT"}
    assert client.post(f"{path}/fields", json=said).status_code == 200
    again = replace(scanned(tmp_path), number=Field("47/UBND-KT", "47/UBND-KT", 0.9, 1))
    here.store.save(again, now=NOW)
    here.store.relink()
    now = client.get(f"/api/v1/letters/{bench}").json()
    assert (now["number"]["value"], now["serial"]["value"]) == ("46/UBND-KT", "46")
    page = client.get(f"/review/{bench}").text
    assert "47/UBND-KT" in page, "a hint shows what the program reads now"
    assert client.post(f"{path}/undo").json()["review"][-1] == "number"
    assert client.get(f"/api/v1/letters/{bench}").json()["number"]["value"] == "47/UBND-KT"
    acts = client.get(f"{path}/history").json()["items"]
    assert [act["action"] for act in acts] == ["undo", "correct"] and acts[1]["machine"]["value"] == "45/UBND-KT"


def test_a_chosen_document_stays_chosen_after_reading_and_linking_again(here: World, tmp_path: Path) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    cited = client.get(f"/api/v1/letters/{bench}").json()["citations"][0]
    assert cited["status"] == "ambiguous" and len(cited["candidates"]) == 2
    said = {"ordinal": 0, "action": "choose", "value": cited["candidates"][1]}
    assert client.post(f"/api/v1/review/{bench}/citations", json=said).status_code == 200
    here.store.save(replace(scanned(tmp_path), urgency=Field("KHẨN", "KHẨN", 0.9)), now=NOW)
    here.store.relink()
    now = client.get(f"/api/v1/letters/{bench}").json()["citations"][0]
    assert (now["status"], now["target"]) == ("linked", cited["candidates"][1])
    client.post(f"/api/v1/review/{bench}/undo")
    assert client.get(f"/api/v1/letters/{bench}").json()["citations"][0]["status"] == "ambiguous"
    assert here.store.check() == ()


def test_what_is_no_citation_goes_and_comes_back(here: World, tmp_path: Path) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    before = client.get(f"/api/v1/letters/{bench}").json()["citations"]
    said = {"ordinal": 1, "action": "reject"}
    assert client.post(f"/api/v1/review/{bench}/citations", json=said).status_code == 200
    here.store.save(replace(scanned(tmp_path), urgency=Field("KHẨN", "KHẨN", 0.9)), now=NOW)
    here.store.relink()
    numbers = [c["number"] for c in client.get(f"/api/v1/letters/{bench}").json()["citations"]]
    assert numbers == ["280/QĐ-UBND", "32/NQ-CP", "33/NQ-CP"]
    assert "31/NQ-CP" not in client.get("/wanted.csv").text
    client.post(f"/api/v1/review/{bench}/undo")
    assert [c["number"] for c in client.get(f"/api/v1/letters/{bench}").json()["citations"]] == [
        c["number"] for c in before
    ]
    assert "31/NQ-CP" in client.get("/wanted.csv").text


def test_a_corrected_number_of_a_citation_links_anew(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    said = {"ordinal": 2, "action": "renumber", "value": "34/NQ-CP"}
    assert client.post(f"/api/v1/review/{bench}/citations", json=said).status_code == 200
    assert client.get(f"/api/v1/letters/{bench}").json()["citations"][2]["number"] == "34/NQ-CP"
    client.post(f"/api/v1/review/{bench}/undo")
    assert client.get(f"/api/v1/letters/{bench}").json()["citations"][2]["number"] == "32/NQ-CP"


def test_two_people_do_not_overwrite_each_other(here: World) -> None:
    one, other, bench = here.kept("archivist"), here.kept("administrator"), here.ids["bench"]
    assert one.get(f"/review/{bench}").status_code == 200
    assert "archivist" in other.get(f"/review/{bench}").text
    said = {"field": "place", "action": "correct", "value": "Châu Đốc"}
    assert other.post(f"/api/v1/review/{bench}/fields", json=said).status_code == 409


def test_a_body_is_corrected_in_all_letters_that_read_alike(here: World) -> None:
    client, bench = here.kept("archivist"), here.ids["bench"]
    client.post(
        f"/review/{bench}/fields", data={"field": "issuer", "action": "correct", "value": "UBND tỉnh Đồng Tháp"}
    )
    count = len(here.office.open.desk.alike(bench, "issuer"))
    assert count == 3
    assert client.post(f"/review/{bench}/alike", data={"count": count + 1}).status_code == 409
    client.post(f"/review/{bench}/alike", data={"count": count})
    assert client.get("/api/v1/letters?issuer=dong+thap").json()["total"] == 1 + count


def test_the_sample_joins_the_queue_and_counts_errors(here: World) -> None:
    client = here.kept("archivist")
    client.get("/review")
    items = client.get("/api/v1/review/queue").json()["items"]
    sampled = [item["letter_id"] for item in items if not item["review"] and not item["ambiguous"]]
    assert len(sampled) == 1
    said = {"field": "place", "action": "correct", "value": "Nơi khác"}
    client.post(f"/api/v1/review/{sampled[0]}/fields", json=said)
    client.post(f"/api/v1/review/{sampled[0]}/confirm")
    assert client.get("/api/v1/review/accuracy").json()["wrong"] == 1
    assert interval(3, 214) == pytest.approx((0.0048, 0.0405), abs=1e-3)


def test_files_set_aside_are_released_and_discarded_but_secret_ones_are_not_there(here: World) -> None:
    client = here.kept("archivist")
    assert client.post(f"/operator/set-aside/{'0' * 64}", data={"action": "release"}).status_code == 303
    assert [item["status"] for item in client.get("/api/v1/operator/set-aside").json()["items"]] == ["retriable"]
    assert client.post(f"/operator/set-aside/{'0' * 64}", data={"action": "discard"}).status_code == 303
    assert client.get("/api/v1/operator/set-aside").json()["items"] == []
    assert client.post(f"/operator/set-aside/{'1' * 64}", data={"action": "discard"}).status_code == 404


def test_history_and_audit_log_only_grow(here: World, tmp_path: Path) -> None:
    here.kept("archivist").post(f"/api/v1/review/{here.ids['bench']}/confirm")
    with sqlite3.connect(tmp_path / "web.sqlite") as database:
        for statement in ("DELETE FROM audit_log", "UPDATE audit_log SET who = 'x'", "DELETE FROM corrections"):
            with pytest.raises(sqlite3.IntegrityError, match="only grows"):
                database.execute(statement)


@pytest.mark.parametrize(
    ("typed", "meant"), [("22/4/26", "2026-04-22"), ("2.1.2024", "2024-01-02"), ("2024-5-6", "2024-05-06")]
)
def test_days_are_taken_as_people_paste_them(typed: str, meant: str) -> None:
    assert day(typed).isoformat() == meant
    assert value_from_text("date", typed, None) == meant


# Refusing


def test_what_a_scan_says_is_never_markup(here: World) -> None:
    client = here.kept("administrator")
    hostile = here.ids["hostile"]
    for path in ("/letters", "/letters?q=script", f"/letters/{hostile}", "/register", f"/review/{hostile}",
                 "/letters?q=<script>alert(1)</script>", "/wanted?q=\"><img src=x onerror=alert(1)>"):  # fmt: skip
        page = client.get(path).text
        assert "<script>alert" not in page and "<img src=x" not in page, path
    assert "&lt;script&gt;" in client.get(f"/letters/{hostile}").text
    assert "<script>" not in str(lit(HOSTILE, "script alert"))


def test_spreadsheets_get_no_formulas(here: World) -> None:
    client = here.kept("archivist")
    for path in ("/letters.csv", "/register.csv", "/links.csv", "/wanted.csv", "/operator/set-aside.csv"):
        for row in csv.reader(io.StringIO(client.get(path).text)):
            assert not any(cell.startswith(("=", "+", "@", "-")) for cell in row), path
    sheet = load_workbook(io.BytesIO(client.get("/register.xlsx").content)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert any(FORMULA in str(cell.value) for cell in cells), "shown, but as text"


@pytest.mark.parametrize(
    "path",
    [
        "/letters/..%2f..%2fetc%2fpasswd", "/letters/%2e%2e/pages/1.jpg", "/static/..%2f..%2fweb%2fapp.py",
        "/static/../app.py", "/letters/x' OR 1=1--", "/decisions/' UNION SELECT 1--", "/letters/%00",
        "/operator/runs/99999999999999999999", "/letters/0000000000000000-1/pages/999999999999.jpg", "/nowhere",
    ],
)  # fmt: skip
def test_addresses_that_mean_harm_find_nothing(here: World, path: str) -> None:
    answer = here.kept("administrator").get(path)
    assert answer.status_code in (400, 404, 422)
    assert "root:" not in answer.text and "create_app" not in answer.text


@pytest.mark.parametrize("query", ["q='%3B DROP TABLE letters--", "q=%22", "q=a* OR NEAR(", "issuer=%25", "after=';--"])
def test_queries_that_mean_harm_are_words(here: World, query: str) -> None:
    client = here.kept("reader")
    assert client.get(f"/letters?{query}").status_code == 200
    assert client.get("/api/v1/counts").json()["letters"] == 7


@pytest.mark.parametrize(
    "target", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", "/a\r\nX: 1"]
)
def test_nobody_is_sent_elsewhere(here: World, target: str) -> None:
    assert safe_path(target) == "/"
    answer = here.kept("reader").get("/language/en", params={"next": target})
    assert answer.headers["location"] == "/" and "x" not in answer.headers


def test_too_much_is_refused_before_it_is_read(here: World) -> None:
    client = here.kept("archivist")
    assert client.post("/lookup", content=b"x" * (SMALL + 1)).status_code == 413
    huge = {"Content-Length": str(10**12)}
    assert client.post("/operator/files", content=b"x", headers=huge).status_code == 413
    assert client.post("/api/v1/lookup", json={"text": "x" * 70_000}).status_code == 422


def test_files_sent_in_never_name_a_path(here: World, tmp_path: Path) -> None:
    client = here.kept("archivist")
    files = [("files", ("../../../etc/cron.d/x.pdf", b"%PDF-1.4 x", "application/pdf")),
             ("files", ("a\r\nSet-Cookie: x.txt", b"text", "text/plain"))]  # fmt: skip
    answer = client.post("/operator/files", files=files, headers={"X-Fetch": "1"})
    assert answer.status_code == 200 and "set-cookie" not in answer.headers
    kept = list(here.app.state.taken)
    assert len(kept) == 2 and all((tmp_path / "uploads") in path.parents for path in kept)
    assert kept[0].name == "x.pdf"


def test_every_answer_carries_the_headers(here: World) -> None:
    for path in ("/letters", "/login", "/nowhere", "/api/v1/counts"):
        headers = here.kept("reader").get(path).headers
        assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
        assert headers["x-content-type-options"] == "nosniff" and headers["cache-control"] != "public"
    assert "unsafe" not in CONTENT_SECURITY_POLICY


def test_pages_need_nothing_inline() -> None:
    for path in (Path(__file__).parents[1] / "web" / "templates").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for forbidden in (" style=", "<style", "onclick=", " onload=", "javascript:", "|safe", "https://"):
            assert forbidden not in text, f"{path.name}: {forbidden}"


# Both languages


def test_every_word_on_the_screens_has_its_vietnamese() -> None:
    words = set()
    for path in (Path(__file__).parents[1] / "web" / "templates").glob("*.html"):
        words |= set(re.findall(r"""_\((?:"([^"]+)"|'([^']+)')[,)]""", path.read_text(encoding="utf-8")))
        words |= {(said, "") for said in re.findall(r'counted\([^"]+, "(\w+)"\)', path.read_text(encoding="utf-8"))}
        words |= {(said, "") for said in re.findall(r'\("[^"]+", "(\w[^"]+)"\)', path.read_text(encoding="utf-8"))}
    words |= {(meaning, "") for meaning in REASONS.values()} | {(reason, "") for reason in (*CODES, "figure_disputed")}
    missing = {one or other for one, other in words} - set(messages())
    assert missing == set()


def test_the_language_is_the_readers_choice(here: World) -> None:
    client = here.client("reader")
    assert ">Còn thiếu<" in client.get("/letters", headers={"Accept-Language": "vi"}).text
    client.get("/language/en")
    assert ">Wanted<" in client.get("/letters").text


def test_an_empty_store_says_what_to_do_next(tmp_path: Path, here: World) -> None:
    ids = list(here.ids.values())
    assert ids and PROVINCE
    with sqlite3.connect(tmp_path / "web.sqlite") as database:
        database.execute("PRAGMA foreign_keys=ON")
        database.execute("DELETE FROM letters")
    assert "congvan ingest" in here.kept("reader").get("/letters").text


def test_ten_thousand_is_not_needed_to_see_that_lists_ask_few_questions(here: World) -> None:
    for i in range(60):
        here.store.save(letter(f"{i}/TB-UBND", "2024-05-05", PROVINCE, doc_type="TB"), now=NOW)
    here.store.relink()
    page = here.kept("reader").get("/letters?type=TB").text
    assert page.count('class="number"') == 25 and "after=" in page


def test_fields_in_the_search_box_are_understood_shown_and_told_when_wrong(here: World) -> None:
    client = here.kept("reader")
    page = client.get("/letters", params={"q": "số:12 năm:2024"}).text
    assert "12/UBND-KT" in page and 'name="q" type="search" value=""' in page
    assert "✕ Số, ký hiệu: 12" in page and "✕ 2024" in page
    wrong = client.get("/letters", params={"q": "gửi:Bộ"})
    assert wrong.status_code == 422 and "không có trường “gửi”" in wrong.text and 'value="gửi:Bộ"' in wrong.text
    typing = client.get("/letters", params={"q": "gửi:Bộ"}, headers={"HX-Request": "true"})
    assert typing.status_code == 200 and "không có trường" in typing.text and "<html" not in typing.text
    api = client.get("/api/v1/letters", params={"q": "year:2024 number:12"}).json()
    assert [item["number"] for item in api["items"]] == ["12/UBND-KT"]
    refused = client.get("/api/v1/letters", params={"q": "gửi:Bộ"})
    assert refused.status_code == 422 and "there is no field" in refused.json()["detail"]
    assert client.get("/letters.csv", params={"q": "number:12"}).text.count("UBND-KT") == 1


def test_a_saved_search_keeps_its_fields(here: World) -> None:
    client = here.kept("reader")
    place = client.post("/saved?q=n%C4%83m:2024+signer:lan&cited=wanted", data={"name": "x"}).headers["location"]
    asks = client.get("/saved.json").json()[0]["asks"]
    assert asks == {"year": 2024, "signer": "lan", "cited": "wanted"}
    page = client.get(place).text
    assert "/letters?" in page and "signer=lan" in page and "cited=wanted" in page


def test_errors_are_told_in_the_readers_language(here: World) -> None:
    client = here.kept("reader")
    page = client.get("/letters/0000000000000000-1").text
    assert "Không tìm thấy" in page and "không có văn bản nào có mã này" in page
    script = here.kept("archivist").post(
        f"/review/{here.ids['bench']}/fields", data={"field": "date", "action": "correct", "value": "31/2"},
        headers={"X-Fetch": "1"},
    )  # fmt: skip
    assert script.status_code == 422 and script.json()["detail"].startswith("không phải ngày")
