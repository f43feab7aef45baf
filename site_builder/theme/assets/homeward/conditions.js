/** Asks a question only while what it waits for holds: the same tests as on the server, run on what is typed. */

import { isBlank, itemAnswer } from "./answers.js";
import { follow } from "./follow.js";

const WAITING = "[data-when]";
const LED = "hw-form--led"; // by script: no question has to say when it is asked
const NUMBER = /^[+-]?\d+(?:\.\d+)?$/;

/** Whether conditions hold all together; `answerTo` gives the answer to an item, null for none. */
export function allHold(conditions, answerTo) {
  return conditions.every(([item, test, value]) => {
    if (test === "any") return value.some((group) => allHold(group, answerTo));
    if (test === "not") return !value.some((group) => allHold(group, answerTo));
    return holds([item, test, value], answerTo(item));
  });
}

/** Every item that conditions test. */
export function itemsOf(conditions) {
  return conditions.flatMap(([item, test, value]) =>
    test === "any" || test === "not" ? value.flatMap(itemsOf) : [item],
  );
}

/** One test of one answer, as on the server; a list of answers passes when one of them does. */
export function holds([, test, value], answer) {
  if (test === "answered") return (answer !== null) === Boolean(value);
  if (answer === null) return false;
  return (Array.isArray(answer) ? answer : [answer]).some((one) => fits(test, value, one));
}

function fits(test, value, answer) {
  if (test === "equals") return isSame(answer, value);
  if (test === "one_of") return value.some((one) => isSame(answer, one));
  if (!NUMBER.test(String(answer))) return false;
  return test === "at_least" ? Number(answer) >= value : Number(answer) <= value;
}

function isSame(answer, value) {
  return typeof answer === "number" && typeof value === "number" ? answer === value : String(answer) === String(value);
}

/** Whether an element, or what it stands in, is not asked just now. */
export function isPassedOver(element) {
  return element.closest(`${WAITING}[hidden]`) !== null;
}

export class Conditions {
  constructor(form, signal) {
    this.form = form;
    form.classList.add(LED);
    addEventListener("beforeprint", () => isBlank(form) && this.#askAll(), { signal });
    addEventListener("afterprint", () => this.#decide(), { signal });
    signal.addEventListener("abort", () => {
      form.classList.remove(LED);
      this.#askAll();
    });
    follow(form, signal, () => this.#decide());
  }

  /**
   * From the top down, and what is asked last in the end: what is not asked has no answer for what waits for it, and
   * the rows that are asked last stand above the other questions of the last part.
   */
  #decide() {
    delete this.form.dataset.asksAll;
    const waiting = [...this.form.querySelectorAll(WAITING)];
    const isLate = (element) => element.closest(".hw-late") !== null;
    for (const element of [...waiting.filter((one) => !isLate(one)), ...waiting.filter(isLate)]) {
      const conditions = JSON.parse(element.dataset.when);
      this.#ask(element, allHold(conditions, (item) => itemAnswer(this.form, item, element)));
    }
  }

  /** On paper, and when the script has failed, every question stands there and says when it is asked. */
  #askAll() {
    this.form.dataset.asksAll = "";
    for (const element of this.form.querySelectorAll(WAITING)) this.#ask(element, true);
  }

  #ask(element, asked) {
    element.hidden = !asked;
    for (const control of element.querySelectorAll("input, textarea, select")) {
      control.disabled = isPassedOver(control) || control.closest(".hw-late__row[hidden]") !== null;
    }
  }
}
