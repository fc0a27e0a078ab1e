// What is wrong, with what to do about it: the message of each condition, the advice of docs/messages.md, and the
// buttons of what can be done from here.
import * as actions from "./actions.js";
import {request} from "./api.js";
import {byId, contentOf, element, keyed, setText} from "./dom.js";
import {count, relative, shown, time} from "./text.js";

const advice = new Map(); // by kind: {meaning, action}

// The table of docs/messages.md: | `kind` | meaning | what to do |
export async function learnAdvice() {
  const text = await (await request("page/conditions.md")).text();
  for (const line of text.split("\n")) {
    const row = /^\| `([a-z_]+)` \| (.*) \| (.*) \|$/.exec(line);
    if (row) advice.set(row[1], {meaning: row[2], action: row[3]});
  }
}

// A text with `code` in it.
function marked(text) {
  return text.split("`").map((piece, index) => (index % 2 === 1 ? element("code", {}, piece) : piece));
}

const toFiles = (state) => (archive, show) => [
  element("button", {type: "button", click: () => show.files(state, archive)}, "Show the files"),
];
const tryNow = (archive) => [actions.actionButton("Try now", () => actions.tryNow(archive))];
const retryFailed = (archive) => actions.actionButton("Retry all", () => actions.retryFailed(archive));
const ignoreFailed = (archive) => actions.actionButton("Ignore all …", () => actions.ignoreFailed(archive));

// Of a whole day, which the message that stands there at that moment names.
function removedDay(archive, show, message) {
  const day = () => /, the first one (\d{5}): /.exec(message())?.[1] ?? "";
  return [
    actions.actionButton("Accept the removal …", () => actions.acceptRemoval(archive, day())),
    actions.actionButton("Send it again …", () => actions.sendDayAgain(archive, day())),
  ];
}

// What stands beside a condition of an archive, by its kind.
const remedies = {
  paused: (archive) => [actions.actionButton("Resume", () => actions.resume(archive))],
  base_directory: (archive) => [
    ...tryNow(archive),
    actions.actionButton("Resume …", () => actions.resume(archive, true)),
  ],
  destination_unreachable: tryNow,
  destination_full: tryNow,
  missing_program: tryNow,
  staging_unavailable: tryNow,
  not_a_copy: tryNow,
  source_unavailable: toFiles("unsettled"),
  directory_unusable: toFiles("unsettled"),
  files_failed: (archive, show) => [...toFiles("failed")(archive, show), retryFailed(archive), ignoreFailed(archive)],
  finalization_blocked: (archive, show) => [
    element("button", {type: "button", click: () => show.waitingDays()}, "Show the days"),
    ...toFiles("failed")(archive, show),
    retryFailed(archive),
    ignoreFailed(archive),
  ],
  day_removed: removedDay,
};

const title = (kind) => kind.charAt(0).toUpperCase() + kind.slice(1).replaceAll("_", " ");

function create(raised, show) {
  const node = element("li", {class: "condition", "data-kind": raised.kind, "data-archive": raised.archive});
  const of = raised.archive === "" ? "the whole daemon" : `archive ${shown(raised.archive)}`;
  const message = element("p", {class: "message"});
  const since = element("p", {class: "quiet since"});
  node.append(element("h3", {}, title(raised.kind), " ", element("span", {class: "quiet"}, `of ${of}`)), message);
  const {meaning, action} = advice.get(raised.kind) ?? {};
  if (meaning) message.before(element("p", {class: "quiet"}, ...marked(meaning)));
  if (action) node.append(element("p", {class: "advice"}, element("strong", {}, "What to do: "), ...marked(action)));
  const buttons = element("p", {class: "buttons"});
  const told = () => message.textContent;
  for (const one of remedies[raised.kind]?.(raised.archive, show, told) ?? []) if (one) buttons.append(one);
  if (buttons.children.length > 0) node.append(buttons);
  node.append(since);
  return node;
}

function update(node, raised) {
  setText(node.querySelector(".message"), shown(raised.message));
  setText(
    node.querySelector(".since"),
    `since ${time(raised.since)} (${relative(raised.since)})${raised.count > 1 ? `, met ${count(raised.count, "time")}` : ""}`,
  );
}

let known = []; // conditions, and where they lead

// How old each is, while the daemon tells nothing new of them.
export function tellAges() {
  if (known.length > 0) showConditions(...known);
}

// `show` leads to other parts of the page: files(state, archive), waitingDays().
export function showConditions(conditions, show) {
  known = [conditions, show];
  const verdict = byId("verdict");
  setText(verdict, conditions.length === 0 ? "Nothing is wrong" : count(conditions.length, "condition"));
  verdict.className = conditions.length === 0 ? "good" : "bad";
  document.title = conditions.length === 0 ? "suprsync" : `(${conditions.length}) suprsync`;
  document.querySelector("#conditions .nothing").hidden = conditions.length > 0;
  // The newest first: at three in the morning that is the one that somebody was woken for.
  keyed(
    contentOf("conditions"),
    [...conditions].sort((a, b) => b.since - a.since),
    (one) => `${one.kind} ${one.since} ${one.archive}`,
    (one) => create(one, show),
    update,
  );
}
