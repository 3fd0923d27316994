// Choosing by pinyin initials or Chinese words; no DOM here.

/** Rank of an option for what was typed: 0 best, Infinity for no match. Option: {name, path, initials, aliases}. */
export function rank(option, typed) {
  const words = typed.trim().toLowerCase();
  if (!words) return 9;
  if (option.initials === words) return 0;
  if (option.name === words) return 0;
  if (option.initials.startsWith(words)) return 1;
  if (option.name.startsWith(words)) return 1;
  if ((option.aliases || []).some((alias) => alias.includes(words))) return 3;
  if (option.name.includes(words)) return 2;
  if (option.initials.includes(words)) return 4;
  if ((option.path || "").includes(words)) return 5;
  return Infinity;
}

/** The best options for what was typed, at most `most`; equal ranks keep their order. */
export function best(options, typed, most = 9) {
  return options.map((option, place) => ({ option, place, rank: rank(option, typed) }))
    .filter((one) => one.rank < Infinity)
    .sort((a, b) => a.rank - b.rank || a.option.name.length - b.option.name.length || a.place - b.place)
    .slice(0, most).map((one) => one.option);
}
