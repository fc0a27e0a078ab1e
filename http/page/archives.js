// The archives: what each is doing, how fast, what waits, when that ends, and how far its promise to readers is behind.
import * as actions from "./actions.js";
import {contentOf, element, keyed, setText, table} from "./dom.js";
import {bytes, count, duration, now, rate, relative, shown, time} from "./text.js";

const columns = ["Archive", "Doing", "Rate", "Waiting", "Estimated end", "Failed", "Finalized until", "Actions"];

let shownTable = null;

// When all that waits is settled, as far as the daemon knows.
function estimatedEnd(activity) {
  if (activity.files_waiting + activity.files_in_flight === 0) return "nothing waits";
  if (activity.paused) return "not while it is paused";
  if (activity.activity === "waiting") return "not while it waits";
  const end = activity.estimated_end;
  return end === null ? "nothing moves" : `${relative(end)} (${time(end).slice(11)})`;
}

const filesPerSecond = (number) => `${number.toFixed(1)} files/s`;

// The mean rates, and how long files took from their registration to being verified.
function means(activity) {
  const minute = `${rate(activity.bytes_per_second_1m)} and ${filesPerSecond(activity.files_per_second_1m)} over a minute`;
  const quarter = `${rate(activity.bytes_per_second_15m)} and ${filesPerSecond(activity.files_per_second_15m)} over 15 min`;
  if (activity.verified_after_p50 === null) return `${minute}; ${quarter}`;
  const half = duration(activity.verified_after_p50);
  const most = duration(activity.verified_after_p99);
  return `${minute}; ${quarter}; verified ${half} after registration (p50), ${most} (p99)`;
}

function doing(activity) {
  if (activity.paused) return `paused (${shown(activity.pause_reason)})`;
  const next = activity.next_attempt;
  return next && next > now() ? `${activity.activity}, tries again ${relative(next)}` : activity.activity;
}

// What was asked for again of what was verified once.
function checks({scrub, oldest_check}) {
  if (!scrub.on && scrub.files_proven + scrub.mismatches === 0) return "";
  const parts = [oldest_check ? `all copies checked since ${relative(oldest_check)}` : "not all copies checked yet"];
  if (scrub.round_done !== null) parts.push(`${Math.floor(scrub.round_done * 100)} % of a round`);
  parts.push(`${scrub.files_proven.toLocaleString("en")} proven again (${bytes(scrub.bytes_proven)})`);
  if (scrub.mismatches > 0) parts.push(`${scrub.mismatches.toLocaleString("en")} not as verified`);
  return parts.join(", ");
}

function waiting(activity) {
  const oldest = activity.oldest_waiting;
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
  cells[1].append(element("span", {class: "doing"}), element("span", {class: "quiet checks"}));
  cells[2].append(element("span", {class: "now"}), " ", element("span", {class: "quiet minute"}));
  cells[5].append(element("button", {type: "button", class: "link", click: () => show.files("failed", archive.name)}));
  const state = actions.actionButton(
    "Pause",
    () =>
      state.dataset.does === "pause"
        ? actions.pause(archive.name)
        : actions.resume(archive.name, state.dataset.does === "take"),
    {class: "pause"},
  );
  if (state) cells[7].append(state);
  const attempt = actions.actionButton("Try now", () => actions.tryNow(archive.name));
  if (attempt) cells[7].append(" ", attempt);
  return node;
}

function update(node, archive) {
  const {activity, statistics} = archive;
  const cells = [...node.children];
  setText(cells[1].querySelector(".doing"), doing(activity));
  setText(cells[1].querySelector(".checks"), checks(activity));
  setText(cells[2].querySelector(".now"), rate(activity.bytes_per_second));
  setText(cells[2].querySelector(".minute"), means(activity));
  setText(cells[3], waiting(activity));
  setText(cells[4], estimatedEnd(activity));
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
  // Who resumes what is paused for its base directory takes that as it is, and is asked whether that is meant.
  const forBase = archive.conditions.some((one) => one.kind === "base_directory");
  state.dataset.does = !activity.paused ? "pause" : forBase ? "take" : "resume";
  setText(state, !activity.paused ? "Pause" : forBase ? "Resume …" : "Resume");
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
