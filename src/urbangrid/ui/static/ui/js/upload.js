// Photos are sent while the form is being filled; the form then carries their ids. Too large or not a picture is said at once.
import { say } from "./say.js";

const TYPES = ["image/jpeg", "image/png", "image/webp"];

function tell(box, text) {
  const place = box.querySelector("[data-upload-words]");
  place.textContent = text;
  place.classList.toggle("bad-note", Boolean(text));
}

function token() {
  return document.querySelector("input[name='csrfmiddlewaretoken']")?.value || "";
}

function preview(box, file) {
  const item = document.createElement("span");
  item.className = "upload-item";
  const thumb = document.createElement("span");
  thumb.className = "thumb";
  const image = document.createElement("img");
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  thumb.append(image);
  const bar = document.createElement("progress");
  bar.max = 100;
  item.append(thumb, bar);
  box.querySelector("[data-upload-list]").append(item);
  return { item, bar };
}

function send(box, file) {
  const limit = Number(box.dataset.limit || 20971520);
  if (file.size > limit) { tell(box, say("photo_too_large", { name: file.name, size: Math.round(file.size / 1048576), most: Math.round(limit / 1048576) })); return; }
  if (!TYPES.includes(file.type)) { tell(box, say("photo_no_picture", { name: file.name })); return; }
  const { item, bar } = preview(box, file);
  const body = new FormData();
  body.append("file", file);
  const request = new XMLHttpRequest();
  request.open("POST", box.dataset.upload);
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("Accept", "application/json");
  request.upload.addEventListener("progress", (event) => { bar.value = (100 * event.loaded) / event.total; });
  request.addEventListener("load", () => finish(box, item, bar, request));
  request.addEventListener("error", () => { item.remove(); pending(box, -1); tell(box, say("photo_cut_off", { name: file.name })); });
  pending(box, 1);
  request.send(body);
}

// a button that is off for a reason of its own (aria-describedby says which) stays off
function pending(box, by) {
  box.pending = (box.pending || 0) + by;
  for (const button of box.closest("form")?.querySelectorAll("[data-after-upload]:not([aria-describedby])") || []) button.disabled = box.pending > 0;
}

function finish(box, item, bar, request) {
  pending(box, -1);
  const answer = JSON.parse(request.responseText || "{}");
  if (request.status >= 400) { item.remove(); tell(box, answer.sentence || say("photo_refused")); return; }
  bar.remove();
  const hidden = document.createElement("input");
  hidden.type = "hidden";
  hidden.name = box.dataset.name || "files";
  if (box.dataset.name) for (const earlier of box.querySelectorAll("[data-upload-list] > *")) if (earlier !== item) earlier.remove();
  hidden.value = answer.id;
  item.append(hidden);
  tell(box, "");
  box.dispatchEvent(new CustomEvent("upload:done", { bubbles: true, detail: answer }));
}

export function start(root) {
  for (const box of root.querySelectorAll("[data-upload]")) {
    if (box.dataset.started) continue;
    box.dataset.started = "1";
    const input = box.querySelector("input[type='file']");
    input.addEventListener("change", () => { for (const file of input.files) send(box, file); input.value = ""; });
  }
}
