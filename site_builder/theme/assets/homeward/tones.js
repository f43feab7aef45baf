/** A soft tone at each step, made in the page: no file, no request. */

const PITCHES = { grow: 330, hold: 294, shrink: 247, rest: 220 }; // hertz; up for in, down for out
const LENGTH = 0.5; // seconds
const LOUDNESS = 0.08;

export class Tones {
  #audio = null;

  /** Only a press may begin sound; without sound in the browser nothing happens. */
  begin() {
    try {
      this.#audio ??= new AudioContext();
      this.#audio.resume().catch(() => {});
    } catch {
      this.#audio = null;
    }
  }

  play(shape) {
    if (!this.#audio) return;
    const now = this.#audio.currentTime;
    const [tone, volume] = [this.#audio.createOscillator(), this.#audio.createGain()];
    tone.frequency.value = PITCHES[shape] ?? PITCHES.rest;
    volume.gain.setValueAtTime(0, now);
    volume.gain.linearRampToValueAtTime(LOUDNESS, now + 0.05);
    volume.gain.exponentialRampToValueAtTime(0.0001, now + LENGTH);
    tone.connect(volume).connect(this.#audio.destination);
    tone.start(now);
    tone.stop(now + LENGTH);
  }

  end() {
    this.#audio?.close().catch(() => {});
    this.#audio = null;
  }
}
