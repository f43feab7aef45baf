/** In every page of the preview, and in no built one: loads it again after a save, where the reader was. */

import { fill, pairsOf } from "./filling.js";

const own = document.querySelector("script[data-homeward-preview]");
const kept = `homeward preview ${window.name} ${location.pathname}`;
let leaving = false;

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

function follow({ whole, pages }) {
  if (leaving || Math.max(whole, pages[own.dataset.page] ?? 0) <= Number(own.dataset.number)) return;
  leaving = true;
  keep();
  location.reload();
}

/** Where the reader is, and what is typed; until the page is there again, and no longer. */
function keep() {
  const form = document.querySelector("homeward-form form");
  const here = { x: scrollX, y: scrollY, pairs: form ? pairsOf(form) : [], place: history.state?.hwPlace ?? 0 };
  try {
    sessionStorage.setItem(kept, JSON.stringify(here));
  } catch {
    // storage is shut off: the page starts anew
  }
}

function restore() {
  let here = null;
  try {
    here = JSON.parse(sessionStorage.getItem(kept));
    sessionStorage.removeItem(kept);
  } catch {
    return;
  }
  if (!here) return;
  const form = document.querySelector("homeward-form form");
  if (form && here.pairs.length) fill(form, here.pairs);
  const place = Math.min(here.place, form?.querySelectorAll(".hw-step").length ?? 0);
  if (place > 0) {
    // As the browser's own Back and Forward do it, which is what the form follows.
    history.replaceState({ ...history.state, hwPlace: place, hwDepth: 0 }, "");
    dispatchEvent(new PopStateEvent("popstate", { state: history.state }));
  }
  scrollTo(here.x, here.y);
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
