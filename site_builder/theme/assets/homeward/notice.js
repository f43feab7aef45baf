/** Tells, in the form, that sending did not work, and what can be done now. */

import { button, focusOn, make } from "./make.js";

export class Notice {
  constructor(form, signal) {
    this.form = form;
    this.element = null;
    signal.addEventListener("abort", () => this.clear());
  }

  /** `again()` is called for another try. */
  show({ title, text, again: words, signIn }, before, again) {
    this.clear();
    const id = `${this.form.id}-notice`;
    const retry = button(words);
    retry.addEventListener("click", again);
    this.element = make(
      "div",
      { class: "hw-notice", role: "alert", tabindex: "-1", "aria-labelledby": id },
      make("h2", { id, class: "hw-notice__title" }, title),
      make("p", {}, text),
      signIn ? this.#signIn() : "",
      make("div", { class: "hw-notice__actions" }, retry, button("Print", { "data-hw-print": true })),
    );
    before.before(this.element);
    this.element.scrollIntoView({ block: "nearest" });
    focusOn(this.element, { preventScroll: true });
  }

  /** On a page of its own, so that this one stays filled in. */
  #signIn() {
    const href = new URL("../open", new URL(this.form.getAttribute("action"), location.href)).pathname;
    const link = make("a", { href, target: "_blank", rel: "noopener" }, "type it in on a new page");
    return make("p", {}, "If you have a code, ", link, ". Then come back here and try again.");
  }

  clear() {
    this.element?.remove();
    this.element = null;
  }
}
