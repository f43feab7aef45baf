/** Fills a form in through the controls that a person would use, so that its scripts follow. */

const MOST_ROUNDS = 20; // an answer may bring up the next question, so it goes through the form again until none is left

/** Gives what is filled in, as pairs of wire name and value. */
export function pairsOf(form) {
  return [...new FormData(form)].filter(([name, value]) => !name.startsWith("_") && value !== "");
}

/** Puts the pairs in; a name that the form does not have is passed over. */
export function fill(form, pairs) {
  const values = new Map();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  let left = [...values];
  for (let round = 0; left.length && round < MOST_ROUNDS; round += 1) {
    const rest = left.filter(([name, wanted]) => !answer(form, name, wanted));
    if (rest.length === left.length) break;
    left = rest;
  }
}

/** Answers one question; false when it is not there yet, or is not asked yet. */
function answer(form, name, wanted) {
  makeRoom(form, name);
  const controls = controlsNamed(form, name);
  if (controls.length === 0 && name.endsWith(".exact")) return answer(form, name.slice(0, -".exact".length), wanted);
  if (controls.length === 0 || controls.every(isShut)) return false;
  for (const control of controls) put(control, wanted);
  return true;
}

function controlsNamed(form, name) {
  return [...form.querySelectorAll("input, textarea, select")].filter((control) => control.name === name);
}

function isShut(control) {
  return control.disabled || control.matches(":disabled");
}

function put(control, wanted) {
  if (control.type === "radio" || control.type === "checkbox") {
    if (control.checked !== wanted.includes(control.value)) control.click();
    return;
  }
  control.value = wanted[0];
  for (const kind of ["input", "change"]) control.dispatchEvent(new Event(kind, { bubbles: true }));
}

/** Presses "Add another" until the row of a name such as `feelings.2.feeling` is there. */
function makeRoom(form, name) {
  const [, repeat, row] = /^([^.]+)\.(\d+)\./.exec(name) ?? [];
  if (!repeat) return;
  const field = form.querySelector(`.hw-field--repeat[data-field="${CSS.escape(repeat)}"]`);
  const add = field?.querySelector(".hw-repeat__add");
  const cards = field?.getElementsByClassName("hw-card") ?? [];
  for (let missing = Number(row) + 1 - cards.length; missing > 0 && add && !add.hidden; missing -= 1) add.click();
}
