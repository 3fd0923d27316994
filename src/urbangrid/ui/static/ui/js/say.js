// Words that scripts write into the page, in its language (ui/script_words.py).
let known = null;

/** The words of a name with its {values} filled in. */
export function say(name, values = {}) {
  known ||= JSON.parse(document.getElementById("script-words").textContent);
  return known[name].replace(/\{(\w+)\}/g, (_all, key) => values[key]);
}
