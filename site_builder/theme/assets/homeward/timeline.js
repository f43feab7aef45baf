/** The steps of a practice in the order of time, read from the lists of its page. */

export class Timeline {
  #ends = [];

  /** `pace` is the name of the chosen one; lists without a name are for every pace. */
  constructor(lists, pace) {
    this.steps = [];
    let end = 0;
    for (const list of lists) {
      if (list.dataset.pace && list.dataset.pace !== pace) continue;
      const steps = [...list.children].map((item) => ({
        words: item.querySelector(".hw-practice__say").textContent,
        seconds: Number(item.dataset.seconds),
        shape: item.dataset.shape,
      }));
      for (let round = 0; round < Number(list.dataset.rounds); round += 1) {
        for (const step of steps) {
          this.steps.push({ ...step, start: end });
          end += step.seconds;
          this.#ends.push(end);
        }
      }
    }
    this.seconds = end;
  }

  /** The number of the step that stands at this second; as many as there are steps when all is over. */
  at(second) {
    const index = this.#ends.findIndex((end) => second < end);
    return index < 0 ? this.steps.length : index;
  }

  end(index) {
    return this.#ends[index];
  }

  get hasShape() {
    return this.steps.some((step) => step.shape !== "rest");
  }
}

/** Time in plain words, in whole minutes where it is long, so that nobody watches seconds go. */
export function left(seconds) {
  if (seconds > 90) return `about ${Math.round(seconds / 60)} minutes left`;
  return seconds > 45 ? "about 1 minute left" : "less than a minute left";
}
