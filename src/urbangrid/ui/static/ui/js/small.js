// Small behaviours: toasts leave, dialogs open and close, menus close, links go back, pages print, fragments follow a choice.
async function fill(target, address) {
  const answer = await fetch(address);
  if (answer.ok) { target.innerHTML = await answer.text(); document.dispatchEvent(new CustomEvent("htmx:afterSettle", { detail: { elt: target } })); }
}

function follow(field) {
  field.addEventListener("change", () => {
    const target = document.querySelector(field.dataset.fill);
    if (target && field.value) fill(target, field.dataset.fillFrom.replace("0", field.value));
  });
}

export function start(root) {
  for (const toast of root.querySelectorAll("[data-toast]")) setTimeout(() => toast.remove(), 8000);
  for (const button of root.querySelectorAll("[data-open]")) button.onclick = () => document.getElementById(button.dataset.open)?.showModal();
  for (const button of root.querySelectorAll("[data-close]")) button.onclick = () => button.closest("dialog")?.close();
  for (const button of root.querySelectorAll("[data-back]")) button.onclick = (event) => { event.preventDefault(); history.back(); };
  for (const button of root.querySelectorAll("[data-print]")) button.onclick = () => window.print();
  for (const field of root.querySelectorAll("[data-fill]")) if (!field.dataset.started) { field.dataset.started = "1"; follow(field); }
  for (const box of root.querySelectorAll("[data-all]")) box.onchange = () => { for (const one of document.querySelectorAll(`input[name="${box.dataset.all}"]`)) one.checked = box.checked; };
  root.querySelector("[data-row].on")?.scrollIntoView({ block: "nearest" });
}

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(event.target)) menu.open = false;
});
