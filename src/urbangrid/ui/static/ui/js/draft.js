// What is typed is kept in the browser until it is sent: closing the page loses nothing (desks.md S2).
// Each account has its own: desks are shared in shifts.
import { say } from "./say.js";

const PREFIX = `ug-draft:${document.body.dataset.user || ""}:`;
const key = (field) => field.name || field.id;

function fields(form) {
  return [...form.elements].filter((field) => field.matches("[data-drafted]")
    || (field.name && !/^(hidden|file|password|submit|button)$/.test(field.type) && !field.matches("[data-no-draft]")));
}

// A form with data-draft-to is kept on the server instead: nothing of it stays on a shared desk, and another browser finds it.
function send(form) {
  fetch(form.dataset.draftTo, { method: "POST", body: new FormData(form), keepalive: true, headers: { Accept: "application/json" } })
    .then(async (answer) => { if (answer.ok) kept(form); else if (answer.status === 409) mark(form, (await answer.json()).sentence); });
}

// F5 and Back find what was kept: the page has the address of its draft from now on
function kept(form) {
  said(form);
  if (document.contains(form)) history.replaceState(history.state, "", form.getAttribute("action"));
}

function mark(form, words) {
  const place = document.querySelector(`[data-draft-mark="${CSS.escape(form.dataset.draft)}"]`);
  if (place) place.textContent = words;
}

// by the clock of the page, which is the platform's
function said(form) {
  const clock = document.querySelector("[data-clock]");
  mark(form, say("draft_kept", { time: clock ? clock.textContent : new Date().toTimeString().slice(0, 5) }));
}

function save(form) {
  if (form.dataset.draftTo) { if (!form.dataset.sent) send(form); return; }
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio" || field.type === "checkbox") { if (field.checked) values[field.name] = field.value; }
    else if (field.value) values[key(field)] = field.value;
  }
  localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values }));
  said(form);
}

// What the server kept stands in the fields already; place and map follow once they listen.
function restore(form) {
  if (form.dataset.draftTo) {
    for (const field of form.querySelectorAll("input[type=hidden][data-drafted]")) if (field.value) setTimeout(() => field.dispatchEvent(new Event("change", { bubbles: true })));
    return;
  }
  const kept = localStorage.getItem(PREFIX + form.dataset.draft);
  if (!kept) return;
  const { values, at } = JSON.parse(kept);
  if (Date.now() - at > 12 * 3600 * 1000) { localStorage.removeItem(PREFIX + form.dataset.draft); return; }
  for (const field of fields(form)) {
    if (!(key(field) in values)) continue;
    if (field.type === "radio" || field.type === "checkbox") field.checked = field.value === values[key(field)];
    else if (!field.value || field.type !== "hidden" && field.value === field.defaultValue) {
      field.value = values[key(field)];
      // the map and the words of the place follow once they listen
      if (field.type === "hidden") setTimeout(() => field.dispatchEvent(new Event("change", { bubbles: true })));
    }
  }
}

// a dialog took along what was typed in the form of a draft (small.js)
document.addEventListener("ug:sent", (event) => {
  if (event.target.dataset.instead) sessionStorage.setItem("ug-sent", event.target.dataset.instead);
});

export function start(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) {
    if (form.dataset.drafting) continue;
    form.dataset.drafting = "1";
    restore(form);
    let waiting = 0;
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, () => { clearTimeout(waiting); waiting = setTimeout(() => save(form), 400); });
    }
    if (form.dataset.draftTo) addEventListener("pagehide", () => { if (waiting && !form.dataset.sent) { clearTimeout(waiting); send(form); } });
    form.addEventListener("ug:sent", () => { clearTimeout(waiting); if (!form.dataset.draftTo) save(form); form.dataset.sent = "1"; sessionStorage.setItem("ug-sent", form.dataset.draft); });
  }
  // after a form was sent: a page of its own says that it was taken, and the draft has done its duty; one that answers it refused it
  const sent = sessionStorage.getItem("ug-sent");
  if (!sent) return;
  if (!document.querySelector("meta[name='answers-form']")) localStorage.removeItem(PREFIX + sent);
  sessionStorage.removeItem("ug-sent");
}
