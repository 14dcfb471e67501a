// What pages do more smoothly with scripts; without them everything works as well.
"use strict";

// Half-typed forms are kept on this machine for a day, so that a lost signal loses nothing; sent or left, they are gone.
const DAY = 24 * 3600 * 1000;
const OWN = new Set(["csrf", "once", "seen", "password", "old", "again"]);
const form = document.querySelector("form[data-keep]");

// Of one user's: offices share machines, and a session that ends by itself clears nothing here.
function keyOf(one) { return "kept:" + one.dataset.keep + ":" + new URL(one.action).pathname; }

function typedIn(one) {
  return [...new FormData(one)].filter(([name, value]) => typeof value === "string" && !OWN.has(name));
}

function putBack(one, pairs) {
  const seen = {};
  for (const [name, value] of pairs) {
    const boxes = [...one.elements].filter((box) => box.name === name && box.type !== "hidden");
    const index = seen[name] = (seen[name] ?? -1) + 1;
    for (const [number, box] of boxes.entries()) {
      if (box.type === "radio" || box.type === "checkbox") box.checked ||= box.value === value;
      else if (number === index && !box.value && box.type !== "file") box.value = value;
    }
  }
}

function tidy() {
  for (const key of Object.keys(localStorage)) {
    if (!key.startsWith("kept:")) continue;
    let at = 0;
    try { at = JSON.parse(localStorage.getItem(key)).at; } catch { at = 0; }
    if (Date.now() - at > DAY) localStorage.removeItem(key);
  }
}

try {
  tidy();
  const told = new URLSearchParams(location.search);
  if (told.has("done") || told.has("said")) localStorage.removeItem(sessionStorage.getItem("sent") ?? "");
  sessionStorage.removeItem("sent");
  if (form) {
    const kept = localStorage.getItem(keyOf(form));
    if (kept) putBack(form, JSON.parse(kept).typed);
    form.addEventListener("input", () => {
      localStorage.setItem(keyOf(form), JSON.stringify({ at: Date.now(), typed: typedIn(form) }));
    });
    form.addEventListener("submit", () => sessionStorage.setItem("sent", keyOf(form)));
  }
  document.querySelector('form[action="/sign-out"]')?.addEventListener("submit", () => localStorage.clear());
} catch { /* a browser that keeps nothing loses nothing of ours either */ }

// A double tap sends once; the server would see to it as well.
for (const one of document.querySelectorAll('form[method="post"]')) {
  one.addEventListener("submit", (event) => {
    if (one.dataset.sent) { event.preventDefault(); return; }
    one.dataset.sent = "1";
    one.querySelector("button:not(.quiet)")?.setAttribute("aria-busy", "true");
  });
}
addEventListener("pageshow", () => {
  for (const one of document.querySelectorAll("form[data-sent]")) {
    delete one.dataset.sent;
    one.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
  }
});

// Days: 9 8 2022 and 09082022 become 09/08/2022 as they are left.
for (const box of document.querySelectorAll("input.day")) {
  box.addEventListener("change", () => {
    const found = box.value.trim().match(/^(\d{1,2})[\s./-]*(\d{2}|\d{1,2}(?=\D))[\s./-]*(\d{4})$/);
    if (found) box.value = [found[1].padStart(2, "0"), found[2].padStart(2, "0"), found[3]].join("/");
  });
}

// A file that is too big is told before it is sent.
for (const box of document.querySelectorAll("input[data-most]")) {
  box.addEventListener("change", () => {
    const size = [...box.files].reduce((sum, file) => sum + file.size, 0);
    box.setCustomValidity(size > Number(box.dataset.most) ? box.dataset.tooBig : "");
    box.reportValidity();
  });
}
