// The archives: what each is doing, how fast, what waits, when that ends, and how far its promise to readers is behind.
import * as actions from "./actions.js";
import {contentOf, element, keyed, setText, table} from "./dom.js";
import {bytes, count, duration, now, rate, relative, shown, time} from "./text.js";

const columns = ["Archive", "Doing", "Rate", "Waiting", "Estimated end", "Failed", "Finalized until", "Actions"];
const remembered = 60; // s, of the rates that the page has seen itself

let shownTable = null;
const seen = new Map(); // by archive: {at, bytes, files}

// Rates over a minute: the daemon's, where it knows them, else the mean of what was seen here.
function minuteRates(name, activity) {
  if (activity.bytes_per_second_1m !== undefined)
    return {bytes: activity.bytes_per_second_1m, files: activity.files_per_second_1m};
  const samples = (seen.get(name) ?? []).filter((one) => one.at > now() - remembered);
  samples.push({at: now(), bytes: activity.bytes_per_second, files: activity.files_per_second});
  seen.set(name, samples);
  const mean = (key) => samples.reduce((sum, one) => sum + one[key], 0) / samples.length;
  return {bytes: mean("bytes"), files: mean("files")};
}

// When all that waits is settled, as far as anybody knows.
function estimatedEnd(activity, rates) {
  const files = activity.files_waiting + activity.files_in_flight;
  if (files === 0) return "nothing waits";
  if (activity.paused) return "not while it is paused";
  if (activity.activity === "waiting") return "not while it waits";
  let end = activity.estimated_end;
  if (end === undefined) {
    const left = activity.bytes_waiting + activity.bytes_in_flight;
    const seconds = rates.bytes > 0 && left > 0 ? left / rates.bytes : rates.files > 0 ? files / rates.files : null;
    end = seconds === null ? null : now() + seconds;
  }
  return end === null ? "nothing moves" : `${relative(end)} (${time(end).slice(11)})`;
}

function doing(activity) {
  if (activity.paused) return "paused";
  const next = activity.next_attempt;
  return next && next > now() ? `${activity.activity}, tries again ${relative(next)}` : activity.activity;
}

function waiting(activity, statistics) {
  const oldest = activity.oldest_waiting ?? statistics.oldest_uncopied;
  if (activity.files_waiting + activity.files_in_flight === 0) return "nothing";
  let text = `${count(activity.files_waiting, "file")}, ${bytes(activity.bytes_waiting)}`;
  if (activity.files_in_flight > 0)
    text += `; in flight ${activity.files_in_flight.toLocaleString("en")}, ${bytes(activity.bytes_in_flight)}`;
  return oldest ? `${text}; the oldest ${relative(oldest)}` : text;
}

function create(archive, show) {
  const node = shownTable.row();
  const cells = [...node.children];
  node.dataset.archive = archive.name;
  cells[0].append(
    element("strong", {}, shown(archive.name)),
    " ",
    element("span", {class: "quiet place"}, shown(archive.activity.destination)),
  );
  cells[2].append(element("span", {class: "now"}), " ", element("span", {class: "quiet minute"}));
  cells[5].append(element("button", {type: "button", class: "link", click: () => show.files("failed", archive.name)}));
  const state = actions.actionButton(
    "Pause",
    () => (state.dataset.does === "resume" ? actions.resume(archive.name) : actions.pause(archive.name)),
    {class: "pause"},
  );
  if (state) cells[7].append(state);
  const attempt = actions.canTryNow() ? actions.actionButton("Try now", () => actions.tryNow(archive.name)) : null;
  if (attempt) cells[7].append(" ", attempt);
  return node;
}

function update(node, archive) {
  const {activity, statistics} = archive;
  const cells = [...node.children];
  const rates = minuteRates(archive.name, activity);
  setText(cells[1], doing(activity));
  setText(cells[2].querySelector(".now"), rate(activity.bytes_per_second));
  setText(
    cells[2].querySelector(".minute"),
    `${rate(rates.bytes)} and ${rates.files.toFixed(1)} files/s over a minute`,
  );
  setText(cells[3], waiting(activity, statistics));
  setText(cells[4], estimatedEnd(activity, rates));
  const failed = cells[5].firstElementChild;
  setText(failed, statistics.failed_files.toLocaleString("en"));
  failed.setAttribute(
    "aria-label",
    `${count(statistics.failed_files, "failed file")} of ${shown(archive.name)}: show them`,
  );
  cells[5].classList.toggle("bad", statistics.failed_files > 0);
  setText(cells[6], `${duration(now() - statistics.finalized_until)} behind (${time(statistics.finalized_until)})`);
  const state = cells[7].querySelector(".pause");
  if (!state) return;
  state.dataset.does = activity.paused ? "resume" : "pause";
  setText(state, activity.paused ? "Resume" : "Pause");
}

// `show` leads to other parts of the page: files(state, archive).
export function showArchives(archives, show) {
  if (!shownTable) {
    shownTable = table("Archives", columns);
    contentOf("archives").append(shownTable.whole);
  }
  keyed(
    shownTable.body,
    archives,
    (one) => one.name,
    (one) => create(one, show),
    update,
  );
}
