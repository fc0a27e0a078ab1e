// Days by archives: which are open, complete, blocked or finalized; a day that is pressed says what blocks it.
import {ask, query} from "./api.js";
import {byId, contentOf, element, keyed, setText} from "./dom.js";
import {count, dayOf, shown} from "./text.js";
import {showDay} from "./day_details.js";

const atATime = 30; // days on the screen
const perRequest = 200; // each may bring ten files that block it

const states = {
  // what a day can be: sign, word, meaning
  open: ["·", "open", "files may still come"],
  complete: ["…", "complete", "no more files are expected, some are not verified yet or the announcement is due"],
  blocked: ["✕", "blocked", "files of it have failed, or copies are lost at the destination"],
  finalized: ["✓", "finalized", "announced, with its revision"],
};

let archives = [];
let days = new Map(); // by timecode: Map of archive to its directory
let first = 0; // of the days shown, the newest being 0
let current = {row: 0, column: 0}; // of the grid, what the tabulator leads to

function stateOf(day) {
  if (day.finalized) return "finalized";
  if (day.failed > 0 || day.lost > 0 || day.removed_there) return "blocked";
  return day.completed ? "complete" : "open";
}

function meaning(timecode, archive, day) {
  const state = stateOf(day);
  const parts = [`${timecode} (${dayOf(timecode)}), ${shown(archive)}: ${states[state][1]}`];
  if (state === "finalized") parts.push(`revision ${day.revision}`);
  parts.push(count(day.files, "file"));
  if (day.unsettled > 0) parts.push(`${day.unsettled} unsettled`);
  if (day.failed > 0) parts.push(`${day.failed} failed`);
  if (day.lost > 0) parts.push(`${day.lost} lost`);
  if (day.removed_there) parts.push("removed at the destination");
  return parts.join(", ");
}

function label(day) {
  const state = stateOf(day);
  if (state === "finalized") return `${states[state][0]} r${day.revision}`;
  const many = state === "blocked" ? day.failed + day.lost : day.unsettled;
  return many > 0 ? `${states[state][0]} ${many.toLocaleString("en")}` : states[state][0];
}

// All directories of an archive, without the files that block them.
async function directoriesOf(archive) {
  const found = [];
  for (let after = -1; after !== null;) {
    const page = await ask(query("timecodes", {archive, after, limit: perRequest}));
    for (const {blocking, ...day} of page.timecodes) found.push(day);
    after = page.next === null ? null : found.at(-1).timecode;
  }
  return found;
}

// Asks for all days of these archives; throws a Refusal.
export async function refreshDays(names) {
  const asked = new Map();
  for (const archive of names)
    for (const day of await directoriesOf(archive)) {
      if (!asked.has(day.timecode)) asked.set(day.timecode, new Map());
      asked.get(day.timecode).set(archive, day);
    }
  archives = names;
  days = asked;
  showDays();
}

function wanted() {
  const newest = [...days.keys()].sort((a, b) => b - a);
  if (!byId("only_waiting").checked) return newest;
  return newest.filter((timecode) => [...days.get(timecode).values()].some((day) => stateOf(day) !== "finalized"));
}

function cellOf(row, column) {
  return contentOf("days").querySelector(`tbody tr:nth-child(${row + 1}) td:nth-child(${column + 2}) button`);
}

// Of all days one can be reached by the tabulator, the others from there by the arrows.
function goTo(row, column, focus) {
  const target = cellOf(row, column);
  if (!target) return;
  contentOf("days")
    .querySelectorAll("button[tabindex='0']")
    .forEach((one) => one.setAttribute("tabindex", "-1"));
  target.setAttribute("tabindex", "0");
  current = {row, column};
  if (focus) target.focus();
}

function onKey(event) {
  const steps = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
  const cell = event.target.closest("td");
  if (!cell || !(event.key in steps)) return;
  event.preventDefault();
  let [row, column] = [[...cell.parentNode.parentNode.children].indexOf(cell.parentNode), cell.cellIndex - 1];
  const [down, right] = steps[event.key];
  // An archive may have no such day.
  do {
    row += down;
    column += right;
  } while (row >= 0 && column >= 0 && row < atATime && column < archives.length && !cellOf(row, column));
  goTo(row, column, true);
}

function updateRow(node, timecode) {
  keyed(
    node,
    ["", ...archives],
    (archive) => `archive ${archive}`,
    (archive) =>
      archive === ""
        ? element("th", {scope: "row"}, `${timecode} `, element("span", {class: "quiet"}, dayOf(timecode)))
        : element("td"),
    (cell, archive) => archive !== "" && updateCell(cell, timecode, archive, days.get(timecode).get(archive)),
  );
}

function updateCell(cell, timecode, archive, day) {
  if (!day) return cell.replaceChildren();
  let press = cell.querySelector("button");
  if (!press) {
    press = element("button", {
      type: "button",
      tabindex: "-1",
      click: () => {
        goTo([...cell.parentNode.parentNode.children].indexOf(cell.parentNode), cell.cellIndex - 1, false);
        showDay(archive, timecode, press);
      },
    });
    cell.replaceChildren(press);
  }
  press.className = `day ${stateOf(day)}`;
  press.dataset.state = stateOf(day);
  press.setAttribute("aria-label", meaning(timecode, archive, day));
  setText(press, label(day));
}

function showDays() {
  const all = wanted();
  first = Math.max(0, Math.min(first, all.length - 1));
  const some = all.slice(first, first + atATime);
  const head = contentOf("days").querySelector("thead tr");
  keyed(
    head,
    ["", ...archives],
    (name) => `archive ${name}`,
    (name) => element("th", {scope: "col"}, name === "" ? "Day" : element("span", {title: shown(name)}, shown(name))),
    () => {},
  );
  keyed(
    contentOf("days").querySelector("tbody"),
    some,
    (timecode) => timecode,
    () => element("tr"),
    updateRow,
  );
  setText(
    byId("which_days"),
    all.length === 0 ? "no days" : `${first + 1} to ${first + some.length} of ${count(all.length, "day")}`,
  );
  byId("newer_days").disabled = first === 0;
  byId("older_days").disabled = first + atATime >= all.length;
  if (!contentOf("days").querySelector("button[tabindex='0']")) {
    const any = contentOf("days").querySelector("tbody button");
    if (any) any.setAttribute("tabindex", "0");
  }
}

function turn(by) {
  first += by;
  showDays();
}

// Leads to the days that wait.
export function openWaitingDays() {
  byId("only_waiting").checked = true;
  first = 0;
  showDays();
  byId("days").scrollIntoView();
  byId("only_waiting").focus({preventScroll: true});
}

export function makeDays() {
  const grid = element(
    "table",
    {class: "grid"},
    element("caption", {class: "unseen"}, "Days by archives"),
    element("thead", {}, element("tr")),
    element("tbody"),
  );
  grid.addEventListener("keydown", onKey);
  contentOf("days").append(grid);
  byId("only_waiting").addEventListener("change", () => turn(-first));
  byId("newer_days").addEventListener("click", () => turn(-atATime));
  byId("older_days").addEventListener("click", () => turn(atATime));
  setText(
    byId("day_legend"),
    Object.values(states)
      .map(([sign, word, what]) => `${sign} ${word}: ${what}`)
      .join("; ") + ". The arrows lead from day to day.",
  );
}
