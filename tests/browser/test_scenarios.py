"""What people do, done by keyboard and mouse in a real browser."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.test_web_bench import with_table
from tests.web_world import NOW

AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"


def bench(site: Site) -> Page:
    page = site.page("archivist")
    page.goto(f"/review/{site.world.ids['bench']}")
    expect(page.locator(".row").first).to_be_focused()
    return page


def pressed(page: Page, key: str) -> None:
    """Press a key and wait until the answer to what it sends stands in the page."""
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        page.keyboard.press(key)
    page.wait_for_load_state("networkidle")
    expect(page.locator("[aria-busy=true]")).to_have_count(0)


def test_log_in_find_without_marks_read_the_record(site: Site) -> None:
    page = site.page(None)
    site.world.account("reader")
    page.goto("/letters")
    page.fill("[name=name]", "reader")
    page.fill("[name=password]", "reader-password")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile("/letters"))
    page.locator("#q").press_sequentially("cau duong", delay=5)
    expect(page.locator("mark").first).to_have_text("cầu")
    expect(page.locator(".hits > li")).to_have_count(1)
    page.locator(".hits a.number").click()
    expect(page.locator("h1")).to_have_text("12/UBND-KT")
    page.goto("/review")
    expect(page.locator("main")).to_contain_text("archivist")
    # The page was refused as it should be, and letters made by hand have no original to show.
    assert [p for p in site.problems if "403" not in p and "404" not in p] == []


def test_a_letter_is_confirmed_by_keyboard_in_at_most_40_presses(site: Site) -> None:
    page, presses = bench(site), 0
    waiting = page.locator(".row.doubtful, .row.ambiguous")
    assert page.locator('.row[data-kind="field"]').count() >= 9
    assert page.locator('.row[data-kind="citation"]').count() == 4
    while waiting.count() and presses < 39:
        pressed(page, "1" if page.evaluate("document.activeElement.dataset.kind") == "citation" else "Enter")
        presses += 1
    assert waiting.count() == 0
    with page.expect_response(lambda answer: answer.url.endswith("/confirm")):
        page.keyboard.press("Control+Enter")
    presses += 1
    page.wait_for_url(re.compile("/review"))
    assert presses <= 40
    stored = site.world.store.letter(site.world.ids["bench"])
    assert stored is not None and stored.letter.review == ()
    assert stored.letter.citations[0].status == "linked"
    page.goto("/register")
    expect(page.locator("table")).to_contain_text("45/UBND-KT")
    assert site.problems == []


def test_single_keys_leave_typing_alone_and_undo_takes_back(site: Site) -> None:
    page = bench(site)
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("49/UBND-nub")
    assert page.evaluate("document.activeElement.value") == "49/UBND-nub"
    page.keyboard.press("Escape")
    page.keyboard.press("e")
    page.keyboard.press("Control+a")
    page.keyboard.type("49/UBND-KT")
    pressed(page, "Enter")
    number = page.locator('.row[data-key="number-0"]')
    expect(number).to_have_class(re.compile("said"))
    expect(number.locator("input[name=value]")).to_have_value("49/UBND-KT")
    expect(page.locator('rect.box.person[data-key="number-0"]')).to_have_count(1)
    pressed(page, "u")
    expect(number).to_have_class(re.compile("doubtful"))
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    assert site.problems == []


def test_doubts_are_jumped_to_field_by_field_and_word_by_word(site: Site) -> None:
    page = bench(site)
    waiting = page.locator(".row.doubtful, .row.ambiguous")
    keys = [waiting.nth(n).get_attribute("data-key") for n in range(waiting.count())]
    for key, expected in (("d", keys[1]), ("d", keys[2 % len(keys)]), ("D", keys[1]), ("D", keys[0]), ("D", keys[-1])):
        page.keyboard.press(key)
        assert page.evaluate("document.activeElement.dataset.key") == expected
    page.keyboard.press("w")
    expect(page.locator("rect.word")).to_have_count(1)
    expect(page.locator("#says")).to_contain_text("280/QĐ-UBND")
    assert site.problems == []


def test_a_rival_reading_is_one_key(site: Site) -> None:
    page = bench(site)
    pressed(page, "2")
    stored = site.world.store.letter(site.world.ids["bench"])
    assert stored is not None and stored.letter.number is not None
    assert stored.letter.number.value == "46/UBND-KT"


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="needs Tesseract")
def test_a_box_drawn_on_the_page_is_read_again(site: Site) -> None:
    page = bench(site)
    page.keyboard.press("b")
    frame = page.locator(".paper").first.bounding_box()
    assert frame is not None
    scale = frame["width"] / 595

    def move(x: float, y: float) -> None:
        page.mouse.move(frame["x"] + x * scale, frame["y"] + y * scale)

    move(95, 55)
    page.mouse.down()
    move(200, 70)
    move(290, 85)
    with page.expect_response(lambda answer: answer.url.endswith("/reread"), timeout=60_000):
        page.mouse.up()
    value = page.locator('.row[data-key="number-0"] input[name=value]')
    expect(value).to_have_value(re.compile("45"))
    expect(value).to_be_focused()


def test_the_graph_is_drawn_and_walked(site: Site) -> None:
    page = site.page("reader")
    stored = site.world.store.letter(site.world.ids["bench"])
    assert stored is not None
    page.goto(f"/decisions/{stored.decision_id}/graph?depth=2")
    expect(page.locator("canvas").first).to_be_visible()
    assert page.evaluate("window.neighbourhood.nodes().length") >= 4
    with page.expect_download() as download:
        page.locator("text=GraphML").click()
    assert download.value.suggested_filename == "graph.graphml"
    assert site.problems == []


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (390, "dark")])
def test_pages_fit_and_are_accessible(site: Site, width: int, scheme: str) -> None:
    page = site.page("administrator", width=width, scheme=scheme)
    ids = site.world.ids
    stored = site.world.store.letter(ids["bench"])
    assert stored is not None
    paths = [f"/letters/{ids['bench']}", f"/review/{ids['bench']}", "/letters?q=kế+hoạch", "/operator", "/register"]
    tabled = site.world.store.save(with_table(), now=NOW)
    paths += [f"/review/{tabled}/tables/0", "/projects", "/saved"]
    if scheme == "light":
        source = stored.letter.source.sha256
        paths += [f"/operator/files/{source}", "/operator/set-aside", "/operator/runs/1", "/account", "/admin/audit"]
        paths += [f"/path?start={stored.decision_id}", "/login"]
        paths += ["/wanted", "/lookup", "/admin/accounts", "/review", f"/decisions/{stored.decision_id}/graph"]
    for path in paths:
        page.goto(path)
        # By the debugging protocol, which the page's own policy does not bind.
        page.evaluate(AXE.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)")
        serious = [f"{v['id']}: {v['nodes'][0]['html']}" for v in found if v["impact"] in ("serious", "critical")]
        assert serious == [], f"{path} at {width} {scheme}"
        assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} is wider than {width}"


def test_the_first_page_is_small(site: Site) -> None:
    page = site.page("reader")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(answer.request.sizes()["responseBodySize"]))
    page.goto("/letters", wait_until="networkidle")
    assert 0 < sum(sizes) <= 300_000
