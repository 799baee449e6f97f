/** Gathers signals that come while nobody waits, so that none is lost and many are answered once. */
export class ChangeGate<Change> {
  #changes: Change[] = [];
  #wake: (() => void) | null = null;
  readonly #most: number;

  /** `most`: changes kept between two waits; further ones are dropped, since by then a look at everything is due. */
  constructor(most = 10_000) {
    this.#most = most;
  }

  push(change: Change): void {
    if (this.#changes.length < this.#most) this.#changes.push(change);
    this.#wake?.();
  }

  /** What came since the last wait; waits until something came, the time is over (then it is empty) or the signal aborts. */
  async wait(millis: number, signal: AbortSignal): Promise<Change[]> {
    if (this.#changes.length === 0 && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          clearTimeout(timer);
          signal.removeEventListener("abort", done);
          this.#wake = null;
          resolve();
        };
        const timer = setTimeout(done, millis);
        timer.unref();
        signal.addEventListener("abort", done, { once: true });
        this.#wake = done;
      });
    }
    return this.take();
  }

  /** What came, without waiting. */
  take(): Change[] {
    const changes = this.#changes;
    this.#changes = [];
    return changes;
  }
}
