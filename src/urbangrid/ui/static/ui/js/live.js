// One stream per browser: what arrives is counted and offered, never pushed under the reader's hands (architecture §6).
import { say } from "./say.js";

let source = null;
let fresh = new Set();
let urgent = 0;
let audio = null;

function sound(isUrgent) {
  if (localStorage.getItem("ug-sound") === "off") return;
  audio ||= new AudioContext();
  const tone = audio.createOscillator(), loudness = audio.createGain();
  tone.frequency.value = isUrgent ? 880 : 520;
  loudness.gain.setValueAtTime(0.12, audio.currentTime);
  loudness.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + (isUrgent ? 0.9 : 0.35));
  tone.connect(loudness).connect(audio.destination);
  tone.start();
  tone.stop(audio.currentTime + 1);
}

function state(on) {
  const mark = document.querySelector("[data-live-state]");
  if (!mark) return;
  mark.classList.toggle("off", !on);
  mark.querySelector("span").textContent = on ? mark.dataset.on : mark.dataset.off;
}

function arrived(message) {
  for (const id of message.new || []) {
    if (document.querySelector(`[data-item="${CSS.escape(id)}"]`)) continue;
    fresh.add(id);
  }
  for (const id of message.gone || []) { fresh.delete(id); document.querySelector(`[data-item="${CSS.escape(id)}"]:not(.on)`)?.classList.add("gone"); }
  if ((message.new || []).length) { urgent += message.urgent_new || 0; sound(Boolean(message.urgent_new)); }
  else if (message.notice && message.notice !== "none") sound(message.notice === "urgent");
  news();
  redrawBoard(message);
  document.dispatchEvent(new CustomEvent("live:message", { detail: message }));
}

function news() {
  const bar = document.querySelector("[data-news]");
  if (!bar) return;
  bar.hidden = fresh.size === 0;
  bar.querySelector("span").textContent = say(urgent ? "arrived_urgent" : "arrived", { count: fresh.size });
}

async function show() {
  const bar = document.querySelector("[data-news]"), list = document.querySelector("[data-rows]");
  if (!bar || !list || fresh.size === 0) return;
  if ("reload" in bar.dataset) { location.reload(); return; }
  const answer = await fetch(`${bar.dataset.news}?only=${[...fresh].join(",")}&tab=${list.dataset.rows}`);
  if (answer.ok) {
    const holder = document.createElement("div");
    holder.innerHTML = await answer.text();
    list.querySelector(".empty")?.remove();
    list.prepend(...holder.children);
    document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: list } }));
  }
  fresh = new Set();
  urgent = 0;
  news();
}

// the duty director's board and the running statistics follow by themselves: nothing is typed in them, and their figures are at most two
// seconds old. What is replaced is the part that data-live-board names, else the desk. A part is asked for again after four times as long as it took
let redrawing = 0, took = 0;

function redrawBoard(message) {
  const board = document.querySelector("[data-live-board]");
  if (redrawing || !board || !message.topic?.startsWith("board:")) return;
  redrawing = setTimeout(redraw, board.dataset.liveBoard ? Math.max(800, 4 * took) : 800);
}

async function redraw() {
  redrawing = 0;
  const id = document.querySelector("[data-live-board]")?.dataset.liveBoard || "desk", begun = performance.now();
  const answer = await fetch(location.href).catch(() => null);
  if (!answer?.ok) return;
  const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById(id);
  took = performance.now() - begun;
  const here = document.getElementById(id);
  if (!drawn || !here) return;
  const focused = here.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  here.replaceChildren(...drawn.childNodes);
  if (focused) [...here.querySelectorAll("a")].find((link) => same(link.getAttribute("href"), focused))?.focus();
  document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: here } }));
}

// two addresses of one figure differ in the instant alone
function same(one, other) {
  return one?.replace(/\bat=\d+/, "") === other.replace(/\bat=\d+/, "");
}

async function renew(previous) {
  const answer = await fetch(`/live/token?previous=${encodeURIComponent(previous)}`, { headers: { Accept: "application/json" } });
  if (!answer.ok) { state(false); setTimeout(() => renew(previous), 15000); return; }
  const body = await answer.json();
  open(body.url, body.token);
}

function open(url, token) {
  source?.close();
  source = new EventSource(`${url}/events?token=${encodeURIComponent(token)}`);
  source.addEventListener("open", () => { state(true); document.dispatchEvent(new CustomEvent("live:open")); });
  source.addEventListener("message", (event) => arrived(JSON.parse(event.data)));
  source.addEventListener("refresh", () => redrawBoard({ topic: "board:" }));
  source.addEventListener("expired", () => { source.close(); renew(token); });
  source.addEventListener("error", () => {
    state(false);
    if (source.readyState === EventSource.CLOSED) setTimeout(() => renew(token), 3000);
  });
}

function soundButton() {
  const button = document.querySelector("[data-sound]");
  if (!button) return;
  const draw = () => { const off = localStorage.getItem("ug-sound") === "off"; button.querySelector("span").textContent = off ? button.dataset.off : button.dataset.on; button.querySelector(".i").className = `i tiny i-${off ? "volume-off" : "volume"}`; };
  button.addEventListener("click", () => { localStorage.setItem("ug-sound", localStorage.getItem("ug-sound") === "off" ? "on" : "off"); draw(); });
  draw();
}

export function listen(root) {
  soundButton();
  document.addEventListener("click", (event) => { if (event.target.closest("[data-news]")) show(); });
  const url = root.querySelector('meta[name="live-url"]')?.content, token = root.querySelector('meta[name="live-token"]')?.content;
  if (url && token) open(url, token);
}
