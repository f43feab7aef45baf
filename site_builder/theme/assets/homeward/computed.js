/** Works values out from what is typed, by the same named formulas as the server, and shows them with their unit. */

import { itemAnswer, lengthInWords } from "./answers.js";
import { follow } from "./follow.js";
import { write } from "./make.js";

const DAY = 24 * 60; // minutes
const PLACES = 6;
const PERCENT_PLACES = 1;
const TIME = /^([01]\d|2[0-3]):([0-5]\d)/;

const FORMULAS = {
  "time between": ([start, end]) => (minutesOf(end) - minutesOf(start) + DAY) % DAY,
  sum: (given) => given.reduce((total, one) => total + one, 0),
  minus: ([first, ...others]) => first - others.reduce((total, one) => total + one, 0),
  ratio: ([part, whole]) => (whole === 0 ? null : (part / whole) * 100),
};

/** One value, or null: a missing answer never counts as 0, and no length of time is less than none. */
export function compute(formula, unit, given) {
  if (given.some((answer) => answer === null || answer === undefined)) return null;
  if (formula === "time between" && !given.every((time) => TIME.test(time))) return null;
  const value = FORMULAS[formula](given);
  if (value === null || (unit === "minutes" && value < 0)) return null;
  return rounded(value, formula === "ratio" ? PERCENT_PLACES : PLACES);
}

export function inWords(value, unit) {
  return unit === "minutes" ? lengthInWords(value) : `${value} ${unit}`.trimEnd();
}

export class Computed {
  constructor(form, signal) {
    this.form = form;
    this.rows = [...form.querySelectorAll("[data-computed]")];
    if (this.rows.length) follow(form, signal, () => this.#show());
  }

  /** From the top down: a value may be made of those above it. */
  #show() {
    const found = {};
    for (const row of this.rows) {
      const [id, formula, of, unit] = JSON.parse(row.dataset.computed);
      const given = of.map((name) => (name in found ? found[name] : itemAnswer(this.form, name)));
      found[id] = compute(formula, unit, given);
      write(row.querySelector("output"), found[id] === null ? "" : inWords(found[id], unit));
      row.hidden = found[id] === null;
    }
    for (const list of new Set(this.rows.map((row) => row.parentElement))) {
      list.hidden = [...list.children].every((row) => row.hidden);
    }
  }
}

function minutesOf(time) {
  const [, hours, minutes] = TIME.exec(time);
  return Number(hours) * 60 + Number(minutes);
}

function rounded(value, places) {
  if (Number.isInteger(value)) return value;
  return Math.floor(value * 10 ** places + 0.5) / 10 ** places;
}
