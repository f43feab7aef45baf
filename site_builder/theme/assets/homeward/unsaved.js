/** Asks before a page with something typed and unsent is left. Nothing is kept on the device. */

export class Unsaved {
  #ask = (event) => event.preventDefault();

  constructor(form, signal) {
    form.addEventListener("input", () => this.remind(), { signal });
    signal.addEventListener("abort", () => this.forget());
  }

  remind() {
    addEventListener("beforeunload", this.#ask);
  }

  /** It is sent, or sent another way: the page may be left. */
  forget() {
    removeEventListener("beforeunload", this.#ask);
  }
}
