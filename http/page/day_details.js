// What blocks one day of an archive: its counts, and the files that it waits for.
import * as actions from "./actions.js";
import {ask, query} from "./api.js";
import {become, byId, element} from "./dom.js";
import {remediesOf} from "./files.js";
import {count, dayOf, relative, shown} from "./text.js";

let shownDay = null; // {archive, timecode, from: what was pressed}

function sentence(day) {
  if (day.finalized)
    return `Finalized ${relative(day.last_finalized_at)}, revision ${day.revision}: ${count(day.files, "file")}.`;
  const waits = `${day.unsettled} of ${count(day.files, "file")} unsettled, ${day.failed} failed.`;
  if (day.failed > 0)
    return `Blocked: ${waits} Mend the cause and retry the failed ones, or ignore them: ${day.completed ? "then the day is finalized." : "the day is still open, and is finalized after that."}`;
  if (day.removed_there) return "Blocked: its directory was removed at the destination. Say above whether that was meant.";
  if (day.lost > 0)
    return `Blocked: ${count(day.lost, "verified copy", "verified copies")} not at the destination as verified. suprsync verify with --requeue sends again what is still here; ignore what is to be gone.`;
  if (!day.completed) return `Open, files may still come: ${waits}`;
  return day.unsettled > 0
    ? `Complete, but not verified: ${waits}`
    : "Complete and verified: it is about to be announced.";
}

function line(file) {
  const item = element(
    "li",
    {"data-id": file.id},
    element("span", {class: "path"}, shown(file.local_path)),
    ` (id ${file.id}, ${file.state})`,
  );
  if (file.last_error) item.append(": ", shown(file.last_error));
  const buttons = element("span", {class: "buttons"});
  for (const [text, action] of remediesOf(file.state)) {
    const made = actions.actionButton(text, () => action([file.id]), {
      "aria-label": `${text.replace(" …", "")} file ${file.id} of this day`,
    });
    if (made) buttons.append(" ", made);
  }
  item.append(buttons);
  return item;
}

function close() {
  byId("day_details").hidden = true;
  shownDay?.from?.focus();
  shownDay = null;
}

// Asks for the day that is shown again, if one is; throws a Refusal.
export async function refreshDay() {
  if (!shownDay) return;
  const {archive, timecode} = shownDay;
  const {
    timecodes: [day],
  } = await ask(query("timecodes", {archive, after: timecode - 1, limit: 1}));
  if (shownDay?.timecode !== timecode || shownDay.archive !== archive || day?.timecode !== timecode) return;
  const box = byId("day_details");
  const had = box.contains(document.activeElement);
  const title = element("h3", {tabindex: "-1"}, `${timecode} (${dayOf(timecode)}) of ${shown(archive)}`);
  const list = element("ul", {}, ...day.blocking.map(line));
  const made = element("div", {}, title, element("p", {}, sentence(day)), list);
  const waiting = day.unsettled + day.lost;
  if (waiting > day.blocking.length)
    made.append(element("p", {class: "quiet"}, `… and ${count(waiting - day.blocking.length, "other")}.`));
  made.append(element("button", {type: "button", click: close}, "Close"));
  become(box, made);
  const opened = box.hidden;
  box.hidden = false;
  if (opened || (had && !box.contains(document.activeElement))) box.querySelector("h3").focus();
}

// `from` gets the focus back.
export async function showDay(archive, timecode, from) {
  shownDay = {archive, timecode, from};
  byId("day_details").hidden = true;
  try {
    await refreshDay();
  } catch (why) {
    actions.tell(why.message, true);
  }
}
