// At three in the morning: each trouble made for real, and the page alone says what is wrong and what to do.
import assert from "node:assert/strict";
import fs from "node:fs";
import {after, before, test} from "node:test";

import {close, condition, goes, open, picture, shows, startBrowser, stopBrowser} from "./support/browser.mjs";
import {startDaemon, timecodeNow} from "./support/daemon.mjs";
import {startLink} from "./support/link.mjs";
import {run, scratchDirectory} from "./support/processes.mjs";

before(startBrowser);
after(stopBrowser);

// The page as somebody sees it who has just opened it: the card of this kind, with these words of what is wrong and of
// what to do about it; and what is seen when it is mended.
async function tells(daemon, kind, wrong, advice, mend, complaints = null) {
  await daemon.conditionComes(kind);
  const page = await open(daemon);
  const card = condition(page, kind).first();
  await shows(card);
  assert.match(await card.locator(".message").textContent(), wrong);
  assert.match(await card.locator(".advice").textContent(), advice);
  await picture(page, kind);
  if (mend) {
    await mend(card, page);
    await goes(condition(page, kind));
  }
  await close(page, complaints);
}

async function withDaemon(options, does) {
  const daemon = await startDaemon(options);
  try {
    await does(daemon);
  } finally {
    await daemon.stop();
  }
}

test("nothing is wrong", () =>
  withDaemon({}, async (daemon) => {
    await daemon.comesTo((await daemon.register("smurf", "a.g3")).id, "verified");
    const page = await open(daemon);
    await shows(page.getByText("Nothing is wrong"));
    await shows(page.getByText("No condition holds: nothing waits for a person."));
    assert.equal(await page.locator(".condition").count(), 0);
    await picture(page, "nothing");
    await close(page);
  }));

test("the destination is down", async () => {
  const directory = scratchDirectory();
  const link = await startLink(directory);
  try {
    await withDaemon({link, directory}, async (daemon) => {
      await link.down();
      await daemon.register("smurf", "a.g3");
      await tells(
        daemon,
        "destination_unreachable",
        /cannot connect to .*suprsync-test: .* tried again at/,
        /it goes when the destination answers/,
        async () => {
          await link.up();
          await daemon.api("archives/smurf/try-now", "POST").catch(() => {});
        },
      );
    });
  } finally {
    await link.stop();
  }
});

test("the disk there is full", {skip: process.getuid() !== 0 && "only root can mount a small disk"}, async () => {
  const directory = scratchDirectory();
  const disk = `${directory}/disk`;
  fs.mkdirSync(disk);
  run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk);
  fs.mkdirSync(`${disk}/base`);
  try {
    await withDaemon({directory, archives: {smurf: {remote_basedir: `${disk}/base`}}}, async (daemon) => {
      await daemon.register("smurf", "large.g3", "x".repeat(3 * 1024 * 1024));
      await tells(daemon, "destination_full", /space/i, /make room there/);
      run("umount", "-l", disk);
    });
  } finally {
    if (fs.existsSync(directory)) run("umount", "-l", disk);
    fs.rmSync(directory, {recursive: true, force: true});
  }
});

test("the data disk is not mounted", () =>
  withDaemon({}, async (daemon) => {
    await daemon.api("archives/smurf/pause", "POST");
    await daemon.register("smurf", "disk/a.g3");
    fs.renameSync(daemon.path("data"), daemon.path("elsewhere"));
    await daemon.api("archives/smurf/resume", "POST");
    await tells(
      daemon,
      "source_unavailable",
      /data/,
      /missing, unmounted or does not answer.*mend what the message names/,
      async (card, page) => {
        await card.getByRole("button", {name: "Show the files"}).click();
        await shows(page.locator("#files td").getByText("disk/a.g3").first());
        fs.renameSync(daemon.path("elsewhere"), daemon.path("data"));
      },
    );
  }));

test("a file never succeeds", () =>
  withDaemon({}, async (daemon) => {
    const lost = await daemon.registerLost("smurf", "never.g3");
    await tells(
      daemon,
      "files_failed",
      /1 file used up all attempts/,
      /mend the cause, then suprsync retry or ignore/,
      async (card, page) => {
        await card.getByRole("button", {name: "Show the files"}).click();
        await shows(page.locator(`#files tr[data-id="${lost.id}"]`).getByText(/No such file or directory/));
        fs.writeFileSync(lost.local_path, "it is back");
        await card.getByRole("button", {name: "Retry all"}).click();
      },
    );
  }));

test("a file that failed and is tried again is told before it is a condition", () =>
  withDaemon({archives: {smurf: {max_copy_attempts: 5}}}, async (daemon) => {
    const lost = await daemon.registerLost("smurf", "later.g3", timecodeNow(), "retrying");
    const page = await open(daemon);
    const told = page.locator("#retrying");
    await shows(told.getByText(/later\.g3: .*No such file or directory/));
    await told.getByRole("button", {name: "Show the files"}).click();
    await shows(page.locator(`#files tr[data-id="${lost.id}"]`).getByText(/No such file or directory/));
    await close(page);
  }));

test("a day is blocked", () =>
  withDaemon({}, async (daemon) => {
    const past = timecodeNow() - 5;
    const lost = await daemon.registerLost("smurf", "blocking.g3", past);
    await tells(
      daemon,
      "finalization_blocked",
      new RegExp(`timecode ${past} \\(1 failed: ${lost.local_path}\\)`),
      /retry or ignore/,
      async (card, page) => {
        await card.getByRole("button", {name: "Ignore all …"}).click();
        await page.getByRole("dialog").getByRole("button", {name: "Ignore"}).click();
      },
    );
  }));

test("the catalog was replaced", () =>
  withDaemon({}, async (daemon) => {
    await daemon.register("smurf", "a.g3");
    fs.renameSync(daemon.path("suprsync.db"), daemon.path("away.db"));
    await tells(
      daemon,
      "catalog_replaced",
      /suprsync\.db/,
      /put a catalog at the path/,
      () => fs.renameSync(daemon.path("away.db"), daemon.path("suprsync.db")),
      /503/,
    );
  }));

test("an archive is paused", () =>
  withDaemon({}, async (daemon) => {
    await daemon.api("archives/smurf/pause", "POST");
    await tells(daemon, "paused", /./, /somebody paused the archive/, (card) =>
      card.getByRole("button", {name: "Resume"}).click(),
    );
  }));
