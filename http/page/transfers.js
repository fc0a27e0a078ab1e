// What is being copied at this moment: a bar for each batch, where the daemon tells of them, else a line for each archive.
import {contentOf, element, keyed, setText} from "./dom.js";
import {bytes, count, duration, now, rate, shown} from "./text.js";

function create(transfer) {
  const bar =
    transfer.bytes_done === undefined
      ? null
      : element("progress", {"aria-label": `${shown(transfer.archive)}, batch ${transfer.id}`});
  return element(
    "li",
    {class: "transfer", "data-archive": transfer.archive},
    element("p", {class: "what"}),
    bar,
    element("p", {class: "quiet how"}),
  );
}

function update(node, transfer) {
  const bar = node.querySelector("progress");
  const others = transfer.files > 1 ? ` and ${count(transfer.files - 1, "other")}` : "";
  const first = transfer.local_path ? `${shown(transfer.local_path)}${others}` : count(transfer.files, "file");
  setText(node.querySelector(".what"), `${shown(transfer.archive)}: ${transfer.stage} ${first}`);
  let how = `${bytes(transfer.bytes)} at ${rate(transfer.bytes_per_second)}`;
  if (bar) {
    if (transfer.stage === "hashing") {
      // Nobody tells how far the sums are.
      bar.removeAttribute("value");
      how = bytes(transfer.bytes);
    } else {
      bar.value = transfer.bytes > 0 ? Math.min(1, transfer.bytes_done / transfer.bytes) : 0;
      how = `${bytes(transfer.bytes_done)} of ${how} (${Math.floor(bar.value * 100)} %)`;
    }
    how += `, begun ${duration(now() - transfer.since)} ago, ${transfer.stage} for ${duration(now() - transfer.stage_since)}`;
  }
  setText(node.querySelector(".how"), how);
}

// Without GET /transfers: what each archive has in flight.
export function inFlight(archives) {
  return archives
    .filter(({activity}) => activity.files_in_flight > 0)
    .map(({name, activity}) => ({
      id: `all of ${name}`,
      archive: name,
      stage: activity.activity,
      files: activity.files_in_flight,
      bytes: activity.bytes_in_flight,
      bytes_per_second: activity.bytes_per_second,
    }));
}

export function showTransfers(transfers) {
  document.querySelector("#transfers .nothing").hidden = transfers.length > 0;
  keyed(contentOf("transfers"), transfers, (one) => one.id, create, update);
}
