// The page: asks the daemon again and again while somebody looks, and at once when something happens there.
import * as actions from "./actions.js";
import {Refusal, ask, learn, token} from "./api.js";
import {showArchives} from "./archives.js";
import {learnAdvice, showConditions, tellAges} from "./conditions.js";
import {refreshDay} from "./day_details.js";
import {makeDays, openWaitingDays, refreshDays} from "./days.js";
import {byId, element, keyed, setText} from "./dom.js";
import {explain, refreshExplained} from "./explain.js";
import {makeFiles, openFiles, refreshFiles, refreshRetrying} from "./files.js";
import {knowArchives, makeHistory, refreshHistory} from "./history.js";
import {follow} from "./live.js";
import {repeated} from "./repeated.js";
import {daemonTimeIs, now, shown, time} from "./text.js";
import {showTransfers} from "./transfers.js";

const show = {files: openFiles, waitingDays: openWaitingDays};

let names = []; // of the archives

async function lookAtStatus() {
  const status = await ask("status");
  daemonTimeIs(status.timestamp);
  setText(byId("instance"), `${shown(status.version)} as ${shown(status.instance_id)}`);
  showConditions(status.conditions, show);
}

function showNames() {
  for (const [id, all] of [
    ["files_archive", [["", "all"]]],
    ["history_archive", []],
  ])
    keyed(
      byId(id),
      [...all, ...names.map((name) => [name, shown(name)])],
      ([value]) => `archive ${value}`,
      ([value, text]) => element("option", {value}, text),
      () => {},
    );
}

async function lookAtArchives() {
  const {archives} = await ask("archives");
  const before = names.length;
  names = archives.map((one) => one.name);
  knowArchives(archives);
  showNames();
  if (names.length !== before) {
    parts.days.now();
    parts.history.now();
  }
  showArchives(archives, show);
  tellAges();
  showTransfers((await ask("transfers")).transfers);
}

async function lookAtDays() {
  if (names.length > 0) await refreshDays(names);
  await refreshDay();
}

async function lookAtFiles() {
  await refreshRetrying();
  await refreshFiles();
}

// Each part has a pace of its own: ms between two looks, and how soon after something happened. The title of the tab tells
// of conditions also while another tab is looked at.
const parts = {
  status: repeated(lookAtStatus, {every: 10_000, soon: 100, unseen: true}),
  archives: repeated(lookAtArchives, {every: 2_000, soon: 250}),
  days: repeated(lookAtDays, {every: 60_000, soon: 2_000}),
  files: repeated(lookAtFiles, {every: 60_000, soon: 1_000}),
  explained: repeated(refreshExplained, {every: 10_000, soon: 1_000}),
  history: repeated(refreshHistory, {every: 60_000, soon: 60_000}),
};

function somethingHappened(kind) {
  parts.archives.soon();
  if (kind === "condition") parts.status.now(); // they are few
  if (kind !== "registered") parts.explained.soon();
  if (kind !== "condition") parts.days.soon();
  if (kind === "failed") parts.files.soon();
}

let lost = null; // when the daemon's answers ended

function tellLost(why) {
  lost ??= now();
  setText(byId("connection"), `Not live since ${time(lost)}: ${shown(why)}. What stands here is as old as that.`);
  document.body.classList.add("lost");
}

function tellLive() {
  lost = null;
  setText(byId("connection"), "live");
  document.body.classList.remove("lost");
}

async function start() {
  for (;;) {
    try {
      await learn();
      await learnAdvice();
      return;
    } catch (why) {
      if (!(why instanceof Refusal)) throw why;
      tellLost(why.message);
      await new Promise((done) => setTimeout(done, 1_000));
    }
  }
}

actions.whenChanged(() => Object.values(parts).forEach((part) => part.now()));
makeDays();
makeFiles(explain);
byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  explain(byId("wanted").value);
});
byId("forget_token").addEventListener("click", () => {
  token.forget();
  location.reload();
});

await start();
byId("forget_token").hidden = token.get() === null;
makeHistory(parts.history.now);
follow({
  onOpen: () => {
    tellLive();
    Object.values(parts).forEach((part) => part.now());
  },
  onEvent: somethingHappened,
  onLost: tellLost,
});
