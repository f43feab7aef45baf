/**
 * The frame: the page on a phone beside the page on a desktop, in step, and the bar above them. It hears the news for
 * both, because a browser keeps few connections open to one place.
 */

const VIEWS = ["phone", "desktop"];
const DESKTOP_WIDTH = 1280; // what the desktop's page is laid out for, however little room there is
const KEPT = "homeward preview"; // the switches, kept in this browser
const NOT_FOLLOWED = /^\/forms\//; // the answer to a post: asking for it again would give another page

function start() {
  const frames = Object.fromEntries(VIEWS.map((name) => [name, document.querySelector(`iframe[name=${name}]`)]));
  const bar = new Bar(frames);
  const first = location.hash.startsWith("#/") ? location.hash.slice(1) : "/index.html";
  for (const frame of Object.values(frames)) {
    frame.addEventListener("load", () => inStep(frames, frame, bar));
    frame.src = first;
  }
  addEventListener("homeward-preview:shown", () => bar.at(frames.desktop));
  const news = new EventSource("/-/events");
  news.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    bar.show(state);
    for (const frame of Object.values(frames)) tell(frame, "homeward-preview:news", state);
  });
  news.addEventListener("error", () => bar.say("The preview has stopped. Start it again in the window where you started it."));
}

/** What one view has gone to, the other goes to as well. */
function inStep(frames, moved, bar) {
  const path = pathOf(moved);
  if (!path) return;
  bar.dress(moved);
  bar.latest();
  bar.at(moved);
  if (NOT_FOLLOWED.test(path)) return;
  history.replaceState(null, "", `#${path}`);
  for (const other of Object.values(frames)) {
    if (other === moved || pathOf(other) === path) continue;
    tell(other, "homeward-preview:leave");
    other.contentWindow.location.replace(path);
  }
}

function pathOf(frame) {
  try {
    const { pathname, search } = frame.contentWindow.location;
    return pathname === "blank" ? "" : pathname + search;
  } catch {
    return ""; // a page of another site, behind a link
  }
}

function isThere(frame) {
  return pathOf(frame) !== "" && frame.contentDocument?.readyState === "complete";
}

function tell(frame, name, detail) {
  try {
    const view = frame.contentWindow;
    view.dispatchEvent(new view.CustomEvent(name, { detail }));
  } catch {
    // a page of another site
  }
}

class Bar {
  #state = null;
  #since = "";
  #page = "";

  constructor(frames) {
    this.frames = frames;
    this.status = document.getElementById("status");
    this.mistakes = document.getElementById("mistakes");
    this.fill = document.getElementById("fill");
    this.fill.addEventListener("click", () => this.#fill());
    for (const input of document.querySelectorAll(".switch input")) {
      if (recalled(input.name)) input.checked = input.value === recalled(input.name);
      input.addEventListener("change", () => this.#switch(input));
    }
    this.#apply();
    addEventListener("resize", () => this.#fit());
    new ResizeObserver(() => this.#fit()).observe(document.querySelector(".view__room"));
  }

  say(words) {
    if (this.status.textContent !== words) this.status.textContent = words;
  }

  /** Shows what the preview tells: whether it is at work, and every mistake of the site. */
  show(state) {
    this.#state = state;
    this.#since = new Date().toLocaleTimeString();
    this.#standing();
    this.#list(state.mistakes);
  }

  #standing() {
    if (this.#state.trouble) this.say("The site cannot be built. The page below says why.");
    else if (this.#state.building) this.say("Building the site …");
    else this.say(`Up to date, ${this.#since}`);
  }

  /** A page that has just come may have missed what was told while it was on its way. */
  latest() {
    if (!this.#state) return;
    for (const frame of Object.values(this.frames)) tell(frame, "homeward-preview:news", this.#state);
  }

  /** The page that a view has arrived at. */
  at(frame) {
    const page = frame.contentDocument;
    this.#page = page.querySelector("script[data-homeward-preview]")?.dataset.page ?? "";
    document.getElementById("page").textContent = this.#page || page.title;
    document.title = `${page.title} (preview)`;
    this.fill.hidden = !page.querySelector("homeward-form");
    if (!this.#state) return;
    this.#standing();
    this.#list(this.#state.mistakes);
  }

  /** Light or dark, by the page's own switch where it has one. */
  dress(frame) {
    const page = frame.contentDocument;
    const scheme = checked("scheme");
    if (page.body.dataset.mdColorScheme === scheme) return;
    const media = scheme === "slate" ? "dark" : "light";
    const own = page.querySelector(`input[data-md-color-media="(prefers-color-scheme: ${media})"]`);
    if (own) own.click();
    else page.body.dataset.mdColorScheme = scheme;
  }

  #list(mistakes) {
    const here = mistakes.filter(({ page }) => page === this.#page).length;
    const elsewhere = mistakes.length - here;
    const words = [here && `${counted(here)} on this page`, elsewhere && `${counted(elsewhere)} elsewhere`];
    this.mistakes.hidden = mistakes.length === 0;
    this.mistakes.querySelector("summary").textContent = words.filter(Boolean).join(", ");
    this.mistakes.querySelector("ul").replaceChildren(...mistakes.map((mistake) => this.#mistake(mistake)));
  }

  #mistake({ url, title, line, problem }) {
    const item = document.createElement("li");
    const words = document.createElement(url ? "a" : "span");
    words.textContent = `${title}, line ${line}: ${problem}`;
    if (url) {
      words.href = url;
      words.target = checked("view") === "desktop" ? "desktop" : "phone";
    }
    item.append(words);
    return item;
  }

  /** Fills both views; one that is still on its way is filled when it is there. */
  #fill() {
    for (const frame of Object.values(this.frames)) {
      const fill = () => tell(frame, "homeward-preview:fill");
      if (isThere(frame)) fill();
      else frame.addEventListener("load", fill, { once: true });
    }
    this.say("Filled with made-up answers. Nothing is sent.");
  }

  #switch(input) {
    remember(input.name, input.value);
    this.#apply();
  }

  #apply() {
    document.body.dataset.view = checked("view");
    document.body.dataset.mdColorScheme = checked("scheme");
    for (const frame of Object.values(this.frames)) if (pathOf(frame)) this.dress(frame);
    if (this.#state) this.#list(this.#state.mistakes);
    this.#fit();
  }

  #fit() {
    const { clientWidth, clientHeight } = document.querySelector(".view__room");
    const scale = Math.min(1, clientWidth / DESKTOP_WIDTH) || 1;
    Object.assign(this.frames.desktop.style, {
      width: `${Math.max(DESKTOP_WIDTH, clientWidth)}px`,
      height: `${clientHeight / scale}px`,
      transform: `scale(${scale})`,
    });
  }
}

function counted(number) {
  return number === 1 ? "1 mistake" : `${number} mistakes`;
}

function checked(name) {
  return document.querySelector(`input[name=${name}]:checked`).value;
}

function recalled(name) {
  try {
    return localStorage.getItem(`${KEPT} ${name}`);
  } catch {
    return null; // storage is shut off
  }
}

function remember(name, value) {
  try {
    localStorage.setItem(`${KEPT} ${name}`, value);
  } catch {
    // storage is shut off: the switch holds until the page is left
  }
}

/** A browser that does not say that a frame is asking gets the frame in the frame: on to the site's own first page. */
if (window.top !== window) location.replace("/index.html");
else start();
