/** Shows the clinic's help as soon as a part with a risk answer is left, before anything is sent. */

import { itemAnswer, itemElement } from "./answers.js";
import { allHold, itemsOf } from "./conditions.js";
import { make } from "./make.js";

export class Help {
  constructor(form, signal) {
    this.form = form;
    this.alerts = JSON.parse(form.dataset.alerts || "[]");
    this.panel = null;
    signal.addEventListener("abort", () => this.panel?.remove());
  }

  /** Call when these parts are being left. Gives the panel when it has to be shown now, null when not. */
  leaving(parts) {
    const raised = this.alerts.filter((conditions) => allHold(conditions, (item) => itemAnswer(this.form, item)));
    if (raised.length === 0) {
      this.panel?.remove();
      this.panel = null;
      return null;
    }
    if (this.panel || !raised.some((conditions) => this.#asksIn(conditions, parts))) return null;
    this.panel = this.#make();
    return this.panel;
  }

  #asksIn(conditions, parts) {
    return itemsOf(conditions).some((item) => {
      const element = itemElement(this.form, item);
      return parts.some((part) => part.contains(element));
    });
  }

  #make() {
    const id = `${this.form.id}-help`;
    const template = this.form.querySelector("template.hw-help");
    return make(
      "section",
      { class: "hw-help-now", "aria-labelledby": id, tabindex: "-1" },
      make("h2", { id, class: "hw-help-now__title" }, "You can get help now"),
      make(
        "p",
        {},
        "One of your answers says that things are very hard. Nobody reads your answers as they come in. " +
          "This help is there at once:",
      ),
      template ? template.content.cloneNode(true) : make("p", {}, "Use “Get help now” on this page."),
      make("p", {}, "You can go on below when you are ready. You can also stop here."),
    );
  }
}
