// Lights go on ticking between page loads, by the server's clock: green, amber, red with icon and word.
import { say } from "./say.js";
import { colour, offset, words } from "./time.js";

const ICONS = { green: "circle-check-f", amber: "alert-triangle-f", red: "alert-octagon-f" };
let shift = null;
let ticking = false;

function serverNow() {
  return Date.now() + shift;
}

/** Minutes that the platform's zone is ahead of UTC: the page came with its hour, whatever zone this machine is set to. */
function ahead(clock, now) {
  if (!clock.dataset.ahead) {
    const [hours, minutes] = clock.textContent.split(":").map(Number), there = new Date(now);
    clock.dataset.ahead = Math.round((hours * 60 + minutes - there.getUTCHours() * 60 - there.getUTCMinutes()) / 15) * 15;
  }
  return Number(clock.dataset.ahead);
}

function tick() {
  const now = serverNow();
  for (const light of document.querySelectorAll(".light[data-due]")) draw(light, now);
  for (const clock of document.querySelectorAll("[data-clock]")) {
    const there = new Date(now + ahead(clock, now) * 60_000);
    clock.textContent = `${String(there.getUTCHours()).padStart(2, "0")}:${String(there.getUTCMinutes()).padStart(2, "0")}`;
  }
}

function draw(light, now) {
  const due = Date.parse(light.dataset.due);
  const warn = light.dataset.warn ? Date.parse(light.dataset.warn) : null;
  const shown = colour(now, due, warn);
  const left = light.querySelector("[data-left]");
  if (left) left.textContent = words((due - now) / 1000);
  if (light.classList.contains(shown)) return;
  light.classList.remove("green", "amber", "red");
  light.classList.add(shown);
  light.querySelector(".i").className = `i i-${ICONS[shown]}`;
  const word = light.querySelector("span");
  word.firstChild.textContent = `${say(`light_${shown}`)} `;
}

export function start() {
  const meta = document.querySelector('meta[name="server-now"]');
  if (shift === null && meta) shift = offset(Date.parse(meta.content), Date.now());
  if (!ticking && shift !== null) {
    ticking = true;
    setInterval(tick, 1000);
  }
}
