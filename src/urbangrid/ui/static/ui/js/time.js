// Time on the page: the server's clock, whatever the machine's own says, and words for what is left.
import { say } from "./say.js";

/** Milliseconds to add to the machine's clock to get the server's; now and there are epoch milliseconds. */
export function offset(serverNow, machineNow) {
  return serverNow - machineNow;
}

/** Under an hour "07:48", under a day "5时02分", beyond "3天04时"; seconds may be negative. */
export function words(seconds) {
  const all = Math.abs(Math.trunc(seconds));
  const hours = Math.trunc(all / 3600), minutes = Math.trunc((all % 3600) / 60);
  const two = (number) => String(number).padStart(2, "0");
  if (hours === 0) return `${two(minutes)}:${two(all % 60)}`;
  if (hours < 24) return say("hours_left", { hours, minutes: two(minutes) });
  return say("days_left", { days: Math.trunc(hours / 24), hours: two(hours % 24) });
}

/** green, amber or red at an instant; all in epoch milliseconds, warn may be null. */
export function colour(now, due, warn) {
  if (now > due) return "red";
  return warn !== null && now >= warn ? "amber" : "green";
}
