// What can be done from here: each action asks where it must be meant, sends its request and tells what came of it.
import {Refusal, ask, path, query, readOnly} from "./api.js";
import {confirmed, reasonFor, timecodeFor} from "./dialogs.js";
import {byId, button, element} from "./dom.js";
import {count, shown} from "./text.js";

const atATime = 4;
const messagesKept = 5;

let after = () => {};

// `refresh` is called whenever something was changed.
export function whenChanged(refresh) {
  after = refresh;
}

export function tell(text, wrong = false) {
  const box = byId("messages");
  const message = element("p", {class: wrong ? "wrong" : "done"}, shown(text), " ");
  message.append(
    element("button", {type: "button", "aria-label": "Close this message", click: () => message.remove()}, "✕"),
  );
  box.prepend(message);
  while (box.children.length > messagesKept) box.lastElementChild.remove();
}

// True where it was done.
async function attempt(what, does) {
  let done = false;
  try {
    const said = await does();
    if (said) tell(said);
    done = true;
  } catch (why) {
    if (!(why instanceof Refusal)) throw why;
    tell(`${what} failed: ${why.message}`, true);
  }
  after();
  return done;
}

const ofArchive = (name, what, body) => ask(path("archives", name, what), "POST", body);

export async function pause(name) {
  const reason = await reasonFor(
    `Pause ${name}?`,
    "No new batches begin until it is resumed; what runs ends by itself.",
    "Pause",
  );
  if (reason === null) return;
  await attempt(`Pausing ${name}`, async () => {
    await ofArchive(name, "pause", reason === "" ? {} : {reason});
    return `${name} is paused: no new batches until it is resumed.`;
  });
}

export async function resume(name, takesBase = false) {
  if (
    takesBase &&
    !(await confirmed(
      `Resume ${name}?`,
      [
        "It then takes the base directory at the destination as it is now.",
        "Where another file system should be mounted there, mount it: the archive goes on by itself then.",
      ],
      "Take it as it is",
    ))
  )
    return;
  await attempt(`Resuming ${name}`, async () => {
    await ofArchive(name, "resume");
    return `${name} is resumed.`;
  });
}

export const tryNow = (name) =>
  attempt(`Trying ${name} now`, async () => {
    await ofArchive(name, "try-now");
    return `${name} is being tried now.`;
  });

export const retryAll = (name, prefix = undefined) =>
  attempt(`Retrying ${name}`, async () => {
    const {retried} = await ofArchive(name, "retry", prefix ? {remote_prefix: prefix} : {});
    return `${count(retried, "file")} of ${name} ${retried === 1 ? "is" : "are"} tried again.`;
  });

export async function acceptRemoval(name, timecode) {
  const chosen = await timecodeFor(
    `Accept the removal of a day of ${name}`,
    [
      "Its directory was removed at the destination. If that is accepted, its files are deleted here, too, when they are due.",
    ],
    timecode,
    "Delete them here, too",
  );
  if (chosen === null) return;
  await attempt(`Accepting the removal of ${chosen}`, async () => {
    const {files} = await ask(path("archives", name, "timecodes", chosen, "accept-removal"), "POST");
    return `The removal of ${chosen} of ${name} is accepted: ${count(files, "file")} waited for that.`;
  });
}

export async function sendDayAgain(name, timecode) {
  const chosen = await timecodeFor(
    `Send a day of ${name} again`,
    ["Its directory was removed at the destination by mistake: its files are sent again."],
    timecode,
    "Send them again",
  );
  if (chosen !== null) await retryAll(name, `${chosen}/`);
}

// Several requests at a time, one for each id; what the daemon refused is told with its first reason. True where nothing
// was refused.
async function forEach(ids, what, done, send) {
  const waiting = [...ids];
  const refusals = [];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await send(id);
      } catch (why) {
        if (!(why instanceof Refusal)) throw why;
        refusals.push(why.message);
      }
    }
  };
  return attempt(what, async () => {
    await Promise.all(Array.from({length: atATime}, worker));
    if (refusals.length > 0)
      throw new Refusal(0, `${count(refusals.length, "file")} of ${ids.length}; the first: ${refusals[0]}`);
    return `${count(ids.length, "file")} ${done}.`;
  });
}

export const retry = (ids) => forEach(ids, "Retrying", "tried again", (id) => ask(path("files", id, "retry"), "POST"));

export async function ignore(ids) {
  const reason = await reasonFor(
    `Ignore ${count(ids.length, "file")}?`,
    "What is ignored is not copied, and a day is complete without it.",
    "Ignore",
  );
  if (reason === null) return false;
  const body = reason === "" ? {ignore: true} : {ignore: true, ignore_reason: reason};
  return forEach(ids, "Ignoring", "ignored", (id) => ask(path("files", id), "PATCH", body));
}

// All failed files of an archive, at most as many as one answer has.
export async function ignoreFailed(archive) {
  let files = [];
  await attempt(`Asking for the failed files of ${archive}`, async () => {
    ({files} = await ask(query("files", {archive, state: "failed", limit: 1000})));
  });
  if (files.length > 0) await ignore(files.map((file) => file.id));
}

export const unignore = (ids) =>
  forEach(ids, "Taking back", "no longer ignored", (id) => ask(path("files", id), "PATCH", {ignore: false}));

// The button of an action; nothing where this daemon changes nothing over HTTP.
export function actionButton(text, action, attributes = {}) {
  return readOnly ? null : button(text, action, attributes);
}
