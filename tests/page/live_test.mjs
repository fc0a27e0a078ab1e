// What happens is shown as it happens: a link that goes down and comes up, a daemon that goes and comes back, a token.
import assert from "node:assert/strict";
import fs from "node:fs";
import {after, before, test} from "node:test";

import {close, condition, isLive, open, picture, shows, soon, startBrowser, stopBrowser} from "./support/browser.mjs";
import {makeToken, startDaemon} from "./support/daemon.mjs";
import {startLink} from "./support/link.mjs";
import {scratchDirectory} from "./support/processes.mjs";

before(startBrowser);
after(stopBrowser);

test("a link that goes down and comes up is seen within two seconds", async () => {
  const directory = scratchDirectory();
  const link = await startLink(directory);
  const daemon = await startDaemon({link, directory});
  try {
    await daemon.comesTo((await daemon.register("smurf", "first.g3")).id, "verified");
    const page = await open(daemon);
    await shows(page.getByText("Nothing is wrong"));
    await link.down();
    const second = await daemon.register("smurf", "second.g3");
    await daemon.conditionComes("destination_unreachable");
    const card = condition(page, "destination_unreachable");
    await card.waitFor({timeout: soon});
    await page.getByText(/^1 condition$/).waitFor({timeout: soon});
    await picture(page, "link_down");
    await link.up();
    await card.getByRole("button", {name: "Try now"}).click();
    await shows(page.getByText("smurf is being tried now."));
    await daemon.conditionGoes("destination_unreachable");
    await card.waitFor({state: "detached", timeout: soon});
    await page.getByText("Nothing is wrong").waitFor({timeout: soon});
    await daemon.comesTo(second.id, "verified");
    await close(page);
  } finally {
    await daemon.stop();
    await link.stop();
  }
});

test("what is being copied has a bar that grows", async () => {
  const directory = scratchDirectory();
  const link = await startLink(directory);
  const daemon = await startDaemon({link, directory, archives: {smurf: {bwlimit: "1MiB"}}});
  try {
    const page = await open(daemon);
    const row = await daemon.register("smurf", "large.g3", "x".repeat(12 * 1024 * 1024));
    const transfer = page.locator('#transfers li[data-archive="smurf"]').filter({hasText: "copying"});
    await shows(transfer);
    const bar = () => transfer.locator("progress").getAttribute("value");
    await shows(transfer.getByText(/\([1-9]\d? %\)/));
    assert.ok(Number(await bar()) > 0);
    assert.match(await transfer.textContent(), /large\.g3/);
    await picture(page, "transfer");
    await shows(page.locator('#archives td[data-label="Estimated end"]').getByText(/^in .* \(\d\d:\d\d:\d\dZ\)$/));
    await daemon.comesTo(row.id, "verified");
    await shows(page.getByText("Nothing is being copied."));
    await close(page);
  } finally {
    await daemon.stop();
    await link.stop();
  }
});

test("a daemon that goes and comes back is told, with since when", async () => {
  const daemon = await startDaemon();
  try {
    const page = await open(daemon);
    await daemon.end("SIGKILL");
    const line = page.getByText(/^Not live since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ: .*as old as that\.$/);
    await line.waitFor({timeout: soon});
    await daemon.begin();
    await isLive(page);
    // It goes on where it was.
    await daemon.api("archives/smurf/pause", "POST");
    await condition(page, "paused").waitFor({timeout: soon});
    // It answers before its catalog is ready.
    await close(page, /ERR_CONNECTION|ERR_INCOMPLETE|ERR_EMPTY|ERR_NETWORK|status of 503/);
  } finally {
    await daemon.stop();
  }
});

test("the token is asked for once, and kept while the tab is open", async () => {
  const place = scratchDirectory();
  const daemon = await startDaemon({http: {token_file: makeToken(place)}});
  try {
    const page = await open(daemon, {live: false});
    const field = page.getByLabel("Token", {exact: true});
    await field.fill("wrong");
    await page.keyboard.press("Enter");
    await shows(page.getByText("That token was not right."));
    await page.keyboard.press("Escape");
    await field.fill(daemon.token);
    await page.keyboard.press("Enter");
    await isLive(page);
    assert.equal(await page.getByRole("dialog").count(), 0);
    await daemon.api("archives/smurf/pause", "POST");
    await condition(page, "paused").waitFor({timeout: soon});
    await page.reload();
    await isLive(page);
    assert.deepEqual(await page.evaluate(() => Object.keys(localStorage)), []);
    await page.getByRole("button", {name: "Forget the token"}).click();
    await shows(field);
    await close(page, /401/);
  } finally {
    await daemon.stop();
    fs.rmSync(place, {recursive: true});
  }
});
