/** Makes elements. Strings become text, so nothing that somebody typed is ever read as HTML. */

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

export function button(text, attributes = {}) {
  return make("button", { type: "button", class: "hw-button hw-button--quiet", ...attributes }, text);
}

/**
 * Writes words into an element when they are others than those it wrote last. What a browser's translation has made of
 * them stays; it may have put elements of its own round or in place of every text, so none is remembered.
 */
export function write(element, words) {
  if (!element || element.dataset.words === words) return;
  element.dataset.words = words;
  element.textContent = words;
}

/** Moves focus to something that is no control, such as a heading, without making it a tab stop. */
export function focusOn(element, options) {
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus(options);
}
