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

/** Moves focus to something that is no control, such as a heading, without making it a tab stop. */
export function focusOn(element, options) {
  if (!element.hasAttribute("tabindex")) element.setAttribute("tabindex", "-1");
  element.focus(options);
}
