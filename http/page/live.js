// What happens, as it happens: GET /events, read as a stream, since only so a token can be sent with it.
import {Refusal, query, request} from "./api.js";

const silence = 40_000; // ms; the daemon says something every 15 s
const shortest = 500; // ms to the next attempt
const longest = 4_000;
const kinds = "registered,failed,verified,deleted,finalized,condition"; // a copy is told by its end

// One event of a stream: "id: 7\nevent: failed\ndata: {...}".
function parse(text) {
  const found = {};
  for (const line of text.split("\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) found[line.slice(0, colon)] = line.slice(colon + 1).trimStart();
  }
  return found;
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function read(last, onOpen, onEvent) {
  const ended = new AbortController();
  let watchdog = setTimeout(() => ended.abort(), silence);
  try {
    const headers = last.id === null ? {} : {"Last-Event-ID": last.id};
    const answer = await request(query("events", {kinds}), {headers, signal: ended.signal});
    if (!answer.ok) throw new Refusal(answer.status, (await answer.json()).detail);
    onOpen();
    const decoder = new TextDecoder();
    const reader = answer.body.getReader();
    let text = "";
    for (;;) {
      const {done, value} = await reader.read();
      if (done) return;
      clearTimeout(watchdog);
      watchdog = setTimeout(() => ended.abort(), silence);
      text += decoder.decode(value, {stream: true});
      const pieces = text.split("\n\n");
      text = pieces.pop();
      for (const event of pieces.map(parse)) {
        if (event.id !== undefined) last.id = event.id;
        if (event.event) onEvent(event.event, JSON.parse(event.data));
      }
    }
  } finally {
    clearTimeout(watchdog);
    ended.abort();
  }
}

// For ever: onEvent(name, data) for each event, onOpen() whenever the daemon answers, onLost(why) when it does not.
export async function follow({onOpen, onEvent, onLost}) {
  const last = {id: null};
  let pause = shortest;
  for (;;) {
    let why = "the daemon ended the stream of events";
    try {
      await read(
        last,
        () => {
          pause = shortest;
          onOpen();
        },
        onEvent,
      );
    } catch (error) {
      why = error.message;
    }
    onLost(why);
    await wait(pause);
    pause = Math.min(2 * pause, longest);
  }
}
