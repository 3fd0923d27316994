// One stream per browser: what arrives is counted and offered, never pushed under the reader's hands (architecture §6).
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
  bar.querySelector("span").textContent = urgent ? `新到 ${fresh.size} 件，其中有紧急件` : `新到 ${fresh.size} 件`;
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

// the duty director's board follows by itself: nothing is typed there, and its figures are at most two seconds old
let redrawing = 0;

function redrawBoard(message) {
  if (!message.topic?.startsWith("board:") || !document.querySelector("[data-live-board]")) return;
  clearTimeout(redrawing);
  redrawing = setTimeout(async () => {
    const answer = await fetch(location.href);
    if (!answer.ok) return;
    const drawn = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("desk");
    const desk = document.getElementById("desk");
    if (drawn && desk) { desk.replaceChildren(...drawn.childNodes); document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: desk } })); }
  }, 800);
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
