/** Shows the clinic's help as soon as a part with a risk answer is left, before anything is sent. */

import { itemAnswer, itemElement } from "./answers.js";
import { allHold, itemsOf } from "./conditions.js";
import { make } from "./make.js";

/** The name of an item in one row: `urges.strength` in `urges.0.` is `urges.0.strength`. */
function inRow(item, row) {
  return item.includes(".") ? row + item.split(".")[1] : item;
}

export class Help {
  constructor(form, signal) {
    this.form = form;
    this.alerts = JSON.parse(form.dataset.alerts || "[]");
    this.panel = null;
    signal.addEventListener("abort", () => this.panel?.remove());
  }

  /** Call when these parts are being left. Gives the panel when it has to be shown now, null when not. */
  leaving(parts) {
    const raised = this.alerts.filter((conditions) =>
      this.#rowsOf(conditions).some((row) =>
        allHold(conditions, (item) => itemAnswer(this.form, inRow(item, row))),
      ),
    );
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
    const items = this.#rowsOf(conditions).flatMap((row) => itemsOf(conditions).map((item) => inRow(item, row)));
    return items.some((item) => {
      const element = itemElement(this.form, item);
      return parts.some((part) => part.contains(element));
    });
  }

  /** The rows of the repeat that an alert looks at, as `urges.0.`; [""] where it looks at none. */
  #rowsOf(conditions) {
    const item = itemsOf(conditions).find((name) => name.includes("."));
    if (!item) return [""];
    const repeat = item.split(".")[0];
    const fields = this.form.querySelectorAll(`[data-field^="${CSS.escape(repeat)}."]`);
    return [...new Set([...fields].map((field) => field.dataset.field.match(/^.*\.\d+\./)?.[0] ?? ""))];
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
