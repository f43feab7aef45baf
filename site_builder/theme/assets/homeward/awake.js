/** Keeps the screen on while something runs, where the browser can; it never stands in the way. */

export class Awake {
  #lock = null;
  #wanted = false;

  constructor(signal) {
    // The browser takes the lock away from a page that is hidden; it is asked for again on return.
    document.addEventListener("visibilitychange", () => this.#wanted && this.#take(), { signal });
    signal.addEventListener("abort", () => this.release());
  }

  keep() {
    this.#wanted = true;
    return this.#take();
  }

  release() {
    this.#wanted = false;
    this.#lock?.release().catch(() => {});
    this.#lock = null;
  }

  async #take() {
    if (document.visibilityState !== "visible" || (this.#lock && !this.#lock.released)) return;
    try {
      this.#lock = await navigator.wakeLock.request("screen");
      if (!this.#wanted) this.release(); // paused while the browser was asked
    } catch {
      // not supported, or refused on a low battery: the screen goes dark as it always does
    }
  }
}
