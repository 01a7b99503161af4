"use strict";
// Keys for the forms of the page; everything works without them.
document.documentElement.classList.add("js");
const entries = () => [...document.querySelectorAll("main article")];
const here = () => document.activeElement && document.activeElement.closest("article");
const writing = (event) => /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "hidden";

function go(step) {
  const all = entries();
  const at = all.indexOf(here());
  const next = all[at < 0 ? (step > 0 ? 0 : all.length - 1) : at + step];
  if (next) { next.focus(); next.scrollIntoView({ block: "nearest" }); }
  else {
    const link = [...document.querySelectorAll(".pages a")].at(step > 0 ? -1 : 0);
    if (link) link.click();
  }
}

function edit(id) {
  const details = document.getElementById(id);
  details.open = true;
  details.querySelector("textarea").focus();
}

function press(key) {
  const entry = here() || entries()[0];
  const button = entry && entry.querySelector(`button[data-key="${key}"]`);
  if (button) button.click();
  return Boolean(button);
}

const keys = {
  j: () => go(1),
  k: () => go(-1),
  u: () => document.getElementById("undo")?.click(),
  a: () => document.getElementById("apply")?.click(),
  o: () => { const one = (here() || document).querySelector("details.markup"); if (one) one.open = !one.open; },
  "/": () => document.getElementById("words")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey && event.key === "Enter" && event.target.tagName === "TEXTAREA") {
    event.target.form.querySelector("button[value=text]").click();
    return;
  }
  if (event.key === "Escape" && writing(event)) { event.target.blur(); return; }
  if (event.ctrlKey || event.altKey || event.metaKey || writing(event) || (event.repeat && !/^[jk]$/.test(event.key))) return;
  const shown = document.querySelector("dialog[open]");
  if (shown) { if (event.key === "?") shown.close(); return; }
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code); // by its place: French keyboards have signs there
  const key = event.key.toLowerCase();
  if (digit || /^[0-9]$/.test(key)) { if (press(digit ? digit[1] : key)) event.preventDefault(); }
  else if (keys[key]) { event.preventDefault(); keys[key](); }
});

// What is typed outlives a reload, an answer given elsewhere, a server that is gone.
for (const area of document.querySelectorAll("details.edit textarea")) {
  const place = `draft ${area.closest("details").id}`;
  const kept = sessionStorage.getItem(place);
  if (kept !== null) { area.value = kept; area.closest("details").open = true; }
  area.addEventListener("input", () => sessionStorage.setItem(place, area.value));
  area.form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = new URLSearchParams(new FormData(area.form, event.submitter));
    try {
      const answer = await fetch(area.form.action, { method: "POST", body });
      if (answer.redirected) { sessionStorage.removeItem(place); location.assign(answer.url); return; }
      document.body.innerHTML = new DOMParser().parseFromString(await answer.text(), "text/html").body.innerHTML;
    } catch {
      document.getElementById("gone").hidden = false;
      document.getElementById("gone").scrollIntoView();
    }
  });
}
for (const button of document.querySelectorAll("button[data-opens]")) {
  button.hidden = false;
  button.addEventListener("click", () => edit(button.dataset.opens));
}
const help = document.getElementById("help");
if (help) { help.hidden = false; help.addEventListener("click", keys["?"]); }
for (const form of document.querySelectorAll("form[method=post]:not(.edit form)")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "1";
  });
}
const first = location.hash && document.getElementById(location.hash.slice(1));
if (first && first.matches("article")) first.focus();
else if (entries()[0] && !location.hash.startsWith("#top")) entries()[0].focus();

document.querySelector('main form[action="/apply"] button')?.focus();

async function follow(box) {
  for (;;) {
    await new Promise((done) => setTimeout(done, 700));
    let answer;
    try { answer = await fetch("/progress?part=1"); } catch { return; }
    box.innerHTML = await answer.text();
    if (!box.querySelector("progress")) return;
  }
}
const progress = document.getElementById("progress");
if (progress && progress.dataset.working) follow(progress);
