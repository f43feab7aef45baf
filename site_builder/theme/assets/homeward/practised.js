/**
 * Hands what was practised to the log, on this device and in this tab alone: never through an address. The log takes it
 * once, into questions that are empty, and says so beside each.
 */

import { make } from "./make.js";

const KEY = "homeward practised";
const HOUR = 3_600_000; // milliseconds; what is older belongs to another sitting

export function remember({ title, log, minutes }) {
  const answers = { ...log.answers, ...(minutes ? { [log.minutes]: String(minutes) } : {}) };
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ form: log.form, title, answers, at: Date.now() }));
  } catch {
    // storage is shut off: the log is empty, and can be filled in by hand
  }
}

export function forget() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // there is nothing to forget
  }
}

export function fillFromPractice(form, id, signal) {
  const practised = taken(id);
  if (!practised) return;
  for (const [name, answer] of Object.entries(practised.answers)) {
    const question = form.querySelector(`[data-field="${CSS.escape(name)}"]`);
    if (question && fill(question, name, answer)) note(question, practised.title, signal);
  }
}

function taken(id) {
  try {
    const practised = JSON.parse(sessionStorage.getItem(KEY));
    if (practised?.form !== id) return null;
    sessionStorage.removeItem(KEY);
    return Date.now() - practised.at < HOUR ? practised : null;
  } catch {
    return null;
  }
}

/** Whether something was filled in: what is there already stays as it is. */
function fill(question, name, answer) {
  const controls = [...question.querySelectorAll("input, textarea")].filter((control) => control.name === name);
  const radios = controls.filter((control) => control.type === "radio");
  if (radios.length) {
    const chosen = radios.find((radio) => radio.value === answer);
    if (!chosen || radios.some((radio) => radio.checked && radio.value)) return false;
    chosen.checked = true;
    return true;
  }
  const [control] = controls;
  if (!control || control.value.trim()) return false;
  control.value = answer;
  return true;
}

function note(question, title, signal) {
  const words = `Filled in from “${title}”. Change it if it was otherwise.`;
  const element = make("p", { class: "hw-hint hw-practised" }, words);
  question.append(element);
  question.addEventListener("input", () => element.remove(), { once: true, signal });
  signal.addEventListener("abort", () => element.remove());
}
