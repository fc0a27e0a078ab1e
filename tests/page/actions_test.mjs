// The buttons do what they say.
import assert from "node:assert/strict";
import fs from "node:fs";
import {after, before, test} from "node:test";

import {close, condition, goes, open, shows, startBrowser, stopBrowser} from "./support/browser.mjs";
import {startDaemon, timecodeNow} from "./support/daemon.mjs";

const past = timecodeNow() - 4;

let daemon;

before(async () => {
  await startBrowser();
  daemon = await startDaemon({archives: {smurf: {}, timestreams: {}}});
});
after(async () => {
  await stopBrowser();
  await daemon?.stop();
});

const file = (row) => daemon.api(`files/${row.id}`);

test("an archive is paused and resumed", async () => {
  const page = await open(daemon);
  const row = page.locator('#archives tr[data-archive="smurf"]');
  await row.getByRole("button", {name: "Pause"}).click();
  await page.getByLabel("Reason (may be empty)").fill("a new disk");
  await page.getByRole("dialog").getByRole("button", {name: "Pause"}).click();
  await shows(page.getByText("smurf is paused: no new batches until it is resumed."));
  assert.equal((await daemon.api("archives/smurf")).activity.pause_reason, "by request: a new disk");
  await shows(row.getByText("paused (by request: a new disk)"));
  await shows(row.getByRole("button", {name: "Resume"}));
  const card = condition(page, "paused");
  await card.getByRole("button", {name: "Resume"}).click();
  await goes(card);
  assert.equal((await daemon.api("archives/smurf")).activity.paused, false);
  await close(page);
});

test("an archive that is paused for its base directory is resumed by whoever means that", async () => {
  const row = await daemon.register("timestreams", "before.g3");
  await daemon.comesTo(row.id, "verified");
  const base = daemon.path("there", "timestreams");
  fs.renameSync(base, `${base}.unmounted`);
  fs.mkdirSync(base);
  await daemon.register("timestreams", "after.g3");
  await daemon.conditionComes("base_directory");
  // It is told so after a restart, too.
  await daemon.restart({});
  await daemon.conditionComes("base_directory");
  const page = await open(daemon);
  const press = page.locator('#archives tr[data-archive="timestreams"]').getByRole("button", {name: "Resume …"});
  await press.click();
  await shows(page.getByRole("dialog").getByText("takes the base directory at the destination as it is now"));
  await page.getByRole("dialog").getByRole("button", {name: "Cancel"}).click();
  assert.equal((await daemon.api("archives/timestreams")).activity.paused, true);
  fs.rmdirSync(base);
  fs.renameSync(`${base}.unmounted`, base);
  await daemon.api("archives/timestreams/try-now", "POST");
  await goes(condition(page, "base_directory"));
  await close(page);
});

test("a file is retried once its cause is mended", async () => {
  const lost = await daemon.registerLost("smurf", "retried.g3");
  const page = await open(daemon);
  const row = page.locator(`#files tr[data-id="${lost.id}"]`);
  await shows(row);
  fs.writeFileSync(lost.local_path, "it is back");
  await row.getByRole("button", {name: `Retry file ${lost.id}`}).click();
  await goes(row);
  await daemon.comesTo(lost.id, "verified");
  await goes(condition(page, "files_failed"));
  await close(page);
});

test("a file is ignored with a reason, and that is taken back", async () => {
  const lost = await daemon.registerLost("smurf", "ignored.g3", past);
  const page = await open(daemon);
  const ignore = page.getByRole("button", {name: `Ignore file ${lost.id}`, exact: true});
  await ignore.click();
  await page.getByRole("dialog").getByRole("button", {name: "Cancel"}).click();
  assert.equal((await file(lost)).ignore, false);
  await ignore.click();
  await page.getByLabel("Reason (may be empty)").fill("crate 3 was broken");
  await page.keyboard.press("Enter");
  await shows(page.getByText("1 file ignored."));
  assert.equal((await file(lost)).ignore_reason, "crate 3 was broken");
  await page.getByLabel("state").selectOption("ignored");
  const row = page.locator(`#files tr[data-id="${lost.id}"]`);
  await shows(row.getByText("crate 3 was broken"));
  await row.getByRole("button", {name: `No longer ignore file ${lost.id}`}).click();
  await goes(row);
  assert.equal((await file(lost)).ignore, false);
  await daemon.api(`files/${lost.id}`, "PATCH", {ignore: true});
  await close(page);
});

test("many files that are selected are ignored together", async () => {
  const rows = [];
  for (const name of ["a", "b", "c"]) rows.push(await daemon.registerLost("smurf", `many_${name}.g3`, past));
  const page = await open(daemon);
  await page.getByLabel(`Select file ${rows[0].id}`).check();
  await shows(page.getByText("1 file selected"));
  await page.getByLabel("all of this page").check();
  await shows(page.getByText("3 files selected"));
  await page.getByLabel(`Select file ${rows[1].id}`).uncheck();
  await page.locator("#selection").getByRole("button", {name: "Ignore …"}).click();
  await page.getByRole("dialog").getByRole("button", {name: "Ignore"}).click();
  await shows(page.getByText("2 files ignored."));
  assert.deepEqual(await Promise.all(rows.map(async (row) => (await file(row)).ignore)), [true, false, true]);
  await shows(page.getByText("none is selected"));
  // The last one, from its condition.
  await condition(page, "files_failed").getByRole("button", {name: "Ignore all …"}).click();
  await page.getByRole("dialog").getByRole("button", {name: "Ignore"}).click();
  await goes(condition(page, "files_failed"));
  assert.equal((await file(rows[1])).ignore, true);
  await close(page);
});

test("all failed files of an archive are retried from the day that they block", async () => {
  const lost = await daemon.registerLost("smurf", "blocking.g3", past);
  const page = await open(daemon);
  const card = condition(page, "finalization_blocked");
  await card.getByRole("button", {name: "Show the days"}).click();
  await page.getByRole("button", {name: new RegExp(`^${past} .*smurf: blocked`)}).click();
  await shows(page.locator(`#day_details li[data-id="${lost.id}"]`));
  fs.writeFileSync(lost.local_path, "it is back");
  await card.getByRole("button", {name: "Retry all"}).click();
  await shows(page.getByText("1 file of smurf is tried again."));
  await goes(card);
  await shows(page.locator("#day_details").getByText(/^(Finalized|Complete and verified)/));
  await close(page);
});

test("the removal of a day is accepted", async () => {
  const row = await daemon.register("timestreams", "removed.g3", "content", past);
  await daemon.comesTo(row.id, "verified");
  fs.rmSync(daemon.path("there", "timestreams", String(past)), {recursive: true});
  await daemon.restart({archives: {smurf: {}, timestreams: {delete_local_after: 1}}});
  const page = await open(daemon);
  const card = condition(page, "day_removed");
  await card.getByRole("button", {name: "Accept the removal …"}).click();
  assert.equal(await page.getByLabel("Timecode (five digits)").inputValue(), String(past));
  await page.getByRole("button", {name: "Delete them here, too"}).click();
  await shows(page.getByText(new RegExp(`^The removal of ${past} of timestreams is accepted`)));
  await goes(card);
  await daemon.comesTo(row.id, "deleted");
  assert.equal(fs.existsSync(row.local_path), false);
  await close(page);
});

test("what the daemon refuses is told in its own words", async () => {
  const page = await open(daemon);
  await page.route("**/archives/smurf/pause", (route) => route.continue({method: "PUT"}));
  const pause = page.locator('#archives tr[data-archive="smurf"]').getByRole("button", {name: "Pause"});
  await pause.click();
  await page.getByRole("dialog").getByRole("button", {name: "Pause"}).click();
  const message = page.getByText(/^Pausing smurf failed: PUT is not answered at .*, only POST/);
  await shows(message);
  await page.getByRole("button", {name: "Close this message"}).click();
  await goes(message);
  await close(page, /405/);
});

test("where nothing may be changed there is no button that changes something", async () => {
  const lost = await daemon.registerLost("smurf", "kept.g3", past);
  await daemon.restart({http: {access: "read-only"}});
  const page = await open(daemon);
  await shows(page.locator(`#files tr[data-id="${lost.id}"]`));
  await shows(condition(page, "files_failed"));
  await page.getByRole("button", {name: new RegExp(`^${past} .*smurf: blocked`)}).click();
  await shows(page.locator("#day_details li"));
  await page.getByLabel("Explain a file, by path or id").fill(String(lost.id));
  await page.keyboard.press("Enter");
  await shows(page.locator("#explained article"));
  assert.equal(await page.getByRole("button", {name: /retry|ignore|pause|resume|try now|accept|again/i}).count(), 0);
  assert.equal(await page.getByRole("checkbox").count(), 1, "only that of the days");
  await close(page);
});
