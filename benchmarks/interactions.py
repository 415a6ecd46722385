"""How long a person waits after a key or a click, with 10,000 letters, in a real browser.

    python -m benchmarks.interactions [--letters 10000] [--times 20]

The store is that of `benchmarks.load`, the server is `congvan serve`, the browser Debian's Chromium on the same
machine. Timed is from the key or click until the page shows what it asked for: results as one types, a facet, the next
field after one was taken, a letter of the queue, a record, the graph. Results are printed and written to
benchmarks/results/interactions.md.
"""

from __future__ import annotations

import argparse
import datetime as dt
import shutil
import statistics
from collections.abc import Callable
from functools import partial
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.load import databases, serving
from benchmarks.peers import machine
from pipeline.store.scope import View
from pipeline.store.store import Store, utc_now
from web.office import Settings

NAME, PASSWORD = "interactions", "only-for-the-timing"
BAR = 0.100
TYPING = 0.3  # seconds that the page leaves for the next key before it asks; taken off
RESULTS = Path(__file__).parent / "results" / "interactions.md"
WORDS = ("dau tu", "chuyen doi so", "xay dung", "ngan sach", "ke hoach", "báo cáo", "quyet dinh", "du an", "giai ngan")
PATIENCE = 10.0  # seconds after which something that was to change counts as stuck
# Answers when the element is replaced or filled and drawn, with null if it stays as it is; asked before the key is
# pressed.
WATCH = """([selector, patience]) => { window.changed = new Promise((done) => {
  const watcher = new MutationObserver(() => {
    watcher.disconnect();
    requestAnimationFrame(() => done(performance.now()));
  });
  watcher.observe(document.querySelector(selector), { childList: true, subtree: true });
  setTimeout(() => done(null), 1000 * patience);
}); window.began = performance.now(); }"""
WAITED = "async () => { const at = await window.changed; return at === null ? null : (at - window.began) / 1000; }"
# Since the click or the address was entered, as the browser itself counts.
OPENED = "() => performance.getEntriesByType('navigation')[0].domContentLoadedEventEnd / 1000"


def archivist(url: str) -> None:
    """Somebody who may review."""
    store = Store.open(url)
    accounts, _ = View(store, cleared=True).people(Settings().hasher)
    if accounts.check(NAME, PASSWORD) is None:
        first = accounts.create(NAME, "archivist", "benchmark", utc_now())
        made = accounts.check(NAME, first)
        assert made is not None
        accounts.change_password(made, PASSWORD, utc_now())
    store.close()


def changed(page: Page, selector: str, act: Callable[[], object]) -> float:
    """Seconds until `act` has changed the inside of an element and the browser has drawn it.

    Raises:
        SystemExit: if nothing changes.
    """
    page.evaluate(WATCH, [selector, PATIENCE])
    act()
    waited = page.evaluate(WAITED)
    if waited is None:
        raise SystemExit(f"{selector} of {page.url} stayed as it was for {PATIENCE:.0f} s")
    return float(waited)


def opened(page: Page, path: str) -> float:
    """Seconds until a page is there with its scripts run, pictures of scans left out."""
    page.goto(path, wait_until="domcontentloaded")
    return float(page.evaluate(OPENED))


def taken(page: Page) -> None:
    """Press the key that takes what is proposed where the cursor stands."""
    several = page.evaluate("document.activeElement.dataset.kind === 'citation'")
    page.keyboard.press("1" if several else "Enter")


def timed(page: Page, times: int) -> dict[str, list[float]]:
    """What was measured, by what one did."""
    found: dict[str, list[float]] = {}

    def note(what: str, seconds: float) -> None:
        found.setdefault(what, []).append(seconds)

    page.goto("/letters", wait_until="domcontentloaded")
    for n in range(times):
        words = WORDS[n % len(WORDS)]
        page.locator("#q").fill("")
        changed(page, "#results", partial(page.keyboard.type, words[:-1]))
        waited = changed(page, "#results", partial(page.keyboard.type, words[-1]))
        note("results as one types", waited - TYPING)
    for n in range(times):
        note("the list", opened(page, "/letters"))
        choices = page.locator(".facets a")
        chosen = choices.nth(n % choices.count()).get_attribute("href") or ""
        note("a choice at the side", opened(page, chosen))
    for _ in range(times):
        note("the queue", opened(page, "/review"))
        note("a letter of the queue", opened(page, page.locator("main table a").first.get_attribute("href") or ""))
        note("take a value, go on", changed(page, "#form", partial(taken, page)))
        page.wait_for_timeout(100)
        note("take it back", changed(page, "#form", lambda: page.keyboard.press("u")))
        page.wait_for_timeout(100)
    page.goto("/letters", wait_until="domcontentloaded")
    records = [link.get_attribute("href") or "" for link in page.locator(".hits a.number").all()]
    for n in range(times):
        note("a record", opened(page, records[n % len(records)]))
        graph = page.locator('a[href$="/graph"]').first.get_attribute("href") or ""
        note("the graph", opened(page, graph))
    for path, what in (("/register", "the register"), ("/wanted", "documents wanted"), ("/operator", "operation")):
        for _ in range(times):
            note(what, opened(page, path))
    return found


def main() -> None:
    """Fill what is missing, measure, print, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--letters", type=int, default=10_000)
    parser.add_argument("--times", type=int, default=20)
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args()
    with databases(options.letters, "sqlite") as (url,), sync_playwright() as playwright:
        archivist(url)
        with serving(url) as (port, _):
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_context(base_url=f"http://127.0.0.1:{port}").new_page()
            page.goto("/login")
            page.fill("[name=name]", NAME)
            page.fill("[name=password]", PASSWORD)
            page.keyboard.press("Enter")
            page.wait_for_url("**/letters*")
            found = timed(page, options.times)
            browser.close()
    rows = ["| what one does | times | median ms | p95 ms | ≤ 100 ms |", "|---|---|---|---|---|"]
    for what, seconds in found.items():
        ordered = sorted(seconds)
        p50, p95 = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
        fine = "yes" if p95 <= BAR else "no"
        rows.append(f"| {what} | {len(ordered)} | {p50 * 1000:.0f} | {p95 * 1000:.0f} | {fine} |")
    print("\n".join(rows))
    about = f"{options.letters} letters. Machine: {machine()}; {dt.date.today():%Y-%m-%d}"
    head = f"{about}; `python -m benchmarks.interactions`"
    options.out.write_text("\n".join(["# How long a person waits", "", head, "", *rows, ""]))


if __name__ == "__main__":
    main()
