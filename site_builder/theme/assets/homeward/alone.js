/** A choice such as "None of these" stands alone: ticking it unticks the others, and ticking another unticks it. */

function untick(event) {
  const ticked = event.target;
  if (ticked.type !== "checkbox" || !ticked.checked) return;
  for (const other of ticked.closest(".hw-choices")?.querySelectorAll("input[type=checkbox]") ?? []) {
    if (other !== ticked && (ticked.hasAttribute("data-alone") || other.hasAttribute("data-alone"))) other.checked = false;
  }
}

// Before anything that depends on the answers looks at them.
document.addEventListener("input", untick, { capture: true });
