// What is being copied at this moment: a bar for each batch in flight.
import {contentOf, element, keyed, setText} from "./dom.js";
import {bytes, count, duration, now, rate, shown} from "./text.js";

function create(transfer) {
  return element(
    "li",
    {class: "transfer", "data-archive": transfer.archive},
    element("p", {class: "what"}),
    element("progress", {"aria-label": `${shown(transfer.archive)}, batch ${transfer.id}`}),
    element("p", {class: "quiet how"}),
  );
}

// How far it is; of sums nobody tells.
function howFar(bar, transfer) {
  const size = transfer.bytes > 0 ? bytes(transfer.bytes) : null;
  if (transfer.stage === "hashing" || size === null) {
    bar.removeAttribute("value");
    return size ?? "size not known yet";
  }
  bar.value = Math.min(1, transfer.bytes_done / transfer.bytes);
  const done = `${bytes(transfer.bytes_done)} of ${size} (${Math.floor(bar.value * 100)} %)`;
  return transfer.stage === "copying" ? `${done} at ${rate(transfer.bytes_per_second)}` : done;
}

function update(node, transfer) {
  const others = transfer.files > 1 ? ` and ${count(transfer.files - 1, "other")}` : "";
  setText(
    node.querySelector(".what"),
    `${shown(transfer.archive)}: ${transfer.stage} ${shown(transfer.local_path)}${others}`,
  );
  setText(
    node.querySelector(".how"),
    `${howFar(node.querySelector("progress"), transfer)}, begun ${duration(now() - transfer.since)} ago, ${transfer.stage} for ${duration(now() - transfer.stage_since)}`,
  );
}

export function showTransfers(transfers) {
  document.querySelector("#transfers .nothing").hidden = transfers.length > 0;
  keyed(contentOf("transfers"), transfers, (one) => one.id, create, update);
}
