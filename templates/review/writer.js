"use strict";
// Answers into a small file that is mailed back. Nothing leaves this page by itself.
const main = document.querySelector("main");
const said = document.getElementById("said");

function answers() {
  const found = [];
  for (const field of main.querySelectorAll("fieldset")) {
    const picked = field.querySelector("input[type=radio]:checked");
    const choice = picked ? picked.value : "";
    const text = field.querySelector("textarea").value;
    if (!choice || (choice === "text" && !text.trim())) continue;
    const { title, field: name, key } = field.dataset;
    found.push({ title, field: name, key, choice, text: choice === "text" ? text : "" });
  }
  return found;
}

// What is typed outlives a reload: it is kept in this browser.
const store = (() => { try { return window.localStorage; } catch { return null; } })();
const place = (area) => { const { title, field, key } = area.closest("fieldset").dataset; return `capitalise ${main.dataset.bot} ${title}#${field} ${key}`; };
for (const area of main.querySelectorAll("textarea")) {
  const kept = store && store.getItem(place(area));
  if (kept !== null && kept !== undefined) {
    area.value = kept;
    const own = area.closest("fieldset").querySelector("input[value=text]");
    if (own) own.checked = true;
  }
  area.addEventListener("input", () => { if (store) store.setItem(place(area), area.value); });
  area.addEventListener("input", () => {
    const own = area.closest("fieldset").querySelector("input[value=text]");
    if (own) own.checked = true;
  });
}
for (const button of main.querySelectorAll("button[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent));
}
const send = document.getElementById("send");
send.hidden = false;
send.addEventListener("click", () => {
  const found = answers();
  if (!found.length) { said.textContent = said.dataset.none; return; }
  const { format, bot, writer, file } = main.dataset;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify({ format, bot, writer, answers: found }, null, 1)], { type: "application/json" }));
  link.download = file;
  link.click();
  said.textContent = `${found.length} ${said.dataset.words}`;
});
