/**
 * <homeward-form>: leads through a form part by part, shows the answers before they are sent, and sends them without
 * losing one. Without it, or when it fails, the plain form underneath still works.
 */

import "./alone.js";
import { Check } from "./check.js";
import { Clear } from "./clear.js";
import { Computed } from "./computed.js";
import { Conditions } from "./conditions.js";
import { limitDays } from "./days.js";
import { Doubts } from "./doubts.js";
import { Earlier } from "./earlier.js";
import { follow } from "./follow.js";
import { Help } from "./help.js";
import { button, focusOn, make } from "./make.js";
import { Notice } from "./notice.js";
import { fillFromPractice } from "./practised.js";
import "./print.js";
import { elementOf, nothingFilledIn, Problems, problemsIn, showQuestion } from "./problems.js";
import "./rating.js";
import "./repeat.js";
import { forgetId, send } from "./send.js";
import { blank, blankWhenSent, markSent } from "./sent.js";
import { Steps } from "./steps.js";
import { Unsaved } from "./unsaved.js";

class HomewardForm extends HTMLElement {
  #started = null;
  #changing = false; // one answer is being changed: Continue leads to the check again
  #refused = []; // problems that the collector has named and that are not mended yet

  connectedCallback() {
    if (this.#started) return;
    this.#started = new AbortController();
    try {
      this.#start(this.querySelector("form"), this.#started.signal);
    } catch (error) {
      this.#started.abort(); // takes back what was added: the plain form is left
      console.error(error);
    }
  }

  /** Gone from the page, as when a preview puts a new one in its place: nothing of it may listen any more. */
  disconnectedCallback() {
    if (!this.isConnected) this.#started?.abort();
  }

  #start(form, signal) {
    this.form = form;
    if (!this.hasAttribute("data-example")) fillFromPractice(form, this.dataset.form, signal);
    new Conditions(form, signal); // first: what is not asked is neither computed with nor looked back at
    new Computed(form, signal);
    new Doubts(form, signal);
    new Earlier(form, signal);
    new Clear(form, signal);
    follow(form, signal, () => limitDays(form));
    // An example in the handbook is all on one page, is not sent, and leaves the page's address and history alone.
    if (this.hasAttribute("data-example")) return;
    this.problems = new Problems(form, signal);
    this.help = new Help(form, signal);
    this.notice = new Notice(form, signal);
    this.unsaved = new Unsaved(form, signal);
    this.check = new Check(form, (element) => this.#change(element));
    this.#addActions(form.querySelector(".hw-actions"), signal);
    this.steps = new Steps(form, this.check.element, () => this.#showActions(), signal);
    form.addEventListener("submit", (event) => this.#submit(event), { signal });
    this.steps.start();
    blankWhenSent(form, signal);
    addEventListener("pageshow", (event) => event.persisted && this.steps.isCheck && this.steps.start(), { signal });
    if (this.problems.summary) this.#adoptProblems();
  }

  #addActions(actions, signal) {
    this.sendButton = actions.querySelector("[type=submit]");
    this.continueButton = button("Continue", { class: "hw-button hw-button--primary", "data-hw-continue": true });
    this.backButton = button("Back", { "data-hw-back": true });
    this.printButton = button("Print", { "data-hw-print": true });
    this.status = make("p", { class: "hw-status", role: "status" });
    this.reminder = make(
      "p",
      { class: "hw-actions__note" },
      `You can leave this open and come back. It is sent only when you press “${this.sendButton.textContent.trim()}”.`,
    );
    this.continueButton.addEventListener("click", () => this.#continue());
    this.backButton.addEventListener("click", () => this.steps.back());
    const added = [this.continueButton, this.backButton, this.printButton, this.status, this.reminder];
    actions.before(this.check.element);
    actions.append(...added);
    signal.addEventListener("abort", () => {
      for (const element of added) element.remove();
      this.sendButton.hidden = false;
    });
  }

  #showActions() {
    this.#changing = false;
    this.notice.clear();
    this.continueButton.hidden = this.steps.isCheck;
    this.sendButton.hidden = !this.steps.isCheck;
    this.printButton.hidden = !this.steps.isCheck;
    this.backButton.hidden = this.steps.isFirst;
    this.reminder.hidden = !this.steps.isFirst;
    if (this.steps.isCheck) this.check.fill(this.steps.parts);
  }

  #continue() {
    const help = this.help.leaving(this.steps.current);
    const next = this.#changing ? this.steps.parts.length : this.steps.next;
    const problems = this.#problemsBefore(next);
    if (problems.length) this.#refuse(problems);
    else {
      this.problems.clear();
      this.steps.go(next);
    }
    if (help) this.#showHelp(help);
  }

  /** What stands in the way of the next place: in the part that is left, then what the collector has refused. */
  #problemsBefore(next) {
    const here = this.steps.current;
    const problems = problemsIn(here);
    if (problems.length) return problems;
    this.#refused = this.#refused.filter(({ name }) => {
      const element = elementOf(this.form, name);
      return element && !here.some((part) => part.contains(element));
    });
    if (this.#refused.length) return this.#refused;
    return next === this.steps.parts.length ? nothingFilledIn(this.form) : [];
  }

  /** From the answers back to one question; Continue then leads to the answers again. */
  #change(element) {
    this.steps.goTo(element.closest(".hw-step"));
    this.#changing = true;
    showQuestion(element);
  }

  /** Help stands in the flow, above what comes next, and is read first. */
  #showHelp(panel) {
    this.form.prepend(panel);
    panel.scrollIntoView({ block: "start" });
    focusOn(panel, { preventScroll: true });
  }

  #refuse(problems) {
    const goTo = (part) => this.steps.goTo(part);
    const part = this.problems.firstPart(problems);
    const fromCheck = this.steps.isCheck || this.#changing;
    if (part) goTo(part);
    this.#changing = fromCheck && !this.steps.isCheck;
    this.problems.show(problems, goTo);
  }

  #adoptProblems() {
    const part = this.querySelector(".hw-error")?.closest(".hw-step");
    const goTo = (where) => this.steps.goTo(where);
    if (part) goTo(part);
    this.problems.adopt(goTo);
    this.problems.focus();
    this.unsaved.remind();
  }

  async #submit(event) {
    event.preventDefault();
    if (!this.steps.isCheck) return this.#continue(); // Enter in a field
    if (this.sendButton.disabled) return;
    const help = this.help.leaving(this.steps.parts);
    if (help) this.form.prepend(help);
    this.problems.clear();
    this.notice.clear();
    this.#refused = [];
    this.sendButton.disabled = true;
    this.status.textContent = "Sending…";
    focusOn(this.status, { preventScroll: true }); // a disabled button cannot keep the focus
    const outcome = await send(this.form);
    this.sendButton.disabled = false;
    this.status.textContent = "";
    this.#after(outcome);
  }

  #after(outcome) {
    if (outcome.url) this.#received(outcome.url);
    else if (outcome.problems) {
      this.#refused = outcome.problems;
      this.#refuse(outcome.problems);
    } else {
      this.notice.show(outcome, this.sendButton.closest(".hw-actions"), () => {
        if (outcome.anew) forgetId(this.form);
        HTMLFormElement.prototype.requestSubmit.call(this.form); // a question may be called so
      });
    }
  }

  /** On to the receipt; the browser's Back must not bring the answers up again on a shared phone. */
  #received(url) {
    this.unsaved.forget();
    forgetId(this.form);
    markSent(this.form);
    blank(this.form);
    this.status.textContent = "Received.";
    location.replace(url);
  }
}

customElements.define("homeward-form", HomewardForm);
