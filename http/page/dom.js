// Elements made from data: a text is only ever a text here, whatever a file is called.

// <name class=... attribute=...>children</name>; an attribute that is false, null or undefined is left out; `click`
// is called when it is pressed. Children are elements and texts.
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key === "click") made.addEventListener("click", value);
    else made.setAttribute(key, value === true ? "" : String(value));
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

export const byId = (id) => document.getElementById(id);

// What a section shows is filled in here.
export const contentOf = (id) => document.querySelector(`#${id} > .content`);

// Changes nothing where nothing differs: a screen reader is told of changes, and a selection of text stays.
export function setText(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

// Makes these the children of `parent`. What was there stays where it can: a node that is moved loses its focus.
function place(parent, nodes) {
  const wanted = new Set(nodes);
  for (const node of [...parent.childNodes]) if (!wanted.has(node)) node.remove();
  let at = parent.firstChild;
  for (const node of nodes)
    if (node === at) at = at.nextSibling;
    else parent.insertBefore(node, at);
}

// Makes the children of `parent` those of `items`, in their order: one that is there already (by its key) is brought up
// to date by update(node, item), so that focus, selection and what is open in it stay.
export function keyed(parent, items, keyOf, create, update) {
  const there = new Map([...parent.children].map((node) => [node.dataset.key, node]));
  const nodes = items.map((item) => {
    const key = String(keyOf(item));
    const node = there.get(key) ?? create(item);
    node.dataset.key = key;
    update(node, item);
    return node;
  });
  place(parent, nodes);
}

// What the children of a node are known again by: rows by what they are of, buttons by what they say, others by their
// place among their like.
function named(parent) {
  const seen = new Map();
  return [...parent.childNodes].map((node) => {
    const says = node.nodeName === "BUTTON" ? (node.getAttribute("aria-label") ?? node.textContent) : "";
    const name = `${node.nodeName} ${node.dataset?.id ?? ""} ${says}`;
    seen.set(name, (seen.get(name) ?? 0) + 1);
    return [`${name} ${seen.get(name)}`, node];
  });
}

// Brings what stands in a node up to what was made anew: texts change, and what is the same stays, with its focus, its
// selection and what it does. Attributes are those that it had.
export function become(there, made) {
  if (there.nodeType === Node.TEXT_NODE) return setText(there, made.textContent);
  const known = new Map(named(there));
  const nodes = named(made).map(([name, node]) => {
    const same = known.get(name);
    if (same) become(same, node);
    return same ?? node;
  });
  place(there, nodes);
}

// A button of an action; while that runs it cannot be pressed again, but keeps the focus.
export function button(text, action, attributes = {}) {
  const made = element("button", {type: "button", ...attributes}, text);
  made.addEventListener("click", async () => {
    if (made.getAttribute("aria-disabled") === "true") return;
    made.setAttribute("aria-disabled", "true");
    try {
      await action();
    } finally {
      made.removeAttribute("aria-disabled");
    }
  });
  return made;
}

// A table whose rows become cards where the screen is narrow; the roles stay what they are then.
export function table(caption, columns) {
  const head = element("tr", {role: "row"});
  for (const name of columns) head.append(element("th", {scope: "col", role: "columnheader"}, name));
  const body = element("tbody", {role: "rowgroup"});
  return {
    body,
    whole: element(
      "table",
      {class: "cards", role: "table"},
      element("caption", {class: "unseen"}, caption),
      element("thead", {role: "rowgroup"}, head),
      body,
    ),
    // A row with an empty cell for each column.
    row() {
      const made = element("tr", {role: "row"});
      columns.forEach((name) => made.append(element("td", {role: "cell", "data-label": name})));
      return made;
    },
  };
}
