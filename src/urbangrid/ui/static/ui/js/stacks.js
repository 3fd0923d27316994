// Tables on a narrow screen. What scrolls sideways and holds nothing to press is reached by Tab, so that the arrows scroll it.
// A phone reads a table as cards and has no room for its head: each cell says what it is by the word that stands above it on a desk.
export function start(root) {
  for (const table of root.querySelectorAll("table.stacks")) {
    const words = [...table.tHead?.rows[0]?.cells || []].map((cell) => cell.textContent.trim());
    for (const body of table.tBodies) for (const row of body.rows) for (const cell of row.cells) {
      if (cell.colSpan === 1 && words[cell.cellIndex]) cell.dataset.label = words[cell.cellIndex];
    }
  }
  for (const box of root.querySelectorAll(".scroll-x, .stages")) {
    if (box.scrollWidth > box.clientWidth && !box.querySelector("a, button, input, select, textarea")) box.tabIndex = 0;
  }
}
