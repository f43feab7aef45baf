/** Asks softly about what is possible and unlikely, beside the answer. It never stands in the way, and asks once. */

import { latestToday } from "./days.js";
import { follow } from "./follow.js";
import { button, make } from "./make.js";

export const ASK = "Is that right?";

const LONGEST_LIKELY = 14 * 60; // minutes
const A_YEAR_AGO = [335, 396]; // days
const DAY = 24 * 60 * 60 * 1000; // milliseconds

/** Whether a length of time from one time of day to another is mostly a slip, such as AM for PM. */
export function isUnlikely(minutes) {
  return minutes === 0 || minutes > LONGEST_LIKELY;
}

/** Whether a day is likely to have last year's number. */
export function isAYearAgo(day) {
  const days = (Date.parse(latestToday()) - Date.parse(day)) / DAY;
  return days >= A_YEAR_AGO[0] && days <= A_YEAR_AGO[1];
}

export class Doubts {
  constructor(form, signal) {
    this.form = form;
    follow(form, signal, () => this.#show());
    signal.addEventListener("abort", () => {
      for (const doubt of form.querySelectorAll(".hw-doubt")) doubt.remove();
    });
  }

  #show() {
    for (const row of this.form.querySelectorAll("[data-computed]")) {
      const [, formula] = JSON.parse(row.dataset.computed);
      const { value } = row.dataset;
      const doubtful = formula === "time between" && value !== undefined && isUnlikely(Number(value));
      this.#ask(row, doubtful ? value : "", "dd", "");
    }
    for (const input of this.form.querySelectorAll("input[type=date]")) {
      const doubtful = input.value && !input.disabled && isAYearAgo(input.value);
      this.#ask(input.closest(".hw-field"), doubtful ? input.value : "", "div", "This is about a year ago.");
    }
  }

  /** `value` is what is in doubt, "" for nothing; what was confirmed once is not asked about again. */
  #ask(element, value, tag, words) {
    const doubt = element.querySelector(":scope > .hw-doubt");
    const asked = value !== "" && element.dataset.confirmed !== value;
    element.toggleAttribute("data-doubt", asked);
    if (!asked) doubt?.remove();
    else if (doubt?.dataset.value !== value) {
      doubt?.remove();
      element.append(this.#make(element, value, tag, words));
    }
  }

  #make(element, value, tag, words) {
    const yes = button("Yes", { class: "hw-link hw-doubt__yes" });
    yes.addEventListener("click", () => {
      element.dataset.confirmed = value;
      const next = element.querySelector("input") ?? element.closest("form").querySelector("[data-hw-continue]");
      this.#show();
      next?.focus({ preventScroll: true });
    });
    const question = make("span", { role: "status" }, `${words} ${ASK}`.trim());
    return make(tag, { class: "hw-doubt", "data-value": value }, question, " ", yes);
  }
}
