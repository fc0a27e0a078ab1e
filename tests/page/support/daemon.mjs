// A daemon with archives of its own in a directory of its own, and what a test does to it from outside.
import fs from "node:fs";
import path from "node:path";

import {freePort, run, scratchDirectory, start, waitUntil} from "./processes.mjs";

const binary = process.env.SUPRSYNC_BINARY;

const insertRows = `
import json, sqlite3, sys
with sqlite3.connect(sys.argv[1], timeout=30) as catalog, open(sys.argv[2]) as rows:
    catalog.executemany(f"INSERT OR REPLACE INTO suprsync_history VALUES ({', '.join('?' * 12)})", json.load(rows))
`;

export const timecodeNow = () => Math.floor(Date.now() / 1e8);

// `archives`: {name: options of the configuration file}; `http`: further keys of that section; `link`: a destination on
// another host. `directory` belongs to the daemon and is removed with it.
export async function startDaemon({
  archives = {smurf: {}},
  http = {},
  link = null,
  directory = scratchDirectory(),
} = {}) {
  const in_ = (...names) => path.join(directory, ...names);
  for (const name of ["data", "root", "run"]) fs.mkdirSync(in_(name), {recursive: true});
  const port = await freePort();
  const keys = {archives, http};
  function configure() {
    const configuration = {
      instance_id: "srv20",
      db_path: in_("suprsync.db"),
      suprsync_file_root: in_("root"),
      local_roots: [in_("data")],
      http: {listen: `127.0.0.1:${port}`, ...keys.http},
      archives: Object.entries(keys.archives).map(([name, options]) => {
        fs.mkdirSync(in_("there", name), {recursive: true});
        return {
          name,
          remote_basedir: in_("there", name),
          max_copy_attempts: 1,
          ...(link ? {ssh_host: link.host} : {}),
          ...options,
        };
      }),
    };
    // JSON is YAML.
    fs.writeFileSync(in_("suprsync.yaml"), JSON.stringify(configuration));
  }
  const url = `http://127.0.0.1:${port}/`;
  const token = http.token_file ? fs.readFileSync(http.token_file, "utf8").trim() : null;
  let process_ = null;

  async function api(what, method = "GET", body = {}) {
    const headers = {"Content-Type": "application/json", ...(token ? {Authorization: `Bearer ${token}`} : {})};
    const answer = await fetch(url + what, {
      method,
      headers,
      body: method === "GET" ? undefined : JSON.stringify(body),
    });
    const document = await answer.json();
    if (!answer.ok) throw new Error(`${method} ${what}: ${document.detail}`);
    return document;
  }

  async function begin() {
    configure();
    process_ = start(binary, ["run", "--config", in_("suprsync.yaml")], in_("log"), {
      ...link?.environment,
      RUNTIME_DIRECTORY: in_("run"),
      XDG_RUNTIME_DIR: in_("run"),
    });
    await waitUntil("the daemon is ready", async () => {
      if (process_.hasEnded()) throw new Error(`the daemon ended: ${fs.readFileSync(in_("log"), "utf8")}`);
      return fetch(`${url}healthz`)
        .then(() => api("readyz"))
        .then(
          () => true,
          () => false,
        );
    });
  }

  const daemon = {
    url,
    api,
    begin,
    path: in_,
    token,
    // A file with that content is registered; its row.
    async register(archive, name, content = "content", timecode = timecodeNow()) {
      fs.mkdirSync(path.dirname(in_("data", name)), {recursive: true});
      fs.writeFileSync(in_("data", name), content);
      return api("files", "POST", {
        local_path: in_("data", name),
        remote_path: `${timecode}/${archive}/${name}`,
        archive_name: archive,
        timestamp: timecode * 1e5 + 1,
      });
    },
    // A file that is gone before it was copied, and comes to that state; its row as it was registered.
    async registerLost(archive, name, timecode = timecodeNow(), state = "failed") {
      await api(`archives/${archive}/pause`, "POST");
      const row = await daemon.register(archive, name, "lost", timecode);
      fs.unlinkSync(in_("data", name));
      await api(`archives/${archive}/resume`, "POST");
      await daemon.comesTo(row.id, state);
      return row;
    },
    // Rows of suprsync_history, written as another program would.
    recordHistory(rows) {
      fs.writeFileSync(in_("history.json"), JSON.stringify(rows));
      run("python3", "-c", insertRows, in_("suprsync.db"), in_("history.json"));
    },
    comesTo: (id, state) => waitUntil(`file ${id} is ${state}`, async () => (await api(`files/${id}`)).state === state),
    conditionComes: (kind) =>
      waitUntil(`condition ${kind}`, async () => (await api("status")).conditions.find((one) => one.kind === kind)),
    conditionGoes: (kind) =>
      waitUntil(`end of ${kind}`, async () => !(await api("status")).conditions.some((one) => one.kind === kind)),
    async can(method, what) {
      return Boolean((await api("openapi.json")).paths[what]?.[method.toLowerCase()]);
    },
    end: (signal) => process_.stop(signal),
    // Anew, with these keys of the configuration instead of those before.
    async restart(changes) {
      await process_.stop();
      Object.assign(keys, changes);
      await begin();
    },
    async stop() {
      await process_.stop();
      fs.rmSync(directory, {recursive: true, force: true});
    },
  };
  await begin();
  return daemon;
}

// A file with a token in it, as `suprsync token` makes it.
export function makeToken(directory) {
  const file = path.join(directory, "token");
  run(binary, "token", file);
  return file;
}
