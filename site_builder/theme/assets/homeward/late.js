/** The questions that are asked last about each row of a repeat: one row for each card that has something in it. */

import { isPassedOver } from "./conditions.js";
import { write } from "./make.js";
import { Numbering } from "./numbering.js";

const NUMBER = "__number__";

export class LateRows {
  constructor(form, repeat) {
    this.container = form.querySelector(`.hw-late[data-repeat="${CSS.escape(repeat)}"]`);
    if (!this.container) return;
    this.template = this.container.querySelector(":scope > template");
    this.numbering = new Numbering(this.template);
    this.called = this.template.content.querySelector(".hw-called").textContent; // "Feeling __number__"
  }

  get rows() {
    return this.container ? [...this.container.querySelectorAll(":scope > .hw-late__row")] : [];
  }

  trim(count) {
    for (const row of this.rows.slice(count)) row.remove();
  }

  take(index) {
    const row = this.rows[index];
    row?.remove();
    return row;
  }

  put(index, row) {
    if (!row) return;
    this.numbering.keepingAnswers([this.container, row], () => {
      (this.rows[index] ?? this.template).before(row);
      this.#renumber();
    });
  }

  /** `cards` tells of each card whether it is blank and what its first answer is. */
  follow(cards) {
    if (!this.container) return;
    while (this.rows.length < cards.length) this.template.before(this.numbering.newCard(this.rows.length));
    this.#renumber();
    this.rows.forEach((row, index) => {
      const { blank = true, name = "" } = cards[index] ?? {};
      row.hidden = blank;
      for (const control of row.querySelectorAll("input, textarea, select")) control.disabled = blank || isPassedOver(control);
      this.#call(row, name || this.called.replaceAll(NUMBER, index + 1));
    });
  }

  #renumber() {
    this.numbering.keepingAnswers([this.container], () =>
      this.rows.forEach((row, index) => this.numbering.apply(row, index)),
    );
  }

  /** "Feeling 1: How strong is it now?" becomes "Sad: How strong is it now?" */
  #call(row, name) {
    for (const called of row.querySelectorAll(".hw-called")) write(called, name);
  }
}
