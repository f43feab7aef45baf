/** One part of the form at a time; the browser's Back goes a part back. "All on one page" for who prefers it. */

import { isPassedOver } from "./conditions.js";
import { focusOn, make, write } from "./make.js";

const OURS = /^#(part-\d+|check)$/;
const PREFERENCE = "hw-all-on-one-page"; // kept until the tab is closed; says nothing about anybody

export class Steps {
  /** `check` is the last place, after all parts. `changed()` is called whenever another place is shown. */
  constructor(form, check, changed, signal) {
    this.form = form;
    this.check = check;
    this.changed = changed;
    this.parts = [...form.querySelectorAll(".hw-step")];
    this.place = 0;
    this.whole = this.parts.length < 2 || preferred();
    this.#addProgress();
    for (const kind of ["input", "change"]) form.addEventListener(kind, () => this.tellPosition(), { signal });
    addEventListener("popstate", (event) => this.#travel(event), { signal });
    signal.addEventListener("abort", () => this.#stop());
  }

  get isCheck() {
    return this.place === this.parts.length;
  }

  get isFirst() {
    return this.place === 0 || (this.whole && !this.isCheck);
  }

  /** The parts that are being filled in; all of them on the last place, where they are about to be sent. */
  get current() {
    return this.whole || this.isCheck ? this.parts : [this.parts[this.place]];
  }

  /** The next part in which anything is asked, or the last place. */
  get next() {
    if (this.whole) return this.parts.length;
    const next = this.parts.findIndex((part, index) => index > this.place && asks(part));
    return next < 0 ? this.parts.length : next;
  }

  get #previous() {
    return this.whole ? 0 : Math.max(this.parts.findLastIndex((part, index) => index < this.place && asks(part)), 0);
  }

  /** Shows a place without moving the focus; for the start. */
  start() {
    const address = OURS.test(location.hash) ? this.#address(0) : location.href;
    history.replaceState({ ...history.state, hwPlace: 0, hwDepth: 0 }, "", address);
    this.#show(0);
  }

  /** Goes to a place as a new entry of the history. */
  go(place, { focus = true } = {}) {
    if (place !== this.place) {
      const hwDepth = (history.state?.hwDepth ?? 0) + 1;
      history.pushState({ hwPlace: place, hwDepth }, "", this.#address(place));
    }
    this.#show(place);
    if (focus) this.focus();
  }

  goTo(part) {
    const place = this.parts.indexOf(part);
    if (place < 0) return;
    if (this.whole ? this.isCheck : place !== this.place) this.go(place, { focus: false });
  }

  back() {
    if (history.state?.hwDepth > 0) history.back();
    else this.go(this.#previous);
  }

  focus() {
    const shown = this.isCheck ? this.check : this.parts[this.whole ? 0 : this.place];
    const heading = shown.querySelector(".hw-section__title") ?? this.position;
    (this.isCheck || this.whole ? heading : this.progress).scrollIntoView({ block: "start" });
    focusOn(heading, { preventScroll: true });
  }

  #show(place) {
    this.place = place;
    this.parts.forEach((part, index) => {
      part.hidden = this.isCheck || (!this.whole && index !== place);
    });
    this.check.hidden = !this.isCheck;
    this.progress.hidden = this.isCheck || this.parts.length < 2;
    this.position.hidden = this.whole;
    this.tellPosition();
    write(this.toggle, this.whole ? "One part at a time" : "All on one page");
    this.changed();
  }

  /** Parts in which nothing is asked just now do not count. */
  tellPosition() {
    const asking = this.parts.filter((part, index) => asks(part) || index === this.place);
    const number = asking.indexOf(this.parts[this.place]) + 1;
    write(this.position, this.whole || this.isCheck ? "" : `Part ${number} of ${asking.length}`);
  }

  #addProgress() {
    this.position = make("p", { class: "hw-progress__part", id: `${this.form.id}-progress` });
    this.toggle = make("button", { type: "button", class: "hw-progress__all hw-link" });
    this.toggle.addEventListener("click", () => this.#switch());
    this.progress = make("div", { class: "hw-progress" }, this.position, this.toggle);
    this.parts[0].before(this.progress);
    for (const part of this.parts) {
      part.querySelector(".hw-section__title")?.setAttribute("aria-describedby", this.position.id);
      tuckIn(part);
    }
  }

  #switch() {
    this.whole = !this.whole;
    remember(this.whole);
    this.#show(this.place);
    this.toggle.focus();
  }

  #travel(event) {
    const place = event.state?.hwPlace ?? (location.hash ? null : 0);
    if (place === null || place === this.place) return;
    this.#show(this.whole && place < this.parts.length ? 0 : place);
    this.focus();
  }

  #address(place) {
    if (place === this.parts.length) return "#check";
    return place === 0 || this.whole ? location.pathname + location.search : `#part-${place + 1}`;
  }

  #stop() {
    for (const part of this.parts) part.hidden = false;
    this.progress.remove();
    this.check.remove();
  }
}

/** Whether anything is asked in a part; prose without questions is a part like any other. */
function asks(part) {
  const fields = [...part.querySelectorAll(".hw-field")];
  return fields.length === 0 || fields.some((field) => !isPassedOver(field) && !field.closest(".hw-late__row[hidden]"));
}

/** Prose that leads to a section goes below its title, where the focus arrives: it would be passed over above it. */
function tuckIn(part) {
  const section = part.querySelector(":scope > .hw-section");
  const title = section?.querySelector(":scope > .hw-section__title");
  if (!title) return;
  const prose = [...part.children].slice(0, [...part.children].indexOf(section));
  if (prose.some((element) => element.matches("h1, h2, h3, h4, h5, h6"))) return;
  (section.querySelector(":scope > .hw-section__why") ?? title).after(...prose);
}

function preferred() {
  try {
    return sessionStorage.getItem(PREFERENCE) === "yes";
  } catch {
    return false; // storage is shut off
  }
}

function remember(whole) {
  try {
    sessionStorage.setItem(PREFERENCE, whole ? "yes" : "no");
  } catch {
    // storage is shut off: the choice holds until the page is left
  }
}
