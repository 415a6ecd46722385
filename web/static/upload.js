// Files sent in one by one, with progress and the outcome of each as it comes.
"use strict";
(() => {
  const form = document.getElementById("upload");
  if (!form) return;
  const drop = form.querySelector(".drop"), input = form.querySelector("input[type=file]");
  const bar = form.querySelector("progress"), list = document.getElementById("sent");
  const token = document.querySelector('meta[name="csrf"]').content;
  for (const kind of ["dragover", "dragleave", "drop"]) {
    drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.toggle("over", kind === "dragover"); });
  }
  drop.addEventListener("drop", (event) => { input.files = event.dataTransfer.files; });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    for (const file of input.files) await send(file);
    input.value = "";
  });
  function told(words, address) {
    const line = document.createElement("li");
    const part = document.createElement(address ? "a" : "span");
    if (address) part.href = address;
    part.textContent = words;
    line.append(part);
    list.append(line);
    return line;
  }
  function send(file) {
    if (file.size > Number(form.dataset.most)) { told(file.name + ": too_large"); return Promise.resolve(); }
    return new Promise((done) => {
      const body = new FormData();
      body.append("files", file);
      const request = new XMLHttpRequest();
      request.open("POST", form.action);
      request.setRequestHeader("X-CSRF-Token", token);
      request.setRequestHeader("X-Fetch", "1");
      bar.hidden = false;
      request.upload.addEventListener("progress", (event) => { bar.value = 100 * event.loaded / event.total; });
      // Sent is not yet read: say so until the outcome is there.
      let waits = null;
      request.upload.addEventListener("load", () => { bar.hidden = true; waits = told(file.name + ": " + list.dataset.reading); });
      request.addEventListener("loadend", () => {
        bar.hidden = true;
        if (waits) waits.remove();
        if (request.status === 200) {
          for (const one of JSON.parse(request.responseText)) {
            told(one.name + ": " + one.status + (one.reason ? " (" + one.reason + ")" : ""), one.letters[0] && "/letters/" + one.letters[0]);
          }
        } else { told(file.name + ": " + request.status); }
        done();
      });
      request.send(body);
    });
  }
})();
