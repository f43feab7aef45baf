/** Works values out from what is typed, by the same named formulas as the server, and shows them with their unit. */

import { itemAnswer, lengthInWords } from "./answers.js";
import { BY_THE_CLOCK, daysBeside, isChanged } from "./clock.js";
import { isPassedOver } from "./conditions.js";
import { follow } from "./follow.js";
import { make, write } from "./make.js";

const DAY = 24 * 60; // minutes
const PLACES = 6;
const ROUNDED_TO = { ratio: 1, mean: 2 }; // decimals
const TIME = /^([01]\d|2[0-3]):([0-5]\d)/;

const FORMULAS = {
  "time between": ([start, end]) => (minutesOf(end) - minutesOf(start) + DAY) % DAY,
  sum: (given) => given.reduce((total, one) => total + one, 0),
  minus: ([first, ...others]) => first - others.reduce((total, one) => total + one, 0),
  mean: (given) => given.reduce((total, one) => total + one, 0) / given.length,
  ratio: ([part, whole]) => (whole === 0 ? null : (part / whole) * 100),
};

/** One value, or null: a missing answer never counts as 0, and no length of time is less than none. */
export function compute(formula, unit, given) {
  if (given.some((answer) => answer === null || answer === undefined)) return null;
  if (formula === "time between" && !given.every((time) => TIME.test(time))) return null;
  const value = FORMULAS[formula](given);
  if (value === null || (unit === "minutes" && value < 0)) return null;
  return rounded(value, ROUNDED_TO[formula] ?? PLACES);
}

export function inWords(value, unit) {
  return unit === "minutes" ? lengthInWords(value) : `${value} ${unit}`.trimEnd();
}

export class Computed {
  constructor(form, signal) {
    this.form = form;
    follow(form, signal, () => this.#show());
  }

  /** From the top down: a value may be made of those above it, inside a repeat of those of its own row. */
  #show() {
    const rows = [...this.form.querySelectorAll("[data-computed]")];
    const scopes = new Map(); // of the form, and of each card: its values, and those that are marked
    for (const row of rows) {
      const [id, formula, of, unit] = JSON.parse(row.dataset.computed);
      const card = row.closest(".hw-card");
      if (!scopes.has(card)) scopes.set(card, { values: {}, marked: new Set() });
      const { values, marked } = scopes.get(card);
      const near = card?.querySelector(".hw-field");
      const given = of.map((name) => (name in values ? values[name] : itemAnswer(this.form, name, near)));
      values[id] = isPassedOver(row) ? null : compute(formula, unit, given);
      if (of.some((name) => marked.has(name)) || this.#isChanged(row, formula, given)) marked.add(id);
      showIn(row, values[id], unit, marked.has(id));
    }
    for (const list of new Set(rows.map((row) => row.parentElement))) {
      list.hidden = [...list.children].every((row) => row.hidden);
    }
  }

  #isChanged(row, formula, given) {
    if (formula !== "time between" || !given.every((time) => TIME.test(time))) return false;
    return daysBeside(row, this.form).some((day) => isChanged(day, given));
  }
}

function showIn(row, value, unit, marked) {
  row.hidden = value === null;
  if (row.hidden) delete row.dataset.value;
  else row.dataset.value = value;
  const output = row.querySelector("output");
  write(output, row.hidden ? "" : inWords(value, unit));
  const mark = row.querySelector(".hw-by-the-clock");
  if (!marked || row.hidden) mark?.remove();
  else if (!mark) output.after(make("span", { class: "hw-by-the-clock" }, ` (${BY_THE_CLOCK})`));
}

function minutesOf(time) {
  const [, hours, minutes] = TIME.exec(time);
  return Number(hours) * 60 + Number(minutes);
}

function rounded(value, places) {
  if (Number.isInteger(value)) return value;
  // Rounded once before, for a half such as 1.005 is a little less as a binary fraction.
  return Math.floor(Number((value * 10 ** places).toFixed(PLACES)) + 0.5) / 10 ** places;
}
