// The review bench by keyboard. Single keys work only outside a text field, so that Telex and VNI typing stays free.
"use strict";
(() => {
  const bench = document.getElementById("bench"), form = document.getElementById("form");
  const scan = bench.querySelector(".scan"), help = document.getElementById("help");
  const letter = bench.dataset.letter, token = document.querySelector('meta[name="csrf"]').content;
  const SVG = "http://www.w3.org/2000/svg";
  let at = null, busy = false, drawing = null;
  const rows = () => [...form.querySelectorAll(".row")];
  const row = () => form.querySelector('.row[data-key="' + at + '"]');
  const settled = (one) => one.matches(".said, .absent");
  const waits = (one) => one.matches(".doubtful, .ambiguous");
  const numbers = (text) => text.split(",").map(Number);

  // Boxes on the pages: yellow what the program found, red what a person confirmed, dashed where something was expected.
  function rectangle(box, classes) {
    const [x0, top, x1, bottom] = box, rect = document.createElementNS(SVG, "rect");
    for (const [name, value] of [["x", x0 - 1], ["y", top - 1], ["width", x1 - x0 + 2], ["height", bottom - top + 2]]) rect.setAttribute(name, value);
    rect.setAttribute("class", classes);
    return rect;
  }
  function drawBoxes() {
    for (const svg of bench.querySelectorAll(".overlay")) svg.replaceChildren();
    for (const page of form.querySelectorAll("template.boxes")) {
      const svg = bench.querySelector('.paper[data-page="' + page.dataset.page + '"] .overlay');
      if (!svg) continue;
      for (const item of page.content.children) {
        const rect = rectangle(numbers(item.dataset.box), "box " + item.dataset.kind);
        rect.dataset.key = item.dataset.key;
        svg.append(rect);
      }
    }
    for (const one of rows()) {
      const svg = bench.querySelector('.paper[data-page="' + one.dataset.page + '"] .overlay');
      if (!svg || !one.dataset.box || !one.dataset.missing || settled(one)) continue;
      const rect = rectangle(numbers(one.dataset.box), "box missing");
      rect.dataset.key = one.dataset.key;
      svg.append(rect);
    }
  }

  function follow() {
    for (const rect of bench.querySelectorAll("rect.now")) rect.classList.remove("now");
    const one = row(), rect = bench.querySelector('rect[data-key="' + at + '"]');
    if (!one || !rect) return;
    rect.classList.add("now");
    const here = rect.getBoundingClientRect(), frame = scan.getBoundingClientRect();
    scan.scrollBy({ top: here.top - frame.top - frame.height / 3, left: here.left - frame.left - frame.width / 4 });
  }
  function focus(one) {
    if (!one) return;
    at = one.dataset.key;
    one.focus({ preventScroll: true });
    one.scrollIntoView({ block: "nearest" });
    follow();
  }
  function step(by) {
    const all = rows(), place = all.findIndex((one) => one.dataset.key === at);
    focus(all[Math.min(Math.max(place + by, 0), all.length - 1)]);
  }
  // The next row that needs a person; where none does, simply the next one.
  function onwards(key) {
    const all = rows(), place = all.findIndex((one) => one.dataset.key === key);
    focus(all.slice(place + 1).find(waits) || all.find(waits) || all[place + 1] || all[place] || all[0]);
  }

  async function post(path, values) {
    const body = new URLSearchParams(values);
    const answer = await fetch(path, { method: "POST", body, headers: { "X-CSRF-Token": token, "X-Fetch": "1" } });
    if (answer.redirected || !answer.ok) {
      let words = answer.status + " " + answer.statusText;
      try { words = (await answer.json()).detail || words; } catch { /* no problem+json: the status says it */ }
      say(words);
      return null;
    }
    return answer;
  }
  // Until the answer stands in the page, further keys would go to rows that are about to be replaced.
  function work(on) { busy = on; form.setAttribute("aria-busy", on); }
  async function act(path, values, then) {
    if (busy) return;
    work(true);
    try {
      const answer = await post(path, values);
      if (answer) {
        const order = rows().map((one) => one.dataset.key);
        form.innerHTML = await answer.text();
        keepOrder(order);
        drawBoxes();
        then();
      }
    } finally { work(false); }
  }
  // Rows stay where the eye left them; only a fresh page sorts them by risk.
  function keepOrder(order) {
    for (const list of form.querySelectorAll(".rows")) {
      const place = (one) => { const i = order.indexOf(one.dataset.key); return i < 0 ? order.length : i; };
      list.append(...[...list.children].sort((a, b) => place(a) - place(b)));
    }
  }
  function tell(one, action, value) {
    const inputs = new FormData(one.querySelector("form"));
    const values = { ordinal: inputs.get("ordinal"), action, value };
    if (one.dataset.kind === "field") values.field = inputs.get("field");
    else if (action === "renumber") { values.day = inputs.get("day"); values.issuer = inputs.get("issuer"); }
    const path = "/review/" + letter + (one.dataset.kind === "field" ? "/fields" : "/citations");
    act(path, values, () => onwards(one.dataset.key));
  }
  function take(one) {
    if (one.dataset.kind === "field") {
      const value = one.querySelector("input[name=value]").value;
      if (value) tell(one, "take", ""); else tell(one, "absent", "");
      return;
    }
    const only = one.querySelectorAll(".rival");
    if (only.length === 1) tell(one, "choose", only[0].dataset.value); else onwardsFrom(one);
  }
  function onwardsFrom(one) { const all = rows(); focus(all[all.indexOf(one) + 1] || all[0]); }
  function keep(one) {
    const input = one.querySelector("input[name=value]");
    if (one.dataset.kind === "citation") tell(one, "renumber", input.value);
    else if (!input.value.trim()) tell(one, "absent", "");
    else tell(one, input.value === input.defaultValue ? "take" : "correct", input.value === input.defaultValue ? "" : input.value);
  }
  function candidate(one, n) {
    const rival = one.querySelectorAll(".rival")[n - 1];
    if (!rival) return;
    if (one.dataset.kind === "citation") tell(one, "choose", rival.dataset.value);
    else tell(one, rival.dataset.value === one.querySelector("input[name=value]").defaultValue ? "take" : "correct", rival.dataset.value === one.querySelector("input[name=value]").defaultValue ? "" : rival.dataset.value);
  }
  async function confirmLetter() {
    if (busy) return;
    work(true);
    const answer = await post("/review/" + letter + "/confirm", {});
    work(false);
    if (answer) location.href = (await answer.json()).next;
  }
  const undo = () => act("/review/" + letter + "/undo", {}, () => focus(row() || rows()[0]));
  function zoom() { scan.classList.toggle("zoomed"); follow(); }

  // The page is shown turned, in the room that it has; boxes stay where they are on it.
  let turns = 0;
  function rotate() {
    turns = (turns + 1) % 4;
    for (const paper of bench.querySelectorAll(".paper")) {
      const ratio = turns % 2 ? Math.min(paper.offsetWidth / paper.offsetHeight, 1) : 1;
      paper.style.transform = turns ? "rotate(" + 90 * turns + "deg) scale(" + ratio + ")" : "";
    }
    follow();
  }

  // A box drawn on the page is read again; what was read stands in the input to be looked at, nothing is stored yet.
  function startDrawing() {
    const one = row();
    if (!one || !bench.querySelector(".overlay")) return;
    bench.classList.add("drawing");
    drawing = { key: at };
    say("▭");
  }
  function point(svg, event) {
    // The matrix of the screen knows how the page is scaled and turned.
    const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    return [at.x, at.y];
  }
  scan.addEventListener("pointerdown", (event) => {
    const svg = drawing && event.target.closest(".paper") && event.target.closest(".paper").querySelector(".overlay");
    if (!svg) return;
    event.preventDefault();
    const [x, y] = point(svg, event);
    drawing.svg = svg; drawing.from = [x, y];
    drawing.rect = rectangle([x, y, x, y], "box drawn");
    svg.append(drawing.rect);
  });
  window.addEventListener("pointermove", (event) => {
    if (!drawing || !drawing.rect) return;
    const [x, y] = point(drawing.svg, event), [a, b] = drawing.from;
    drawing.box = [Math.min(a, x), Math.min(b, y), Math.max(a, x), Math.max(b, y)];
    drawing.rect.setAttribute("x", drawing.box[0]); drawing.rect.setAttribute("y", drawing.box[1]);
    drawing.rect.setAttribute("width", drawing.box[2] - drawing.box[0]); drawing.rect.setAttribute("height", drawing.box[3] - drawing.box[1]);
  });
  window.addEventListener("pointerup", async () => {
    if (!drawing || !drawing.rect) return;
    const { key, box, svg, rect } = drawing;
    stopDrawing();
    if (!box || box[2] - box[0] < 3 || box[3] - box[1] < 3) { rect.remove(); return; }
    const page = svg.closest(".paper").dataset.page;
    const answer = await post("/review/" + letter + "/reread", { page, box: box.map((v) => v.toFixed(1)).join(","), turns });
    const input = form.querySelector('.row[data-key="' + key + '"] input[name=value]');
    if (answer && input) { const text = (await answer.json()).text; if (text) input.value = text; else say("∅"); input.focus(); }
  });
  function stopDrawing() { bench.classList.remove("drawing"); drawing = null; }

  async function quarantine() {
    const sent = form.querySelector('[data-act="quarantine"]');
    if (busy || !window.confirm(sent.dataset.sure)) return;
    const answer = await post(sent.action, {});
    if (answer) location.href = (await answer.json()).next;
  }
  // The next or the last field that waits, nothing taken; and the next word that the reader doubted, wherever it stands.
  function doubt(by) {
    const all = rows(), place = all.findIndex((one) => one.dataset.key === at);
    const order = [...all.slice(place + 1), ...all.slice(0, Math.max(place, 0))];
    focus((by > 0 ? order : order.reverse()).find(waits));
  }
  let words = null, wordAt = -1;
  async function nextWord() {
    if (!words) {
      const answer = await fetch("/review/" + letter + "/words.json", { headers: { "X-Fetch": "1" } });
      if (!answer.ok) { say(answer.status + " " + answer.statusText); return; }
      words = (await answer.json()).filter((word) => bench.querySelector('.paper[data-page="' + word.page + '"] .overlay'));
    }
    for (const old of bench.querySelectorAll("rect.word")) old.remove();
    if (!words.length) { say(form.dataset.sure); return; }
    wordAt = (wordAt + 1) % words.length;
    const word = words[wordAt], svg = bench.querySelector('.paper[data-page="' + word.page + '"] .overlay');
    const rect = rectangle(word.box, "box word now");
    svg.append(rect);
    const here = rect.getBoundingClientRect(), frame = scan.getBoundingClientRect();
    scan.scrollBy({ top: here.top - frame.top - frame.height / 3, left: here.left - frame.left - frame.width / 4 });
    say("“" + word.text + "” " + Math.round(100 * word.confidence) + " % · " + (wordAt + 1) + "/" + words.length);
  }

  const firstTable = () => { const link = form.querySelector(".tables a"); if (link) location.href = link.href; };

  form.addEventListener("submit", (event) => {
    const sent = event.target, one = sent.closest(".row"), by = event.submitter;
    if (sent.dataset.act === "leave") return;
    event.preventDefault();
    if (sent.dataset.act === "quarantine") quarantine();
    else if (sent.dataset.act === "confirm") confirmLetter();
    else if (sent.dataset.act === "undo") undo();
    else if (sent.dataset.act === "alike") act(sent.action, { count: new FormData(sent).get("count") }, () => focus(row()));
    else if (by && by.value === "take") take(one);
    else if (by && (by.value === "absent" || by.value === "reject")) tell(one, by.value, "");
    else keep(one);
  });
  form.addEventListener("click", (event) => {
    const rival = event.target.closest(".rival");
    if (rival) { const one = rival.closest(".row"); candidate(one, [...one.querySelectorAll(".rival")].indexOf(rival) + 1); }
  });
  form.addEventListener("focusin", (event) => {
    const one = event.target.closest(".row");
    if (one && one.dataset.key !== at) { at = one.dataset.key; follow(); }
  });
  for (const button of document.querySelectorAll("[data-do]")) {
    button.addEventListener("click", () => ({ help: () => help.showModal(), zoom, rotate, fit: () => scan.classList.remove("zoomed"), draw: startDrawing })[button.dataset.do]());
  }

  const queue = (back) => { location.href = "/review/next?after=" + letter + (back ? "&back=true" : ""); };
  document.addEventListener("keydown", (event) => {
    if (event.isComposing || help.open) return;
    const one = event.target.closest && event.target.closest(".row") || row();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); confirmLetter(); return; }
    if (event.target.matches("input, textarea, select")) {
      if (event.key === "Escape") { const input = event.target; input.value = input.defaultValue; focus(input.closest(".row")); }
      else if (event.key === "Enter" && one) { event.preventDefault(); keep(one); }
      return;
    }
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") { stopDrawing(); return; }
    // A focused button or link answers Enter itself.
    if (event.key === "Enter" && event.target.matches("button, a, summary")) return;
    const keys = {
      Enter: () => one && take(one), e: () => one && edit(one), u: undo, z: zoom, b: startDrawing, r: rotate, x: quarantine, t: firstTable,
      n: () => one && tell(one, one.dataset.kind === "field" ? "absent" : "reject", ""),
      j: () => queue(false), k: () => queue(true), ArrowDown: () => step(1), ArrowUp: () => step(-1),
      d: () => doubt(1), D: () => doubt(-1), w: nextWord, "?": () => help.showModal(),
    };
    const does = /^[1-9]$/.test(event.key) ? () => one && candidate(one, Number(event.key)) : keys[event.key];
    if (does) { event.preventDefault(); does(); }
  });
  function edit(one) { const input = one.querySelector("input[name=value]"); input.focus(); input.select(); }

  drawBoxes();
  focus(rows().find(waits) || rows()[0]);
})();
