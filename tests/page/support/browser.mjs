// A real browser with the page in it: Debian's Chromium, headless. What it complains of fails the test.
import assert from "node:assert/strict";
import fs from "node:fs";
import {createRequire} from "node:module";
import path from "node:path";

const modules = createRequire(path.join(process.env.SUPRSYNC_PAGE_BUILD, "package.json"));
const {chromium} = modules("playwright-core");
const axe = fs.readFileSync(modules.resolve("axe-core/axe.min.js"), "utf8");
const pictures = path.join(process.env.SUPRSYNC_PAGE_BUILD, "screenshots");

export const soon = 2_000; // ms, within which the page shows what the daemon says

let browser = null;

export async function startBrowser() {
  browser = await chromium.launch({
    executablePath: "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      "--disable-dev-shm-usage",
    ],
  });
}

export const stopBrowser = () => browser.close();

// Opens the page of a daemon in a tab of its own, which has `complaints`, and waits until it is live. `prepare` gets the
// empty tab.
export async function open(
  daemon,
  {width = 1280, height = 900, colorScheme = "light", live = true, prepare = () => {}} = {},
) {
  const context = await browser.newContext({viewport: {width, height}, colorScheme});
  const page = await context.newPage();
  page.complaints = [];
  page.elsewhere = [];
  page.on(
    "console",
    (message) => ["error", "warning"].includes(message.type()) && page.complaints.push(message.text()),
  );
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("request", (request) => request.url().startsWith(daemon.url) || page.elsewhere.push(request.url()));
  await prepare(page);
  await page.goto(daemon.url);
  if (live) await isLive(page);
  return page;
}

export const isLive = (page) => page.getByText("live", {exact: true}).waitFor();

// Closes the tab. `expected` matches what the browser may have complained of: the answers that a test asked for.
export async function close(page, expected = null) {
  const complaints = page.complaints.filter((one) => !expected?.test(one));
  await page.context().close();
  assert.deepEqual(complaints, []);
  assert.deepEqual(page.elsewhere, [], "nothing is asked of another host");
}

export async function picture(page, name) {
  fs.mkdirSync(pictures, {recursive: true});
  await page.screenshot({path: path.join(pictures, `${name}.png`), fullPage: true});
}

// What axe-core finds: nothing, of any weight.
export async function isAccessible(page) {
  await page.evaluate(axe);
  const {violations, passes} = await page.evaluate(() => globalThis.axe.run());
  assert.ok(passes.length > 10, "axe-core looked");
  assert.deepEqual(
    violations.map((one) => `${one.impact} ${one.id}: ${one.nodes.map((node) => node.html).join(" ")}`),
    [],
  );
}

export async function fitsTheWidth(page) {
  const beyond = await page.evaluate(() => document.documentElement.scrollWidth - globalThis.innerWidth);
  assert.ok(beyond <= 0, `${beyond} pixels stand out to the right`);
}

// The card of a condition.
export const condition = (page, kind) => page.locator(`.condition[data-kind="${kind}"]`);
export const shows = (locator) => locator.waitFor({timeout: 15_000});
export const goes = (locator) => locator.waitFor({state: "detached", timeout: 15_000});
