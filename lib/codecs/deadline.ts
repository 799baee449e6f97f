/** A deadline on work whose waits do not count: while at least one wait is on, the clock stands. */
export class Deadline {
  #left: number;
  #since = 0;
  #waits = 0;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;
  readonly #onOver: () => void;

  /** Starts at once; `onOver` is called at most once. */
  constructor(milliseconds: number, onOver: () => void) {
    this.#left = milliseconds;
    this.#onOver = onOver;
    this.#run();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** The clock stands from before `wait` begins until it has settled. */
  async during<T>(wait: () => Promise<T>): Promise<T> {
    if (this.#waits++ === 0) this.#hold();
    try {
      return await wait();
    } finally {
      if (--this.#waits === 0) this.#run();
    }
  }

  /** Ends the clock: a wait that settles later does not start it again. */
  stop(): void {
    this.#hold();
    this.#waits = Number.POSITIVE_INFINITY;
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#onOver();
    }, this.#left);
  }

  #hold(): void {
    clearTimeout(this.#timer);
    this.#left = Math.max(0, this.#left - (performance.now() - this.#since));
  }
}
