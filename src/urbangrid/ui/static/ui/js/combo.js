// A field that finds by pinyin initials: data-combo="address of the options", hidden input beside it holds the id.
import { best } from "./match.js";

const loaded = new Map();

async function options(address) {
  if (!loaded.has(address)) {
    loaded.set(address, fetch(address, { headers: { Accept: "application/json" } }).then((answer) => answer.json()).then(normal));
  }
  return loaded.get(address);
}

function normal(body) {
  const rows = Array.isArray(body) ? body : body.options || body.categories || body.units || [];
  return rows.map((row) => {
    const keys = row.keys || [];
    const letters = keys.filter((key) => /^[a-z0-9]+$/.test(key));
    return {
      id: String(row.id), name: row.name || row.text, path: row.path || "", initials: row.initials || letters[0] || "",
      aliases: [...keys, ...(row.others || [])],
    };
  });
}

function set(box, option) {
  const input = box.querySelector("input[type='text'], input:not([type])");
  const hidden = box.querySelector("input[type='hidden']");
  input.value = option.path || option.name;
  hidden.value = option.id;
  close(box);
  hidden.dispatchEvent(new Event("change", { bubbles: true }));
  box.dispatchEvent(new CustomEvent("combo:chosen", { bubbles: true, detail: option }));
}

function close(box) {
  const list = box.querySelector(".combo-list");
  list.hidden = true;
  list.replaceChildren();
}

function draw(box, found) {
  const list = box.querySelector(".combo-list");
  list.replaceChildren(...found.map((option, place) => {
    const row = document.createElement("li");
    row.setAttribute("role", "option");
    row.setAttribute("aria-selected", String(place === 0));
    const key = document.createElement("kbd");
    key.textContent = String(place + 1);
    const name = document.createElement("span");
    name.className = "grow cut";
    name.textContent = option.name;
    const path = document.createElement("small");
    path.className = "quiet cut";
    path.textContent = option.path || option.initials;
    row.append(key, name, path);
    row.addEventListener("mousedown", (event) => { event.preventDefault(); set(box, option); });
    return row;
  }));
  list.hidden = found.length === 0;
  box.found = found;
}

function step(box, by) {
  const rows = [...box.querySelectorAll(".combo-list li")];
  const here = rows.findIndex((row) => row.getAttribute("aria-selected") === "true");
  rows.forEach((row, place) => row.setAttribute("aria-selected", String(place === Math.min(Math.max(here + by, 0), rows.length - 1))));
}

function choose(box, place) {
  const rows = [...box.querySelectorAll(".combo-list li")];
  const at = place ?? Math.max(rows.findIndex((row) => row.getAttribute("aria-selected") === "true"), 0);
  if (rows.length === 0) return;
  if (box.found?.[at]) set(box, box.found[at]);
}

// Enter never sends the form from here; a fast typist's Enter may come before the list
async function onEnter(box, input) {
  if (box.querySelector(".combo-list").hidden && input.value) draw(box, best(await options(box.dataset.combo), input.value));
  choose(box);
}

function onKey(box, event) {
  if (event.key === "Enter" && !event.isComposing) { event.preventDefault(); onEnter(box, event.target); return; }
  if (event.isComposing || box.querySelector(".combo-list").hidden) return;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") { step(box, event.key === "ArrowDown" ? 1 : -1); event.preventDefault(); }
  else if (/^[1-9]$/.test(event.key)) { choose(box, Number(event.key) - 1); event.preventDefault(); }
  else if (event.key === "Escape") close(box);
}

export function start(root) {
  for (const box of root.querySelectorAll("[data-combo]")) {
    if (box.dataset.started) continue;
    box.dataset.started = "1";
    const input = box.querySelector("input[type='text'], input:not([type])");
    input.addEventListener("focus", () => { input.select(); options(box.dataset.combo); });
    input.addEventListener("input", async () => draw(box, best(await options(box.dataset.combo), input.value)));
    input.addEventListener("keydown", (event) => onKey(box, event));
    input.addEventListener("blur", () => setTimeout(() => close(box), 150));
  }
}
