// Photos: thumbs choose, space opens the large picture, + and - zoom all columns together.
import { say } from "./say.js";

let scale = 1;

function choose(frame, thumb) {
  const image = frame.querySelector("[data-photo]");
  image.src = thumb.dataset.large;
  image.alt = thumb.dataset.words || "";
  const words = frame.querySelector("[data-photo-words]");
  if (words) words.textContent = thumb.dataset.words || "";
  const count = frame.querySelector("[data-photo-count]");
  if (count) count.textContent = thumb.dataset.count || "";
  for (const other of frame.querySelectorAll("[data-large]")) other.setAttribute("aria-current", String(other === thumb));
}

function enlarge(image) {
  if (!image?.src) return;
  const dialog = document.createElement("dialog");
  dialog.className = "zoom";
  const large = document.createElement("img");
  large.src = image.src;
  large.alt = image.alt;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn btn-plain";
  close.textContent = say("close");
  dialog.append(large, close);
  const end = () => { dialog.close(); dialog.remove(); };
  dialog.addEventListener("click", end);
  dialog.addEventListener("keydown", (event) => { if (event.key === " " || event.key === "Escape") { event.preventDefault(); end(); } });
  document.body.append(dialog);
  dialog.showModal();
}

function rescale(by) {
  scale = Math.min(Math.max(scale * (by > 0 ? 1.5 : 1 / 1.5), 1), 6);
  for (const image of document.querySelectorAll("[data-photo]")) image.style.transform = `scale(${scale})`;
}

export function start(root) {
  for (const frame of root.querySelectorAll("[data-photos]")) {
    if (frame.dataset.started) continue;
    frame.dataset.started = "1";
    for (const thumb of frame.querySelectorAll("[data-large]")) thumb.addEventListener("click", () => choose(frame, thumb));
    const image = frame.querySelector("[data-photo]");
    image?.addEventListener("click", () => enlarge(image));
    frame.addEventListener("photo:zoom", () => enlarge(image));
    frame.addEventListener("photo:in", () => rescale(1));
    frame.addEventListener("photo:out", () => rescale(-1));
  }
}
