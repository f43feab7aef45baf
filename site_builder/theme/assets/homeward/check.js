/** "Check your answers": what is filled in, part by part, with a way back to each question. */

import { questionsOf } from "./answers.js";
import { isPassedOver } from "./conditions.js";
import { ASK } from "./doubts.js";
import { make } from "./make.js";

export class Check {
  /** `change(element)` opens the question that somebody wants to change. */
  constructor(form, change) {
    this.change = change;
    this.list = make("div", { class: "hw-check__list" });
    this.heading = make("h2", { class: "hw-section__title", id: `${form.id}-check` }, "Check your answers");
    this.element = make(
      "section",
      { class: "hw-check", "aria-labelledby": this.heading.id, hidden: true },
      this.heading,
      make("p", { class: "hw-section__why" }, "Nothing is sent yet. You can still change everything."),
      this.list,
    );
  }

  fill(parts) {
    this.list.replaceChildren(...parts.flatMap((part) => this.#part(part)));
  }

  #part(part) {
    const title = part.querySelector(".hw-section__title")?.textContent.trim();
    const blocks = [...this.#blocks(questionsOf(part)), ...this.#workedOut(part)];
    return title && blocks.length ? [make("h3", { class: "hw-check__title" }, title), ...blocks] : blocks;
  }

  /** What was computed can be read here, and is changed through the answers that it is made of. */
  #workedOut(part) {
    const rows = workedOut(part).filter((row) => !row.closest(".hw-card")).map(asAnswer);
    return rows.length ? [make("dl", { class: "hw-answers" }, ...rows)] : [];
  }

  /** Questions that follow each other share one list; a group has a title and a list of its own. */
  #blocks(questions) {
    const blocks = [];
    let list = null;
    for (const question of questions) {
      if (question.questions) {
        const answers = this.#answers(question.questions);
        answers.append(...workedOut(question.element).map(asAnswer));
        blocks.push(make("p", { class: "hw-check__group" }, question.title), answers);
        list = null;
        continue;
      }
      if (!list) blocks.push((list = this.#answers([])));
      list.append(this.#answer(question));
    }
    return blocks;
  }

  #answers(questions) {
    return make("dl", { class: "hw-answers" }, ...questions.map((question) => this.#answer(question)));
  }

  #answer({ ask, answer, element }) {
    const link = make("a", { href: `#${element.id}`, class: "hw-answers__change" }, "Change");
    link.append(make("span", { class: "hw-visually-hidden" }, ` ${ask}`));
    link.addEventListener("click", (event) => {
      event.preventDefault();
      this.change(element);
    });
    const words = answer
      ? make("dd", { class: "hw-answers__answer" }, answer, doubtIn(element))
      : make("dd", { class: "hw-answers__answer hw-answers__answer--none" }, "Not answered");
    return make("div", { class: "hw-answers__row" }, make("dt", {}, ask), words, make("dd", {}, link));
  }
}

function workedOut(element) {
  return [...element.querySelectorAll(".hw-computed__row:not([hidden])")].filter((row) => !isPassedOver(row));
}

function asAnswer(row) {
  return make(
    "div",
    { class: "hw-answers__row" },
    make("dt", {}, row.querySelector("dt").textContent),
    make("dd", { class: "hw-answers__answer" }, row.querySelector("output").parentElement.textContent, doubtIn(row)),
  );
}

/** What is unlikely is asked once more where it is looked over, unless it was confirmed. */
function doubtIn(element) {
  return element.hasAttribute("data-doubt") ? make("span", { class: "hw-doubt" }, ` ${ASK}`) : "";
}
