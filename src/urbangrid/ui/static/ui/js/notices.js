// The bell and the talk of a case: fetched after the page is drawn, so that no list or desk waits for them; what arrives never
// replaces what somebody types into.
import { say } from "./say.js";

let asking = 0;

async function ring() {
  const bell = document.querySelector("[data-bell]");
  if (!bell) return;
  const answer = await fetch(bell.dataset.bell, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const told = await answer.json(), count = bell.querySelector("[data-bell-count]");
  count.hidden = told.count === 0;
  count.textContent = told.text;
  count.classList.toggle("urgent", told.urgent);
  const commented = new Set(told.commented);
  for (const row of document.querySelectorAll("[data-row][data-case], .co-row[data-case]")) {
    const title = row.querySelector(".title") || row;
    title.classList.toggle("talked", commented.has(row.dataset.case));
    title.dataset.talked = say("talked");
  }
  for (const panel of panels()) if (panel.querySelector("[data-talk-list]") && commented.has(panel.dataset.task)) open(panel);
}

function soon() {
  clearTimeout(asking);
  asking = setTimeout(ring, 300);
}

async function drawn(panel) {
  const answer = await fetch(panel.dataset.talk);
  if (!answer.ok) return null;
  return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("talk");
}

// the panel is drawn when somebody looks at it: drawing it says that it was read
async function open(panel) {
  if (document.visibilityState !== "visible") return;
  const fresh = await drawn(panel);
  if (!fresh) return;
  const list = panel.querySelector("[data-talk-list]");
  if (list) list.replaceChildren(...fresh.querySelector("[data-talk-list]").childNodes);
  else {
    panel.replaceChildren(...fresh.childNodes);
    if (location.hash === "#talk") panel.scrollIntoView();
  }
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: panel } }));
  soon();
}

function panels() {
  return document.querySelectorAll("[data-talk]");
}

export function start(root) {
  if (root !== document) { soon(); return; }
  soon();
  for (const panel of panels()) open(panel);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") { soon(); for (const panel of panels()) open(panel); } });
  document.addEventListener("live:open", soon);
  // the companies' entry has no stream: it asks twice a minute while somebody looks
  if (!document.querySelector('meta[name="live-url"]')) setInterval(() => { if (document.visibilityState === "visible") soon(); }, 30000);
  document.addEventListener("live:message", (event) => {
    if (event.detail.notice || /^(queue|tasks):/.test(event.detail.topic || "")) soon();
    for (const panel of panels()) if (panel.dataset.topic === event.detail.topic) open(panel);
  });
}
