// One file explained: found by its id, its local path or the beginning of its path at the destination.
import * as actions from "./actions.js";
import {Refusal, ask, path, query} from "./api.js";
import {become, byId, contentOf, element} from "./dom.js";
import {remediesOf} from "./files.js";
import {bytes, count, dayOf, relative, shown, time} from "./text.js";

const atMost = 20; // rows for one question
const wholly = 3; // of which so many are described, more are listed

let explained = null; // what was asked for last

// Rows that are meant by a text.
async function find(text) {
  if (/^\d+$/.test(text)) {
    try {
      return [await ask(path("files", text))];
    } catch (why) {
      if (why.status !== 404 && why.status !== 400) throw why;
    }
  }
  if (text.startsWith("/")) return (await ask(query("files", {local_path: text, limit: atMost}))).files;
  return (await ask(query("files", {remote_prefix: text, limit: atMost}))).files;
}

// Of a file whose remote path begins with one: "17354".
const timecodeOf = (file) => /^(\d{5})\//.exec(file.remote_path)?.[1] ?? null;

async function dayOfFile(file) {
  const timecode = timecodeOf(file);
  if (timecode === null) return "none: its remote path does not begin with one";
  const archive = file.archive_name;
  const {
    timecodes: [day],
  } = await ask(query("timecodes", {archive, after: Number(timecode) - 1, limit: 1}));
  if (day?.timecode !== Number(timecode)) return `${timecode}, of which nothing is known`;
  const name = `${timecode} (${dayOf(day.timecode)})`;
  if (day.finalized) return `${name} is finalized, revision ${day.revision}`;
  if (day.removed_there) return `${name} was removed at the destination, and waits for what somebody says to that`;
  if (day.unsettled === 0 && day.lost > 0)
    return `${name} waits: ${count(day.lost, "verified copy is", "verified copies are")} lost at the destination`;
  const waits = `${day.unsettled} of ${count(day.files, "file")} unsettled, ${day.failed} failed`;
  const settled = ["verified", "deleted", "ignored"].includes(file.state);
  return settled ? `${name} waits for other files: ${waits}` : `${name} waits for this file: ${waits}`;
}

const inFlight = ["hashing", "copying", "sent", "verifying", "publishing"];

function stateOf(file, archive) {
  const attempts = file.failed_copy_attempts > 0 ? `, ${count(file.failed_copy_attempts, "failed attempt")}` : "";
  if (file.state === "failed") return `failed${attempts}: no attempts left; mend the cause, then retry or ignore it`;
  if (file.state === "ignored")
    return `ignored${file.ignore_reason ? `: ${file.ignore_reason}` : ", without a reason"}`;
  if (file.state === "verified") return "verified: its copy has the right content";
  if (file.state === "deleted") return "verified, and deleted here";
  if (file.state === "sent") return `sent${attempts}: it lies there, and is verified with the others of its batch`;
  if (inFlight.includes(file.state)) return file.state + attempts;
  if (archive?.activity.paused)
    return `${file.state}${attempts}: it waits until the archive is resumed (${archive.activity.pause_reason})`;
  return file.state + attempts;
}

function linkOf(file, archive) {
  if (archive === null || ["failed", "ignored", "verified", "deleted"].includes(file.state)) return null;
  const {state, down_since, next_attempt, error} = archive.activity.link;
  if (state === "unknown") return "not asked yet";
  if (down_since === null) return state;
  const next = next_attempt === null ? "" : `; tried again ${relative(next_attempt)}`;
  return `${state}, and has failed since ${time(down_since)} (${relative(down_since)}): ${error}${next}`;
}

function nextOf(file) {
  if (file.next_attempt_at) return `${time(file.next_attempt_at)} (${relative(file.next_attempt_at)})`;
  if (file.state === "pending" || file.state === "retrying") return "as soon as the daemon comes to it";
  return inFlight.includes(file.state) ? "this one goes on" : "none";
}

async function describe(file) {
  let archive = null;
  let day = "not known";
  try {
    archive = await ask(path("archives", file.archive_name));
    day = await dayOfFile(file);
  } catch (why) {
    if (!(why instanceof Refusal)) throw why;
    day = why.message;
  }
  const lines = [
    ["State", stateOf(file, archive)],
    [
      "Last error",
      file.last_error && `${file.last_error}${file.last_error_at ? ` (${relative(file.last_error_at)})` : ""}`,
    ],
    ["Link", linkOf(file, archive)],
    ["Next attempt", nextOf(file)],
    ["Day", day],
    ["Archive", file.archive_name],
    ["Destination", archive && `${archive.activity.destination}/${file.remote_path}`],
    ["Remote path", file.remote_path],
    ["Registered", `${time(file.timestamp)} (${relative(file.timestamp)})`],
    ["Copied", file.copied && `${time(file.copied)} (${relative(file.copied)})`],
    ["Size", bytes(file.bytes)],
    ["MD5 here", file.local_md5sum || "not known yet"],
    ["MD5 there", file.remote_md5sum ?? "not known"],
    [
      "Local file",
      file.removed === null
        ? file.deletable
          ? "may be deleted when it is verified and old enough"
          : "is never deleted"
        : file.removed === 0
          ? "was found missing"
          : `was deleted ${relative(file.removed)}`,
    ],
  ];
  const list = element("dl");
  for (const [name, value] of lines) if (value) list.append(element("dt", {}, name), element("dd", {}, shown(value)));
  const buttons = element("p", {class: "buttons"});
  for (const [text, action] of remediesOf(file.state)) {
    const made = actions.actionButton(text, () => action([file.id]));
    if (made) buttons.append(made);
  }
  return element(
    "article",
    {"data-id": file.id},
    element("h3", {class: "path"}, `${shown(file.local_path)} (id ${file.id})`),
    list,
    buttons,
  );
}

function listOf(files) {
  return element(
    "ul",
    {},
    ...files.map((file) =>
      element(
        "li",
        {"data-id": file.id},
        element(
          "button",
          {type: "button", class: "link path", click: () => explain(String(file.id))},
          shown(file.local_path),
        ),
        ` id ${file.id}, ${file.state}`,
      ),
    ),
  );
}

// Asks again for what is shown; throws a Refusal.
export async function refreshExplained() {
  if (explained === null) return;
  const text = explained;
  const found = await find(text);
  const articles = found.length > wholly ? [listOf(found)] : await Promise.all(found.map(describe));
  if (text !== explained) return;
  const box = contentOf("explained");
  const had = box.contains(document.activeElement);
  const made = element("div", {}, ...articles);
  if (found.length === 0)
    made.append(
      element(
        "p",
        {},
        `No file is registered under ${shown(text)}: paths here begin with /, paths there with their first component.`,
      ),
    );
  if (found.length === atMost) made.append(element("p", {class: "quiet"}, `The first ${atMost}.`));
  made.append(
    element(
      "button",
      {
        type: "button",
        click: () => {
          explained = null;
          byId("explained").hidden = true;
          byId("wanted").focus();
        },
      },
      "Close",
    ),
  );
  become(box, made);
  byId("explained").hidden = false;
  if (had && !box.contains(document.activeElement)) byId("explained_title").focus();
}

export async function explain(text) {
  explained = text.trim();
  if (explained === "") return;
  try {
    await refreshExplained();
    byId("explained_title").focus();
    byId("explained").scrollIntoView();
  } catch (why) {
    if (!(why instanceof Refusal)) throw why;
    actions.tell(why.message, true);
  }
}
