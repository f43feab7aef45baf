/** Where a question is asked again, shows what was answered the first time. */

import { answerOf, itemElement } from "./answers.js";
import { follow } from "./follow.js";
import { write } from "./make.js";

export class Earlier {
  constructor(form, signal) {
    this.form = form;
    follow(form, signal, () => this.#show());
  }

  #show() {
    for (const element of this.form.querySelectorAll("[data-earlier]")) {
      const source = itemElement(this.form, element.dataset.earlier, element.closest(".hw-field"));
      const words = source ? answerOf(source) : "";
      write(element.querySelector(".hw-earlier__answer"), words);
      element.hidden = !words;
    }
  }
}
