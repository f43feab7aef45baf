/** The circle that grows and shrinks with the steps. It only ever changes its size, and is hidden where motion is not wanted. */

const SMALL = 0.5;
const SIZES = { grow: 1, shrink: SMALL, rest: SMALL };

export class Circle {
  constructor(element) {
    this.element = element;
  }

  /** Show a step from `progress` (0 to 1) on; it moves for what is left of it, unless it is `still`. */
  show(steps, index, progress, still) {
    const [from, to] = [sizeAfter(steps, index - 1), sizeAfter(steps, index)];
    this.#set(from + (to - from) * progress, 0);
    if (still) return;
    this.element.getBoundingClientRect(); // the browser takes note of where it begins
    this.#set(to, steps[index].seconds * (1 - progress));
  }

  #set(size, seconds) {
    this.element.style.transitionDuration = `${seconds}s`;
    this.element.style.transform = `scale(${size})`;
  }
}

/** A step that holds keeps the size of the one before it. */
function sizeAfter(steps, index) {
  let at = index;
  while (at >= 0 && steps[at].shape === "hold") at -= 1;
  return at < 0 ? SMALL : SIZES[steps[at].shape];
}
