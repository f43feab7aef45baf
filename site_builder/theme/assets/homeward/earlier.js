/** Where a question is asked again, shows what was answered the first time. */

import { answerOf, itemElement } from "./answers.js";

export class Earlier {
  constructor(form, signal) {
    this.form = form;
    for (const kind of ["input", "change", "hw-rows"]) form.addEventListener(kind, () => this.follow(), { signal });
    form.addEventListener("reset", () => setTimeout(() => this.follow()), { signal });
    this.follow();
  }

  follow() {
    for (const element of this.form.querySelectorAll("[data-earlier]")) {
      const source = itemElement(this.form, element.dataset.earlier, element.closest(".hw-field"));
      const words = source ? answerOf(source) : "";
      element.querySelector("span").textContent = words;
      element.hidden = !words;
    }
  }
}
