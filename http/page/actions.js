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

export const retryFailed = (name) =>
  attempt(`Retrying ${name}`, async () => {
    const {retried} = await ofArchive(name, "retry", {state: "failed"});
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
  if (chosen === null) return;
  await attempt(`Sending ${chosen} of ${name} again`, async () => {
    await ofArchive(name, "retry", {remote_prefix: `${chosen}/`});
    return `${chosen} of ${name} is sent again, as far as it is here.`;
  });
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

// What is said of each file; null where it is not to be. Only those that still are in this state: what was verified since
// it was shown is left as it is.
async function ignoring(state, files) {
  const reason = await reasonFor(
    `Ignore ${files}?`,
    "What is ignored is not copied, and a day is complete without it.",
    "Ignore",
  );
  if (reason === null) return null;
  return {ignore: true, while_state: state, ...(reason === "" ? {} : {ignore_reason: reason})};
}

const ignoreAs = (ids, body) =>
  forEach(ids, "Ignoring", "ignored", (id) => ask(path("files", id), "PATCH", body));

export async function ignore(ids) {
  const body = await ignoring("unsettled", count(ids.length, "file"));
  return body !== null && ignoreAs(ids, body);
}

// All failed files of an archive; those of one answer are ignored at a time, for one reason.
export async function ignoreFailed(archive) {
  let body = null;
  for (let more = true, after = 0; more; ) {
    let files = [];
    await attempt(`Asking for the failed files of ${archive}`, async () => {
      const answer = await ask(query("files", {archive, state: "failed", after, limit: 1000}));
      files = answer.files;
      more = answer.next !== null;
    });
    if (files.length === 0) return;
    after = files.at(-1).id;
    body ??= await ignoring("failed", more ? "all failed files" : count(files.length, "file"));
    if (body === null || !(await ignoreAs(files.map((file) => file.id), body))) return;
  }
}

export const unignore = (ids) =>
  forEach(ids, "Taking back", "no longer ignored", (id) => ask(path("files", id), "PATCH", {ignore: false}));

// The button of an action; nothing where this daemon changes nothing over HTTP.
export function actionButton(text, action, attributes = {}) {
  return readOnly ? null : button(text, action, attributes);
}
