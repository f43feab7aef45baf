/** Says what has to be mended: in a summary on top, beside each field, and in the title of the page. */

import { askOf, controlsOf, isBlank, isFilled, readingOf } from "./answers.js";
import { isPassedOver } from "./conditions.js";
import { mayBeToCome, problemOfDay } from "./days.js";
import { focusOn, make } from "./make.js";

const MISSING = "Answer this question"; // the server's words
const NOTHING = "There is nothing filled in yet";
const UNREADABLE = "Check this answer. It cannot be read";
const TITLE_MARK = "Error: ";

/** What can be told without asking the server: a required answer that lacks, and one that cannot be read or meant. */
export function problemsIn(parts) {
  return parts
    .flatMap((part) => [...part.querySelectorAll(".hw-field, .hw-row")])
    .filter(isAsked)
    .flatMap((field) => {
      const controls = controlsOf(field);
      const isRepeat = field.matches(".hw-field--repeat");
      const unreadable = isRepeat ? null : unreadableIn(field, controls);
      if (unreadable) return [unreadable];
      if (!isBlank(field) || !isRequired(field, isRepeat ? [] : controls)) return [];
      return [{ name: isRepeat ? field.dataset.field : nameOf(controls[0]), message: MISSING }];
    });
}

function unreadableIn(field, controls) {
  const damaged = controls.find((control) => control.validity.badInput);
  if (damaged) return { name: damaged.name, message: UNREADABLE };
  const day = controls.find((control) => control.type === "date" && isFilled(control));
  const message = day ? problemOfDay(day.value, mayBeToCome(day)) : readingOf(field)?.problem;
  return message ? { name: nameOf(controls[0]), message } : null;
}

export function nothingFilledIn(form) {
  return isBlank(form) ? [{ name: "", message: NOTHING }] : [];
}

/** A matrix is asked through its rows; a card with nothing in it lacks nothing. */
function isAsked(field) {
  if (field.matches(".hw-field--matrix") || isPassedOver(field)) return false;
  const row = field.closest(".hw-card, .hw-late__row");
  return !row || (!row.hidden && (row.matches(".hw-late__row") || !isBlank(row)));
}

function isRequired(field, controls) {
  return field.hasAttribute("data-required") || controls.some((control) => control.required);
}

/** `tension.exact` and `tension` are one question, and so are `slept.hours` and `slept.minutes`. */
function nameOf(control) {
  return control.name.replace(/\.(exact|hours|minutes)$/, "");
}

/** The element that a problem is about: a field, a row of a matrix, a whole repeat; null for the whole form. */
export function elementOf(form, name) {
  if (!name) return null;
  const byId = document.getElementById(`${form.id}--${name.replaceAll(".", "-")}`);
  const byName = [...form.querySelectorAll("input, textarea, select")].find((control) => control.name && nameOf(control) === nameOf({ name }));
  const byField = form.querySelector(`[data-field="${CSS.escape(name.split(".")[0])}"]`);
  const found = [byId, byName, byField].find((element) => element && form.contains(element));
  return found?.closest(".hw-row, .hw-field") ?? found ?? null;
}

export class Problems {
  constructor(form, signal) {
    this.form = form;
    this.title = document.title.startsWith(TITLE_MARK) ? document.title.slice(TITLE_MARK.length) : document.title;
    this.summary = form.querySelector(".hw-problems");
    signal.addEventListener("abort", () => this.clear());
  }

  /** The part that holds the first problem; null when none is about a part. */
  firstPart(problems) {
    return problems.map(({ name }) => elementOf(this.form, name)?.closest(".hw-step")).find(Boolean) ?? null;
  }

  /** Shows the problems, each by its wire name, and moves the focus to their summary. */
  show(problems, goTo) {
    this.clear();
    const items = problems.map(({ name, message }) => {
      const element = elementOf(this.form, name);
      if (element) this.#mark(element, message);
      return make("li", {}, element ? this.#link(element, message, goTo) : message);
    });
    const id = `${this.form.id}-problems`;
    this.summary = make(
      "div",
      { class: "hw-problems", role: "alert", tabindex: "-1", "aria-labelledby": id },
      make("h2", { id, class: "hw-problems__title" }, "There is a problem"),
      make("ul", {}, ...items),
    );
    this.form.prepend(this.summary);
    document.title = TITLE_MARK + this.title;
    this.focus();
  }

  /** Makes the links of a summary that the server has written open the part they point into. */
  adopt(goTo) {
    for (const link of this.summary.querySelectorAll("a[href^='#']")) {
      const element = document.getElementById(decodeURIComponent(link.hash.slice(1)));
      if (element) link.addEventListener("click", (event) => this.#follow(event, element, goTo));
    }
  }

  focus() {
    focusOn(this.summary);
    this.summary.scrollIntoView({ block: "start" });
  }

  clear() {
    this.summary?.remove();
    this.summary = null;
    document.title = this.title;
    for (const error of this.form.querySelectorAll(".hw-error")) {
      for (const described of this.form.querySelectorAll(`[aria-describedby~="${CSS.escape(error.id)}"]`)) {
        describe(described, (ids) => ids.filter((id) => id !== error.id));
      }
      error.remove();
    }
    for (const control of this.form.querySelectorAll("[aria-invalid]")) control.removeAttribute("aria-invalid");
  }

  #link(element, message, goTo) {
    const link = make("a", { href: `#${firstControl(element).id || element.id}` }, sentence(element, message));
    link.addEventListener("click", (event) => this.#follow(event, element, goTo));
    return link;
  }

  #follow(event, element, goTo) {
    event.preventDefault();
    goTo(element.closest(".hw-step"));
    showQuestion(element);
  }

  #mark(element, message) {
    const control = firstControl(element);
    const id = `${element.matches("fieldset") ? element.id || control.id : control.id}-error`;
    const mark = make(
      "p",
      { class: "hw-error", id },
      make("span", { class: "hw-visually-hidden" }, "Error: "),
      message,
    );
    const before = [":scope > .hw-hint", ":scope > legend", ":scope > .hw-ask"]
      .map((selector) => element.querySelector(selector))
      .find(Boolean);
    if (before) before.after(mark);
    else element.prepend(mark);
    // Radios know no aria-invalid, and a group's words belong to the group.
    const isGroup = element.matches("fieldset, [role=group]");
    describe(isGroup ? element : control, (ids) => [...ids, id]);
    if (!isGroup) control.setAttribute("aria-invalid", "true");
  }
}

/** Brings a question on the screen with its words, and the focus into its first control. */
export function showQuestion(element) {
  const question = element.closest(".hw-row, .hw-field") ?? element;
  question.scrollIntoView({ block: "start" });
  const control = firstControl(element);
  if (control === element && !element.matches("input, textarea, select, button")) focusOn(element);
  else control.focus({ preventScroll: true });
}

/** "What happened? Answer this question", or "A note: Answer this question". */
function sentence(element, message) {
  const ask = askOf(element);
  return ask ? `${ask}${/[?!.:]$/.test(ask) ? "" : ":"} ${message}` : message;
}

function firstControl(element) {
  if (element.matches("input, textarea, select")) return element;
  const controls = controlsOf(element);
  return controls.find((control) => control.checked) ?? controls[0] ?? element;
}

function describe(element, change) {
  const ids = change((element.getAttribute("aria-describedby") ?? "").split(" ").filter(Boolean));
  if (ids.length) element.setAttribute("aria-describedby", ids.join(" "));
  else element.removeAttribute("aria-describedby");
}
