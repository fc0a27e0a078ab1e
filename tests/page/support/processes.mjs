// What the tests start, wait for and leave nothing of.
import {spawn, spawnSync} from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";

const patience = 60_000; // ms; what takes so long does not come
const pause = 20;

// A directory of its own for what a test does; on a file system in memory where there is one.
export function scratchDirectory() {
  const place = fs.existsSync("/dev/shm") ? "/dev/shm" : os.tmpdir();
  return fs.mkdtempSync(path.join(place, "suprsync-page-"));
}

export async function waitUntil(what, holds) {
  for (const begun = Date.now(); Date.now() - begun < patience;) {
    const found = await holds();
    if (found) return found;
    await new Promise((done) => setTimeout(done, pause));
  }
  throw new Error(`it did not come: ${what}`);
}

export async function freePort() {
  const server = net.createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const {port} = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

// Runs a command to its end, which must be good.
export function run(command, ...rest) {
  const done = spawnSync(command, rest, {encoding: "utf8"});
  if (done.status !== 0) throw new Error(`${command} ${rest.join(" ")}: ${done.stderr || done.error}`);
  return done.stdout;
}

// A process that runs until it is stopped; its output goes to `log`.
export function start(command, parameters, log, environment = {}) {
  const out = fs.openSync(log, "a");
  const child = spawn(command, parameters, {stdio: ["ignore", out, out], env: {...process.env, ...environment}});
  fs.closeSync(out);
  let ended = false;
  const end = new Promise((done) => {
    for (const how of ["exit", "error"])
      child.once(how, () => {
        ended = true;
        done();
      });
  });
  return {
    hasEnded: () => ended,
    async stop(signal = "SIGTERM") {
      child.kill(signal);
      await end;
    },
  };
}
