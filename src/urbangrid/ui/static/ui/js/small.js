// Small behaviours: toasts leave, dialogs open and close, menus close, links go back, pages print, fragments follow a choice.
import { say } from "./say.js";

async function fill(target, address) {
  const answer = await fetch(address);
  if (answer.ok) { target.innerHTML = await answer.text(); document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: target } })); }
}

function follow(field) {
  field.addEventListener("change", () => {
    const target = document.querySelector(field.dataset.fill);
    if (target && field.value) fill(target, field.dataset.fillFrom.replace("0", field.value));
  });
}

// a dialog asks for what its fields lead to only when it is opened
function show(dialog) {
  if (!dialog || dialog.open) return;
  carry(dialog);
  dialog.showModal();
  for (const field of dialog.querySelectorAll("[data-fill-now]")) { field.removeAttribute("data-fill-now"); field.dispatchEvent(new Event("change")); }
}

// what was typed for the one decision goes along when one decides otherwise, and its draft is done with as well (draft.js)
function carry(dialog) {
  const note = dialog.querySelector("form[data-instead] textarea[name=note]");
  const typed = document.querySelector("form[data-draft] :is(#note, #opinion)");
  if (!note || !typed?.value) return;
  note.form.dataset.instead = typed.form.dataset.draft;
  if (note.value) return;
  note.value = typed.value;
  note.dispatchEvent(new Event("input", { bubbles: true }));
}

// the form of a dialog was refused: its page has it open already, with what was typed and the sentence at its field
function reopen(dialog) {
  dialog.removeAttribute("data-opened");
  dialog.removeAttribute("open"); // so it stands without a script; with one it covers the page
  show(dialog);
  dialog.querySelector(".field .bad-note")?.closest(".field").querySelector("input:not([type=hidden]), textarea, select")?.focus();
}

// rows of a form that are as many as one adds: the template of data-rows is copied with the next number in place of __n__
function count(list) {
  const rows = [...list.querySelectorAll("[data-part]")], button = document.querySelector(`[data-add-row="#${list.id}"]`);
  for (const row of rows) row.querySelector("[data-drop-row]").hidden = rows.length < 2;
  if (button) button.hidden = rows.length >= Number(list.dataset.most);
  return rows.length;
}

function addRow(list) {
  list.dataset.next = Number(list.dataset.next || count(list)) + 1;
  const copy = document.createElement("template");
  copy.innerHTML = list.querySelector("template").innerHTML.replaceAll("__n__", String(list.dataset.next - 1));
  const row = copy.content.querySelector("[data-part]");
  list.append(row);
  count(list);
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: row } }));
  row.querySelector("input:not([type=hidden])")?.focus();
}

function dropRow(button) {
  const list = button.closest("[data-rows]");
  list.dataset.next = Number(list.dataset.next || count(list));
  button.closest("[data-part]").remove();
  count(list);
}

// several units: each choice becomes a mark with its own hidden field, and the box is empty for the next (协办)
function collect(box) {
  const list = document.querySelector(box.dataset.many);
  box.addEventListener("combo:chosen", (event) => {
    const { id, name } = event.detail, text = box.querySelector("input[type='text']");
    box.querySelector("input[type='hidden']").value = "";
    text.value = "";
    if (list.querySelector(`input[value="${CSS.escape(id)}"]`)) return;
    const copy = list.querySelector("template").content.firstElementChild.cloneNode(true);
    copy.querySelector("[data-name]").textContent = name;
    copy.querySelector("input").value = id;
    const drop = copy.querySelector("button");
    drop.setAttribute("aria-label", `${drop.getAttribute("aria-label")} ${name}`);
    list.append(copy);
    start(copy);
  });
}

// registration: a chosen point tells its cell and what is already open near it
async function located(field) {
  const form = field.form, query = `longitude=${field.value}&latitude=${form.elements.latitude.value}`;
  const answer = field.value && await fetch(`${field.dataset.place}?${query}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const found = await answer.json();
  const words = form.querySelector("[data-place-words]");
  if (words) words.textContent = found.outside ? say("place_outside") : say("place_inside", { ...found, cell: (found.cell || "").slice(9) });
  if (!form.elements.place_text.value && found.road) form.elements.place_text.value = found.road;
  const near = document.getElementById("near-cases");
  if (near) fill(near, `${field.dataset.nearFrom}?${query}&category=${form.elements.category_id.value}`);
  form.dispatchEvent(new CustomEvent("ug:place", { detail: found }));
}

// registration: what this number asked for before; the number travels in the body, addresses are written to logs
async function called(field) {
  const target = document.querySelector(field.dataset.callerTo), body = new FormData();
  body.append("phone", field.value);
  body.append("csrfmiddlewaretoken", field.form.elements.csrfmiddlewaretoken.value);
  const answer = await fetch(field.dataset.caller, { method: "POST", body });
  if (answer.ok && target) { target.innerHTML = await answer.text(); document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: target } })); }
}

// 常用语: a chosen phrase is put where the writer is, after what stands there
function phrase(field) {
  const target = document.querySelector(field.dataset.phrases);
  if (!target || !field.value) return;
  target.value = target.value ? `${target.value}\n${field.value}` : field.value;
  field.value = "";
  target.focus();
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

// a unit chosen from the proposals fills the field beside them; what is sent is named on the button
function chooseUnit(button) {
  const id = document.querySelector("[data-unit-id]"), text = document.querySelector("[data-unit-text]"), word = document.querySelector("[data-unit-word]");
  if (!id || !text) return;
  id.value = button.dataset.unit;
  text.value = button.dataset.unitName;
  if (word) word.textContent = button.dataset.unitName;
  for (const one of document.querySelectorAll("[data-unit]")) one.closest(".choice")?.classList.toggle("on", one === button);
}

// an article goes in where the cursor stands in the reply; the field has it at once, drafts and counters hear of it
function insert(button) {
  const field = document.querySelector(button.dataset.insert);
  button.closest("dialog")?.close();
  if (!field) return;
  field.focus();
  field.setRangeText(button.dataset.text, field.selectionStart, field.selectionEnd, "end");
  field.dispatchEvent(new Event("input", { bubbles: true }));
}

export function start(root) {
  for (const button of root.querySelectorAll("[data-unit]")) button.onclick = () => chooseUnit(button);
  for (const button of root.querySelectorAll("[data-insert]")) button.onclick = () => insert(button);
  for (const box of root.querySelectorAll("[data-unit-text]")) box.closest(".combo")?.addEventListener("combo:chosen", (event) => { const word = document.querySelector("[data-unit-word]"); if (word) word.textContent = event.detail.name; });
  for (const field of root.querySelectorAll("[data-caller]")) if (!field.dataset.started) {
    field.dataset.started = "1";
    field.addEventListener("change", () => called(field));
    if (field.value) called(field);
  }
  for (const field of root.querySelectorAll("[data-phrases]")) field.onchange = () => phrase(field);
  for (const field of root.querySelectorAll("[data-place]")) if (!field.dataset.started) { field.dataset.started = "1"; field.addEventListener("change", () => setTimeout(() => located(field), 0)); }
  for (const toast of root.querySelectorAll("[data-toast]")) setTimeout(() => toast.remove(), 8000);
  for (const button of root.querySelectorAll("[data-open]")) button.onclick = () => show(document.getElementById(button.dataset.open));
  for (const list of root.querySelectorAll("[data-rows]")) count(list);
  for (const button of root.querySelectorAll("[data-add-row]")) button.onclick = () => addRow(document.querySelector(button.dataset.addRow));
  for (const button of root.querySelectorAll("[data-drop-row]")) button.onclick = () => dropRow(button);
  for (const box of root.querySelectorAll("[data-many]")) if (!box.dataset.collects) { box.dataset.collects = "1"; collect(box); }
  for (const button of root.querySelectorAll("[data-drop-mark]")) button.onclick = () => button.closest(".chip").remove();
  for (const button of root.querySelectorAll("[data-close]")) button.onclick = () => button.closest("dialog")?.close();
  for (const button of root.querySelectorAll("[data-back]")) button.onclick = (event) => { event.preventDefault(); history.back(); };
  for (const button of root.querySelectorAll("[data-print]")) button.onclick = () => window.print();
  for (const field of root.querySelectorAll("[data-fill]")) if (!field.dataset.started) { field.dataset.started = "1"; follow(field); }
  for (const button of root.querySelectorAll("[data-tick-all]")) button.onclick = () => { const boxes = [...button.form.querySelectorAll("tbody input[type=checkbox]")]; const on = boxes.some((box) => !box.checked); for (const box of boxes) box.checked = on; };
  for (const box of root.querySelectorAll("[data-all]")) box.onchange = () => { for (const one of document.querySelectorAll(`input[name="${box.dataset.all}"]`)) one.checked = box.checked; };
  for (const dialog of root.querySelectorAll("dialog[data-opened]")) reopen(dialog);
  root.querySelector("[data-row].on")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
