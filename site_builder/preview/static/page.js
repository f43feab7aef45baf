/** In every page of the preview, and in no built one: shows it as it is now after a save, where the reader was. */

import { fill, pairsOf } from "./filling.js";

const CONTENT = "[data-md-component=content]";
// What the theme's scripts work on once, when a page is loaded: a page with any of it is loaded anew.
const SET_UP_ONCE = "script, iframe, .tabbed-set, .mermaid, .annotate, .arithmatex";

const own = document.querySelector("script[data-homeward-preview]");
const kept = `homeward preview ${window.name} ${location.pathname}`;
let leaving = false;
let looking = Promise.resolve();

// First of all, or a sheet with something typed would ask before each save shows.
addEventListener("beforeunload", (event) => leaving && event.stopImmediatePropagation(), { capture: true });
addEventListener("homeward-preview:leave", () => (leaving = true));
addEventListener("homeward-preview:news", (event) => follow(event.detail));
addEventListener("homeward-preview:fill", () => fillIn());
if (window.parent === window) listen();
restore();

/** Listens while somebody is looking; a browser keeps few connections open to one place. */
function listen() {
  let news = null;
  const look = () => {
    news?.close();
    news = null;
    if (document.visibilityState !== "visible") return;
    news = new EventSource("/-/events");
    news.addEventListener("message", (event) => follow(JSON.parse(event.data)));
  };
  document.addEventListener("visibilitychange", look);
  addEventListener("pagehide", () => news?.close());
  addEventListener("pageshow", (event) => event.persisted && look());
  look();
}

/** One piece of news after the other. */
function follow(news) {
  looking = looking.then(() => show(news)).catch(() => reload());
}

async function show({ whole, pages }) {
  const number = Number(own.dataset.number);
  if (leaving || Math.max(whole, pages[own.dataset.page] ?? 0) <= number) return;
  if (whole > number || !(await putIn())) reload();
}

/** Puts the new text in the place of the old; false when that would not do everything that loading the page does. */
async function putIn() {
  const answer = await fetch(location.href, { cache: "no-store" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const [before, after] = [document, page].map((found) => found.querySelector(CONTENT));
  const number = page.querySelector("script[data-homeward-preview]")?.dataset.number;
  if (!before || !after || !number || [before, after].some(isSetUpOnce)) return false;
  const here = place();
  before.replaceWith(document.adoptNode(after));
  document.title = page.title;
  own.dataset.number = number;
  putBack(here);
  window.parent.dispatchEvent(new window.parent.CustomEvent("homeward-preview:shown"));
  return true;
}

function isSetUpOnce(content) {
  return Boolean(content.querySelector(SET_UP_ONCE) ?? content.ownerDocument.querySelector("[data-md-component=toc] a"));
}

function reload() {
  leaving = true;
  try {
    sessionStorage.setItem(kept, JSON.stringify(place())); // until the page is there again, and no longer
  } catch {
    // storage is shut off: the page starts anew
  }
  location.reload();
}

function restore() {
  let here = null;
  try {
    here = JSON.parse(sessionStorage.getItem(kept));
    sessionStorage.removeItem(kept);
  } catch {
    // storage is shut off
  }
  if (here) putBack(here);
}

/** Where the reader is, and what is typed. */
function place() {
  const form = document.querySelector("homeward-form form");
  return {
    x: scrollX,
    y: scrollY,
    pairs: form ? pairsOf(form) : [],
    part: history.state?.hwPlace ?? 0,
    focus: document.activeElement?.id ?? "",
  };
}

function putBack({ x, y, pairs, part, focus }) {
  const form = document.querySelector("homeward-form form");
  if (form && pairs.length) fill(form, pairs);
  const there = Math.min(part, form?.querySelectorAll(".hw-step").length ?? 0);
  if (there > 0) {
    // As the browser's own Back and Forward do it, which is what the form follows.
    history.replaceState({ ...history.state, hwPlace: there, hwDepth: 0 }, "");
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }
  if (focus) document.getElementById(focus)?.focus({ preventScroll: true });
  scrollTo({ left: x, top: y, behavior: "instant" });
}

async function fillIn() {
  const sheet = document.querySelector("homeward-form");
  if (!sheet) return;
  const answer = await fetch(`/-/examples/${sheet.dataset.form}`);
  if (!answer.ok) return;
  const form = sheet.querySelector("form");
  HTMLFormElement.prototype.reset.call(form); // a question may be called "reset"
  fill(form, await answer.json());
}
