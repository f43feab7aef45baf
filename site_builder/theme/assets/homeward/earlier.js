/** Where a question is asked again, shows what was answered the first time. */

import { answerOf, itemElement } from "./answers.js";
import { follow } from "./follow.js";

export class Earlier {
  constructor(form, signal) {
    this.form = form;
    follow(form, signal, () => this.#show());
  }

  #show() {
    for (const element of this.form.querySelectorAll("[data-earlier]")) {
      const source = itemElement(this.form, element.dataset.earlier, element.closest(".hw-field"));
      const words = source ? answerOf(source) : "";
      element.querySelector("span").textContent = words;
      element.hidden = !words;
    }
  }
}
