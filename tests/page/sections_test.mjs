// Each part of the page, against a daemon that has something to show in it.
import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {close, condition, goes, isAccessible, open, picture, shows, startBrowser, stopBrowser} from "./support/browser.mjs";
import {startDaemon, timecodeNow} from "./support/daemon.mjs";

const today = timecodeNow();
const past = today - 5;
const hostile = "<img src=x onerror=alert(1)> \u202egpj.exe &amp; \"'`${1}.g3";

let daemon;
let lost;
let odd;

before(async () => {
  await startBrowser();
  daemon = await startDaemon({archives: {smurf: {}, timestreams: {}}});
  for (const archive of ["smurf", "timestreams"])
    for (let timecode = past - 2; timecode <= today; ++timecode)
      await daemon.register(archive, `${timecode}_${archive}.g3`, "fine", timecode);
  lost = await daemon.registerLost("smurf", "lost.g3", past);
  odd = await daemon.registerLost("timestreams", hostile, past);
  await daemon.conditionComes("finalization_blocked");
});
after(async () => {
  await stopBrowser();
  await daemon?.stop();
});

test("conditions stand with their message, what to do, and since when", async () => {
  const page = await open(daemon);
  const card = condition(page, "files_failed").filter({hasText: "archive smurf"});
  await shows(card);
  const [said] = (await daemon.api("status")).conditions.filter(
    (one) => one.kind === "files_failed" && one.archive === "smurf",
  );
  assert.ok((await card.textContent()).includes(said.message));
  await shows(card.getByText("files have no attempts left", {exact: true}));
  assert.match(await card.locator(".advice").textContent(), /What to do: .*suprsync retry/);
  assert.match(await card.locator(".since").textContent(), /^since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ \((now|.* ago)\)/);
  const conditions = (await daemon.api("status")).conditions.length;
  await shows(page.getByText(`${conditions} conditions`, {exact: true}));
  assert.equal(await page.title(), `(${conditions}) suprsync`);
  await picture(page, "conditions");
  await close(page);
});

test("archives show what they do, what waits, what failed and how far their promise is behind", async () => {
  const page = await open(daemon);
  const row = page.locator('#archives tr[data-archive="smurf"]');
  await shows(row);
  const cell = (name) => row.locator(`td[data-label="${name}"]`).textContent();
  assert.match(await cell("Archive"), new RegExp(`smurf.*${daemon.path("there", "smurf")}`));
  assert.equal(await cell("Doing"), "idle");
  assert.match(await cell("Rate"), /^\d+ B\/s .*over a minute; .*over 15 min/);
  assert.equal(await cell("Waiting"), "nothing");
  assert.equal(await cell("Estimated end"), "nothing waits");
  assert.equal(await cell("Failed"), "1");
  assert.match(await cell("Finalized until"), /^\d+(\.\d)? d behind \(.*Z\)$/);
  await close(page);
});

test("days are a grid in which a press says what blocks one", async () => {
  const page = await open(daemon);
  const blocked = page.getByRole("button", {
    name: new RegExp(`^${past} .*, smurf: blocked, 2 files, 1 unsettled, 1 failed$`),
  });
  await shows(blocked);
  assert.equal(await blocked.textContent(), "✕ 1");
  await shows(page.getByRole("button", {name: new RegExp(`^${past - 1} .*, smurf: finalized, revision 1, 1 file$`)}));
  await shows(page.getByRole("button", {name: new RegExp(`^${today} .*, smurf: open, 1 file`)}));
  await blocked.click();
  const details = page.locator("#day_details");
  await shows(details.getByText(`Blocked: 1 of 2 files unsettled, 1 failed.`));
  assert.match(
    await details.locator("li").textContent(),
    new RegExp(`${lost.local_path} \\(id ${lost.id}, failed\\): cannot look at .*No such file`),
  );
  await details.getByRole("button", {name: "Close"}).click();
  assert.equal(await page.evaluate(() => document.activeElement.textContent), "✕ 1");
  await page.getByLabel("only days that are not finalized").check();
  await shows(page.locator("#which_days").getByText(/^1 to [23] of [23] days$/));
  await close(page);
});

test("failed files stand with their reasons, and other states can be chosen", async () => {
  const page = await open(daemon);
  const row = page.locator(`#files tr[data-id="${lost.id}"]`);
  await shows(row);
  assert.match(await row.textContent(), /No such file or directory/);
  await page.getByLabel("archive", {exact: true}).first().selectOption("timestreams");
  await shows(page.locator(`#files tr[data-id="${odd.id}"]`));
  await goes(row);
  await page.getByLabel("state").selectOption("verified");
  await page.getByLabel("remote path begins with").fill(`${today}/timestreams/`);
  await page.keyboard.press("Enter");
  await page.locator("#files_prefix").blur();
  await shows(page.locator("#files td").getByText(`${today}_timestreams.g3`));
  await page.waitForFunction(() => document.querySelectorAll("#files tbody tr").length === 1);
  await page.getByLabel("state").selectOption("ignored");
  await shows(page.getByText("No file is in this state."));
  await close(page);
});

test("a file is explained by id, by local path and by remote path", async () => {
  const page = await open(daemon);
  const wanted = page.getByLabel("Explain a file, by path or id");
  for (const text of [String(lost.id), lost.local_path, lost.remote_path]) {
    await wanted.fill(text);
    await wanted.press("Enter");
    const article = page.locator(`#explained article[data-id="${lost.id}"]`);
    await shows(article);
    const said = await article.textContent();
    assert.match(said, /failed, 1 failed attempt: no attempts left; mend the cause, then retry or ignore it/);
    assert.ok(said.includes(`${past} (`) && said.includes("waits for this file: 1 of 2 files unsettled, 1 failed"));
    await page.locator("#explained").getByRole("button", {name: "Close"}).click();
  }
  await wanted.fill(`${past - 2}/`);
  await wanted.press("Enter");
  await shows(page.locator("#explained article").first());
  await wanted.fill("/nowhere");
  await wanted.press("Enter");
  await shows(page.getByText(/^No file is registered under \/nowhere/));
  await close(page);
});

test("the name of a file is a text, whatever is in it", async () => {
  const page = await open(daemon);
  page.on("dialog", () => assert.fail("the page obeyed the name of a file"));
  const row = page.locator(`#files tr[data-id="${odd.id}"]`);
  await shows(row);
  assert.ok((await row.textContent()).includes("<img src=x onerror=alert(1)> \\u202egpj.exe &amp; \"'`${1}.g3"));
  await row.getByRole("button", {name: /img/}).click();
  await shows(page.locator("#explained article"));
  assert.equal(await page.locator("main img, main script").count(), 0);
  assert.ok(!(await page.locator("body").textContent()).includes("\u202e"));
  await close(page);
});

test("text that would become a part of the page is refused by the browser", async () => {
  const page = await open(daemon);
  const why = await page.evaluate(() => {
    try {
      document.querySelector("main").innerHTML = "<b>bold</b>";
      return "it was taken";
    } catch (error) {
      return error.name;
    }
  });
  assert.equal(why, "TypeError");
  await close(page, /TrustedHTML/);
});

// Rows of the catalog as the daemon writes them, a minute each, with an hour in which no daemon ran; the destination fills.
// They go on for some minutes, so that those of the daemon itself are none of the last.
function minutesOf(archive, hours) {
  const rows = [];
  const last = Math.floor(Date.now() / 60_000) * 60;
  for (let ago = hours * 60; ago >= -5; --ago) {
    if (ago > 240 && ago < 300) continue;
    const free = 1.01e12 + ago * 1e9;
    rows.push([archive, 60, last - ago * 60, 60, 6e8, 6e8, 3, 40, 2, "48:50 63:50", null, free]);
  }
  return rows;
}

test("the history is drawn, and says when the disk is full", async (context) => {
  // A destination that does not answer tells nothing itself.
  const still = await startDaemon({archives: {still: {remote_basedir: "/nowhere/at/all"}}});
  context.after(() => still.stop());
  still.recordHistory(minutesOf("still", 6));
  const page = await open(still);
  const plots = page.locator("#history figure");
  await shows(plots.first());
  assert.equal(await plots.count(), 4);
  await shows(page.getByText("1.0 TB free at the destination, full in 17 h at this rate; 0 B proven and deletable"));
  await shows(page.getByText("half took at most 4 s, 99 of 100 at most 1.0 min"));
  await shows(page.getByText(/files verified, .* GB; at last 10 MB\/s sent/));
  await picture(page, "history");
  await page.locator("#history_span").selectOption("1 day");
  await page.waitForFunction(() =>
    [...document.querySelectorAll("canvas")].every((one) =>
      one
        .getContext("2d")
        .getImageData(0, 0, one.width, one.height)
        .data.some((value) => value > 0),
    ),
  );
  await isAccessible(page);
  await close(page);
});
