// Keys of every desk (desks.md): F2 forward, F3 search or change, F4 the other way, F8 back, F9 arrivals, F1 all keys, F10 undo,
// space zooms, arrows go to the next item, digits choose. They work while typing pinyin; the browser's own meaning is suppressed.

const FUNCTION = /^F(1|2|3|4|5|6|7|8|9|10)$/;

/** What a key press means: {kind: "act", key}, {kind: "move", by}, {kind: "digit", digit}, {kind: "find" | "zoom" | "help"} or null. */
export function meaning(event, typing) {
  if (event.ctrlKey || event.altKey || event.metaKey) return null;
  if (event.key === "F1") return { kind: "help" };
  if (FUNCTION.test(event.key)) return { kind: "act", key: event.key };
  if (typing || event.isComposing) return null;
  if (event.key === "ArrowDown" || event.key === "ArrowUp") return { kind: "move", by: event.key === "ArrowDown" ? 1 : -1 };
  if (event.key === " ") return { kind: "zoom" };
  if (event.key === "/") return { kind: "find" };
  if (event.key === "+" || event.key === "-" || event.key === "=") return { kind: "scale", by: event.key === "-" ? -1 : 1 };
  if (/^[1-9]$/.test(event.key)) return { kind: "digit", digit: event.key };
  return null;
}

function isTyping(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    !/^(checkbox|radio|button|submit)$/.test(target.type || "");
}

function press(name) {
  const dialog = document.querySelector("dialog[open]"); // what lies in a closed one is not there for a key
  const found = [...(dialog || document).querySelectorAll(`[data-key="${name}"]:not(:disabled)`)].find((one) => !one.closest("dialog:not([open])"));
  if (!found) return false;
  if (found.matches("[type=radio], [type=checkbox]")) { found.focus(); found.click(); }
  else if (found.matches("input, textarea, select")) found.focus();
  else found.click();
  return true;
}

function move(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  const here = rows.findIndex((row) => row.matches(".on, :focus"));
  const next = rows[Math.min(Math.max(here + by, 0), rows.length - 1)];
  if (next && next !== rows[here]) next.click();
  return rows.length > 0;
}

// Behind an open dialog nothing moves, opens or is looked for: there the browser's own keys go through choices and press buttons.
const OF_THE_PAGE = new Set(["move", "find", "zoom", "scale"]);

function act(wanted) {
  if (OF_THE_PAGE.has(wanted.kind) && document.querySelector("dialog[open]")) return false;
  switch (wanted.kind) {
    case "help": document.getElementById("help")?.showModal?.(); return true;
    case "act": return press(wanted.key) || wanted.key !== "F5";
    case "move": return move(wanted.by);
    case "find": { const box = document.querySelector("[data-find]"); box?.focus(); return Boolean(box); }
    case "digit": return press(wanted.digit);
    case "zoom": return photo("zoom");
    case "scale": return photo(wanted.by > 0 ? "in" : "out");
    default: return false;
  }
}

function photo(name) {
  const shown = document.querySelector("[data-photos]");
  shown?.dispatchEvent(new CustomEvent(`photo:${name}`));
  return Boolean(shown);
}

// a form that is sent by its key or button: an Enter in the middle of typing would send it half filled
function isHalfFilled(event) {
  return event.key === "Enter" && event.target instanceof HTMLInputElement && isTyping(event.target) && Boolean(event.target.closest("form[data-sent-by-key]"));
}

// A key that is still down when the next case is drawn decides nothing about it; going through a list with a held arrow is meant.
function isHeld(event, wanted) {
  return event.repeat && (wanted.kind === "act" || wanted.kind === "digit");
}

export function listen(document_) {
  document_.addEventListener("keydown", (event) => {
    if (document.querySelector("dialog.zoom[open]")) return;
    if (isHalfFilled(event)) event.preventDefault();
    const wanted = meaning(event, isTyping(event.target));
    if (wanted && (isHeld(event, wanted) || act(wanted))) event.preventDefault();
  }, { capture: true });
}
