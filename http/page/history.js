// The history of an archive, where the daemon keeps one: throughput, backlog, latency and free space, and when that is
// used up at the rate of the last hours, as the daemon foresees it.
import {ask, can, query} from "./api.js";
import {byId, contentOf, element, setText} from "./dom.js";
import {plot} from "./plots.js";
import {bytes, count, duration, now, rate} from "./text.js";

const minute = 60;
const hour = 3600;
const day = 24 * hour;
const spans = [
  // what is shown, and in which steps (s): some hundreds of points
  ["6 hours", 6 * hour, minute],
  ["1 day", day, 5 * minute],
  ["14 days", 14 * day, hour],
  ["90 days", 90 * day, 4 * hour],
  ["2 years", 730 * day, day],
];

let activities = new Map(); // by archive

// Of the time that a daemon saw.
const perSecond = (number, row) => (row.seconds > 0 ? number / row.seconds : null);

const figures = [
  {
    id: "throughput",
    title: "Throughput",
    unit: rate,
    lines: (rows) => [
      ["sent", rows.map((row) => perSecond(row.sent_bytes, row))],
      ["verified", rows.map((row) => perSecond(row.verified_bytes, row))],
    ],
    says: ({rows}) =>
      `${count(
        rows.reduce((sum, row) => sum + row.verified_files, 0),
        "file",
      )} verified, ` +
      `${bytes(rows.reduce((sum, row) => sum + row.verified_bytes, 0))}; at last ${rate(perSecond(rows.at(-1).sent_bytes, rows.at(-1)))} sent`,
  },
  {
    id: "backlog",
    title: "Backlog",
    unit: (value) => value.toLocaleString("en"),
    lines: (rows) => [
      ["waiting files", rows.map((row) => row.waiting_files)],
      ["failed files", rows.map((row) => row.failed_files)],
    ],
    says: ({rows}) =>
      `${count(rows.at(-1).waiting_files, "file")} waiting, ${rows.at(-1).failed_files.toLocaleString("en")} failed`,
  },
  {
    id: "latency",
    title: "From registration to verified",
    unit: duration,
    lines: (rows) => [
      ["half took at most", rows.map((row) => row.p50)],
      ["99 of 100 took at most", rows.map((row) => row.p99)],
    ],
    says: ({rows}) => {
      const known = rows.filter((row) => row.p50 !== null).at(-1);
      return known
        ? `half took at most ${duration(known.p50)}, 99 of 100 at most ${duration(known.p99)}`
        : "nothing was verified";
    },
  },
  {
    id: "space",
    title: "Free space",
    unit: bytes,
    lines: (rows) => [
      ["here", rows.map((row) => row.free_here)],
      ["at the destination", rows.map((row) => row.free_there)],
    ],
    ahead: ({here, there}, span) => [ahead(here, span), ahead(there, span)],
    says: ({archive, forecast: {here, there}}) =>
      [forecast(here, "here"), forecast(there, "at the destination"), deletable(archive)].filter(Boolean).join("; ") ||
      "not known",
  },
];

// "12 GB free here, full in 3.2 h at this rate", as the daemon foresees it.
function forecast(space, where) {
  if (!space) return "";
  return `${bytes(space.free)} free ${where}${space.full_in !== null ? `, full in ${duration(space.full_in)} at this rate` : ""}`;
}

// The way to there, as far as it is drawn: a quarter of what is shown.
function ahead(space, span) {
  if (!space || space.full_in === null) return null;
  const seconds = Math.min(space.full_in, span / 4);
  return [
    {x: space.at, y: space.free},
    {x: space.at + seconds, y: space.free + space.bytes_per_second * seconds},
  ];
}

function deletable(archive) {
  const known = activities.get(archive)?.bytes_deletable;
  return typeof known === "number" ? `${bytes(known)} proven and deletable` : "";
}

// What the plots know of the archives beside their history.
export function knowArchives(archives) {
  activities = new Map(archives.map((one) => [one.name, one.activity]));
}

// Asks for the history that is chosen; throws a Refusal.
export async function refreshHistory() {
  if (byId("history").hidden || byId("history_archive").value === "") return;
  const archive = byId("history_archive").value;
  const [, span, step] = spans[byId("history_span").selectedIndex];
  const to = Math.floor(now());
  const told = await ask(query("history", {archive, from: Math.floor((to - span) / step) * step, step}));
  const {rows} = told;
  if (archive !== byId("history_archive").value) return;
  for (const figure of figures) {
    const box = byId(`plot_${figure.id}`);
    const says = rows.length > 0 ? figure.says(told) : "nothing is known yet";
    setText(box.querySelector("figcaption span"), says);
    const canvas = box.querySelector("canvas");
    canvas.setAttribute("aria-label", `${figure.title}: ${says}`);
    await plot(canvas, {
      times: rows.map((row) => row.at),
      lines: figure.lines(rows),
      ahead: figure.ahead?.(told.forecast, span) ?? [],
      unit: figure.unit,
      step,
      from: to - span,
      to,
    });
  }
}

// `refresh` asks again.
export function makeHistory(refresh) {
  if (!can("GET", "/history")) return;
  byId("history").hidden = false;
  byId("to_history").hidden = false;
  spans.forEach(([name]) => byId("history_span").append(element("option", {}, name)));
  for (const id of ["history_archive", "history_span"]) byId(id).addEventListener("change", refresh);
  contentOf("history").classList.add("plots");
  contentOf("history").append(
    ...figures.map(({id, title}) =>
      element(
        "figure",
        {id: `plot_${id}`},
        element("figcaption", {}, element("strong", {}, title), " ", element("span", {class: "quiet"})),
        element("div", {class: "plot"}, element("canvas", {role: "img", "aria-label": title})),
      ),
    ),
  );
}
