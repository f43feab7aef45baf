/** Runs an update now, and again whenever what is filled in may have changed. */

const CHANGES = ["input", "change", "hw-rows"]; // typed, chosen, a row of a repeat that came or went

export function follow(form, signal, update) {
  for (const kind of CHANGES) form.addEventListener(kind, update, { signal });
  form.addEventListener("reset", () => setTimeout(update), { signal });
  addEventListener("pageshow", update, { signal }); // the browser may fill in what it has kept
  update();
}
