// A table cell by cell: the scan follows the cell, what is typed is kept when the cell is left, totals are checked at once.
"use strict";
(() => {
  const grid = document.getElementById("cells"), findings = document.getElementById("findings");
  const scan = document.querySelector(".tablescan"), token = document.querySelector('meta[name="csrf"]').content;
  const kept = new Map([...grid.querySelectorAll("input")].map((input) => [input, input.value]));

  function follow(cell) {
    for (const box of document.querySelectorAll("rect.now")) box.classList.remove("now");
    const box = document.querySelector('rect[data-cell="' + cell + '"]');
    if (!box) return;
    box.classList.add("now");
    const here = box.getBoundingClientRect(), frame = scan.getBoundingClientRect();
    scan.scrollBy({ top: here.top - frame.top - frame.height / 2, left: here.left - frame.left - frame.width / 3 });
  }
  function told(answer) {
    findings.replaceChildren();
    for (const words of answer.findings.length ? answer.findings : [null]) {
      const line = document.createElement("p");
      line.className = words === null ? "good" : "warn";
      line.textContent = words === null ? "✓ " + findings.dataset.fine : "⚠ " + words;
      findings.append(line);
    }
    const wrong = new Set(answer.wrong), said = new Set(answer.said);
    [...grid.tBodies[0].rows].forEach((row, at) => row.classList.toggle("wrong", wrong.has(at)));
    for (const input of kept.keys()) input.classList.toggle("said", said.has(input.dataset.cell));
  }
  async function keep(input) {
    if (input.value === kept.get(input)) return;
    const before = kept.get(input), [row, column] = input.dataset.cell.split("-");
    kept.set(input, input.value);
    const body = new URLSearchParams({ row, column, value: input.value });
    const answer = await fetch(grid.dataset.to, { method: "POST", body, headers: { "X-CSRF-Token": token, "X-Fetch": "1" } });
    if (answer.ok && !answer.redirected) { told(await answer.json()); return; }
    kept.set(input, before);
    input.value = before;
    let words = String(answer.status);
    try { words = (await answer.json()).detail || words; } catch { /* the status says it */ }
    say(words);
  }
  function beside(input, by) {
    const cell = input.closest("td"), row = cell.parentElement, other = row.parentElement.rows[row.sectionRowIndex + by];
    const next = other && other.cells[Math.min(cell.cellIndex, other.cells.length - 1)].querySelector("input");
    if (next) { next.focus(); next.select(); } else keep(input);
  }
  grid.addEventListener("focusin", (event) => { if (event.target.dataset.cell) follow(event.target.dataset.cell); });
  grid.addEventListener("change", (event) => keep(event.target));
  grid.addEventListener("keydown", (event) => {
    if (event.isComposing || !event.target.dataset.cell) return;
    const by = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) { event.preventDefault(); beside(event.target, by); }
    else if (event.key === "Escape") event.target.value = kept.get(event.target);
  });
  document.getElementById("undo").addEventListener("submit", async (event) => {
    event.preventDefault();
    await fetch(event.target.action, { method: "POST", body: new URLSearchParams(), headers: { "X-CSRF-Token": token, "X-Fetch": "1" } });
    location.reload();
  });
  if (scan) scan.addEventListener("click", (event) => {
    const at = document.elementsFromPoint(event.clientX, event.clientY).find((part) => part.dataset && part.dataset.cell);
    const input = at && grid.querySelector('input[data-cell="' + at.dataset.cell + '"]');
    if (input) input.focus();
  });
})();
