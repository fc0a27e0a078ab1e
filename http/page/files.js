// Files in one state, a page at a time: why each is as it is, and what can be done with it or with many of them.
import * as actions from "./actions.js";
import {ask, query, readOnly} from "./api.js";
import {byId, contentOf, element, keyed, setText, table} from "./dom.js";
import {bytes, count, relative, shown} from "./text.js";

const atATime = 100;
const states = ["failed", "retrying", "unsettled", "ignored", "pending", "verified", "deleted"];
const columns = ["Select", "File", "Archive", "Attempts", "What went wrong", "Actions"].slice(readOnly ? 1 : 0);

let shownTable = null;
let whenExplained = () => {};
let page = [];
let after = 0; // the id before this page
let following = null; // and before the next one
let newest = 0; // question: only its answer is shown
const chosen = new Set(); // ids, on whichever page

const filter = () => ({
  state: byId("files_state").value,
  archive: byId("files_archive").value,
  remote_prefix: byId("files_prefix").value,
});

// What can be done with files in this state: [text, action(ids)]; the action gives true where it was done.
export function remediesOf(state) {
  if (state === "ignored") return [["No longer ignore", actions.unignore]];
  if (state === "verified" || state === "deleted") return [];
  return [
    ["Retry", actions.retry],
    ["Ignore …", actions.ignore],
  ];
}

// What was done is no longer selected.
async function act(action, ids) {
  if (!(await action(ids))) return;
  ids.forEach((id) => chosen.delete(id));
  showChosen();
}

function remedyButtons(state, ids, attributes) {
  return remediesOf(state)
    .map(([text, action]) => actions.actionButton(text, () => act(action, ids()), attributes(text)))
    .filter(Boolean);
}

function choose(id, wanted) {
  if (wanted) chosen.add(id);
  else chosen.delete(id);
  showSelection();
}

function showSelection() {
  const box = byId("selection");
  box.hidden = readOnly || page.length === 0;
  setText(
    box.querySelector(".many"),
    chosen.size === 0 ? "none is selected" : `${count(chosen.size, "file")} selected`,
  );
  box.querySelectorAll(".on-selection").forEach((one) => {
    one.hidden = chosen.size === 0;
  });
  const all = box.querySelector("#select_page");
  all.checked = page.length > 0 && page.every((file) => chosen.has(file.id));
}

// In the rows, too.
function showChosen() {
  for (const row of shownTable.body.children) {
    const mark = row.querySelector("input[type=checkbox]");
    if (mark) mark.checked = chosen.has(Number(row.dataset.id));
  }
  showSelection();
}

function makeSelection() {
  const box = byId("selection");
  const all = element("input", {type: "checkbox", id: "select_page"});
  all.addEventListener("change", () => {
    page.forEach((file) => (all.checked ? chosen.add(file.id) : chosen.delete(file.id)));
    showChosen();
  });
  const ids = () => [...chosen];
  box.replaceChildren(
    element("label", {}, all, " all of this page"),
    element("span", {class: "many", role: "status"}),
    ...remedyButtons(filter().state, ids, () => ({class: "on-selection"})),
    element(
      "button",
      {
        type: "button",
        class: "on-selection",
        click: () => {
          chosen.clear();
          showChosen();
        },
      },
      "Select none",
    ),
  );
}

function create(file) {
  const node = shownTable.row();
  const cells = [...node.children];
  node.dataset.id = file.id;
  if (!readOnly) {
    const mark = element("input", {type: "checkbox", "aria-label": `Select file ${file.id}`});
    mark.checked = chosen.has(file.id);
    mark.addEventListener("change", () => choose(file.id, mark.checked));
    cells.shift().append(mark);
  }
  cells[0].append(
    element(
      "button",
      {type: "button", class: "link path", click: () => whenExplained(String(file.id))},
      shown(file.local_path),
    ),
    element("span", {class: "quiet"}, ` id ${file.id}, ${bytes(file.bytes)}, registered ${relative(file.timestamp)}`),
  );
  cells[1].append(shown(file.archive_name));
  cells[4]?.append(
    ...remedyButtons(
      file.state,
      () => [file.id],
      (text) => ({"aria-label": `${text.replace(" …", "")} file ${file.id}`}),
    ),
  );
  return node;
}

function update(node, file) {
  const cells = [...node.children].slice(readOnly ? 0 : 1);
  setText(cells[2], String(file.failed_copy_attempts));
  const when = file.last_error_at ? ` (${relative(file.last_error_at)})` : "";
  const reason =
    file.state === "ignored"
      ? (file.ignore_reason ?? "ignored, without a reason")
      : file.last_error
        ? shown(file.last_error) + when
        : `${file.state}, nothing went wrong`;
  setText(cells[3], shown(reason));
}

// What fails is a condition when its attempts are used up, which may take an hour.
export async function refreshRetrying() {
  const {
    files: [first],
  } = await ask(query("files", {state: "retrying", limit: 1}));
  const box = byId("retrying");
  box.hidden = !first;
  if (first)
    setText(box.querySelector(".example"), `${shown(first.local_path)}: ${shown(first.last_error ?? "no reason")}.`);
}

// Asks for the page again; throws a Refusal.
export async function refreshFiles() {
  const question = ++newest;
  const {archive, ...others} = filter();
  const answer = await ask(query("files", {...others, archive, after, limit: atATime}));
  if (question !== newest) return;
  page = answer.files;
  following = answer.next === null ? null : page.at(-1).id;
  document.querySelector("#files .nothing").hidden = page.length > 0;
  shownTable.whole.hidden = page.length === 0;
  keyed(shownTable.body, page, (file) => `${file.id} ${file.state}`, create, update);
  byId("next_files").disabled = following === null;
  byId("first_files").disabled = after === 0;
  setText(
    byId("which_files"),
    page.length === 0 ? "" : `ids ${page[0].id} to ${page.at(-1).id}${following === null ? "" : ", and more"}`,
  );
  showSelection();
}

async function turnTo(id) {
  after = id;
  try {
    await refreshFiles();
  } catch (why) {
    actions.tell(why.message, true);
  }
}

function begin() {
  chosen.clear();
  makeSelection();
  return turnTo(0);
}

// The filter becomes this one.
export async function openFiles(state, archive) {
  byId("files_state").value = state;
  byId("files_archive").value = archive;
  byId("files_prefix").value = "";
  await begin();
  byId("files").scrollIntoView();
  byId("files_state").focus({preventScroll: true});
}

// `explain` is called with the id of a file.
export function makeFiles(explain) {
  whenExplained = explain;
  shownTable = table("Files", readOnly ? columns.slice(0, -1) : columns);
  contentOf("files").append(shownTable.whole);
  states.forEach((state) => byId("files_state").append(element("option", {}, state)));
  makeSelection();
  for (const id of ["files_state", "files_archive", "files_prefix"]) byId(id).addEventListener("change", begin);
  document.querySelector("#retrying button").addEventListener("click", () => openFiles("retrying", ""));
  byId("first_files").addEventListener("click", () => turnTo(0));
  byId("next_files").addEventListener("click", () => following !== null && turnTo(following));
}
