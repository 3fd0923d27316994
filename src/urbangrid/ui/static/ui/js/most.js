// A field that takes only so much (data-most) says so near its end and beyond. It takes all that is typed or pasted: nothing is cut off
// without a word, and what is still too long is refused by the server in the same figures (core/lengths.py).
import { say } from "./say.js";

const NEAR = 0.9;
const written = new Intl.NumberFormat("en");
let made = 0;

/** The words beside a field with ``length`` characters of at most ``most``; none far below. */
export function words(length, most) {
  if (length < NEAR * most) return "";
  const figures = { length: written.format(length), most: written.format(most) };
  return length > most ? say("too_much", { ...figures, over: written.format(length - most) }) : `${figures.length} / ${figures.most}`;
}

// characters as the server counts them: a rare one is one, not two halves
function tell(field, place) {
  const most = Number(field.dataset.most), length = field.value.length < NEAR * most ? 0 : [...field.value].length;
  place.textContent = words(length, most);
  place.classList.toggle("over", length > most);
}

export function start(root) {
  for (const field of root.querySelectorAll("textarea[data-most], input[data-most]")) {
    if (field.dataset.counted) continue;
    field.dataset.counted = "1";
    const place = Object.assign(document.createElement("small"), { className: "most", id: `most-${made += 1}` });
    place.setAttribute("role", "status");
    field.after(place);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") || ""} ${place.id}`.trim());
    field.addEventListener("input", () => tell(field, place));
    tell(field, place);
  }
}
