/**
 * <homeward-repeat>: a stack of cards that grows and shrinks, instead of a fixed number of blank ones. What is asked
 * last about each card (.hw-late) follows its cards and is called by what was typed in them.
 */

import { answerOf, controlsOf, isBlank } from "./answers.js";
import { LateRows } from "./late.js";
import { button, focusOn, make, write } from "./make.js";
import { Numbering } from "./numbering.js";

class HomewardRepeat extends HTMLElement {
  #started = false;

  connectedCallback() {
    if (this.#started) return;
    this.#started = true;
    try {
      this.#start();
    } catch (error) {
      console.error(error); // the blank cards that are there can be filled in all the same
    }
  }

  #start() {
    const field = this.closest(".hw-field--repeat");
    this.called = field.dataset.called || "entry";
    this.atMost = Number(field.dataset.atMost) || Infinity;
    this.numbering = new Numbering(this.querySelector(":scope > template"));
    this.late = new LateRows(this.closest("form"), field.dataset.field);
    this.blankCards = this.cards.length;
    this.#addControls();
    this.#dropBlankCards();
    this.cards.forEach((card) => this.#equip(card));
    for (const kind of ["input", "change"]) this.addEventListener(kind, () => this.#followLate());
    this.closest("form").addEventListener("reset", () => setTimeout(() => this.#followLate()));
    addEventListener("beforeprint", () => this.#growForPaper());
    addEventListener("afterprint", () => this.#shrinkAfterPaper());
    this.#renumber();
  }

  get cards() {
    return [...this.querySelectorAll(":scope > .hw-card")];
  }

  #addControls() {
    this.addButton = button(`Add another ${this.called}`, { class: "hw-button hw-button--quiet hw-repeat__add" });
    this.addButton.addEventListener("click", () => this.#add());
    this.status = make("p", { class: "hw-status", role: "status" });
    this.undo = button("Put it back", { hidden: true });
    this.undo.addEventListener("click", () => this.#putBack());
    this.append(make("div", { class: "hw-repeat__actions" }, this.addButton, this.status, this.undo));
  }

  /** Keeps what is filled in, and one blank card after it. */
  #dropBlankCards() {
    const cards = this.cards;
    const lastFilled = cards.findLastIndex((card) => !isBlank(card) || card.querySelector(".hw-error"));
    for (const card of cards.slice(lastFilled + 2)) card.remove();
    this.late.trim(this.cards.length);
  }

  /** A blank form on paper needs the cards that it has without script; a pen adds none. */
  #growForPaper() {
    this.grown = isBlank(this.closest("form"));
    while (this.grown && this.cards.length < this.blankCards) this.#append();
  }

  #shrinkAfterPaper() {
    if (!this.grown) return;
    this.#dropBlankCards();
    this.#renumber();
  }

  #equip(card) {
    const remove = button("Remove", { class: "hw-button hw-button--quiet hw-card__remove" });
    remove.append(make("span", { class: "hw-visually-hidden" }));
    remove.addEventListener("click", () => this.#remove(card));
    card.append(remove);
  }

  #append() {
    const card = this.numbering.newCard(this.cards.length);
    this.querySelector(":scope > template").before(card);
    this.#equip(card);
    this.#renumber();
    return card;
  }

  #add() {
    const card = this.#append();
    this.#say("");
    controlsOf(card)[0]?.focus();
  }

  #remove(card) {
    const index = this.cards.indexOf(card);
    const wasBlank = isBlank(card);
    this.removed = { card, index, late: this.late.take(index) };
    card.remove();
    this.#renumber();
    this.#say(`${this.#name(index)} is removed.`, !wasBlank);
    focusOn(this.cards[Math.min(index, this.cards.length - 1)]);
    this.#markChanged();
  }

  #putBack() {
    const { card, index, late } = this.removed;
    const before = this.cards[index] ?? this.querySelector(":scope > template");
    this.numbering.keepingAnswers([this, card], () => {
      before.before(card);
      this.late.put(index, late);
      this.#renumber();
    });
    this.#say(`${this.#name(index)} is back.`);
    focusOn(card);
    this.#markChanged();
  }

  #say(words, canUndo = false) {
    this.status.textContent = words;
    this.undo.hidden = !canUndo;
  }

  #name(index) {
    return `${this.called.charAt(0).toUpperCase()}${this.called.slice(1)} ${index + 1}`;
  }

  #renumber() {
    const cards = this.cards;
    this.numbering.keepingAnswers([this], () => cards.forEach((card, index) => this.numbering.apply(card, index)));
    cards.forEach((card, index) => {
      const remove = card.querySelector(":scope > .hw-card__remove");
      remove.hidden = cards.length === 1;
      write(remove.querySelector(".hw-visually-hidden"), ` ${this.called} ${index + 1}`);
    });
    this.addButton.hidden = cards.length >= this.atMost;
    this.#followLate();
    this.dispatchEvent(new CustomEvent("hw-rows", { bubbles: true })); // what depends on a row looks again
  }

  #followLate() {
    this.late.follow(this.cards.map((card) => ({ blank: isBlank(card), name: this.#firstAnswer(card) })));
  }

  #firstAnswer(card) {
    const first = card.querySelector(".hw-field");
    return first ? answerOf(first).trim() : "";
  }

  /** A card that comes or goes is a change like something typed. */
  #markChanged() {
    this.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

customElements.define("homeward-repeat", HomewardRepeat);
