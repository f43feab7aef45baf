/** Seconds that have gone by, by the clock on the wall: a hidden tab or a locked phone does not make it drift. */

export class Stopwatch {
  #before = 0; // seconds until the last pause
  #since = null; // when it was last started

  get runs() {
    return this.#since !== null;
  }

  /** A clock that is set back while it runs never takes time away. */
  get seconds() {
    return this.#before + (this.runs ? Math.max(0, Date.now() - this.#since) / 1000 : 0);
  }

  start() {
    if (!this.runs) this.#since = Date.now();
  }

  pause() {
    this.#before = this.seconds;
    this.#since = null;
  }
}
