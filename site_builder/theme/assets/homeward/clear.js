/** Takes an optional answer back: a button in place of the radio without a value that the plain form has. */

import { controlsOf, isFilled } from "./answers.js";
import { follow } from "./follow.js";
import { button } from "./make.js";

export class Clear {
  #replaced = new Map();

  constructor(form, signal) {
    this.form = form;
    follow(form, signal, () => this.#show());
    signal.addEventListener("abort", () => this.#giveBack());
  }

  /** A new row of a repeat comes with radios of its own. */
  #show() {
    for (const label of this.form.querySelectorAll("label.hw-clear")) label.replaceWith(this.#buttonFor(label));
    for (const clear of this.form.querySelectorAll("button.hw-clear")) {
      clear.hidden = !controlsOf(clear.closest("fieldset")).some(isFilled);
    }
  }

  #buttonFor(label) {
    const clear = button(label.textContent.trim(), { class: "hw-clear", hidden: true });
    clear.addEventListener("click", () => this.#clear(clear.closest("fieldset")));
    this.#replaced.set(clear, label);
    return clear;
  }

  #clear(group) {
    const controls = controlsOf(group);
    for (const control of controls) {
      if (control.type === "radio") control.checked = false;
      else control.value = "";
    }
    controls[0].focus(); // the button goes
    for (const kind of ["input", "change"]) group.dispatchEvent(new Event(kind, { bubbles: true }));
  }

  /** Rows may have other numbers by now: the name is that of the radios beside it. */
  #giveBack() {
    for (const [clear, label] of this.#replaced) {
      const radio = clear.closest("fieldset")?.querySelector("input[type=radio]");
      if (radio) label.querySelector("input").name = radio.name;
      clear.replaceWith(label);
    }
  }
}
