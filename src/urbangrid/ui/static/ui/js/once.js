// A form is sent once: the second click does nothing, and the key in it makes a repeated request harmless anyway.
export function start(root) {
  for (const form of root.querySelectorAll("form[method='post']")) {
    if (form.dataset.once) continue;
    form.dataset.once = "1";
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) { event.preventDefault(); event.stopImmediatePropagation(); return; }
      form.dataset.sent = "1";
      setTimeout(() => { delete form.dataset.sent; }, 4000);
      form.dispatchEvent(new CustomEvent("ug:sent", { bubbles: true }));
    });
  }
}
