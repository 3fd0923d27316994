// What is typed is kept in the browser until it is sent: closing the page loses nothing (desks.md S2).
// Each account has its own: desks are shared in shifts.
const PREFIX = `ug-draft:${document.body.dataset.user || ""}:`;
const key = (field) => field.name || field.id;

function fields(form) {
  return [...form.elements].filter((field) => field.matches("[data-drafted]")
    || (field.name && !/^(hidden|file|password|submit|button)$/.test(field.type) && !field.matches("[data-no-draft]")));
}

function save(form) {
  const values = {};
  for (const field of fields(form)) {
    if (field.type === "radio" || field.type === "checkbox") { if (field.checked) values[field.name] = field.value; }
    else if (field.value) values[key(field)] = field.value;
  }
  localStorage.setItem(PREFIX + form.dataset.draft, JSON.stringify({ at: Date.now(), values }));
  const mark = document.querySelector(`[data-draft-mark="${CSS.escape(form.dataset.draft)}"]`);
  if (mark) mark.textContent = `已存草稿 ${new Date().toTimeString().slice(0, 8)}`;
}

function restore(form) {
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

export function start(root) {
  for (const form of root.querySelectorAll("form[data-draft]")) {
    if (form.dataset.drafting) continue;
    form.dataset.drafting = "1";
    restore(form);
    let waiting = 0;
    for (const kind of ["input", "change"]) {
      form.addEventListener(kind, () => { clearTimeout(waiting); waiting = setTimeout(() => save(form), 400); });
    }
    form.addEventListener("ug:sent", () => { clearTimeout(waiting); sessionStorage.setItem("ug-sent", form.dataset.draft); });
  }
  // a page without a fault after a form was sent: the draft has done its duty
  const sent = sessionStorage.getItem("ug-sent");
  if (sent && !document.getElementById("fault")) { localStorage.removeItem(PREFIX + sent); sessionStorage.removeItem("ug-sent"); }
}
