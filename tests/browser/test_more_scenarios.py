"""Tables cell by cell, the graph expanded in place, searches kept, files sent in: done in a real browser."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Dialog, Page, expect

from pipeline.cli.app import App
from pipeline.cli.main import make_reader
from pipeline.cli.serve import _take_in
from pipeline.config import Config
from tests.browser.conftest import Site
from tests.test_web_bench import with_table
from tests.web_world import NOW

SAMPLE = Path(__file__).parents[2] / "data" / "raw" / "cv-87-syt.txt"


def troubles(site: Site) -> list[str]:
    """What the browser complains of, but for pictures of letters that have no original."""
    return [problem for problem in site.problems if "404" not in problem]


def until(page: Page, true: str) -> None:
    """Wait for a fact; the page's own policy forbids what Playwright would do."""
    for _ in range(100):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(f"never: {true}")


def test_a_table_is_corrected_by_keyboard_and_its_totals_are_checked_at_once(site: Site) -> None:
    key = site.world.store.save(with_table(), now=NOW)
    page = site.page("archivist")
    page.goto(f"/review/{key}")
    page.keyboard.press("t")
    expect(page).to_have_url(re.compile("/tables/0"))
    expect(page.locator("#findings .warn")).to_have_count(1)
    cell = page.locator('input[data-cell="2-2"]')
    cell.focus()
    expect(page.locator('rect.now[data-cell="2-2"]')).to_have_count(1)
    page.keyboard.press("Control+a")
    page.keyboard.type("20")
    with page.expect_response(lambda answer: answer.url.endswith("/cells")):
        page.keyboard.press("Tab")
    expect(page.locator("#findings .good")).to_have_count(1)
    expect(page.locator("tr.wrong")).to_have_count(0)
    expect(cell).to_have_class("said")
    page.locator("#undo button").click()
    expect(page.locator("tr.wrong")).to_have_count(1)
    expect(page.locator('input[data-cell="2-2"]')).to_have_value("25")
    assert troubles(site) == []


def test_a_letter_is_split_rotated_and_set_aside(site: Site) -> None:
    key = site.world.store.save_file([with_table()], now=NOW)[0]
    page = site.page("archivist")
    page.goto(f"/review/{key}")
    page.keyboard.press("r")
    assert "rotate(90deg)" in page.locator(".paper").first.evaluate("(paper) => paper.style.transform")
    page.locator("summary", has_text="Văn bản và tệp").click()
    page.locator("select[name=page]").select_option("3")
    page.locator("button", has_text="Tách").click()
    expect(page).to_have_url(re.compile("-3$"))
    page.on("dialog", _accept)
    page.locator(".row").first.focus()
    with page.expect_response(lambda answer: answer.url.endswith("/quarantine")):
        page.keyboard.press("x")
    expect(page).to_have_url(re.compile("/(review|operator)/"))
    page.goto("/operator/set-aside")
    expect(page.locator("table")).to_contain_text("bang.pdf")
    assert troubles(site) == []


def _accept(dialog: Dialog) -> None:
    dialog.accept()


def test_the_graph_grows_where_it_is_tapped_and_its_address_says_so(site: Site) -> None:
    page = site.page("reader")
    stored = site.world.store.letter(site.world.ids["decision"])
    assert stored is not None
    page.goto(f"/decisions/{stored.decision_id}/graph")
    until(page, "window.neighbourhood && window.neighbourhood.nodes().length === 2")
    other = page.evaluate("window.neighbourhood.nodes().map((n) => n.id())")
    amended = next(node for node in other if node != stored.decision_id)
    tap = "(id) => window.neighbourhood.getElementById(id).emit('onetap')"
    page.evaluate(tap, amended)
    until(page, "location.search.includes('expanded=')")
    page.locator("#kinds input").first.uncheck()
    until(page, "window.neighbourhood.edges(':visible').length === 0")
    page.reload()
    until(page, "window.neighbourhood && window.neighbourhood.nodes('.expanded').length === 1")
    assert site.problems == []


def test_a_search_is_kept_from_the_list_and_its_feed_made(site: Site) -> None:
    page = site.page("reader")
    page.goto("/letters?q=cau+duong")
    page.locator(".save summary").click()
    page.locator(".save input[name=name]").fill("cầu đường")
    page.locator(".save button").click()
    expect(page.locator("h1")).to_have_text("cầu đường")
    page.locator("button[value=make]").click()
    address = page.locator("code.secret").inner_text()
    assert page.request.get(address).status == 200
    page.goto("/saved")
    expect(page.locator("table")).to_contain_text("cầu đường")
    assert site.problems == []


def test_a_file_sent_in_is_read_and_its_letter_opened(site: Site, tmp_path: Path) -> None:
    app = App(Config(database="sqlite://"), make_reader)
    site.world.office.ingest = lambda paths: _take_in(app, site.world.store, paths)
    page = site.page("archivist")
    page.goto("/operator")
    page.locator("input[type=file]").set_input_files(SAMPLE)
    page.locator("#upload button").click()
    link = page.locator("#sent a")
    expect(link).to_contain_text("stored", timeout=60_000)
    link.click()
    expect(page.locator("h1")).to_have_text("87/SYT-KHTC")
    page.goto("/letters?q=syt")
    expect(page.locator(".hits")).to_contain_text("87/SYT-KHTC")
    assert site.problems == []


