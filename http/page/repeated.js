// A part of the page that asks again: at its pace while somebody looks, soon after something happened, one question at a
// time, and never so often that the daemon would be busy with it.
import {Refusal} from "./api.js";
import {tell} from "./actions.js";

const share = 20; // of the time at most one in so many is spent with one part's questions
const told = new Set([0, 503]); // refusals that the connection's line tells, or that pass

// look() may throw a Refusal. `every` and `soon` are ms; `unseen` goes on while nobody looks.
export function repeated(look, {every, soon, unseen = false}) {
  let timer = null;
  let due = Infinity;
  let running = false;
  let again = null; // what was asked for while it was running
  let rest = 0; // not before this

  function at(when) {
    if (when >= due) return;
    due = when;
    clearTimeout(timer);
    timer = setTimeout(run, Math.max(0, when - Date.now()));
  }

  async function run() {
    due = Infinity;
    if (running || (document.hidden && !unseen)) return; // visibilitychange comes
    running = true;
    const begun = Date.now();
    try {
      await look();
    } catch (why) {
      if (!(why instanceof Refusal)) throw why;
      if (!told.has(why.status)) tell(why.message, true);
    } finally {
      running = false;
      rest = Date.now() + share * (Date.now() - begun);
      at(Math.max(rest, Date.now() + every));
      again?.();
      again = null;
    }
  }

  document.addEventListener("visibilitychange", () => !document.hidden && at(Date.now()));
  const atNow = () => at(Date.now());
  const atSoon = () => at(Math.max(rest, Date.now() + soon));
  return {
    now: () => (running ? (again = atNow) : atNow()),
    soon: () => (running ? (again ??= atSoon) : atSoon()),
  };
}
