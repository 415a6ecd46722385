// Small things of every page: the form token for htmx, messages, boxes that light up with their field.
"use strict";
document.addEventListener("htmx:configRequest", (event) => {
  const token = document.querySelector('meta[name="csrf"]');
  if (token) event.detail.headers["X-CSRF-Token"] = token.content;
});
document.addEventListener("htmx:responseError", (event) => say(event.detail.xhr.status + " " + event.detail.xhr.statusText));

// On narrow screens the tabs are one line that scrolls: where one is must be seen.
document.querySelector("nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "center" });

// "/" goes to the search box from wherever one is, except while typing and at the review bench.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target.matches("input, textarea, select") || document.getElementById("bench")) return;
  event.preventDefault();
  const box = document.querySelector("input[type=search]");
  if (box) box.focus(); else location.href = "/letters";
});

let silence;
function say(words) {
  const place = document.getElementById("says");
  place.textContent = words;
  clearTimeout(silence);
  silence = setTimeout(() => { place.textContent = ""; }, 4000);
}
window.say = say;

function light(key, on) {
  for (const box of document.querySelectorAll("rect.box")) {
    if (box.dataset.key === key) box.classList.toggle("now", on);
  }
}
for (const part of document.querySelectorAll(".fields [data-key], .links [data-key]")) {
  for (const kind of ["mouseenter", "focusin"]) part.addEventListener(kind, () => light(part.dataset.key, true));
  for (const kind of ["mouseleave", "focusout"]) part.addEventListener(kind, () => light(part.dataset.key, false));
}
