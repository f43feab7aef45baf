/** Keeps the browser's Back from filling in again what was sent: phones are shared. */

const KEPT = "yes"; // that something was sent, never what

export function markSent(form) {
  try {
    sessionStorage.setItem(keyOf(form), KEPT);
  } catch {
    // storage is shut off: the browser may fill the form in again
  }
}

/** Blanks a form that was sent and that the browser brings back with its answers. */
export function blankWhenSent(form, signal) {
  if (!wasSent(form)) return;
  form.addEventListener("input", () => sessionStorage.removeItem(keyOf(form)), { once: true, signal });
  if (performance.getEntriesByType("navigation")[0]?.type !== "back_forward") return;
  // The browser fills in what it has kept before this event or with it.
  addEventListener("pageshow", () => blank(form), { once: true, signal });
  blank(form);
}

export function blank(form) {
  HTMLFormElement.prototype.reset.call(form); // a question may be called "reset"
}

function wasSent(form) {
  try {
    return sessionStorage.getItem(keyOf(form)) === KEPT;
  } catch {
    return false;
  }
}

function keyOf(form) {
  return `${form.id} was sent`;
}
