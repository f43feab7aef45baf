/**
 * <homeward-practice>: leads through the steps of a practice by the clock, in words and with a circle. Without it, or
 * when it fails, the list of steps with their times underneath can be followed just the same.
 */

import { Awake } from "./awake.js";
import { Circle } from "./circle.js";
import { button, focusOn, make } from "./make.js";
import { forget, remember } from "./practised.js";
import { Stopwatch } from "./stopwatch.js";
import { left, Timeline } from "./timeline.js";
import { Tones } from "./tones.js";

const TICK = 250; // milliseconds; short enough that no step is seen to be late
const SHORTEST = 30; // seconds; less than this is no minute to write down

class HomewardPractice extends HTMLElement {
  #started = null;
  #timer = 0;

  connectedCallback() {
    if (this.#started) return;
    this.#started = new AbortController();
    try {
      this.#start(this.#started.signal);
    } catch (error) {
      this.#started.abort(); // takes back what was added: the plain list is left
      console.error(error);
    }
  }

  /** Gone from the page, as when a preview puts a new one in its place: nothing of it may go on. */
  disconnectedCallback() {
    if (!this.isConnected) this.#started?.abort();
  }

  #start(signal) {
    this.lists = [...this.querySelectorAll(".hw-practice__steps")];
    this.paces = this.lists.map((list) => list.dataset.pace).filter(Boolean);
    this.log = this.dataset.log ? JSON.parse(this.dataset.log) : null;
    this.awake = new Awake(signal);
    this.tones = new Tones();
    this.player = make("div", { class: "hw-player" });
    this.querySelector(".hw-practice__length").after(this.player);
    this.#foldList();
    document.addEventListener("visibilitychange", () => this.#tick(), { signal });
    addEventListener("pagehide", () => this.#leave(), { signal });
    addEventListener("beforeprint", () => this.#openForPaper(true), { signal });
    addEventListener("afterprint", () => this.#openForPaper(false), { signal });
    signal.addEventListener("abort", () => this.#takeBack());
    this.#offer();
  }

  /** The list stays on the page, one press away; on paper it is open. */
  #foldList() {
    this.details = make("details", { class: "hw-practice__list" }, make("summary", {}, "All the steps, with their times"));
    const below = [...this.children].slice([...this.children].indexOf(this.player) + 1);
    this.details.append(...below.filter((element) => !element.matches(".hw-practice__log")));
    this.player.after(this.details);
  }

  #openForPaper(isPrinting) {
    if (isPrinting) this.wasOpen = this.details.open;
    this.details.open = isPrinting || this.wasOpen;
  }

  #takeBack() {
    clearInterval(this.#timer);
    this.tones.end();
    this.player.remove();
    if (!this.details) return;
    this.#showLink(true);
    this.details.querySelector("summary").remove();
    this.details.replaceWith(...this.details.childNodes);
  }

  /** Before: the pace, the sound, and a button. */
  #offer() {
    this.startButton = button("Start", { class: "hw-button hw-button--primary", "data-hw-start": true });
    this.startButton.addEventListener("click", () => this.#begin());
    this.sound = make("input", { type: "checkbox", autocomplete: "off" });
    const sound = make("label", { class: "hw-choice" }, this.sound, make("span", {}, "A soft tone at each step"));
    this.player.replaceChildren(...this.#paceChoice(), sound, make("div", { class: "hw-player__buttons" }, this.startButton));
  }

  #paceChoice() {
    if (this.paces.length < 2) return [];
    const name = `pace-${this.dataset.practice}`;
    const choices = this.paces.map((pace, number) => {
      const radio = make("input", { type: "radio", name, value: pace, checked: number === 0, autocomplete: "off" });
      return make("label", { class: "hw-choice" }, radio, make("span", {}, pace));
    });
    const legend = make("legend", { class: "hw-ask" }, "Which pace is easy for you today?");
    return [make("fieldset", { class: "hw-player__paces" }, legend, make("div", { class: "hw-choices" }, ...choices))];
  }

  #begin() {
    const pace = this.player.querySelector("[type=radio]:checked")?.value ?? this.paces[0];
    this.timeline = new Timeline(this.lists, pace);
    this.watch = new Stopwatch();
    this.skipped = 0; // seconds of steps that were passed over
    this.index = -1;
    if (this.sound.checked) this.tones.begin();
    this.#showRunning();
    this.watch.start();
    this.awake.keep();
    this.#timer = setInterval(() => this.#tick(), TICK);
    this.pauseButton.focus();
    this.#tick();
  }

  #showRunning() {
    this.circle = new Circle(make("div", { class: "hw-player__circle" }));
    // Each step's words are said once by a screen reader; the seconds and the time left are never said by themselves.
    this.words = make("p", { class: "hw-player__words", role: "status", "aria-atomic": "true" });
    this.count = make("p", { class: "hw-player__count", "aria-hidden": "true" });
    this.left = make("p", { class: "hw-player__left" });
    this.pauseButton = button("Pause", { class: "hw-button", "data-hw-pause": true });
    this.nextButton = button("Next step", { "data-hw-next": true });
    this.stopButton = button("Stop", { "data-hw-stop": true });
    this.pauseButton.addEventListener("click", () => this.#pauseOrGoOn());
    this.nextButton.addEventListener("click", () => this.#next());
    this.stopButton.addEventListener("click", () => this.#finish());
    const stage = make("div", { class: "hw-player__stage", "aria-hidden": "true" }, this.circle.element);
    const buttons = make("div", { class: "hw-player__buttons" }, this.pauseButton, this.nextButton, this.stopButton);
    const shown = this.timeline.hasShape ? [stage] : [];
    this.player.replaceChildren(...shown, this.words, this.count, this.left, buttons);
  }

  get #position() {
    return this.watch.seconds + this.skipped;
  }

  #tick() {
    if (!this.watch?.runs) return;
    const index = this.timeline.at(this.#position);
    if (index >= this.timeline.steps.length) return this.#finish();
    const isNew = index !== this.index;
    this.index = index;
    if (isNew) {
      this.words.textContent = this.timeline.steps[index].words;
      if (document.visibilityState === "visible") this.tones.play(this.timeline.steps[index].shape);
    }
    if (isNew || document.visibilityState !== this.seen) this.#showCircle(false);
    this.seen = document.visibilityState;
    this.#showTime();
  }

  #showCircle(still) {
    const step = this.timeline.steps[this.index];
    const progress = Math.min(1, (this.#position - step.start) / step.seconds);
    this.circle.show(this.timeline.steps, this.index, progress, still);
  }

  #showTime() {
    const seconds = Math.ceil(this.timeline.end(this.index) - this.#position);
    this.count.textContent = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
    this.left.textContent = left(this.timeline.seconds - this.#position);
  }

  #pauseOrGoOn() {
    if (this.watch.runs) {
      this.watch.pause();
      this.awake.release();
      this.#showCircle(true);
    } else {
      this.watch.start();
      this.awake.keep();
      this.#showCircle(false);
    }
    this.player.classList.toggle("hw-player--paused", !this.watch.runs);
    this.pauseButton.textContent = this.watch.runs ? "Pause" : "Go on";
    this.words.textContent = this.watch.runs ? this.timeline.steps[this.index].words : "Paused. Take your time.";
  }

  /** On to the next step; what is passed over is not counted as practised. */
  #next() {
    this.skipped += this.timeline.end(this.index) - this.#position;
    if (!this.watch.runs) this.#pauseOrGoOn();
    this.#tick();
  }

  #finish() {
    // A phone that was locked long past the end has not practised all that while.
    const practised = Math.min(this.watch.seconds, this.timeline.seconds - this.skipped);
    this.#rest();
    const minutes = practised < SHORTEST ? 0 : Math.max(1, Math.round(practised / 60));
    const heading = make("p", { class: "hw-player__done" }, `How long: ${inMinutes(minutes)}.`);
    const thanks = make("p", {}, "Stay a moment, if you like. Then look around you, and get up slowly.");
    this.player.replaceChildren(heading, thanks, this.#ways(minutes));
    this.#showLink(false);
    focusOn(heading, { preventScroll: true });
  }

  #ways(minutes) {
    const again = button("Finish without the log", { "data-hw-finish": true });
    again.addEventListener("click", () => this.#again());
    const link = this.log && this.querySelector(".hw-practice__log a");
    if (!link) {
      again.textContent = "Finish";
      return make("div", { class: "hw-player__buttons" }, again);
    }
    const attributes = { class: "hw-button hw-button--primary", href: link.getAttribute("href"), "data-hw-log": true };
    const log = make("a", attributes, "Note how it went");
    remember({ title: this.dataset.title, log: this.log, minutes });
    return make("div", { class: "hw-player__buttons" }, log, again);
  }

  /** The link below the player says the same as the button in it: one of the two is enough. */
  #showLink(isShown) {
    const link = this.querySelector(".hw-practice__log");
    if (link) link.hidden = !isShown;
  }

  #again() {
    forget();
    this.#showLink(true);
    this.#offer();
    this.startButton.focus();
  }

  #rest() {
    clearInterval(this.#timer);
    this.watch.pause();
    this.watch = null;
    this.awake.release();
    this.tones.end();
    this.player.classList.remove("hw-player--paused");
  }

  /** The page is left: a browser that keeps it in memory finds it paused. */
  #leave() {
    if (this.watch?.runs) this.#pauseOrGoOn();
  }
}

function inMinutes(minutes) {
  if (!minutes) return "less than a minute";
  return minutes === 1 ? "1 minute" : `${minutes} minutes`;
}

customElements.define("homeward-practice", HomewardPractice);
