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

const partOf = (done, all) => `${bytes(done)} of ${bytes(all)} (${Math.floor(Math.min(1, done / all) * 100)} %)`;

// How far it is: with its sums while they alone are computed, else with its bytes.
function howFar(bar, transfer) {
  const hashed = transfer.bytes_to_hash > 0 ? `${partOf(transfer.bytes_hashed, transfer.bytes_to_hash)} hashed` : "";
  if (transfer.stage === "hashing") {
    if (hashed) bar.value = Math.min(1, transfer.bytes_hashed / transfer.bytes_to_hash);
    else bar.removeAttribute("value");
    return hashed || (transfer.bytes > 0 ? bytes(transfer.bytes) : "size not known yet");
  }
  if (transfer.bytes > 0) bar.value = Math.min(1, transfer.bytes_done / transfer.bytes);
  else bar.removeAttribute("value");
  const done = transfer.bytes > 0 ? partOf(transfer.bytes_done, transfer.bytes) : "size not known yet";
  if (transfer.stage !== "copying") return done;
  const files = transfer.files > 1 ? `, ${count(transfer.files_sent, "file")} of them sent` : "";
  return `${done} at ${rate(transfer.bytes_per_second)}${files}${hashed && `, ${hashed}`}`;
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
