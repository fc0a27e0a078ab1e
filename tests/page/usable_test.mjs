// Whoever uses it: by keyboard alone, on a narrow screen, in light and dark, with a screen reader.
import assert from "node:assert/strict";
import {after, before, test} from "node:test";

import {
  close,
  fitsTheWidth,
  goes,
  isAccessible,
  open,
  picture,
  shows,
  startBrowser,
  stopBrowser,
} from "./support/browser.mjs";
import {startDaemon, timecodeNow} from "./support/daemon.mjs";

const past = timecodeNow() - 5;

let daemon;
let lost;

before(async () => {
  await startBrowser();
  daemon = await startDaemon({archives: {smurf: {}, timestreams: {}}});
  for (const archive of ["smurf", "timestreams"])
    for (let timecode = past - 3; timecode <= past + 4; ++timecode)
      await daemon.register(archive, `${timecode}_${archive}.g3`, "fine", timecode);
  lost = await daemon.registerLost("smurf", `${"a_long_name_".repeat(12)}.g3`, past);
  await daemon.registerLost("timestreams", "another.g3", past + 1);
  await daemon.api("archives/timestreams/pause", "POST");
  await daemon.conditionComes("finalization_blocked");
});
after(async () => {
  await stopBrowser();
  await daemon?.stop();
});

// With something opened in each part.
async function filled(options) {
  const page = await open(daemon, options);
  await page.getByRole("button", {name: new RegExp(`^${past} .*smurf: blocked`)}).click();
  await shows(page.locator("#day_details li"));
  await page.getByLabel("Explain a file, by path or id").fill(String(lost.id));
  await page.keyboard.press("Enter");
  await shows(page.locator("#explained article"));
  await page.getByLabel(`Select file ${lost.id}`).check();
  return page;
}

for (const colorScheme of ["light", "dark"])
  for (const width of [1280, 400])
    test(`it is accessible and fits in ${colorScheme} on ${width} pixels`, async () => {
      const page = await filled({colorScheme, width});
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(ground === "rgb(255, 255, 255)", colorScheme === "light");
      await isAccessible(page);
      await fitsTheWidth(page);
      await picture(page, `${colorScheme}_${width}`);
      await page.getByRole("button", {name: `Ignore file ${lost.id}`, exact: true}).click();
      await shows(page.getByRole("dialog"));
      await isAccessible(page);
      await fitsTheWidth(page);
      await picture(page, `${colorScheme}_${width}_dialog`);
      await close(page);
    });

// What has the focus, as a screen reader names it.
const focused = (page) =>
  page.evaluate(() => {
    const {ariaLabel, labels, textContent} = document.activeElement;
    return ariaLabel ?? labels?.[0]?.textContent.trim() ?? textContent.trim();
  });

async function tabTo(page, name, most = 60) {
  for (let presses = 0; presses < most; ++presses) {
    await page.keyboard.press("Tab");
    if (name.test(await focused(page))) return;
  }
  assert.fail(`the tabulator does not lead to ${name}`);
}

test("everything is reached and done by keyboard", async () => {
  const page = await open(daemon);
  await shows(page.locator(`#files tr[data-id="${lost.id}"]`));
  await page.keyboard.press("Tab");
  assert.equal(await focused(page), "To what is wrong");
  await tabTo(page, /^Explain a file/);
  await page.keyboard.type(String(lost.id));
  await page.keyboard.press("Enter");
  await shows(page.locator("#explained article"));
  assert.equal(await focused(page), "Explained");
  await tabTo(page, /^Close$/);
  await page.keyboard.press("Enter");
  assert.match(await focused(page), /^Explain a file/);

  // The grid is one stop; in it the arrows lead on.
  await tabTo(page, /^only days that are not finalized$/);
  await tabTo(page, new RegExp(`^\\d{5} \\(`), 4);
  const stops = [await focused(page)];
  await page.keyboard.press("ArrowDown");
  stops.push(await focused(page));
  await page.keyboard.press("ArrowRight");
  stops.push(await focused(page));
  assert.deepEqual(
    stops.map((one) => /^(\d{5}) .*, (\w+):/.exec(one).slice(1)),
    [
      [past + 4, "smurf"],
      [past + 3, "smurf"],
      [past + 3, "timestreams"],
    ].map(([day, name]) => [String(day), name]),
  );
  for (let day = past + 3; day > past; --day) await page.keyboard.press("ArrowDown");
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Enter");
  await shows(page.locator("#day_details li"));
  assert.match(await focused(page), new RegExp(`^${past} .* of smurf$`));
  await tabTo(page, new RegExp(`^Ignore file ${lost.id} of this day$`));
  await page.keyboard.press("Enter");
  await shows(page.getByRole("dialog"));
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({state: "detached"});
  assert.match(await focused(page), /^Ignore file/);
  await tabTo(page, new RegExp(`^Select file ${lost.id}$`));
  await page.keyboard.press("Space");
  await shows(page.getByText("1 file selected"));
  await close(page);
});

test("what is looked at stays, whatever happens meanwhile", async () => {
  const page = await open(daemon);
  const retry = page.getByRole("button", {name: `Retry file ${lost.id}`, exact: true});
  await retry.focus();
  await page.getByLabel(`Select file ${lost.id}`).check();
  await retry.focus();
  for (const name of ["x", "y", "z"]) await daemon.registerLost("smurf", `more_${name}.g3`, past);
  await shows(page.locator("#files td").getByText("more_z.g3").first());
  assert.equal(await focused(page), `Retry file ${lost.id}`);
  assert.equal(await page.getByLabel(`Select file ${lost.id}`).isChecked(), true);
  await close(page);
});

// The card that has the focus.
const pausedOf = (page, archive) => page.locator(`.condition[data-kind="paused"][data-archive="${archive}"]`);
const hasFocus = (locator) => locator.evaluate((one) => one.contains(document.activeElement));

test("the focus stays where it is when what stands above it goes", async () => {
  await daemon.api("archives/smurf/pause", "POST");
  const page = await open(daemon);
  const [newer, older] = [pausedOf(page, "smurf"), pausedOf(page, "timestreams")];
  await shows(newer);
  await older.getByRole("button", {name: "Resume"}).focus();
  await daemon.api("archives/smurf/resume", "POST");
  await goes(newer);
  assert.equal(await hasFocus(older), true);
  await close(page);
});

test("what is explained is brought up to date under the hand", async () => {
  const page = await open(daemon);
  await page.getByLabel("Explain a file, by path or id").fill(String(lost.id));
  await page.keyboard.press("Enter");
  const file = page.locator("#explained article");
  const retry = file.getByRole("button", {name: "Retry"});
  await shows(retry);
  await retry.focus();
  const before = await file.textContent();
  await page.waitForFunction((old) => document.querySelector("#explained article").textContent !== old, before);
  assert.equal(await hasFocus(retry), true);

  // Of another state there is something else to be done.
  await daemon.api(`files/${lost.id}`, "PATCH", {ignore: true});
  const back = file.getByRole("button", {name: "No longer ignore"});
  await shows(back);
  await goes(retry);
  await back.click();
  await shows(retry);
  await close(page);
});
