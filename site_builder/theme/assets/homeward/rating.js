/** Keeps the cells of a rating and its exact number in step: what was answered last is the answer. */

import { readNumber } from "./numbers.js";

const RATING = ".hw-field--rating";
const BEFORE_OTHERS = { capture: true }; // conditions and computed values look at the answer that is left

function exactOf(field) {
  return field.querySelector(".hw-exact input");
}

document.addEventListener("change", (event) => {
  const field = event.target.closest?.(RATING);
  if (!field || event.target.type !== "radio") return;
  const exact = exactOf(field);
  if (exact) exact.value = "";
}, BEFORE_OTHERS);

document.addEventListener("input", (event) => {
  const field = event.target.closest?.(RATING);
  if (!field || event.target !== exactOf(field)) return;
  const typed = readNumber(event.target.value)?.number;
  for (const cell of field.querySelectorAll("input[type=radio]")) cell.checked = Number(cell.value) === typed;
}, BEFORE_OTHERS);
