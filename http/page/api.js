// Questions to the daemon: with the token, where it needs one, and with its answers to what went wrong.
import {tokenFrom} from "./dialogs.js";

const place = "suprsync-token"; // in sessionStorage: it is gone with the tab
const longest = 30_000; // ms for one answer

export const readOnly = document.documentElement.dataset.access === "read-only";

// What the daemon said no to. `status` is 0 where it did not answer.
export class Refusal extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export const token = {
  get: () => sessionStorage.getItem(place),
  forget: () => sessionStorage.removeItem(place),
};

let asking = null;

// One question to the person, however many requests need the answer.
function newToken(refused) {
  if (token.get() !== refused) return Promise.resolve();
  asking ??= tokenFrom(refused !== null).then((given) => {
    sessionStorage.setItem(place, given);
    asking = null;
  });
  return asking;
}

// The answer to a request, whatever its status; throws a Refusal where there is none.
export async function request(path, options = {}) {
  for (;;) {
    const used = token.get();
    const headers = {...options.headers};
    if (used !== null) headers.Authorization = `Bearer ${used}`;
    let answer;
    try {
      answer = await fetch(path, {...options, headers, cache: "no-store", credentials: "same-origin"});
    } catch (why) {
      throw new Refusal(
        0,
        `no answer from the daemon (${why.name === "TimeoutError" ? "it took too long" : why.message})`,
      );
    }
    if (answer.status !== 401) return answer;
    await newToken(used);
  }
}

// The document that answers a request; throws a Refusal with the daemon's own words.
export async function ask(path, method = "GET", body = undefined) {
  const options = {method, signal: AbortSignal.timeout(longest)};
  if (method !== "GET") {
    options.body = JSON.stringify(body ?? {});
    options.headers = {"Content-Type": "application/json"};
  }
  const answer = await request(path, options);
  let document;
  try {
    document = await answer.json();
  } catch {
    throw new Refusal(answer.ok ? 0 : answer.status, `${method} ${path}: the answer (${answer.status}) is no JSON`);
  }
  if (!answer.ok) throw new Refusal(answer.status, document.detail ?? `${method} ${path}: ${answer.status}`);
  return document;
}

// "archives/smurf/retry": names are parts of a path, whatever is in them.
export const path = (...parts) => parts.map(encodeURIComponent).join("/");

// "files?state=failed&limit=100"; what is null, undefined or empty is left out.
export function query(what, parameters) {
  const given = Object.entries(parameters).filter(([, value]) => value !== null && value !== undefined && value !== "");
  return given.length === 0 ? what : `${what}?${new URLSearchParams(given)}`;
}

let described = {};

// What this daemon can do is what its own description says.
export async function learn() {
  described = (await ask("openapi.json")).paths ?? {};
}

export const can = (method, what) => Boolean(described[what]?.[method.toLowerCase()]);
