// What a person is asked: the token, a reason, whether that is meant.
import {element} from "./dom.js";

// A dialog with a title, texts and fields; the entered values by name, or null where it was left. Escape leaves it, but
// not one that must be answered.
function dialog({title, texts = [], fields = [], accept, must = false}) {
  const inputs = fields.map((field) =>
    element("input", {
      id: `field_${field.name}`,
      name: field.name,
      type: field.type ?? "text",
      value: field.value,
      autocomplete: "off",
      required: field.required ?? false,
      pattern: field.pattern,
      spellcheck: "false",
    }),
  );
  const form = element("form", {method: "dialog"}, element("h2", {id: "dialog_title"}, title));
  texts.forEach((text) => form.append(element("p", {}, text)));
  fields.forEach((field, index) =>
    form.append(element("label", {for: `field_${field.name}`}, field.label), inputs[index]),
  );
  const buttons = element("p", {class: "buttons"}, element("button", {value: "yes", class: "main"}, accept));
  const box = element("dialog", {"aria-labelledby": "dialog_title"}, form);
  if (!must) buttons.append(element("button", {type: "button", click: () => box.close("")}, "Cancel"));
  form.append(buttons);
  document.body.append(box);
  return new Promise((answer) => {
    box.addEventListener("cancel", (event) => must && event.preventDefault());
    box.addEventListener("close", () => {
      box.remove();
      if (must && box.returnValue !== "yes") return answer(dialog({title, texts, fields, accept, must}));
      answer(box.returnValue === "yes" ? Object.fromEntries(inputs.map((one) => [one.name, one.value])) : null);
    });
    box.showModal();
  });
}

export async function tokenFrom(refused) {
  const given = await dialog({
    title: "This daemon asks for a token",
    texts: [
      refused ? "That token was not right." : "It is the content of the file that http.token_file names.",
      "It is kept until this tab is closed.",
    ],
    fields: [{name: "token", label: "Token", type: "password", required: true}],
    accept: "Go on",
    must: true,
  });
  return given.token.trim();
}

// The reason, which may be empty, or null.
export async function reasonFor(title, text, accept) {
  const given = await dialog({
    title,
    texts: [text],
    fields: [{name: "reason", label: "Reason (may be empty)"}],
    accept,
  });
  return given && given.reason.trim();
}

export async function confirmed(title, texts, accept) {
  return (await dialog({title, texts, accept})) !== null;
}

// Five digits, or null.
export async function timecodeFor(title, texts, value, accept) {
  const given = await dialog({
    title,
    texts,
    accept,
    fields: [{name: "timecode", label: "Timecode (five digits)", value, required: true, pattern: "[0-9]{5}"}],
  });
  return given && given.timecode;
}
