// A thousand days and a hundred thousand failed files: the page shows a part, and the rest is reached.
import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {close, open, picture, shows, startBrowser, stopBrowser} from "./support/browser.mjs";
import {startDaemon, timecodeNow} from "./support/daemon.mjs";
import {run, waitUntil} from "./support/processes.mjs";

const days = 1_000;
const files = 100_000;
const first = timecodeNow() - days;

// As another program registers files, with their attempts used up.
const insert = `
import sqlite3, sys
catalog = sqlite3.connect(sys.argv[1], timeout=60)
first, days, files = (int(word) for word in sys.argv[2:])
catalog.executemany(
    "INSERT INTO supersync_v0 (local_path, local_md5sum, archive_name, remote_path, timestamp, failed_copy_attempts, deletable, ignore)"
    " VALUES (?, '', 'smurf', ?, ?, 5, 1, 0)",
    ((f"/data/{n}.g3", f"{first + n % days}/{n}.g3", (first + n % days) * 1e5 + n) for n in range(files)))
catalog.commit()
`;

let daemon;

before(async () => {
  await startBrowser();
  daemon = await startDaemon();
  run("python3", "-c", insert, daemon.path("suprsync.db"), String(first), String(days), String(files));
  await waitUntil("all are known", async () => (await daemon.api("archives/smurf")).statistics.failed_files === files);
});
after(async () => {
  await stopBrowser();
  await daemon?.stop();
});

test("a thousand days are shown by parts, and the oldest is reached", async () => {
  const page = await open(daemon);
  await shows(page.getByText(`1 to 30 of ${days.toLocaleString("en")} days`));
  assert.equal(await page.locator("#days tbody tr").count(), 30);
  for (let shown = 30; shown < days; shown += 30) await page.getByRole("button", {name: "Older"}).click();
  await page.getByRole("button", {name: new RegExp(`^${first} .*smurf: blocked, 100 files`)}).click();
  await shows(page.locator("#day_details").getByText("… and 90 others."));
  assert.ok(await page.getByRole("button", {name: "Older"}).isDisabled());
  await close(page);
});

test("a hundred thousand failed files are shown by hundreds, and the page answers meanwhile", async () => {
  const page = await open(daemon);
  await page.evaluate(() => {
    globalThis.blocked = [];
    new PerformanceObserver((list) => globalThis.blocked.push(...list.getEntries().map((one) => one.duration))).observe(
      {type: "longtask", buffered: true},
    );
  });
  await shows(page.locator('#archives td[data-label="Failed"]').getByText("100,000"));
  for (let turned = 0; turned < 5; ++turned) {
    const before = await page.locator("#which_files").textContent();
    await page.getByRole("button", {name: "Next"}).click();
    await page.waitForFunction((old) => document.getElementById("which_files").textContent !== old, before);
    assert.equal(await page.locator("#files tbody tr").count(), 100);
  }
  await page.getByLabel("remote path begins with").fill(`${first + 7}/`);
  await page.locator("#files_prefix").blur();
  await shows(page.locator("#files td").getByText("/data/7.g3"));
  await picture(page, "large");
  const blocked = await page.evaluate(() => globalThis.blocked);
  console.log(`longest time that the page was busy: ${Math.round(Math.max(0, ...blocked))} ms`);
  await close(page);
});
