// How texts, sizes and times are shown.

// What a terminal would obey or a reader would not see stands as its escape, as in the log (spec, Texts).
export function shown(text) {
  return String(text).replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cn}\p{Cs}]/gu, (character) => {
    const point = character.codePointAt(0);
    if (character === "\n") return "\\n";
    if (character === "\t") return "\\t";
    if (point < 0x100) return "\\x" + point.toString(16).padStart(2, "0");
    return point > 0xffff ? "\\U" + point.toString(16).padStart(8, "0") : "\\u" + point.toString(16).padStart(4, "0");
  });
}

export function count(number, what, plural = what + "s") {
  return `${number.toLocaleString("en")} ${number === 1 ? what : plural}`;
}

// Powers of 1000.
export function bytes(number) {
  if (number === null || number === undefined) return "size unknown";
  const units = ["B", "kB", "MB", "GB", "TB", "PB"];
  let unit = 0;
  for (; Math.abs(number) >= 999.5 && unit < units.length - 1; ++unit) number /= 1000;
  return `${number.toFixed(unit > 0 && number < 9.95 ? 1 : 0)} ${units[unit]}`;
}

export const rate = (number) => bytes(number) + "/s";

// Two figures at most: "3.2 h", "40 s".
export function duration(seconds) {
  const whole = Math.max(0, seconds);
  for (const [unit, long] of [
    ["d", 86400],
    ["h", 3600],
    ["min", 60],
  ])
    if (whole >= long) return `${(whole / long).toFixed(whole / long < 9.95 ? 1 : 0)} ${unit}`;
  return `${Math.round(whole)} s`;
}

// "2026-11-28 23:15:00Z"
export function time(epoch) {
  if (!Number.isFinite(epoch) || Math.abs(epoch) > 8.64e12) return "no time";
  return new Date(epoch * 1000)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z$/, "Z");
}

// The day that a timecode begins in: "2026-11-28".
export const dayOf = (timecode) => time(timecode * 1e5).slice(0, 10);

let ahead = 0; // of the daemon's clock, s

export function daemonTimeIs(epoch) {
  ahead = epoch - Date.now() / 1000;
}

// The daemon's time: ages are told by its clock, not by that of the machine with the screen.
export const now = () => Date.now() / 1000 + ahead;

// "3.2 h ago", "in 40 s"
export function relative(epoch) {
  const age = now() - epoch;
  if (Math.abs(age) < 1) return "now";
  return age > 0 ? `${duration(age)} ago` : `in ${duration(-age)}`;
}
