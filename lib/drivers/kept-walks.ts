type Walk<Item> = AsyncGenerator<Item, void, void>;

const mostWalks = 8;
const keepMs = 60_000;

/**
 * Walks that were stopped at the end of a page, by the question and cursor that go on with them, so that a folder of 100,000 files is
 * listed once and not once a page. Losing one costs time only: whoever asks can begin a new walk at the cursor.
 */
export class KeptWalks<Item> {
  readonly #walks = new Map<string, { walk: Walk<Item>; keptAt: number }>();

  /** The walk kept under this key, which is then no longer kept. */
  take(key: string): Walk<Item> | null {
    for (const [other, { keptAt }] of this.#walks) {
      if (performance.now() - keptAt > keepMs) this.#walks.delete(other);
    }
    const kept = this.#walks.get(key);
    this.#walks.delete(key);
    return kept?.walk ?? null;
  }

  keep(key: string, walk: Walk<Item>): void {
    this.#walks.set(key, { walk, keptAt: performance.now() });
    const [oldest] = this.#walks.keys();
    if (this.#walks.size > mostWalks && oldest !== undefined) this.#walks.delete(oldest);
  }

  clear(): void {
    this.#walks.clear();
  }
}
