/** Reads what is filled in: for the eye ("Nearly every day") and for a test or a formula ("3", 90). */

import { readLength, readNumber } from "./numbers.js";
import { isVisible } from "./texts.js";

const CONTROLS = "input:not([type=hidden]), textarea, select";

export function controlsOf(element) {
  return [...element.querySelectorAll(CONTROLS)].filter((control) => !control.disabled);
}

export function isFilled(control) {
  if (control.type === "radio" || control.type === "checkbox") return control.checked && control.value !== "";
  return isVisible(control.value);
}

/** A date that was half typed has no value yet, and still is not blank. */
export function isBlank(element) {
  return controlsOf(element).every((control) => !isFilled(control) && !control.validity.badInput);
}

/** The question's own words, without "(optional)" and what only a screen reader needs. */
export function askOf(element) {
  const heading = element.querySelector(":scope > .hw-ask, :scope > legend, :scope > * > .hw-ask");
  if (!heading) return element.getAttribute("aria-label") ?? "";
  const copy = heading.cloneNode(true);
  for (const aside of copy.querySelectorAll(".hw-optional, .hw-visually-hidden")) aside.remove();
  return copy.textContent.replace(/\s+/g, " ").trim();
}

/** What was answered, in the words of the page; "" for nothing. */
export function answerOf(field) {
  const filled = controlsOf(field).filter(isFilled);
  if (field.matches(".hw-field--rating")) return ratingInWords(field, numberInWords(field, valueOfRating(filled)));
  if (field.matches(".hw-field--duration")) return durationInWords(filled);
  return filled.map(wordsOf).join(", ");
}

/**
 * The answer to an item as it would be stored: a code, a number, a list; null for none. `near` is the field that asks:
 * inside a repeat, its own row comes first.
 */
export function itemAnswer(form, item, near = null) {
  const field = itemElement(form, item, near);
  return field ? storedAnswer(field) : null;
}

export function storedAnswer(field) {
  const filled = controlsOf(field).filter(isFilled);
  if (filled.length === 0) return null;
  if (field.matches(".hw-field--rating, .hw-field--number")) return readingOf(field)?.number ?? null;
  if (field.matches(".hw-field--duration")) return minutesOf(filled);
  if (field.matches(".hw-field--choices")) return filled.map((control) => control.value);
  return filled[0].value;
}

/** The field, or the row of a matrix, that holds an item. */
export function itemElement(form, item, near = null) {
  const name = CSS.escape(item);
  const row = near?.dataset.field?.match(/^.*\.\d+\./)?.[0];
  const inRow = row ? form.querySelector(`[data-field="${CSS.escape(row + item)}"]`) : null;
  return inRow ?? form.querySelector(`[data-row="${name}"], [data-field="${name}"]`);
}

/** What is typed as a number or a length of time: `{number}`, `{problem}`, or null for nothing and for other kinds. */
export function readingOf(field) {
  const filled = controlsOf(field).filter(isFilled);
  if (field.matches(".hw-field--duration")) return lengthOf(filled);
  if (!field.matches(".hw-field--rating, .hw-field--number")) return null;
  const limits = field.querySelector(":scope > [data-number]") ?? field;
  return readNumber(valueOfRating(filled), JSON.parse(limits.dataset.number ?? "{}"));
}

function lengthOf(filled) {
  const part = (name) => filled.find((control) => control.name.endsWith(name))?.value ?? "";
  return readLength(part(".hours"), part(".minutes"));
}

function minutesOf(filled) {
  return lengthOf(filled)?.number ?? null;
}

/**
 * The questions of a part as they are read: `{ask, answer, element}`, or, for a matrix and for each card of a
 * repeat, `{title, questions}`.
 */
export function questionsOf(part) {
  const fields = [...part.querySelectorAll(".hw-field")].filter(
    (field) => !field.closest(".hw-card") && !field.closest(".hw-late__row[hidden], .hw-late[hidden], .hw-field[hidden]"),
  );
  return fields.flatMap((field) => {
    if (field.matches(".hw-field--matrix")) return [group(field, field.querySelectorAll(".hw-row"))];
    if (field.matches(".hw-field--repeat")) return cards(field);
    return [single(field)];
  });
}

function cards(field) {
  const filled = [...field.querySelectorAll(".hw-card")].filter((card) => !isBlank(card));
  if (filled.length === 0) return [{ ask: askOf(field), answer: "", element: field }];
  return filled.map((card) => group(card, card.querySelectorAll(".hw-field:not([hidden])")));
}

function group(element, parts) {
  return { title: askOf(element), questions: [...parts].map(single), element };
}

function single(field) {
  return { ask: askOf(field), answer: answerOf(field), element: field };
}

function valueOfRating(filled) {
  const exact = filled.find((control) => control.type !== "radio");
  return (exact ?? filled[0])?.value.trim() ?? "";
}

function ratingInWords(field, value) {
  if (value && field.dataset.unit) return `${value} ${field.dataset.unit}`;
  return outOf(value, field.querySelectorAll(".hw-cell input"));
}

/** "3 of 10", where the cells begin at 0 or 1. */
function outOf(value, cells) {
  const numbers = [...cells].map((cell) => Number(cell.value));
  return value && numbers[0] <= 1 && numbers[0] >= 0 ? `${value} of ${numbers.at(-1)}` : value;
}

/** The number as it is read and will be stored; what cannot be read is shown as it was typed. */
function numberInWords(field, typed) {
  const number = readingOf(field)?.number;
  return number === undefined ? typed : String(number);
}

function durationInWords(filled) {
  const minutes = minutesOf(filled);
  return minutes === null ? filled.map((control) => control.value.trim()).join(" ") : lengthInWords(minutes);
}

/** "45 min", "7 h 30 min" */
export function lengthInWords(minutes) {
  const hours = Math.floor(minutes / 60);
  const rest = Number((minutes - hours * 60).toFixed(6));
  return hours ? `${hours} h ${rest} min` : `${rest} min`;
}

function wordsOf(control) {
  if (control.type === "radio" || control.type === "checkbox") return labelOf(control);
  if (control.type === "date") return dayInWords(control.value);
  return withUnit(control);
}

/** A number between two ends has no words of its own. */
function labelOf(control) {
  const words = control.labels?.[0]?.textContent.replace(/\s+/g, " ").trim() ?? control.value;
  const numbers = control.closest(".hw-numbers");
  return numbers && words === control.value ? outOf(words, numbers.querySelectorAll(".hw-cell input")) : words;
}

function withUnit(control) {
  const unit = control.parentElement.querySelector(":scope > .hw-unit")?.textContent.trim();
  const field = control.closest(".hw-field--number");
  const words = field ? numberInWords(field, control.value.trim()) : control.value;
  return unit ? `${words} ${unit}` : words;
}

function dayInWords(value) {
  const day = new Date(`${value}T00:00:00Z`);
  if (Number.isNaN(day.getTime())) return value;
  const language = document.documentElement.lang || undefined;
  return new Intl.DateTimeFormat(language, { dateStyle: "full", timeZone: "UTC" }).format(day);
}
